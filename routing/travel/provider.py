"""The interface of travel times, and what goes through it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import numpy as np

# What a source says of a leg instead of seconds and metres.
NO_ANSWER = -1  # it looked, and its network leads from no place near the one to the other
NOT_ASKED = -2  # it was not asked for this leg; another time it may be
LONGEST_SECONDS = 7 * 24 * 3600
SLIGHTLY = 5


class Profile(StrEnum):
    """How somebody travels."""

    CAR = "car"
    BICYCLE = "bicycle"
    FOOT = "foot"


class TravelUnavailable(Exception):
    """A source could not answer; the caller decides on another and says so. The message never holds a place."""


@dataclass(frozen=True)
class Legs:
    """What a source answered: int32 arrays [origin, destination] of seconds and metres, NO_ANSWER or NOT_ASKED."""

    seconds: np.ndarray
    metres: np.ndarray

    @classmethod
    def blank(cls, rows: int, columns: int, value: int = NOT_ASKED) -> "Legs":
        """Legs that all hold `value`."""
        return cls(np.full((rows, columns), value, np.int32), np.full((rows, columns), value, np.int32))

    def put(self, at, seconds, metres):
        """Write floats or ints of one shape at an index, NaN as NO_ANSWER. TravelUnavailable for what cannot be.

        Slightly negative means none: OSRM says -0.8 m between places that it moves to one spot of a road.
        """
        seconds, metres = np.asarray(seconds, dtype=float), np.asarray(metres, dtype=float)
        answered = np.isfinite(seconds) & np.isfinite(metres)
        seconds, metres = np.where(answered, seconds, 0), np.where(answered, metres, 0)
        if (np.minimum(seconds, metres) < -SLIGHTLY).any() or (seconds > LONGEST_SECONDS).any():
            raise TravelUnavailable("it answered with times or distances that cannot be")
        self.seconds[at] = np.where(answered, np.rint(seconds.clip(0)), NO_ANSWER)
        self.metres[at] = np.where(answered, np.rint(metres.clip(0)), NO_ANSWER)


@dataclass(frozen=True)
class TravelMatrix:
    """Square arrays [from, to]: `duration` int32 seconds, `distance` int32 metres, `estimated` bool per leg.

    `provider` and `data_version` name the source, `attribution` what must stand wherever the figures are shown, and
    `notes` say in words what did not go as configured: all for the plan that used it.
    """

    duration: np.ndarray
    distance: np.ndarray
    estimated: np.ndarray
    provider: str
    data_version: str
    attribution: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self):
        if not self.duration.shape == self.distance.shape == self.estimated.shape or self.duration.ndim != 2:
            raise ValueError("duration, distance and estimated must be square arrays of one shape")


@dataclass(frozen=True)
class RouteLeg:
    """From one point to the next: `line` is a (k, 2) array of longitude and latitude, k >= 2.

    An estimated leg is a straight line; its seconds and metres are estimates.
    """

    line: np.ndarray
    seconds: int
    metres: int
    estimated: bool = False


@dataclass(frozen=True)
class Route:
    """The way through points in their order, one leg between each two."""

    legs: tuple[RouteLeg, ...]
    provider: str
    attribution: str = ""


class TravelProvider(Protocol):
    """Travel times for planning. Every leg has an answer; those that are estimates are marked."""

    name: str

    def matrix(self, points: np.ndarray, departure: datetime, profile: Profile = Profile.CAR) -> TravelMatrix:
        """Legs between all `points`, an (n, 2) array of longitude and latitude in degrees (EPSG:4326).

        `departure` is an aware datetime; times of day are meant in Europe/London. Raises TravelUnavailable.
        """
        ...

    def route(self, points: np.ndarray, departure: datetime, profile: Profile = Profile.CAR) -> Route:
        """The way through `points` (n >= 2) in their order. Raises TravelUnavailable."""
        ...


class TravelSource(Protocol):
    """One network of roads and paths, which may not know every leg. `TravelTimes` makes a TravelProvider of sources."""

    name: str
    title: str  # for people
    attribution: str
    depends_on_time: bool  # whether the hour of departure makes a difference

    def side(self, profile: Profile) -> int:
        """How many origins and destinations one question may hold."""
        ...

    def data_version(self, profile: Profile, near: np.ndarray) -> str:
        """Names the data behind the answers; `near`: any one point. Raises TravelUnavailable."""
        ...

    def legs(self, origins: np.ndarray, destinations: np.ndarray, departure: datetime, profile: Profile) -> Legs:
        """Legs from each origin to each destination, (n, 2) and (m, 2) arrays. Raises TravelUnavailable."""
        ...

    def route(self, points: np.ndarray, departure: datetime, profile: Profile) -> list[RouteLeg | None]:
        """One leg between each two points, None where the network knows no way. Raises TravelUnavailable."""
        ...


def checked_points(points) -> np.ndarray:
    """The points as an (n, 2) float array. ValueError for what is no longitude and latitude in degrees."""
    points = np.asarray(points, dtype=float).reshape(-1, 2)
    if not np.isfinite(points).all() or (np.abs(points) > (180, 90)).any():
        raise ValueError("points must be longitude and latitude in degrees")
    return points


def checked_departure(departure: datetime) -> datetime:
    """The departure. ValueError for a naive one."""
    if departure.tzinfo is None:
        raise ValueError("departure must be an aware datetime")
    return departure
