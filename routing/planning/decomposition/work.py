"""One search on a part of a plan: what is asked of a process, and what it answers."""

import time
from dataclasses import dataclass

from routing.planning.check import check
from routing.planning.engines import EngineFault, SolveOptions, get_engine
from routing.planning.engines.answer import judged
from routing.planning.problem import Problem
from routing.planning.solution import Route, Solution

Rank = tuple[float, ...]


@dataclass(frozen=True)
class Request:
    """A search. `start`: the routes with times, by staff id, to begin from; `beat`: a plan so far, not begun from.

    What is not better than either is no answer. `until`: time.monotonic() at which it must end, however late it began
    (one clock for all processes of a machine); None: after its seconds.
    """

    key: int
    engine: str
    problem: Problem
    start: dict[str, Route] | None = None
    beat: dict[str, Route] | None = None
    seconds: float = 1
    seed: int = 1
    iterations: int | None = None
    until: float | None = None

    @property
    def left(self) -> float:
        """Seconds that the search may still take."""
        if self.until is None:
            return self.seconds
        return max(0.0, min(self.seconds, self.until - time.monotonic()))


@dataclass(frozen=True)
class Answer:
    """The plan of a part, or None with the `fault` that was in the way. Ranks order plans of this part: the lower the
    better; `before`: that of `start`."""

    key: int
    routes: dict[str, Route] | None
    before: Rank | None = None
    after: Rank | None = None
    seconds: float = 0
    fault: str = ""

    @property
    def better(self) -> bool:
        return self.routes is not None and (self.before is None or self.after < self.before)

    @property
    def orders(self) -> dict[str, list[str]] | None:
        return self.routes and {name: route.visits for name, route in self.routes.items()}


def search(request: Request, should_stop=None) -> Answer:
    """Runs the engine. What an engine raises becomes the answer's fault: other parts go on."""
    began, problem, before = time.monotonic(), request.problem, None
    options = SolveOptions(
        seconds=request.left,
        seed=request.seed,
        iterations=request.iterations,
        start=request.start and {name: route.visits for name, route in request.start.items()},
        should_stop=should_stop,
    )
    try:
        so_far = request.beat if request.start is None else request.start
        if so_far is not None:
            before = rank(problem, judged(problem, served_days(so_far), "the plan so far")[0])
        found = get_engine(request.engine).solve(problem, options)
        after = rank(problem, found)
    except Exception as error:  # of whatever the engine is made of
        fault = str(error) if isinstance(error, EngineFault) else f"{type(error).__name__}: {error}"
        return Answer(request.key, None, before, seconds=time.monotonic() - began, fault=fault)
    # With times, which what lies outside may depend on; and emptied days, too: they are news.
    routes = {person.id: Route(person.id) for person in problem.staff} | {route.staff: route for route in found.routes}
    return Answer(request.key, routes, before, after, time.monotonic() - began)


def served_days(routes: dict[str, Route]) -> dict[str, Route]:
    return {name: route for name, route in routes.items() if route.visits}


def rank(problem: Problem, solution: Solution) -> Rank:
    """Orders plans of one problem: required visits unserved, then by tier, then the cost."""
    if solution.cost is None:
        solution.cost = check(problem, solution).cost
    left = [problem.visit_by_id[entry.visit] for entry in solution.unserved]
    by_tier = [sum(visit.tier == tier for visit in left) for tier in problem.tiers]
    return (sum(visit.required for visit in left), *by_tier, solution.cost.total)
