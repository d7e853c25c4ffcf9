"""A last look at a plan, so that one promise always holds whatever the search did: no unserved visit could be served by
simply adding it, or by adding it in place of one visit of a lower tier.

Every place is looked at quickly (`openings`) and what passes is judged. Visits tied to others (two people at once,
links) get bounds from the days of those others, so that little passes that the judge then refuses. Visits that need
more than two people are left to the engines.
"""

from collections.abc import Callable

from .additions import Additions
from .problem import Problem, Visit
from .reasons import impossible_visits
from .remedies import orders_with
from .solution import Remedy, Route, Solution
from .tiers import LAST_RANK, rank
from .trials import Trials


def with_promise_kept(
    problem: Problem, solution: Solution, should_stop: Callable[[], bool] = lambda: False
) -> tuple[Solution, bool]:
    """(the routes after every such addition and exchange, the others with the times that they had; whether the promise
    holds now). The same object where there is none.

    Each exchange serves one more visit of a tier for one of a lower tier, so it comes to an end. Visits without a tier
    are added only where that costs less than their prize. `should_stop` is asked between visits; the promise is then
    open.
    """
    exchanges = _Exchanges(problem, solution.orders, solution.routes).run(should_stop)
    if exchanges.done:
        solution = Solution([exchanges.routes[name] for name, visits in exchanges.orders.items() if visits])
    return solution, not exchanges.waiting


class _Exchanges:
    def __init__(self, problem, orders, routes):
        self.problem = problem
        self.orders = {person.id: list(orders.get(person.id, ())) for person in problem.staff}
        self.routes = {route.staff: route for route in routes}
        self.done = 0
        served = {name for names in self.orders.values() for name in names}
        left = [visit for visit in problem.visits if visit.id not in served and visit.staff_required <= 2]
        hopeless = impossible_visits(problem) if left else {}
        self.left = [visit for visit in left if visit.id not in hopeless]
        self.changed = {visit.id: set(self.orders) for visit in self.left}  # days to be looked at, by visit
        self._look()

    def _look(self):
        self.trials = Trials(self.problem, self.orders, list(self.routes.values()))
        self.additions = Additions(self.trials)

    def run(self, should_stop):
        """Goes on until no visit has a way in. Returns itself."""
        while self.waiting and not should_stop():
            visit = min(self.waiting, key=lambda visit: (rank(visit), -visit.prize, visit.id))
            days, self.changed[visit.id] = self.changed[visit.id], set()
            way = self._way_in(visit, days)
            if way:
                self._take(visit, way)
        return self

    @property
    def waiting(self) -> list[Visit]:
        """Visits that may have a way in: days have changed since they were looked at."""
        return [visit for visit in self.left if self.changed[visit.id]]

    def _way_in(self, visit, days) -> Remedy | None:
        way = self.additions.added(visit, days)
        if way and (rank(visit) < LAST_RANK or self.trials.effect(way)[0] < 0):
            return way
        if rank(visit) >= LAST_RANK:
            return None
        return self.additions.in_place_of_one(visit, days)

    def _take(self, visit, way):
        verdict = self.trials.verdict(way)
        self.orders = orders_with(self.orders, way)
        emptied = {name: Route(name, []) for name, visits in self.orders.items() if not visits}
        self.routes |= emptied | {route.staff: route for route in verdict.routes}
        self.done += 1
        self.left.remove(visit)
        dropped = [self.problem.visit_by_id[name] for name in way.moved]
        self.left += dropped
        before = self.trials.reach([staff for staff, _ in way.places], [visit.id, *way.moved])
        self._look()
        touched = before | self.trials.reach([staff for staff, _ in way.places], [visit.id])
        for other in self.left:
            self.changed.setdefault(other.id, set()).update(touched)
        for other in dropped:
            self.changed[other.id] = set(self.orders)
