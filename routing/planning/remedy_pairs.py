"""Remedies of visits that need two people at once."""

from dataclasses import replace

import numpy as np

from .obstacles import largest_changes, person_obstacles
from .openings import Openings
from .problem import Visit
from .remedies import newcomer
from .slack import NEVER, Days
from .solution import Remedy
from .trials import Trials

TRIALS = 12
PEOPLE = 6
LIMITS = ("max_visits", "capacity")


def pair_remedies(trials: Trials, visit: Visit) -> list[Remedy]:
    """Ways to bring two people to the visit together: as things are, with a change for one of them, or with one more
    person.
    """
    search = _Pairs(trials, visit)
    found = search.as_it_is()
    if found:
        return found
    found = search.with_one_obstacle() + search.with_a_longer_shift() + search.with_a_wider_window()
    return found + search.with_a_second_person()


class _Pairs:
    def __init__(self, trials: Trials, visit: Visit):
        self.trials, self.visit, self.problem = trials, visit, trials.problem
        self.openings = Openings(trials.days, visit)
        self.obstacles = person_obstacles(trials, visit)
        self.free = np.array([not each for each in self.obstacles], dtype=bool)
        self.most_shift, self.most_window = largest_changes(self.problem)

    def places(self, rows, openings=None):
        """(row, place, earliest start, latest start, added cost) of every place that fits in the days marked."""
        openings = openings or self.openings
        row, place = np.nonzero(rows[:, None] & openings.fits)
        return np.stack(
            [row, place, openings.earliest_start[row, place], openings.latest_start[row, place]]
        ), openings.added[row, place]

    def pairs(self, firsts, seconds):
        """Pairs of places of two people with a start in common, the least added cost first: (first, second, start)."""
        (one, one_added), (two, two_added) = firsts, seconds
        start = np.maximum(one[2][:, None], two[2][None, :])
        fit = (start <= np.minimum(one[3][:, None], two[3][None, :])) & (one[0][:, None] != two[0][None, :])
        cost = np.where(fit, one_added[:, None] + two_added[None, :], np.inf)
        for flat in np.argsort(cost, axis=None, kind="stable")[:TRIALS]:
            i, j = np.unravel_index(flat, cost.shape)
            if not np.isfinite(cost[i, j]):
                return
            yield one[:2, i], two[:2, j], int(start[i, j])

    def _remedy(self, kind, first, second, **fields):
        staff = self.problem.staff
        places = tuple((staff[row].id, int(place)) for row, place in (first, second))
        return Remedy("", 0, kind, self.visit.id, places=places, **fields)

    def as_it_is(self):
        free = self.places(self.free)
        for first, second, _ in self.pairs(free, free):
            remedy = self._remedy("add", first, second)
            if self.trials.judged(remedy):
                return [remedy]
        return []

    def with_one_obstacle(self):
        """Somebody who may not or cannot now comes as the second person, for the least added cost of each kind."""
        found, free = [], self.places(self.free)
        for kind in ("skill", "allow", *LIMITS):
            rows = np.array([len(each) == 1 and each[0][0] == kind for each in self.obstacles], dtype=bool)
            if not rows.any():
                continue
            for first, second, _ in self.pairs(free, self.places(rows)):
                row = int(second[0])
                fields = self.obstacles[row][0][1]
                remedy = self._remedy(kind, first, second, staff=self.problem.staff[row].id, **fields)
                if self.trials.judged(remedy):
                    found.append(remedy)
                    break
        return found

    def with_a_longer_shift(self):
        """The least later end for one of the two, of the people for whom least is missing."""
        free, _ = self.places(self.free)
        missing = self.openings.shift_end_missing.min(axis=1)
        rows = [row for row in np.argsort(missing, kind="stable")[:PEOPLE] if self.free[row]]
        found = [self._longer_shift(int(row), free) for row in rows if missing[row] <= self.most_shift]
        return sorted((remedy for remedy in found if remedy), key=lambda remedy: remedy.amount)[:2]

    def _longer_shift(self, row, free):
        """For one person: places of the others by earliest start; what is missing at each start is a lower bound."""
        person, best = self.problem.staff[row], None
        others = free[:, free[0] != row]
        others = others[:, np.argsort(others[2], kind="stable")][:, :TRIALS]
        day = Days(self.problem, [(person, self.trials.routes[person.id])])
        for other in others.T:
            opens = [(max(o, int(other[2])), c) for o, c in sorted(self.visit.windows) if c >= other[2]]
            if not opens or self.visit.window_at == "end" or self.visit.pinned:
                return None
            missing = Openings(day, replace(self.visit, windows=tuple(opens))).shift_end_missing[0]
            place = int(np.argmin(missing))
            amount = int(missing[place])
            if amount > self.most_shift or (best and amount >= best.amount):
                continue
            remedy = self._remedy("shift_end", other[:2], (row, place), staff=person.id, amount=amount)
            remedy.bound = person.shift[1] + amount
            best = self.trials.judged(remedy) or best
        return best

    def with_a_wider_window(self):
        """The least later end of a window at which two people can come together."""
        visit, found = self.visit, []
        if visit.pinned or visit.late_cost is not None:
            return found
        windows = sorted(visit.windows)
        for k, (opens, closes) in enumerate(windows):
            wide = [*windows[:k], (opens, closes + self.most_window), *windows[k + 1 :]]
            openings = Openings(self.trials.days, replace(visit, windows=tuple(wide)))
            free = self.places(self.free, openings)
            late = visit.service if visit.window_at == "end" else 0
            tries = [
                (start + late - closes, first, second)
                for first, second, start in self._earliest_pairs(free)
                if start + late > closes
            ]
            for amount, first, second in tries:
                remedy = self._remedy("window_end", first, second, amount=amount, window=k, bound=closes + amount)
                if amount <= self.most_window and self.trials.judged(remedy):
                    found.append(remedy)
                    break
        return found

    def _earliest_pairs(self, free):
        places, _ = free
        start = np.maximum(places[2][:, None], places[2][None, :])
        fit = start <= np.minimum(places[3][:, None], places[3][None, :])
        fit &= places[0][:, None] < places[0][None, :]
        start = np.where(fit, start, NEVER)
        for flat in np.argsort(start, axis=None, kind="stable")[:TRIALS]:
            i, j = np.unravel_index(flat, start.shape)
            if start[i, j] < NEVER:
                yield places[:2, i], places[:2, j], int(start[i, j])

    def with_a_second_person(self):
        """One more person who meets the first at the door, or two where nobody is free: then nothing is offered."""
        places, added = self.places(self.free)
        for index in np.argsort(added, kind="stable")[:TRIALS]:
            row, place, start = (int(part) for part in places[:3, index])
            person = self.problem.staff[row]
            shift = (start, start + self.visit.service)
            remedy = Remedy("", 0, "second", self.visit.id, person.id, amount=self.visit.service, shift=shift)
            remedy.places = ((person.id, place), (newcomer(self.problem), 0))
            remedy.skills = tuple(sorted(self.visit.skills))
            if self.trials.judged(remedy):
                return [remedy]
        return []
