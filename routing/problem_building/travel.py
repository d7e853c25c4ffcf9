"""Times and distances of every leg of a plan."""

from datetime import date, datetime, time

import numpy as np

from routing.civil_time import instant
from routing.travel import Profile, TravelMatrix

# Travel times of the whole day are those of this time of day.
TYPICAL_DEPARTURE = time(10, 0)
PROFILE_WORDS = {Profile.CAR: "by car", Profile.BICYCLE: "by bicycle", Profile.FOOT: "on foot"}


def departure(day: date) -> datetime:
    return instant(day, TYPICAL_DEPARTURE)


def slowest(matrices: list[TravelMatrix], profiles) -> TravelMatrix:
    """One matrix for people who travel in different ways: of each leg the slower way, so that nobody is late for it."""
    if len(matrices) == 1:
        return matrices[0]
    choice = np.argmax([matrix.duration for matrix in matrices], axis=0)[None]
    pick = [np.take_along_axis(np.array(stack), choice, axis=0)[0] for stack in zip(*_arrays(matrices), strict=True)]
    names = " and ".join(PROFILE_WORDS[profile] for profile in profiles)
    note = f"People travel {names}: for each drive the slower of these is planned for everybody."
    return TravelMatrix(
        *pick,
        provider="+".join(dict.fromkeys(matrix.provider for matrix in matrices)),
        data_version="; ".join(dict.fromkeys(matrix.data_version for matrix in matrices)),
        attribution=" ".join(dict.fromkeys(matrix.attribution for matrix in matrices if matrix.attribution)),
        notes=(note, *dict.fromkeys(note for matrix in matrices for note in matrix.notes)),
    )


def _arrays(matrices):
    return [(matrix.duration, matrix.distance, matrix.estimated) for matrix in matrices]


def places_of(points) -> tuple[list[int], np.ndarray]:
    """Index of each point among the different ones, and these as an (n, 2) array of longitude and latitude."""
    indexes: dict[tuple[float, float], int] = {}
    places = [indexes.setdefault((point.x, point.y), len(indexes)) for point in points]
    return places, np.array(list(indexes))
