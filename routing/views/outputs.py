"""Files of a plan: tables, contract, timeline, and each person's calendar, route and run sheet."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from accounts.access import allowed, requires
from accounts.list_files import asked_kind, list_file_response
from accounts.people.flags import Flag, needs_flag
from accounts.permissions import Permission
from routing import services
from routing.lists.plans import stop_list
from routing.models import RoutePlan, StaffMember
from routing.outputs.access import may_ask_for_rounds, may_see_home, may_see_round
from routing.outputs.contents import NoRoutes, PlanContents
from routing.outputs.files import File, plan_file, round_file
from routing.outputs.names import file_name
from routing.presenters import rounds_of, route_features
from routing.presenters.run_sheets import RunSheets
from routing.presenters.timeline import Timeline


@require_safe
@requires(Permission.VIEW_PLANS)
def stops_csv(request, plan_id):
    """CSV as docs/plan-files.md has it; `?file=xlsx`, `pdf` or `print` for the same as other files."""
    kind = asked_kind(request)
    if kind in ("", "csv"):
        return _plan_file(request, plan_id, "stops", notes=request.GET.get("notes") != "0")
    plan = _plan(request, plan_id)
    try:
        listed = stop_list(PlanContents(plan), on_paper=kind != "xlsx")
    except NoRoutes as error:
        return _no_routes(request, plan, error)
    services.note_file_taken(plan=plan, kind="stops", by=request.user)
    return list_file_response(request, listed, kind)


@require_safe
@requires(Permission.VIEW_PLANS)
def problem(request, plan_id):
    return _plan_file(request, plan_id, "problem")


@require_safe
@requires(Permission.VIEW_PLANS)
def solution(request, plan_id):
    return _plan_file(request, plan_id, "solution")


@require_safe
@requires(Permission.VIEW_PLANS)
def routes_geojson(request, plan_id):
    """What the map draws; a plan without routes has none."""
    plan = _plan(request, plan_id)
    shows_homes = may_see_home(request.user, request.organisation)
    features = route_features(plan, rounds_of(plan), shows_homes=shows_homes)
    return JsonResponse(features, content_type="application/geo+json")


@require_safe
@requires(Permission.VIEW_PLANS)
def timeline_svg(request, plan_id):
    """The timeline as a picture of its own."""
    plan = _plan(request, plan_id)
    try:
        timeline = Timeline(plan, PlanContents(plan).rounds)
    except NoRoutes as error:
        return _no_routes(request, plan, error)
    content = render_to_string("routing/timeline.svg", {"timeline": timeline, "plan": plan}).encode()
    name = file_name(plan, "timeline", ending="svg")
    return _sent(request, plan, File(name, "image/svg+xml", content), "timeline")


@require_safe
@needs_flag(Flag.CALENDAR_FILES)
def round_calendar(request, plan_id, staff_id):
    return _round_file(request, plan_id, staff_id, "calendar")


@require_safe
def round_gpx(request, plan_id, staff_id):
    return _round_file(request, plan_id, staff_id, "gpx")


@require_safe
@requires(Permission.VIEW_PLANS)
def run_sheets(request, plan_id):
    """Everybody's day for print, a page for each."""
    plan = _plan(request, plan_id)
    return _sheets(request, plan)


@require_safe
def run_sheet(request, plan_id, staff_id):
    """One person's day for print."""
    plan, staff = _round(request, plan_id, staff_id)
    return _sheets(request, plan, staff)


def _sheets(request, plan, staff=None):
    try:
        contents = PlanContents(plan)
        rounds = contents.rounds if staff is None else [contents.round_of(staff).round]
    except NoRoutes as error:
        return _no_routes(request, plan, error)
    may_see_plan = allowed(request.user, Permission.VIEW_PLANS, request.organisation)
    page = RunSheets(contents, rounds, staff, may_see_plan=may_see_plan)
    return render(request, "routing/run_sheets.html", {"page": page, "plan": plan})


def _plan_file(request, plan_id, kind, **options):
    plan = _plan(request, plan_id)
    try:
        file = plan_file(PlanContents(plan), kind, **options)
    except NoRoutes as error:
        return _no_routes(request, plan, error)
    return _sent(request, plan, file, kind)


def _round_file(request, plan_id, staff_id, kind):
    plan, staff = _round(request, plan_id, staff_id)
    try:
        day = PlanContents(plan).round_of(staff)
    except NoRoutes as error:
        return _no_routes(request, plan, error)
    day.shows_home = may_see_home(request.user, request.organisation, staff)
    return _sent(request, plan, round_file(day, kind), kind, staff)


def _plan(request, plan_id) -> RoutePlan:
    plans = RoutePlan.objects.for_organisation(request.organisation)
    services.settle_interrupted_plans(plans=plans.filter(pk=plan_id))
    return get_object_or_404(plans.with_team(), pk=plan_id)


def _round(request, plan_id, staff_id) -> tuple[RoutePlan, StaffMember]:
    """The plan and the person; 404 where it is somebody else's round and the reader may see their own only."""
    if not may_ask_for_rounds(request.user, request.organisation):
        raise PermissionDenied(f"This needs the right to {Permission.VIEW_PLANS.description}.")
    plan = _plan(request, plan_id)
    staff = get_object_or_404(StaffMember.objects.for_organisation(request.organisation), pk=staff_id)
    if not may_see_round(request.user, plan, staff):
        raise Http404
    return plan, staff


def _sent(request, plan, file: File, kind, staff=None) -> HttpResponse:
    services.note_file_taken(plan=plan, kind=kind, by=request.user, staff=staff)
    return attachment(file)


def attachment(file: File) -> HttpResponse:
    """The response that saves the file. What one person may have must not be kept for another."""
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(file.content, content_type=file.content_type, headers=headers)


def _no_routes(request, plan, error) -> HttpResponse:
    may_see_plan = allowed(request.user, Permission.VIEW_PLANS, request.organisation)
    context = {"plan": plan, "message": str(error), "may_see_plan": may_see_plan}
    return render(request, "routing/no_routes.html", context, status=409)
