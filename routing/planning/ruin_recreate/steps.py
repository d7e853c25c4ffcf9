"""The steps of the search: ruin, recreate, accept or take back; and the first plan."""

import math
from pathlib import Path

from .chance import below, draw
from .columns import (
    ABLE,
    ABSENT,
    BEST,
    CHANGED,
    CHANGES,
    CLOSES,
    COOLING,
    DAY,
    DEMAND,
    FOUND,
    NEXT,
    OPENS,
    PREVIOUS,
    PRICE,
    RANK,
    RANKS,
    RETRIED,
    SERVICE,
    STEP,
    TEMPERATURE,
    TOTAL,
    TOUCHED,
    USED,
)
from .compilation import compiler
from .days import clear, insert, is_feasible, leave_out, mark_changed, remove, take_back
from .insertion import cheapest_place, has_room, in_empty_day, is_allowed
from .ruin import ruin

kernel = compiler(Path(__file__).parent)

# How often the change is made around an unserved visit, and how often an unused person's day is opened for it.
AROUND_UNSERVED = 0.15
OPENING = 0.3
# How often the most urgent come first whatever the order, where there are tiers or required visits.
URGENT_FIRST = 0.7


@kernel(inner=True)
def begin(P, S):
    """Empties all days; everything is unserved."""
    for k in range(len(P.person)):
        clear(P, S, k)
        S.day[k, CHANGED] = 1
        S.changes[k] = k
    S.number[CHANGES] = len(P.person)
    for v in range(len(P.visit)):
        leave_out(S, v)
        S.number[TOTAL] += P.visit[v, PRICE]
    S.number[BEST] = S.number[TOTAL]


@kernel(inner=True)
def next_step(S):
    S.number[STEP] += 1
    S.number[TOUCHED] = S.number[RETRIED] = 0


@kernel(inner=True)
def follow_day(P, S, k, visits):
    """Puts visits in this order at the end of day k, leaving out those that do not fit. Returns how many were left out.

    Where only the whole order is feasible, but not a part of it, the whole is taken.
    """
    end = len(P.visit) + len(P.person) + k
    missing = 0
    next_step(S)
    for v in visits:
        if not has_room(P, S, v, k):
            missing += 1
            continue
        insert(P, S, v, k, S.stop[end, PREVIOUS])
    if not is_feasible(P, S, k):
        while S.stop[len(P.visit) + k, NEXT] != end:
            remove(P, S, S.stop[len(P.visit) + k, NEXT])
        missing = 0
        for v in visits:
            if has_room(P, S, v, k) and is_allowed(P, S, v, k, S.stop[end, PREVIOUS], end):
                insert(P, S, v, k, S.stop[end, PREVIOUS])
            else:
                missing += 1
    mark_changed(S)
    return missing


@kernel(inner=True)
def fill(P, S, order, wide):
    """Serves unserved visits in this order, each where it costs least, where that is less than its price."""
    for v in order:
        if S.absent_at[v] < 0 or P.visit[v, ABLE] == 0:
            continue
        next_step(S)
        after = cheapest_place(P, S, v, P.visit[v, PRICE], wide, True)
        if after >= 0:
            insert(P, S, v, S.stop[after, DAY], after)
            mark_changed(S)
    keep_best(P, S)


@kernel(inner=True)
def keep_best(P, S):
    """Copies the plan as the best one: only the days that have changed since."""
    n, m = len(P.visit), len(P.person)
    S.number[BEST] = S.number[TOTAL]
    S.number[FOUND] += 1
    for i in range(S.number[CHANGES]):
        k = S.changes[i]
        S.day[k, CHANGED] = 0
        node = n + k
        while node != n + m + k:
            S.best_next[node] = S.stop[node, NEXT]
            node = S.stop[node, NEXT]
    S.number[CHANGES] = 0


@kernel(inner=True)
def sort_retried(P, S):
    """Puts the visits to be put in again in an order: by chance, longest work, highest price, narrowest window,
    farthest from or nearest to a base; in each, urgent ones often first.
    """
    visit, chance, count = P.visit, S.chance, S.number[RETRIED]
    way = draw(chance)
    urgent = S.number[RANKS] > 1 and draw(chance) < URGENT_FIRST
    for i in range(count):
        v, r = S.retried[i], draw(chance)
        if way < 0.34:
            key = r
        elif way < 0.5:
            key = -(visit[v, SERVICE] * P.unit[0] + visit[v, DEMAND] * P.unit[1]) * (1 + 0.2 * r)
        elif way < 0.62:
            key = -float(visit[v, PRICE]) * (1 + 0.3 * r)
        elif way < 0.78:
            key = float(visit[v, CLOSES] - visit[v, OPENS]) * (1 + 0.1 * r)
        elif way < 0.92:
            key = -P.far[v]
        else:
            key = P.far[v]
        rank = visit[v, RANK] if urgent else 0
        j = i
        while j > 0 and (S.rank[j - 1] > rank or (S.rank[j - 1] == rank and S.key[j - 1] > key)):
            S.rank[j], S.key[j], S.retried[j] = S.rank[j - 1], S.key[j - 1], S.retried[j - 1]
            j -= 1
        S.rank[j], S.key[j], S.retried[j] = rank, key, v


@kernel(inner=True)
def open_day(P, S, v):
    """Gives visit v to an unused person whatever it costs, for others to follow."""
    _, start = in_empty_day(P, S, v, 1 << 60)
    if start >= 0:
        insert(P, S, v, S.stop[start, DAY], start)


@kernel(inner=True)
def change(P, S, wide):
    """Ruins and recreates the plan around one visit."""
    n, chance = len(P.visit), S.chance
    next_step(S)
    seed, opening = below(chance, n), False
    if S.number[ABSENT] > 0 and draw(chance) < AROUND_UNSERVED:
        seed = S.absent[below(chance, S.number[ABSENT])]
        opening = S.number[USED] < len(P.person) and P.visit[seed, ABLE] > 0 and draw(chance) < OPENING
    ruin(P, S, seed)
    if opening:
        open_day(P, S, seed)
    sort_retried(P, S)
    for i in range(S.number[RETRIED]):
        v = S.retried[i]
        if S.absent_at[v] < 0:
            continue
        after = cheapest_place(P, S, v, P.visit[v, PRICE], wide, S.retried_at[v] > 0)
        if after >= 0:
            insert(P, S, v, S.stop[after, DAY], after)


@kernel(inner=True)
def search(P, S, steps, wide):
    """So many steps of the search at falling temperature; the best plan is kept in `best_next`."""
    for _ in range(steps):
        total, used = S.number[TOTAL], S.number[USED]
        change(P, S, wide)
        worse = S.number[TOTAL] - total
        S.heat[TEMPERATURE] *= S.heat[COOLING]
        if worse <= 0 or worse < -S.heat[TEMPERATURE] * math.log(1.0 - draw(S.chance)):
            mark_changed(S)
            if S.number[TOTAL] < S.number[BEST]:
                keep_best(P, S)
        else:
            take_back(P, S, total, used)
