"""Where a new visit would cost least: over the plans of a team's next days, which stay as they are."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from .models import RoutePlan
from .planning.additions import Additions
from .planning.check import check
from .planning.problem import Problem
from .planning.problem import Visit as Task
from .planning.replanning import UnfitDisruption
from .planning.slots import MOST_SLOTS, find_slots
from .planning.solution import Remedy, Solution
from .planning.trials import Trials
from .problem_building import NothingToPlan, stored_solution
from .services.bookings import OPEN_STATES, bookable
from .services.new_visits import unsaved_visit


@dataclass(frozen=True)
class FoundSlot:
    """One plan's day, who comes, and after how many of their visits (`places`). `start` and `latest`: seconds of the
    day between which the visit can begin; `added_travel`: seconds driven in addition; `pushed`: visits that start later
    and by how many seconds.
    """

    plan: RoutePlan
    places: tuple[tuple[str, int], ...]
    start: int
    latest: int
    added_travel: int
    cost_change: float
    pushed: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class SlotSearch:
    """`slots`: the cheapest first. `plans`: how many were searched. `unusable`: plans that keep no rule as they are."""

    slots: list[FoundSlot]
    plans: int
    unusable: list[RoutePlan]


def plans_open(team, first: date, last: date):
    """Plans of these days that a visit can be booked into, as a QuerySet. Scenarios are none."""
    plans = RoutePlan.objects.for_organisation(team.organisation).filter(
        team=team, day__range=(first, last), state__in=OPEN_STATES, scenario_of=None, optimised_at__isnull=False
    )
    return plans.select_related("team", "organisation").order_by("day", "created_at")


def search_slots(plans: Iterable[RoutePlan], booking, most: int = MOST_SLOTS) -> SlotSearch:
    """`booking`: a function from a day to the NewVisit asked for that day. ValidationError as `unsaved_visit`."""
    found, unusable, searched = [], [], 0
    for plan in plans:
        asked = booking(plan.day)
        visit = unsaved_visit(team=plan.team, day=plan.day, asked=asked)
        searched += 1
        try:
            problem, task = _problem_with(plan, visit, asked)
        except (NothingToPlan, UnfitDisruption):
            unusable.append(plan)
            continue
        stored = Solution(stored_solution(plan).routes)
        if any(violation.rule != "required" for violation in check(problem, stored).violations):
            # As people and visits are now, the plan breaks a rule: nobody is promised a place in it.
            unusable.append(plan)
        else:
            found += _slots(plan, problem, stored, task, most)
    found.sort(key=lambda slot: (slot.cost_change, slot.plan.day, slot.start, slot.places))
    return SlotSearch(found[:most], searched, unusable)


def _problem_with(plan, visit, asked) -> tuple[Problem, Task]:
    """The plan's problem without the visit, its place among those of the matrix; and the visit as a task."""
    built, problem = bookable(plan, visit)
    skills = frozenset(skill.code for skill in asked.skills)
    return problem, replace(built.problem.visit_by_id[visit.reference], skills=skills)


def _slots(plan, problem: Problem, stored: Solution, task: Task, most) -> list[FoundSlot]:
    if task.staff_required > 1:
        return _for_several(plan, problem, stored, task)
    return [
        FoundSlot(
            plan=plan,
            places=((slot.staff, slot.place),),
            start=slot.window[0],
            latest=slot.window[1],
            added_travel=slot.added_travel,
            cost_change=slot.cost_change,
            pushed=tuple((push.visit, push.seconds) for push in slot.pushes),
        )
        for slot in find_slots([(str(plan.pk), problem, stored)], task, most)
    ]


def _for_several(plan, problem, stored, task) -> list[FoundSlot]:
    """The cheapest place in this plan for two people at once."""
    before = check(problem, stored)
    free = replace(task, required=False, prize=0, tier=None)
    trials = Trials(
        replace(problem, visits=(*problem.visits, free)),
        {route.staff: route.visits for route in before.routes},
        before.routes,
    )
    remedy: Remedy | None = Additions(trials).added(free, set(problem.staff_by_id))
    verdict = remedy and trials.verdict(remedy)
    if not verdict:
        return []
    cost, travel = trials.effect(remedy)
    planned = {(name, who): start for who, fact in before.facts.items() for name, start in fact.starts}
    starts = [(name, who, start) for who, fact in verdict.facts.items() for name, start in fact.starts]
    start = next(start for name, _, start in starts if name == task.id)
    pushed = tuple(
        (name, start - planned[name, who]) for name, who, start in starts if planned.get((name, who), start) < start
    )
    return [FoundSlot(plan, remedy.places, start, start, round(travel), cost, pushed)]
