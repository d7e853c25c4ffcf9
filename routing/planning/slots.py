"""When a new visit could be promised: the cheapest slots in plans that stay as they are.

A slot is one person's day and a stretch of time: if the visit starts anywhere in it, every rule of that plan holds and
everything else keeps its person and order. Both ends of the stretch, and what is in between at a few points, are
judged.
"""

from dataclasses import dataclass, replace

import numpy as np

from .check import check
from .obstacles import person_obstacles
from .openings import Openings
from .problem import Pin, Problem, Visit
from .slack import Days
from .solution import Remedy, Solution
from .ties import Ties
from .trials import Trials

MOST_SLOTS = 3
# Judged places for each plan: the cheapest by travel.
MOST_TRIED = 24
# Starts tried in a stretch besides its ends.
POINTS_BETWEEN = 3


@dataclass(frozen=True, slots=True)
class Push:
    """A visit that would start later than planned, by seconds."""

    visit: str
    staff: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Slot:
    """`window`: earliest and latest start that can be promised, seconds; `place`: how many visits come before it that
    day; `added_travel`: seconds driven in addition; `cost_change`: by the judge, the prize of the visit not counted;
    `pushes`: what starts later when the visit starts at the earliest.
    """

    plan: str
    staff: str
    place: int
    window: tuple[int, int]
    added_travel: int
    cost_change: float
    pushes: tuple[Push, ...]


def find_slots(plans, visit: Visit, most: int = MOST_SLOTS) -> list[Slot]:
    """The cheapest slots for a visit over `plans`, triples of (label, problem, solution); none twice for the same
    person at overlapping times.

    The visit's windows are the times that suit; its location indexes each problem's matrix. Raises ValueError where a
    plan already has a visit of that id, where a plan breaks a rule, or where the visit needs several people at once.
    """
    if visit.staff_required > 1:
        raise ValueError(f"{visit.id} needs {visit.staff_required} people at once; slots are found for one")
    found = [slot for label, problem, solution in plans for slot in _slots_of(label, problem, solution, visit)]
    found.sort(key=lambda slot: (slot.cost_change, slot.plan, slot.window, slot.staff))
    chosen = []
    for slot in found:
        if len(chosen) < most and not any(_same(slot, other) for other in chosen):
            chosen.append(slot)
    return chosen


def _same(slot, other):
    overlap = slot.window[0] <= other.window[1] and other.window[0] <= slot.window[1]
    return (slot.plan, slot.staff) == (other.plan, other.staff) and overlap


def _slots_of(label, problem: Problem, solution: Solution, visit: Visit):
    if visit.id in problem.visit_by_id:
        raise ValueError(f"the plan {label} already has a visit {visit.id}")
    before = check(problem, Solution(solution.routes))
    faults = [violation for violation in before.violations if violation.rule != "required"]
    if faults:
        raise ValueError(f"the plan {label} breaks a rule: {faults[0].rule}, {faults[0].detail}")
    free_of_charge = replace(visit, required=False, prize=0, tier=None)
    for times in sorted(visit.windows):
        yield from _in_window(label, problem, before, replace(free_of_charge, windows=(times,)))


def _in_window(label, problem, before, visit):
    asked = replace(problem, visits=(*problem.visits, visit))
    orders = {route.staff: route.visits for route in before.routes}
    trials = Trials(asked, orders, before.routes)
    ties = Ties(asked, trials.days, trials.served_by)
    openings = Openings(Days(asked, trials.days.rows, ties.bounds()), visit, ties.within(visit))
    free = np.array([not each for each in person_obstacles(trials, visit)], dtype=bool)
    cost = np.where(openings.fits & free[:, None], openings.added, np.inf)
    for flat in np.argsort(cost, axis=None, kind="stable")[:MOST_TRIED]:
        row, place = (int(part) for part in np.unravel_index(flat, cost.shape))
        if not np.isfinite(cost[row, place]):
            return
        span = int(openings.earliest_start[row, place]), int(openings.latest_start[row, place])
        slot = _judged_slot(label, trials, before, visit, problem.staff[row].id, place, span)
        if slot:
            yield slot


def _judged_slot(label, trials, before, visit, staff, place, span):
    """The stretch from the earliest start on of which all points tried pass the judge; None where that does not."""
    remedy = Remedy("", 0, "add", visit.id, places=((staff, place),))
    free = trials.verdict(remedy)
    if free is None:
        return None
    begins = next(start for name, start in free.facts[staff].starts if name == visit.id)
    points = np.unique(np.linspace(begins, max(begins, span[1]), POINTS_BETWEEN + 2).astype(np.int64)).tolist()
    window = first = None
    for start in points:
        held = _held_at(trials, visit, start)
        verdict = held.verdict(remedy)
        if verdict is None:
            break
        if first is None:
            first, cost_change = verdict, held.effect(remedy)[0]
        window = (points[0], start)
    if first is None:
        return None
    planned = {(name, who): start for who, fact in before.facts.items() for name, start in fact.starts}
    pushes = [
        Push(name, who, start - planned[name, who])
        for who, fact in first.facts.items()
        for name, start in fact.starts
        if planned.get((name, who), start) < start
    ]
    driven = sum(fact.drive - _drive(before, who) for who, fact in first.facts.items())
    return Slot(label, staff, place, window, driven, cost_change, tuple(pushes))


def _drive(verdict, staff):
    return verdict.facts[staff].drive if staff in verdict.facts else 0


def _held_at(trials, visit, start):
    """The same plan with the visit fixed at that very start."""
    fixed = replace(visit, pinned=Pin(visit.pinned.staff if visit.pinned else None, start))
    visits = tuple(fixed if each.id == visit.id else each for each in trials.problem.visits)
    return Trials(replace(trials.problem, visits=visits), trials.orders, list(trials.stated.values()))
