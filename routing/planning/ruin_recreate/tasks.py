"""The one way from Python into the compiled search: a single entry is compiled in half of the time that six take."""

from pathlib import Path

from .compilation import compiler
from .exchange import serve_now
from .insertion import allowed_at
from .steps import begin, fill, follow_day, keep_best, search

kernel = compiler(Path(__file__).parent)

BEGIN, FOLLOW, FILL, KEEP, SEARCH, SERVE, ALLOWED = 0, 1, 2, 3, 4, 5, 6


@kernel
def perform(P, S, task, number, visits, wide):
    """Does one task on the state S of the search over the arrays P; 1 or 0 as an answer to what is asked.

    BEGIN: everything unserved. FOLLOW: day `number` gets `visits` in this order, as far as rules allow. FILL: serves
    `visits` where they cost least. KEEP: the plan becomes the best one. SEARCH: `number` steps. SERVE: is the visit
    `number` served now, if need be in place of one of a lower rank? ALLOWED: may visits[0] stand between the stops
    visits[1] and visits[2] of day `number`? `wide`: all places are tried for each visit, not those beside near visits
    first.
    """
    if task == BEGIN:
        begin(P, S)
    elif task == FOLLOW:
        follow_day(P, S, number, visits)
    elif task == FILL:
        fill(P, S, visits, wide)
    elif task == KEEP:
        keep_best(P, S)
    elif task == SEARCH:
        search(P, S, number, wide)
    elif task == SERVE:
        return 1 if serve_now(P, S, number) else 0
    elif task == ALLOWED:
        return 1 if allowed_at(P, S, visits[0], number, visits[1], visits[2]) else 0
    return 0
