"""Travel times from several sources, one after the other, with a cache, and estimates for what none of them knows."""

import logging
from datetime import datetime

import numpy as np

from .blocks import cover, pieces
from .cache import LegCache, Scope, rounded
from .great_circle import GreatCircleProvider, hour_band
from .provider import (
    NOT_ASKED,
    Legs,
    Profile,
    Route,
    RouteLeg,
    TravelMatrix,
    TravelSource,
    TravelUnavailable,
    checked_departure,
    checked_points,
)

log = logging.getLogger(__name__)


class TravelTimes:
    """A TravelProvider of `sources` in their order. What no source answers is estimated and marked; with
    `estimates=None` TravelUnavailable is raised instead, and says why.
    """

    def __init__(
        self,
        sources: list[TravelSource],
        *,
        cache: LegCache | None = None,
        estimates: GreatCircleProvider | None = None,
    ):
        self.sources, self.estimates, self._cache = sources, estimates, cache
        self.name = "+".join([source.name for source in sources] or [GreatCircleProvider.name])

    def matrix(self, points: np.ndarray, departure: datetime, profile: Profile = Profile.CAR) -> TravelMatrix:
        """See TravelProvider.matrix. `estimated` is false on the diagonal: staying takes no time."""
        points, place = np.unique(rounded(checked_points(points)), axis=0, return_inverse=True)
        made = _Making(points, checked_departure(departure), Profile(profile))
        for source in self.sources:
            if made.open.any():
                self._ask(source, made)
        estimated = made.open.copy()
        if estimated.any():
            self._estimate(made)
        # Points at one place share its row and column.
        every = np.ix_(place.ravel(), place.ravel())
        return TravelMatrix(
            duration=made.legs.seconds[every],
            distance=made.legs.metres[every],
            estimated=estimated[every],
            provider="+".join(made.names) or GreatCircleProvider.name,
            data_version="; ".join(made.versions),
            attribution=" ".join(dict.fromkeys(made.attributions)),
            notes=tuple(made.notes + _count_note(estimated, bool(self.sources))),
        )

    def route(self, points: np.ndarray, departure: datetime, profile: Profile = Profile.CAR) -> Route:
        """See TravelProvider.route. Legs without a way, or without an answer in time, are straight and estimated."""
        points, departure = checked_points(points), checked_departure(departure)
        profile = Profile(profile)
        legs: list[RouteLeg | None] = [None] * (len(points) - 1)
        names, attributions, troubles = [], [], []
        for source in self.sources:
            if None not in legs:
                break
            try:
                found = source.route(points, departure, profile)
            except TravelUnavailable as error:
                troubles.append(f"{source.title}: {error}")
                continue
            if any(new and not old for old, new in zip(legs, found, strict=True)):
                names.append(source.name)
                attributions.append(source.attribution)
            legs = [old or new for old, new in zip(legs, found, strict=True)]
        if None in legs:
            if self.estimates is None:
                raise TravelUnavailable("; ".join(troubles) or "no source knows a way")
            names.append(self.estimates.name)
        whole = [
            leg or self.estimates.leg(start, end, departure, profile)
            for leg, start, end in zip(legs, points[:-1], points[1:], strict=True)
        ]
        return Route(tuple(whole), "+".join(names), " ".join(dict.fromkeys(filter(None, attributions))))

    def _ask(self, source, made):
        """Fill the open legs from the cache, then from the source; what went wrong becomes a note."""
        answered = ~made.open
        try:
            version = self._version(source, made)
            open_legs = self._from_cache(source, version, made)
            for rows, columns in cover(open_legs):
                for block in pieces(rows, columns, source.side(made.profile)):
                    self._ask_block(source, made, block)
        except TravelUnavailable as error:
            made.notes.append(f"{source.title} could not be used fully: {error}.")
            log.warning("travel_source_unavailable: %s, %s: %s", source.name, made.profile, error)
        if (answered != ~made.open).any():
            made.names.append(source.name)
            made.attributions.append(source.attribution)
            made.versions.append(f"{source.name} {made.version_of[source.name]}")

    def _ask_block(self, source, made, block):
        rows, columns = block
        legs = source.legs(made.points[rows], made.points[columns], made.departure, made.profile)
        made.take(block, legs)
        if self._uses_cache(made):
            # After the answer: the data may have been exchanged since the cache was read.
            version = made.version_of[source.name] = source.data_version(made.profile, made.points[0])
            places = self._cache.places(made.points)
            fresh = made.places_differ[np.ix_(rows, columns)]
            self._cache.write(self._scope(source, version, made), places[rows], places[columns], legs, fresh)

    def _version(self, source, made) -> str:
        """The version of the source's data; the last one known while its server is away, for what the cache holds."""
        try:
            version = source.data_version(made.profile, made.points[0])
        except TravelUnavailable:
            version = self._cache.last_version(source.name, made.profile) if self._uses_cache(made) else None
            if version is None:
                raise
        else:
            if self._uses_cache(made):
                self._cache.remember_version(source.name, made.profile, version)
        made.version_of[source.name] = version
        return version

    def _from_cache(self, source, version, made) -> np.ndarray:
        """Fill from the cache; returns which legs the source must be asked for."""
        if not self._uses_cache(made):
            return made.open.copy()
        places = self._cache.places(made.points)
        kept = self._cache.read(self._scope(source, version, made), places, places)
        unknown = made.open & (kept.seconds == NOT_ASKED)
        everything = np.arange(len(made.points))
        made.take((everything, everything), kept)
        return unknown

    def _uses_cache(self, made) -> bool:
        return self._cache is not None and len(made.points) <= self._cache.most_points

    def _scope(self, source, version, made) -> Scope:
        band = hour_band(made.departure) if source.depends_on_time else "any"
        return Scope(source.name, str(made.profile), band, version)

    def _estimate(self, made):
        if self.estimates is None:
            text = f"{int(made.open.sum()):,} legs have no answer, and none may be estimated."
            raise TravelUnavailable(" ".join([*made.notes, text]))
        legs = self.estimates.legs(made.points, made.points, made.departure, made.profile)
        made.take((np.arange(len(made.points)),) * 2, legs)
        made.names.append(self.estimates.name)
        made.versions.append(f"{self.estimates.name} {self.estimates.version}")


class _Making:
    """A matrix that is being put together."""

    def __init__(self, points, departure, profile):
        self.points, self.departure, self.profile = points, departure, profile
        count = len(points)
        self.legs = Legs.blank(count, count)
        np.fill_diagonal(self.legs.seconds, 0)
        np.fill_diagonal(self.legs.metres, 0)
        self.places_differ = ~np.eye(count, dtype=bool)
        self.names, self.versions, self.attributions, self.notes = [], [], [], []
        self.version_of: dict[str, str] = {}

    @property
    def open(self) -> np.ndarray:
        """Legs without an answer so far."""
        return self.legs.seconds < 0

    def take(self, block, legs: Legs):
        """Take a block's answers for legs that have none yet."""
        at = np.ix_(*block)
        better = (self.legs.seconds[at] < 0) & (legs.seconds >= 0)
        self.legs.seconds[at] = np.where(better, legs.seconds, self.legs.seconds[at])
        self.legs.metres[at] = np.where(better, legs.metres, self.legs.metres[at])


def _count_note(estimated, has_sources) -> list[str]:
    number, total = int(estimated.sum()), len(estimated) * (len(estimated) - 1)
    if not number or not has_sources:
        return []
    return [f"{number:,} of {total:,} legs are estimated from straight lines."]
