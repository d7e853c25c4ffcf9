"""When somebody should look at a round. Pure rules: a round and a moment go in, alerts come out.

late_visit  nobody has arrived although the window has closed, or, without a window, `late` after the planned start;
            or the day runs late and by the forecast nobody will have arrived in the window
not_heard   a person who works alone gave no sign of life for `not_heard` after the next one was due
not_back    the round is not finished `not_back` after the planned return
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .day_forecast import RoundState, forecast

LATE_VISIT, NOT_HEARD, NOT_BACK = "late_visit", "not_heard", "not_back"
# By so much a forecast may be wrong. Set by judgement.
FORECAST_MARGIN = timedelta(minutes=5)


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
    ahead = [stop for stop in state.open_stops if state.of(stop.visit).arrived_at is None]
    found = {Alert(LATE_VISIT, stop.visit) for stop in ahead if now > latest_start(stop, patience)}
    found |= {Alert(LATE_VISIT, visit) for visit in foreseen_late(state, now)}
    if works_alone and now > next_sign_due(state) + patience.not_heard:
        found.add(Alert(NOT_HEARD))
    if now > state.returns_at + patience.not_back:
        found.add(Alert(NOT_BACK))
    return found


def foreseen_late(state: RoundState, now: datetime) -> list[Hashable]:
    """Visits that nobody has arrived at and that will begin after their window by the forecast, in expected order. One
    without a window is promised no time: it is late once it is. Nothing is foreseen of who recorded nothing yet.
    """
    if state.free_at is None and state.here is None:
        return []
    closes = {stop.visit: stop.closes_at for stop in state.open_stops if state.of(stop.visit).arrived_at is None}
    return [
        each.visit
        for each in forecast(state, now).visits
        if closes.get(each.visit) is not None and each.starts_at > closes[each.visit] + FORECAST_MARGIN
    ]


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
