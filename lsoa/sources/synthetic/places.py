"""Practices and postcodes: points on land inside their areas."""

from dataclasses import dataclass

import numpy as np
import shapely

from . import names

RESIDENTIAL_POSTCODES = 4
# Areas per postcode district, more where two digits would not be enough for the districts.
DISTRICT_AREAS = 40
MOST_DISTRICTS = 99


@dataclass(frozen=True)
class Place:
    """A practice or postcode: code, name (of practices), postcode, position of its area, metres or degrees."""

    code: str
    name: str
    postcode: str
    area: int
    x: float
    y: float
    residential: bool = True


def inside(polygon, count: int, rng: np.random.Generator) -> np.ndarray:
    """`count` random points (count, 2), in metres to 1 m, well inside the largest part of an area."""
    part = max(shapely.get_parts(polygon), key=lambda p: p.area)
    core = part.buffer(-0.08 * np.sqrt(part.area))
    core = part if core.is_empty else core
    shapely.prepare(core)
    x0, y0, x1, y1 = core.bounds
    found = np.empty((0, 2))
    while len(found) < count:
        drawn = np.round(rng.uniform((x0, y0), (x1, y1), (8 * count, 2)))
        found = np.vstack([found, drawn[shapely.contains_xy(core, drawn)]])
    return found[:count]


def place_practices(polygons, weight: np.ndarray, count: int, rng: np.random.Generator) -> list[Place]:
    """Practices in different areas, likelier where `weight` is high, spread so that neighbours rarely both have one."""
    centre = shapely.get_coordinates(shapely.centroid(polygons))
    keys = rng.exponential(size=len(polygons)) / weight
    chosen: list[int] = []
    spacing = 0.75 * np.sqrt(shapely.area(polygons))
    for area in np.argsort(keys, kind="stable").tolist():
        distance = np.hypot(*(centre[chosen] - centre[area]).T) if chosen else np.array([np.inf])
        if distance.min() > spacing[area]:
            chosen.append(area)
        if len(chosen) == count:
            break
    titles = names.neighbourhoods(rng, count, city=True)
    kinds = ("Surgery", "Medical Centre", "Health Centre", "Practice")
    result = []
    for number, area in enumerate(sorted(chosen)):
        x, y = inside(polygons[area], 1, rng)[0]
        title = f"{titles[number]} {kinds[int(rng.integers(len(kinds)))]}"
        result.append(Place(f"ZY{number + 1:04d}", title, "", area, float(x), float(y), residential=False))
    return result


def place_postcodes(polygons, practices: list[Place], rng: np.random.Generator) -> tuple[list[Place], list[Place]]:
    """Residential postcodes of every area and one for each practice; returns (postcodes, practices with theirs)."""
    postcodes, serials = [], {}
    areas_each = max(DISTRICT_AREAS, -(-len(polygons) // MOST_DISTRICTS))

    def issue(area):
        district = area // areas_each + 1
        serials[district] = serials.get(district, -1) + 1
        return names.postcode(district, serials[district])

    for area, polygon in enumerate(polygons):
        for x, y in inside(polygon, RESIDENTIAL_POSTCODES, rng):
            code = issue(area)
            postcodes.append(Place(code, "", code, area, float(x), float(y)))
    addressed = []
    for practice in practices:
        code = issue(practice.area)
        postcodes.append(Place(code, "", code, practice.area, practice.x, practice.y, residential=False))
        addressed.append(Place(practice.code, practice.name, code, practice.area, practice.x, practice.y, False))
    return postcodes, addressed
