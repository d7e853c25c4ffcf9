"""A large plan from the first to the last: first plans of all parts, parts searched, then borders until the time is up.

Parts and neighbourhoods of one round have no person and no visit in common, so that what is better for one of them is
better for the whole, tier by tier, in whatever order the processes come to their ends.
"""

import logging
import time

from routing.planning.engines import EngineFault, engine_names, get_engine
from routing.planning.engines.answer import Best
from routing.planning.engines.base import SolveOptions
from routing.planning.problem import Problem
from routing.planning.solution import Route, VisitStop

from .borders import Borders
from .partition import Part
from .parts import part_problem
from .pool import Pool
from .work import Request, served_days

log = logging.getLogger(__name__)

# The engines a part may be searched by, the first that can state it.
LAST_RESORT = "greedy"  # makes a first plan, and no better one
ENGINES = ("ruin-recreate", "rich", LAST_RESORT)
FIRST_PLAN_SHARE, FIRST_PLAN_SECONDS = 0.4, 20  # of the time, and in any case, for first plans
PARTS_SHARE = 0.5  # of the time after the first plan goes to parts, the rest to borders
NEIGHBOURHOOD_SECONDS = (0.3, 2.0)
ROUNDS_AT_LEAST = 3
ROUNDS_BY_ITERATIONS = 3
FULL_ENOUGH = 0.8  # of the visits on a plan to begin from: with fewer, parts are planned anew as well
SHORTEST = 0.1  # seconds: less is no search
JUDGE_SHARE = 0.05  # of the time the whole plan may be judged for the sake of progress


def engine_for(problem: Problem) -> tuple[str | None, list[str]]:
    """(name, []) of the first engine that can state this part, or (None, what the last could not state)."""
    features = ["parts of any kind: no engine for them is known"]
    for name in (name for name in ENGINES if name in engine_names()):
        features = _cannot(name, problem)
        if not features:
            return name, []
    return None, features


class Rounds:
    """The plan under way. `routes`: with times, by staff id, always as the judge accepted them last."""

    def __init__(self, problem: Problem, options: SolveOptions, best: Best, parts: list[tuple[Part, Problem, str]]):
        self.problem, self.options, self.best, self.parts = problem, options, best, parts
        self.routes: dict[str, Route] = {}
        self.judging = 0.0  # seconds that the judge takes for the whole

    @property
    def until(self):
        """When searches end, so that what they found is judged in time."""
        left = self.best.left - min(0.1 * self.options.seconds, 0.1 + 2 * self.judging)
        return time.monotonic() + left

    def run(self, pool: Pool):
        """Everything in turn; the best plan is in `best`."""
        pool.end = time.monotonic() + self.best.left
        if self.options.start is not None:
            self._begin_from(self.options.start)
        if len(self.served) < FULL_ENOUGH * len(self.problem.visits):
            self._first_plans(pool)
            if self.options.iterations != 0:
                self._search_parts(pool)
        if self.options.iterations != 0:
            self._search_borders(pool)

    @property
    def served(self):
        return {visit for route in self.routes.values() for visit in route.visits}

    def asked_to_stop(self):
        """Whether somebody asked for the end; that the time is up is known to the searches."""
        self.best.should_stop()
        return self.best.stopped

    def _begin_from(self, given):
        """The plan to begin from crosses the borders of parts, as a rule: where it is nearly full, borders are all
        there is to do.
        """
        self._offer({name: Route(name, [VisitStop(visit) for visit in visits]) for name, visits in given.items()})

    def _first_plans(self, pool):
        found = self._quick_plans(pool, [engine for _, _, engine in self.parts])
        plans = {answer.key: answer.routes for answer in found if answer.routes is not None}
        missing = [i for i in range(len(self.parts)) if i not in plans]
        if missing and not self.asked_to_stop():
            # Whatever is wrong with an engine, a plain first plan is better than none for a whole district.
            plain = [LAST_RESORT if i in missing and not _cannot(LAST_RESORT, part) else None for i, part in self._all]
            log.warning("%s parts have no first plan by their engines; %s makes one", len(missing), LAST_RESORT)
            again = self._quick_plans(pool, plain)
            plans |= {answer.key: answer.routes for answer in again if answer.routes is not None}
            faults = [answer.fault for answer in [*found, *again] if answer.fault]
            if not plans and faults:
                raise EngineFault(f"no part has a plan: {faults[0]}")
        self._offer({name: route for key in sorted(plans) for name, route in plans[key].items()})

    @property
    def _all(self):
        return [(i, problem) for i, (_, problem, _) in enumerate(self.parts)]

    def _quick_plans(self, pool, engines):
        """First plans of the parts for which an engine is named."""
        left = self.until - time.monotonic()
        seconds = max(FIRST_PLAN_SHARE * left, min(FIRST_PLAN_SECONDS, left))
        requests = [
            Request(i, engine, problem, seconds=seconds, seed=self._seed(0, i), iterations=0)
            for (i, problem), engine in zip(self._all, engines, strict=True)
            if engine is not None
        ]
        return pool.run(requests, until=time.monotonic() + seconds, should_stop=self.asked_to_stop)

    def _search_parts(self, pool):
        left = self.until - time.monotonic()
        until = self.until if self.options.iterations else time.monotonic() + PARTS_SHARE * left
        requests = []
        for i, (part, problem, engine) in enumerate(self.parts):
            so_far = self._days(part.staff)
            placed = {visit for route in so_far.values() for visit in route.visits}
            crosses = not placed <= set(part.visits)  # as a plan to begin from may: borders have their turn later
            if engine != LAST_RESORT and not crosses:
                # From the search's own beginning: it starts hotter there than from a plan that is to be polished.
                steps = self._iterations(part.visits, 1)
                requests.append(Request(i, engine, problem, None, so_far, left, self._seed(0, i), steps))
        self._improve(pool, requests, until, share=not self.options.iterations)

    def _search_borders(self, pool):
        if not self.problem.visits or len(self.problem.staff) < 2:
            return
        borders, number, cutting = Borders(self.problem), 0, 0.0
        while not self.asked_to_stop() and self.until - time.monotonic() > cutting + SHORTEST:
            number += 1
            if self.options.iterations and number > ROUNDS_BY_ITERATIONS:
                return
            began = time.monotonic()
            found = borders.round(self.best.solution.orders, self._starts, number, self.options.seed)
            cutting = time.monotonic() - began
            if not any(self._can_search(each) for each in found):
                return
            requests = self._requests(found, number, pool.count)
            self._improve(pool, requests, self.until, checked=borders.has_ties)

    @property
    def _starts(self):
        """The start of every visit on the plan."""
        stops = (stop for route in self.best.solution.routes for stop in route.stops)
        return {stop.visit: stop.start for stop in stops if isinstance(stop, VisitStop)}

    def _can_search(self, each):
        engine, _ = engine_for(self._problem_of(each))
        return engine not in (None, LAST_RESORT)

    def _problem_of(self, each):
        return part_problem(self.problem, each.visits, each.staff, each.frozen)

    def _requests(self, found, number, workers):
        """A search of each neighbourhood, made when its turn comes."""
        least, most = NEIGHBOURHOOD_SECONDS
        fair = (self.until - time.monotonic()) * workers / (ROUNDS_AT_LEAST * max(1, len(found)))
        seconds = self.options.seconds if self.options.iterations else min(most, max(least, fair))
        begun = [self._days(each.staff) for each in found]
        for i, each in enumerate(found):
            problem = self._problem_of(each)
            engine, _ = engine_for(problem)
            if engine not in (None, LAST_RESORT):
                steps = self._iterations(each.visits, ROUNDS_BY_ITERATIONS)
                yield Request(i, engine, problem, begun[i], None, seconds, self._seed(number, i), steps)

    def _improve(self, pool, requests, until, *, share=False, checked=False):
        """Takes on what is better. `checked`: bonds between neighbourhoods are the judge's matter, one at a time."""
        checked = checked or self._whole_day_weights
        together = dict(self.routes)

        def hear(answer):
            if answer.better and not checked:
                together.update(answer.routes)
                self.best.offer(served_days(together))

        answers = pool.run(requests, until=until, should_stop=self.asked_to_stop, hear=hear, share=share)
        better = [answer.routes for answer in answers if answer.better]
        for routes in better:
            together.update(routes)
        if better and not self._offer(together) and checked:
            for routes in better:
                self._offer(self.routes | routes)

    def _days(self, staff):
        """The routes of these people as they are, empty ones, too."""
        return {name: self.routes.get(name) or Route(name) for name in staff}

    @property
    def _whole_day_weights(self):
        """Whether the cost looks at the worst of all days, so that better parts need not be a better whole."""
        return bool(self.problem.weights.max_late or self.problem.weights.max_idle)

    def _offer(self, routes):
        """Has the judge look at a whole plan; `self.routes` are those of the best afterwards. Whether it is new."""
        before, began = self.best.solution, time.monotonic()
        self.best.waiting = served_days(routes)
        self.best.tick(now=True)
        self.judging = time.monotonic() - began
        self.best.REPORT_EVERY = max(Best.REPORT_EVERY, self.judging / JUDGE_SHARE)
        self.routes = {route.staff: route for route in self.best.solution.routes}
        return self.best.solution is not before

    def _iterations(self, visits, rounds):
        """Half of the steps go to parts and half to rounds, by the number of visits."""
        if not self.options.iterations:
            return None
        share = len(visits) / len(self.problem.visits)
        return max(1, round(self.options.iterations / 2 * share / rounds))

    def _seed(self, number, key):
        return (self.options.seed * 1_000_003 + number * 10_007 + key) % (1 << 31)


def _cannot(engine, problem):
    return get_engine(engine).unsupported(problem)


def parts_of(problem: Problem, parts: list[Part]) -> tuple[list[tuple[Part, Problem, str]], list[str]]:
    """Each part with its problem and engine; and what no engine can state."""
    found, features = [], []
    for part in parts:
        small = part_problem(problem, part.visits, part.staff)
        engine, missing = engine_for(small)
        features += [feature for feature in missing if feature not in features]
        found.append((part, small, engine))
    return found, features
