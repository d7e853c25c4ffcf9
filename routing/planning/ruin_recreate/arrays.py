"""The problem as integer arrays for the compiled search."""

from typing import NamedTuple

import numpy as np

from routing.planning.problem import Problem

from . import columns as c
from .neighbours import near_lists, neighbour_lists
from .rules import LARGEST_LEG, horizon, required_breaks, start_window, unit_and_prices

UNBOUNDED = c.FAR
# Visits near one that are looked through for strings, and for places beside them.
NEAR = 160
BESIDE = 40
BAND = 256


class Arrays(NamedTuple):
    """What the search reads. Columns of `visit` and `person` as in `columns`; n visits, m staff.

    Places are numbered 0 to n - 1 for the visits' own, then the bases; the last is nowhere, 0 away from everywhere.
    `time`, `cost`: int32 [from, to], one matrix beside the other for each way of travelling; those of a person begin
    at column `person[:, WAY]`, and their start and end are given as columns. `time_to`, `cost_to` are the same, each
    transposed. So both directions of a visit are read along its row, at the columns of the stops beside it.
    """

    visit: np.ndarray
    person: np.ndarray
    may: np.ndarray
    time: np.ndarray
    time_to: np.ndarray
    cost: np.ndarray
    cost_to: np.ndarray
    near: np.ndarray
    into: np.ndarray
    onward: np.ndarray
    far: np.ndarray
    unit: np.ndarray


def arrays_of(problem: Problem) -> Arrays:
    """The arrays of a problem that has at least one visit and one person and nothing unsupported."""
    scale, prices = unit_and_prices(problem)
    bases = sorted({place for p in problem.staff for place in (p.start, p.end) if place is not None})
    places = [visit.location for visit in problem.visits] + bases
    time, cost = _legs(problem, places, scale)
    size = len(places) + 1
    time_to = _transposed(time, size)
    cost_to = time_to if cost is time else _transposed(cost, size)
    may = _allowed(problem)
    visit = _visits(problem, prices, scale, may)
    may[visit[:, c.ABLE] == 0] = c.MAY_NOT
    person = _staff(problem, {base: len(problem.visits) + i for i, base in enumerate(bases)}, len(places))
    person[:, c.KIND] = _kinds(person, may)
    n = len(problem.visits)
    windows = visit[:, c.SERVICE], visit[:, c.OPENS], visit[:, c.CLOSES]
    least = _Least.of((time, time_to, cost, cost_to), size)
    into = neighbour_lists(windows, least.cost_to[:n], least.time_to[:n], BESIDE, onward=False)
    onward = neighbour_lists(windows, least.cost[:n], least.time[:n], BESIDE, onward=True)
    far = _far_from_bases(least.cost, n, person)
    visit[:, c.BASE_NEAR] = far <= _reach(least.cost_to[:n], into)
    means = visit[:, [c.SERVICE, c.DEMAND]].mean(axis=0)
    unit = np.divide(1.0, means, out=np.zeros(2), where=means > 0)
    near = near_lists(least.cost, least.cost_to, n, NEAR)
    return Arrays(visit, person, may, time, time_to, cost, cost_to, near, into, onward, far, unit)


class _Least(NamedTuple):
    """The legs of whoever is quickest (least dear), for which visits are near each other whoever comes."""

    time: np.ndarray
    time_to: np.ndarray
    cost: np.ndarray
    cost_to: np.ndarray

    @classmethod
    def of(cls, stacks, size):
        several = stacks[0].shape[1] > size
        return cls(*(stack.reshape(size, -1, size).min(axis=1) if several else stack for stack in stacks))


def _legs(problem, places, scale):
    """(time, cost) between places, with nowhere as the last, one matrix beside the other in the order of `ways`; the
    same array twice where driving costs its seconds.
    """
    longest = horizon(problem) + 1
    time = _picked(problem.durations, places, longest, 1)
    factor = problem.weights.travel * scale
    if problem.objective == "duration" and factor == 1:
        return time, time
    bound = longest if problem.objective == "duration" else LARGEST_LEG
    return time, _picked(problem.drivens, places, bound, factor)


def _picked(matrices, places, bound, factor):
    """The legs between these places as int32; those longer than `bound` are never driven and become `bound`."""
    size = len(places)
    picked = np.zeros((size + 1, len(matrices), size + 1), dtype=np.int32)
    for way, matrix in enumerate(matrices):
        for begin in range(0, size, BAND):
            rows = places[begin : begin + BAND]
            legs = np.minimum(matrix[np.ix_(rows, places)], bound)
            picked[begin : begin + len(rows), way, :size] = np.rint(legs * factor) if factor != 1 else legs
    return picked.reshape(size + 1, -1)


def _transposed(stack, size):
    """Each of the matrices transposed."""
    return np.ascontiguousarray(stack.reshape(size, -1, size).transpose(2, 1, 0)).reshape(size, -1)


def _visits(problem, prices, scale, may):
    tiers = {tier: i + 1 for i, tier in enumerate(problem.tiers)}
    visits = np.zeros((len(problem.visits), c.VISIT_WIDTH), dtype=np.int64)
    for row, visit, allowed in zip(visits, problem.visits, may.any(axis=1), strict=True):
        opens, closes = start_window(visit)
        row[[c.SERVICE, c.OPENS, c.CLOSES, c.PRICE]] = visit.service, opens, closes, prices[visit.id]
        row[[c.DEMAND, c.DISLIKE]] = visit.demand, round(visit.preference_cost * scale)
        row[c.RANK] = 0 if visit.required else tiers.get(visit.tier, len(tiers) + 1)
        row[c.ABLE] = allowed and opens <= closes
    return visits


def _staff(problem, place_of, nowhere):
    people = np.full((len(problem.staff), c.PERSON_WIDTH), UNBOUNDED, dtype=np.int64)
    for row, person in zip(people, problem.staff, strict=True):
        row[[c.SHIFT_OPENS, c.SHIFT_CLOSES]] = person.shift[0], person.shift[1] + person.overtime
        row[[c.HAS_BREAK, c.BREAK_OPENS, c.BREAK_CLOSES, c.BREAK_LENGTH]] = 0, 0, -c.FAR, 0
        for pause in required_breaks(person):
            opens, closes = pause.windows[0]
            row[[c.HAS_BREAK, c.BREAK_OPENS, c.BREAK_LENGTH]] = 1, opens, pause.duration
            row[c.BREAK_CLOSES] = closes if opens <= closes else -c.FAR
        bounds = {
            c.CAPACITY: problem.capacity.get(person.id),
            c.MOST_VISITS: person.max_visits,
            c.MOST_DRIVE: person.max_drive,
            c.MOST_LENGTH: person.max_duration,
        }
        for column, bound in bounds.items():
            row[column] = UNBOUNDED if bound is None else min(bound, UNBOUNDED)
        row[c.WAY] = problem.ways.index(person.profile) * (nowhere + 1)
        row[c.START_PLACE] = row[c.WAY] + place_of.get(person.start, nowhere)
        row[c.END_PLACE] = row[c.WAY] + place_of.get(person.end, nowhere)
    return people


def _allowed(problem):
    """int8 (n, m): whether a person may serve a visit by skills, exclusions and pins, and whether with preference."""
    number = {person.id: i for i, person in enumerate(problem.staff)}
    skilled = {
        skills: np.array([skills <= person.skills for person in problem.staff], dtype=np.int8)
        for skills in {visit.skills for visit in problem.visits}
    }
    may = np.empty((len(problem.visits), len(problem.staff)), dtype=np.int8)
    for row, visit in zip(may, problem.visits, strict=True):
        row[:] = skilled[visit.skills]
        if visit.only_staff is not None:
            _only(row, number, visit.only_staff)
        if visit.pinned is not None and visit.pinned.staff is not None:
            _only(row, number, {visit.pinned.staff})
        row[[number[name] for name in visit.not_staff if name in number]] = c.MAY_NOT
        if visit.preferred_staff and visit.preference_cost:
            unliked = row == c.MAY
            unliked[[number[name] for name in visit.preferred_staff if name in number]] = False
            row[unliked] = c.MAY_UNLIKED
    return may


def _only(row, number, names):
    among = np.zeros(len(row), dtype=bool)
    among[[number[name] for name in names if name in number]] = True
    row[~among] = c.MAY_NOT


def _kinds(person, may):
    """The same number for people whose empty days are the same in every respect."""
    kinds, columns = {}, np.ascontiguousarray(may.T)
    fixed = np.delete(person, c.KIND, axis=1)
    return [
        kinds.setdefault((row.tobytes(), column.tobytes()), len(kinds))
        for row, column in zip(fixed, columns, strict=True)
    ]


def _far_from_bases(cost, count, person):
    """float (n,): the cost from the nearest place where anybody begins."""
    starts = set((person[:, c.START_PLACE] - person[:, c.WAY]).tolist()) - {len(cost) - 1}
    if not starts:
        return np.zeros(count)
    return cost[sorted(starts), :count].min(axis=0).astype(float)


def _reach(cost_to, into):
    """float (n,): the cost from the farthest of the visits that each may be put beside."""
    last = np.maximum((into >= 0).sum(axis=1) - 1, 0)
    farthest = into[np.arange(len(into)), last]
    reach = cost_to[np.arange(len(into)), farthest].astype(float)
    return np.where((into < 0).any(axis=1), np.inf, reach)
