"""Google OR-Tools' routing library: guided local search from our own first plan, on its full model of the rules.

Tiers are strict: leaving a visit out costs the price of `tiers.price_of_leaving_out`, above everything below it
together. Times in the answer are worked out anew from the order of visits, so that they do not hang on the library's
rounding.
"""

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from routing.planning.engines.answer import Best
from routing.planning.engines.base import SolveOptions
from routing.planning.engines.greedy import first_orders, unsupported_features
from routing.planning.engines.ortools_model import RoutingProblem
from routing.planning.exchanges import with_simple_exchanges
from routing.planning.problem import Problem
from routing.planning.solution import Solution
from routing.planning.tiers import LadderTooHigh, price_of_leaving_out


class OrToolsEngine:
    """OR-Tools on one thread (the library has no parallel search for routing)."""

    name = "ortools"

    def unsupported(self, problem: Problem) -> list[str]:
        features = unsupported_features(problem)
        weights = problem.weights
        if weights.waiting or weights.max_late or weights.max_idle:
            features.append("weights on waiting, max_late or max_idle")
        if any(not pause.required for person in problem.staff for pause in person.breaks):
            features.append("breaks that may be missed")
        if any(pause.place == "stop" for person in problem.staff for pause in person.breaks):
            features.append('breaks at stops only (place: "stop")')
        if any(visit.late_cost is not None and len(visit.windows) > 1 for visit in problem.visits):
            features.append("late costs on visits with several windows")
        try:
            price_of_leaving_out(problem)
        except LadderTooHigh as error:
            features.append(f"strict tiers for {error}")
        return features

    def solve(self, problem: Problem, options: SolveOptions) -> Solution:
        best = Best(problem, options, self.name)
        best.offer(first_orders(problem, best.should_stop))
        if problem.visits and problem.staff and not best.should_stop():
            _search(problem, options, best)
        best.tick(now=True)
        if not best.stopped:
            best.offer(with_simple_exchanges(problem, best.solution.orders))
        return best.finished()


def _search(problem, options, best):
    model = RoutingProblem(problem)
    routing, solver = model.routing, model.routing.solver()
    parameters = _parameters(options, best.left)
    watch = _Watch(model, best)
    routing.AddAtSolutionCallback(watch.on_solution)
    routing.AddSearchMonitor(solver.CustomLimit(watch.on_check))
    routing.CloseModelWithParameters(parameters)
    solver.ReSeed(options.seed)
    start = routing.ReadAssignmentFromRoutes(model.indexes(best.solution.orders), True)
    if start is not None:
        answer = routing.SolveFromAssignmentWithParameters(start, parameters)
    else:  # the library's span limit is narrower than the judge's where a day has several windows, or the time is up
        answer = routing.SolveWithParameters(parameters)
    if watch.error:
        raise watch.error
    if answer is not None:
        best.offer(model.orders(lambda index: answer.Value(routing.NextVar(index))))


class _Watch:
    """What the library calls while it searches. An exception must not pass through it: it is kept, and ends the
    search.
    """

    def __init__(self, model, best):
        self.model, self.best = model, best
        self.cheapest = self.error = None

    def on_solution(self):
        cost = self.model.routing.CostVar().Min()
        if self.error or (self.cheapest is not None and cost >= self.cheapest):
            return
        self.cheapest = cost
        try:
            self.best.offer(self.model.orders(lambda index: self.model.routing.NextVar(index).Value()))
        except Exception as error:  # of the judge or of whoever listens
            self.error = error

    def on_check(self):
        if self.error:
            return True
        try:
            self.best.tick()
            return self.best.should_stop()
        except Exception as error:  # of the judge or of whoever listens
            self.error = error
            return True


def _parameters(options, seconds):
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(max(1, int(seconds * 1000)))
    if options.solution_limit is not None:
        parameters.solution_limit = options.solution_limit
    return parameters
