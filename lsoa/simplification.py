"""Area geometry for the map: Web Mercator, simplified per zoom as a coverage, so that neighbours never part.

Simplifying each polygon for itself leaves slivers along every common edge; `shapely.coverage_simplify` moves an edge
once for both of its sides (Visvalingam-Whyatt; the tolerance squared is about the area that a corner may lose).
Pure: no Django, no database.
"""

from collections.abc import Iterator

import numpy as np
import shapely

WEB_MERCATOR = 3857
EARTH_RADIUS = 6_378_137.0
# Tolerance in EPSG 3857 metres for each zoom of 512-pixel tiles; level 10 is the published geometry.
TOLERANCES = {9: 75.0, 8: 150.0, 7: 300.0, 6: 600.0, 5: 1_200.0, 4: 2_400.0}
PUBLISHED_LEVEL = 10
LOWEST_LEVEL = min(TOLERANCES)


def level_for(zoom: int) -> int:
    """The level that a zoom is drawn from."""
    return min(max(zoom, LOWEST_LEVEL), PUBLISHED_LEVEL)


def to_web_mercator(geometry: np.ndarray) -> np.ndarray:
    """WGS 84 degrees to EPSG 3857 metres (spherical, EPSG method 1024), invalid polygons repaired first."""
    geometry = geometry.copy()
    broken = ~shapely.is_valid(geometry)
    geometry[broken] = polygonal(shapely.make_valid(geometry[broken], method="structure"))
    return shapely.set_srid(shapely.transform(geometry, _project), WEB_MERCATOR)


def _project(degrees: np.ndarray) -> np.ndarray:
    radians = np.radians(degrees)
    return EARTH_RADIUS * np.column_stack([radians[:, 0], np.log(np.tan(np.pi / 4 + radians[:, 1] / 2))])


def polygonal(geometry: np.ndarray) -> np.ndarray:
    """Only the polygons of each geometry: a repair may leave a dangling line beside them."""
    mixed = np.flatnonzero(shapely.get_type_id(geometry) == shapely.GeometryType.GEOMETRYCOLLECTION)
    for i in mixed:
        geometry[i] = shapely.multipolygons([p for p in shapely.get_parts(geometry[i]) if p.geom_type == "Polygon"])
    return geometry


def simplified_levels(published: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Yields (level, geometry) from 9 to 4, each made from the one before: half the time of starting afresh, and
    what differs stays far below the tolerance (England, against starting afresh: 0.03 % of the area at level 7)."""
    geometry = published
    for level, tolerance in TOLERANCES.items():
        geometry = shapely.coverage_simplify(geometry, tolerance)
        yield level, shapely.set_srid(geometry, WEB_MERCATOR)


def district_outlines(geometry: np.ndarray, district: np.ndarray) -> np.ndarray:
    """Linestrings along which two districts, or a district and the sea, meet.

    geometry: (n,) polygons of a coverage; district: (n,) labels. An edge between two areas of one district belongs to
    neither outline, so no union is needed: it is enough to look at the edges that are not shared within a district.
    """
    if not len(geometry):
        return np.array([], dtype=object)
    labels = np.unique(district, return_inverse=True)[1]
    parts, of_area = shapely.get_parts(geometry, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    xy, of_ring = shapely.get_coordinates(rings, return_index=True)
    same_ring = of_ring[:-1] == of_ring[1:]
    start, end = xy[:-1][same_ring], xy[1:][same_ring]
    label = labels[of_area[of_part[of_ring[:-1][same_ring]]]]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    edges = np.where(swap[:, None], np.hstack([end, start]), np.hstack([start, end]))
    unique, which, count = np.unique(edges, axis=0, return_inverse=True, return_counts=True)
    which = which.reshape(-1)
    lowest = np.full(len(unique), labels.max() + 1)
    highest = np.full(len(unique), -1)
    np.minimum.at(lowest, which, label)
    np.maximum.at(highest, which, label)
    kept = unique[(count == 1) | (lowest != highest)]
    merged = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(kept.reshape(-1, 2, 2))))
    return shapely.set_srid(shapely.get_parts(merged), WEB_MERCATOR)
