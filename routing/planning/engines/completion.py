"""What every answer gets after the search, whichever engine made it: the last look, the reasons, the remedies."""

from dataclasses import replace

from routing.planning.engines.answer import judged
from routing.planning.exchanges import with_promise_kept
from routing.planning.problem import Problem
from routing.planning.reasons import explain_unserved
from routing.planning.solution import Solution


def completed(problem: Problem, solution: Solution) -> Solution:
    """The plan with the promise of `exchanges` kept, judged again where that changed it, and a reason with remedies for
    each visit left out.
    """
    promised = with_promise_kept(problem, solution)
    if promised is not solution:
        solution = _improved(problem, solution, promised)
    return replace(solution, unserved=explain_unserved(problem, solution))


def _improved(problem, solution, promised):
    routes = {route.staff: route for route in promised.routes}
    better = judged(problem, routes, solution.engine)[0]
    certificate = solution.certificate
    if certificate and certificate.accepted is not None:
        certificate = replace(certificate, accepted=None, detail="The plan was changed after it was asked.")
    return replace(
        solution,
        certificate=certificate,
        routes=better.routes,
        unserved=better.unserved,
        cost=better.cost,
        feasible=better.feasible,
        trace=[*solution.trace, (solution.seconds, better.cost.total)],
    )
