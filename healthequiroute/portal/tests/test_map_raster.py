"""The map's decoder and rasteriser, run by Node on tiles that PostGIS made, against Shapely's point in polygon."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
import shapely
from django.conf import settings
from django.db import connection

SCRIPT = Path(__file__).with_name("rasterise.mjs")
EXTENT, SIZE = 4096, 256
UNIT = EXTENT / SIZE  # tile units per pixel
TILE_SQL = """
SELECT coalesce((
    SELECT ST_AsMVT(t, 'districts', 4096, 'geom')
    FROM (SELECT ST_GeomFromText(d) AS geom FROM unnest(%(districts)s::text[]) d) t
), '') || coalesce((
    SELECT ST_AsMVT(t, 'areas', 4096, 'geom', 'id')
    FROM (SELECT i AS id, ST_GeomFromText(g) AS geom FROM unnest(%(ids)s::int[], %(shapes)s::text[]) AS u (i, g)) t
), '')
"""

pytestmark = pytest.mark.skipif(
    not (settings.BASE_DIR / "node_modules" / "esbuild").is_dir(), reason="needs the front-end packages (make setup)"
)


def tile_of(areas: dict[int, shapely.Geometry], districts=()) -> bytes:
    """A vector tile of geometries that are in tile units already (y downwards)."""
    ids, shapes = list(areas), [geometry.wkt for geometry in areas.values()]
    with connection.cursor() as cursor:
        cursor.execute(TILE_SQL, {"ids": ids, "shapes": shapes, "districts": [line.wkt for line in districts]})
        return bytes(cursor.fetchone()[0])


def rasterised(tile: bytes) -> tuple[np.ndarray, dict]:
    """(SIZE + 2, SIZE + 2) area index per pixel, -1 for none; and what the script counted."""
    done = subprocess.run(
        ["node", SCRIPT, str(SIZE)], input=tile, capture_output=True, check=True, cwd=settings.BASE_DIR
    )
    facts = json.loads(done.stderr.decode().splitlines()[-1])
    ids = np.frombuffer(done.stdout, dtype="<u4").reshape(facts["width"], facts["width"])
    return ids.astype(np.int64) - 1, facts


def cells(count, seed) -> dict[int, shapely.Geometry]:
    """A coverage of Voronoi cells that runs over the tile's edges, as real areas do, with scattered identifiers."""
    rng = np.random.default_rng(seed)
    sites = shapely.MultiPoint(rng.uniform(-200, EXTENT + 200, (count, 2)))
    frame = shapely.box(-64, -64, EXTENT + 64, EXTENT + 64)
    shapes = [cell.intersection(frame) for cell in shapely.voronoi_polygons(sites, extend_to=frame).geoms]
    whole = [shapely.set_precision(shape, 1) for shape in shapes]
    kept = [shape for shape in whole if shape.geom_type == "Polygon" and not shape.is_empty]
    return dict(zip(rng.choice(60_000, len(kept), replace=False).tolist(), kept, strict=True))


def pixel_centres() -> np.ndarray:
    """x and y of every pixel's centre in tile units, the margin included: (SIZE + 2, SIZE + 2, 2)."""
    along = (np.arange(SIZE + 2) - 1 + 0.5) * UNIT
    return np.stack(np.meshgrid(along, along), axis=-1)


@pytest.mark.django_db
@pytest.mark.parametrize(("count", "seed"), [(5, 1), (60, 2), (700, 3)])
def test_every_pixel_belongs_to_the_area_under_its_centre(count, seed):
    areas = cells(count, seed)
    found, facts = rasterised(tile_of(areas))
    assert facts["count"] == len(areas)
    centres = shapely.points(pixel_centres().reshape(-1, 2))
    ids, shapes = np.array(list(areas)), np.array(list(areas.values()))
    # Pixels on a border may go to either side.
    border = shapely.buffer(shapely.union_all(shapely.boundary(shapes)), 0.01)
    clear = ~shapely.intersects(border, centres)
    tree = shapely.STRtree(shapes)
    pixel, shape = tree.query(centres, predicate="within")
    expected = np.full(len(centres), -1)
    expected[pixel] = ids[shape]
    assert np.array_equal(found.reshape(-1)[clear], expected[clear])


@pytest.mark.django_db
def test_holes_and_islands():
    ring = shapely.box(400, 400, 3600, 3600).difference(shapely.box(1200, 1200, 2800, 2800))
    island = shapely.MultiPolygon([shapely.box(1600, 1600, 2400, 2400), shapely.box(0, 0, 160, 160)])
    found, _ = rasterised(tile_of({7: ring, 8: island}))

    def at(x, y):
        return found[int(y / UNIT) + 1, int(x / UNIT) + 1]

    assert [at(800, 800), at(1400, 1400), at(2000, 2000), at(80, 80), at(300, 300)] == [7, -1, 8, 8, -1]


@pytest.mark.django_db
def test_identifiers_beyond_sixteen_bits():
    found, _ = rasterised(tile_of({70_000: shapely.box(0, 0, 4096, 4096)}))
    assert found[100, 100] == 70_000


@pytest.mark.django_db
def test_neighbours_leave_no_gap_and_the_margin_is_filled():
    areas = cells(200, 4)
    found, _ = rasterised(tile_of(areas))
    assert (found >= 0).all()


@pytest.mark.django_db
def test_district_lines_are_read_beside_the_areas():
    line = shapely.LineString([(0, 0), (100, 100), (200, 0)])
    _, facts = rasterised(tile_of({0: shapely.box(0, 0, 100, 100)}, districts=[line, line]))
    assert facts["lines"] == 2


def test_an_empty_tile_is_an_empty_buffer():
    found, facts = rasterised(b"")
    assert facts["count"] == 0
    assert (found == -1).all()
