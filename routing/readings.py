"""Whom the addresses of visit planning show: people who work, people who are visited, colleagues who decided.

One query each; `accounts.trail.readings` asks after the answer is made. Ids come from the address: whoever was answered
was allowed to see what it names.
"""

from collections.abc import Iterable, Iterator

from django.db.models import F, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Cast

from accounts.trail.readings import address_shows, address_shows_nobody, argument_shows

from .models import (
    CaseloadEntry,
    Disruption,
    PlanAdjustment,
    RouteAssignment,
    RoutePlan,
    RouteStop,
    StaffMember,
    Visit,
    VisitLink,
    WeekPlan,
)

USER, STAFF, VISIT, ENTRY = "accounts.user", "routing.staffmember", "routing.visit", "routing.caseloadentry"
# Somebody at work looks at their own round again and again, all day: their round is one reading an hour.
OWN_ROUND_SECONDS = 60 * 60
DECIDED = ("created_by", "approved_by", "published_by", "closed_by", "returned_by")


def _ids(label: str, rows: QuerySet, path: str) -> QuerySet:
    """(label, id) of the people that the path leads to."""
    return rows.order_by().values_list(Value(label), Cast(path, UUIDField()))


def _all(*found: QuerySet) -> Iterable[tuple]:
    return found[0].union(*found[1:])


def of_plan(request, plan_id=None, **arguments) -> Iterable[tuple]:
    """Everybody in a plan or on shift for it, all its visits, and who decided about it."""
    plan = RoutePlan.objects.filter(pk=plan_id)
    on_shift = StaffMember.objects.filter(team__plans=plan_id, shifts__day=F("team__plans__day"))
    return _all(
        _ids(STAFF, on_shift, "pk"),
        _ids(STAFF, RouteAssignment.objects.filter(plan=plan_id), "staff"),
        _ids(STAFF, PlanAdjustment.objects.filter(plan=plan_id), "staff"),
        _ids(STAFF, Disruption.objects.filter(plan=plan_id), "staff"),
        _ids(VISIT, plan, "visits"),
        *(_ids(USER, plan, name) for name in DECIDED),
    )


def of_plan_by_key(request, pk=None, **arguments) -> Iterable[tuple]:
    return of_plan(request, plan_id=pk)


def of_plan_of_disruption(request, plan_pk=None, **arguments) -> Iterable[tuple]:
    return of_plan(request, plan_id=plan_pk)


def of_round(request, plan_id=None, pk=None, staff_id=None, staff=None, **arguments) -> Iterable[tuple]:
    """One person's day: the person, unless it is the reader, and who is visited."""
    plan, person = plan_id or pk, staff_id or staff
    stops = RouteStop.objects.filter(assignment__plan=plan, assignment__staff=person)
    people = StaffMember.objects.filter(Q(pk=person) & ~_reader(request))
    return _all(_ids(STAFF, people, "pk"), _ids(VISIT, stops, "visit"))


def of_assignment(request, pk=None, **arguments) -> Iterable[tuple]:
    assignment = RouteAssignment.objects.filter(pk=pk)
    return _all(_ids(STAFF, assignment, "staff"), _ids(VISIT, assignment, "stops__visit"))


def of_own_rounds(request, plan_id=None, **arguments) -> Iterable[tuple]:
    """Who is visited in one's own rounds that are published; of one plan, or of all."""
    stops = RouteStop.objects.filter(assignment__staff__user=request.user.pk, assignment__plan__closed_at__isnull=True)
    return _ids(VISIT, stops.filter(assignment__plan=plan_id) if plan_id else stops, "visit")


def of_week(request, week_id=None, **arguments) -> Iterable[tuple]:
    week = WeekPlan.objects.filter(pk=week_id)
    people = StaffMember.objects.filter(team__week_plans=week_id, only_in__isnull=True)
    return _all(_ids(STAFF, people, "pk"), _ids(VISIT, week, "visits"), _ids(USER, week, "created_by"))


def of_person(request, staff_id=None, **arguments) -> Iterable[tuple]:
    return _ids(STAFF, StaffMember.objects.filter(pk=staff_id), "pk")


def of_team(request, team_id=None, **arguments) -> Iterable[tuple]:
    """Whoever works in a team: its rota, and forms in which one of them is chosen."""
    return _ids(STAFF, _people_of(team_id), "pk")


def of_visit(request, visit_id=None, team_id=None, **arguments) -> Iterable[tuple]:
    """A visit, those it is linked with, those that a form offers to link it with, and whoever may be asked for."""
    day = Visit.objects.filter(pk=visit_id)
    same_day = Visit.objects.filter(team=team_id, day__in=day.values("day"))
    return _all(_ids(VISIT, same_day, "pk"), _ids(STAFF, _people_of(team_id), "pk"))


def of_entry(request, entry_id=None, team_id=None, **arguments) -> Iterable[tuple]:
    entry = CaseloadEntry.objects.filter(pk=entry_id)
    return _all(_ids(ENTRY, entry, "pk"), _ids(STAFF, _people_of(team_id), "pk"))


def of_link(request, pk=None, **arguments) -> Iterable[tuple]:
    link = VisitLink.objects.filter(pk=pk)
    return _all(_ids(VISIT, link, "first"), _ids(VISIT, link, "second"))


def _people_of(team_id) -> QuerySet:
    return StaffMember.objects.filter(team=team_id, only_in__isnull=True)


def _reader(request) -> Q:
    return Q(user=request.user.pk, user__isnull=False)


def people_in_figures(names: Iterable[str], organisation) -> Iterator[StaffMember]:
    """Rows of those whom figures name, such as workloads by person, where only their names are at hand."""
    people = StaffMember.objects.for_organisation(organisation)
    yield from people.filter(display_name__in=list(names)).only("pk")


PLAN_ACTIONS = ("detail", "optimize", "approve", "reject", "publish", "withdraw", "reopen", "close")
PLAN_FILES = ("stops-csv", "problem", "solution", "timeline")
ROUND_FILES = ("plan-round-calendar", "plan-round-gpx", "api-plan-round-file")
DISRUPTION_ACTIONS = ("list", "detail", "apply", "discard", "again")


def declare() -> None:
    argument_shows("staff_id", "staff.person", of_person)
    argument_shows("plan_id", "plan", of_plan)
    argument_shows("week_id", "week", of_week)
    argument_shows("visit_id", "visit", of_visit)
    argument_shows("entry_id", "caseload.entry", of_entry)
    address_shows([f"route-plan-{name}" for name in PLAN_ACTIONS], "plan", of_plan_by_key)
    address_shows(["route-plan-editing-edits"], "plan", of_plan_by_key)
    address_shows([f"route-plan-disruption-{name}" for name in DISRUPTION_ACTIONS], "plan", of_plan_of_disruption)
    address_shows([f"api-plan-reading-{name}" for name in ("routes", "actual")], "plan", of_plan_by_key)
    address_shows([f"plan-{name}" for name in PLAN_FILES], "plan.file", of_plan)
    address_shows(["plan-actual-csv"], "plan.file", of_plan)
    address_shows(["api-plan-file", "api-plan-reading-timeline"], "plan.file", of_plan_by_key)
    address_shows(["plan-run-sheet", "api-plan-run-sheet"], "run_sheet", of_round)
    address_shows(["plan-run-sheets"], "run_sheet", of_plan)
    address_shows(["plan-made-up"], "plan", of_plan)
    address_shows(ROUND_FILES, "round.file", of_round)
    address_shows(["assignment-stops"], "plan", of_assignment)
    own = {"once_in": OWN_ROUND_SECONDS}
    address_shows(["my-round", "my-round-of-plan", "my-round-map", "round-record"], "round.own", of_own_rounds, **own)
    # Answers to a phone: which of its entries were kept.
    address_shows_nobody(["round-events"])
    # What a search has done so far, in figures.
    address_shows_nobody(["plan-progress", "plan-stream", "week-progress"])
    address_shows(["rota", "rota-upload", "rota-template", "rota-file", "rota-refused"], "staff.rota", of_team)
    address_shows(["caseload-add", "team-slots"], "staff.list", of_team)
    address_shows(["visit-links-detail"], "visit", of_link)
    # Recorded by the view: what is shown depends on what was asked.
    address_shows_nobody(["team", "caseload", "team-visits"])
