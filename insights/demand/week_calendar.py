"""Weeks begin on Monday, in civil days of Europe/London."""

from datetime import date, datetime, timedelta

from routing.caseload import WEEKDAYS
from routing.civil_time import LONDON, instant_or_later

WEEKS_AHEAD = 6
WEEK = timedelta(days=7)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def first_whole_week(today: date) -> date:
    """The Monday of the first week that lies ahead whole: today where it is one, else the next."""
    return today + timedelta(days=-today.weekday() % 7)


def weeks_ahead(today: date, number: int = WEEKS_AHEAD) -> tuple[date, ...]:
    first = first_whole_week(today)
    return tuple(first + WEEK * ahead for ahead in range(number))


def working_days(monday: date) -> int:
    """Mondays to Fridays of the week that are no bank holiday, 1 at least: no week of England has five of them."""
    return max(1, sum(1 for _ in WEEKDAYS.between(monday, monday + timedelta(days=6))))


def so_many_weeks_before(now: datetime, weeks: int) -> datetime:
    """The instant (UTC) with the same weekday and time on the clock, whatever the clocks did between."""
    local = now.astimezone(LONDON)
    return instant_or_later(local.date() - WEEK * weeks, local.time().replace(microsecond=0))
