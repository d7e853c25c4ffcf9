"""What was found for a week becomes one judged proposal for each open day: all of them, or none."""

import re
from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts import audit
from routing.equitable_search import Wishes, sentences, wishes_as_stored
from routing.models import PlanState, PlanVersion, RoutePlan, Visit, WeekPlan, WeekState
from routing.planning.engines import SolveOptions, solve
from routing.planning.solution import Route, Solution, Unserved, VisitStop
from routing.problem_building import build_problem
from routing.problem_building.weeks import WeekProblem, allowed_days, taken_days, window_on

from .optimisation import PlanMoved
from .plan_news import tell_waiting
from .proposals import SolutionRefused, accepted, cost_parts, equity_of, record_version, store_routes
from .weeks import check_days_are_free, locked_week, open_days

# Where a day's roads are slower than the week was planned with: so long its own search may mend it.
MENDING = SolveOptions(seconds=3)
TOGETHER = "Planned together with the other days of its week."
MENDED = "The travel times of this day differ from those that the week was planned with: it was searched by itself."
NO_VISITS = "Its visits are on other days of the week now. What was fixed in this plan is kept."


@transaction.atomic
def store_week(
    *,
    week: WeekPlan,
    built: WeekProblem,
    solution: Solution,
    wishes: Wishes | None = None,
    note: str = "",
    mending: SolveOptions = MENDING,
    by,
    job=None,
) -> WeekPlan:
    """One proposal for each open day, all of them or none: the visits move to their days, and every day is judged by
    itself. What became of the wishes is told of the days as they are stored. SolutionRefused where a day breaks a rule
    that its own search (`mending`) cannot mend; PlanMoved when the week waits for another job, or a day was decided
    meanwhile.
    """
    week = locked_week(week)
    if job is not None and (week.state != WeekState.OPTIMISING or week.job_id != job.pk):
        raise PlanMoved("The week was taken on by somebody else.")
    if open_days(week) != built.days:
        raise PlanMoved("A day of the week was decided while it was being optimised. Optimise again.")
    check_days_are_free(week)
    storing = _Storing(week, built, solution, mending, by)
    storing.store()
    week.unserved = storing.unserved()
    wishes = storing.wishes(wishes or Wishes())
    week.state, week.optimised_at = WeekState.PROPOSED, timezone.now()
    week.outcome_note = " ".join(filter(None, [note, storing.mended_words, *sentences(wishes)]))[:300]
    week.equity = equity_of(built, built.visits.keys() - storing.served)
    week.price = {"versions": versions_of(week), **wishes.as_dict()}
    week.cost = cost_parts(solution.cost)
    week.trace = [[round(elapsed, 2), round(cost)] for elapsed, cost in solution.trace]
    week.save()
    audit.record(
        action="week.optimised",
        by=by,
        organisation=week.organisation,
        target=week,
        details={"served": len(storing.served), "unserved": len(week.unserved), "mended": len(storing.mended)},
    )
    return week


def versions_of(week: WeekPlan) -> dict[str, int]:
    """Which routes the days have: what was worked out for others says nothing about them."""
    return {str(pk): version for pk, version in week.plans.order_by("pk").values_list("pk", "version")}


class _Storing:
    """One week's answer on its way into the database. `reasons`: of the visits that no day holds, by name."""

    def __init__(self, week, built: WeekProblem, solution: Solution, mending, by):
        self.week, self.built, self.solution, self.mending, self.by = week, built, solution, mending, by
        self.day_of = built.day_of(solution)
        left_out = {entry.visit: entry for entry in solution.unserved}
        self.reasons = {name: left_out.get(name) for name in built.visits if name not in self.day_of}
        self.served: set[str] = set()
        self.facts: dict = {}
        self.mended: list[date] = []

    def store(self):
        homes = self._homes()
        _move(self.built, homes)
        for day, routes in self.built.by_day(self.solution).items():
            self._store_day(day, {name for name, home in homes.items() if home == day}, routes)

    def _homes(self) -> dict[str, date]:
        """The day of every visit by name: where it is served, else the day whose approver has to decide about it, which
        is its own or the nearest that may hold it. A person has one visit a day at most.
        """
        worked = sorted({date.fromisoformat(name.rpartition("@")[2]) for name in self.built.shifts})
        taken = taken_days(self.week)
        held = {(day, self.built.visits[name].reference): name for name, day in self.day_of.items()}
        homes, waiting = dict(self.day_of), sorted(self.reasons)
        while waiting:
            name = waiting.pop(0)
            visit = self.built.visits[name]
            days = allowed_days(visit, worked, taken, self.built.fixed.day_of(visit))
            days.sort(key=lambda day: (abs(day - visit.day), day))
            homes[name] = next((day for day in days if (day, visit.reference) not in held), days[0])
            key = (homes[name], visit.reference)
            if key in held:  # the other visit of the person goes back: theirs is made on that day all the same
                other = held[key]
                del self.day_of[other], homes[other]
                self.reasons[other] = None
                waiting.append(other)
            held[key] = name
        return homes

    def _store_day(self, day, inside: set[str], routes):
        """The day's plan: a new one, or the one that this week has for the day, unless it is approved."""
        plan = self.week.plans.filter(day=day).exclude(state__in=PlanState.binding()).order_by("created_at").first()
        fixed = self._fixed_in(plan)
        if not inside:
            _leave_without_visits(plan, fixed, self.by)
            return
        if plan is None:
            plan = RoutePlan(organisation=self.week.organisation, team=self.week.team, day=day, week=self.week)
            plan.name, plan.seed = f"{self.week.name}: {day:%A %-d %B}"[:120], self.week.seed
            plan.created_by = self.week.created_by
        plan.state, plan.outcome_note = PlanState.PROPOSED, TOGETHER
        plan.approved_by = plan.approved_at = None
        plan.decision_reason, plan.price = "", {}
        plan.save()
        plan.visits.set([*(self.built.visits[name] for name in inside), *fixed])
        self._store_routes(plan, {self.built.visits[name].reference: name for name in inside}, routes)

    def _fixed_in(self, plan) -> list[Visit]:
        """Visits that stay in the plan without being planned: what was fixed about them would be lost with them."""
        if plan is None:
            return []
        fixed = set(plan.adjustments.filter(visit__isnull=False).values_list("visit", flat=True))
        return [visit for visit, _ in self.built.set_aside if visit.pk in fixed and visit.day == plan.day]

    def _store_routes(self, plan, names: dict[str, str], routes):
        built = build_problem(plan)
        solution, verdict, is_mended = _judged(built, routes, self.mending)
        told = {entry.visit: entry for entry in solution.unserved} if is_mended else {}
        if is_mended:
            self.mended.append(plan.day)
            plan.outcome_note = f"{TOGETHER} {MENDED}"
        unserved = []
        for reference in verdict.unserved:
            name = names[reference]
            if name not in self.reasons:  # a day's own search could not hold what the week's search put there
                self.reasons[name] = told.get(reference)
            unserved.append(_reason(self.built, name, self.reasons[name], name in self.day_of))
        served = [name for reference, name in names.items() if reference not in verdict.unserved]
        for name in served:
            self.reasons.pop(name, None)
        self.served.update(served)
        self.facts |= {f"{staff}@{plan.day}": fact for staff, fact in verdict.facts.items()}
        store_routes(plan, built, replace(solution, unserved=unserved), verdict)
        summary = plan.outcome_note
        record_version(plan, solution, verdict, origin=PlanVersion.Origin.OPTIMISED, summary=summary, by=self.by)
        tell_waiting(plan, self.by)
        audit.record(
            action="plan.optimised",
            by=self.by,
            organisation=plan.organisation,
            target=plan,
            details={"week": str(self.week.pk), "mended": is_mended},
        )

    def unserved(self) -> list[dict]:
        """For the week: what no day holds, with the reason."""
        return [_told(self.built, name, entry) for name, entry in self.reasons.items()] + [
            {"visit": visit.reference, "day": str(visit.day), "tier": visit.tier, "reason": "closed", "detail": why}
            for visit, why in self.built.closed
        ]

    def wishes(self, wishes: Wishes) -> Wishes:
        """What became of them in the days as they are stored."""
        stored = Solution([Route("", [VisitStop(name) for name in sorted(self.served)])])
        return wishes_as_stored(self.built, wishes, stored, self.facts if self.mended else None)

    @property
    def mended_words(self) -> str:
        days = ", ".join(f"{day:%a %-d %b}" for day in self.mended)
        return f"Searched again by itself, since its travel times differ: {days}." if days else ""


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


def _leave_without_visits(plan, fixed, by):
    """A day that the search leaves without visits has no plan; one in which something was fixed is a draft again."""
    if plan is None:
        return
    audit.record(action="plan.left_without_visits", by=by, organisation=plan.organisation, target=plan)
    if not plan.adjustments.exists():
        plan.delete()
        return
    plan.assignments.all().delete()
    plan.unserved.all().delete()
    plan.visits.set(fixed)
    plan.state, plan.outcome_note, plan.optimised_at = PlanState.DRAFT, NO_VISITS, None
    plan.approved_by = plan.approved_at = None
    plan.decision_reason, plan.cost, plan.equity, plan.price = "", {}, {}, {}
    plan.save()


def _judged(built, routes: Solution, mending):
    """The day's plan, the verdict on it, and whether it was searched again: where the judge refuses it, or a visit that
    people fixed has lost its place, since the roads of this day are slower than those that the week was planned with.
    """
    known = [route for route in routes.routes if route.staff in built.problem.staff_by_id]
    for route in known:
        route.stops = [stop for stop in route.stops if stop.visit in built.problem.visit_by_id]
    routes, verdict = Solution(known, engine=routes.engine), None
    try:
        verdict = accepted(built, routes)
        if not any(built.problem.visit_by_id[name].pinned for name in verdict.unserved):
            return routes, verdict, False
    except SolutionRefused:
        pass  # mended below, or refused for good by the second verdict
    mended = solve(built.problem, replace(mending, seed=built.plan.seed, start=routes.orders))
    again = accepted(built, mended)
    if verdict is not None and verdict.rank <= again.rank:
        return routes, verdict, False
    return mended, again, True


def _reason(built, name, entry, was_placed) -> Unserved:
    """For the day's plan: why the visit is left out."""
    told = _told(built, name, entry)
    why = "The week had a place for it that this day's travel times do not allow." if was_placed else ""
    why = why or "No day of the week holds it."
    return Unserved(told["visit"], told["reason"], f"{why} {told['detail']}".strip())


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
