"""Ruin: strings of neighbouring visits are taken out of days that pass near one visit."""

from pathlib import Path

from .chance import below, draw
from .columns import (
    ABLE,
    ABSENT,
    COUNT,
    DAY,
    NEXT,
    PREVIOUS,
    REMOVED,
    RETRIED,
    STEP,
    TOUCHED_AT,
    USED,
)
from .compilation import compiler
from .days import backward, forward, is_feasible, touch, unlink

kernel = compiler(Path(__file__).parent)

# The longest string (as Christiaens and Vanden Berghe).
LONGEST_STRING = 10.0
# How often a string keeps some visits in its middle, and how often one more of them (0.5 and 0.01 in the paper).
SPLIT = 0.5
KEPT_MORE = 0.5
# Unserved visits among so many nearest of the change are tried again.
RETRIED_NEAR = 40


@kernel(inner=True)
def retry(P, S, v, sign):
    """Puts visit v on the list of those to be put in again, once in a step; sign -1: it was unserved before."""
    if abs(S.retried_at[v]) == S.number[STEP] or P.visit[v, ABLE] == 0:
        return
    S.retried_at[v] = sign * S.number[STEP]
    S.retried[S.number[RETRIED]] = v
    S.number[RETRIED] += 1


@kernel(inner=True)
def ruin(P, S, seed):
    """Takes strings out of days near visit `seed`, and lists what is to be put in again."""
    n = len(P.visit)
    unserved = S.number[ABSENT]
    served = n - unserved
    longest = min(LONGEST_STRING, served / max(1, S.number[USED]))
    most = 4.0 * S.heat[REMOVED] / (1.0 + longest) - 1.0
    strings = int(draw(S.chance) * most + 1.0)
    for i in range(P.near.shape[1]):
        v = P.near[seed, i]
        k = S.stop[v, DAY]
        if k < 0:
            if i < RETRIED_NEAR:
                retry(P, S, v, -1)
        elif strings > 0 and S.day[k, TOUCHED_AT] != S.number[STEP]:
            strings -= 1
            length = int(draw(S.chance) * min(float(S.day[k, COUNT]), longest) + 1.0)
            cut(P, S, v, k, min(length, S.day[k, COUNT]))
        if strings == 0 and (i >= RETRIED_NEAR or unserved == 0):
            break


@kernel(inner=True)
def cut(P, S, v, k, length):
    """Takes `length` visits around visit v out of day k, sometimes keeping a few in the middle of them."""
    touch(P, S, k)
    count = S.day[k, COUNT]
    kept = 0
    if length > 1 and length < count and draw(S.chance) < SPLIT:
        kept = 1
        while length + kept < count and draw(S.chance) < KEPT_MORE:
            kept += 1
    span = length + kept
    position = 0
    node = S.stop[v, PREVIOUS]
    while node < len(P.visit):
        position += 1
        node = S.stop[node, PREVIOUS]
    least, most = max(0, position - span + 1), min(position, count - span)
    begin = least + below(S.chance, most - least + 1)
    keep_from = 1 + below(S.chance, length - 1) if kept > 0 else span
    for _ in range(position - begin):
        v = S.stop[v, PREVIOUS]
    for _ in range(begin - position):
        v = S.stop[v, NEXT]
    before = S.stop[v, PREVIOUS]
    for i in range(span):
        following = S.stop[v, NEXT]
        if i < keep_from or i >= keep_from + kept:
            unlink(P, S, v)
            retry(P, S, v, 1)
        v = following
    forward(P, S, k, S.stop[before, NEXT], v)
    backward(P, S, k, S.stop[v, PREVIOUS], before)
    if not is_feasible(P, S, k):
        empty(P, S, k)


@kernel(inner=True)
def empty(P, S, k):
    """Takes everything out of a day whose times do not hold without the string (where a detour is quicker than the
    direct way).
    """
    start, end = len(P.visit) + k, len(P.visit) + len(P.person) + k
    while S.stop[start, NEXT] != end:
        v = S.stop[start, NEXT]
        unlink(P, S, v)
        retry(P, S, v, 1)
    forward(P, S, k, end, end)
