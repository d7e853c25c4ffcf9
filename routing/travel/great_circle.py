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

from .provider import Legs, Profile, Route, RouteLeg, TravelMatrix, checked_departure, checked_points

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
    metres = np.empty((len(rows), len(columns)))
    for part in _row_parts(len(rows), len(columns)):
        longitude, latitude = (np.sin((rows[part, None, axis] - columns[None, :, axis]) / 2) ** 2 for axis in (0, 1))
        square = latitude + np.cos(rows[part, None, 1]) * np.cos(columns[None, :, 1]) * longitude
        metres[part] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(square, 0, 1)))
    return metres


def _row_parts(rows: int, columns: int):
    """Slices of rows that hold about a million legs: a matrix of 10,000 places needs little memory beside itself."""
    step = max(1, 1_000_000 // max(1, columns))
    return [slice(start, start + step) for start in range(0, rows, step)]


class GreatCircleProvider:
    """Estimates that need no network data; every leg is marked as estimated."""

    name = "great-circle"
    title = "straight lines"

    def __init__(self, detour: float = 1.3):
        if detour < 1:
            raise ValueError("a road is never shorter than the straight line")
        self.detour = detour

    @property
    def version(self) -> str:
        """Names the assumptions behind the estimates."""
        return f"detour {self.detour:g}"

    def legs(self, origins, destinations, departure: datetime, profile: Profile) -> Legs:
        """Estimates from each origin to each destination, (n, 2) and (m, 2) arrays; all have an answer."""
        origins, destinations = (np.asarray(points, dtype=float).reshape(-1, 2) for points in (origins, destinations))
        legs = Legs.blank(len(origins), len(destinations))
        speed, left = SPEEDS[profile], traffic(departure, profile)
        for part in _row_parts(len(origins), len(destinations)):
            metres = great_circle_metres(origins[part], destinations) * self.detour
            reach = np.minimum(1, metres / (speed.long_km * 1000))
            free = (speed.short + (speed.long - speed.short) * reach) / 3.6
            seconds = metres / (free * left) + np.where(metres > 0, speed.seconds_each_leg, 0)
            legs.seconds[part], legs.metres[part] = np.rint(seconds), np.rint(metres)
        return legs

    def matrix(self, points: np.ndarray, departure: datetime, profile: Profile = Profile.CAR) -> TravelMatrix:
        """See TravelProvider.matrix. Raises ValueError for a naive departure or points outside the globe."""
        points, departure = checked_points(points), checked_departure(departure)
        legs = self.legs(points, points, departure, Profile(profile))
        return TravelMatrix(
            duration=legs.seconds,
            distance=legs.metres,
            estimated=np.ones(legs.seconds.shape, dtype=bool),
            provider=self.name,
            data_version=self.version,
        )

    def route(self, points: np.ndarray, departure: datetime, profile: Profile = Profile.CAR) -> Route:
        """See TravelProvider.route: straight lines, with the matrix's estimates."""
        points, departure = checked_points(points), checked_departure(departure)
        legs = [
            self.leg(start, end, departure, Profile(profile)) for start, end in zip(points, points[1:], strict=False)
        ]
        return Route(legs=tuple(legs), provider=self.name)

    def leg(self, start, end, departure: datetime, profile: Profile) -> RouteLeg:
        """One straight leg."""
        legs = self.legs(start, end, departure, profile)
        line = np.array([start, end], dtype=float)
        return RouteLeg(line, legs.seconds.item(), legs.metres.item(), estimated=True)


def traffic(departure: datetime, profile: Profile) -> float:
    """Share of the free speed that is left at this civil time in London."""
    local = departure.astimezone(LONDON)
    if profile is not Profile.CAR or local.weekday() >= 5:
        return 1.0
    return RUSH_HOURS.get(local.hour, 1.0)


def hour_band(departure: datetime) -> str:
    """The civil hour in London, on a working day or at the weekend: what times by hour are kept under."""
    local = departure.astimezone(LONDON)
    return f"{'weekend' if local.weekday() >= 5 else 'weekday'}-{local.hour:02}"
