"""Turns divided blocks into a coverage with street-like and shore-like edges: no gap, no overlap, shared vertices."""

import numpy as np
import shapely

from .streets import StreetPlan

# Middle of the Dogger Bank.
ORIGIN_LONGITUDE, ORIGIN_LATITUDE = 2.3, 54.9
EARTH_RADIUS = 6_371_008.8
# (wavelength m, amplitude m, waves): together their slope stays below 1, so the bending never folds the map over.
WAVES = ((9_000, 420, 3), (3_000, 105, 3), (1_100, 26, 4), (300, 4, 4))


class NotACoverage(RuntimeError):
    """The bent edges crossed; the caller bends less."""


def draw(plan: StreetPlan, polygons: list, rng: np.random.Generator) -> np.ndarray:
    """One polygon or multipolygon in metres per input polygon; raises NotACoverage if no bending keeps them apart."""
    linework = shapely.unary_union([p.boundary for p in polygons], grid_size=1.0)
    lines = shapely.get_parts(shapely.line_merge(linework))
    mid = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    step = np.clip(60 + 22 * np.hypot(*mid.T) / 1000, 70, 380)
    lines = np.array([shapely.segmentize(line, length) for line, length in zip(lines, step, strict=True)])
    faces = shapely.get_parts(shapely.polygonize(lines))
    owner = _owners(polygons, faces)
    faces, owner = _with_skerries(plan, faces, owner)
    phases = _phases(rng)
    for strength in (1.0, 0.6, 0.3, 0.0):
        result = _assemble(_bend(faces, phases, strength), owner, len(polygons))
        if result is not None:
            return result
    raise NotACoverage("The areas overlap even with straight edges.")


def to_degrees(geometry: np.ndarray) -> np.ndarray:
    """Local metres to WGS 84 degrees with six decimals (equirectangular: invented shapes need no datum)."""
    return _on_unique_points(geometry, _degrees)


def _degrees(xy):
    scale = np.degrees(1 / EARTH_RADIUS)
    longitude = ORIGIN_LONGITUDE + xy[:, 0] * scale / np.cos(np.radians(ORIGIN_LATITUDE))
    return np.round(np.column_stack([longitude, ORIGIN_LATITUDE + xy[:, 1] * scale]), 6)


def _owners(polygons, faces) -> np.ndarray:
    """Which input polygon each face came from, -1 for none."""
    points = shapely.point_on_surface(faces)
    face, polygon = shapely.STRtree(polygons).query(points, predicate="within")
    owner = np.full(len(faces), -1)
    owner[face] = polygon
    return owner


def _with_skerries(plan, faces, owner):
    """Islets belong to the nearest area on the coast."""
    nearest = [owner[int(np.argmin(shapely.distance(faces, islet)))] for islet in plan.skerries]
    return np.concatenate([faces, np.array(plan.skerries)]), np.concatenate([owner, nearest])


def _phases(rng):
    waves = []
    for wavelength, amplitude, count in WAVES:
        for _ in range(count):
            heading, phase = rng.uniform(0, 2 * np.pi, 2)
            wave = 2 * np.pi / wavelength * np.array([np.cos(heading), np.sin(heading)])
            waves.append((wave, phase, amplitude / count * rng.normal(0, 1, 2).clip(-1.5, 1.5)))
    return waves


def _bend(faces, phases, strength):
    def bend(xy):
        moved = xy.copy()
        for wave, phase, amplitude in phases:
            moved += strength * np.sin(xy @ wave + phase)[:, None] * amplitude
        return np.round(moved, 2)

    return _on_unique_points(faces, bend)


def _on_unique_points(geometry, change):
    """Applies `change` once per distinct point, so that neighbours keep exactly equal vertices."""

    def apply(xy):
        points, inverse = np.unique(xy, axis=0, return_inverse=True)
        return change(points)[inverse.reshape(-1)]

    return shapely.transform(geometry, apply)


def _assemble(faces, owner, count):
    result = []
    for index in range(count):
        parts = faces[owner == index]
        if not len(parts):
            return None
        result.append(parts[0] if len(parts) == 1 else shapely.coverage_union_all(parts))
    result = shapely.normalize(np.array(result))
    degrees = to_degrees(result)
    valid = shapely.is_valid(result).all() and shapely.is_valid(degrees).all()
    return result if valid and shapely.coverage_is_valid(result) and shapely.coverage_is_valid(degrees) else None
