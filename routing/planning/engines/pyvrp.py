"""PyVRP: iterated local search of the routing community's reference library, on a model without breaks.

What its model cannot hold is put right afterwards: every plan passes the judge, and visits that do not fit the real day
are taken out. What the shortened day has left room for is put in by whoever takes the plan on: the next search, or the
last look at every answer (`completion`).
"""

import time

import pyvrp

from routing.planning.engines.answer import Best
from routing.planning.engines.base import SolveOptions
from routing.planning.engines.greedy import unsupported_features
from routing.planning.engines.nodes import unsupported_costs, whole_scale
from routing.planning.engines.pyvrp_model import HIGHEST_PRICE, PyvrpProblem, unsupported_limits
from routing.planning.engines.repair import kept
from routing.planning.problem import Problem
from routing.planning.solution import Solution
from routing.planning.tiers import LadderTooHigh, price_of_leaving_out


class PyvrpEngine:
    """PyVRP on one thread."""

    name = "pyvrp"

    def unsupported(self, problem: Problem) -> list[str]:
        features = unsupported_features(problem) + unsupported_costs(problem)
        if any(visit.late_cost is not None for visit in problem.visits):
            features.append("late costs (late_cost)")
        features += _of_prices(problem)
        return features + unsupported_limits(problem)

    def solve(self, problem: Problem, options: SolveOptions) -> Solution:
        best = Best(problem, options, self.name)
        model = PyvrpProblem(problem)
        start = None
        if options.start:
            best.offer(kept(problem, options.start))
            if model.data is not None:
                start = _warm(model, best.solution)
        if model.data is not None and not best.should_stop():
            _search(model, options, best, start)
        if best.solution is None:
            best.offer({})
        return best.finished()


def _of_prices(problem):
    try:
        highest = max(price_of_leaving_out(problem, whole_scale(problem)).values(), default=0)
    except LadderTooHigh as error:
        return [f"strict tiers for {error}"]
    if highest <= HIGHEST_PRICE:
        return []
    if problem.tiers:
        return [f"strict tiers for {len(problem.visits)} visits in {len(problem.tiers)} tiers"]
    return [f"prizes and costs of up to {highest:,}"]


def _warm(model, solution):
    starts = {stop.visit: stop.start for route in solution.routes for stop in route.stops if hasattr(stop, "visit")}
    return model.solution(solution.orders, starts)


def _search(model, options, best, start):
    watch = _Watch(model, options, best)
    parameters = pyvrp.SolveParams(
        ils=pyvrp.IteratedLocalSearchParams(callbacks=watch), penalty=model.penalties(), display_interval=1e9
    )
    result = pyvrp.solve(
        model.data, watch, seed=options.seed, collect_stats=False, params=parameters, initial_solution=start
    )
    watch.offer(result.best)


class _Watch(pyvrp.IteratedLocalSearchCallbacks):
    """The criterion to stop by, and the way of better plans to the judge."""

    SHARE = 10  # of the time, one part at most goes into judging

    def __init__(self, model, options, best):
        self.model, self.best, self.iterations = model, best, options.iterations
        self.waiting, self.next_offer, self.done = None, 0.0, 0

    def __call__(self, best_cost):
        if self.iterations is not None and self.done >= self.iterations:
            return True
        self.done += 1
        if self.waiting is not None and time.perf_counter() >= self.next_offer:
            self.offer(self.waiting)
        return self.best.should_stop()

    def on_best(self, best):
        self.waiting = best

    def offer(self, solution):
        began, self.waiting = time.perf_counter(), None
        self.best.offer(kept(self.model.problem, self.model.orders(solution)))
        now = time.perf_counter()
        self.next_offer = now + max(Best.REPORT_EVERY, self.SHARE * (now - began))
