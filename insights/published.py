"""Published figures of series, month by month, as forecasts and pages read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from insights.months import month_after
from lsoa.models import ActivityValue


@dataclass(frozen=True)
class Published:
    """One figure; `value` None: `reason` says why (lsoa.models.MissingReason)."""

    value: float | None
    reason: str | None
    dataset_id: UUID


def months_of(series: Iterable, since: date) -> dict[object, dict[date, Published]]:
    """Series (by key) -> first day of the month -> figure, from `since` on, the best one of each month."""
    rows = ActivityValue.objects.published().best().filter(series__in=list(series), period__gte=since)
    found: dict[object, dict[date, Published]] = {}
    for key, period, *figure in rows.values_list("series_id", "period", "value", "missing_reason", "dataset_id"):
        found.setdefault(key, {})[period] = Published(*figure)
    return found


def run_of(months: dict[date, Published], first: date, number: int) -> list[float | None]:
    """Figures of so many months from the first on, None where there is none."""
    found = (months.get(month_after(first, k)) for k in range(number))
    return [each.value if each else None for each in found]


def total(values: Iterable[float | None]) -> float | None:
    """None where a month has no figure: a sum of fewer months would pass for less."""
    values = list(values)
    return None if any(value is None for value in values) else sum(values)
