"""A week from draft to proposals: one plan for each day, decided and published as any other plan."""

import re
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit, jobs
from routing.models import PlanState, PlanVersion, RoutePlan, Visit, WeekPlan, WeekState
from routing.planning.engines import SolveOptions, solve
from routing.planning.solution import Solution, Unserved
from routing.problem_building import build_problem
from routing.problem_building.weeks import WeekProblem, shifts_of, window_on
from routing.visit_files import VisitFile

from .due_caseload import make_visits_from_caseload
from .optimisation import PlanMoved
from .plans import SECONDS, PlanStateError, check_day
from .proposals import SolutionRefused, accepted, cost_parts, record_version, store_routes
from .visits import VisitIntake, import_visits, make_visits_from_priorities

WEEK_KIND = "routing.week"
WATCHDOG = audit.SystemActor("routing:watchdog")
DAYS = (2, 14)
# Where a day's roads are slower than the week was planned with: so long its own search may mend it.
MENDING_SECONDS = 3


@transaction.atomic
def create_week(*, team, first_day: date, days: int, name: str, intake: VisitIntake, seconds: int = 60, by) -> WeekPlan:
    """A draft of `days` days with the visits of `intake`. ValidationError for what cannot be."""
    _check_days(first_day, days)
    if not SECONDS[0] <= seconds <= SECONDS[1]:
        raise ValidationError(f"The search time must be {SECONDS[0]} to {SECONDS[1]} seconds.")
    if not intake.visits:
        raise ValidationError("A week needs at least one visit.")
    week = WeekPlan.objects.create(
        organisation=team.organisation,
        team=team,
        name=name.strip() or f"{team.name}, {days} days from {first_day:%-d %B %Y}",
        first_day=first_day,
        days=days,
        seconds_allowed=seconds,
        intake={**intake.report, "own_days": {str(visit.pk): str(visit.day) for visit in intake.visits}},
        created_by=by if hasattr(by, "email") else None,
    )
    week.visits.set(intake.visits)
    audit.record(
        action="week.created",
        by=by,
        organisation=week.organisation,
        target=week,
        details={"first_day": str(first_day), "days": days, "visits": len(intake.visits)},
    )
    return week


def _check_days(first_day, days):
    check_day(first_day)
    if not DAYS[0] <= days <= DAYS[1]:
        raise ValidationError(f"A plan over several days has {DAYS[0]} to {DAYS[1]} days.")


@transaction.atomic
def week_from_priorities(*, team, first_day: date, days: int, count: int, name="", seconds=60, by) -> WeekPlan:
    """Visits that fall due in the team's patch; each may be made on any day up to its clinical limit."""
    _check_days(first_day, days)
    intake = make_visits_from_priorities(team=team, day=first_day, count=count, by=by)
    last = first_day + timedelta(days=days - 1)
    for visit in intake.visits:
        visit.earliest_day = first_day
        visit.latest_day = max(first_day, min(last, visit.clinical_limit or last))
    Visit.objects.bulk_update(intake.visits, ["earliest_day", "latest_day"], batch_size=1000)
    common = {"team": team, "first_day": first_day, "days": days, "name": name, "seconds": seconds, "by": by}
    return create_week(intake=intake, **common)


@transaction.atomic
def week_from_caseload(*, team, first_day: date, days: int, name="", seconds=60, by) -> WeekPlan:
    """A visit for everybody on the caseload who falls due in these days. See `make_visits_from_caseload`."""
    _check_days(first_day, days)
    until = first_day + timedelta(days=days - 1)
    intake = make_visits_from_caseload(team=team, day=first_day, until=until, by=by)
    common = {"team": team, "first_day": first_day, "days": days, "name": name, "seconds": seconds, "by": by}
    return create_week(intake=intake, **common)


@transaction.atomic
def week_from_file(*, team, first_day: date, days: int, file: VisitFile, name="", seconds=60, by) -> WeekPlan:
    """The good rows of a file; those with earliest_day and latest_day may move between these, the others stay."""
    _check_days(first_day, days)
    intake = import_visits(team=team, day=first_day, file=file, by=by)
    common = {"team": team, "first_day": first_day, "days": days, "name": name, "seconds": seconds, "by": by}
    return create_week(intake=intake, **common)


def locked_week(week: WeekPlan) -> WeekPlan:
    return WeekPlan.objects.select_for_update(of=("self",)).select_related("team", "organisation").get(pk=week.pk)


@transaction.atomic
def optimise_week(*, week: WeekPlan, by) -> WeekPlan:
    """Queue the search; days whose plan is approved stay as they are. PlanStateError where there is nothing to do."""
    week = locked_week(week)
    if week.state == WeekState.OPTIMISING:
        raise PlanStateError("The week is being optimised already.")
    if not week.visits.filter(state=Visit.State.OPEN).exists():
        raise PlanStateError("Every visit of this week is in an approved plan already.")
    if not any(shifts_of(week, day) for day in open_days(week)):
        raise PlanStateError(f"Nobody of {week.team} is free to work on the open days of this week. Add shifts first.")
    _check_days_are_free(week)
    week.job = jobs.enqueue(
        kind=WEEK_KIND,
        title=f"Optimise {week.name}",
        payload={"week": str(week.pk)},
        by=by,
        organisation=week.organisation,
        url=reverse("week", args=[week.pk]),
    )
    week.state, week.outcome_note = WeekState.OPTIMISING, ""
    week.save()
    audit.record(action="week.optimisation_queued", by=by, organisation=week.organisation, target=week)
    return week


def open_days(week: WeekPlan) -> list[date]:
    """Days for which nothing has been approved yet."""
    decided = set(week.plans.binding().values_list("day", flat=True))
    return [day for day in week.civil_days if day not in decided]


def _check_days_are_free(week):
    busy = week.plans.optimising().first()
    if busy is not None:
        raise PlanStateError(f"{busy.name} is being optimised by itself. Wait for it, or stop it.")


@transaction.atomic
def take_on_week(*, week: WeekPlan, job) -> WeekPlan:
    """What a worker does first. PlanMoved when the week does not wait for this job, nor is free to be taken on."""
    week = locked_week(week)
    if week.state == WeekState.OPTIMISING and week.job_id != job.pk:
        raise PlanMoved("The week was taken on by another job.")
    week.job, week.state, week.outcome_note = job, WeekState.OPTIMISING, ""
    week.save()
    return week


@transaction.atomic
def store_week(*, week: WeekPlan, built: WeekProblem, solution: Solution, note: str = "", by, job=None) -> WeekPlan:
    """One proposal for each open day, all of them or none: the visits move to their days, and every day is judged by
    itself. SolutionRefused where a day breaks a rule that its own search cannot mend; PlanMoved when the week waits for
    another job, or a day was decided meanwhile.
    """
    week = locked_week(week)
    if job is not None and (week.state != WeekState.OPTIMISING or week.job_id != job.pk):
        raise PlanMoved("The week was taken on by somebody else.")
    if open_days(week) != built.days:
        raise PlanMoved("A day of the week was decided while it was being optimised. Optimise again.")
    _check_days_are_free(week)
    left_out = {entry.visit: entry for entry in solution.unserved}
    day_of = built.day_of(solution)
    worked = sorted({date.fromisoformat(name.rpartition("@")[2]) for name in built.shifts})
    homes = {name: day_of.get(name) or _home_of_unserved(built.visits[name], worked) for name in built.visits}
    _move(built, {name: day for name, day in homes.items() if day is not None})
    reasons = {name: left_out.get(name) for name in built.visits if name not in day_of}
    for day, routes in built.by_day(solution).items():
        inside = [name for name, home in homes.items() if home == day]
        _store_day(week, day, [built.visits[name] for name in inside], routes, _reasons_of(built, reasons, inside), by)
    week.unserved = [_told(built, name, entry) for name, entry in reasons.items()] + [
        {"visit": visit.reference, "day": str(visit.day), "tier": visit.tier, "reason": "closed", "detail": why}
        for visit, why in built.closed
    ]
    week.state, week.outcome_note, week.optimised_at = WeekState.PROPOSED, note[:300], timezone.now()
    week.cost = cost_parts(solution.cost)
    week.trace = [[round(elapsed, 2), round(cost)] for elapsed, cost in solution.trace]
    week.save()
    audit.record(
        action="week.optimised",
        by=by,
        organisation=week.organisation,
        target=week,
        details={"served": len(day_of), "unserved": len(week.unserved)},
    )
    return week


def _home_of_unserved(visit, worked) -> date | None:
    """The day whose approver has to decide about a visit that no day holds: its own, else the nearest one."""
    if not worked:
        return None
    first, last = visit.earliest_day or visit.day, visit.latest_day or visit.day
    inside = [day for day in worked if first <= day <= last] or [day for day in worked if day == visit.day]
    return min(inside, key=lambda day: (abs(day - visit.day), day), default=None)


def _move(built, homes):
    """Visits to their days, with their windows. A day that another visit of the same person leaves is free first."""
    moving = {name: day for name, day in homes.items() if built.visits[name].day != day}
    while moving:
        held = {(visit.reference, visit.day) for name, visit in built.visits.items() if name in moving}
        free = [name for name, day in moving.items() if (built.visits[name].reference, day) not in held]
        for name in free or list(moving):
            visit, day = built.visits[name], moving.pop(name)
            if visit.window_start is not None:
                visit.window_start, visit.window_end = window_on(visit, day)
            visit.day = day
            visit.save(update_fields=["day", "window_start", "window_end"])
            # A draft of another day that listed it has nothing to plan there any more.
            visit.plans.remove(*visit.plans.filter(state__in=(PlanState.DRAFT, PlanState.REJECTED)).exclude(day=day))


def _store_day(week, day, visits, routes, unserved, by):
    """The day's plan: a new one, or the one that this week has for the day, unless it is approved."""
    plan = week.plans.filter(day=day).exclude(state__in=PlanState.binding()).order_by("created_at").first()
    if not visits:
        if plan is not None:
            audit.record(action="plan.left_without_visits", by=by, organisation=plan.organisation, target=plan)
            plan.delete()
        return
    if plan is None:
        plan = RoutePlan(organisation=week.organisation, team=week.team, day=day, week=week, seed=week.seed)
        plan.name = f"{week.name}: {day:%A %-d %B}"[:120]
        plan.created_by = week.created_by
    plan.state, plan.outcome_note = PlanState.PROPOSED, "Planned together with the other days of its week."
    plan.approved_by = plan.approved_at = None
    plan.decision_reason, plan.price = "", {}
    plan.save()
    plan.visits.set(visits)
    built = build_problem(plan)
    solution, verdict = _judged(built, routes)
    solution.unserved = unserved
    store_routes(plan, built, solution, verdict)
    record_version(plan, solution, verdict, origin=PlanVersion.Origin.OPTIMISED, summary=plan.outcome_note, by=by)
    audit.record(
        action="plan.optimised", by=by, organisation=plan.organisation, target=plan, details={"week": str(week.pk)}
    )


def _judged(built, routes: Solution):
    """The day's plan and the verdict on it. What people fixed in the plan holds: what they left out is not on it."""
    known = [route for route in routes.routes if route.staff in built.problem.staff_by_id]
    for route in known:
        route.stops = [stop for stop in route.stops if stop.visit in built.problem.visit_by_id]
    routes = Solution(known, engine=routes.engine)
    try:
        return routes, accepted(built, routes)
    except SolutionRefused:
        # The roads of this day are slower than those that the week was planned with.
        mended = solve(built.problem, SolveOptions(seconds=MENDING_SECONDS, start=routes.orders))
        return mended, accepted(built, mended)


def _reasons_of(built, reasons, inside) -> list[Unserved]:
    """For the day's plan: why no day holds the visit."""
    found = []
    for name in inside:
        if name in reasons:
            told = _told(built, name, reasons[name])
            found.append(Unserved(told["visit"], told["reason"], f"No day of the week holds it. {told['detail']}"))
    return found


def _told(built, name, entry) -> dict:
    visit, first = built.visits[name], built.week.first_day
    return {
        "visit": visit.reference,
        "day": str(visit.day),
        "tier": visit.tier,
        "reason": entry.reason if entry and entry.reason else "search",
        "detail": spoken(entry.detail, first) if entry else "",
        "remedies": [spoken(remedy.change, first) for remedy in entry.remedies] if entry else [],
    }


def spoken(text: str, first_day: date) -> str:
    """Words of the planner about a week: "nurse-01@2026-11-23" and 33:00 as people say them."""

    def on_day(match):
        return f" on {date.fromisoformat(match[1]):%a %-d %b}"

    def at_time(match):
        hours = int(match[1])
        if hours < 24:
            return match[0]
        return f"{hours % 24:02}:{match[2]} on {first_day + timedelta(days=hours // 24):%a %-d %b}"

    return re.sub(r"\b(\d{1,3}):(\d\d)\b", at_time, re.sub(r"@(\d{4}-\d\d-\d\d)", on_day, text))


@transaction.atomic
def release_week(*, week: WeekPlan, job, note: str, by) -> WeekPlan:
    """Give up the search: the week and its plans are as they were, with an honest note."""
    week = locked_week(week)
    if week.state != WeekState.OPTIMISING or week.job_id != (job.pk if job else None):
        return week
    week.state = WeekState.PROPOSED if week.optimised_at else WeekState.DRAFT
    week.outcome_note = (note + (" The earlier proposals are kept." if week.optimised_at else ""))[:300]
    week.save(update_fields=["state", "outcome_note"])
    audit.record(action="week.optimisation_ended_without_plan", by=by, organisation=week.organisation, target=week)
    return week


def settle_interrupted_weeks(*, weeks=None) -> list[WeekPlan]:
    """Free every week (of `weeks`, else of all) whose search has ended without telling it: a killed worker."""
    ended = jobs.abandoned((weeks if weeks is not None else WeekPlan.objects.all()).filter(state=WeekState.OPTIMISING))
    note = "The search ended before there was a plan. Nothing was lost: try again."
    return [release_week(week=week, job=week.job, note=note, by=WATCHDOG) for week in ended]
