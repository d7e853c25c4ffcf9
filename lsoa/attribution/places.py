"""Areas, practices, and who is near whom. Points are degrees (EPSG 4326), distances kilometres."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

EARTH_RADIUS_KM = 6371.0088
# A practice's list is looked for among its nearest areas (about 400,000 people), and every area has its nearest
# practices as candidates however far they are: nobody is without one.
NEAREST_AREAS = 250
NEAREST_PRACTICES = 30

# Travel assumptions, stated on every value by its method.
WALKING_KM_PER_HOUR = 4.8
STREET_DETOUR = 1.3  # street distance over straight line
TRANSIT_KM_PER_HOUR = 18.0
TRANSIT_WAIT_AND_WALK_MINUTES = 12.0


@dataclass(frozen=True)
class Areas:
    """Areas in one order, columns of equal length. `km2` is the surface, `residents` counts people.

    `ward` (a code, "" where unknown) is needed for ward shares only; `deprivation` (a score, NaN where unknown) only
    where practices have theirs.
    """

    code: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    km2: np.ndarray
    residents: np.ndarray
    ward: np.ndarray
    deprivation: np.ndarray

    def __len__(self):
        return len(self.code)


@dataclass(frozen=True)
class Practices:
    """Practices in one order. `patients` is the whole list of the year that is carried.

    `lon` and `lat` are NaN where no place is known; `km2` is the surface of the area whose centre stands for the
    practice (0: its own point). `sub_icb` and `icb` ("" unknown) are where a practice without a place belongs.
    `deprivation` is the published mean score of its patients, NaN where none is.
    """

    code: np.ndarray
    patients: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    km2: np.ndarray
    sub_icb: np.ndarray
    icb: np.ndarray
    deprivation: np.ndarray

    def __len__(self):
        return len(self.code)

    @property
    def located(self) -> np.ndarray:
        return ~np.isnan(self.lon)


@dataclass(frozen=True)
class Pairs:
    """Practices and areas near each other: indices and the typical km between the people and the practice."""

    practice: np.ndarray
    area: np.ndarray
    km: np.ndarray


def globe_points(lon, lat) -> np.ndarray:
    """Points in km from the centre of the globe, shape (n, 3). Chords stand for arcs: below 100 km they differ by
    less than a metre."""
    lon, lat = np.radians(np.asarray(lon, dtype=float)), np.radians(np.asarray(lat, dtype=float))
    return EARTH_RADIUS_KM * np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


def typical_km(km, *km2) -> np.ndarray:
    """Root mean square distance of points spread over discs of the surfaces `km2` whose centres are `km` apart.

    For discs A and B the mean square is d^2 + A/2pi + B/2pi: an area with a practice in it is not at distance zero.
    """
    return np.sqrt(np.square(km) + sum(km2) / (2 * np.pi))


def near_pairs(areas: Areas, practices: Practices) -> Pairs:
    """Every located practice with its nearest areas, and every area with its nearest practices; each pair once, in
    the order of practice and area."""
    located = np.flatnonzero(practices.located)
    if not len(located) or not len(areas):
        nothing = np.empty(0, dtype=np.int64)
        return Pairs(nothing, nothing, np.empty(0))
    homes = globe_points(areas.lon, areas.lat)
    surgeries = globe_points(practices.lon[located], practices.lat[located])
    first, second = _nearest(homes, surgeries, NEAREST_PRACTICES), _nearest(surgeries, homes, NEAREST_AREAS)
    keys = np.concatenate((first[1] * len(areas) + first[0], second[0] * len(areas) + second[1]))
    keys.sort()
    keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
    place, area = keys // len(areas), keys % len(areas)
    km = np.sqrt(np.square(surgeries[place] - homes[area]).sum(axis=1))
    practice = located[place]
    return Pairs(practice, area, typical_km(km, areas.km2[area], practices.km2[practice]))


def _nearest(points, others, number) -> tuple[np.ndarray, np.ndarray]:
    """Indices of points and of their `number` nearest others, as two columns."""
    number = min(number, len(others))
    _, found = cKDTree(others).query(points, k=number, workers=-1)
    return np.repeat(np.arange(len(points)), number), found.reshape(-1).astype(np.int64)


def nearest_km(area_lon, area_lat, area_km2, practice_lon, practice_lat, practice_km2) -> np.ndarray:
    """Typical straight-line km from the people of each area to the nearest practice (NaN without any practice)."""
    if not len(practice_lon):
        return np.full(len(area_lon), np.nan)
    homes, surgeries = globe_points(area_lon, area_lat), globe_points(practice_lon, practice_lat)
    # A practice known only by its area counts with that area's spread, so the nearest point need not be the nearest.
    number = min(8, len(surgeries))
    km, found = cKDTree(surgeries).query(homes, k=number, workers=-1)
    km, found = km.reshape(len(homes), number), found.reshape(len(homes), number)
    area_km2 = np.asarray(area_km2, dtype=float)[:, None]
    return typical_km(km, area_km2, np.asarray(practice_km2, dtype=float)[found]).min(axis=1)


def travel_minutes(km) -> np.ndarray:
    """Minutes on foot or by public transport, whichever is quicker, from a straight-line distance in km."""
    street = np.asarray(km, dtype=float) * STREET_DETOUR
    walking = street / WALKING_KM_PER_HOUR * 60
    transit = TRANSIT_WAIT_AND_WALK_MINUTES + street / TRANSIT_KM_PER_HOUR * 60
    return np.minimum(walking, transit)
