"""What every answer gets after the search, whichever engine made it: the last look, the reasons, the remedies."""

import time
from dataclasses import replace

from routing.planning.engines.answer import judged
from routing.planning.exchanges import with_promise_kept
from routing.planning.problem import Problem
from routing.planning.reasons import explain_unserved
from routing.planning.solution import Solution

# Seconds that the last look may take, whatever the search was given, and the share of the search's time that it may
# take beyond. A second is enough up to 1,000 visits for 100 people; 10,000 for 1,000 may not be done by then.
LAST_LOOK, LAST_LOOK_SHARE = 10.0, 0.2


def completed(problem: Problem, solution: Solution, seconds: float = 0) -> Solution:
    """The plan with the promise of `exchanges` kept, judged again where that changed it, and a reason with remedies for
    each visit left out. `seconds`: what the search was given. Where the last look is not done in its time, the
    solution's `promise_kept` is False: nobody may rely on it then.
    """
    ends = time.monotonic() + max(LAST_LOOK, LAST_LOOK_SHARE * seconds)
    promised, kept = with_promise_kept(problem, solution, lambda: time.monotonic() > ends)
    if promised is not solution:
        solution = _improved(problem, solution, promised)
    return replace(solution, promise_kept=kept, unserved=explain_unserved(problem, solution))


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
