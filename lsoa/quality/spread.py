"""How figures are spread, as counts of areas between equal steps."""

from collections import defaultdict
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection

from lsoa.models import Dataset, Indicator, Vintage

STEPS = 12
# Whole numbers of at most as many values (deciles, classes) are counted one by one: equal steps cut them unevenly.
MOST_VALUES = 24
REMEMBERED_SECONDS = 24 * 60 * 60

OF_DATASET = """
WITH figure AS (
    SELECT v.indicator_id, v.value FROM lsoa_indicatorvalue v JOIN lsoa_area a ON a.id = v.area_id
    WHERE v.dataset_id = %(dataset)s AND v.value IS NOT NULL AND a.vintage = %(vintage)s
      AND (%(only)s::bigint IS NULL OR v.indicator_id = %(only)s)
),
ends AS (
    SELECT indicator_id, min(value) AS low, max(value) AS high,
           bool_and(value = trunc(value)) AND max(value) - min(value) < %(values)s AS whole
    FROM figure GROUP BY indicator_id
)
SELECT i.code, ends.low, ends.high, ends.whole,
       CASE WHEN ends.whole THEN (v.value - ends.low)::int + 1
            WHEN ends.high > ends.low
            THEN least(width_bucket(v.value, ends.low, ends.high, %(steps)s), %(steps)s) ELSE 1 END AS step,
       count(*)
FROM figure v
JOIN ends ON ends.indicator_id = v.indicator_id
JOIN lsoa_indicator i ON i.id = v.indicator_id
GROUP BY i.code, ends.low, ends.high, ends.whole, step
"""


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


def spread_by_indicator(dataset: Dataset, indicator: Indicator | None = None) -> dict[str, Spread]:
    """Of every indicator of a dataset (or of one) over areas of 2021, over those of 2011 where it has no others.

    Remembered: a loaded dataset does not change, apart from what is carried over to areas of 2021.
    """
    carried = sum(row.get("areas", 0) for row in _carried(dataset))
    key = f"spread-of-steps:{dataset.pk}:{indicator.pk if indicator else ''}:{carried}"
    return cache.get_or_set(key, lambda: _read(dataset, indicator), REMEMBERED_SECONDS)


def _carried(dataset) -> list[dict]:
    rows = dataset.quality.get("carried", {})
    return [row for row in rows.values() if isinstance(row, dict)] if isinstance(rows, dict) else []


def _read(dataset, indicator) -> dict[str, Spread]:
    for vintage in (Vintage.CENSUS_2021, Vintage.CENSUS_2011):
        found = _read_vintage(dataset, indicator, vintage)
        if found:
            return found
    return {}


def _read_vintage(dataset, indicator, vintage) -> dict[str, Spread]:
    counts: dict[tuple, dict[int, int]] = defaultdict(dict)
    only = indicator.pk if indicator else None
    with connection.cursor() as cursor:
        limits = {"steps": STEPS, "values": MOST_VALUES}
        cursor.execute(OF_DATASET, limits | {"dataset": dataset.pk, "only": only, "vintage": vintage})
        for code, low, high, whole, step, areas in cursor.fetchall():
            counts[code, low, high, whole][step] = areas
    return {
        code: Spread(low, high, tuple(by_step.get(step + 1, 0) for step in range(_steps(low, high, whole))), whole)
        for (code, low, high, whole), by_step in counts.items()
    }


def _steps(low, high, whole) -> int:
    if whole:
        return round(high - low) + 1
    return STEPS if high > low else 1
