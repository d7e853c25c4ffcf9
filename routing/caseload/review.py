"""When a person on a caseload is due again, and how long a visit may be put off.

Intervals and limits are planning defaults set by judgement, shown beside every list made from them: no published source
ties them to a class of area. A clinician's decision about a person comes before any of them.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from routing.civil_time import LONDON, UTC, NoSuchTime, instant

from .working_days import EVERY_DAY, WEEKDAYS, Calendar

# Hours between visits by class 0 (routine) to 3 (urgent): 12, 6 and 2 weeks, 48 hours.
REVIEW_HOURS = (2016, 1008, 336, 48)
# Days by which a visit of each class may be put off at most.
LONGEST_DEFERRAL_DAYS = (28, 14, 3, 1)
# Who is seen more often than weekly is seen on any day of the week; the others wait for no weekend.
SHORTEST_MOVED_DAYS = 7


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a person: the day of the last visit, and since when a visit has been due that an approved plan
    left out. None: not known, or none.
    """

    last_done: date | None = None
    deferred_since: date | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """`on`: the civil day on which a visit falls (or fell) due."""

    on: date

    def days_until(self, day: date) -> int:
        """0 from the due day on."""
        return max(0, (self.on - day).days)

    def days_deferred(self, day: date) -> int:
        """Days by which it has been put off at `day`; 0 before and on the due day."""
        return max(0, (day - self.on).days)


def interval_days(priority: int, review_hours=REVIEW_HOURS) -> int:
    """Civil days between visits for a class, at least 1."""
    return max(1, round(review_hours[priority] / 24))


def calendar_for(interval: int, calendar: Calendar = WEEKDAYS) -> Calendar:
    """The days on which visits with this interval (days) fall due."""
    return EVERY_DAY if interval < SHORTEST_MOVED_DAYS else calendar


def due_date(last_done: date, interval: int, calendar: Calendar = WEEKDAYS) -> date:
    """The day of the next visit: after `interval` days, brought forward to a working day where that is none.

    Brought forward, since a review is due within its interval; where no working day lies between, the next one after.
    """
    return _moved(last_done + timedelta(days=interval), last_done, interval, calendar)


def next_due(
    day: date,
    interval: int,
    phase: int,
    history: History = History(),
    calendar: Calendar = WEEKDAYS,
) -> Due:
    """The visit that comes next for a person, seen on `day`.

    A visit that was put off comes first, since the day it fell due. Else it is due one interval after the last one. For
    somebody without either, on a cycle of their own: days whose proleptic ordinal is `phase` modulo `interval`.
    """
    if history.deferred_since is not None:
        return Due(history.deferred_since)
    if history.last_done is not None:
        return Due(due_date(history.last_done, interval, calendar))
    ordinary = day + timedelta(days=(phase - day.toordinal()) % interval)
    while True:
        moved = _moved(ordinary, ordinary - timedelta(days=interval), interval, calendar)
        if moved >= day:
            return Due(moved)
        ordinary += timedelta(days=interval)


def clinical_limit(due: date, priority: int, longest=LONGEST_DEFERRAL_DAYS, calendar: Calendar = WEEKDAYS) -> date:
    """The last day by which a visit of this class must be done: a working day of its calendar, never before `due`."""
    limit = due + timedelta(days=longest[priority])
    usual = calendar_for(interval_days(priority), calendar).on_or_before(limit)
    return max(due, usual)


def due_again_at(done: datetime, hours: int) -> datetime:
    """The instant (UTC) of a review `hours` after a visit at the instant `done`.

    Whole days keep the time of day in Europe/London, whatever the clocks do between; hours beyond them elapse. A time
    that the clocks jump over is an hour later on the clock.
    """
    days, rest = divmod(hours, 24)
    local = done.astimezone(LONDON)
    day, at = local.date() + timedelta(days=days), local.time().replace(fold=0)
    return _instant(day, at) + timedelta(hours=rest)


def _instant(day: date, at: time) -> datetime:
    try:
        return instant(day, at)
    except NoSuchTime:
        return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)


def _moved(ordinary, last_done, interval, calendar):
    calendar = calendar_for(interval, calendar)
    earlier = calendar.on_or_before(ordinary)
    return earlier if earlier > last_done else calendar.on_or_after(ordinary)
