"""Reads the figures that a model needs from the profiles of all areas, as arrays."""

import json
from dataclasses import dataclass

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from lsoa.models import Vintage

# jsonb is compared by hash: there are as many patterns of origin as combinations of files, not as many as areas.
_PATTERN = "p.origin_id # jsonb_hash_extended(p.missing, 1)"
_FROM = """
FROM lsoa_areaprofile p JOIN lsoa_area a ON a.id = p.area_id JOIN lsoa_profileorigin o ON o.id = p.origin_id
WHERE a.vintage = %(vintage)s
  AND (%(patch)s::uuid IS NULL OR EXISTS (
      SELECT FROM lsoa_patch_areas pa WHERE pa.area_id = a.id AND pa.patch_id = %(patch)s::uuid))
"""


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
    parameters = {"vintage": int(Vintage.CENSUS_2021), "patch": patch.pk if patch else None}
    columns = [f"coalesce((p.values ->> %(i{k})s)::float8, 'NaN'::float8)" for k in range(len(indicators))]
    parameters |= {f"i{k}": code for k, code in enumerate(indicators)}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT a.id, a.is_synthetic, {_PATTERN}, {', '.join(columns)} {_FROM} ORDER BY a.code",
            parameters,
        )
        rows = cursor.fetchall()
        cursor.execute(
            f"SELECT DISTINCT ON (pattern) {_PATTERN} AS pattern, o.datasets::text, p.missing::text {_FROM}"
            " ORDER BY pattern",
            parameters,
        )
        patterns = cursor.fetchall()
    return _as_arrays(tuple(indicators), rows, patterns)


def _as_arrays(indicators: tuple[str, ...], rows: list, patterns: list) -> ScoreInputs:
    hashes = np.array([row[2] for row in rows], dtype=np.int64)
    known = np.array([pattern[0] for pattern in patterns], dtype=np.int64)
    sources = []
    for _, datasets, missing in patterns:
        datasets, missing = json.loads(datasets), json.loads(missing)
        sources.append(
            {
                "datasets": {code: datasets[code] for code in indicators if code in datasets},
                "missing": {code: missing[code] for code in indicators if code in missing},
            }
        )
    return ScoreInputs(
        indicators=indicators,
        areas=np.array([row[0] for row in rows], dtype=np.int64),
        is_synthetic=np.array([row[1] for row in rows], dtype=bool),
        values=np.array([row[3:] for row in rows], dtype=np.float64).reshape(len(rows), len(indicators)),
        pattern=np.searchsorted(known, hashes),
        sources=sources,
    )
