"""When somebody should look at a round. Pure rules: a round and a moment go in, alerts come out.

late_visit  nobody has arrived although the window has closed, or, without a window, `late` after the planned start
not_heard   a person who works alone gave no sign of life for `not_heard` after the next one was due
not_back    the round is not finished `not_back` after the planned return
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .day_forecast import RoundState

LATE_VISIT, NOT_HEARD, NOT_BACK = "late_visit", "not_heard", "not_back"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait before somebody is told."""

    late: timedelta
    not_heard: timedelta
    not_back: timedelta


@dataclass(frozen=True, slots=True)
class Alert:
    """`visit`: which one is late; None for the others."""

    kind: str
    visit: Hashable | None = None


def alerts_of(state: RoundState, *, works_alone: bool, now: datetime, patience: Patience) -> set[Alert]:
    """What should be open at `now`; what is not in the answer any more is over. A finished round has none."""
    if state.finished_at is not None:
        return set()
    found = {
        Alert(LATE_VISIT, stop.visit)
        for stop in state.open_stops
        if state.of(stop.visit).arrived_at is None and now > latest_start(stop, patience)
    }
    if works_alone and now > next_sign_due(state) + patience.not_heard:
        found.add(Alert(NOT_HEARD))
    if now > state.returns_at + patience.not_back:
        found.add(Alert(NOT_BACK))
    return found


def latest_start(stop, patience: Patience) -> datetime:
    """A visit inside its window is in time, whatever the plan said."""
    return stop.closes_at or stop.starts_at + patience.late


def next_sign_due(state: RoundState) -> datetime:
    """When the person should have been heard of next: at the end of the visit they are at, on arrival at the next, at
    the end of the way back; before they have begun, at the planned departure. Never before the last sign of life.
    """
    if not state.has_begun:
        return state.departs_at
    here, open_stops = state.here, state.open_stops
    if here is not None:
        due = state.of(here.visit).arrived_at + here.service
    elif open_stops:
        due = _arrival(state, open_stops[0])
    else:
        due = (state.free_at or state.heard_at) + state.way_back
    return max(due, state.heard_at)


def _arrival(state, stop) -> datetime:
    """By drive and break after the last place, or as planned where that is later."""
    before = state.stops[: state.stops.index(stop)]
    pause = before[-1].service if before and before[-1].visit is None else timedelta()
    return max((state.free_at or state.heard_at) + pause + stop.drive, stop.arrives_at)
