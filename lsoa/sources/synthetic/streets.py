"""Coast, river, arterial and ring roads of the island, and how densely people live there (metres from the centre)."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon

ISLAND_CENTRE = np.array([-12_000.0, 10_000.0])
ISLAND_RADIUS = 23_000.0
RING_RADII = (900.0, 2_200.0, 4_200.0, 6_800.0, 10_000.0, 17_000.0, 26_000.0)
# The fifth ring road is the boundary of the city's authority.
CITY_RADIUS = RING_RADII[4]
RADIALS = 9
REACH = 48_000.0


@dataclass(frozen=True)
class Town:
    """A settlement outside the city: centre in metres, relative size, whether it is a seaside resort."""

    x: float
    y: float
    size: float
    seaside: bool


@dataclass(frozen=True)
class StreetPlan:
    """The island before it is divided: land, skerries, river and main roads, towns, bearings of the radial roads."""

    land: Polygon
    skerries: tuple[Polygon, ...]
    lines: tuple[LineString, ...]
    towns: tuple[Town, ...]
    bearings: np.ndarray

    def density(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Areas per square kilometre (relative) at points in metres: city core, suburbs, towns, countryside."""
        r = np.hypot(x, y) / 1000
        result = 11.0 * np.exp(-r / 2.3) + 1.9 * np.exp(-((r / 8.5) ** 4)) + 0.17
        for town in self.towns:
            d = np.hypot(x - town.x, y - town.y) / 1000
            result = result + town.size * (3.2 * np.exp(-d / 0.9) + 0.6 * np.exp(-((d / 2.4) ** 2)))
        return result


def plan_streets(rng: np.random.Generator) -> StreetPlan:
    """Draw the island for one seed."""
    coast = _coast(rng)
    river = _river(rng)
    land = coast.difference(_estuary(river))
    if isinstance(land, MultiPolygon):
        land = max(land.geoms, key=lambda part: part.area)
    bearings = np.sort((np.arange(RADIALS) + rng.uniform(-0.22, 0.22, RADIALS)) * 2 * np.pi / RADIALS)
    lines = [
        river,
        *(_radial(rng, bearing, i) for i, bearing in enumerate(bearings)),
        *(_ring(rng, radius) for radius in RING_RADII),
    ]
    return StreetPlan(land, _skerries(rng, coast), tuple(lines), _towns(rng, land, bearings), bearings)


def _wander(rng, angles, harmonics, amplitude):
    """A smooth closed function of the angle with values within about +-amplitude."""
    result = np.zeros_like(angles)
    for k in harmonics:
        result += np.cos(k * angles + rng.uniform(0, 2 * np.pi)) / k
    return amplitude * result / sum(1 / k for k in harmonics)


def _coast(rng) -> Polygon:
    angles = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    broad, bays = _wander(rng, angles, (2, 3, 5), 0.16), _wander(rng, angles, (7, 8, 11, 17, 29, 47), 0.14)
    radius = ISLAND_RADIUS * (1 + broad + bays)
    return Polygon(ISLAND_CENTRE + radius[:, None] * np.column_stack([np.cos(angles), np.sin(angles)]))


def _river(rng) -> LineString:
    """From the hills in the north-west, past the centre, to the sea in the south-east."""
    t = np.linspace(-1, 1, 60)
    along = np.where(t < 0, t * 33_000, t * 22_000)
    across = 700 + 900 * np.sin(3.1 * t + rng.uniform(-0.5, 0.5)) * np.abs(t) ** 0.5 + 250 * np.sin(11 * t)
    flow = np.array([0.77, -0.64])
    normal = np.array([0.64, 0.77])
    return LineString(along[:, None] * flow + across[:, None] * normal)


def _estuary(river: LineString) -> Polygon:
    """The water into which the river widens from 3.5 km below the centre."""
    points = shapely.get_coordinates(river)
    run = points[np.hypot(*points.T) > 3_500]
    run = run[run[:, 0] > 0]
    width = np.minimum(35 + 0.075 * np.maximum(np.hypot(*run.T) - 3_500, 0), 900)
    direction = np.gradient(run, axis=0)
    normal = np.column_stack([-direction[:, 1], direction[:, 0]]) / np.hypot(*direction.T)[:, None]
    return Polygon(np.vstack([run + normal * width[:, None], (run - normal * width[:, None])[::-1]])).buffer(0)


def _skerries(rng, coast: Polygon) -> tuple[Polygon, ...]:
    """Three islets: areas on the coast that consist of several parts exist in reality too."""
    result = []
    for bearing in (0.9, 2.4, 4.4):
        angle = bearing + rng.uniform(-0.2, 0.2)
        direction = np.array([np.cos(angle), np.sin(angle)])
        distance = max(np.dot(point - ISLAND_CENTRE, direction) for point in shapely.get_coordinates(coast))
        turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        radius = 420 * (1 + _wander(rng, turn, (2, 3, 5), 0.3))
        centre = ISLAND_CENTRE + direction * (distance + 2_600)
        result.append(Polygon(centre + radius[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])))
    return tuple(result)


def _radial(rng, bearing, number) -> LineString:
    # Every third road reaches the market place; the others end on the first ring road.
    radius = np.concatenate([[0.0 if number % 3 == 0 else 650.0], np.geomspace(1_100, REACH, 24)])
    turn = bearing + 0.09 * np.sin(np.log1p(radius / 1500) * 2.2 + rng.uniform(0, 2 * np.pi)) * (radius > 0)
    return LineString(radius[:, None] * np.column_stack([np.cos(turn), np.sin(turn)]))


def _ring(rng, radius) -> LineString:
    angles = np.linspace(0, 2 * np.pi, 49)[:-1]
    distance = radius * (1 + _wander(rng, angles, (2, 3, 4, 7), 0.07))
    points = distance[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    return LineString(np.vstack([points, points[:1]]))


def _towns(rng, land: Polygon, bearings) -> tuple[Town, ...]:
    """Three market towns on radial roads, three resorts on the coast, all outside the city."""
    towns = []
    inland = [b for b in bearings if 1.2 < b < 4.2]
    for bearing, radius in zip(inland[:3], (16_500, 22_500, 19_000), strict=False):
        towns.append(Town(radius * np.cos(bearing), radius * np.sin(bearing), rng.uniform(0.7, 1.1), seaside=False))
    shore = shapely.get_coordinates(land.exterior)
    for angle, size in ((0.75, 1.2), (2.7, 0.8), (4.3, 1.0)):
        direction = np.array([np.cos(angle), np.sin(angle)])
        outside = shore[np.hypot(*shore.T) > CITY_RADIUS + 2_500]
        point = outside[np.argmax((outside - ISLAND_CENTRE) @ direction)]
        inward = point + (ISLAND_CENTRE - point) / np.hypot(*(ISLAND_CENTRE - point)) * 700
        towns.append(Town(*inward, size * rng.uniform(0.9, 1.1), seaside=True))
    return tuple(towns)
