"""Google OR-Tools' routing library: guided local search from our own first plan, on its full model of the rules.

Tiers are strict: leaving a visit out costs the price of `tiers.price_of_leaving_out`, above everything below it
together. Times in the answer are worked out anew from the order of visits, so that they do not hang on the library's
rounding.
"""

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from routing.planning.engines.answer import Best
from routing.planning.engines.base import SolveOptions
from routing.planning.engines.greedy import first_orders, unsupported_features
from routing.planning.engines.nodes import unsupported_costs
from routing.planning.engines.ortools_model import RoutingProblem
from routing.planning.engines.repair import kept
from routing.planning.problem import Problem
from routing.planning.solution import Certificate, Solution
from routing.planning.tiers import LadderTooHigh, price_of_leaving_out

RESTORE_MILLISECONDS = 10_000


class OrToolsEngine:
    """OR-Tools on one thread (the library has no parallel search for routing)."""

    name = "ortools"

    def unsupported(self, problem: Problem) -> list[str]:
        features = unsupported_features(problem) + unsupported_costs(problem)
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
        """The best plan found, with a certificate: whether the library's own full model of the rules takes it."""
        best = Best(problem, options, self.name)
        best.offer(kept(problem, options.start) if options.start else first_orders(problem, best.should_stop))
        best.tick(now=True)
        certificate = Certificate(self.name, None, "There was no time to ask.")
        if problem.visits and problem.staff and not best.should_stop():
            certificate = _search(problem, options, best)
        solution = best.finished()
        solution.certificate = certificate
        return solution


def _search(problem, options, best):
    """Searches from the best plan so far; returns the certificate of what is then the best."""
    model = RoutingProblem(problem)
    routing, solver = model.routing, model.routing.solver()
    parameters = _parameters(options, best.left)
    watch = _Watch(model, best)
    routing.AddAtSolutionCallback(watch.on_solution)
    routing.AddSearchMonitor(solver.CustomLimit(watch.on_check))
    routing.CloseModelWithParameters(parameters)
    solver.ReSeed(options.seed)
    first = best.solution.orders
    start = routing.ReadAssignmentFromRoutes(model.indexes(first), True)
    if start is not None:
        answer = routing.SolveFromAssignmentWithParameters(start, parameters)
    else:  # the library's span limit is narrower than the judge's where a day has several windows, or the time is up
        answer = routing.SolveWithParameters(parameters)
    if watch.error:
        raise watch.error
    if answer is not None:
        watch.offer(lambda index: answer.Value(routing.NextVar(index)))
    best.tick(now=True)
    orders = best.solution.orders
    if orders == first:
        return _certificate(start is not None, best.left > 0)
    return _certificate(orders == watch.last or _takes(model, orders), best.left > 0)


def _takes(model, orders):
    return model.routing.ReadAssignmentFromRoutes(model.indexes(orders), True) is not None


def _certificate(accepted, had_time):
    if accepted:
        return Certificate(OrToolsEngine.name, True)
    if had_time:
        return Certificate(OrToolsEngine.name, False, "OR-Tools does not take the plan in its own model of the rules.")
    return Certificate(OrToolsEngine.name, None, "There was no time to ask.")


class _Watch:
    """What the library calls while it searches. An exception must not pass through it: it is kept, and ends the
    search.
    """

    def __init__(self, model, best):
        self.model, self.best = model, best
        self.cheapest = self.error = self.last = None

    def offer(self, following):
        """The plan in which `following` gives the next index of an index."""
        orders = self.model.orders(following)
        self.last = {name: order for name, order in orders.items() if order}
        self.best.offer(orders)

    def on_solution(self):
        cost = self.model.routing.CostVar().Min()
        if self.error or (self.cheapest is not None and cost >= self.cheapest):
            return
        self.cheapest = cost
        try:
            self.offer(lambda index: self.model.routing.NextVar(index).Value())
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
    # The library bounds the work of taking over a plan by this limit (a tenth of a second unless told otherwise), and
    # from about 200 visits with breaks on gave up on the start, and on the search, in silence.
    parameters.lns_time_limit.FromMilliseconds(RESTORE_MILLISECONDS)
    if options.solution_limit is not None:
        parameters.solution_limit = options.solution_limit
    return parameters
