"""A part, or a neighbourhood of routes, as a Problem of its own.

Its matrix holds its own places only: a part of 300 visits with 30 bases takes 0.9 MB, whatever the size of the whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from routing.planning.problem import Pin, Problem, Travel, Visit


def part_problem(
    problem: Problem, visits: Iterable[str], staff: Iterable[str], frozen: Mapping[str, tuple[str, int]] | None = None
) -> Problem:
    """The problem of these visits and people alone, ids as they are.

    `frozen`: (person, start) by visit id, for visits that must stay as they are since what binds them lies outside:
    they keep person and start, and count as one person's.
    """
    frozen = frozen or {}
    people = [problem.staff_by_id[name] for name in staff]
    work = [problem.visit_by_id[name] for name in visits]
    ends = {place for person in people for place in (person.start, person.end) if place is not None}
    places = np.array(sorted({visit.location for visit in work} | ends), dtype=np.int64)
    index = {place: i for i, place in enumerate(places.tolist())}
    names, known = {person.id for person in people}, {visit.id for visit in work}
    return Problem(
        staff=tuple(replace(p, start=_at(index, p.start), end=_at(index, p.end)) for p in people),
        visits=tuple(_visit(visit, index, names, frozen.get(visit.id)) for visit in work),
        **_matrices(problem, problem, places),
        profiles={
            name: Travel(**_matrices(problem, problem.profiles[name], places))
            for name in sorted({person.profile for person in people} - {None})
        },
        links=tuple(link for link in problem.links if link.first in known and link.second in known),
        capacity={name: bound for name, bound in problem.capacity.items() if name in names},
        weights=problem.weights,
        objective=problem.objective,
    )


def _matrices(problem, travel, places):
    """What a part needs to know of one way of travelling."""
    distance = _block(travel.distance, places) if problem.objective == "distance" else None
    return {"duration": _block(travel.duration, places), "distance": distance}


def _block(matrix, places):
    return np.ascontiguousarray(matrix[np.ix_(places, places)], dtype=np.int64)


def _at(index, place):
    return None if place is None else index[place]


def _visit(visit: Visit, index, names, held):
    """The visit of the part. People outside are not named: nobody may come from there."""
    changed = {"location": index[visit.location]}
    if visit.only_staff is not None:
        changed["only_staff"] = visit.only_staff & names
    if visit.not_staff:
        changed["not_staff"] = visit.not_staff & names
    if visit.preferred_staff:
        changed["preferred_staff"] = visit.preferred_staff & names
        if not changed["preferred_staff"]:  # then it costs the same whoever comes: that makes it worth less
            changed["preference_cost"] = 0
            changed["prize"] = max(0, visit.prize - visit.preference_cost)
    if visit.pinned is not None and visit.pinned.staff is not None and visit.pinned.staff not in names:
        changed["pinned"] = Pin(None, visit.pinned.start)
        if visit.staff_required == 1:
            changed["only_staff"] = frozenset()
    if held is not None:
        changed |= {"pinned": Pin(*held), "required": True, "staff_required": 1, "preferred_staff": frozenset()}
    return replace(visit, **changed)
