"""Priorities of areas: explanation, sheet, minutes of the organisation's own; runs, and any two of them compared."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import requires
from accounts.kept_rows import one_reading
from accounts.list_files import asked_kind, list_file_response
from accounts.list_files.words import filters_of
from accounts.permissions import Permission
from lsoa.models import Patch
from priorities import services
from priorities.changes import compare_runs
from priorities.models import VisitMinutesOverride

from ..lists import change_list, run_list
from ..presenters.priority import PriorityPage
from ..presenters.runs import ComparisonPage, RunsPage, finished_runs
from ..priority_forms import EVERYWHERE, CompareRunsForm, EndMinutesForm, MinutesForm
from ..selection import areas_with_scores


def _area(code):
    return get_object_or_404(areas_with_scores(), code=code.upper())


def _page(request, code) -> PriorityPage:
    """The score in force, or with `?run=` that of an earlier run; 404 where that run did not score the area."""
    asked = request.GET.get("run", "")
    try:
        run = UUID(asked) if asked else None
    except ValueError:
        raise Http404("There is no such run.") from None
    page = PriorityPage(_area(code), request.user, request.organisation, run=run, page=request.GET.get("page", 1))
    if run is not None and page.score is None:
        raise Http404("That run did not score this area.")
    return page


@require_safe
@requires(Permission.VIEW_AREAS)
@one_reading()
def area_priority(request, code):
    """Why the area has its class: rules, figures, what would change it, what did, how sure it is."""
    return render(request, "priorities/area.html", {"page": _page(request, code)})


@require_safe
@requires(Permission.VIEW_AREAS)
@one_reading()
def area_sheet(request, code):
    """The same on paper."""
    return render(request, "priorities/area_sheet.html", {"page": _page(request, code)})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PLANS)
def area_minutes(request, code):
    """Minutes that the organisation plans for visits in this area instead of those of the model."""
    page = PriorityPage(_area(code), request.user, request.organisation)
    planned = page.override.minutes if page.override else None
    form = MinutesForm(request.POST if request.method == "POST" else None, initial={"minutes": planned})
    if request.method == "POST" and form.is_valid() and _set_minutes(request, page, form):
        minutes = form.cleaned_data["minutes"]
        messages.success(request, f"Visits in {page.name} are planned with {minutes} minutes.")
        return redirect("area-priority", code=page.code)
    context = {"page": page, "form": form, "end_form": EndMinutesForm()}
    return render(request, "priorities/area_minutes.html", context, status=422 if form.errors else 200)


def _set_minutes(request, page, form) -> bool:
    try:
        services.set_minutes(area=page.area, organisation=request.organisation, by=request.user, **form.cleaned_data)
    except services.MinutesRefused as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return False
    return True


@require_POST
@requires(Permission.EDIT_PLANS)
def end_area_minutes(request, code):
    """Plan with the minutes of the model again."""
    area = _area(code)
    overrides = VisitMinutesOverride.objects.for_organisation(request.organisation).in_force()
    override = get_object_or_404(overrides, area=area)
    form = EndMinutesForm(request.POST)
    if not form.is_valid():
        page = PriorityPage(area, request.user, request.organisation)
        context = {"page": page, "form": MinutesForm(), "end_form": form}
        return render(request, "priorities/area_minutes.html", context, status=422)
    services.end_minutes(override=override, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, f"Visits in {area.name} are planned with the minutes of the model again.")
    return redirect("area-priority", code=area.code)


@require_safe
@requires(Permission.VIEW_AREAS)
def runs(request):
    """Every calculation of priorities, the newest first."""
    if kind := asked_kind(request):
        return list_file_response(request, run_list(finished_runs(), request.organisation), kind)
    page = RunsPage(request.organisation, page=request.GET.get("page", 1))
    return render(request, "priorities/runs.html", {"page": page, "form": _compare_form(request)})


@require_safe
@requires(Permission.VIEW_AREAS)
def compare(request):
    """Which areas have another class in one run than in another, and why; all of the question is in the address."""
    form = _compare_form(request)
    if not form.is_valid():
        return render(request, "priorities/run_comparison.html", {"form": form}, status=400 if form.errors else 200)
    asked = form.cleaned_data
    known = finished_runs().in_bulk([asked["before"], asked["after"]])
    patch = None
    if asked["patch"] not in ("", EVERYWHERE):
        patch = get_object_or_404(Patch.objects.for_organisation(request.organisation), slug=asked["patch"])
    comparison = compare_runs(known[asked["before"]], known[asked["after"]], patch=patch)
    found = {"direction": asked["direction"], "page": request.GET.get("page", 1)}
    page = ComparisonPage(comparison, request.organisation, **found)
    if kind := asked_kind(request):
        return list_file_response(request, change_list(page, filters_of(form, without=("before", "after"))), kind)
    return render(request, "priorities/run_comparison.html", {"form": form, "page": page, "query": _query(request)})


def _compare_form(request) -> CompareRunsForm:
    """Bound to what was asked; where nothing was, the last two runs are proposed."""
    patches = Patch.objects.for_organisation(request.organisation).order_by("name")
    places = {"organisation": request.organisation, "patches": patches}
    if "before" in request.GET or "after" in request.GET:
        return CompareRunsForm(request.GET, **places)
    newest = [str(pk) for pk in finished_runs().values_list("pk", flat=True)[:2]]
    initial = dict(zip(("after", "before"), newest, strict=False))
    return CompareRunsForm(**places, initial=initial | {"patch": EVERYWHERE})


def _query(request) -> str:
    """The question without its page, for the links between pages."""
    asked = request.GET.copy()
    asked.pop("page", None)
    return asked.urlencode()
