"""A last look at unserved visits: none may be left that could simply be added, or put in for one of a lower tier."""

from pathlib import Path

from .columns import ABLE, BLINK, COUNT, DAY, FAR, MAY_NOT, NEXT, PRICE, RANK, TOTAL, USED
from .compilation import compiler
from .days import insert, is_feasible, mark_changed, remove, take_back
from .insertion import cheapest_place, has_room, in_day, in_empty_day
from .steps import next_step

kernel = compiler(Path(__file__).parent)


@kernel(inner=True)
def serve_now(P, S, v):
    """Serves the unserved visit v if it can be added, or take the place of one of a lower rank in that person's day;
    the lowest rank first. Returns whether it is served now.
    """
    if P.visit[v, ABLE] == 0:
        return False
    S.number[BLINK] = FAR
    next_step(S)
    after = cheapest_place(P, S, v, P.visit[v, PRICE], True, True)
    if after >= 0:
        insert(P, S, v, S.stop[after, DAY], after)
        mark_changed(S)
        return True
    rank = P.visit[v, RANK]
    highest = rank
    for u in range(len(P.visit)):
        if S.stop[u, DAY] >= 0:
            highest = max(highest, P.visit[u, RANK])
    for lower in range(highest, rank, -1):
        for k in range(len(P.person)):
            if S.day[k, COUNT] > 0 and P.may[v, k] != MAY_NOT and _for_another(P, S, v, k, lower):
                mark_changed(S)
                return True
    return False


@kernel(inner=True)
def _for_another(P, S, v, k, rank):
    """Puts visit v into day k for one of this rank, if that is allowed."""
    n = len(P.visit)
    u = S.stop[n + k, NEXT]
    while u < n:
        following = S.stop[u, NEXT]
        if P.visit[u, RANK] == rank:
            total, used = S.number[TOTAL], S.number[USED]
            next_step(S)
            remove(P, S, u)
            if is_feasible(P, S, k) and has_room(P, S, v, k):
                if S.day[k, COUNT] > 0:
                    _, after = in_day(P, S, v, k, P.visit[v, PRICE], -1)
                else:
                    _, after = in_empty_day(P, S, v, P.visit[v, PRICE])
                if after >= 0:
                    insert(P, S, v, S.stop[after, DAY], after)
                    return True
            take_back(P, S, total, used)
        u = following
    return False
