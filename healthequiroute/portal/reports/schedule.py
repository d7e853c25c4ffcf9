"""When a report is made next. Times are civil times in Europe/London; what is kept is the instant."""

from datetime import date, datetime, time, timedelta

from routing.civil_time import LONDON, instant_or_later

from ..models import Cadence

WEEK = timedelta(days=7)


def next_run(*, cadence: str, weekday: int, month_day: int, hour: int, after: datetime) -> datetime | None:
    """The first instant (UTC) after `after` that the schedule names; None for a report made by hand alone.

    On the night on which the clocks go forward, an hour that does not exist is the one after it; on the night on which
    they go back, the first of two counts, so that each day has one time.
    """
    if cadence == Cadence.BY_HAND:
        return None
    day = after.astimezone(LONDON).date()
    day = _weekday_from(day, weekday) if cadence == Cadence.WEEKLY else _month_day_from(day, month_day)
    found = instant_or_later(day, time(hour))
    while found <= after:
        day = day + WEEK if cadence == Cadence.WEEKLY else _month_day_from(day + timedelta(days=1), month_day)
        found = instant_or_later(day, time(hour))
    return found


def next_run_of(report, after: datetime) -> datetime | None:
    return next_run(
        cadence=report.cadence,
        weekday=report.weekday,
        month_day=report.month_day,
        hour=report.hour,
        after=after,
    )


def _weekday_from(day: date, weekday: int) -> date:
    """The first day from `day` on that is this day of the week."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _month_day_from(day: date, month_day: int) -> date:
    """The first day from `day` on that is this day of a month (1 to 28, so that each month has it)."""
    if day.day <= month_day:
        return day.replace(day=month_day)
    first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first_of_next.replace(day=month_day)
