"""Ways to put one more visit into a plan, as it stands or in place of another: a quick test first, then the judge."""

from functools import cached_property

import numpy as np

from .obstacles import person_obstacles
from .openings import Openings
from .problem import Visit
from .slack import NEVER, Days
from .solution import Remedy
from .tiers import rank
from .ties import Ties
from .trials import Trials

COUNTS = {"max_visits", "capacity"}
# Up to so many visits that might wait are tried one by one where days hang together; more are tried in groups first,
# which is as good wherever leaving a visit out never makes a way longer.
ONE_BY_ONE = 30
# Fewer than one day in so many is laid out anew; otherwise all days are looked at and the others ignored.
FEW_DAYS = 8


class Additions:
    """One plan; nothing in it is changed here."""

    def __init__(self, trials: Trials):
        self.trials, self.problem = trials, trials.problem
        self.tied = bool(self.problem.links) or any(len(staff) > 1 for staff in trials.served_by.values())
        self.ties = Ties(self.problem, trials.days, trials.served_by)
        self.bounds = self.ties.bounds() if self.tied else {}

    def added(self, visit: Visit, names) -> Remedy | None:
        """The visit simply added, in the day of one of `names` (of at least one of them where it needs two), at the
        cheapest place that the judge accepts; None where there is none.
        """
        return self._added(visit, names, (), self._free(visit, set()))

    def _free(self, visit, besides):
        """Rows of people with no obstacle other than these kinds."""
        obstacles = person_obstacles(self.trials, visit)
        return [row for row, each in enumerate(obstacles) if {kind for kind, _ in each} <= besides]

    def _added(self, visit, names, gone, rows):
        """The visit added once `gone` are left out."""
        staff, double = self.problem.staff, visit.staff_required == 2
        rows = [row for row in rows if double or staff[row].id in names]
        rows = [row for row in rows if self._has_room(row, visit, gone)]
        if not rows:
            return None
        if gone:
            openings = Openings(self._days_without(rows, gone), visit)
        elif len(rows) * FEW_DAYS < len(staff):
            some = [self.trials.days.rows[row] for row in rows]
            openings = Openings(Days(self.problem, some, self.bounds), visit, self.ties.within(visit))
        else:
            openings = Openings(self._all_days, visit, self.ties.within(visit))
            openings.inside[np.setdiff1d(np.arange(len(staff)), rows)] = False
        for places in self._pairs(openings, names) if double else self._singles(openings):
            placed = tuple((openings.days.people[index].id, int(place)) for index, place in places)
            remedy = Remedy("", 0, "move" if gone else "add", visit.id, places=placed, moved=tuple(o.id for o in gone))
            if self.trials.verdict(remedy):
                return remedy
        return None

    @cached_property
    def _all_days(self):
        return Days(self.problem, self.trials.days.rows, self.bounds) if self.bounds else self.trials.days

    def _days_without(self, rows, gone):
        left_out = {other.id for other in gone}
        days = [self.trials.days.rows[row] for row in rows]
        return Days(self.problem, [(who, [v for v in visits if v.id not in left_out]) for who, visits in days])

    def _has_room(self, row, visit, gone):
        person = self.problem.staff[row]
        left_out = [other for other in gone if person.id in self.trials.served_by[other.id]]
        if person.max_visits is not None and self.trials.days.count[row] + 1 - len(left_out) > person.max_visits:
            return False
        bound = self.problem.capacity.get(person.id)
        freed = sum(other.demand for other in left_out)
        return bound is None or self.trials.days.load[row] + visit.demand - freed <= bound

    @staticmethod
    def _singles(openings):
        cost = np.where(openings.fits, openings.added, np.inf)
        for flat in np.argsort(cost, axis=None, kind="stable"):
            index, place = np.unravel_index(flat, cost.shape)
            if not np.isfinite(cost[index, place]):
                return
            yield [(index, place)]

    @staticmethod
    def _pairs(openings, names):
        index, place = np.nonzero(openings.fits)
        first, last = openings.earliest_start[index, place], openings.latest_start[index, place]
        added = openings.added[index, place]
        wanted = np.array([person.id in names for person in openings.days.people], dtype=bool)[index]
        meet = np.maximum(first[:, None], first) <= np.minimum(last[:, None], last)
        meet &= (index[:, None] < index) & (wanted[:, None] | wanted)
        one, two = np.nonzero(meet)
        for pair in np.argsort(added[one] + added[two], kind="stable"):
            i, j = one[pair], two[pair]
            yield [(index[i], place[i]), (index[j], place[j])]

    def in_place_of_one(self, visit: Visit, names) -> Remedy | None:
        """The visit in place of one served visit of a lower rank (`tiers.rank`), the least urgent first; None where
        there is no such way.
        """
        rows = self._free(visit, COUNTS)
        if visit.staff_required == 1:
            way = self._in_own_day(visit, names, rows)
            if way:
                return way
        if not self.tied and visit.staff_required == 1:
            return None
        return self._anywhere(visit, rows)

    def _in_own_day(self, visit, names, rows):
        """In the day of the visit that waits: all days without one visit at once."""
        staff = self.problem.staff
        choices = self._one_less if len(names) == len(staff) else _Shorter(self.trials, names)
        room = [staff[row].max_visits is None or self.trials.days.count[row] <= staff[row].max_visits for row in rows]
        able = np.zeros(len(staff), dtype=bool)
        able[[row for row, fits in zip(rows, room, strict=True) if fits]] = True
        chosen = able[choices.row] & (choices.rank > rank(visit))
        chosen &= choices.load + visit.demand <= self._capacity[choices.row]
        if not chosen.any():
            return None
        openings = Openings(choices.days, visit)
        index, place = np.nonzero(openings.fits & chosen[:, None])
        cost = openings.added[index, place]
        for k in np.lexsort((cost, choices.prize[index], -choices.rank[index])):
            name = staff[choices.row[index[k]]].id
            remedy = Remedy("", 0, "move", visit.id, name, places=((name, int(place[k])),))
            remedy.moved = (choices.visits[index[k]].id,)
            if self.trials.verdict(remedy):
                return remedy
        return None

    @cached_property
    def _capacity(self):
        bounds = [self.problem.capacity.get(person.id, NEVER) for person in self.problem.staff]
        return np.array(bounds, dtype=np.int64)

    @cached_property
    def _one_less(self):
        return _Shorter(self.trials, set(self.trials.orders))

    def _anywhere(self, visit, rows):
        """In any day that hangs together with that of the visit that waits."""
        trials, known = self.trials, self.problem.visit_by_id
        bound = {name for link in self.problem.links if link.together for name in (link.first, link.second)}
        candidates = [known[name] for name in trials.served_by if name not in bound]
        candidates = [other for other in candidates if rank(other) > rank(visit)]
        candidates.sort(key=lambda other: (-rank(other), other.prize, other.id))
        if len(candidates) > ONE_BY_ONE:
            candidates = self._promising(visit, candidates, rows)
        for other in candidates:
            way = self._without(visit, (other,), rows)
            if way:
                return way
        return None

    def _without(self, visit, gone, rows):
        """The visit in a day that leaving `gone` out can reach."""
        staff = [name for other in gone for name in self.trials.served_by[other.id]]
        reach = self.trials.reach(staff, [visit.id, *(other.id for other in gone)])
        return self._added(visit, reach, gone, rows)

    def _promising(self, visit, candidates, rows):
        """Those without whose whole day's worth of candidates there would be no room at all are left aside."""
        if not self._without(visit, tuple(candidates), rows):
            return []
        found = []
        for name in self.trials.orders:
            group = tuple(other for other in candidates if name in self.trials.served_by[other.id])
            if group and self._without(visit, group, rows):
                found += group
        return [other for other in candidates if other in found]


class _Shorter:
    """Every day of `names` without one of its visits: arrays over these choices, and the days that are left."""

    def __init__(self, trials, names):
        choices = [
            (row, position, visit)
            for row, (person, visits) in enumerate(trials.days.rows)
            if person.id in names
            for position, visit in enumerate(visits)
            if not visit.required
        ]
        rows = trials.days.rows
        self.row = np.array([row for row, *_ in choices], dtype=np.int64)
        self.visits = [visit for *_, visit in choices]
        self.rank = np.array([rank(visit) for visit in self.visits], dtype=np.int64)
        self.prize = np.array([visit.prize for visit in self.visits], dtype=float)
        self.load = trials.days.load[self.row] - np.array([visit.demand for visit in self.visits], dtype=np.int64)
        shorter = [(rows[row][0], rows[row][1][:at] + rows[row][1][at + 1 :]) for row, at, _ in choices]
        self.days = Days(trials.problem, shorter)
