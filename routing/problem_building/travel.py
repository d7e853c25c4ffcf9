"""Times and distances of every leg of a plan."""

from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np

from routing.civil_time import instant
from routing.planning.problem import Travel
from routing.travel import Profile, TravelMatrix, TravelProvider

# Travel times of the whole day are those of this time of day.
TYPICAL_DEPARTURE = time(10, 0)
PROFILE_WORDS = {Profile.CAR: "by car", Profile.BICYCLE: "by bicycle", Profile.FOOT: "on foot"}


def departure(day: date) -> datetime:
    return instant(day, TYPICAL_DEPARTURE)


def main_of(profiles) -> Profile:
    """The way of travelling that somebody has of whom nothing else is known: by car, where anybody drives."""
    known = [Profile(each) for each in profiles]
    return Profile.CAR if Profile.CAR in known or not known else min(known)


@dataclass(frozen=True)
class PlanTravel:
    """A matrix for each way in which somebody of the plan travels, between the same places. `main`: the way that the
    problem's default matrix has (by car, where anybody drives).
    """

    by_profile: dict[Profile, TravelMatrix]

    @property
    def main(self) -> Profile:
        return main_of(self.by_profile)

    def of(self, profile) -> TravelMatrix:
        return self.by_profile[Profile(profile)]

    def is_estimated(self, profile, start: int, end: int) -> bool:
        """Whether the time of one leg is an estimate for whoever travels so."""
        return start != end and bool(self.of(profile).estimated[start, end])

    def has_ways(self, profile) -> bool:
        """Whether any leg is known by road (by path) for whoever travels so."""
        estimated = self.of(profile).estimated
        return not estimated[~np.eye(len(estimated), dtype=bool)].all()

    @property
    def is_any_estimated(self) -> bool:
        return any((each.estimated & ~np.eye(len(each.estimated), dtype=bool)).any() for each in self._matrices)

    @property
    def provider(self) -> str:
        return "+".join(_parts((each.provider for each in self._matrices), "+"))

    @property
    def data_version(self) -> str:
        return "; ".join(_parts((each.data_version for each in self._matrices), "; "))

    @property
    def attribution(self) -> str:
        return " ".join(dict.fromkeys(each.attribution for each in self._matrices if each.attribution))

    @property
    def notes(self) -> tuple[str, ...]:
        """What the sources said, once; with the way of travelling where it does not concern all."""
        if len(self.by_profile) == 1:
            return self._matrices[0].notes
        words = sorted(PROFILE_WORDS[profile] for profile in self.by_profile)
        first = f"People travel {' and '.join(words)}: each drive or walk has the time of the person who makes it."
        said = dict.fromkeys(note for each in self._matrices for note in each.notes)
        return first, *(text for note in said for text in self._told(note))

    def _told(self, note):
        concerned = [profile for profile, each in self.by_profile.items() if note in each.notes]
        if len(concerned) == len(self.by_profile):
            return [note]
        return [f"{PROFILE_WORDS[profile].capitalize()}: {note}" for profile in concerned]

    @property
    def _matrices(self):
        return list(self.by_profile.values())


def _parts(texts, separator):
    """Each part once, in order."""
    return dict.fromkeys(part for text in texts for part in text.split(separator))


def travel_of(provider: TravelProvider, points, day: date, profiles) -> PlanTravel:
    """Asks for the legs between all points, in each way of travelling."""
    return PlanTravel({profile: provider.matrix(points, departure(day), profile) for profile in profiles})


def as_legs(travel: PlanTravel) -> dict:
    """What a planning problem is told: the main way as its default matrix, the others as profiles by name."""
    default = travel.of(travel.main)
    others = {
        str(profile): Travel(matrix.duration, matrix.distance)
        for profile, matrix in travel.by_profile.items()
        if profile != travel.main
    }
    return {"duration": default.duration, "distance": default.distance, "profiles": others}


def places_of(points) -> tuple[list[int], np.ndarray]:
    """Index of each point among the different ones, and these as an (n, 2) array of longitude and latitude."""
    indexes: dict[tuple[float, float], int] = {}
    places = [indexes.setdefault((point.x, point.y), len(indexes)) for point in points]
    return places, np.array(list(indexes))
