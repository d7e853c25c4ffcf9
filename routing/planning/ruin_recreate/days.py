"""Days as linked stops with their earliest and latest times: adding and removing visits, and taking changes back.

Each stop carries two earliest times to leave and two latest times to arrive, one with the break still to come and one
with it taken, so that whether a visit fits between two stops is known from these two stops alone.
"""

from pathlib import Path

from .columns import (
    ABSENT,
    BREAK_CLOSES,
    BREAK_LENGTH,
    BREAK_OPENS,
    CHANGED,
    CHANGES,
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
    HAS_BREAK,
    LATE,
    LATE_PENDING,
    LATEST_DEPARTURE,
    LEG_COST,
    LEG_TIME,
    LENGTH_AFTER,
    LENGTH_BEFORE,
    LOAD,
    MAY_UNLIKED,
    MOST_DRIVE,
    MOST_LENGTH,
    NEXT,
    OPENS,
    PLACE,
    PREVIOUS,
    PRICE,
    SERVICE,
    SHIFT_CLOSES,
    SHIFT_OPENS,
    STEP,
    STOP_WIDTH,
    TOTAL,
    TOUCHED,
    TOUCHED_AT,
    USED,
    WAY,
)
from .compilation import compiler

kernel = compiler(Path(__file__).parent)


@kernel(inner=True)
def forward(P, S, k, node, settled):
    """Earliest times of day k from `node` on; ends early at or after `settled` where nothing changes any more."""
    stop, visit, person = S.stop, P.visit, P.person
    last = len(visit) + len(person) + k
    limited = person[k, MOST_LENGTH] < FAR
    break_opens, break_closes, break_length = person[k, BREAK_OPENS], person[k, BREAK_CLOSES], person[k, BREAK_LENGTH]
    before = stop[node, PREVIOUS]
    pending, taken = stop[before, EARLY_PENDING], stop[before, EARLY]
    may_end = False
    while True:
        travel = stop[before, LEG_TIME]
        x0, x1 = FAR, FAR
        if taken < FAR:
            x1 = taken + travel
        if pending < FAR:
            x0 = pending + travel
            if pending <= break_closes:
                x1 = min(x1, max(x0, break_opens) + break_length)
        if node == last:
            opens, closes, service = -FAR, person[k, SHIFT_CLOSES], 0
        else:
            opens, closes, service = visit[node, OPENS], visit[node, CLOSES], visit[node, SERVICE]
        pending = max(x0, opens) + service if x0 <= closes else FAR
        taken = max(x1, opens) + service if x1 <= closes else FAR
        may_end = may_end or node == settled
        same = may_end and pending == stop[node, EARLY_PENDING] and taken == stop[node, EARLY]
        stop[node, EARLY_PENDING], stop[node, EARLY] = pending, taken
        if limited:
            before_length, latest = stop[before, LENGTH_BEFORE], stop[before, LATEST_DEPARTURE]
            reach = before_length + travel
            length = reach + service + max(0, opens - reach - latest)
            latest = min(latest, closes - reach)
            same = same and length == stop[node, LENGTH_BEFORE] and latest == stop[node, LATEST_DEPARTURE]
            stop[node, LENGTH_BEFORE], stop[node, LATEST_DEPARTURE] = length, latest
        if node == last or same:
            return
        before = node
        node = stop[node, NEXT]


@kernel(inner=True)
def backward(P, S, k, node, settled):
    """Latest times of day k from `node` back to the first visit; ends early at or before `settled`."""
    stop, visit, person = S.stop, P.visit, P.person
    first = len(visit) + k
    limited = person[k, MOST_LENGTH] < FAR
    break_opens, break_closes, break_length = person[k, BREAK_OPENS], person[k, BREAK_CLOSES], person[k, BREAK_LENGTH]
    after = stop[node, NEXT]
    pending, taken = stop[after, LATE_PENDING], stop[after, LATE]
    may_end = False
    while node != first:
        travel = stop[node, LEG_TIME]
        opens, closes, service = visit[node, OPENS], visit[node, CLOSES], visit[node, SERVICE]
        leave = -FAR
        if pending > -FAR:
            leave = pending - travel
        if break_closes > -FAR and taken > -FAR and break_opens + break_length <= taken:
            leave = max(leave, min(break_closes, taken - break_length - travel))
        pending = min(closes, leave - service) if leave > -FAR else -FAR
        taken = min(closes, taken - travel - service) if taken > -FAR else -FAR
        pending = pending if pending >= opens else -FAR
        taken = taken if taken >= opens else -FAR
        may_end = may_end or node == settled
        same = may_end and pending == stop[node, LATE_PENDING] and taken == stop[node, LATE]
        stop[node, LATE_PENDING], stop[node, LATE] = pending, taken
        if limited:
            reach = service + travel
            waits = max(0, stop[after, EARLIEST_ARRIVAL] - reach - closes)
            length = reach + stop[after, LENGTH_AFTER] + waits
            earliest = max(stop[after, EARLIEST_ARRIVAL] - reach, opens) - waits
            same = same and length == stop[node, LENGTH_AFTER] and earliest == stop[node, EARLIEST_ARRIVAL]
            stop[node, LENGTH_AFTER], stop[node, EARLIEST_ARRIVAL] = length, earliest
        if same:
            return
        after = node
        node = stop[node, PREVIOUS]


@kernel(inner=True)
def clear(P, S, k):
    """Makes day k empty, with the times of its start and end."""
    stop, person = S.stop, P.person
    n, m = len(P.visit), len(person)
    start, end = n + k, n + m + k
    stop[start, NEXT], stop[end, PREVIOUS] = end, start
    stop[start, LEG_COST] = stop[start, LEG_TIME] = 0
    has_break = person[k, HAS_BREAK] > 0
    stop[start, EARLY_PENDING] = person[k, SHIFT_OPENS] if has_break else FAR
    stop[start, EARLY] = FAR if has_break else person[k, SHIFT_OPENS]
    stop[start, LENGTH_BEFORE], stop[start, LATEST_DEPARTURE] = 0, FAR
    stop[end, LATE_PENDING], stop[end, LATE] = -FAR, person[k, SHIFT_CLOSES]
    stop[end, LENGTH_AFTER], stop[end, EARLIEST_ARRIVAL] = 0, -FAR
    forward(P, S, k, end, end)


@kernel(inner=True)
def is_feasible(P, S, k):
    """Whether day k keeps its times and limits (an empty one always does)."""
    if S.day[k, COUNT] == 0:
        return True
    end = len(P.visit) + len(P.person) + k
    if S.stop[end, EARLY] >= FAR or S.day[k, DROVE] > P.person[k, MOST_DRIVE]:
        return False
    return P.person[k, MOST_LENGTH] >= FAR or S.stop[end, LENGTH_BEFORE] <= P.person[k, MOST_LENGTH]


@kernel(inner=True)
def touch(P, S, k):
    """Keeps day k as it is now, once in a step, so that the step can be taken back."""
    if S.day[k, TOUCHED_AT] == S.number[STEP]:
        return
    S.day[k, TOUCHED_AT] = S.number[STEP]
    S.touched[S.number[TOUCHED]] = k
    S.number[TOUCHED] += 1
    for column in range(DROVE + 1):
        S.day_kept[k, column] = S.day[k, column]
    node, end = len(P.visit) + k, len(P.visit) + len(P.person) + k
    while True:
        for column in range(STOP_WIDTH):
            S.kept[node, column] = S.stop[node, column]
        if node == end:
            return
        node = S.stop[node, NEXT]


@kernel(inner=True)
def leave_out(S, v):
    S.stop[v, DAY] = -1
    S.absent[S.number[ABSENT]] = v
    S.absent_at[v] = S.number[ABSENT]
    S.number[ABSENT] += 1


@kernel(inner=True)
def take_in(S, v, k):
    S.stop[v, DAY] = k
    S.number[ABSENT] -= 1
    at, other = S.absent_at[v], S.absent[S.number[ABSENT]]
    S.absent[at] = other
    S.absent_at[other] = at
    S.absent_at[v] = -1


@kernel(inner=True)
def _joined(P, S, k, p, q):
    """Sets the leg from stop p to stop q of day k; returns what it adds to the cost."""
    stop, cost, time = S.stop, 0, 0
    if S.day[k, COUNT] > 0:
        if p < len(P.visit):
            cost, time = P.cost[p, stop[q, PLACE]], P.time[p, stop[q, PLACE]]
        else:
            cost, time = P.cost_to[q, stop[p, PLACE]], P.time_to[q, stop[p, PLACE]]
    stop[p, NEXT], stop[q, PREVIOUS] = q, p
    stop[p, LEG_COST], stop[p, LEG_TIME] = cost, time
    S.day[k, DROVE] += time
    return cost


@kernel(inner=True)
def insert(P, S, v, k, p):
    """Puts visit v into day k after stop p, and brings the day's times up to date."""
    touch(P, S, k)
    stop, day = S.stop, S.day
    q = stop[p, NEXT]
    stop[v, PLACE] = P.person[k, WAY] + v
    S.number[USED] += day[k, COUNT] == 0
    day[k, COUNT] += 1
    day[k, LOAD] += P.visit[v, DEMAND]
    day[k, DROVE] -= stop[p, LEG_TIME]
    change = -stop[p, LEG_COST] - P.visit[v, PRICE]
    change += _joined(P, S, k, p, v)
    change += _joined(P, S, k, v, q)
    if P.may[v, k] == MAY_UNLIKED:
        change += P.visit[v, DISLIKE]
    S.number[TOTAL] += change
    take_in(S, v, k)
    forward(P, S, k, v, q)
    backward(P, S, k, v, p)


@kernel(inner=True)
def unlink(P, S, v):
    """Takes visit v out of its (touched) day. The day's times are left for the caller to bring up to date."""
    stop, day = S.stop, S.day
    k, p, q = stop[v, DAY], stop[v, PREVIOUS], stop[v, NEXT]
    day[k, COUNT] -= 1
    S.number[USED] -= day[k, COUNT] == 0
    day[k, LOAD] -= P.visit[v, DEMAND]
    day[k, DROVE] -= stop[p, LEG_TIME] + stop[v, LEG_TIME]
    change = P.visit[v, PRICE] - stop[p, LEG_COST] - stop[v, LEG_COST]
    change += _joined(P, S, k, p, q)
    if P.may[v, k] == MAY_UNLIKED:
        change -= P.visit[v, DISLIKE]
    S.number[TOTAL] += change
    leave_out(S, v)


@kernel(inner=True)
def remove(P, S, v):
    """Takes visit v out of its day, and brings the day's times up to date."""
    k, p, q = S.stop[v, DAY], S.stop[v, PREVIOUS], S.stop[v, NEXT]
    touch(P, S, k)
    unlink(P, S, v)
    forward(P, S, k, q, q)
    backward(P, S, k, p, p)


@kernel(inner=True)
def take_back(P, S, total, used):
    """Undoes everything since the step began."""
    n, m = len(P.visit), len(P.person)
    for i in range(S.number[TOUCHED]):
        k = S.touched[i]
        node = S.stop[n + k, NEXT]
        while node < n:
            leave_out(S, node)
            node = S.stop[node, NEXT]
    for i in range(S.number[TOUCHED]):
        k = S.touched[i]
        for column in range(DROVE + 1):
            S.day[k, column] = S.day_kept[k, column]
        node = n + k
        while True:
            for column in range(STOP_WIDTH):
                S.stop[node, column] = S.kept[node, column]
            if node < n:
                take_in(S, node, k)
            if node == n + m + k:
                break
            node = S.stop[node, NEXT]
    S.number[TOTAL], S.number[USED] = total, used


@kernel(inner=True)
def mark_changed(S):
    """Notes which days a step that stands has changed."""
    for i in range(S.number[TOUCHED]):
        k = S.touched[i]
        if S.day[k, CHANGED] == 0:
            S.day[k, CHANGED] = 1
            S.changes[S.number[CHANGES]] = k
            S.number[CHANGES] += 1
