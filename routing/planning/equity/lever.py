"""The lever "Core20 coverage at least as high as elsewhere": a cheap plan with C of quintile 1 >= C of the others - e.

The epsilon constraint is not stated to the engine: the prizes of Core20 visits are multiplied by lambda, and lambda is
bisected on a logarithmic scale (Lagrangian relaxation of the coverage constraint) over a few searches, each of which
begins from the best plan so far. Tiers stay strict whatever lambda is: it steers among plans that leave out as many of
each tier. Where that is not enough, Core20 comes first within the last tier, then within every tier but the first: more
visits of that tier may be left out then, never one in favour of a lower tier.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from routing.planning.check import Verdict, check
from routing.planning.engines import DEFAULT_ENGINE, Engine, Progress, SolveOptions, UnsupportedFeature, get_engine
from routing.planning.problem import Problem
from routing.planning.solution import Solution

from .coverage import core20_ratio, coverage, gap_between
from .price import PriceOfEquity, price_of_equity

SOLVES = 5
# Of the time for the first search: mostly nothing more is needed.
FIRST_SHARE = 0.5
# Beyond this, one Core20 visit outweighs any number of others that fit into one person's day.
LARGEST_FACTOR = 64.0
# As few of this tier as possible are left out, whatever else is asked for.
FIRST_TIER = 1
ROUNDING = 1e-12


@dataclass(frozen=True)
class LeverPlan:
    """One plan under the original prizes. `factor`: the lambda it was found with; `ratio` R and `gap` as fractions."""

    factor: float
    solution: Solution
    verdict: Verdict
    ratio: float | None
    gap: float | None

    def keeps(self, epsilon: float) -> bool:
        """Whether Core20 is covered at least as well as elsewhere less `epsilon`, or there is nothing to compare."""
        return self.gap is None or self.gap >= -epsilon - ROUNDING


@dataclass(frozen=True)
class LeverOutcome:
    """The plan for efficiency alone and the plan for equity, and what lies between them.

    `reached`: whether the plan for equity keeps the constraint; where it does not, it is the plan that comes nearest.
    `steps`: (lambda, gap, travel minutes) of every search.
    """

    efficiency: LeverPlan
    equity: LeverPlan
    reached: bool
    price: PriceOfEquity
    steps: list[tuple[float, float | None, float]] = field(default_factory=list)


def core20_at_least(
    problem: Problem,
    quintiles: Mapping[str, int | None],
    options: SolveOptions | None = None,
    engine: str | Engine = DEFAULT_ENGINE,
    *,
    weights: Mapping[str, float] | None = None,
    epsilon: float = 0.0,
    solves: int = SOLVES,
    on_search: Callable[[int], None] | None = None,
) -> LeverOutcome:
    """Both plans and the price of equity.

    `quintiles`: 1 to 5 or None by visit id; `weights`: need above 0 by visit id, else one each. `options.seconds` is
    shared by at most `solves` searches, `options.iterations` is the number for each: with it and a seed the answer is
    the same everywhere. `on_search` is told the number of each search as it begins; `options.on_progress` hears the
    better plans of the first one, then the plan of each. Stopped early, the best so far is returned. Raises
    UnsupportedFeature, UnknownEngine.
    """
    lever = _Lever(problem, quintiles, options or SolveOptions(), engine, weights, solves, on_search)
    first = lever.search(1.0)
    if first.keeps(epsilon):
        return lever.outcome(first, first, True)
    low, high = 1.0, LARGEST_FACTOR
    best = nearest = first
    factor = high
    while lever.goes_on():
        plan = lever.search(factor, nearest)
        nearest = max(nearest, plan, key=_nearness)
        if plan.keeps(epsilon):
            best = plan if best is first or plan.verdict.rank < best.verdict.rank else best
            high = factor
        elif factor == LARGEST_FACTOR:
            break  # what even this does not serve no prize will
        else:
            low = factor
        factor = math.sqrt(low * high)
    for tiers in lever.splits if best is first else ():
        if not lever.goes_on():
            break
        plan = lever.search(LARGEST_FACTOR, nearest, tiers)
        nearest = max(nearest, plan, key=_nearness)
        if plan.keeps(epsilon):
            best = plan
            break
    reached = best is not first
    return lever.outcome(first, best if reached else nearest, reached)


def _nearness(plan):
    return (plan.gap, tuple(-part for part in plan.verdict.rank))


class _Lever:
    """The searches of one outcome."""

    def __init__(self, problem, quintiles, options, engine, weights, solves, on_search):
        self.problem, self.options, self.solves, self.on_search = problem, options, solves, on_search
        self.engine = get_engine(engine) if isinstance(engine, str) else engine
        features = self.engine.unsupported(problem)
        if features:
            raise UnsupportedFeature(self.engine.name, features)
        quintile = np.array([quintiles.get(visit.id) or 0 for visit in problem.visits])
        self.names = np.array([visit.id for visit in problem.visits])
        self.core20, self.others = quintile == 1, quintile > 1
        self.weights = np.array([1.0 if weights is None else weights[name] for name in self.names])
        self.began = time.perf_counter()
        self.steps = []

    def goes_on(self):
        """Whether another search is wanted: by number, by time, and by whoever may stop it."""
        if len(self.steps) >= self.solves or (self.options.should_stop and self.options.should_stop()):
            return False
        return time.perf_counter() - self.began < self.options.seconds

    @property
    def splits(self) -> list[frozenset[int]]:
        """Tiers within which Core20 may come first, the least first; never the first tier."""
        lower = [tier for tier in self.problem.tiers if tier > FIRST_TIER]
        return list(dict.fromkeys([frozenset(lower[-1:]), frozenset(lower)])) if lower else []

    def search(self, factor, begin: LeverPlan | None = None, split: frozenset[int] = frozenset()) -> LeverPlan:
        """The plan found with the prizes of Core20 times `factor`, and with Core20 first within the tiers of `split`,
        judged with prizes and tiers as they are.
        """
        start = begin.solution.orders if begin else self.options.start
        left = self.options.seconds - (time.perf_counter() - self.began)
        share = left * FIRST_SHARE if begin is None else left / max(1, self.solves - len(self.steps))
        if self.on_search:
            self.on_search(len(self.steps) + 1)
        searched = self.engine.solve(
            self._scaled(factor, split),
            replace(
                self.options,
                seconds=max(share, 0.05),
                start=start,
                on_progress=self.options.on_progress if begin is None else None,
            ),
        )
        verdict = check(self.problem, Solution(searched.routes))
        searched.cost, searched.feasible = verdict.cost, verdict.feasible
        missing = np.isin(self.names, verdict.unserved)
        parts = [coverage(self.weights[rows], ~missing[rows]) for rows in (self.core20, self.others)]
        plan = LeverPlan(factor, searched, verdict, core20_ratio(*parts), gap_between(*parts))
        self.steps.append((factor, plan.gap, sum(fact.drive for fact in verdict.facts.values()) / 60))
        if self.options.on_progress:
            elapsed = time.perf_counter() - self.began
            self.options.on_progress(Progress(elapsed, verdict.cost.total, len(verdict.unserved), searched))
        return plan

    def _scaled(self, factor, split):
        if factor == 1:
            return self.problem
        visits = []
        for visit, inside in zip(self.problem.visits, self.core20, strict=True):
            prize = round(visit.prize * factor) if inside else visit.prize
            # Two places for every tier: Core20 goes before the others where the tier is split.
            tier = visit.tier and 2 * visit.tier + (visit.tier in split and not inside)
            visits.append(replace(visit, prize=prize, tier=tier))
        return replace(self.problem, visits=tuple(visits))

    def outcome(self, first, best, reached):
        price = price_of_equity(first.verdict, best.verdict, (first.ratio, best.ratio))
        return LeverOutcome(first, best, reached, price, self.steps)
