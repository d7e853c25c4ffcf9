"""A search from its first plan to its best one: the Python side of the compiled steps."""

import numpy as np

from routing.planning.problem import Problem, Staff, Visit

from . import columns as c
from .arrays import arrays_of
from .state import new_state
from .tasks import ALLOWED, BEGIN, FILL, FOLLOW, KEEP, SEARCH, SERVE, perform
from .temperature import schedule

# Visits put in by one call while the first plan is made: what can pass before somebody's stop is heard.
FILLED_AT_ONCE = 500
# From so many visits on, places beside near visits are tried before all others.
WIDE_MOST = 300


class UnknownStart(ValueError):
    """The plan to begin from names somebody or something that the problem does not have, or a visit twice."""


class Search:
    """One search. `best`: cost of the best plan in units of the arrays; `steps`: steps done."""

    def __init__(self, problem: Problem, seed: int = 1):
        self.problem, self.seed = problem, seed
        self.arrays = arrays_of(problem)
        self.wide = len(problem.visits) < WIDE_MOST
        self.steps = 0
        self._restart()

    def _restart(self):
        self.state = new_state(self.arrays, self.seed)
        self._perform(BEGIN)

    def _perform(self, task, number=0, visits=()):
        return perform(self.arrays, self.state, task, int(number), np.array(visits, dtype=np.int64), self.wide)

    def allows(self, visit: int, day: int, before: int, after: int) -> bool:
        """Whether a visit may be put between two stops of a day (numbers as in `columns`)."""
        return bool(self._perform(ALLOWED, day, (visit, before, after)))

    @property
    def best(self) -> int:
        return int(self.state.number[c.BEST])

    @property
    def improvements(self) -> int:
        """How often a better plan has been found so far."""
        return int(self.state.number[c.FOUND])

    def first_plan(self, start=None, should_stop=lambda: False):
        """Begins from `start` (visit ids in order by staff id), if given, and adds visits where they cost least.

        What breaks a rule in `start` is left out. Raises UnknownStart.
        """
        self.follow(start or {})
        visit = self.arrays.visit
        able = (self.arrays.may != c.MAY_NOT).sum(axis=1)
        order = np.lexsort((visit[:, c.CLOSES] - visit[:, c.OPENS], able, -visit[:, c.PRICE], visit[:, c.RANK]))
        for at in range(0, len(order), FILLED_AT_ONCE):
            self._perform(FILL, visits=order[at : at + FILLED_AT_ONCE])
            if should_stop():
                break
        used = self.state.stop[: len(visit) + len(self.arrays.person), c.LEG_COST][self._is_used()]
        leg = used.mean() if len(used) else 0.0
        all_served = not (visit[self.state.absent[: self.state.number[c.ABSENT]], c.ABLE]).any()
        self.schedule = schedule(leg, all_served=all_served, polishing=start is not None)

    def _is_used(self):
        n, m = len(self.arrays.visit), len(self.arrays.person)
        served = self.state.stop[:n, c.DAY] >= 0
        return np.concatenate([served, self.state.day[:m, c.COUNT] > 0])

    def follow(self, orders):
        """Takes up this plan, as far as it keeps the rules. Raises UnknownStart."""
        people = {person.id: k for k, person in enumerate(self.problem.staff)}
        number = {visit.id: v for v, visit in enumerate(self.problem.visits)}
        seen = set()
        for name, visits in orders.items():
            for unknown in [name] * (name not in people) + [v for v in visits if v not in number]:
                raise UnknownStart(f"the plan to begin from names {unknown!r}, which the problem does not have")
            for visit in visits:
                if visit in seen:
                    raise UnknownStart(f"the plan to begin from serves {visit!r} more than once")
                seen.add(visit)
            if visits:
                self._perform(FOLLOW, people[name], [number[v] for v in visits])
        self._perform(KEEP)

    def run(self, steps: int, *, share: float | None = None, of_steps: int | None = None):
        """So many steps, at the temperature that belongs to this share of the budget, or of a budget `of_steps`."""
        heat = self.state.heat
        if share is not None:
            heat[: c.REMOVED] = self.schedule.at(share), 1.0
        elif self.steps == 0:
            heat[: c.REMOVED] = self.schedule.hot, self.schedule.cooling(of_steps)
        self._perform(SEARCH, steps)
        self.steps += steps

    def exchange(self, should_stop=lambda: False):
        """Begins anew from the best plan and serves what can be added, or put in for one of a lower tier."""
        orders = self.orders
        self._restart()
        self.follow(orders)
        visit = self.arrays.visit
        changed = True
        while changed and not should_stop():
            left = self.state.absent[: self.state.number[c.ABSENT]].copy()
            order = np.lexsort((left, -visit[left, c.PRICE], visit[left, c.RANK]))
            changed = False
            for v in left[order]:
                if should_stop():
                    break
                if self._perform(SERVE, v):
                    changed = True
                    break
        self._perform(KEEP)

    @property
    def orders(self) -> dict[str, list[str]]:
        """The best plan: visit ids in order by staff id, without those who are not used."""
        following = self.state.best_next.tolist()
        names = [visit.id for visit in self.problem.visits]
        n, orders = len(names), {}
        for k, person in enumerate(self.problem.staff):
            stop = following[n + k]
            if stop < n:
                orders[person.id] = day = []
            while stop < n:
                day.append(names[stop])
                stop = following[stop]
        return orders


def warm():
    """Compiles the search, or loads it from the cache."""
    Search(Problem((Staff("n", 0, 0),), (Visit("v", 0),), np.zeros((1, 1), dtype=np.int64)))
