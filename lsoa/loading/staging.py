"""Rows go into temporary tables by COPY; checks and upserts happen there, set by set."""

import numpy as np
import shapely
from django.db import connection

TABLES = {
    "stage_area": (
        "line integer, code text, name text, geometry geometry, centroid geometry, local_authority_code text, "
        "local_authority_name text, sub_icb_code text, sub_icb_name text, icb_code text, icb_name text, "
        "is_synthetic boolean"
    ),
    "stage_area_column": (
        "line integer, code text, local_authority_code text, local_authority_name text, sub_icb_code text, "
        "sub_icb_name text, icb_code text, icb_name text"
    ),
    "stage_practice": (
        "line integer, code text, name text, postcode text, point geometry, area_code text, is_active boolean"
    ),
    "stage_postcode": "line integer, postcode text, area_code text, point geometry, is_residential boolean",
    "stage_value": "chunk integer, line integer, code text, value double precision, reason text",
    "stage_chunk": (
        "chunk integer, indicator_id bigint, indicator text, period text, method text, "
        "minimum double precision, maximum double precision"
    ),
    "stage_reject": "line integer, code text, reason text",
}
# How COPY writes a null in its text format.
NULL = r"\N"
AREA_TEXT = (
    "local_authority_code",
    "local_authority_name",
    "sub_icb_code",
    "sub_icb_name",
    "icb_code",
    "icb_name",
)


def create_tables() -> None:
    """Empty staging tables for this transaction. They belong to the session, so the application's role may."""
    with connection.cursor() as cursor:
        for table, columns in TABLES.items():
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
            cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")


def drop_tables() -> None:
    """For callers whose transaction goes on (tests, savepoints)."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.{table}" for table in TABLES))


def _copy(table: str, rows) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _column(values, length, default=""):
    return [default] * length if values is None else [_plain(value) for value in values]


def _plain(value):
    return value.item() if isinstance(value, np.generic) else value


def stage_areas(chunk) -> None:
    geometry = np.asarray(chunk.geometry, dtype=object)
    shapes = shapely.to_wkb(geometry, hex=True, output_dimension=2)
    points = shapely.to_wkb(shapely.point_on_surface(geometry), hex=True)
    text = [_column(getattr(chunk, name), len(chunk)) for name in AREA_TEXT]
    flag = [chunk.is_synthetic] * len(chunk)
    lines, codes, names = (_column(column, len(chunk)) for column in (chunk.line, chunk.code, chunk.name))
    _copy("stage_area", zip(lines, codes, names, shapes, points, *text, flag, strict=True))


def stage_area_columns(chunk) -> None:
    unknown = set(chunk.columns) - set(AREA_TEXT)
    if unknown:
        raise ValueError(f"an area has no look-up column {sorted(unknown)}")
    text = [_column(chunk.columns.get(name), len(chunk), default=None) for name in AREA_TEXT]
    rows = zip(_column(chunk.line, len(chunk)), _column(chunk.code, len(chunk)), *text, strict=True)
    _copy("stage_area_column", rows)


def _points(lon, lat):
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    known = ~(np.isnan(lon) | np.isnan(lat))
    out = np.full(len(lon), None, dtype=object)
    out[known] = shapely.to_wkb(shapely.points(lon[known], lat[known]), hex=True)
    return out


def stage_practices(chunk) -> None:
    points = _points(chunk.lon, chunk.lat)
    columns = (_column(c, len(chunk)) for c in (chunk.line, chunk.code, chunk.name, chunk.postcode))
    rest = (_column(c, len(chunk)) for c in (chunk.area_code, chunk.is_active))
    _copy("stage_practice", zip(*columns, points, *rest, strict=True))


def stage_postcodes(chunk) -> None:
    points = _points(chunk.lon, chunk.lat)
    columns = (_column(c, len(chunk)) for c in (chunk.line, chunk.postcode, chunk.area_code))
    _copy("stage_postcode", zip(*columns, points, _column(chunk.is_residential, len(chunk)), strict=True))


def stage_values(chunk, number: int, indicator) -> None:
    """Figures as one block of COPY text: half a million of them are the bulk of every load."""
    value = np.asarray(chunk.value, dtype=float)
    missing = np.isnan(value)
    reason = np.full(len(value), "", dtype=object) if chunk.reason is None else np.array(chunk.reason, dtype=object)
    reason[missing & ((reason == "") | (reason == None))] = "blank"  # noqa: E711
    lines, codes = np.asarray(chunk.line).tolist(), np.asarray(chunk.code, dtype=object).tolist()
    block = "".join(
        f"{number}\t{line}\t{code}\t{NULL if gap else figure}\t{why if gap else NULL}\n"
        for line, code, figure, why, gap in zip(
            lines, codes, value.tolist(), reason.tolist(), missing.tolist(), strict=True
        )
    )
    with connection.cursor() as cursor:
        with cursor.copy("COPY stage_value FROM STDIN") as copy:
            copy.write(block)
        cursor.execute(
            "INSERT INTO stage_chunk VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                number,
                indicator.pk,
                indicator.code,
                chunk.period,
                chunk.method,
                indicator.minimum,
                indicator.maximum,
            ],
        )


def stage_rejects(rejects) -> None:
    _copy("stage_reject", rejects)
