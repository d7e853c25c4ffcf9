"""When the rest of a round will happen, from what has happened so far. Pure: times go in, times come out.

A simple forecast: what is left is done in its planned order, drives and visits take as long as planned, and nobody
starts before a planned wait is over. It shifts later stops; it does not look for a better order.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """`visit`: None for the break. `drive`: to this stop. `closes_at`: latest start, None for any time."""

    visit: Hashable | None
    arrives_at: datetime
    starts_at: datetime
    leaves_at: datetime
    drive: timedelta = timedelta()
    closes_at: datetime | None = None

    @property
    def service(self) -> timedelta:
        return self.leaves_at - self.starts_at

    @property
    def waits_until(self) -> datetime | None:
        """When a planned wait at the door is over; None where none is planned."""
        return self.starts_at if self.starts_at > self.arrives_at else None


@dataclass(frozen=True, slots=True)
class Visited:
    """What is known of one visit: `finished_at` also where nobody opened."""

    arrived_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def is_settled(self) -> bool:
        return self.finished_at is not None


@dataclass(frozen=True, slots=True)
class RoundState:
    """One person's round at a moment. `heard_at`: the newest sign of life of any kind."""

    departs_at: datetime
    returns_at: datetime
    way_back: timedelta
    stops: Sequence[PlannedStop]
    visited: dict[Hashable, Visited]
    set_off_at: datetime | None = None
    finished_at: datetime | None = None
    heard_at: datetime | None = None

    @property
    def has_begun(self) -> bool:
        return self.heard_at is not None

    def of(self, visit) -> Visited:
        return self.visited.get(visit, Visited())

    @property
    def open_stops(self) -> list[PlannedStop]:
        """Visits that are not settled, in planned order."""
        return [stop for stop in self.stops if stop.visit is not None and not self.of(stop.visit).is_settled]

    @property
    def here(self) -> PlannedStop | None:
        """The visit that the person is at: the one arrived at last that is not settled."""
        there = [stop for stop in self.open_stops if self.of(stop.visit).arrived_at]
        return max(there, key=lambda stop: self.of(stop.visit).arrived_at, default=None)

    @property
    def free_at(self) -> datetime | None:
        """When the person was last known to leave a place; None where they have not set off yet."""
        left = [visited.finished_at for visited in self.visited.values() if visited.finished_at]
        known = [*left, *([self.set_off_at] if self.set_off_at else [])]
        return max(known, default=None)


@dataclass(frozen=True, slots=True)
class Expected:
    """Of a visit that is not settled."""

    visit: Hashable
    arrives_at: datetime
    starts_at: datetime
    leaves_at: datetime
    delay: timedelta


@dataclass(frozen=True, slots=True)
class Forecast:
    """`visits` in the order in which they are expected; `returns_at`: the end of the round."""

    visits: list[Expected]
    returns_at: datetime

    def of(self, visit) -> Expected | None:
        return next((each for each in self.visits if each.visit == visit), None)


def forecast(state: RoundState, now: datetime) -> Forecast:
    """What is left of the round, seen at `now`. Nothing is expected before `now`."""
    if state.finished_at is not None:
        return Forecast([], state.finished_at)
    free, expected = state.free_at or max(state.departs_at, now), []
    here = state.here
    if here is not None:
        arrived = state.of(here.visit).arrived_at
        free = max(arrived + here.service, now)
        expected.append(Expected(here.visit, arrived, arrived, free, arrived - here.starts_at))
    for stop in _still_to_come(state, here):
        if stop.visit is None:
            free += stop.service
            continue
        arrives = max(free + stop.drive, now)
        starts = max(arrives, stop.waits_until or arrives)
        expected.append(Expected(stop.visit, arrives, starts, starts + stop.service, starts - stop.starts_at))
        free = starts + stop.service
    return Forecast(expected, max(free + state.way_back, now))


def _still_to_come(state: RoundState, here) -> list[PlannedStop]:
    """Open visits but the present one, and breaks after the last place that the person has reached."""
    reached = [
        number for number, stop in enumerate(state.stops) if stop.visit is not None and state.of(stop.visit).arrived_at
    ]
    settled = [
        number for number, stop in enumerate(state.stops) if stop.visit is not None and state.of(stop.visit).is_settled
    ]
    last = max([*reached, *settled], default=-1)
    return [
        stop
        for number, stop in enumerate(state.stops)
        if (number > last if stop.visit is None else stop is not here and not state.of(stop.visit).is_settled)
    ]
