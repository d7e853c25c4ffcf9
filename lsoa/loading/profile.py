"""What is in force, worked out column by column: for every area of 2021 and indicator the figure of the best dataset.

The best is what a person pinned, then the newest release, then the better standing, then the newest load. Figures of
organisations' own datasets are nobody else's and so not in what everybody reads.
"""

from dataclasses import dataclass, field

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from lsoa.models import MissingReason, Vintage

REASONS = tuple(reason.value for reason in MissingReason)
NO_SOURCE = -1
# As PostgreSQL sends int8, float8 and int2.
PACKED = (">i8", ">f8", ">i2")

AREAS = "SELECT id, is_synthetic FROM lsoa_area WHERE vintage = %s ORDER BY id"
# Which dataset has which indicator, from the index alone: it is stepped through, not read.
PAIRS = """
WITH RECURSIVE precedence AS (
    SELECT id, row_number() OVER (
        ORDER BY is_pinned DESC, release COLLATE "C" DESC, standing, loaded_at DESC, id
    ) AS place
    FROM lsoa_dataset WHERE state = 'current' AND organisation_id IS NULL
),
pair AS (
    SELECT p.id AS dataset_id, p.place,
        (SELECT min(v.indicator_id) FROM lsoa_indicatorvalue v WHERE v.dataset_id = p.id) AS indicator_id
    FROM precedence p
    UNION ALL
    SELECT pair.dataset_id, pair.place, (
        SELECT min(v.indicator_id) FROM lsoa_indicatorvalue v
        WHERE v.dataset_id = pair.dataset_id AND v.indicator_id > pair.indicator_id
    )
    FROM pair WHERE pair.indicator_id IS NOT NULL
)
SELECT i.code, i.id, pair.dataset_id FROM pair JOIN lsoa_indicator i ON i.id = pair.indicator_id
ORDER BY i.code, pair.place
"""
# Areas of 2021 lie together: the key leads straight to them. Three packed arrays in one row: a row of the answer for
# each figure would take ten times as long to receive.
FIGURES = """
SELECT string_agg(int8send(area_id), ''), string_agg(float8send(coalesce(value, 'NaN')), ''),
    string_agg(int2send(coalesce(array_position(%s, missing_reason::text), 0)::smallint), '')
FROM lsoa_indicatorvalue
WHERE dataset_id = %s AND indicator_id = %s AND area_id BETWEEN %s AND %s
"""


@dataclass
class Column:
    """One indicator over all areas: see `lsoa.models.ProfileColumn`."""

    code: str
    figures: NDArray[np.float64]
    sources: NDArray[np.int16]
    reasons: NDArray[np.uint8]
    datasets: list[str] = field(default_factory=list)

    @property
    def is_there(self) -> NDArray[np.bool_]:
        return self.sources != NO_SOURCE


@dataclass
class InForce:
    """Areas of 2021 (ids ascending) and a column for every indicator of which a dataset is in force, by code."""

    area_ids: NDArray[np.int64]
    is_synthetic: NDArray[np.bool_]
    columns: list[Column]


def read_in_force() -> InForce:
    """Read the figures in force. A dataset that adds no area to better ones is not read."""
    with connection.cursor() as cursor:
        cursor.execute(AREAS, [int(Vintage.CENSUS_2021)])
        areas = cursor.fetchall()
        cursor.execute(PAIRS)
        pairs = cursor.fetchall()
    area_ids = np.array([row[0] for row in areas], dtype=np.int64)
    columns: dict[str, Column] = {}
    for code, indicator, dataset in pairs if len(area_ids) else []:
        column = columns.setdefault(code, _empty(code, len(area_ids)))
        if not column.is_there.all():
            _fill(column, area_ids, indicator, dataset)
    return InForce(
        area_ids=area_ids,
        is_synthetic=np.array([row[1] for row in areas], dtype=bool),
        # Datasets on areas of 2011 alone have pairs without a figure here.
        columns=[column for column in columns.values() if column.datasets],
    )


def _empty(code: str, areas: int) -> Column:
    return Column(
        code=code,
        figures=np.full(areas, np.nan),
        sources=np.full(areas, NO_SOURCE, dtype=np.int16),
        reasons=np.zeros(areas, dtype=np.uint8),
    )


def _fill(column: Column, area_ids, indicator: int, dataset) -> None:
    """Figures of a dataset for areas that no better one has."""
    areas, figures, reasons = _read(indicator, dataset, area_ids)
    place = np.minimum(np.searchsorted(area_ids, areas), len(area_ids) - 1)
    wanted = (area_ids[place] == areas) & ~column.is_there[place]
    if not wanted.any():
        return
    place = place[wanted]
    column.figures[place], column.reasons[place] = figures[wanted], reasons[wanted]
    column.sources[place] = len(column.datasets)
    column.datasets.append(str(dataset))


def _read(indicator: int, dataset, area_ids) -> tuple[NDArray, NDArray, NDArray]:
    """(ids of areas, figures, reasons)"""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, [list(REASONS), dataset, indicator, int(area_ids[0]), int(area_ids[-1])])
        packed = cursor.fetchone()
    return tuple(np.frombuffer(block or b"", dtype=kind) for block, kind in zip(packed, PACKED, strict=True))
