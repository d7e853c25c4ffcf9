"""Places go into temporary tables by COPY; checks and upserts happen there, set by set."""

import numpy as np
import shapely
from django.contrib.gis.db.models import PointField
from django.db import connection

from lsoa.models import Practice

from . import postcodes
from .copying import copy_columns

# Columns of an area that look-ups (and some boundaries) fill.
AREA_TEXT = (
    "local_authority_code",
    "local_authority_name",
    "sub_icb_code",
    "sub_icb_name",
    "icb_code",
    "icb_name",
    "ward_code",
    "ward_name",
    "msoa_code",
    "msoa_name",
    "region_code",
    "region_name",
    "rural_urban_code",
    "rural_urban_name",
)
# A point in well-known text, e.g. POINT (-1.9 52.4).
AREA_POINT = "population_centroid"
_TEXT = ", ".join(f"{name} text" for name in AREA_TEXT)
TABLES = {
    "stage_area": f"line integer, code text, name text, geometry geometry, centroid geometry, {_TEXT}, "
    "is_synthetic boolean",
    "stage_area_column": f"line integer, code text, {_TEXT}, {AREA_POINT} text",
    "stage_change": "line integer, code_2011 text, code_2021 text, kind text",
    "stage_practice": "line integer, code text, name text, postcode text, point geometry, area_code text, "
    "is_active boolean, as_of text",
    "stage_postcode": postcodes.TABLE,
    "stage_reject": "line integer, code text, reason text",
}
# What `details` of practices and postcodes may name, with their types in the database.
DETAILS = {
    "stage_practice": (
        Practice,
        {"code", "name", "postcode", "point", "area_code", "is_active", "known_as_of", "dataset"},
    ),
}


def detail_types(table: str) -> dict[str, str]:
    """Fields that `details` may name -> type in the staging table."""
    model, known = DETAILS[table]
    return {
        field.name: "text" if field.get_internal_type() == "CharField" else field.db_type(connection)
        for field in model._meta.concrete_fields
        if field.name not in known and not field.primary_key and not isinstance(field, PointField)
    }


def create_tables() -> None:
    """Empty staging tables for this transaction. They belong to the session, so the application's role may."""
    with connection.cursor() as cursor:
        for table, columns in TABLES.items():
            if table in DETAILS:
                columns += "".join(f", {name} {kind}" for name, kind in detail_types(table).items())
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
            cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")


def drop_tables() -> None:
    """For callers whose transaction goes on (tests, savepoints)."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.{table}" for table in TABLES))


def _column(values, length, default=""):
    return [default] * length if values is None else values


def stage_areas(chunk) -> None:
    geometry = np.asarray(chunk.geometry, dtype=object)
    columns = {
        "line": chunk.line,
        "code": chunk.code,
        "name": chunk.name,
        "geometry": shapely.to_wkb(geometry, hex=True, output_dimension=2),
        "centroid": shapely.to_wkb(shapely.point_on_surface(geometry), hex=True),
        "is_synthetic": [chunk.is_synthetic] * len(chunk),
    }
    text = {name: _column(getattr(chunk, name, None), len(chunk)) for name in AREA_TEXT}
    copy_columns("stage_area", columns | text)


def stage_area_columns(chunk) -> None:
    unknown = set(chunk.columns) - {*AREA_TEXT, AREA_POINT}
    if unknown:
        raise ValueError(f"an area has no look-up column {sorted(unknown)}")
    copy_columns("stage_area_column", {"line": chunk.line, "code": chunk.code, **chunk.columns})


def stage_changes(chunk) -> None:
    columns = {name: getattr(chunk, name) for name in ("line", "code_2011", "code_2021", "kind")}
    copy_columns("stage_change", columns)


def _points(lon, lat):
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    known = ~(np.isnan(lon) | np.isnan(lat))
    out = np.full(len(lon), None, dtype=object)
    out[known] = shapely.to_wkb(shapely.points(lon[known], lat[known]), hex=True)
    return out


def stage_practices(chunk) -> None:
    names = ("line", "code", "name", "postcode", "area_code", "is_active")
    _stage_places("stage_practice", chunk, names, as_of=[chunk.as_of] * len(chunk))


def _stage_places(table, chunk, names, **more) -> None:
    details = chunk.details or {}
    unknown = set(details) - set(detail_types(table))
    if unknown:
        raise ValueError(f"{DETAILS[table][0].__name__} has no field {sorted(unknown)}")
    columns = {name: getattr(chunk, name) for name in names}
    copy_columns(table, columns | more | {"point": _points(chunk.lon, chunk.lat)} | details)


def stage_rejects(rejects) -> None:
    lines, codes, reasons = zip(*rejects, strict=True)
    copy_columns("stage_reject", {"line": lines, "code": codes, "reason": reasons})
