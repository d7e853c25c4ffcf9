"""Who lives where: spatially correlated need of the invented areas.

A few smooth surfaces (how urban, how deprived, how old, how diverse) are combined and each combination is then spread
over England's distribution of the indicator, so that neighbours are alike, indicators go together, shares are right.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from .marginals import national_decile, national_rank, spread
from .streets import CITY_RADIUS, StreetPlan

# indicator -> areas whose figure is missing on purpose, as (share of areas, reason).
GAPS = {
    "qof_cardiometabolic": (0.005, "blank"),
    "qof_respiratory": (0.005, "blank"),
    "qof_mental_cognitive": (0.010, "blank"),
    "low_english_share": (0.006, "suppressed"),
    "gp_travel_minutes": (0.005, "not_applicable"),
}
# What one register gives rise to is missing together.
SAME_GAPS = {
    "qof_cardiometabolic": "qof_cardiometabolic_standardised",
    "qof_respiratory": "qof_respiratory_standardised",
    "qof_mental_cognitive": "qof_mental_cognitive_standardised",
}
DECIMALS = {
    "population": 0,
    "households": 0,
    "imd_rank": 0,
    "imd_decile": 0,
    "gp_travel_minutes": 1,
    "nearest_gp_km": 2,
}


@dataclass(frozen=True)
class Society:
    """`values[code]` (n,), NaN where missing; `missing[code]` maps position to reason; `deprivation` (n,) latent."""

    values: dict[str, np.ndarray]
    missing: dict[str, dict[int, str]]
    deprivation: np.ndarray


def settle(
    plan: StreetPlan, points: np.ndarray, square_km: np.ndarray, gp_km: np.ndarray, rng: np.random.Generator
) -> Society:
    """Figures for areas at `points` (n, 2) metres; `gp_km` is the straight line to the nearest practice."""
    urban, coast, seaside = _setting(plan, points, square_km)
    deprived = _deprivation(points, urban, seaside, rng)
    young = _standard(0.8 * urban + 1.1 * _bump(points, (-900, 1_100), 1_500) + 0.45 * _surface(points, 4_000, rng))
    old = _standard(-0.75 * young + 0.55 * coast + 0.5 * _surface(points, 3_000, rng) + _noise(points, 0.35, rng))
    diverse = _standard(0.85 * urban + 0.4 * deprived + 0.9 * _surface(points, 5_000, rng) + _noise(points, 0.2, rng))
    practice = [_surface(points, 2_500, rng) for _ in range(3)]
    unwell = _standard(0.7 * deprived + 0.5 * old + _noise(points, 0.4, rng))
    # A stream of their own: standardised registers leave every other figure as it is.
    own = rng.spawn(1)[0]
    latent = {
        "age75_share": old,
        "bad_health_share": unwell,
        "lives_alone66_share": 0.65 * old + 0.3 * deprived + _noise(points, 0.5, rng),
        "unpaid_care_50h_share": 0.45 * deprived + 0.45 * old + _noise(points, 0.5, rng),
        "ethnic_minority_share": diverse,
        "low_english_share": 0.85 * diverse + 0.35 * deprived + _noise(points, 0.25, rng),
        "no_car_share": 0.65 * urban + 0.7 * deprived + _noise(points, 0.25, rng),
        "qof_cardiometabolic": 0.6 * old + 0.1 * deprived + 0.55 * practice[0] + _noise(points, 0.3, rng),
        "qof_respiratory": 0.4 * old + 0.25 * deprived + 0.55 * practice[1] + _noise(points, 0.3, rng),
        "qof_mental_cognitive": 0.15 * old + 0.3 * deprived + 0.6 * practice[2] + _noise(points, 0.3, rng),
        # Allowing for age, registers go with deprivation and with what the practice finds.
        "qof_cardiometabolic_standardised": 0.42 * deprived + 0.55 * practice[0] + _noise(points, 0.3, own),
        "qof_respiratory_standardised": 0.33 * deprived + 0.55 * practice[1] + _noise(points, 0.3, own),
        "qof_mental_cognitive_standardised": 0.22 * deprived + 0.6 * practice[2] + _noise(points, 0.3, own),
        "population": 0.3 * young + _noise(points, 1, rng),
    }
    values = {code: spread(code, surface) for code, surface in latent.items()}
    rank = national_rank(deprived)
    size = 2.38 - 0.16 * old + 0.10 * diverse + _noise(points, 0.08, rng)
    values |= {
        "households": values["population"] / size.clip(1.5, 3.6),
        "imd_rank": rank.astype(float),
        "imd_decile": national_decile(rank).astype(float),
        "nearest_gp_km": gp_km,
        "gp_travel_minutes": _travel_minutes(gp_km, urban),
    }
    values = {code: np.round(column, DECIMALS.get(code, 2)) for code, column in values.items()}
    return Society(values, _make_gaps(values, rng), deprived)


def _setting(plan, points, square_km):
    """Urban (standardised log density), nearness to the sea, and nearness to a seaside resort or the docks (0-1)."""
    urban = _standard(-np.log(square_km) - 0.5 * (np.hypot(*points.T) > CITY_RADIUS))
    shore = shapely.distance(plan.land.exterior, shapely.points(points))
    seaside = np.zeros(len(points))
    for town in plan.towns:
        if town.seaside:
            seaside = np.maximum(seaside, _bump(points, (town.x, town.y), 1_800))
    return urban, np.exp(-shore / 2_500), seaside


def _deprivation(points, urban, seaside, rng):
    """Highest in the inner ring, on the docks' side of the river, on two outer estates and in the resorts."""
    radius = np.hypot(*points.T)
    inner = np.exp(-(((radius - 2_300) / 1_900) ** 2))
    docks = _bump(points, (3_600, 300), 2_200)
    leafy = _bump(points, (-5_200, -5_400), 3_600)
    estates = sum(_bump(points, place, 1_300) for place in _estates(rng))
    return _standard(
        0.35 * urban + 1.1 * inner + 1.2 * docks + 1.6 * estates + 1.7 * seaside - 1.6 * leafy
        + 0.65 * _surface(points, 2_600, rng) + _noise(points, 0.3, rng)
    )  # fmt: skip


def _estates(rng):
    bearing = rng.uniform(1.0, 2.6), rng.uniform(3.0, 3.6)
    return [(7_600 * np.cos(b), 7_600 * np.sin(b)) for b in bearing]


def _travel_minutes(gp_km, urban):
    """Door to door on foot (4.8 km/h) or, farther out, by a bus one waits for; roads are 1.3 x the straight line."""
    road = 1.3 * gp_km
    walk = road / 4.8 * 60
    bus = 9 + np.clip(6 - 4 * urban, 2, 20) + road / 19 * 60
    return np.minimum(np.minimum(walk, bus), 120)


def _surface(points, scale, rng, waves=64):
    """A smooth random surface (n,), mean 0, deviation 1, whose correlation falls to about 0.6 at `scale` metres."""
    frequency = rng.normal(0, 1 / scale, (waves, 2))
    phase = rng.uniform(0, 2 * np.pi, waves)
    return _standard(np.cos(points @ frequency.T + phase).sum(axis=1))


def _bump(points, centre, width):
    return np.exp(-(((points - np.array(centre)) ** 2).sum(axis=1)) / width**2)


def _noise(points, deviation, rng):
    return rng.normal(0, deviation, len(points))


def _standard(values):
    return (values - values.mean()) / values.std()


def _make_gaps(values, rng):
    missing = {}
    for code, (share, reason) in GAPS.items():
        count = max(1, round(share * len(values[code])))
        at = np.sort(rng.choice(len(values[code]), count, replace=False))
        for same in filter(None, (code, SAME_GAPS.get(code))):
            values[same][at] = np.nan
            missing[same] = dict.fromkeys(at.tolist(), reason)
    return missing
