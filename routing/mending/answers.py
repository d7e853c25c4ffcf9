"""The plans that mend a day: few people first; the best plan, whoever changes, second where it is another."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from routing.planning.check import Verdict, check
from routing.planning.engines import EngineFault, SolveOptions, get_engine
from routing.planning.replanning import Answer, Changes, Day, changes_of, plan_from, problem_from, replan
from routing.planning.replanning.search import ENGINES
from routing.planning.solution import Solution, Unserved

from .happened import Happening

FEW, BEST = "few", "best"
NOT_NOW = "There is a place for it only if more people change."


@dataclass(frozen=True)
class Budget:
    """Seconds of wall time for the search among few people, and for the one among all; `iterations` of each call of
    an engine instead make the answer the same everywhere.
    """

    few: float = 4.0
    best: float = 2.0
    iterations: int | None = None


@dataclass(frozen=True)
class MendedPlan:
    """A plan of the whole day, judged, and what it changes."""

    key: str
    solution: Solution
    verdict: Verdict
    changes: Changes


def mended_plans(
    happened: Happening, budget: Budget, should_stop: Callable[[], bool] | None = None
) -> tuple[Day, list[MendedPlan]]:
    """The day, and one plan or two. UnfitDisruption where what happened does not fit the plan."""
    standing = happened.standing
    options = SolveOptions(seconds=budget.few, iterations=budget.iterations, should_stop=should_stop)
    answer = replan(standing.problem, standing.solution, happened.disruption, options)
    plans = [MendedPlan(FEW, answer.solution, answer.verdict, answer.changes)]
    best = _best(answer, replace(options, seconds=budget.best))
    if best is not None and _is_better(best, plans[0]):
        plans.append(best)
    return answer.day, plans


def _is_better(best: MendedPlan, few: MendedPlan) -> bool:
    return best.changes.moves != few.changes.moves and best.verdict.rank < few.verdict.rank


def _best(answer: Answer, options: SolveOptions) -> MendedPlan | None:
    """The rest of the day planned anew for everybody, visits left out in the morning taken up; None where no engine can
    state it, or finds a plan that keeps the rules.
    """
    day = answer.day
    remaining = problem_from(day, reconsider=True, changes_cost=False)
    engine = next((get_engine(name) for name in ENGINES if not get_engine(name).unsupported(remaining)), None)
    if engine is None or not remaining.staff or not remaining.visits:
        return None
    try:
        found = engine.solve(remaining, replace(options, start=_ahead(day, answer.solution)))
    except EngineFault:
        return None
    plan = plan_from(day, found)
    verdict = check(day.problem, plan)
    if any(violation.rule != "required" for violation in verdict.violations):
        return None
    reasons = {entry.visit: entry for entry in answer.solution.unserved}
    plan = Solution(verdict.routes, cost=verdict.cost, feasible=verdict.feasible, engine=engine.name)
    plan.unserved = [reasons.get(name) or Unserved(name, "search", NOT_NOW) for name in verdict.unserved]
    return MendedPlan(BEST, plan, verdict, changes_of(day, plan))


def _ahead(day: Day, solution: Solution) -> dict[str, list[str]]:
    working = {person.id for person in day.working}
    ahead = {name: [v for v in visits if v not in day.begun] for name, visits in solution.orders.items()}
    return {name: visits for name, visits in ahead.items() if visits and name in working}
