"""How figures are spread, as counts of areas between equal steps."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection

from lsoa.models import Dataset, Indicator, Vintage

STEPS = 12
# Whole numbers of at most as many values (deciles, classes) are counted one by one: equal steps cut them unevenly.
MOST_VALUES = 24
REMEMBERED_SECONDS = 24 * 60 * 60

# The lowest and highest first: the figures are read twice from where they lie, which costs a third of keeping them in
# between.
OF_DATASET = """
WITH figure AS NOT MATERIALIZED (
    SELECT v.indicator_id, v.value FROM lsoa_indicatorvalue v {areas}
    WHERE v.dataset_id = %(dataset)s AND v.indicator_id = ANY(%(indicators)s) AND v.value IS NOT NULL
),
ends AS MATERIALIZED (
    SELECT indicator_id, min(value) AS low, max(value) AS high,
           bool_and(value = trunc(value)) AND max(value) - min(value) < %(values)s AS whole
    FROM figure GROUP BY indicator_id
)
SELECT v.indicator_id, ends.low, ends.high, ends.whole,
       CASE WHEN ends.whole THEN (v.value - ends.low)::int + 1
            WHEN ends.high > ends.low
            THEN least(width_bucket(v.value, ends.low, ends.high, %(steps)s), %(steps)s) ELSE 1 END AS step,
       count(*)
FROM figure v JOIN ends ON ends.indicator_id = v.indicator_id
GROUP BY v.indicator_id, ends.low, ends.high, ends.whole, step
"""
OF_VINTAGE = "JOIN lsoa_area a ON a.id = v.area_id AND a.vintage = %(vintage)s"


@dataclass(frozen=True)
class Spread:
    """Counts of areas in `STEPS` equal steps from `low` to `high`, in its unit (one step: all are equal); where
    `is_whole`, of every whole number from `low` to `high`."""

    low: float
    high: float
    counts: tuple[int, ...]
    is_whole: bool = False

    @property
    def areas(self) -> int:
        return sum(self.counts)

    def bounds(self, step: int) -> tuple[float, float]:
        """The edges of a step, both the same for a whole number."""
        if self.is_whole:
            return self.low + step, self.low + step
        width = (self.high - self.low) / len(self.counts)
        return self.low + step * width, self.low + (step + 1) * width


def spread_by_indicator(dataset: Dataset, indicators: Sequence[Indicator]) -> dict[str, Spread]:
    """Of these indicators of a dataset over areas of 2021, over those of 2011 where it has no others.

    Remembered: a loaded dataset does not change, apart from what is carried over to areas of 2021.
    """
    carried = sum(row.get("areas", 0) for row in _carried(dataset))
    known = {f"spread-of:{dataset.pk}:{row.pk}:{carried}": row for row in indicators}
    found = cache.get_many(known)
    unknown = {key: row for key, row in known.items() if key not in found}
    if unknown:
        read = _read(dataset, [row.pk for row in unknown.values()], is_mixed=bool(carried))
        # One without a figure is remembered too.
        found |= (fresh := {key: read.get(row.pk) for key, row in unknown.items()})
        cache.set_many(fresh, REMEMBERED_SECONDS)
    return {row.code: found[key] for key, row in known.items() if found.get(key) is not None}


def _carried(dataset) -> list[dict]:
    rows = dataset.quality.get("carried", {})
    return [row for row in rows.values() if isinstance(row, dict)] if isinstance(rows, dict) else []


def _read(dataset, indicators: list[int], *, is_mixed: bool) -> dict[int, Spread]:
    if dataset.vintage == Vintage.CENSUS_2021 and not is_mixed:
        # All its figures are of areas of 2021: none need be looked up.
        return _read_vintage(dataset, indicators, None)
    for vintage in (Vintage.CENSUS_2021, Vintage.CENSUS_2011):
        found = _read_vintage(dataset, indicators, vintage)
        if found:
            return found
    return {}


def _read_vintage(dataset, indicators, vintage) -> dict[int, Spread]:
    counts: dict[tuple, dict[int, int]] = defaultdict(dict)
    what = {"dataset": dataset.pk, "indicators": indicators, "vintage": vintage}
    with connection.cursor() as cursor:
        query = OF_DATASET.format(areas=OF_VINTAGE if vintage else "")
        cursor.execute(query, what | {"steps": STEPS, "values": MOST_VALUES})
        for key, low, high, whole, step, areas in cursor.fetchall():
            counts[key, low, high, whole][step] = areas
    return {
        key: Spread(low, high, tuple(by_step.get(step + 1, 0) for step in range(_steps(low, high, whole))), whole)
        for (key, low, high, whole), by_step in counts.items()
    }


def _steps(low, high, whole) -> int:
    if whole:
        return round(high - low) + 1
    return STEPS if high > low else 1
