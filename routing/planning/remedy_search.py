"""The cheapest remedies of a visit that a plan leaves out: the least change of each kind, tried and judged.

Places are ranked by what is missing there at least (`openings`); the least is tried first, and when the judge accepts
it, nothing smaller of that kind can do. Where the openings only bound what is missing (several breaks, links), the
least amount is found by halving.
"""

from dataclasses import replace

import numpy as np

from .obstacles import largest_changes, person_obstacles
from .openings import Openings
from .problem import Problem, Visit
from .remedy_moves import extra_person, moved_visits
from .remedy_pairs import pair_remedies
from .remedy_words import change_in_words
from .slack import NEVER
from .solution import Remedy
from .trials import Trials

MOST_REMEDIES = 6
MOST_OF_A_KIND = 2
# Days looked into for each kind, and trials for each; enough for the least change on all instances of the bench.
DAYS_TRIED = 12
TRIALS_OF_A_KIND = 60


def remedies_of(trials: Trials, visit: Visit) -> list[Remedy]:
    """Up to MOST_REMEDIES ways to serve the visit with everything else in its order, the cheapest first."""
    if visit.staff_required > 2:
        return []
    found = pair_remedies(trials, visit) if visit.staff_required == 2 else Search(trials, visit).found()
    return chosen(trials.problem, found)


def chosen(problem: Problem, found: list[Remedy]) -> list[Remedy]:
    """The cheapest of each kind first, then the second of each kind as long as there is room; in words."""
    found = sorted(_undominated(found), key=lambda each: (each.cost_change, each.amount, each.kind, each.staff or ""))
    ranked, seen = [], {}
    for remedy in found:
        seen[remedy.kind] = seen.get(remedy.kind, 0) + 1
        if seen[remedy.kind] <= MOST_OF_A_KIND:
            ranked.append((seen[remedy.kind], len(ranked), remedy))
    kept = [remedy for *_, remedy in sorted(ranked, key=lambda entry: entry[:2])[:MOST_REMEDIES]]
    for remedy in kept:
        remedy.change = change_in_words(problem, remedy)
    return sorted(kept, key=lambda each: each.cost_change)


def _undominated(found):
    """Without remedies for which a smaller change of the same kind, to the same person or to the visit, costs no
    more.
    """
    return [
        each
        for each in found
        if not any(
            other is not each
            and (other.kind, other.staff, other.window) == (each.kind, each.staff, each.window)
            and (other.amount, other.cost_change) <= (each.amount, each.cost_change)
            and other.cost_change <= each.cost_change
            and (other.amount, other.cost_change) != (each.amount, each.cost_change)
            for other in found
        )
    ]


class Search:
    """Remedies of one visit that needs one person."""

    def __init__(self, trials: Trials, visit: Visit):
        self.trials, self.visit, self.problem = trials, visit, trials.problem
        self.openings = Openings(trials.days, visit)
        self.obstacles = person_obstacles(trials, visit)
        self.most_shift, self.most_window = largest_changes(self.problem)
        self.remedies: list[Remedy] = []

    def found(self) -> list[Remedy]:
        """Remedies not yet in words. Where the visit simply fits, no other change is offered."""
        openings = self.openings
        free = np.array([not obstacles for obstacles in self.obstacles], dtype=bool)
        drive, duration = self._day_limits()
        within = (drive == 0) & (duration == 0) & openings.inside
        plain = free[:, None] & within
        self._least("add", np.where(plain & openings.fits, 0, NEVER), 0)
        if self.remedies:
            return self.remedies
        if free.any():
            self._time_changes(plain)
            self._day_changes(free[:, None] & openings.fits, drive, duration)
        for kind in ("skill", "allow", "pin_staff", "max_visits", "capacity"):
            rows = np.array([len(each) == 1 and each[0][0] == kind for each in self.obstacles], dtype=bool)
            if rows.any():
                self._least(kind, np.where(rows[:, None] & within & openings.fits, 0, NEVER), 0)
        self._gaps(plain & openings.fits)
        self.remedies += moved_visits(self.trials, self.visit, self.obstacles)
        self.remedies += extra_person(self.trials, self.visit)
        return self.remedies

    def _day_limits(self):
        """Seconds missing at least under max_drive and under max_duration, [row, place]."""
        days, people = self.trials.days, self.trials.days.people
        drive = days.drive[:, None] + self.openings.added_drive
        work = days.service.sum(axis=1)[:, None] + self.visit.service
        most = np.array([NEVER if p.max_drive is None else p.max_drive for p in people], dtype=np.int64)
        longest = np.array([NEVER if p.max_duration is None else p.max_duration for p in people], dtype=np.int64)
        return np.maximum(drive - most[:, None], 0), np.maximum(drive + work - longest[:, None], 0)

    def _time_changes(self, plain):
        openings, visit = self.openings, self.visit
        if visit.pinned and visit.pinned.start is not None:
            self._pin_start(plain)
        self._least("shift_end", np.where(plain, openings.shift_end_missing, NEVER), self.most_shift)
        self._least("shift_start", np.where(plain, openings.shift_start_missing, NEVER), self.most_shift)
        if visit.pinned and visit.pinned.start is not None:
            return
        windows = visit.start_windows
        if len(windows) != len(openings.opens) or any(closes < opens for opens, closes in windows):
            return
        for k in range(len(windows)):
            self._least(
                "window_end", np.where(plain, openings.window_end_missing(k), NEVER), self.most_window, window=k
            )
            early = np.where(plain, openings.window_start_missing(k), NEVER)
            self._least("window_start", early, self.most_window, window=k)

    def _day_changes(self, fitting, drive, duration):
        for kind, lacking, other in (("max_drive", drive, duration), ("max_duration", duration, drive)):
            limits = [getattr(person, kind) for person in self.problem.staff]
            limited = np.array([limit is not None for limit in limits], dtype=bool)
            mask = fitting & limited[:, None] & (other == 0)
            self._least(kind, np.where(mask, lacking, NEVER), max((limit or 0 for limit in limits), default=0) // 4)

    def _least(self, kind, missing, most, *, window=None):
        """Finds the least change of a kind for the most promising people. `missing`: lower bounds [row, place]."""
        least = missing.min(axis=1)
        rows = np.flatnonzero(least <= most)
        if not rows.size:
            return
        added = np.where(missing == least[:, None], self.openings.added, np.inf).min(axis=1)
        rows = rows[np.lexsort((added[rows], least[rows]))]
        cheapest = rows[np.argmin(added[rows])]
        budget, done, count = [TRIALS_OF_A_KIND], [], 0
        for row in [*rows[:DAYS_TRIED], *([cheapest] if cheapest not in rows[:DAYS_TRIED] else [])]:
            # On and on until the two least changes are certain; the day with the least travel is always looked into.
            certain = sum(remedy.amount <= least[row] for remedy in done) >= MOST_OF_A_KIND
            if (certain and row != cheapest) or budget[0] <= 0:
                continue
            remedy = self._least_of_day(kind, int(row), missing[row], most, window, budget)
            count += 1
            if remedy:
                done.append(remedy)
        self.remedies += done

    def _least_of_day(self, kind, row, missing, most, window, budget):
        """The least change of a kind for one person, with its cost; None where none up to `most` will do."""
        best, added = None, self.openings.added[row]
        for place in np.lexsort((added, missing)):
            amount = int(missing[place])
            if amount > most or (best and amount >= best.amount) or budget[0] <= 0:
                break
            remedy = self._tried(kind, row, int(place), amount, window, budget)
            ceiling = best.amount - 1 if best else most
            if remedy is None and ceiling > amount:
                remedy = self._tried(kind, row, int(place), ceiling, window, budget)
                while remedy and remedy.amount - amount > 1:
                    middle = (amount + remedy.amount) // 2
                    smaller = self._tried(kind, row, int(place), middle, window, budget)
                    amount, remedy = (amount, smaller) if smaller else (middle, remedy)
            best = remedy or best
        return best

    def _tried(self, kind, row, place, amount, window, budget):
        person = self.problem.staff[row]
        remedy = Remedy("", 0, kind, self.visit.id, amount=amount, window=window, places=((person.id, place),))
        if kind not in ("add", "window_end", "window_start"):
            remedy.staff = person.id
        for name, fields in self.obstacles[row]:
            if name == kind:
                for field, value in fields.items():
                    setattr(remedy, field, value)
        remedy.bound = self._bound(kind, person, amount, window)
        budget[0] -= 1
        return self.trials.judged(remedy)

    def _bound(self, kind, person, amount, window):
        if kind == "shift_end":
            return person.shift[1] + amount
        if kind == "shift_start":
            return person.shift[0] - amount
        if window is None:
            return None
        opens, closes = sorted(self.visit.windows)[window]
        return closes + amount if kind == "window_end" else opens - amount

    def _pin_start(self, plain):
        """The nearest other start, in the windows, where the fixed one does not fit."""
        pin = self.visit.pinned.start
        free = Openings(self.trials.days, replace(self.visit, pinned=None))
        starts = np.clip(pin, free.earliest_start, np.maximum(free.latest_start, free.earliest_start))
        away = np.where(plain & free.fits, np.abs(starts - pin), NEVER)
        for flat in np.lexsort((self.openings.added.ravel(), away.ravel()))[:DAYS_TRIED]:
            row, place = np.unravel_index(flat, away.shape)
            if away[row, place] > self.most_window:
                return
            remedy = Remedy("", 0, "pin_start", self.visit.id, places=((self.problem.staff[row].id, int(place)),))
            remedy.amount, remedy.bound = int(away[row, place]), int(starts[row, place])
            if self.trials.judged(remedy):
                self.remedies.append(remedy)
                return

    def _gaps(self, fitting):
        """Links to served visits kept less strictly, at the cheapest places."""
        for index, link in enumerate(self.problem.links):
            other = link.second if link.first == self.visit.id else link.first
            bound = link.min_gap is not None or link.max_gap is not None
            if self.visit.id not in (link.first, link.second) or not bound or other not in self.trials.served_by:
                continue
            cost = np.where(fitting, self.openings.added, np.inf).ravel()
            best = None
            for flat in np.argsort(cost, kind="stable")[:DAYS_TRIED]:
                if cost[flat] < np.inf:
                    best = self._least_gap(index, other, *np.unravel_index(flat, fitting.shape), best)
            if best:
                self.remedies.append(best)

    def _least_gap(self, index, other, row, place, best):
        def tried(amount):
            person = self.problem.staff[row].id
            remedy = Remedy("", 0, "gap", self.visit.id, amount=amount, link=index, places=((person, int(place)),))
            remedy.other = other
            return self.trials.judged(remedy)

        low, remedy = -1, tried(best.amount - 1 if best else self.most_window)
        while remedy and remedy.amount - low > 1:
            middle = (low + remedy.amount) // 2
            smaller = tried(middle)
            low, remedy = (low, smaller) if smaller else (middle, remedy)
        return remedy or best
