"""One leg of a route: a drive between two stops that breaks may interrupt. All times in seconds.

A break that must be taken at a stop is taken before setting off or after arriving: a drive that would still be under
way when it starts is driven wholly after it.
"""

from .problem import Break


def drive(leave, travel, pauses):
    """State after the breaks of a leg at stated times: (free from, seconds left to drive, arrival or None).

    `pauses`: (start, end, may interrupt a drive) in order, none starting before `leave`.
    """
    clock, left, arrival = leave, travel, None
    for start, end, interrupts in pauses:
        if arrival is None and clock + left <= start:
            arrival, left = clock + left, 0
        if arrival is None:
            left = left - max(0, start - clock) if interrupts else travel
        clock = max(clock, end)
    return clock, left, arrival


def arrive_earliest(leave, travel, pauses):
    """Earliest arrival when leaving at `leave`, and when the person is free there: both breaks and drive done."""
    if not pauses:
        return leave + travel, leave + travel
    clock, left, arrival = drive(leave, travel, pauses)
    return (clock + left, clock + left) if arrival is None else (arrival, clock)


def depart_latest(start, travel, pauses):
    """Latest departure from the start place for service at `start`, with breaks at stated times (as in
    arrive_earliest).
    """
    clock, left = start, travel
    for pause_start, pause_end, interrupts in reversed(pauses):
        if clock - pause_end >= left:
            return clock - left
        left = left - max(0, clock - pause_end) if interrupts else travel
        clock = min(clock, pause_start)
    return clock - left


def take_break(clock, left, travel, pause: Break):
    """Ways to take a break as early as possible with `left` of `travel` seconds still to drive.

    A list of (start of the break, free from, seconds left to drive), the best for a leg without further breaks first.
    """
    if pause.place != "stop":
        start = _earliest_in(pause, clock)
        return [] if start is None else [(start, start + pause.duration, max(0, left - (start - clock)))]
    ways = []
    after, before = _earliest_in(pause, clock + left), _earliest_in(pause, clock)
    if after is not None:
        ways.append((after, after + pause.duration, 0))
    if before is not None and travel:
        ways.append((before, before + pause.duration, travel))
    return ways


def _earliest_in(pause, clock):
    """The earliest start from `clock` on in a window of the break, or None."""
    return min((max(clock, opens) for opens, closes in pause.windows if clock <= closes), default=None)
