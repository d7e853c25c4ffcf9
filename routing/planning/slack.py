"""Where a visit might be put: a quick necessary test of every place in many days at once.

Two times are carried along each day, with the break still to come and with the break taken: the earliest at which
somebody is free after each stop, and the latest arrival at each stop that the rest of the day allows. With both, one
more visit is tested at a place without walking the day again (Savelsbergh 1992, "The vehicle routing problem with time
windows: minimizing route duration", ORSA J. Comput. 4(2), with a second state for the break).

Exact for hard windows, late limits and up to one required break with one window. Everything else is relaxed (several
breaks, breaks at stops only, the length of the day, links): what is ruled out here is out, what is let through is for
the timetable to confirm.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .problem import Problem, Staff, Visit

NEVER = 1 << 50  # later than any clock, and sums of it stay exact
LATEST = 1 << 44


def start_bounds(visit: Visit) -> list[tuple[int, int]]:
    """Intervals of allowed starts, limits of lateness and a pinned start included; empty where there are none."""
    late = 0
    if visit.late_cost is not None:
        late = LATEST if visit.late_max is None else visit.late_max
    bounds = [(opens, min(closes + late, LATEST)) for opens, closes in visit.start_windows if closes + late >= opens]
    if visit.pinned and visit.pinned.start is not None:
        fixed = visit.pinned.start
        return [(fixed, fixed)] if any(opens <= fixed <= closes for opens, closes in bounds) else []
    return bounds


def break_bound(person: Staff):
    """(earliest start, latest start, duration) of the longest break that must be taken, or None."""
    owed = [pause for pause in person.breaks if pause.required]
    if not owed:
        return None
    pause = max(owed, key=lambda each: each.duration)
    opens, closes = zip(*pause.windows, strict=True)
    return min(opens), max(closes), pause.duration


def begun(clock, opens, closes):
    """Earliest allowed start from `clock` on; NEVER where there is none. Windows lie along the last axis."""
    start = np.maximum(clock[..., None], opens)
    return np.where(start <= closes, start, NEVER).min(axis=-1)


def begun_by(limit, opens, closes):
    """Latest allowed start up to `limit`, -NEVER where there is none: also the latest arrival for it."""
    limit = limit[..., None]
    return np.where(opens <= limit, np.minimum(closes, limit), -NEVER).max(axis=-1)


@dataclass(frozen=True, slots=True)
class Pause:
    """The break of each day, as arrays; days without one have a latest start of -NEVER."""

    opens: np.ndarray
    closes: np.ndarray
    duration: np.ndarray

    def drive(self, pending, taken, travel):
        """Times of arrival (break pending, break taken) after leaving at the given times."""
        after = np.maximum(self.opens, pending + travel) + self.duration
        with_break = np.where(pending <= self.closes, np.maximum(after, pending + travel + self.duration), NEVER)
        return pending + travel, np.minimum(taken + travel, with_break)

    def leave_by(self, pending, taken, travel):
        """Latest times of leaving (break pending, break taken) for the given latest arrivals."""
        inside = np.minimum(self.closes, taken - travel - self.duration)
        with_break = np.where(self.opens + self.duration <= taken, inside, -NEVER)
        return np.maximum(pending - travel, with_break), taken - travel

    def column(self):
        """The same with one more axis, to go with grids of day and place."""
        return Pause(self.opens[:, None], self.closes[:, None], self.duration[:, None])


class Days:
    """Days side by side: `rows` are (person, visits in order); one person may have several rows.

    `bounds`: (earliest, latest) start by (staff id, visit id) that other days ask for.
    """

    def __init__(self, problem: Problem, rows: list[tuple[Staff, list[Visit]]], bounds=None):
        self.problem, self.rows, self.bounds = problem, rows, bounds or {}
        self.people = [person for person, _ in rows]
        self.count = np.array([len(visits) for _, visits in rows], dtype=np.int64)
        self.width = int(self.count.max(initial=0))
        self.load = np.array([sum(visit.demand for visit in visits) for _, visits in rows], dtype=np.int64)
        pauses = [break_bound(person) or (-NEVER, -NEVER, 0) for person in self.people]
        self.pause = Pause(*np.array(pauses, dtype=np.int64).reshape(-1, 3).T)
        self.has_break = self.pause.closes > -NEVER
        self.opens_at = np.array([person.shift[0] for person in self.people], dtype=np.int64)
        self.closes_at = np.array([person.shift[1] + person.overtime for person in self.people], dtype=np.int64)
        self._lay_out()

    def _lay_out(self):
        """Stops as arrays [row, stop]: stop 0 is the start, stop count + 1 the end, twice as wide as any day so that
        shifted views stay inside.
        """
        size, span = len(self.rows), 2 * self.width + 3
        most = max((len(start_bounds(v)) for _, visits in self.rows for v in visits), default=1) or 1
        self.place = np.zeros((size, span), dtype=np.int64)
        self.known = np.zeros((size, span), dtype=bool)
        self.service = np.zeros((size, span), dtype=np.int64)
        self.opens = np.full((size, span, most), NEVER, dtype=np.int64)
        self.closes = np.full((size, span, most), -NEVER, dtype=np.int64)
        bounds = {}
        for row, (person, visits) in enumerate(self.rows):
            for stop, place in ((0, person.start), (len(visits) + 1, person.end)):
                if place is not None:
                    self.place[row, stop], self.known[row, stop] = place, True
            if not visits:
                continue
            inside = slice(1, len(visits) + 1)
            self.place[row, inside] = [visit.location for visit in visits]
            self.known[row, inside] = True
            self.service[row, inside] = [visit.service for visit in visits]
            for stop, visit in enumerate(visits, start=1):
                if visit.id not in bounds:
                    bounds[visit.id] = start_bounds(visit)
                for k, bound in enumerate(bounds[visit.id]):
                    self.opens[row, stop, k], self.closes[row, stop, k] = bound
                if (person.id, visit.id) in self.bounds:
                    self._bind(row, stop, *self.bounds[person.id, visit.id])
        used = (np.arange(span - 1) <= self.count[:, None]) & (self.count > 0)[:, None]
        self.used = used & self.known[:, :-1] & self.known[:, 1:]
        self.leg = self._legs(self.problem.duration_of)

    def _bind(self, row, stop, first, last):
        opens = np.maximum(self.opens[row, stop], first)
        closes = np.minimum(self.closes[row, stop], last)
        possible = opens <= closes
        self.opens[row, stop] = np.where(possible, opens, NEVER)
        self.closes[row, stop] = np.where(possible, closes, -NEVER)

    def by_travel(self, matrix_of):
        """(rows, matrix) for each way of travelling. `matrix_of`: `duration_of` or `driven_of` of the problem."""
        person_of = {person.profile: person for person in self.people}
        if len(person_of) < 2:
            return [(slice(None), matrix_of(person)) for person in person_of.values()]
        profiles = np.array([person.profile or "" for person in self.people])
        return [(np.flatnonzero(profiles == (name or "")), matrix_of(person)) for name, person in person_of.items()]

    def _legs(self, matrix_of):
        """The leg after each stop; 0 where none is driven."""
        legs = np.zeros(self.place.shape, dtype=np.int64)
        for rows, matrix in self.by_travel(matrix_of):
            place, used = self.place[rows], self.used[rows]
            found = np.zeros(place.shape, dtype=np.int64)
            found[:, :-1][used] = matrix[place[:, :-1][used], place[:, 1:][used]]
            legs[rows] = found
        return legs

    @cached_property
    def places(self):
        """(places in use, index among them of each stop up to the widest day's end)."""
        shown = self.place[:, : self.width + 2]
        places, index = np.unique(shown, return_inverse=True)
        return places, index.reshape(shown.shape)

    @cached_property
    def driven(self):
        """Legs in the matrix of the objective."""
        return self.leg if self.problem.objective == "duration" else self._legs(self.problem.driven_of)

    @cached_property
    def earliest(self):
        """(break pending, break taken): earliest time free after each stop, [row, stop]."""
        pending = np.full((len(self.rows), self.width + 1), NEVER, dtype=np.int64)
        taken = pending.copy()
        pending[:, 0] = np.where(self.has_break, self.opens_at, NEVER)
        taken[:, 0] = np.where(self.has_break, NEVER, self.opens_at)
        for stop in range(1, self.width + 1):
            arrivals = self.pause.drive(pending[:, stop - 1], taken[:, stop - 1], self.leg[:, stop - 1])
            for state, arrival in zip((pending, taken), arrivals, strict=True):
                state[:, stop] = self._begun(arrival, stop) + self.service[:, stop]
        return np.minimum(pending, NEVER), np.minimum(taken, NEVER)

    def _begun(self, arrival, stop):
        return begun(arrival, self.opens[:, stop], self.closes[:, stop])

    def latest(self, closes_at):
        """(break pending, break taken): latest arrival at each stop for which the rest of the day ends by
        `closes_at`.
        """
        pending = np.full((len(self.rows), self.width + 2), -NEVER, dtype=np.int64)
        taken = pending.copy()
        for stop in range(self.width + 1, 0, -1):
            if stop <= self.width:
                limits = self.pause.leave_by(pending[:, stop + 1], taken[:, stop + 1], self.leg[:, stop])
                for state, limit in zip((pending, taken), limits, strict=True):
                    by = begun_by(limit - self.service[:, stop], self.opens[:, stop], self.closes[:, stop])
                    state[:, stop] = np.where(stop <= self.count, by, state[:, stop])
            taken[:, stop] = np.where(stop == self.count + 1, closes_at, taken[:, stop])
        return pending, taken

    @cached_property
    def latest_in_shift(self):
        return self.latest(self.closes_at)

    @cached_property
    def latest_any_end(self):
        return self.latest(np.full(len(self.rows), LATEST, dtype=np.int64))

    @cached_property
    def drive(self):
        """Seconds driven in each row."""
        return self.leg.sum(axis=1)
