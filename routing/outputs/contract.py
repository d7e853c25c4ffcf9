"""A plan in the planner's own contract: PROBLEM.json and SOLUTION.json, which `manage.py check_plan` reads.

Of a plan that was published both are of the day as it stands: what has begun is a fact in the problem and the routes.
"""

from dataclasses import dataclass, replace

from routing.models import PlanState
from routing.plan_editing import DAY_IS_OVER, OpenPlan
from routing.plan_verdicts import known_lines
from routing.planning.check import check
from routing.planning.io import problem_json, solution_json, verdict_json
from routing.planning.problem import Problem
from routing.planning.replanning import UnfitDisruption
from routing.planning.solution import Solution
from routing.problem_building import NothingToPlan, PlanProblem, build_problem, stored_solution
from routing.standing_day import StandingDay

from .contents import NoRoutes, PlanContents


def problem_of(plan) -> dict:
    """The plan's day as a problem, with today's travel times: second 0 is the first instant of its civil day, people
    and visits go by their references. Places are rows of the matrix; no coordinates leave. NoRoutes without visits or
    staff.
    """
    read = _read(plan)
    comment = f"Second 0 is the first instant of {plan.day.isoformat()} in Europe/London."
    if read.standing is not None:
        comment += f" As the day stands {read.when}: what has begun is a fact, and its rules are what was."
    return {
        "name": plan.name,
        "comment": comment,
        "source": read.built.travel.attribution or read.built.travel.provider,
        **problem_json(read.problem),
    }


def solution_with_verdict(contents: PlanContents) -> dict:
    """The routes with their times, and what the judge says of them now (`feasible`, `cost`; `violations` where the
    rota, the visits or the roads have changed since the plan was made; `known`: rules that the plan broke knowingly
    during the day, in words).
    """
    read = _read(contents.plan)
    stored = _stored(contents, read)
    verdict = check(read.problem, stored)
    told = solution_json(replace(stored, cost=verdict.cost, feasible=verdict.feasible))
    if verdict.violations:
        told["violations"] = verdict_json(verdict)["violations"]
    if read.known:
        told["known"] = read.known
    return told


@dataclass(frozen=True)
class _Read:
    """The plan as its judge has it. `standing`: None where it was not published, or its day cannot be read."""

    built: PlanProblem
    problem: Problem
    standing: StandingDay | None = None
    known: tuple[str, ...] = ()
    when: str = ""


def _read(plan) -> _Read:
    try:
        if plan.state not in PlanState.published():
            built = build_problem(plan)
            return _Read(built, built.problem)
        opened = OpenPlan(plan)
    except UnfitDisruption:
        # Somebody has a round and no shift any more: the plain judge names what is broken.
        built = build_problem(plan)
        return _Read(built, built.problem)
    except NothingToPlan as error:
        raise NoRoutes(str(error)) from error
    standing, end = opened.standing, opened.standing.now >= DAY_IS_OVER
    when = "at its end" if end else f"at {opened.clock(standing.now)}"
    return _Read(opened.built, standing.problem, standing, tuple(known_lines(opened)), when)


def _stored(contents: PlanContents, read: _Read) -> Solution:
    solution = stored_solution(contents.plan)
    if read.standing is not None:
        solution.routes = check(read.problem, read.standing.solution).routes
    # Visits that another plan holds, or that were left out by hand, are no part of this problem.
    solution.unserved = [left for left in solution.unserved if left.visit in read.built.visits]
    solution.trace = [(elapsed, cost) for elapsed, cost in contents.plan.trace]
    solution.seconds = solution.trace[-1][0] if solution.trace else 0
    return solution
