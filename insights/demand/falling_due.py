"""When people on a caseload fall due over the weeks ahead."""

from dataclasses import dataclass
from datetime import date, timedelta

from routing.caseload import due_date


@dataclass(frozen=True, slots=True)
class Recurring:
    """A visit that comes again every `interval_days`. `booked_until`: the last day on which one is booked; None: none.
    `minutes` of staff at the door; `most_days_late`: None for no limit.
    """

    next_due: date
    interval_days: int
    minutes: float
    most_days_late: int | None = None
    booked_until: date | None = None
    skills: frozenset[str] = frozenset()


def falls_due(entry: Recurring, today: date, first: date, last: date) -> list[date]:
    """Days from `first` to `last` on which a visit is due that nobody has booked yet.

    Who is overdue is taken to be seen today, everybody else on the day due; the next interval counts from there, and
    from the last booked visit where there is one. Weekends and bank holidays bring a day forward (`routing.caseload`).
    """
    if entry.booked_until is not None:
        due = due_date(entry.booked_until, entry.interval_days)
    else:
        due = due_date(entry.next_due - timedelta(days=entry.interval_days), entry.interval_days)
    days, due = [], max(due, today)
    while due <= last:
        if due >= first:
            days.append(due)
        due = max(due + timedelta(days=1), due_date(due, entry.interval_days))
    return days
