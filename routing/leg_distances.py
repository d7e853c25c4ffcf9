"""Distances of single legs, after the event: what the travel provider says of ways that no plan had."""

import hmac
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.conf import settings
from django.core.cache import cache

from .problem_building.travel import departure
from .travel import Profile
from .travel_sources import travel_times

# A distance by road is kept like a leg of a plan. An estimate may be one because a server was away: not for long.
DAY = 24 * 3600
ESTIMATE_SECONDS = 3600


@dataclass(frozen=True)
class Distance:
    """`is_estimated`: no way by road, but a straight line with a detour."""

    metres: int
    is_estimated: bool


class LegDistances:
    """First everything that is wanted is named, then found at once, then read."""

    def __init__(self):
        self.wanted: dict[tuple, set] = defaultdict(set)
        self.found: dict[str, Distance] = {}

    def want(self, profile: str, day: date, start, end):
        """A leg between two points (EPSG:4326), in a way of travelling."""
        self.wanted[profile, day].add((start.coords, end.coords))

    def of(self, profile: str, day: date, start, end) -> Distance:
        """KeyError for a leg that was not wanted."""
        return self.found[_key(profile, start.coords, end.coords)]

    def find(self):
        """One question to the cache for all; then one to the travel provider for those legs of a day and a way of
        travelling that begin at one place and are not known yet.
        """
        keys = {
            _key(profile, *leg): (profile, day, *leg) for (profile, day), legs in self.wanted.items() for leg in legs
        }
        self.found |= {key: Distance(*known) for key, known in cache.get_many(keys).items()}
        missing = defaultdict(list)
        for key, (profile, day, start, end) in keys.items():
            if key not in self.found:
                missing[profile, day, start].append(end)
        for (profile, day, start), ends in missing.items():
            self._ask(profile, day, start, ends)

    def _ask(self, profile, day, start, ends):
        places = list(dict.fromkeys([start, *ends]))
        matrix = travel_times().matrix(np.array(places), departure(day), Profile(profile))
        kept = {True: {}, False: {}}
        for end in ends:
            index = places.index(end)
            # From door to door in one place nobody travels.
            is_estimated = index > 0 and bool(matrix.estimated[0, index])
            distance = self.found[_key(profile, start, end)] = Distance(int(matrix.distance[0, index]), is_estimated)
            kept[is_estimated][_key(profile, start, end)] = (distance.metres, is_estimated)
        cache.set_many(kept[True], ESTIMATE_SECONDS)
        cache.set_many(kept[False], settings.TRAVEL_CACHE_DAYS * DAY)


def _key(profile, start, end) -> str:
    """Places are homes: the cache holds them only as something that cannot be read back."""
    said = f"{'+'.join(settings.TRAVEL_PROVIDER)} {profile} {start} {end}".encode()
    return f"leg:{hmac.digest(settings.SECRET_KEY.encode(), said, 'sha256').hex()}"
