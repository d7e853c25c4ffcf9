"""Breaks on one leg of a route, compiled: the same rules as routing/planning/legs.py."""

from .columns import ANYWHERE, BREAK_WINDOWS, LENGTH, NEVER
from .compiled import inlined, part

PERMUTED = 3  # as in timetable: up to so many breaks are tried in every order
SPENT, LEFT, MASK, STARTS = range(4)  # columns of a way: free from, seconds left to drive, breaks taken, their starts


@part
def first_in(day, person, pause, clock):
    """The earliest start of a break from `clock` on; NEVER where its windows are over."""
    best = NEVER
    for w in range(day.breaks[person, pause, BREAK_WINDOWS]):
        if clock <= day.pauses[person, pause, w, 1]:
            best = min(best, max(clock, day.pauses[person, pause, w, 0]))
    return best


@inlined
def ways_to_drive(day, ways, person, count, clock, taken, travel):
    """Fills `ways` with all ways to drive a leg: without and with the breaks still to be taken. Returns their
    number.
    """
    ways[0, SPENT], ways[0, LEFT], ways[0, MASK] = clock, travel, taken
    for b in range(count):
        ways[0, STARTS + b] = NEVER
    total, at = 1, 0
    while at < total:
        for b in range(count):
            if ways[at, MASK] >> b & 1 or (count > PERMUTED and _later_taken(ways, at, b, count)):
                continue
            spent, left = ways[at, SPENT], ways[at, LEFT]
            length = day.breaks[person, b, LENGTH]
            if day.breaks[person, b, ANYWHERE]:
                start = first_in(day, person, b, spent)
                if start < NEVER:
                    total = _add(ways, total, at, b, count, start, length, max(0, left - (start - spent)))
                continue
            start = first_in(day, person, b, spent + left)
            if start < NEVER:
                total = _add(ways, total, at, b, count, start, length, 0)
            if travel:
                start = first_in(day, person, b, spent)
                if start < NEVER:
                    total = _add(ways, total, at, b, count, start, length, travel)
        at += 1
    return total


@inlined
def _later_taken(ways, at, b, count):
    """Whether a break listed after `b` was taken on this leg already."""
    found = False
    for other in range(b + 1, count):
        found |= ways[at, STARTS + other] < NEVER
    return found


@part
def _add(ways, total, at, b, count, start, length, left):
    if total >= len(ways):
        return total
    for other in range(count):
        ways[total, STARTS + other] = ways[at, STARTS + other]
    ways[total, SPENT], ways[total, LEFT] = start + length, left
    ways[total, MASK] = ways[at, MASK] | 1 << b
    ways[total, STARTS + b] = start
    return total + 1


@part
def next_pause(starts, count, after, rank):
    """The break that starts first after (start, index) = (after, rank); -1 where there is none."""
    best = -1
    for b in range(count):
        later = starts[b] > after or (starts[b] == after and b > rank)
        if starts[b] < NEVER and later and (best < 0 or starts[b] < starts[best]):
            best = b
    return best


@part
def pause_before(starts, count, before, rank):
    """The break that starts last before (start, index) = (before, rank); -1 where there is none."""
    best = -1
    for b in range(count):
        sooner = starts[b] < before or (starts[b] == before and b < rank)
        if starts[b] < NEVER and sooner and (best < 0 or starts[b] >= starts[best]):
            best = b
    return best


@inlined
def arrival(day, person, starts, count, leave, travel):
    """Earliest arrival with the breaks of a leg at stated starts."""
    clock, left = leave, travel
    b = next_pause(starts, count, -NEVER, -1)
    while b >= 0:
        if clock + left <= starts[b]:
            return clock + left
        left = left - max(0, starts[b] - clock) if day.breaks[person, b, ANYWHERE] else travel
        clock = max(clock, starts[b] + day.breaks[person, b, LENGTH])
        b = next_pause(starts, count, starts[b], b)
    return clock + left


@inlined
def departure(day, person, starts, count, start, travel):
    """Latest departure for service at `start` with the breaks of the leg at stated starts."""
    clock, left = start, travel
    b = pause_before(starts, count, NEVER, count)
    while b >= 0:
        ends = starts[b] + day.breaks[person, b, LENGTH]
        if clock - ends >= left:
            return clock - left
        left = left - max(0, clock - ends) if day.breaks[person, b, ANYWHERE] else travel
        clock = min(clock, starts[b])
        b = pause_before(starts, count, starts[b], b)
    return clock - left
