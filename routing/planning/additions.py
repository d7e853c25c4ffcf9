"""Ways to put one more visit into a plan, as it stands or in place of another: a quick test first, then the judge."""

from functools import cached_property

import numpy as np

from .obstacles import person_obstacles
from .openings import Openings
from .problem import Visit
from .slack import Days
from .solution import Remedy
from .tiers import rank
from .ties import Ties
from .trials import Trials

COUNTS = {"max_visits", "capacity"}
# Up to so many visits that might wait are tried one by one where days hang together; more are tried in groups first,
# which is as good wherever leaving a visit out never makes a way longer.
ONE_BY_ONE = 30


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
        staff, routes = self.problem.staff, self.trials.routes
        double = visit.staff_required == 2
        rows = [row for row in rows if double or staff[row].id in names]
        rows = [row for row in rows if self._has_room(row, visit, gone)]
        if not rows:
            return None
        left_out = {other.id for other in gone}
        days = Days(
            self.problem,
            [(staff[row], [other for other in routes[staff[row].id] if other.id not in left_out]) for row in rows],
            {} if gone else self.bounds,
        )
        openings = Openings(days, visit, (-(1 << 50), 1 << 50) if gone else self.ties.within(visit))
        ways = self._pairs(openings, names) if double else self._singles(openings)
        for places in ways:
            placed = tuple((days.people[index].id, int(place)) for index, place in places)
            remedy = Remedy("", 0, "move" if gone else "add", visit.id, places=placed, moved=tuple(o.id for o in gone))
            if self.trials.verdict(remedy):
                return remedy
        return None

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

    def in_place_of_one(self, visit: Visit, names, may_wait) -> Remedy | None:
        """The visit in place of one served visit for which `may_wait` holds, the least urgent first; None where there
        is no such way.
        """
        rows = self._free(visit, COUNTS)
        if visit.staff_required == 1:
            way = self._in_own_day(visit, names, may_wait, rows)
            if way:
                return way
        if not self.tied and visit.staff_required == 1:
            return None
        return self._anywhere(visit, names, may_wait, rows)

    def _in_own_day(self, visit, names, may_wait, rows):
        """In the day of the visit that waits: all days without one visit at once."""
        staff, able = self.problem.staff, set(rows)
        choices, days = self._one_less if len(names) == len(staff) else self._without_one(names)
        chosen = [
            index
            for index, (row, other) in enumerate(choices)
            if row in able and may_wait(other) and self._has_room(row, visit, (other,))
        ]
        if not chosen:
            return None
        openings = Openings(days, visit)
        fits = np.zeros_like(openings.fits)
        fits[chosen] = openings.fits[chosen]
        index, place = np.nonzero(fits)
        cost = openings.added[index, place]
        waits = [(-rank(choices[i][1]), choices[i][1].prize) for i in index]
        for k in sorted(range(len(index)), key=lambda k: (*waits[k], cost[k])):
            row, other = choices[index[k]]
            remedy = Remedy("", 0, "move", visit.id, staff[row].id, places=((staff[row].id, int(place[k])),))
            remedy.moved = (other.id,)
            if self.trials.verdict(remedy):
                return remedy
        return None

    @cached_property
    def _one_less(self):
        return self._without_one(set(self.trials.orders))

    def _without_one(self, names):
        """(row, visit) of every visit in these people's days, and the days without it."""
        routes, choices, shorter = self.trials.routes, [], []
        for row, person in enumerate(self.problem.staff):
            visits = routes[person.id] if person.id in names else ()
            for position, other in enumerate(visits):
                if not other.required:
                    choices.append((row, other))
                    shorter.append((person, visits[:position] + visits[position + 1 :]))
        return choices, Days(self.problem, shorter)

    def _anywhere(self, visit, names, may_wait, rows):
        """In any day that hangs together with that of the visit that waits."""
        trials, known = self.trials, self.problem.visit_by_id
        bound = {name for link in self.problem.links if link.together for name in (link.first, link.second)}
        candidates = [known[name] for name in trials.served_by if name not in bound and may_wait(known[name])]
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
