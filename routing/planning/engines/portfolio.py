"""Several searches side by side in processes of their own, merged as they go: the engine for everything.

1. A first plan at once, here, before any library is loaded and any process is started: those would take the processors
   from it and the disk.
2. Our own search from scratch, and beside it PyVRP for a share of the time, then our own search from PyVRP's plan;
   further workers search with further seeds. A single worker runs the chain.
3. In the last tenth OR-Tools begins from the best plan: it polishes, and certifies that its own full model of the rules
   takes the plan.

Small days and very short searches run in this process: starting others would take longer than the search. Days too
large for one search are cut up (`decomposed`).
"""

import logging
from dataclasses import replace
from pathlib import Path

from routing.planning.engines.answer import Best
from routing.planning.engines.base import EngineFault, SolveOptions
from routing.planning.engines.greedy import first_orders
from routing.planning.engines.greedy import unsupported_features as unsupported_by_greedy
from routing.planning.engines.process import Crew, Stage
from routing.planning.problem import Problem
from routing.planning.solution import Certificate, Solution

log = logging.getLogger(__name__)

# Our own searches, the faster one first: the first that can state the whole problem is used. With each the folders
# that its kernels are made of, below KERNELS, and its modules that are compiled last.
OWN_SEARCHES = {"ruin-recreate": ([""], ["tasks"]), "rich": (["rich"], ["steps"])}
KERNELS = Path(__file__).parents[1] / "ruin_recreate"
LARGE, LARGE_ENGINE = 400, "decomposed"
POLISH = "ortools"
POLISH_SHARE = 0.1
# A search needs so long to come to rest where there are few visits; more time would change nothing. Steps of the search
# for days with everything take ten times as long.
SMALL, REST_PER_VISIT, TIMES_AS_LONG = 30, 0.15, {"rich": 10}
SHORT = 2.0  # seconds: below, processes would hardly have begun
# The library for the polish is loaded so many seconds before it is needed.
WARM_UP = 1.5
# Processes end so much sooner than the whole, so that their last plans arrive in time.
MARGIN, LAST_PLANS = 0.1, 0.5
# Seconds that OR-Tools needs to read a small plan.
LEAST_POLISH = 0.3
# The first plan is made here, for days on which that takes a fraction of a second.
MOST_AT_ONCE = 200
# PyVRP's share of its worker's time. It cannot state breaks: on `home_visits` 100 x 10 (seeds 101 to 104) our own
# search came no further from its plan than from scratch, so that there it is what remains should our own search fail.
PYVRP_SHARE, PYVRP_SHARE_WITH_BREAKS = 0.5, 0.1
# With `iterations`: steps of our own search that are worth one of PyVRP, and the solutions that the polish may look at.
STEPS_PER_PYVRP_ITERATION = 100
POLISH_SOLUTIONS = 100


class PortfolioEngine:
    """The engine for everything; `options.workers` processes. With `iterations` the same answer on every machine."""

    name = "portfolio"

    def __init__(self):
        self._in_parts = _engine(LARGE_ENGINE)  # one for both questions: it cuts the problem up for either

    def unsupported(self, problem: Problem) -> list[str]:
        return (self._in_parts.unsupported if len(problem.visits) > LARGE else _unstated)(problem)

    def solve(self, problem: Problem, options: SolveOptions) -> Solution:
        """The best plan, with trace and certificate. A search that fails in its process never loses a plan."""
        if len(problem.visits) > LARGE:
            solution = self._in_parts.solve(problem, options)
            detail = f"It is asked about days of up to {LARGE} visits."
            return replace(solution, engine=self.name, certificate=Certificate(POLISH, None, detail))
        best = Best(problem, options, self.name)
        if not problem.visits or not problem.staff:
            best.offer({})
            return best.finished()
        work = _Work(problem, options, best)
        if (len(problem.visits) <= SMALL or options.seconds < SHORT) and _is_compiled(work.own):
            work.here()
        else:
            work.apart()
        solution = best.finished()
        solution.certificate = work.certificate
        return solution


def _unstated(problem):
    return _own_search(problem)[1]


class _Work:
    """One search by all means."""

    def __init__(self, problem, options, best):
        self.problem, self.options, self.best = problem, options, best
        self.own = _own_search(problem)[0]
        self.certificate = Certificate(POLISH, None, "The search ended before it was asked.")

    def prepare_polish(self):
        """Whether there is one, and when the searches end. Loads OR-Tools: for this the first plan does not wait."""
        refused = _engine(POLISH).unsupported(self.problem)
        if refused:
            self.certificate = Certificate(POLISH, None, f"OR-Tools cannot state: {', '.join(refused)}.")
        self.search_ends = self.options.seconds * (1.0 if refused else 1 - POLISH_SHARE)
        self.polishes = not refused

    def first_plan(self):
        """The plan to begin from, else one made at once; where that takes too long, the searches bring theirs."""
        if self.options.start:
            self.best.take(self.options.start)
        elif len(self.problem.visits) <= MOST_AT_ONCE and not unsupported_by_greedy(self.problem):
            self.best.take(first_orders(self.problem, self.best.should_stop))

    def here(self):
        """One search after the other in this process."""
        self.first_plan()
        self.prepare_polish()
        seconds, counted = self.search_ends - self.best.elapsed, self.options.iterations is not None
        if len(self.problem.visits) <= SMALL and not counted:
            # From here on: a process that loads its libraries first may have used up as much already.
            seconds = min(seconds, REST_PER_VISIT * TIMES_AS_LONG.get(self.own, 1) * len(self.problem.visits))
        self._stage_here(Stage(self.own, 1.0, self.options.seed, self.options.iterations), seconds)
        if self.polishes:
            seconds = self.best.left if counted else min(self.best.left, max(seconds * POLISH_SHARE, LEAST_POLISH))
            solution = self._stage_here(self._polish_stage(), seconds)
            self._certify(solution and solution.certificate, solution and solution.orders)

    def _stage_here(self, stage, seconds):
        """What the engine of the stage answers, or None where it failed: the best plan so far stays."""
        if seconds <= 0 or self.best.should_stop():
            return None
        options = stage.options(
            seconds,
            start=self._start,
            should_stop=self.best.should_stop,
            on_progress=lambda progress: self.best.take(_routes(progress.solution)),
        )
        try:
            solution = _engine(stage.engine).solve(self.problem, options)
        except EngineFault:
            if self.best.solution is None:
                raise
            log.exception("%s failed", stage.engine)
            return None
        self.best.take(_routes(solution))
        return solution

    def apart(self):
        """Searches side by side in processes, which load what they need while this one does."""
        best = self.best
        self.first_plan()
        if best.should_stop():
            return
        with Crew(self.problem) as crew:
            workers = [crew.hire() for _ in range(self.options.workers)]
            self.prepare_polish()
            for worker, stages in zip(workers, self._chains(), strict=True):
                worker.run(stages, self.search_ends - best.elapsed - MARGIN, self.options.start)
            crew.follow(best, self.search_ends - WARM_UP)
            polisher = crew.hire(warm=[POLISH]) if self.polishes and not best.stopped else None
            crew.follow(best, min(self.search_ends + LAST_PLANS, self.options.seconds))
            self._settle(workers)
            if polisher and not best.should_stop():
                polisher.run([self._polish_stage()], best.left - MARGIN, self._start)
                crew.follow(best, self.options.seconds + LAST_PLANS)
                found = polisher.solved and polisher.solved.certificate
                self._certify(found, polisher.orders, polisher.detail)

    def _chains(self):
        """The stages of each worker."""
        seed, iterations = self.options.seed, self.options.iterations
        alone = [[Stage(self.own, 1.0, seed + number, iterations)] for number in range(self.options.workers)]
        if _engine("pyvrp").unsupported(self.problem):
            return alone
        steps = None if iterations is None else max(1, iterations // STEPS_PER_PYVRP_ITERATION)
        chained = min(1, self.options.workers - 1)
        has_breaks = any(person.breaks for person in self.problem.staff)
        share = PYVRP_SHARE_WITH_BREAKS if has_breaks else PYVRP_SHARE
        alone[chained] = [Stage("pyvrp", share, seed, steps), *alone[chained]]
        return alone

    def _polish_stage(self):
        limit = None if self.options.iterations is None else POLISH_SOLUTIONS
        return Stage(POLISH, 1.0, self.options.seed, solution_limit=limit)

    @property
    def _start(self):
        return self.best.solution.orders if self.best.solution else self.options.start

    def _settle(self, workers):
        """Of equally good last plans that of the first worker, whoever was faster; without any, nobody is visited."""
        best = self.best
        last = Best(self.problem, replace(self.options, on_progress=None), best.engine)
        for worker in workers:
            if worker.finished_routes is not None:
                last.take(worker.finished_routes)
        if best.solution is None:
            best.take({})
        if last.rank is not None and last.rank <= best.rank:
            best.solution, best.rank = last.solution, last.rank

    def _certify(self, certificate, orders, detail=""):
        """The certificate of the polish, where it is about the plan that is now the best."""
        if certificate and orders == self.best.solution.orders:
            self.certificate = certificate
        else:
            self.certificate = Certificate(POLISH, None, detail or self.certificate.detail)


def _own_search(problem):
    """(name of our own search for this problem, what it cannot state)."""
    answers = [(name, _engine(name).unsupported(problem)) for name in OWN_SEARCHES]
    return next((answer for answer in answers if not answer[1]), answers[-1])


def _is_compiled(name):
    """Whether the search can begin at once. Compiling it takes long and cannot be stopped, but in a process."""
    from routing.planning.ruin_recreate.compilation import is_compiled

    folders, modules = OWN_SEARCHES[name]
    if is_compiled([KERNELS / folder for folder in folders], modules):
        return True
    log.warning("%s is not compiled: run `manage.py compile_planner` once", name)
    return False


def _engine(name):
    from routing.planning.engines import get_engine

    return get_engine(name)


def _routes(solution):
    return {route.staff: route for route in solution.routes}
