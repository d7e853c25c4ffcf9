"""The whole day as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from routing.civil_time import clock, moment_of, seconds_into
from routing.models import Absence, Disruption, RoutePlan, Visit
from routing.planning.check import check
from routing.planning.problem import Problem
from routing.planning.replanning import Disruption as WhatHappened
from routing.planning.replanning import GoingOn, Sick, UnfitDisruption, day_of, going_on
from routing.planning.replanning.allowances import with_allowances
from routing.planning.solution import Route, Solution, VisitStop
from routing.problem_building import PlanProblem, build_problem, left_out_of

from .reading import recorded_rounds
from .records import Known, Part, parts_of
from .rounds import StandingRound
from .rules import as_it_happened


@dataclass(frozen=True)
class StandingDay:
    """`built`: the plan as it is stored, with visits that might be added. `problem`: without these, with what has
    happened in it; `solution` keeps its rules, and `events` say what is known to go differently after `now` (seconds).

    `stored`: rounds as they are stored, by staff reference. `begun`: visits done or started, in order. `parts`: what
    was recorded, by (staff, visit). `away`: people who are not there, and since when.
    """

    built: PlanProblem
    problem: Problem
    solution: Solution
    now: int
    events: tuple
    stored: dict[str, Route]
    begun: dict[str, list[str]]
    parts: dict[tuple[str, str], Part]
    away: dict[str, int]

    @property
    def over(self) -> frozenset[tuple[str, str]]:
        """Pairs (staff, visit) that were recorded as over."""
        return frozenset(key for key, part in self.parts.items() if part.left is not None)

    def stop_of(self, visit: str) -> tuple[str, VisitStop] | None:
        """(staff, stop as it is stored) of a visit that somebody has in the plan."""
        for name, route in self.stored.items():
            for stop in route.stops:
                if isinstance(stop, VisitStop) and stop.visit == visit:
                    return name, stop
        return None

    def has_begun(self, visit: str) -> bool:
        return any(visit in visits for visits in self.begun.values())

    def going_on(self) -> GoingOn:
        """The day as it goes on if nobody changes anything. UnfitDisruption where a rule is broken that has nothing to
        do with time.
        """
        return going_on(day_of(self.problem, self.solution, WhatHappened(self.now, self.events)))

    def why_begun(self, visit: str) -> tuple[str, tuple[str, ...]]:
        """What is known of a visit that has begun: words with places ({0}) for staff references, and these."""
        names = tuple(name for name, visits in self.begun.items() if visit in visits)
        part = next((self.parts[name, visit] for name in names if (name, visit) in self.parts), None)
        if part is None:
            found = self.stop_of(visit)
            planned = "" if found is None else f" (planned for {self._clock(found[1].start)})"
            return f"it has begun by the plan{planned}, and {{0}} recorded nothing else.", names[:1]
        if part.left is None:
            return f"{{0}} has been there since {self._clock(part.arrived)}.", names[:1]
        if self.built.visits[visit].state == Visit.State.NO_ACCESS:
            return f"{{0}} found nobody there, and left at {self._clock(part.left)}.", names[:1]
        return f"{{0}} was done with it at {self._clock(part.left)}.", names[:1]

    def _clock(self, seconds) -> str:
        return clock(moment_of(self.built.plan.day, seconds))


def standing_day(
    plan: RoutePlan,
    now: int,
    *,
    visits: list[Visit] | None = None,
    extra: tuple[Visit, ...] = (),
    since: Mapping[str, int] | None = None,
    left: Mapping[str, int] | None = None,
) -> StandingDay:
    """The plan's day at `now`, in seconds. NothingToPlan where it has no visits or people any more,
    UnfitDisruption where the problem does not know what is stored.

    `visits`, `extra`: see `build_problem`. `since`: by staff reference, from when on nothing that is not recorded has
    begun. `left`: by visit reference, when somebody who was there for nothing went away.
    """
    built = build_problem(plan, visits=visits, extra=extra)
    people, recorded = built.problem.staff_by_id, recorded_rounds(plan)
    stored = {each.staff.reference: each.route for each in recorded}
    _check_known(built, stored)
    known = Known(now, parts_of(recorded, plan.day), dict(since or {}), dict(left or {}))
    rounds = {name: StandingRound(built.problem, people[name], route, known) for name, route in stored.items()}
    away = {name: at for name, at in _away(plan).items() if name in people}
    problem = as_it_happened(_without(built.problem, extra), rounds, away, _returns(recorded, plan.day))
    routes = [Route(name, each.stops) for name, each in rounds.items()]
    problem = _as_was_accepted(problem, routes)
    events = [event for each in rounds.values() for event in each.events]
    return StandingDay(
        built=built,
        problem=problem,
        solution=Solution(
            routes,
            [left for left in left_out_of(plan) if left.visit in problem.visit_by_id],
        ),
        now=now,
        events=(*dict.fromkeys(events), *(Sick(name, at) for name, at in sorted(away.items()))),
        stored=stored,
        begun={name: each.begun_visits for name, each in rounds.items() if each.facts},
        parts=known.parts,
        away=away,
    )


def _as_was_accepted(problem: Problem, routes: list[Route]) -> Problem:
    """The problem with what was stored knowingly: a visit that began after its window in a plan that was mended or
    changed by hand when the day ran late.
    """
    verdict = check(problem, Solution(routes))
    return with_allowances(problem, verdict, verdict.violations)


def _check_known(built, stored):
    """What is stored and has no place in the problem would be lost: nobody mends such a plan without a word."""
    people, visits = built.problem.staff_by_id, built.problem.visit_by_id
    lost = [name for name in stored if name not in people]
    if lost:
        raise UnfitDisruption(f"{', '.join(lost)} has a round in this plan and no shift any more.")
    lost = [visit for route in stored.values() for visit in route.visits if visit not in visits]
    if lost:
        raise UnfitDisruption(f"{', '.join(lost)} is in somebody's round and not to be planned any more.")


def _without(problem, extra):
    names = {visit.reference for visit in extra}
    if not names:
        return problem
    return replace(
        problem,
        visits=tuple(visit for visit in problem.visits if visit.id not in names),
        links=tuple(link for link in problem.links if not {link.first, link.second} & names),
    )


def _away(plan) -> dict[str, int]:
    """People who went home or did not come, and since when, by reference."""
    absent = Absence.objects.for_organisation(plan.organisation).on_day(plan.day).filter(staff__team=plan.team_id)
    away = dict.fromkeys(absent.values_list("staff__reference", flat=True), 0)
    sick = plan.disruptions.filter(kind=Disruption.Kind.SICK, state=Disruption.State.APPLIED)
    for name, at in sick.values_list("staff__reference", "at"):
        away[name] = seconds_into(plan.day, at)
    return away


def _returns(recorded, day) -> dict[str, int]:
    ends = {each.staff.reference: each.assignment.returns_at for each in recorded}
    return {name: seconds_into(day, at) for name, at in ends.items() if at is not None}
