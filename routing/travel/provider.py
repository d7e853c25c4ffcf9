"""The interface of travel times."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import numpy as np


class Profile(StrEnum):
    """How somebody travels."""

    CAR = "car"
    BICYCLE = "bicycle"
    FOOT = "foot"


class TravelUnavailable(Exception):
    """A provider could not answer; the caller decides on another and says so."""


@dataclass(frozen=True)
class TravelMatrix:
    """Square arrays [from, to]: `duration` int32 seconds, `distance` int32 metres, `estimated` bool per leg.

    `provider` and `data_version` name the source, for the plan that used it.
    """

    duration: np.ndarray
    distance: np.ndarray
    estimated: np.ndarray
    provider: str
    data_version: str

    def __post_init__(self):
        if not self.duration.shape == self.distance.shape == self.estimated.shape or self.duration.ndim != 2:
            raise ValueError("duration, distance and estimated must be square arrays of one shape")


class TravelProvider(Protocol):
    """A source of travel times."""

    name: str

    def matrix(self, points: np.ndarray, departure: datetime, profile: Profile = Profile.CAR) -> TravelMatrix:
        """Legs between all `points`, an (n, 2) array of longitude and latitude in degrees (EPSG:4326).

        `departure` is an aware datetime; times of day are meant in Europe/London. Raises TravelUnavailable.
        """
        ...
