"""A search with what people ask of a plan beyond its cost: Core20 at least as well covered as elsewhere, and the work
shared out fairly. Each is bounded: what cannot be had is said, and the plan is the nearest one.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lsoa.written_numbers import percent, signed

from .equity_reading.core20 import core20_and_rest, quintiles_of
from .planning.engines import DEFAULT_ENGINE, Engine, SolveOptions, UnsupportedFeature, get_engine
from .planning.engines.completion import completed
from .planning.equity.coverage import FEWEST_COMPARED, core20_ratio, gap_between
from .planning.equity.fairness import staff_loads
from .planning.equity.lever import SOLVES, LeverOutcome, core20_at_least
from .planning.equity.sharing import MOST_MORE_TRAVEL, SharedWork, share_work
from .planning.solution import Solution
from .problem_building import PlanProblem
from .problem_building.weeks import WeekProblem

# Of the time for a plan: for sharing out the work, where that is asked for.
SHARING_PART = 0.3
# Less than this is no time for another search.
LEAST_SECONDS = 0.5


@dataclass(frozen=True)
class Wishes:
    """What became of what was asked for; None: it was not. `core20`, `rest`: coverage in the plan as it is now, with
    the numbers of visits in `sizes`: figures of few are not told.
    """

    lever: LeverOutcome | None = None
    shared: SharedWork | None = None
    core20: float | None = None
    rest: float | None = None
    ratio: float | None = None
    gap: float | None = None
    sizes: tuple[int, int] = (0, 0)

    @property
    def may_be_told(self) -> bool:
        return min(self.sizes) >= FEWEST_COMPARED

    @property
    def is_reached(self) -> bool:
        """Whether Core20 is covered at least as well as elsewhere, or there is nothing to compare."""
        return self.gap is None or self.gap >= -1e-12

    def as_dict(self) -> dict:
        """Plain data, kept with the plan."""
        found = {}
        if self.lever is not None:
            price = self.lever.price
            found["lever"] = {
                "reached": self.is_reached,
                "core20": self.core20 if self.may_be_told else None,
                "rest": self.rest if self.may_be_told else None,
                "ratio": self.ratio if self.may_be_told else None,
                "ratio_before": self.lever.efficiency.ratio if self.may_be_told else None,
                "travel_minutes": list(price.travel_minutes),
                "served": list(price.served),
                "searches": len(self.lever.steps),
            }
        if self.shared is not None:
            found["sharing"] = {
                "fullest": [self.shared.before.largest, self.shared.after.largest],
                "gini": [self.shared.before.gini, self.shared.after.gini],
                "travel_minutes": list(self.shared.travel_minutes),
                "searches": len(self.shared.steps),
                "most_more_travel": MOST_MORE_TRAVEL,
                "refused": self.shared.refused,
            }
        return found


def search_with_wishes(
    built: PlanProblem | WeekProblem,
    options: SolveOptions,
    engine: str | Engine = DEFAULT_ENGINE,
    tell: Callable[[str], None] = lambda stage: None,
) -> tuple[Solution, Wishes]:
    """The plan for what `built.asks` asks for, complete with reasons, and what became of it. `tell` hears what is done.

    With `options.iterations` and a seed the answer is the same on every machine. Raises
    UnsupportedFeature, EngineFault.
    """
    engine = get_engine(engine) if isinstance(engine, str) else engine
    features = engine.unsupported(built.problem)
    if features:
        raise UnsupportedFeature(engine.name, features)
    began, asks = time.monotonic(), built.asks
    part = options.seconds * (1 - SHARING_PART if asks.shares_work else 1)
    solution, lever = _found(built, replace(options, seconds=part), engine, tell)
    shared = None
    if asks.shares_work:
        tell("Sharing out the work")
        left = max(LEAST_SECONDS, options.seconds - (time.monotonic() - began))
        shared = share_work(built.problem, solution, contracted_seconds(built), replace(options, seconds=left), engine)
        solution = shared.solution
    solution = completed(built.problem, solution, options.seconds)
    if shared is not None and solution.certificate and shared.improved:
        certificate = replace(solution.certificate, accepted=None, detail="The work was shared out after it was asked.")
        solution = replace(solution, certificate=certificate)
    return replace(solution, seconds=time.monotonic() - began), _wishes(built, solution, lever, shared)


def _found(built, options, engine, tell) -> tuple[Solution, LeverOutcome | None]:
    if not built.asks.holds_core20:
        return engine.solve(built.problem, options), None
    began = time.monotonic()
    quintiles, weights = quintiles_of(built), {name: visit.minutes for name, visit in built.visits.items()}
    lever = core20_at_least(
        built.problem,
        quintiles,
        options,
        engine,
        weights=weights,
        on_search=lambda number: tell(f"Core20 at least as high as elsewhere: search {number} of at most {SOLVES}"),
    )
    left = options.seconds - (time.monotonic() - began)
    if len(lever.steps) > 1 or options.iterations is not None or left < LEAST_SECONDS or _is_stopped(options):
        return lever.equity.solution, lever
    # It was fair at once: the time that is left makes it better, as long as it stays so.
    better = engine.solve(built.problem, replace(options, seconds=left, start=lever.equity.solution.orders))
    gap = _coverage(built, better)[3]
    return (better if gap is None or gap >= -1e-12 else lever.equity.solution), lever


def _is_stopped(options):
    return bool(options.should_stop and options.should_stop())


def contracted_seconds(built: PlanProblem | WeekProblem) -> dict[str, int]:
    """Shift less break of everybody who works, by reference."""
    found = {}
    for name, shift in built.shifts.items():
        seconds = round((shift.ends_at - shift.starts_at).total_seconds()) - 60 * shift.break_minutes
        if seconds > 0:
            found[name] = seconds
    return found


def _coverage(built, solution) -> tuple:
    """Coverage of Core20 and elsewhere, ratio, gap, and the numbers of visits."""
    served = {name for route in solution.routes for name in route.visits}
    parts = core20_and_rest(built, built.visits.keys() - served)
    return parts[0].coverage, parts[1].coverage, core20_ratio(*parts), gap_between(*parts), (parts[0].n, parts[1].n)


def _wishes(built, solution, lever, shared) -> Wishes:
    return Wishes(lever, shared, *_coverage(built, solution))


def wishes_as_stored(built, wishes: Wishes, solution: Solution, facts: Mapping | None = None) -> Wishes:
    """What became of the wishes once the plan that was found was changed: by coverage as it is in `solution` now. With
    `facts` (the judge's, by staff id) the work is told as it lies now, too.
    """
    shared = wishes.shared
    if shared is not None and facts is not None:
        travel = sum(fact.drive for fact in facts.values()) / 60
        after = staff_loads(facts, contracted_seconds(built))
        shared = replace(shared, after=after, travel_minutes=(shared.travel_minutes[0], travel))
    return _wishes(built, solution, wishes.lever, shared)


def sentences(wishes: Wishes) -> list[str]:
    """What became of it, for the plan's note."""
    texts = []
    if wishes.lever is not None:
        texts.append(_lever_sentence(wishes))
    if wishes.shared is not None:
        texts.append(_sharing_sentence(wishes.shared))
    return texts


def _lever_sentence(wishes) -> str:
    if wishes.core20 is None or wishes.rest is None:
        return "There are no visits to compare Core20 with elsewhere."
    both = f" ({percent(wishes.core20)}, elsewhere {percent(wishes.rest)})" if wishes.may_be_told else ""
    before, after = wishes.lever.price.travel_minutes
    lost = wishes.lever.price.served[0] - wishes.lever.price.served[1]
    cost = f"{signed(after - before)} minutes' travel" + (f", {lost} fewer visits" if lost > 0 else "")
    if not wishes.is_reached:
        return f"Core20 coverage as high as elsewhere could not be reached{both}; it cost {cost}."
    if len(wishes.lever.steps) == 1:
        return f"Core20 coverage is at least as high as elsewhere{both}, at no cost."
    return f"Core20 coverage is at least as high as elsewhere{both}; it cost {cost}."


def _sharing_sentence(shared) -> str:
    if shared.refused:
        return f"The work could not be shared out: the engine cannot state {shared.refused}."
    before, after = shared.before.largest, shared.after.largest
    if not shared.improved or before is None:
        return "No way was found to make the fullest day shorter."
    minutes = shared.travel_minutes[1] - shared.travel_minutes[0]
    days = f"from {percent(before)} to {percent(after)}"
    return f"Work shared out: the fullest day went {days} for {signed(minutes)} minutes' travel."
