"""Writes what is in force: columns, profiles with their origins, and how every indicator is spread."""

import hashlib
from collections.abc import Iterator

import numpy as np
import orjson
from django.db import connection
from numpy.typing import NDArray

from lsoa.models import IndicatorDistribution, ProfileColumn, ProfileOrigin, ProfileState

from .copying import write_copy
from .profile import NO_SOURCE, REASONS, InForce

DECILES = np.arange(1, 10) / 10
COLUMNS_AT_ONCE = 20
# Numbers up to here are whole ones, exactly.
WHOLE = 2.0**53
STAGE = """
CREATE TEMPORARY TABLE stage_profile (area_id bigint PRIMARY KEY, "values" jsonb, missing jsonb, origin_id bigint)
ON COMMIT DROP
"""
COPY = 'COPY {} (area_id, "values", missing, origin_id) FROM STDIN'
GONE = "DELETE FROM lsoa_areaprofile p WHERE NOT EXISTS (SELECT FROM stage_profile s WHERE s.area_id = p.area_id)"
# A row that stays as it is is not written: most loads change a few of hundreds of figures, or none.
MERGE = """
INSERT INTO lsoa_areaprofile AS p (area_id, "values", missing, origin_id)
SELECT area_id, "values", missing, origin_id FROM stage_profile
ON CONFLICT (area_id) DO UPDATE SET "values" = excluded.values, missing = excluded.missing,
    origin_id = excluded.origin_id
WHERE (p.values, p.missing, p.origin_id) IS DISTINCT FROM (excluded.values, excluded.missing, excluded.origin_id)
"""


def store(in_force: InForce) -> None:
    """Put everything in place of what stands there; in the caller's transaction."""
    _store_columns(in_force)
    _store_distributions(in_force)
    _store_profiles(in_force)


def _store_columns(in_force: InForce) -> None:
    ProfileState.objects.update_or_create(id=1, defaults={"area_ids": in_force.area_ids.astype("<i8").tobytes()})
    ProfileColumn.objects.all().delete()
    # A few at a time: the columns of all of England are 200 MB, and bulk_create makes a list of what it is given.
    for start in range(0, len(in_force.columns), COLUMNS_AT_ONCE):
        ProfileColumn.objects.bulk_create(
            ProfileColumn(
                code=column.code,
                datasets=column.datasets,
                figures=column.figures.astype("<f8").tobytes(),
                sources=column.sources.astype("<i2").tobytes(),
                reasons=column.reasons.tobytes(),
            )
            for column in in_force.columns[start : start + COLUMNS_AT_ONCE]
        )


def _store_distributions(in_force: InForce) -> None:
    IndicatorDistribution.objects.all().delete()
    IndicatorDistribution.objects.bulk_create(list(_distributions(in_force)))


def _distributions(in_force: InForce) -> Iterator[IndicatorDistribution]:
    for column in in_force.columns:
        for synthetic in (False, True):
            told = column.is_there & (in_force.is_synthetic == synthetic)
            if told.any():
                key = column.code + (":synthetic" if synthetic else "")
                figures = column.figures[told]
                yield IndicatorDistribution(
                    key=key,
                    code=column.code,
                    is_synthetic=synthetic,
                    **spread(figures[~np.isnan(figures)], len(figures)),
                )


def spread(figures: NDArray[np.float64], areas: int) -> dict:
    """Distribution of figures without NaN; `areas` counts those without one too. Percentiles interpolate linearly."""
    found = {"areas": len(figures), "missing": areas - len(figures)}
    if len(figures):
        found |= {
            "mean": float(figures.mean()),
            "minimum": float(figures.min()),
            "maximum": float(figures.max()),
            "percentiles": np.quantile(figures, DECILES).tolist(),
        }
    return found


def _store_profiles(in_force: InForce) -> None:
    patterns, pattern_of = _patterns(in_force)
    origins = [_datasets(in_force, pattern) for pattern in patterns]
    numbers = [_number(datasets) for datasets in origins]
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM lsoa_areaprofile)")
        first = not cursor.fetchone()[0]
        if not first:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.stage_profile")
            cursor.execute(STAGE)
        target = "lsoa_areaprofile" if first else "stage_profile"
        write_copy(COPY.format(target), _rows(in_force, patterns, pattern_of, numbers))
        if not first:
            cursor.execute(GONE)
            cursor.execute(MERGE)
            cursor.execute("DROP TABLE pg_temp.stage_profile")
    ProfileOrigin.objects.exclude(pk__in=numbers).delete()
    ProfileOrigin.objects.bulk_create(
        [ProfileOrigin(pk=number, datasets=datasets) for number, datasets in zip(numbers, origins, strict=True)],
        ignore_conflicts=True,
    )


def _patterns(in_force: InForce) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """(distinct rows of sources, the row of every area)"""
    if not in_force.columns or not len(in_force.area_ids):
        return np.empty((min(len(in_force.area_ids), 1), 0), np.int16), np.zeros(len(in_force.area_ids), np.int64)
    sources = np.stack([column.sources for column in in_force.columns], axis=1)
    patterns, pattern_of = np.unique(sources, axis=0, return_inverse=True)
    return patterns, pattern_of.reshape(-1)


def _datasets(in_force: InForce, pattern) -> dict[str, str]:
    return {
        column.code: column.datasets[source]
        for column, source in zip(in_force.columns, pattern.tolist(), strict=True)
        if source != NO_SOURCE
    }


def _number(datasets: dict[str, str]) -> int:
    """The same for the same datasets, in whatever order they were loaded; 0 for none."""
    if not datasets:
        return 0
    digest = hashlib.sha256(orjson.dumps(datasets, option=orjson.OPT_SORT_KEYS)).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _rows(in_force: InForce, patterns, pattern_of, numbers) -> Iterator[bytes]:
    """Rows for COPY in its text format, a block for many areas."""
    codes = [column.code for column in in_force.columns]
    figures = np.stack([c.figures for c in in_force.columns], axis=1) if codes else np.empty((len(pattern_of), 0))
    reasons = np.stack([c.reasons for c in in_force.columns], axis=1) if codes else np.empty((len(pattern_of), 0), int)
    whole = (np.abs(figures) < WHOLE) & (np.floor(figures) == figures)
    known = [[place for place, source in enumerate(pattern.tolist()) if source != NO_SOURCE] for pattern in patterns]
    block: list[bytes] = []
    for area, (area_id, pattern) in enumerate(zip(in_force.area_ids.tolist(), pattern_of.tolist(), strict=True)):
        row, is_whole, why = figures[area].tolist(), whole[area].tolist(), reasons[area].tolist()
        values = {
            codes[place]: int(row[place]) if is_whole[place] else (None if why[place] else row[place])
            for place in known[pattern]
        }
        missing = {codes[place]: REASONS[why[place] - 1] for place in known[pattern] if why[place]}
        block.append(b"%d\t%s\t%s\t%d\n" % (area_id, orjson.dumps(values), orjson.dumps(missing), numbers[pattern]))
        if len(block) == 500:
            yield b"".join(block)
            block.clear()
    yield b"".join(block)
