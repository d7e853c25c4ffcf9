"""Which visits to take out, compiled: close together, alike in place and time, linked, late, dear, at random.

Strings of neighbouring stops follow Christiaens and Vanden Berghe (2020), likeness Shaw (1998), dear and random
removal Ropke and Pisinger (2006).
"""

from .columns import (
    BEFORE,
    BUNDLE,
    COUNT,
    FIRST,
    HALVES,
    HOME,
    LATE,
    LATE_COST,
    LOCATION,
    NEXT,
    ROWS,
    START,
    WHO,
)
from .compiled import inlined, part
from .drawing import below, draw

STRINGS, ALIKE, LINKED, TARDY, DEAR, RANDOM, WHOLE_DAY = range(7)
# Shares of the ways to choose.
SHARES = (0.5, 0.12, 0.1, 0.12, 0.05, 0.05, 0.06)
MEAN_REMOVED = 10.0
LONGEST_STRING = 10.0
KEEP_MIDDLE = 0.5  # share of strings that leave some stops in their middle


@inlined
def choose(day, state, room, chance):
    """Marks visits in room.out."""
    room.out[:] = False
    if len(day.visits) == 0:
        return
    seed = below(chance, len(day.visits))
    share, how = draw(chance), 0
    while how < WHOLE_DAY and share >= SHARES[how]:
        share -= SHARES[how]
        how += 1
    amount = 1 + int(draw(chance) * 2 * MEAN_REMOVED)
    if how == TARDY:
        seed = _tardy(day, state, chance, seed)
    if how in (STRINGS, TARDY):
        _strings(day, state, room, chance, seed, False)
    elif how == LINKED:
        _strings(day, state, room, chance, seed, True)
    elif how == ALIKE:
        _alike(day, state, room, chance, seed, amount)
    elif how == DEAR:
        _dear(day, state, room, chance, amount)
    elif how == RANDOM:
        for _ in range(amount):
            _mark(day, room, below(chance, len(day.visits)))
    else:
        _whole_day(day, state, room, chance)
    nothing = True
    for visit in range(len(day.visits)):
        nothing &= not room.out[visit]
    if nothing:
        _mark(day, room, seed)


@part
def _mark(day, room, visit):
    """A visit goes with all that must be served together with it."""
    bundle = day.visits[visit, BUNDLE]
    for i in range(day.member_from[bundle], day.member_from[bundle + 1]):
        room.out[day.members[i]] = True


@inlined
def _strings(day, state, room, chance, seed, linked):
    """Strings of stops around a visit, on its own route and on those near it; linked: also around its partners."""
    total = used = 0
    for person in range(len(day.staff)):
        total += state.routes[person, COUNT]
        used += state.routes[person, COUNT] > 0
    longest = min(LONGEST_STRING, total / max(1, used))
    most = 4.0 * MEAN_REMOVED / (1.0 + longest) - 1.0
    strings = int(draw(chance) * most + 1.0)
    room.ruined[:] = False
    if linked:
        for visit in range(len(day.visits)):
            if day.cluster[visit] == day.cluster[seed]:
                _mark(day, room, visit)
                strings -= _string_of(day, state, room, chance, visit, longest)
    for rank in range(day.near.shape[1]):
        if strings <= 0:
            return
        strings -= _string_of(day, state, room, chance, day.near[seed, rank], longest)


@part
def _string_of(day, state, room, chance, visit, longest):
    """A string around each half of a visit, on routes not yet ruined; returns the number of strings."""
    strings, first = 0, day.visits[visit, FIRST]
    for task in range(first, first + day.visits[visit, HALVES]):
        person = state.nodes[task, WHO]
        if person >= 0 and not room.ruined[person]:
            room.ruined[person] = True
            _string(day, state, room, chance, task, person, longest)
            strings += 1
    return strings


@inlined
def _string(day, state, room, chance, task, person, longest):
    count = state.routes[person, COUNT]
    length = 1 + int(draw(chance) * min(float(count), longest))
    length = min(length, count)
    middle = 0
    if length < count and draw(chance) < KEEP_MIDDLE:
        middle = 1
        while length + middle < count and draw(chance) < KEEP_MIDDLE:
            middle += 1
    node, back = task, below(chance, length + middle)
    while back > 0 and state.nodes[node, BEFORE] < len(day.task_visit):
        node = state.nodes[node, BEFORE]
        back -= 1
    hole = 1 + below(chance, length)
    for i in range(length + middle):
        if node >= len(day.task_visit):
            return
        if not middle or i < hole or i >= hole + middle:
            _mark(day, room, day.task_visit[node])
        node = state.nodes[node, NEXT]


@inlined
def _tardy(day, state, chance, seed):
    """A late visit, the later the likelier; `seed` where nothing is late."""
    total = 0.0
    for task in range(len(day.task_visit)):
        if state.nodes[task, WHO] >= 0:
            total += state.nodes[task, LATE]
    share = draw(chance) * total
    for task in range(len(day.task_visit)):
        if state.nodes[task, WHO] >= 0 and state.nodes[task, LATE]:
            share -= state.nodes[task, LATE]
            if share < 0:
                return day.task_visit[task]
    return seed


@inlined
def _alike(day, state, room, chance, seed, amount):
    """Visits near in place and start to one already chosen."""
    _mark(day, room, seed)
    chosen = seed
    for _ in range(amount):
        best, least = -1, 0.0
        for rank in range(day.near.shape[1]):
            other = day.near[chosen, rank]
            task = day.visits[other, FIRST]
            if room.out[other] or state.nodes[task, WHO] < 0:
                continue
            apart = day.seconds[day.visits[chosen, LOCATION], day.visits[other, LOCATION]]
            began = state.nodes[day.visits[chosen, FIRST], START]
            if state.nodes[day.visits[chosen, FIRST], WHO] >= 0:
                apart += abs(began - state.nodes[task, START])
            unlike = apart * (0.5 + draw(chance))
            if best < 0 or unlike < least:
                best, least = other, unlike
        if best < 0:
            return
        _mark(day, room, best)
        if draw(chance) < 0.5:
            chosen = best


@inlined
def _dear(day, state, room, chance, amount):
    """Stops with the longest way round and the dearest lateness."""
    tasks = len(day.task_visit)
    for _ in range(amount):
        best, most = -1, 0.0
        for task in range(tasks):
            person, visit = state.nodes[task, WHO], day.task_visit[task]
            if person < 0 or room.out[visit]:
                continue
            here, rows = day.visits[visit, LOCATION], day.staff[person, ROWS]
            before, after = state.nodes[task, BEFORE], state.nodes[task, NEXT]
            there = day.visits[day.task_visit[before], LOCATION] if before < tasks else day.staff[person, HOME]
            onward = day.visits[day.task_visit[after], LOCATION] if after < tasks else there
            saved = day.cost[rows + there, here] + day.cost[rows + here, onward] - day.cost[rows + there, onward]
            saved += state.nodes[task, LATE] * day.prices[visit, LATE_COST]
            saved *= draw(chance)
            if best < 0 or saved > most:
                best, most = visit, saved
        if best < 0:
            return
        _mark(day, room, best)


@inlined
def _whole_day(day, state, room, chance):
    """All visits of one person, short days likelier."""
    best, least = -1, 0.0
    for person in range(len(day.staff)):
        if state.routes[person, COUNT]:
            weight = state.routes[person, COUNT] * draw(chance)
            if best < 0 or weight < least:
                best, least = person, weight
    if best < 0:
        return
    node = state.nodes[len(day.task_visit) + best, NEXT]
    while node < len(day.task_visit):
        _mark(day, room, day.task_visit[node])
        node = state.nodes[node, NEXT]
