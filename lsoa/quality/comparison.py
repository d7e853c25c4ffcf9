"""Two releases of one indicator, area by area."""

from dataclasses import dataclass

import numpy as np
from django.core.cache import cache
from django.db import connection

from lsoa.models import Dataset, Indicator, Vintage

# An area jumped when its change lies further from the median change than three scaled median absolute deviations
# (Leys et al. 2013, Journal of Experimental Social Psychology 49: 764-766) ...
JUMP_DEVIATIONS = 3.0
# the factor makes the median absolute deviation estimate a standard deviation (same paper, page 765) ...
MAD_SCALE = 1.4826
# and further than a quarter of the interquartile range of the release before: in releases that hardly differ the
# deviation is nearly nought, and every tenth of a point would be a jump.
JUMP_LEAST_SHARE_OF_SPREAD = 0.25
REMEMBERED_SECONDS = 24 * 60 * 60
MOST_SHOWN = 20

# Only what was published is compared, area by area of the same code. Where the vintages differ, codes that stand for
# the same ground (unchanged) alone are comparable.
PAIRS = """
SELECT now.code, now.name, figure_before.value, figure.value
FROM lsoa_indicatorvalue figure
JOIN lsoa_area now ON now.id = figure.area_id AND now.vintage = %(vintage)s
JOIN lsoa_area before ON before.code = now.code AND before.vintage = %(vintage_before)s
JOIN lsoa_indicatorvalue figure_before ON figure_before.area_id = before.id
     AND figure_before.dataset_id = %(before)s AND figure_before.indicator_id = %(indicator)s
WHERE figure.dataset_id = %(after)s AND figure.indicator_id = %(indicator)s
  AND figure.value IS NOT NULL AND figure_before.value IS NOT NULL
  AND (%(vintage)s = %(vintage_before)s OR EXISTS (
       SELECT FROM lsoa_areachange change
       WHERE change.code_2011 = now.code AND change.code_2021 = now.code AND change.kind = 'U'))
ORDER BY now.code
"""


@dataclass(frozen=True)
class Jump:
    """An area whose figure changed far more than that of others; all in the indicator's unit."""

    code: str
    name: str
    before: float
    after: float

    @property
    def change(self) -> float:
        return self.after - self.before


@dataclass(frozen=True)
class Comparison:
    """How a release differs from the one before over comparable areas; all figures in the indicator's unit."""

    areas: int
    median_before: float
    median_after: float
    mean_before: float
    mean_after: float
    spread_before: float
    threshold: float
    jumped: int
    jumps: tuple[Jump, ...]
    unchanged: int

    @property
    def share_jumped(self) -> float:
        return self.jumped / self.areas if self.areas else 0.0

    @property
    def shift(self) -> float:
        """How far the median moved, in interquartile ranges of the release before; 0 when that range is nought and
        nothing moved, infinite when it is nought and something did."""
        moved = abs(self.median_after - self.median_before)
        if self.spread_before:
            return moved / self.spread_before
        return float("inf") if moved else 0.0


def datasets_giving(code: str, organisation=None) -> list[Dataset]:
    """Loaded datasets that hold the indicator, the one that comes first in force first; never rolled-back ones."""
    found = Dataset.objects.visible_to(organisation).exclude(state=Dataset.State.ROLLED_BACK)
    rows = found.filter(quality__indicators__has_key=code).select_related("loaded_by")
    return sorted(
        sorted(rows, key=lambda row: (row.release, -row.standing, row.loaded_at), reverse=True),
        key=lambda row: (not row.is_pinned, row.state != Dataset.State.CURRENT),
    )


def release_before(dataset: Dataset, code: str) -> Dataset | None:
    """The release of the same indicator, extent and owner that came before, of the same publication if possible."""
    candidates = [
        row
        for row in datasets_giving(code, dataset.organisation)
        if row.pk != dataset.pk
        and row.release < dataset.release
        and row.extent == dataset.extent
        and row.organisation_id == dataset.organisation_id
        and (row.standing == Dataset.Standing.SYNTHETIC) == (dataset.standing == Dataset.Standing.SYNTHETIC)
    ]
    return max(
        candidates,
        key=lambda row: (row.publication == dataset.publication, row.release, -row.standing, row.loaded_at),
        default=None,
    )


def compare(indicator: Indicator, before: Dataset, after: Dataset) -> Comparison | None:
    """The two releases side by side; None when no area is comparable. Remembered: what is loaded does not change."""
    key = f"comparison:{indicator.pk}:{before.pk}:{after.pk}"
    found = cache.get(key)
    if found is None:
        found = _compared(_pairs(indicator, before, after))
        if found is not None:
            cache.set(key, found, REMEMBERED_SECONDS)
    return found


def _pairs(indicator, before, after):
    question = {
        "indicator": indicator.pk,
        "before": before.pk,
        "after": after.pk,
        "vintage": after.vintage or Vintage.CENSUS_2021,
        "vintage_before": before.vintage or Vintage.CENSUS_2021,
    }
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, question)
        return cursor.fetchall()


def _compared(pairs) -> Comparison | None:
    if not pairs:
        return None
    before, after = np.array([pair[2:] for pair in pairs], dtype=float).T
    change = after - before
    low, high = np.percentile(before, [25, 75])
    deviation = MAD_SCALE * float(np.median(np.abs(change - np.median(change))))
    threshold = max(JUMP_DEVIATIONS * deviation, JUMP_LEAST_SHARE_OF_SPREAD * float(high - low))
    distance = np.abs(change - np.median(change))
    jumped = (distance > threshold) & (change != 0)
    order = np.argsort(-np.where(jumped, distance, -1), kind="stable")[: min(MOST_SHOWN, int(jumped.sum()))]
    return Comparison(
        areas=len(pairs),
        median_before=float(np.median(before)),
        median_after=float(np.median(after)),
        mean_before=float(before.mean()),
        mean_after=float(after.mean()),
        spread_before=float(high - low),
        threshold=threshold,
        jumped=int(jumped.sum()),
        jumps=tuple(Jump(*pairs[place]) for place in order),
        unchanged=int((change == 0).sum()),
    )
