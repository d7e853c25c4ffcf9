"""Scenarios: an organisation tries a change of the model and sees what it would do, before anybody publishes it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import undo
from accounts.access import requires
from accounts.list_files import asked_kind, list_file_response
from accounts.people.flags import Flag, needs_flag
from accounts.permissions import Permission
from priorities import services
from priorities.computed_thresholds import ThresholdsNotComputable
from priorities.models import ModelVersion
from priorities.moves import kept_moves, map_size
from priorities.threshold_proposals import proposal_for

from ..lists import moved_list, scenario_list
from ..presenters.area import area_card
from ..presenters.scenarios import (
    MovedAreas,
    ScenarioPage,
    class_tag,
    proposal_rows,
    scenario_rows,
    title_of,
    version_in_force,
)
from ..query import EVERYWHERE
from ..scenario_forms import HandOverForm, NewScenarioForm
from ..selection import areas_with_scores

FORM_METHODS = ["GET", "HEAD", "POST"]


def _own(request, pk) -> ModelVersion:
    scenarios = ModelVersion.objects.scenarios_of(request.organisation).select_related("based_on", "organisation")
    return get_object_or_404(scenarios, pk=pk)


@require_safe
@requires(Permission.EDIT_SCENARIOS)
@needs_flag(Flag.SCENARIOS)
def scenarios(request):
    """The organisation's scenarios, the latest change first."""
    found = ModelVersion.objects.scenarios_of(request.organisation).select_related("based_on", "updated_by")
    if kind := asked_kind(request):
        return list_file_response(request, scenario_list(found, request.organisation), kind)
    return render(request, "scenarios/list.html", {"rows": scenario_rows(found)})


@never_cache
@require_http_methods(FORM_METHODS)
@requires(Permission.EDIT_SCENARIOS)
@needs_flag(Flag.SCENARIOS)
def add(request):
    """A new scenario, from the version in force or from another scenario."""
    form = NewScenarioForm(request.POST if request.method == "POST" else None, organisation=request.organisation)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.new_scenario(organisation=request.organisation, by=request.user, **form.cleaned_data)
            return redirect("scenario", pk=made.pk)
        except services.PublicationRefused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "scenarios/add.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(FORM_METHODS)
@requires(Permission.EDIT_SCENARIOS)
@needs_flag(Flag.SCENARIOS)
def scenario(request, pk):
    """GET: the scenario with its effect. POST: save it, or (`show`) see the effect of the form without saving."""
    row = _own(request, pk)
    if request.method != "POST":
        page = ScenarioPage(row, request.organisation, patch=request.GET.get("patch", ""))
    else:
        page = ScenarioPage(row, request.organisation, data=request.POST)
        if "show" not in request.POST and _save(request, page):
            return redirect(request.get_full_path())
    context = {"page": page, "scenario": row}
    return render(request, "scenarios/edit.html", context, status=422 if page.refusal or page.problems else 200)


def _save(request, page: ScenarioPage) -> bool:
    """Save what the form holds; where that is refused the page says why, and nothing is lost."""
    problems = page.edited.problems_of_saving
    if problems:
        page.refuse(problems=problems)
        return False
    try:
        services.save_draft(
            version=page.scenario,
            by=request.user,
            revision=_number(request.POST.get("revision", "")),
            title=page.entered_title,
            **page.edited.content.fields(),
        )
    except services.PublicationRefused as refusal:
        page.refuse(str(refusal))
        return False
    messages.success(request, "The scenario is saved.")
    return True


def _number(revision: str) -> int:
    """The revision that a form was made from; one that no draft has where that cannot be read."""
    return int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 9 else -1


@never_cache
@require_POST
@requires(Permission.EDIT_SCENARIOS)
@needs_flag(Flag.SCENARIOS)
def effect(request, pk):
    """What the form on the screen would change, for htmx: nothing is saved."""
    page = ScenarioPage(_own(request, pk), request.organisation, data=request.POST)
    return render(request, "scenarios/_effect_update.html", {"page": page, "scenario": page.scenario})


def moves_of(request, pk):
    """(scenario, kept moves) that the address names; Http404 where they are kept no longer."""
    row = _own(request, pk)
    moves = kept_moves(row, request.GET.get("draft", ""))
    if moves is None:
        raise Http404("This effect is no longer kept. Open the scenario again.")
    return row, moves


@require_safe
@requires(Permission.EDIT_SCENARIOS)
@needs_flag(Flag.SCENARIOS)
@cache_control(private=True, max_age=3600)
def moves(request, pk):
    """Bytes for the map, one per area by index: by how many classes it moves."""
    _, found = moves_of(request, pk)
    return HttpResponse(found.theme(map_size()), content_type="application/octet-stream")


@require_safe
@requires(Permission.EDIT_SCENARIOS)
@needs_flag(Flag.SCENARIOS)
def areas(request, pk):
    """The areas that an effect moves, or those of one move (`from`, `to`)."""
    row, found = moves_of(request, pk)
    before, after = (
        _class(request.GET.get(name, ""), labels)
        for name, labels in (("from", found.labels_before), ("to", found.labels))
    )
    listed = MovedAreas(row, found, before=before, after=after, page=request.GET.get("page", "1"))
    if kind := asked_kind(request):
        return list_file_response(request, moved_list(row, listed), kind)
    query = request.GET.copy()
    query.pop("page", None)
    context = {"scenario": row, "title": title_of(row), "listed": listed, "page": listed.page}
    return render(request, "scenarios/areas.html", context | {"query": query.urlencode()})


def _class(text: str, labels: tuple[str, ...]) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) < len(labels) else None


@require_safe
@requires(Permission.EDIT_SCENARIOS)
@needs_flag(Flag.SCENARIOS)
def area_panel(request, pk):
    """What the map shows about the area that was picked: its class now and in the draft."""
    _, found = moves_of(request, pk)
    index = request.GET.get("index", "")
    if not (index.isascii() and index.isdigit() and len(index) < 9):
        raise Http404("Name an area by its index.")
    area = get_object_or_404(areas_with_scores().defer("geometry"), index=int(index))
    place = (found.area_ids == area.pk).nonzero()[0]
    context = {"area": area_card(area), "draft": None}
    if len(place):
        context["draft"] = class_tag(found.labels, int(found.classes[place[0]]))
        context["steps"] = int(found.steps[place[0]])
    return render(request, "scenarios/_area_panel.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
@requires(Permission.EDIT_SCENARIOS)
@needs_flag(Flag.SCENARIOS)
def hand_over(request, pk):
    """GET: what platform administrators would get. POST: they get a copy as a draft of theirs."""
    row = _own(request, pk)
    form = HandOverForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            draft = services.to_national_draft(version=row, by=request.user, **form.cleaned_data)
        except services.PublicationRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The platform administrators have it as a draft now: {draft}.")
            return redirect("scenario", pk=row.pk)
    page = ScenarioPage(row, request.organisation, patch=EVERYWHERE)
    context = {"scenario": row, "page": page, "form": form, "in_force": version_in_force(row)}
    return render(request, "scenarios/hand_over.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(FORM_METHODS)
@requires(Permission.EDIT_SCENARIOS)
@needs_flag(Flag.SCENARIOS)
def thresholds(request, pk):
    """GET: what the thresholds would be from the data of now. POST: take over those that were chosen."""
    row = _own(request, pk)
    problem = ""
    if request.method == "POST":
        problem = _take_over(request, row)
        if not problem:
            messages.success(request, "The thresholds are taken over.")
            return redirect("scenario", pk=row.pk)
        row = _own(request, pk)
    try:
        proposal = proposal_for(row)
    except ThresholdsNotComputable as error:
        proposal, problem = None, problem or str(error)
    context = {"scenario": row, "title": title_of(row), "proposal": proposal, "problem": problem}
    context["rows"] = proposal_rows(proposal) if proposal else []
    return render(request, "scenarios/thresholds.html", context, status=422 if request.method == "POST" else 200)


def _take_over(request, row) -> str:
    """Write the chosen thresholds into the scenario; why not, where that is refused."""
    chosen = request.POST.getlist("input")
    if not chosen:
        return "Choose at least one input."
    try:
        services.apply_thresholds(
            version=row,
            by=request.user,
            revision=_number(request.POST.get("revision", "")),
            digest=request.POST.get("digest", ""),
            attributes=chosen,
        )
    except services.PublicationRefused as refusal:
        return str(refusal)
    return ""


@require_POST
@requires(Permission.EDIT_SCENARIOS)
@needs_flag(Flag.SCENARIOS)
def delete(request, pk):
    row = _own(request, pk)
    title, back = title_of(row), reverse("scenario", args=[pk])
    try:
        with undo.keeping(request, kind="scenario", thing=row, back=back, done=f"“{title}” is back.") as kept:
            services.delete_scenario(version=row, by=request.user)
    except services.PublicationRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("scenario", pk=pk)
    messages.success(request, f"The scenario “{title}” is deleted.", extra_tags=kept.tag)
    return redirect("scenarios")
