"""Builds the map of a vintage: simplified levels, district outlines, and the tiles of zoom 4 to 9 in advance.

A set is built aside and switched on whole, so that a reader never sees two states of the boundaries in one map. What a
set is made from is in its version, so building again without a change does nothing.
"""

import gzip
import hashlib
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
import shapely
import structlog
from django.db import connection, transaction

from accounts import audit

from .models import Tile, TileDistrict, TileGeometry, TileSet, Vintage
from .simplification import (
    LOWEST_LEVEL,
    PUBLISHED_LEVEL,
    TOLERANCES,
    WEB_MERCATOR,
    district_outlines,
    level_for,
    simplified_levels,
    to_web_mercator,
)

log = structlog.get_logger(__name__)

SEEDED_ZOOMS = range(4, 10)
# Below this zoom areas are too small to outline, so tiles carry the outlines of districts.
AREA_OUTLINE_ZOOM = 9
EXTENT = 4096
# 8 of 512 pixels: the map rasterises one pixel beyond the tile's edge, and lines are up to 3 pixels wide.
BUFFER = 64
# Part of every version: raise it when tiles change although geometry does not.
RECIPE = "1"
WORLD = 20_037_508.342789244


@dataclass(frozen=True)
class Boundaries:
    """The areas of a vintage by index: geometry (n,) in WGS 84, district label (n,), digests of both."""

    vintage: int
    index: np.ndarray
    geometry: np.ndarray
    district: np.ndarray
    geometry_digest: str
    version: str


def read_boundaries(vintage: int) -> Boundaries:
    """Every area of the vintage, about 1 s for England."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT index, name, local_authority_code, ST_AsBinary(geometry) FROM lsoa_area"
            " WHERE vintage = %s ORDER BY index",
            [vintage],
        )
        rows = cursor.fetchall()
    wkb = [bytes(row[3]) for row in rows]
    index = np.array([row[0] for row in rows], dtype=np.int32)
    # Until a lookup is loaded the name tells: "Birmingham 031A" lies in Birmingham.
    district = np.array([row[2] or row[1].rsplit(" ", 1)[0] for row in rows])
    digest = hashlib.sha256(RECIPE.encode() + index.tobytes())
    for item in wkb:
        digest.update(item)
    geometry_digest = digest.hexdigest()
    digest.update("\n".join(district).encode())
    return Boundaries(vintage, index, shapely.from_wkb(wkb), district, geometry_digest, digest.hexdigest()[:16])


def current_set(vintage: int) -> TileSet | None:
    return TileSet.objects.current(vintage)


def rebuild(vintage: int = Vintage.CENSUS_2021, *, by, report=None) -> TileSet | None:
    """Bring the map in line with the loaded areas; returns the current set, None when the vintage has no areas.

    England takes about 25 s on two cores, 10 s of it where `build_geometry` ran before.
    """
    boundaries = read_boundaries(vintage)
    if not len(boundaries.index):
        return None
    return complete(build_geometry(boundaries, report), boundaries, by=by, report=report)


def build_geometry(boundaries: Boundaries, report=None) -> TileSet:
    """Simplify the boundaries at every level and store them.

    The set is not shown yet: `complete` does that. Nothing is done for boundaries that were built before.
    """
    report = report or (lambda fraction, message: None)
    same = TileSet.objects.filter(vintage=boundaries.vintage, geometry_digest=boundaries.geometry_digest)
    built = same.filter(area_count__gt=0).order_by("-is_current").first()
    if built:
        return built
    started = time.monotonic()
    geometry = to_web_mercator(boundaries.geometry)
    tile_set = TileSet.objects.create(vintage=boundaries.vintage, geometry_digest=boundaries.geometry_digest)
    _copy_geometry(tile_set, PUBLISHED_LEVEL, boundaries.index, geometry)
    for done, (level, simplified) in enumerate(simplified_levels(geometry), start=1):
        _copy_geometry(tile_set, level, boundaries.index, simplified)
        report(done / len(TOLERANCES), f"Map geometry for zoom {level}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT analyse_tiles()")
    # Last: a set that counts areas has all its geometry, whatever happened to the program that made it.
    tile_set.area_count = len(geometry)
    tile_set.save()
    seconds = round(time.monotonic() - started, 1)
    log.info("tile_geometry_built", vintage=tile_set.vintage, areas=len(geometry), seconds=seconds)
    return tile_set


def complete(tile_set: TileSet, boundaries: Boundaries, *, by, report=None) -> TileSet:
    """Outline the districts, make the tiles of zoom 4 to 9, switch the set on and drop the one before."""
    report = report or (lambda fraction, message: None)
    if tile_set.is_current and tile_set.version == boundaries.version:
        return tile_set
    started = time.monotonic()
    # Same geometry but other districts: the old tiles stay in use until the new ones replace them below.
    with transaction.atomic():
        TileDistrict.objects.filter(tile_set=tile_set).delete()
        _store_outlines(tile_set, boundaries)
    made = _make_tiles(tile_set, alone=connection.in_atomic_block, report=report)
    with transaction.atomic():
        Tile.objects.filter(tile_set=tile_set).delete()
        _copy_tiles(tile_set, made)
        TileSet.objects.filter(vintage=tile_set.vintage, is_current=True).exclude(pk=tile_set.pk).update(
            is_current=False
        )
        tile_set.version, tile_set.is_current = boundaries.version, True
        tile_set.seconds = round(time.monotonic() - started, 2)
        tile_set.save()
        _drop_others(tile_set)
        audit.record(
            action="tiles.built",
            by=by,
            target=tile_set,
            details={"vintage": tile_set.vintage, "areas": tile_set.area_count, "tiles": len(made)},
        )
    log.info("tiles_built", vintage=tile_set.vintage, tiles=len(made), seconds=tile_set.seconds)
    return tile_set


def _copy_geometry(tile_set, level, index, geometry):
    drawn = ~shapely.is_empty(geometry)
    ewkb = shapely.to_wkb(shapely.set_srid(geometry[drawn], WEB_MERCATOR), include_srid=True)
    with (
        connection.cursor() as cursor,
        cursor.copy(
            f"COPY {TileGeometry._meta.db_table} (tile_set_id, level, index, geometry) FROM STDIN (FORMAT BINARY)"
        ) as copy,
    ):
        copy.set_types(["int8", "int2", "int4", "bytea"])
        for position, item in zip(index[drawn].tolist(), ewkb, strict=True):
            copy.write_row((tile_set.pk, level, position, item))


def _store_outlines(tile_set, boundaries):
    """Districts of every level below zoom 9, from the stored simplified geometry."""
    district_of = dict(zip(boundaries.index.tolist(), boundaries.district, strict=True))
    for level in range(LOWEST_LEVEL, AREA_OUTLINE_ZOOM):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT index, ST_AsBinary(geometry) FROM lsoa_tilegeometry WHERE tile_set_id = %s AND level = %s"
                " ORDER BY index",
                [tile_set.pk, level],
            )
            rows = cursor.fetchall()
        geometry = shapely.from_wkb([bytes(row[1]) for row in rows])
        lines = district_outlines(geometry, np.array([district_of[row[0]] for row in rows]))
        with (
            connection.cursor() as cursor,
            cursor.copy(
                f"COPY {TileDistrict._meta.db_table} (tile_set_id, level, geometry) FROM STDIN (FORMAT BINARY)"
            ) as copy,
        ):
            copy.set_types(["int8", "int2", "bytea"])
            for item in shapely.to_wkb(lines, include_srid=True):
                copy.write_row((tile_set.pk, level, item))


TILE_SQL = """
WITH bounds AS (
    SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS tile,
           ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => %(margin)s) AS wide
),
areas AS (
    SELECT index AS id, ST_AsMVTGeom(geometry, tile, %(extent)s, %(buffer)s, true) AS geom
    FROM lsoa_tilegeometry, bounds
    WHERE tile_set_id = %(tile_set)s AND level = %(level)s AND geometry && wide
),
districts AS (
    SELECT ST_AsMVTGeom(geometry, tile, %(extent)s, %(buffer)s, true) AS geom
    FROM lsoa_tiledistrict, bounds
    WHERE tile_set_id = %(tile_set)s AND level = %(level)s AND %(z)s < %(outline_zoom)s AND geometry && wide
)
SELECT (SELECT ST_AsMVT(areas, 'areas', %(extent)s, 'geom', 'id') FROM areas WHERE geom IS NOT NULL)
    || coalesce((SELECT ST_AsMVT(districts, 'districts', %(extent)s, 'geom') FROM districts WHERE geom IS NOT NULL), '')
"""


def make_tile(tile_set_id: int, z: int, x: int, y: int) -> bytes:
    """The gzipped vector tile; b"" where no area is. Layers `areas` (feature id = Area.index) and, below zoom 9,
    `districts` (lines)."""
    with connection.cursor() as cursor:
        cursor.execute(
            TILE_SQL,
            {
                "z": z,
                "x": x,
                "y": y,
                "tile_set": tile_set_id,
                "level": level_for(z),
                "margin": BUFFER / EXTENT,
                "extent": EXTENT,
                "buffer": BUFFER,
                "outline_zoom": AREA_OUTLINE_ZOOM,
            },
        )
        raw = bytes(cursor.fetchone()[0] or b"")
    # No time stamp in the header: the same tile is the same bytes.
    return gzip.compress(raw, compresslevel=6, mtime=0) if raw else b""


def tiles_within(west: float, south: float, east: float, north: float, z: int) -> list[tuple[int, int, int]]:
    """(z, x, y) of the tiles that touch a box in EPSG 3857 metres."""
    side = 2 * WORLD / 2**z
    columns = range(int((west + WORLD) // side), int((east + WORLD) // side) + 1)
    rows = range(int((WORLD - north) // side), int((WORLD - south) // side) + 1)
    return [(z, x, y) for x in columns for y in rows]


def _make_tiles(tile_set, *, alone, report) -> list[tuple[int, int, int, bytes]]:
    """Every tile of the seeded zooms, on two connections unless the set is not committed yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(geometry) AS e"
            " FROM lsoa_tilegeometry WHERE tile_set_id = %s AND level = %s) AS whole",
            [tile_set.pk, LOWEST_LEVEL],
        )
        box = cursor.fetchone()
    # The largest tiles first, so that both connections end together.
    wanted = [tile for z in SEEDED_ZOOMS for tile in tiles_within(*box, z)]
    made, left = [], iter(wanted)

    def work():
        for tile in left:
            made.append((*tile, make_tile(tile_set.pk, *tile)))

    def work_on_own_connection():
        try:
            work()
        finally:
            connection.close()

    if alone:
        work()
        return made
    with ThreadPoolExecutor(max_workers=2) as pool:
        workers = [pool.submit(work_on_own_connection) for _ in range(2)]
        # Only this thread reports: a report may write to the database.
        while wait(workers, timeout=0.5).not_done:
            report(len(made) / len(wanted), "Map tiles")
        for worker in workers:
            worker.result()
    return made


def _copy_tiles(tile_set, made):
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {Tile._meta.db_table} (tile_set_id, z, x, y, data) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(["int8", "int2", "int4", "int4", "bytea"])
        for z, x, y, data in made:
            copy.write_row((tile_set.pk, z, x, y, data))


def _drop_others(tile_set):
    """Older sets, also what a build that was interrupted left behind."""
    older = TileSet.objects.filter(vintage=tile_set.vintage, pk__lt=tile_set.pk)
    others = list(older.values_list("pk", flat=True))
    for model in (TileGeometry, TileDistrict, Tile):
        model.objects.filter(tile_set_id__in=others).delete()
    TileSet.objects.filter(pk__in=others).delete()
