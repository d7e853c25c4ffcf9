"""Travel times estimated from straight lines: distance times a detour factor, over a speed that grows with distance.

The detour factor of 1.3 and the speeds (18 km/h for short legs in town to 40 km/h from 8 km on, less in rush hours)
are assumptions of this project until a road network is connected; Boscoe, Henry and Zdeb 2012 (The Professional
Geographer 64(2)) measured a mean detour of 1.417 for trips to hospital in the United States. Hence every leg is marked
as estimated.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from .provider import Profile, TravelMatrix

LONDON = ZoneInfo("Europe/London")
EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG


@dataclass(frozen=True)
class Speed:
    """Kilometres per hour by road for very short legs and from `long_km` on, and seconds lost at each end (parking,
    locking).
    """

    short: float
    long: float
    long_km: float
    seconds_each_leg: int


SPEEDS = {
    Profile.CAR: Speed(short=18, long=40, long_km=8, seconds_each_leg=60),
    Profile.BICYCLE: Speed(short=13, long=15, long_km=3, seconds_each_leg=60),
    Profile.FOOT: Speed(short=4.8, long=4.8, long_km=1, seconds_each_leg=0),
}

# Share of the free speed that is left to cars on working days, by civil hour; other hours and weekends: all of it.
RUSH_HOURS = {7: 0.85, 8: 0.75, 9: 0.9, 15: 0.9, 16: 0.85, 17: 0.75, 18: 0.85}


def great_circle_metres(points: np.ndarray, others: np.ndarray | None = None) -> np.ndarray:
    """Metres on the sphere between (n, 2) and (m, 2) arrays of longitude and latitude in degrees, by haversine."""
    rows = np.radians(np.asarray(points, dtype=float).reshape(-1, 2))
    columns = rows if others is None else np.radians(np.asarray(others, dtype=float).reshape(-1, 2))
    sine = np.sin((rows[:, None, :] - columns[None, :, :]) / 2) ** 2
    part = sine[..., 1] + np.cos(rows[:, None, 1]) * np.cos(columns[None, :, 1]) * sine[..., 0]
    return 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(part, 0, 1)))


class GreatCircleProvider:
    """Estimates that need no network data; every leg is marked as estimated."""

    name = "great-circle"

    def __init__(self, detour: float = 1.3):
        if detour < 1:
            raise ValueError("a road is never shorter than the straight line")
        self.detour = detour

    def matrix(self, points: np.ndarray, departure: datetime, profile: Profile = Profile.CAR) -> TravelMatrix:
        """See TravelProvider.matrix. Raises ValueError for a naive departure or points outside the globe."""
        points = np.asarray(points, dtype=float).reshape(-1, 2)
        if departure.tzinfo is None:
            raise ValueError("departure must be an aware datetime")
        if not np.isfinite(points).all() or (np.abs(points) > (180, 90)).any():
            raise ValueError("points must be longitude and latitude in degrees")
        profile = Profile(profile)
        metres = great_circle_metres(points) * self.detour
        speed = SPEEDS[profile]
        reach = np.minimum(1, metres / (speed.long_km * 1000))
        free = (speed.short + (speed.long - speed.short) * reach) / 3.6
        seconds = metres / (free * traffic(departure, profile)) + np.where(metres > 0, speed.seconds_each_leg, 0)
        return TravelMatrix(
            duration=np.rint(seconds).astype(np.int32),
            distance=np.rint(metres).astype(np.int32),
            estimated=np.ones(metres.shape, dtype=bool),
            provider=self.name,
            data_version=f"detour {self.detour:g}",
        )


def traffic(departure: datetime, profile: Profile) -> float:
    """Share of the free speed that is left at this civil time in London."""
    local = departure.astimezone(LONDON)
    if profile is not Profile.CAR or local.weekday() >= 5:
        return 1.0
    return RUSH_HOURS.get(local.hour, 1.0)
