"""Remedies that change who or what else is in the day: less urgent visits that wait, one more person."""

from itertools import combinations

import numpy as np

from .openings import Openings
from .problem import Problem, Visit
from .remedies import newcomer
from .slack import Days, start_bounds
from .solution import Remedy
from .tiers import rank
from .trials import Trials

MOST_FOUND = 2
TRIALS = 12
# Two visits that wait together are looked for in the days of so many people, those nearest to the visit.
PEOPLE_FOR_PAIRS = 8


def moved_visits(trials: Trials, visit: Visit, obstacles) -> list[Remedy]:
    """The cheapest ways to serve the visit in place of one less urgent visit of a day, or of two where one will not
    do.
    """
    rows = [
        row
        for row, found in enumerate(obstacles)
        if all(kind in ("max_visits", "capacity") for kind, _ in found) and trials.days.count[row]
    ]
    singles = [(row, (other,)) for row in rows for other in _droppable(trials, row, visit)]
    found = _moves(trials, visit, singles)
    if found or not rows:
        return found
    nearest = Openings(trials.days, visit).added.min(axis=1)
    rows = sorted(rows, key=lambda row: (nearest[row], row))[:PEOPLE_FOR_PAIRS]
    return _moves(trials, visit, [(r, two) for r in rows for two in combinations(_droppable(trials, r, visit), 2)])


def may_wait(other: Visit, visit: Visit) -> bool:
    """Whether a visit is less urgent than another: of a lower tier, or worth less in the same."""
    if other.required or other.staff_required > 1:
        return False
    return rank(other) > rank(visit) or (rank(other) == rank(visit) and other.prize < visit.prize)


def _droppable(trials, row, visit):
    person = trials.problem.staff[row]
    return [other for other in trials.routes[person.id] if may_wait(other, visit)]


def _moves(trials, visit, choices):
    """The first few of `choices` (row, visits that wait) that the judge accepts, in order of estimated cost."""
    problem = trials.problem
    choices = [(row, gone) for row, gone in choices if _has_room(trials, row, gone, visit)]
    if not choices:
        return []
    people = [problem.staff[row] for row, _ in choices]
    rest = [
        [other for other in trials.routes[person.id] if other not in gone]
        for person, (_, gone) in zip(people, choices, strict=True)
    ]
    days = Days(problem, list(zip(people, rest, strict=True)))
    openings = Openings(days, visit)
    worth = np.array([sum(other.prize for other in gone) for _, gone in choices], dtype=float)
    change = days.driven.sum(axis=1) - trials.days.driven.sum(axis=1)[[row for row, _ in choices]]
    estimate = np.where(openings.fits, openings.added + (worth + change * problem.weights.travel)[:, None], np.inf)
    found, seen = [], set()
    for flat in np.argsort(estimate, axis=None, kind="stable")[:TRIALS]:
        index, place = (int(part) for part in np.unravel_index(flat, estimate.shape))
        gone = tuple(other.id for other in choices[index][1])
        if not np.isfinite(estimate[index, place]) or len(found) == MOST_FOUND:
            break
        if gone in seen:
            continue
        remedy = Remedy("", 0, "move", visit.id, people[index].id, moved=gone, places=((people[index].id, place),))
        remedy.amount = len(gone)
        if trials.judged(remedy):
            seen.add(gone)
            found.append(remedy)
    return found


def _has_room(trials, row, gone, visit):
    person = trials.problem.staff[row]
    if person.max_visits is not None and trials.days.count[row] + 1 - len(gone) > person.max_visits:
        return False
    bound = trials.problem.capacity.get(person.id)
    freed = sum(other.demand for other in gone)
    return bound is None or trials.days.load[row] + visit.demand - freed <= bound


def extra_person(trials: Trials, visit: Visit) -> list[Remedy]:
    """One more person who comes for this visit alone, from the nearest place where somebody's day begins: that of
    `staff`, of several the first by id.
    """
    problem = trials.problem
    if visit.pinned and visit.pinned.staff is not None:
        return []
    base, there, back = nearest_base(problem, visit)
    dawn = min((person.shift[0] for person in problem.staff), default=0)
    for opens, closes in start_bounds(visit):
        start = max(opens, dawn + there)
        if start > closes:
            continue
        shift = (start - there, start + visit.service + back)
        name = newcomer(problem)
        remedy = Remedy("", 0, "extra", visit.id, amount=shift[1] - shift[0], shift=shift, base=base)
        remedy.staff = min((person.id for person in problem.staff if person.start == base), default="")
        remedy.places, remedy.skills = ((name, 0),), tuple(sorted(visit.skills))
        if trials.judged(remedy):
            return [remedy]
    return []


def nearest_base(problem: Problem, visit: Visit):
    """(place, seconds there, seconds back) of the start place with the shortest way there and back, by the default
    way of travelling; (None, 0, 0) where nobody's day has one.
    """
    bases = sorted({person.start for person in problem.staff if person.start is not None})
    legs = [
        (problem.duration.item(base, visit.location), problem.duration.item(visit.location, base)) for base in bases
    ]
    if not legs:
        return None, 0, 0
    nearest = min(range(len(bases)), key=lambda index: sum(legs[index]))
    return bases[nearest], *legs[nearest]
