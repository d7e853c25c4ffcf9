"""Reads the figures that a model needs from the profiles of all areas, as arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lsoa.loading.profile import NO_SOURCE, REASONS
from lsoa.models import Area, Vintage
from lsoa.profiles import Columns, read_columns


@dataclass(frozen=True)
class ScoreInputs:
    """Figures of all areas, one row per area.

    areas         int64, primary keys, ascending by code
    is_synthetic  bool, fictional areas
    values        float64 (areas, indicators), NaN where there is none
    pattern       int64, row of `sources` that tells where an area's figures come from
    sources       per pattern {"datasets": {indicator: dataset id}, "missing": {indicator: reason}}
    """

    indicators: tuple[str, ...]
    areas: NDArray[np.int64]
    is_synthetic: NDArray[np.bool_]
    values: NDArray[np.float64]
    pattern: NDArray[np.int64]
    sources: list[dict]

    @property
    def dataset_ids(self) -> list[str]:
        """Datasets behind the indicators that were read, each once."""
        found = {source["datasets"].get(code) for source in self.sources for code in self.indicators}
        return sorted(found - {None})


def read_inputs(indicators: list[str], *, patch=None) -> ScoreInputs:
    """Return the figures of `indicators` for all areas of the current vintage, or for those of a patch."""
    columns = read_columns(indicators)
    areas = Area.objects.filter(vintage=Vintage.CENSUS_2021)
    if patch is not None:
        areas = areas.filter(patches=patch)
    rows = np.array(list(areas.order_by("code").values_list("pk", "is_synthetic")), dtype=np.int64).reshape(-1, 2)
    # Areas that came after the last refresh have no figures yet.
    rows = rows[np.isin(rows[:, 0], columns.area_ids)]
    places = np.searchsorted(columns.area_ids, rows[:, 0])
    pattern, sources = _patterns(indicators, columns, places)
    return ScoreInputs(
        indicators=tuple(indicators),
        areas=rows[:, 0].copy(),
        is_synthetic=rows[:, 1].astype(bool),
        values=columns.figures[places],
        pattern=pattern,
        sources=sources,
    )


def _patterns(indicators, columns: Columns, places) -> tuple[NDArray[np.int64], list[dict]]:
    """There are as many patterns of origin as combinations of files, not as many as areas."""
    pattern = np.zeros(len(places), dtype=np.int64)
    for place in range(len(indicators)):
        # A file and a reason in one number; sorting whole rows of the table took longer than the evaluation.
        origin = (columns.sources[places, place].astype(np.int64) - NO_SOURCE) * (len(REASONS) + 1)
        origin += columns.reasons[places, place]
        if len(origin) and (origin == origin[0]).all():
            continue
        known, number = np.unique(origin, return_inverse=True)
        # Renumbered each time, so that the number stays below areas times files.
        _, pattern = np.unique(pattern * len(known) + number.reshape(-1), return_inverse=True)
    _, first, pattern = np.unique(pattern, return_index=True, return_inverse=True)
    rows = places[first]
    origins = np.concatenate([columns.sources[rows], columns.reasons[rows].astype(np.int16)], axis=1)
    return pattern.reshape(-1).astype(np.int64), [_source(indicators, columns, row) for row in origins.tolist()]


def _source(indicators, columns: Columns, row: list[int]) -> dict:
    datasets, missing = {}, {}
    for place, code in enumerate(indicators):
        source, reason = row[place], row[len(indicators) + place]
        if source != NO_SOURCE:
            datasets[code] = columns.datasets[place][source]
        if reason:
            missing[code] = REASONS[reason - 1]
    return {"datasets": datasets, "missing": missing}
