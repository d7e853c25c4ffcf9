"""The whole fictional city in one value."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from . import names
from .coverage import draw, to_degrees
from .division import divide
from .places import Place, place_postcodes, place_practices
from .society import Society, settle
from .streets import plan_streets

PRACTICES_PER_AREA = 180 / 1_200
FEWEST_AREAS = 100
MOST_AREAS = 40_000


@dataclass(frozen=True)
class City:
    """Everything about n areas in code order. `geometry` is WGS 84 (polygons, multipolygons); points are degrees."""

    seed: int
    codes: list[str]
    names: list[str]
    authority: np.ndarray
    geometry: np.ndarray
    society: Society
    practices: list[Place]
    postcodes: list[Place]

    def local_authority(self, area: int) -> tuple[str, str]:
        return names.AUTHORITIES[self.authority[area]]

    def sub_icb(self, area: int) -> tuple[str, str]:
        return names.SUB_ICBS[names.SUB_ICB_OF_AUTHORITY[self.authority[area]]]

    def icb(self, area: int) -> tuple[str, str]:
        return names.ICBS[names.ICB_OF_SUB_ICB[names.SUB_ICB_OF_AUTHORITY[self.authority[area]]]]


def build_city(seed: int = 1, areas: int = 1_200) -> City:
    """Build the city: under 1 s for 1,200 areas. ValueError for a size or seed out of range."""
    if not FEWEST_AREAS <= areas <= MOST_AREAS or seed < 0:
        raise ValueError(f"A synthetic city has {FEWEST_AREAS:,} to {MOST_AREAS:,} areas and a seed of 0 or more.")
    streams = [np.random.default_rng([seed, areas, stage]) for stage in range(7)]
    plan = plan_streets(streams[0])
    leaves = divide(plan, areas, len(names.AUTHORITIES), streams[1])
    leaves.sort(key=lambda leaf: leaf.authority)
    polygons = draw(plan, [leaf.polygon for leaf in leaves], streams[2])
    authority = np.array([leaf.authority for leaf in leaves])
    points = shapely.get_coordinates(shapely.centroid(polygons))
    square_km = shapely.area(polygons) / 1e6
    practices = place_practices(polygons, np.sqrt(1 / square_km), round(areas * PRACTICES_PER_AREA), streams[3])
    postcodes, practices = place_postcodes(polygons, practices, streams[4])
    where = np.array([(p.x, p.y) for p in practices])
    gp_km = np.hypot(*(points[:, None] - where[None]).transpose(2, 0, 1)).min(axis=1) / 1000
    return City(
        seed=seed,
        codes=[names.area_code(i) for i in range(areas)],
        names=names.area_names(authority, streams[5]),
        authority=authority,
        geometry=to_degrees(polygons),
        society=settle(plan, points, square_km, gp_km, streams[6]),
        practices=_in_degrees(practices),
        postcodes=_in_degrees(postcodes),
    )


def fingerprint(seed: int, areas: int) -> str:
    """SHA-256 that names the content without building it: seed, size and the generator's own source."""
    digest = hashlib.sha256(f"aldermoor:{seed}:{areas}".encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _in_degrees(places: list[Place]) -> list[Place]:
    xy = shapely.get_coordinates(to_degrees(np.array([shapely.Point(p.x, p.y) for p in places])))
    return [
        Place(p.code, p.name, p.postcode, p.area, float(x), float(y), p.residential)
        for p, (x, y) in zip(places, xy, strict=True)
    ]
