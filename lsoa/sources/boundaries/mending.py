"""Polygons as PostGIS wants them: invalid rings mended and named, nothing else moved."""

import numpy as np
import shapely

# A mended polygon may lose or gain this share of its surface before the report says so.
AREA_TOLERANCE = 0.01


def without_repeated_points(geometry: np.ndarray, report) -> np.ndarray:
    """Geometries without points that repeat the one before; the report counts them."""
    plain = shapely.remove_repeated_points(geometry, 0)
    # Rings that are nothing else vanish: they stay as they are and are mended or rejected as invalid.
    plain = np.where(shapely.is_empty(plain), geometry, plain)
    report.note_count(
        "points left out that repeat the one before",
        int(shapely.get_num_coordinates(geometry).sum() - shapely.get_num_coordinates(plain).sum()),
    )
    return plain


def mended(codes: np.ndarray, geometry: np.ndarray, report) -> np.ndarray:
    """Geometries with the invalid ones mended by rings (GEOS "structure"): no vertex is moved. Each is named in the
    report with what was wrong, and by how much its surface differs from that of its rings where it does."""
    invalid = ~shapely.is_valid(geometry)
    if not invalid.any():
        return geometry
    geometry = geometry.copy()
    reasons = shapely.is_valid_reason(geometry[invalid])
    before = shapely.area(geometry[invalid])
    repaired = shapely.make_valid(geometry[invalid], method="structure", keep_collapsed=False)
    geometry[invalid] = [_polygons_only(shape) for shape in repaired]
    after = shapely.area(geometry[invalid])
    for code, reason, was, now in zip(codes[invalid], reasons, before, after, strict=True):
        change = now / was - 1 if was else 0.0
        # Rings that cross or overlap count twice, or against each other, in the surface of the published shape.
        told = f"; surface {change:+.1%}" if abs(change) > AREA_TOLERANCE else ""
        report.repaired(code, reason.split("[")[0] + told)
    return geometry


def _polygons_only(shape):
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)
