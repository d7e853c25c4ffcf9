"""The search seen from outside: built from a problem, fed with orders, asked for routes with times."""

from dataclasses import replace

import numpy as np

from routing.planning.problem import Pin, Problem, Staff, Visit
from routing.planning.put_off import put_off_together
from routing.planning.solution import BreakStop, Route, VisitStop
from routing.planning.timetable import retimed_later, timed_route

from ..chance import seeded
from .arrays import day_of
from .columns import FIRST, HALVES, LOCATION, NEVER, NEXT, OTHER, PAUSES, PULL, PUSH, START, UNSET, WHO
from .state import new_state, new_work
from .steps import ALL_AT_ONCE, BEST, new_room, run

# The temperature falls from HOT to COLD times the mean leg between neighbours; from a given plan it begins at WARM.
# HOT was chosen among 0.3, 1 and 3 on home_care 50 x 10, 75 x 15, 100 x 20 and district_day 60 x 8, seeds 101-104.
HOT, WARM, COLD = 3.0, 0.3, 0.02
NEIGHBOURS = 10


class Search:
    """A plan, the best one so far, and all that the compiled steps need."""

    def __init__(self, problem: Problem, seed: int):
        self.problem = problem
        self.day = day_of(problem)
        self.state, self.backup, self.best = (new_state(self.day) for _ in range(3))
        self.work, self.room = new_work(self.day, self.state), new_room(self.day)
        self.chance = seeded(seed)
        self.unit = _mean_leg(self.day)
        self.hot = HOT

    def begin(self, orders=None, lawful=False):
        """The first plan: the given one as far as times are found for it, completed by insertion.

        `lawful`: the judge accepts the orders, so that nothing but times is to be looked at.
        """
        self.hot = WARM if orders else HOT
        self._run(0, 1, ALL_AT_ONCE if lawful else 0, 1.0, 1.0, self._halves(orders or {}))

    def _run(self, done, count, planned, hot, cold, halves=()):
        run(
            self.day, self.state, self.backup, self.best, self.work, self.room, self.chance,
            np.array(halves, dtype=np.int64).reshape(-1, 2), done, count, planned, float(hot), float(cold),
        )  # fmt: skip

    def steps(self, count, done, planned=None):
        """`count` steps from number `done` of `planned`, over which the temperature falls; without `planned` all at
        the temperature of the share `done` of the time. True: a better plan was found.
        """
        before = self.best_rank
        hot, cold = self.hot * self.unit, COLD * self.unit
        if planned is None:
            hot = cold = hot * (cold / hot) ** done
            done = 0
        self._run(done, count, planned or count, hot, cold)
        return self.best_rank < before

    @property
    def best_rank(self):
        """Required visits unserved, unserved by tier, cost: of the best plan, by the search's own count."""
        return (*self.room.unserved[BEST].tolist(), float(self.room.costs[1]))

    def orders(self) -> dict[str, list[str]]:
        """Visit ids of the best plan, in order by staff id."""
        return {
            person.id: [self.problem.visits[self.day.task_visit[task]].id for task in self._tasks(k)]
            for k, person in enumerate(self.problem.staff)
        }

    def _tasks(self, person):
        node = self.best.nodes[len(self.day.task_visit) + person, NEXT]
        while node < len(self.day.task_visit):
            yield node
            node = self.best.nodes[node, NEXT]

    def routes(self) -> dict[str, Route]:
        """Routes of the best plan with times: starts that bind another route as the search has them, the rest anew.

        Where waiting or idle time costs, or the length of somebody's day is bounded, as the search has them: which way
        through a day waits least is not looked for anew.
        """
        if self.problem.weights.waiting or self.problem.weights.max_idle:
            return self._routes_as_found()
        pinned = {}
        for visit, start in self._bound().items():
            keeper = visit.pinned.staff if visit.pinned else None
            pinned[visit.id] = replace(visit, pinned=Pin(keeper, start))
        problem = replace(self.problem, visits=tuple(pinned.get(visit.id, visit) for visit in self.problem.visits))
        routes = {}
        for k, (name, order) in enumerate(self.orders().items()):
            if not order:
                continue
            person = problem.staff_by_id[name]
            if person.max_duration is not None:
                routes[name] = self._route_as_found(k, person, pinned.keys())
                continue
            timed = timed_route(problem, person, [problem.visit_by_id[visit] for visit in order])
            if timed is None:
                raise RuntimeError(f"the times found for {name} do not hold: {order}")
            routes[name] = timed
        return routes

    def _routes_as_found(self):
        """Routes with the search's own starts and breaks, put off as far as nothing is later: first what binds nobody,
        then all together.
        """
        held, routes = {visit.id for visit in self._bound()}, {}
        for k, person in enumerate(self.problem.staff):
            route = self._route_as_found(k, person, held)
            if route.stops:
                routes[person.id] = route
        return put_off_together(self.problem, routes)

    def _route_as_found(self, k, person, held):
        """One route with the search's own starts and breaks, all put off but those of the visits `held`."""
        stops = []
        for task in self._tasks(k):
            visit, start = self.problem.visits[self.day.task_visit[task]], int(self.best.nodes[task, START])
            stops += [*self._pauses(person, task), VisitStop(visit.id, None, start, start + visit.service)]
        if stops:
            stops += self._pauses(person, len(self.day.task_visit) + len(self.problem.staff) + k)
        return retimed_later(self.problem, person, Route(person.id, stops), held)

    def _pauses(self, person, node):
        """Breaks on the leg to a node of the best plan."""
        if not person.breaks:
            return []
        starts = self.best.labels[node, self.best.chosen[node], PAUSES:].tolist()
        taken = sorted((start, i) for i, start in enumerate(starts[: len(person.breaks)]) if start < NEVER)
        return [BreakStop(i, start, start + person.breaks[i].duration) for start, i in taken]

    def _bound(self):
        """Starts of the visits that bind another one, by visit."""
        served = [task for task in range(len(self.day.task_visit)) if self.best.nodes[task, WHO] >= 0]
        return {
            self.problem.visits[self.day.task_visit[task]]: int(self.best.nodes[task, START])
            for task in served
            if self._binds(task)
        }

    def _binds(self, task):
        """Whether the start of a task that is served binds another one."""
        row = self.day.visits[self.day.task_visit[task]]
        links = self.day.links[slice(*self.day.link_from[self.day.task_visit[task] :][:2])]
        partners = [link[OTHER] for link in links if link[PUSH] != UNSET or link[PULL] != UNSET]
        return row[HALVES] > 1 or any(self.best.nodes[self.day.visits[v, FIRST], WHO] >= 0 for v in partners)

    def _halves(self, orders):
        """(task, person) of each stop in order; somebody to whom a visit for several is pinned gets its first task."""
        index = {visit.id: i for i, visit in enumerate(self.problem.visits)}
        number = {person.id: k for k, person in enumerate(self.problem.staff)}
        servers, pairs = {}, []
        for name, order in orders.items():
            for visit in order:
                servers.setdefault(visit, []).append(name)
        for visit, names in servers.items():
            pin = self.problem.visit_by_id[visit].pinned
            names.sort(key=lambda name, pin=pin: pin is None or name != pin.staff)
        for name, order in orders.items():
            for visit in order:
                row, half = self.day.visits[index[visit]], servers[visit].index(name)
                if half < row[HALVES]:
                    pairs.append((int(row[FIRST]) + half, number[name]))
        return pairs


def _mean_leg(day):
    """Mean travel cost between a visit and its nearest others; 1 where there is none."""
    place = day.visits[:, LOCATION]
    near = day.near[:, 1 : 1 + NEIGHBOURS]
    mean = float(day.cost[place[:, None], place[near]].mean()) if near.size else 0.0
    return mean or 1.0


def warm():
    """Compiles the search, or loads it from the cache."""
    matrix = np.array([[0, 1], [1, 0]])
    search = Search(Problem((Staff("n", 0, 0),), (Visit("v", 1),), matrix, matrix), 1)
    search.begin()
    search.steps(1, 0, 1)
