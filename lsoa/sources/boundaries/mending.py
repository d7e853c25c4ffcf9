"""Polygons as PostGIS wants them: invalid rings mended and named, nothing else moved."""

import numpy as np
import shapely

# From this share on the report says how the surface of a mended polygon differs from that of its rings.
AREA_TOLERANCE = 0.01


def without_repeated_points(geometry: np.ndarray, report) -> np.ndarray:
    """Geometries without points that repeat the one before; the report counts them."""
    plain = shapely.remove_repeated_points(geometry, 0)
    # Rings that are nothing else vanish: they stay as they are and are mended or rejected as invalid.
    plain = np.where(shapely.is_empty(plain), geometry, plain)
    repeated = int(shapely.get_num_coordinates(geometry).sum() - shapely.get_num_coordinates(plain).sum())
    if repeated:
        report.note_count("points left out that repeat the one before", repeated)
    return plain


def mended(codes: np.ndarray, geometry: np.ndarray, report) -> np.ndarray:
    """Geometries with the invalid ones mended by rings (GEOS "structure"): no vertex is moved. Each is named in the
    report with what was wrong, and with how much of its surface was drawn twice."""
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
        report.repaired(code, reason.split("[")[0] + _difference(was, now))
    return geometry


def _difference(was: float, now: float) -> str:
    """The published surface counts parts that overlap twice, and loops that turn the other way against the rest."""
    if not was or abs(now / was - 1) <= AREA_TOLERANCE:
        return ""
    if now < was:
        return f"; {1 - now / was:.1%} of the surface was drawn twice"
    return f"; surface {now / was - 1:+.1%}"


def _polygons_only(shape):
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)
