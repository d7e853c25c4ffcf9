"""`manage.py bench tiles`: how long the map of the loaded areas takes, step by step. Writes nothing."""

import gzip
import math
import time

import shapely

from . import tile_sets
from .models import Vintage
from .simplification import district_outlines, simplified_levels, to_web_mercator


def add_arguments(parser):
    parser.add_argument("--vintage", type=int, choices=Vintage.values, default=Vintage.CENSUS_2021)
    parser.add_argument("--at", default="-1.9,52.48", metavar="LON,LAT", help="where tiles above zoom 9 are made")


def run(options, write):
    """Write one line per step: seconds, or milliseconds and kilobytes of a tile made anew."""
    boundaries = _timed(write, "read areas", lambda: tile_sets.read_boundaries(options["vintage"]))
    if not len(boundaries.index):
        write("No areas are loaded.")
        return
    geometry = _timed(write, "project to Web Mercator", lambda: to_web_mercator(boundaries.geometry))
    write(f"{len(geometry):,} areas, {shapely.get_num_coordinates(geometry).mean():.0f} points each")
    started = time.perf_counter()
    for level, simplified in simplified_levels(geometry):
        seconds = time.perf_counter() - started
        points = shapely.get_num_coordinates(simplified).mean()
        write(f"simplify for zoom {level}: {seconds:.2f} s, {points:.0f} points each")
        if level < tile_sets.AREA_OUTLINE_ZOOM:
            _timed(write, f"outline districts for zoom {level}", lambda g=simplified: _outlines(g, boundaries))
        started = time.perf_counter()
    tile_set = tile_sets.current_set(options["vintage"])
    if tile_set is None:
        write("No map is built: manage.py seed_tiles.")
        return
    longitude, latitude = (float(part) for part in options["at"].split(","))
    for zoom in range(4, 15):
        _bench_tile(write, tile_set, zoom, longitude, latitude)


def _outlines(geometry, boundaries):
    return district_outlines(geometry, boundaries.district)


def _bench_tile(write, tile_set, zoom, longitude, latitude):
    side = 2**zoom
    x = int((longitude + 180) / 360 * side)
    y = int((1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * side)
    started = time.perf_counter()
    data = tile_sets.make_tile(tile_set.pk, zoom, x, y)
    milliseconds = 1000 * (time.perf_counter() - started)
    plain = len(gzip.decompress(data)) if data else 0
    write(f"tile {zoom}/{x}/{y}: {milliseconds:.0f} ms, {len(data) / 1000:.0f} kB ({plain / 1000:.0f} kB unpacked)")


def _timed(write, name, work):
    started = time.perf_counter()
    result = work()
    write(f"{name}: {time.perf_counter() - started:.2f} s")
    return result
