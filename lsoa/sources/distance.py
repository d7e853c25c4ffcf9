"""From practices to areas by distance: attribution of registers, and travel time to the nearest practice.

Pure NumPy: takes arrays, gives arrays. Points are longitude and latitude in degrees, distances kilometres.
"""

from collections.abc import Iterator

import numpy as np

EARTH_RADIUS_KM = 6371.0088
# Patients choose a near practice: the odds of a practice fall by 1/e with every DECAY_KM. Compared with the real
# shares of practices' lists by ward in Birmingham and Solihull, see docs/adr/0013.
DECAY_KM = 0.5
# Practices further away than this (in degrees of latitude, about 55 km) from a band of areas get no weight.
BAND_DEGREES = 0.5
BAND_AREAS = 500

# Travel assumptions, stated on every value by its method.
WALKING_KM_PER_HOUR = 4.8
STREET_DETOUR = 1.3  # street distance over straight line
TRANSIT_KM_PER_HOUR = 18.0
TRANSIT_WAIT_AND_WALK_MINUTES = 12.0


def unit_vectors(lon, lat) -> np.ndarray:
    """Points on the unit sphere, shape (n, 3)."""
    lon, lat = np.radians(np.asarray(lon, dtype=float)), np.radians(np.asarray(lat, dtype=float))
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


Band = tuple[np.ndarray, np.ndarray, np.ndarray]


def distance_bands(area_lon, area_lat, practice_lon, practice_lat) -> Iterator[Band]:
    """Yield (indices of areas, indices of practices, km between them) in bands of latitude.

    Chords stand for arcs: below 100 km they differ by less than a metre.
    """
    area_lat, practice_lat = np.asarray(area_lat, dtype=float), np.asarray(practice_lat, dtype=float)
    areas, practices = unit_vectors(area_lon, area_lat), unit_vectors(practice_lon, practice_lat)
    order = np.argsort(area_lat, kind="stable")
    for start in range(0, len(order), BAND_AREAS):
        band = order[start : start + BAND_AREAS]
        south, north = area_lat[band[[0, -1]]]
        near = np.flatnonzero((practice_lat >= south - BAND_DEGREES) & (practice_lat <= north + BAND_DEGREES))
        if not len(near):
            near = np.arange(len(practice_lat))
        cosine = np.clip(areas[band] @ practices[near].T, -1.0, 1.0)
        yield band, near, EARTH_RADIUS_KM * np.sqrt(2.0 - 2.0 * cosine)


def attribute(distances, n_areas: int, list_size, figures) -> np.ndarray:
    """Practices' figures carried to areas, shape (areas, figures): mean weighted by list size x exp(-km / DECAY_KM).

    `figures` has shape (practices, figures); a practice without a figure (NaN) does not count for that one.
    NaN for an area without any practice that counts.
    """
    list_size = np.asarray(list_size, dtype=float)
    figures = np.asarray(figures, dtype=float)
    known = ~np.isnan(figures)
    filled = np.where(known, figures, 0.0)
    out = np.full((n_areas, figures.shape[1]), np.nan)
    for band, near, km in distances:
        # Relative to the nearest practice, so that remote areas do not underflow to zero weights.
        weight = np.exp(-(km - km.min(axis=1, keepdims=True)) / DECAY_KM) * list_size[near]
        total = weight @ known[near]
        with np.errstate(invalid="ignore", divide="ignore"):
            out[band] = np.where(total > 0, (weight @ filled[near]) / total, np.nan)
    return out


def nearest_km(distances, n_areas: int, area_km2, practice_area_km2) -> np.ndarray:
    """Typical straight-line distance from the people of an area to the nearest practice, in km.

    People are spread over the area, and a practice known only by its LSOA stands somewhere in that one. For two
    discs of areas A and B the mean square distance of a point in each is d^2 + A/2pi + B/2pi, d between centres;
    this returns its root, so that an area with a practice in it is not at distance zero. `practice_area_km2` is 0
    where the practice's own point is known.
    """
    out = np.full(n_areas, np.nan)
    spread = np.asarray(practice_area_km2, dtype=float) / (2 * np.pi)
    for band, near, km in distances:
        out[band] = np.sqrt((km**2 + spread[near]).min(axis=1) + np.asarray(area_km2)[band] / (2 * np.pi))
    return out


def travel_minutes(km) -> np.ndarray:
    """Minutes on foot or by public transport, whichever is quicker, from a straight-line distance in km."""
    street = np.asarray(km, dtype=float) * STREET_DETOUR
    walking = street / WALKING_KM_PER_HOUR * 60
    transit = TRANSIT_WAIT_AND_WALK_MINUTES + street / TRANSIT_KM_PER_HOUR * 60
    return np.minimum(walking, transit)
