"""Profiles of many areas as arrays, for scoring, themes and exports."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection

from .loading.profile import NO_SOURCE, REASONS
from .models import Area

# One statement, so that areas and columns are of the same refresh; the areas come first.
COLUMNS = """
SELECT NULL AS code, NULL::uuid[] AS datasets, area_ids AS figures, NULL::bytea AS sources, NULL::bytea AS reasons
FROM lsoa_profilestate
UNION ALL
(SELECT code, datasets, figures, sources, reasons FROM lsoa_profilecolumn WHERE code = ANY(%s))
ORDER BY code NULLS FIRST
"""
# By ProfileColumn.reasons: 0 is no reason.
WORDS = np.array(["", *REASONS], dtype=object)


@dataclass(frozen=True)
class ProfileMatrix:
    """n areas by k indicators. `values` is float64 with NaN for missing; `missing` says why ('' where there is a
    value or nothing was ever loaded); `datasets` holds the id (text) of the dataset behind each figure."""

    codes: tuple[str, ...]
    area_ids: np.ndarray
    area_codes: np.ndarray
    area_index: np.ndarray
    values: np.ndarray
    missing: np.ndarray
    datasets: np.ndarray


@dataclass(frozen=True)
class Columns:
    """k indicators over all areas of 2021, ids ascending; arrays of shape (areas, k), see `ProfileColumn`."""

    area_ids: np.ndarray
    figures: np.ndarray
    sources: np.ndarray
    reasons: np.ndarray
    # Of each indicator the ids (text) that `sources` counts in.
    datasets: list[list[str]]


def read_columns(codes: Sequence[str]) -> Columns:
    """Figures in force of the indicators; a code of which nothing is loaded is NaN everywhere."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [list(set(codes))])
        (_, _, ids, _, _), *rows = cursor.fetchall() or [(None, None, b"", None, None)]
    area_ids = np.frombuffer(ids, dtype="<i8").astype(np.int64)
    found = {row[0]: row[1:] for row in rows}
    shape = (len(area_ids), len(codes))
    figures, sources = np.full(shape, np.nan, order="F"), np.full(shape, NO_SOURCE, dtype=np.int16, order="F")
    reasons = np.zeros(shape, dtype=np.uint8, order="F")
    datasets: list[list[str]] = [[] for _ in codes]
    for place, code in enumerate(codes):
        if code in found:
            behind, *blocks = found[code]
            datasets[place] = [str(dataset) for dataset in behind]
            for target, block, kind in zip((figures, sources, reasons), blocks, ("<f8", "<i2", "u1"), strict=True):
                target[:, place] = np.frombuffer(block, dtype=kind)
    return Columns(area_ids=area_ids, figures=figures, sources=sources, reasons=reasons, datasets=datasets)


def read_matrix(codes: Sequence[str], areas=None) -> ProfileMatrix:
    """Figures in force of the areas (a queryset; by default all of 2021), ordered by the areas' index."""
    codes = tuple(codes)
    chosen = Area.objects.current() if areas is None else areas
    named = list(chosen.order_by("vintage", "index").values_list("pk", "code", "index"))
    columns = read_columns(codes)
    chosen_rows = _rows(columns, np.array([row[0] for row in named], dtype=np.int64))
    # An area that the profile does not have yet is left out, as it has no figures.
    rows = [row for row, place in zip(named, chosen_rows.tolist(), strict=True) if place >= 0]
    places = chosen_rows[chosen_rows >= 0]
    return ProfileMatrix(
        codes=codes,
        area_ids=np.array([row[0] for row in rows], dtype=np.int64),
        area_codes=np.array([row[1] for row in rows], dtype=object),
        area_index=np.array([row[2] for row in rows], dtype=np.int64),
        values=columns.figures[places],
        missing=WORDS[columns.reasons[places]],
        datasets=_datasets(columns, places),
    )


def datasets_behind(codes: Sequence[str], areas=None) -> dict[str, list[str]]:
    """Ids (text) of the datasets in force behind each indicator's figures of the areas (by default all of 2021)."""
    columns = read_columns(codes)
    places = np.arange(len(columns.area_ids))
    if areas is not None:
        places = _rows(columns, np.array(list(areas.order_by().values_list("pk", flat=True)), dtype=np.int64))
        places = places[places >= 0]
    return {
        code: sorted(columns.datasets[k][source] for source in np.unique(columns.sources[places, k]) if source >= 0)
        for k, code in enumerate(codes)
    }


def _rows(columns: Columns, area_ids: np.ndarray) -> np.ndarray:
    """Place of each area in the columns, -1 for one that they do not have."""
    if not len(columns.area_ids):
        return np.full(len(area_ids), -1)
    place = np.minimum(np.searchsorted(columns.area_ids, area_ids), len(columns.area_ids) - 1)
    return np.where(columns.area_ids[place] == area_ids, place, -1)


def _datasets(columns: Columns, places: np.ndarray) -> np.ndarray:
    found = np.full((len(places), len(columns.datasets)), "", dtype=object)
    for k, ids in enumerate(columns.datasets):
        # The last one is for -1: nothing was ever loaded.
        found[:, k] = np.array([*ids, ""], dtype=object)[columns.sources[places, k]]
    return found
