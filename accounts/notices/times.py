"""When an email may go: the person's hour and quiet hours are civil time in Europe/London, across clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..models.notifications import EmailCadence

LONDON = ZoneInfo("Europe/London")


def instant(day: date, clock: time) -> datetime:
    """That civil time as an instant (UTC). An hour that the clocks skip means the first moment after it; one that
    comes twice means the first of the two.
    """
    local = datetime.combine(day, clock, tzinfo=LONDON)
    back = local.astimezone(UTC).astimezone(LONDON)
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        # Clocks go on at 01:00 GMT: the full hour that is skipped, read with the offset before, is that very moment.
        local = local.replace(minute=0, second=0, microsecond=0)
    return local.astimezone(UTC)


def next_digest(cadence: str, now: datetime, hour: int, weekday: int = 0) -> datetime:
    """The first time after `now` at which a digest of that cadence goes out. `weekday`: Monday is 0."""
    day = now.astimezone(LONDON).date()
    while True:
        due = instant(day, time(hour))
        if due > now and (cadence == EmailCadence.DAILY or day.weekday() == weekday):
            return due
        day += timedelta(days=1)


def after_quiet(moment: datetime, quiet_from: time | None, quiet_until: time | None) -> datetime:
    """Itself, or the end of the quiet hours that it falls into. They may go over midnight."""
    if quiet_from is None or quiet_until is None:
        return moment
    local = moment.astimezone(LONDON)
    clock = local.time().replace(tzinfo=None)
    if quiet_from < quiet_until:
        is_quiet, ends_on = quiet_from <= clock < quiet_until, local.date()
    else:
        is_quiet = clock >= quiet_from or clock < quiet_until
        ends_on = local.date() + timedelta(days=1 if clock >= quiet_from else 0)
    return max(moment, instant(ends_on, quiet_until)) if is_quiet else moment
