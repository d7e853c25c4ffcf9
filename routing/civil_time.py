"""Times of day in Europe/London and the instants they mean. Stored in UTC, planned and shown in local time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
UTC = ZoneInfo("UTC")


class NoSuchTime(ValueError):
    """The clocks jump over this time of day."""


def instant(day: date, at: time) -> datetime:
    """The instant (UTC) of a time of day. Of the two meanings in the repeated hour of autumn, the first.

    NoSuchTime for a time that the clocks jump over in spring.
    """
    local = datetime.combine(day, at, tzinfo=LONDON)
    moment = local.astimezone(UTC)
    if moment.astimezone(LONDON).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime(f"{at:%H:%M} does not exist on {day:%d %B %Y}: the clocks go forward")
    return moment


def instant_or_later(day: date, at: time) -> datetime:
    """As `instant`; a time that the clocks jump over is an hour later on the clock."""
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)


def day_start(day: date) -> datetime:
    """The first instant (UTC) of a civil day: second 0 of its planning problem."""
    return instant(day, time.min)


def seconds_into(day: date, moment: datetime) -> int:
    """Elapsed seconds since the day began; on clock-change days not the same as the time on the clock."""
    return round((moment - day_start(day)).total_seconds())


def moment_of(day: date, seconds: int) -> datetime:
    """The instant (UTC) that lies so many elapsed seconds after the day began."""
    return day_start(day) + timedelta(seconds=int(seconds))


def clock(moment: datetime) -> str:
    """Time of day for people, e.g. 14:05."""
    return moment.astimezone(LONDON).strftime("%H:%M")


def today() -> date:
    return datetime.now(LONDON).date()
