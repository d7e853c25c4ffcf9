"""Where a visit costs least, with exact tests in constant time for each place."""

import math
from pathlib import Path

from .chance import draw
from .columns import (
    BASE_NEAR,
    BLINK,
    BREAK_CLOSES,
    BREAK_LENGTH,
    BREAK_OPENS,
    CAPACITY,
    CLOSES,
    COUNT,
    DAY,
    DEMAND,
    DISLIKE,
    DROVE,
    EARLIEST_ARRIVAL,
    EARLY,
    EARLY_PENDING,
    FAR,
    KIND,
    LATE,
    LATE_PENDING,
    LATEST_DEPARTURE,
    LEG_COST,
    LEG_TIME,
    LENGTH_AFTER,
    LENGTH_BEFORE,
    LOAD,
    MAY_NOT,
    MAY_UNLIKED,
    MOST_DRIVE,
    MOST_LENGTH,
    MOST_VISITS,
    NEXT,
    OPENS,
    PLACE,
    PREVIOUS,
    SERVICE,
)
from .compilation import compiler

kernel = compiler(Path(__file__).parent)

# The share of places that an insertion overlooks, so that it is not always the same ones (0.01 in the paper).
OVERLOOKED = 0.01


@kernel(part=True)
def fits(stop, visit, person, v, k, p, q, there, onward):
    """Whether the times of day k allow visit v between stops p and q, `there` and `onward` seconds of driving away."""
    opens, closes, service = visit[v, OPENS], visit[v, CLOSES], visit[v, SERVICE]
    pending, taken = stop[p, EARLY_PENDING], stop[p, EARLY]
    arrive = taken + there
    if pending < FAR:
        break_opens, break_closes = person[k, BREAK_OPENS], person[k, BREAK_CLOSES]
        break_length = person[k, BREAK_LENGTH]
        if pending <= break_closes:
            arrive = min(arrive, max(pending + there, break_opens) + break_length)
        if pending + there <= closes:
            leave = max(pending + there, opens) + service
            if leave + onward <= stop[q, LATE_PENDING]:
                return True
            if leave <= break_closes and max(leave + onward, break_opens) + break_length <= stop[q, LATE]:
                return True
    return arrive <= closes and max(arrive, opens) + service + onward <= stop[q, LATE]


@kernel(part=True)
def length_with(stop, visit, v, p, q, there, onward):
    """The least length of the day with visit v between stops p and q, where its times allow it."""
    opens, closes, service = visit[v, OPENS], visit[v, CLOSES], visit[v, SERVICE]
    reach, latest = stop[p, LENGTH_BEFORE] + there, stop[p, LATEST_DEPARTURE]
    length = reach + service + max(0, opens - reach - latest) + onward
    latest = min(latest, closes - reach)
    return length + max(0, stop[q, EARLIEST_ARRIVAL] - length - latest) + stop[q, LENGTH_AFTER]


@kernel(part=True)
def has_room(P, S, v, k):
    """Whether day k may have visit v, times aside."""
    return (
        P.may[v, k] != MAY_NOT
        and S.day[k, COUNT] < P.person[k, MOST_VISITS]
        and S.day[k, LOAD] + P.visit[v, DEMAND] <= P.person[k, CAPACITY]
    )


@kernel(part=True)
def is_allowed(P, S, v, k, p, q):
    """Whether visit v can stand between stops p and q of day k, which has room for it."""
    stop, person = S.stop, P.person
    there, onward = P.time_to[v, stop[p, PLACE]], P.time[v, stop[q, PLACE]]
    if not fits(stop, P.visit, person, v, k, p, q, there, onward):
        return False
    if S.day[k, DROVE] + there + onward - stop[p, LEG_TIME] > person[k, MOST_DRIVE]:
        return False
    if person[k, MOST_LENGTH] >= FAR:
        return True
    return length_with(stop, P.visit, v, p, q, there, onward) <= person[k, MOST_LENGTH]


@kernel(inner=True)
def allowed_at(P, S, v, k, p, q):
    """Whether visit v may be put between stops p and q of day k, by all the rules."""
    return has_room(P, S, v, k) and is_allowed(P, S, v, k, p, q)


@kernel(part=True)
def overlooks(S):
    """Whether chance overlooks this place: one draw for all the places until the next one overlooked."""
    S.number[BLINK] -= 1
    if S.number[BLINK] >= 0:
        return False
    S.number[BLINK] = int(math.log(1.0 - draw(S.chance)) / math.log(1.0 - OVERLOOKED))
    return True


@kernel(inner=True)
def in_day(P, S, v, k, cheapest, after):
    """The cheapest place for visit v in day k, where cheaper than `cheapest`: (cost, stop before it), else as given."""
    stop, end = S.stop, len(P.visit) + len(P.person) + k
    cost, cost_to = P.cost[v], P.cost_to[v]
    extra = P.visit[v, DISLIKE] if P.may[v, k] == MAY_UNLIKED else 0
    closes = P.visit[v, CLOSES]
    p = len(P.visit) + k
    while p != end:
        if min(stop[p, EARLY_PENDING], stop[p, EARLY]) > closes:
            break
        q = stop[p, NEXT]
        added = cost_to[stop[p, PLACE]] + cost[stop[q, PLACE]] - stop[p, LEG_COST] + extra
        if added < cheapest and not overlooks(S) and is_allowed(P, S, v, k, p, q):
            cheapest, after = added, p
        p = q
    return cheapest, after


@kernel(part=True)
def at(P, S, v, p, cheapest):
    """What visit v costs right after stop p (no end), where that is allowed and cheaper than `cheapest`; else that."""
    stop = S.stop
    k = stop[p, DAY]
    q = stop[p, NEXT]
    added = P.cost_to[v, stop[p, PLACE]] + P.cost[v, stop[q, PLACE]] - stop[p, LEG_COST]
    if added >= cheapest or not has_room(P, S, v, k) or overlooks(S):
        return cheapest
    if P.may[v, k] == MAY_UNLIKED:
        added += P.visit[v, DISLIKE]
    if added < cheapest and is_allowed(P, S, v, k, p, q):
        return added
    return cheapest


@kernel(inner=True)
def near_visits(P, S, v, cheapest):
    """The cheapest place for visit v beside the visits near it: (cost, stop before it or -1)."""
    stop, after = S.stop, -1
    for i in range(P.into.shape[1]):
        p = P.into[v, i]
        if p < 0:
            break
        if stop[p, DAY] >= 0:
            added = at(P, S, v, p, cheapest)
            if added < cheapest:
                cheapest, after = added, p
    for i in range(P.onward.shape[1]):
        q = P.onward[v, i]
        if q < 0:
            break
        if stop[q, DAY] >= 0:
            p = stop[q, PREVIOUS]
            added = at(P, S, v, p, cheapest)
            if added < cheapest:
                cheapest, after = added, p
    if P.visit[v, BASE_NEAR] > 0:
        n, m = len(P.visit), len(P.person)
        for k in range(m):
            if S.day[k, COUNT] > 0:
                for p in (n + k, stop[n + m + k, PREVIOUS]):
                    added = at(P, S, v, p, cheapest)
                    if added < cheapest:
                        cheapest, after = added, p
    return cheapest, after


@kernel(inner=True)
def in_empty_day(P, S, v, cheapest):
    """The cheapest empty day for visit v: (cost, its start or -1). One person of each kind is tried."""
    n, m, after = len(P.visit), len(P.person), -1
    S.kind_tried[0] += 1
    turn = S.kind_tried[0]
    for k in range(m):
        kind = P.person[k, KIND]
        if S.day[k, COUNT] > 0 or S.kind_tried[kind + 1] == turn:
            continue
        S.kind_tried[kind + 1] = turn
        added = P.cost_to[v, S.stop[n + k, PLACE]] + P.cost[v, S.stop[n + m + k, PLACE]]
        if added >= cheapest or not has_room(P, S, v, k):
            continue
        if P.may[v, k] == MAY_UNLIKED:
            added += P.visit[v, DISLIKE]
        if added < cheapest and is_allowed(P, S, v, k, n + k, n + m + k):
            cheapest, after = added, n + k
    return cheapest, after


@kernel(inner=True)
def cheapest_place(P, S, v, cheapest, wide, farther):
    """The stop after which visit v costs least, below `cheapest`, or -1. Unless `wide`, near visits are tried first,
    and all days only where there is no place beside them and one `farther` is looked for.
    """
    after = -1
    if not wide:
        cheapest, after = near_visits(P, S, v, cheapest)
    if after < 0 and (wide or farther):
        for k in range(len(P.person)):
            if S.day[k, COUNT] > 0 and has_room(P, S, v, k):
                cheapest, after = in_day(P, S, v, k, cheapest, after)
    cheapest, start = in_empty_day(P, S, v, cheapest)
    return start if start >= 0 else after
