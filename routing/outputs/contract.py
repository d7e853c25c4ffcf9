"""A plan in the planner's own contract: PROBLEM.json and SOLUTION.json, which `manage.py check_plan` reads."""

from dataclasses import replace

from routing.planning.check import check
from routing.planning.io import problem_json, solution_json, verdict_json
from routing.planning.solution import Solution
from routing.problem_building import NothingToPlan, PlanProblem, build_problem, stored_solution

from .contents import NoRoutes, PlanContents


def problem_of(plan) -> dict:
    """The plan's day as a problem, with today's travel times: second 0 is the first instant of its civil day, people
    and visits go by their references. Places are rows of the matrix; no coordinates leave. NoRoutes without visits or
    staff.
    """
    built = _built(plan)
    return {
        "name": plan.name,
        "comment": f"Second 0 is the first instant of {plan.day.isoformat()} in Europe/London.",
        "source": built.travel.attribution or built.travel.provider,
        **problem_json(built.problem),
    }


def solution_with_verdict(contents: PlanContents) -> dict:
    """The stored routes with their times, and what the judge says of them now (`feasible`, `cost`; `violations` where
    the rota, the visits or the roads have changed since the plan was made).
    """
    built = _built(contents.plan)
    stored = _stored(contents, built)
    verdict = check(built.problem, stored)
    told = solution_json(replace(stored, cost=verdict.cost, feasible=verdict.feasible))
    if verdict.violations:
        told["violations"] = verdict_json(verdict)["violations"]
    return told


def _built(plan) -> PlanProblem:
    try:
        return build_problem(plan)
    except NothingToPlan as error:
        raise NoRoutes(str(error)) from error


def _stored(contents: PlanContents, built: PlanProblem) -> Solution:
    solution = stored_solution(contents.plan)
    # Visits that another plan holds, or that were left out by hand, are no part of this problem.
    solution.unserved = [left for left in solution.unserved if left.visit in built.visits]
    solution.trace = [(elapsed, cost) for elapsed, cost in contents.plan.trace]
    solution.seconds = solution.trace[-1][0] if solution.trace else 0
    return solution
