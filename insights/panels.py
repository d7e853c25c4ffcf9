"""Published monthly activity as panels: the months of every series of one measure and kind of organisation."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

import numpy as np
from django.db.models import Max
from numpy.typing import NDArray

from insights.forecasting import LEAST_MONTHS, Panel
from insights.months import YEAR, first_day, month_number
from lsoa.models import ActivitySeries, ActivityValue

# A series that stopped more than a year before the newest published month has ended: nothing is expected of it.
CLOSED_AFTER = 12
# Ten years: what was before says nothing about the next half year, and costs time.
MOST_MONTHS = 120


@dataclass(frozen=True)
class Group:
    """Series that are forecast together. `ends`: months of the panel up to the last observed one, per series.

    left_out: reason -> number of series of the group that are not in it
    """

    measure: str
    organisation_kind: str
    series: list
    panel: Panel
    first: int
    ends: NDArray[np.intp]
    datasets: frozenset
    left_out: dict[str, int]

    def month(self, column: int) -> date:
        """First day of a column's month."""
        return first_day(self.first + column)

    def digest(self) -> bytes:
        """Changes with any figure, month or series."""
        names = f"{self.measure}|{self.organisation_kind}|{self.first}|{'|'.join(map(str, self.series))}"
        return sha256(names.encode() + np.ascontiguousarray(self.panel.values).tobytes()).digest()


def newest_month() -> int | None:
    """The newest month of open monthly activity in force, as its number; None without any."""
    newest = _values().aggregate(newest=Max("period"))["newest"]
    return None if newest is None else month_number(newest)


def _values():
    return ActivityValue.objects.published().filter(
        series__interval=ActivitySeries.Interval.MONTH, value__isnull=False, value__gte=0
    )


def groups(newest: int) -> Iterator[tuple[str, str, Group | None, dict[str, int]]]:
    """Measure, kind of organisation, their group (None when no series can be forecast) and what was left out, in order.

    One query for each. Where two datasets in force give the same month, the best figure is read.
    """
    kinds = ActivitySeries.objects.filter(interval=ActivitySeries.Interval.MONTH).order_by(
        "measure", "organisation_kind"
    )
    for measure, kind in kinds.values_list("measure", "organisation_kind").distinct():
        rows = (
            _values()
            .filter(series__measure=measure, series__organisation_kind=kind)
            .best()
            .values_list("series_id", "period", "value", "dataset_id")
        )
        group, left_out = _group(measure, kind, list(rows), newest)
        yield measure, kind, group, left_out


def _group(measure: str, kind: str, rows: list[tuple], newest: int) -> tuple[Group | None, dict[str, int]]:
    """rows: (series, first day of the month, value, dataset), by series and month. newest: a month's number."""
    if not rows:
        return None, {}
    ids, periods, values, datasets = zip(*rows, strict=True)
    names = list(dict.fromkeys(ids))
    place = {pk: row for row, pk in enumerate(names)}
    row, month = np.array([place[pk] for pk in ids]), np.array([month_number(period) for period in periods])
    last, observed = np.zeros(len(names), dtype=int), np.bincount(row, minlength=len(names))
    np.maximum.at(last, row, month)
    closed = last < newest - CLOSED_AFTER
    short = ~closed & (observed < LEAST_MONTHS)
    left_out = {"closed": int(closed.sum()), "too_short": int(short.sum())}
    keep = ~(closed | short)
    if not keep.any():
        return None, left_out
    start, stop = max(month[keep[row]].min(), last[keep].max() + 1 - MOST_MONTHS), last[keep].max() + 1
    table = np.full((len(names), stop - start), np.nan)
    inside = (month >= start) & (month < stop)
    table[row[inside], month[inside] - start] = np.array(values)[inside]
    read = frozenset(pk for pk, one in zip(datasets, row, strict=True) if keep[one])
    series = [name for name, is_kept in zip(names, keep, strict=True) if is_kept]
    panel = Panel(table[keep], int(start % YEAR))
    return Group(measure, kind, series, panel, int(start), last[keep] + 1 - start, read, left_out), left_out
