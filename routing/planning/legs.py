"""One leg of a route: a drive between two stops that breaks may interrupt. All times in seconds."""

from .problem import Break


def arrive_earliest(leave, travel, pauses):
    """Earliest arrival and end of the last break, when leaving at `leave` with breaks at stated times.

    `pauses`: (start, end, may interrupt a drive) in order, none starting before `leave`. Returns (arrival, free from).
    """
    clock, left, arrival = leave, travel, None
    for start, end, interrupts in pauses:
        if arrival is None and clock + left <= start:
            arrival = clock + left
        if arrival is None and interrupts:
            left -= max(0, start - clock)
        clock = max(clock, end)
    if arrival is None:
        arrival = clock + left
    return arrival, max(arrival, clock)


def depart_latest(start, travel, pauses):
    """Latest departure from the start place for service at `start`, with breaks at stated times (as in arrive_earliest)."""
    clock, left = start, travel
    for pause_start, pause_end, interrupts in reversed(pauses):
        if clock - pause_end >= left:
            return clock - left
        if interrupts:
            left -= max(0, clock - pause_end)
        clock = min(clock, pause_start)
    return clock - left


def take_break(clock, left, pause: Break):
    """Takes a break as early as possible with `left` seconds still to drive. Returns (start, clock, left) or None if too late."""
    for opens, closes in sorted(pause.windows):
        if pause.place == "stop":
            # At the next stop when it can be reached in time, since that leaves everything open; else before driving on.
            start = max(clock + left, opens)
            if start <= closes:
                return start, start + pause.duration, 0
            start = max(clock, opens)
            if start <= closes:
                return start, start + pause.duration, left
        else:
            start = max(clock, opens)
            if start <= closes:
                return start, start + pause.duration, max(0, left - (start - clock))
    return None
