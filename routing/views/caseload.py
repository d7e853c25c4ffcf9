"""The caseload of a team, and the PLUS groups of its organisation."""

import csv

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import audit, undo
from accounts.access import allowed, requires
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission
from routing import services
from routing.caseload_files import COLUMNS, MAX_BYTES, read_caseload_file
from routing.civil_time import today
from routing.csv_files import FileRefused
from routing.lists.teams import group_list
from routing.lists.visits import caseload_list
from routing.models import CaseloadEntry, PlusGroup, Team, Visit
from routing.presenters.people import team_tabs
from routing.presenters.visits import caseload_rows
from routing.team_forms import CsvForm, PlusGroupForm
from routing.visit_forms import CaseloadForm

PER_PAGE = 50
REJECTED_SHOWN = 100
TEMPLATE_COLUMNS = (
    *("reference", "postcode", "minutes", "interval_days", "next_due", "last_done", "most_days_late"),
    *("window_start", "window_end", "skills", "staff_required", "preferred_staff", "plus_groups"),
)


@require_safe
@requires(Permission.EDIT_PLANS)
def caseload(request, team_id):
    return _show(request, _team(request, team_id), CsvForm())


def _show(request, team, form, report=None, status=200):
    chosen = request.GET.get("show", "")
    entries = CaseloadEntry.objects.for_organisation(request.organisation).filter(team=team)
    shown = {"due": entries.due_by(today()), "paused": entries.filter(is_active=False)}.get(chosen, entries)
    shown = shown.for_display().prefetch_related("preferred_staff", "plus_groups")
    if (kind := asked_kind(request)) and request.method == "GET":
        audit.record_reading(request, "caseload.list", shown)
        filters = [f"Show: {chosen}"] if chosen in ("due", "paused") else []
        return list_file_response(request, caseload_list(team, shown, filters), kind)
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    audit.record_reading(request, "caseload.list", page.object_list)
    planned = Visit.objects.for_organisation(request.organisation).filter(
        caseload_entry__in=[entry.pk for entry in page.object_list],
        day__gte=today(),
        state__in=[Visit.State.OPEN, Visit.State.PLANNED],
    )
    context = {
        "team": team,
        "tabs": _tabs(request, team),
        "page": page,
        "rows": caseload_rows(page.object_list, {visit.caseload_entry_id: visit for visit in planned}),
        "counts": {
            "all": entries.count(),
            "due": entries.due_by(today()).count(),
            "paused": entries.filter(is_active=False).count(),
        },
        "show": chosen,
        "form": form,
        "report": report,
        "rejected": report["rejected"][:REJECTED_SHOWN] if report else [],
        "columns": ", ".join(sorted(COLUMNS.known)),
    }
    return render(request, "routing/caseload.html", context, status=status)


@requires(Permission.EDIT_PLANS)
def caseload_add(request, team_id):
    return _form(request, _team(request, team_id), None)


@requires(Permission.EDIT_PLANS)
def caseload_edit(request, team_id, entry_id):
    entry = _entry(request, team_id, entry_id)
    return _form(request, entry.team, entry)


def _form(request, team, entry):
    form = CaseloadForm(request.POST or None, team=team, entry=entry)
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_caseload_entry(team=team, values=form.values, entry=entry, by=request.user)
        except ValidationError as error:
            known = hasattr(error, "error_dict") and set(error.error_dict) <= set(form.fields)
            form.add_error(None, error if known else error.messages)
        else:
            messages.success(request, f"{saved} is saved.")
            return redirect("caseload", team.pk)
    context = {"form": form, "team": team, "entry": entry}
    return render(request, "routing/caseload_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.EDIT_PLANS)
def caseload_pause(request, team_id, entry_id):
    entry = _entry(request, team_id, entry_id)
    services.pause_caseload_entry(entry=entry, is_active=not entry.is_active, by=request.user)
    messages.success(request, f"{entry} is {'visited again' if entry.is_active else 'paused'}.")
    return redirect("caseload", team_id)


@require_POST
@requires(Permission.EDIT_PLANS)
def caseload_remove(request, team_id, entry_id):
    entry = _entry(request, team_id, entry_id)
    back, done = reverse("caseload", args=[team_id]), f"{entry} is on the caseload again."
    with undo.keeping(request, kind="caseload", thing=entry, back=back, done=done) as kept:
        services.remove_caseload_entry(entry=entry, by=request.user)
    messages.success(request, f"{entry} is taken off the caseload.", extra_tags=kept.tag)
    return redirect("caseload", team_id)


@require_POST
@requires(Permission.EDIT_PLANS)
def caseload_import(request, team_id):
    team = _team(request, team_id)
    form = CsvForm(request.POST, request.FILES)
    form.most_bytes = MAX_BYTES
    if not form.is_valid():
        return _show(request, team, form, status=422)
    try:
        file = read_caseload_file(form.cleaned_data["content"], team=team)
    except FileRefused as error:
        form.add_error("file", str(error))
        return _show(request, team, form, status=422)
    report = services.import_caseload(team=team, file=file, by=request.user)
    return _show(request, team, CsvForm(), report=report)


@require_safe
@requires(Permission.EDIT_PLANS)
def caseload_template(request, team_id):
    """A file to fill in: its heading, and one line that shows how."""
    _team(request, team_id)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="caseload.csv"'
    line = ("P-0001", "", 30, 7, f"{today():%d/%m/%Y}", "", 3, "09:00", "11:00", "", 1, "", "")
    csv.writer(answer).writerows([TEMPLATE_COLUMNS, line])
    return answer


@requires(Permission.MANAGE_TEAMS)
def plus_groups(request):
    form = PlusGroupForm(request.POST or None)
    if request.method == "POST" and _group_saved(request, form):
        return redirect("plus-groups")
    groups = PlusGroup.objects.for_organisation(request.organisation).annotate(
        visit_count=Count("visits", distinct=True)
    )
    if (kind := asked_kind(request)) and request.method == "GET":
        return list_file_response(request, group_list(request.organisation, groups.order_by("name")), kind)
    context = {"form": form, "groups": groups.order_by("name")}
    return render(request, "routing/plus_groups.html", context, status=422 if form.is_bound else 200)


@requires(Permission.MANAGE_TEAMS)
def plus_group(request, group_id):
    group = _group(request, group_id)
    form = PlusGroupForm(request.POST or None, initial={"name": group.name, "code": group.code})
    if request.method == "POST" and _group_saved(request, form, group):
        return redirect("plus-groups")
    context = {"form": form, "group": group}
    return render(request, "routing/plus_group.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.MANAGE_TEAMS)
def plus_group_remove(request, group_id):
    group = _group(request, group_id)
    back, done = reverse("plus-groups"), f"{group} is back."
    try:
        with undo.keeping(request, kind="plus_group", thing=group, back=back, done=done) as kept:
            services.remove_plus_group(group=group, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, f"{group} is removed.", extra_tags=kept.tag)
    return redirect("plus-groups")


def _group_saved(request, form, group=None) -> bool:
    if not form.is_valid():
        return False
    try:
        services.save_plus_group(organisation=request.organisation, group=group, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    messages.success(request, "Saved.")
    return True


def _group(request, group_id) -> PlusGroup:
    groups = PlusGroup.objects.for_organisation(request.organisation).select_related("organisation")
    return get_object_or_404(groups, pk=group_id)


def _tabs(request, team):
    manages = allowed(request.user, Permission.MANAGE_TEAMS, request.organisation)
    return team_tabs(team, "caseload", may_plan=True) if manages else []


def _team(request, team_id) -> Team:
    return get_object_or_404(
        Team.objects.for_organisation(request.organisation).select_related("organisation"), pk=team_id
    )


def _entry(request, team_id, entry_id) -> CaseloadEntry:
    entries = CaseloadEntry.objects.for_organisation(request.organisation).filter(team=team_id)
    return get_object_or_404(entries.for_display().select_related("team__organisation", "area"), pk=entry_id)
