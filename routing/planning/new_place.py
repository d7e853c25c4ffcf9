"""A place more in a problem's matrices: for a booking at an address that no plan has yet."""

from dataclasses import replace

import numpy as np

from .fields import Fields, InputError, shown
from .problem import Problem, Travel

KEYS = ("duration", "distance")


def with_place(problem: Problem, legs, path="legs") -> Problem:
    """The problem with one place more, the last index of its matrices.

    `legs`: {"duration": {"from": [...], "to": [...]}, "distance": the same where the problem has distances}: seconds
    and metres from each place to the new one and back; {"profiles": {name: the same}} for each of the problem's travel
    profiles. Raises InputError.
    """
    fields = Fields(legs, path, (*KEYS, "profiles"))
    whole = _extended_travel(Travel(problem.duration, problem.distance), fields)
    profiles = Fields(fields.get("profiles", {}), fields.name("profiles"), tuple(problem.profiles))
    extended = {
        name: _extended_travel(travel, Fields(profiles.get(name), profiles.name(name), KEYS))
        for name, travel in problem.profiles.items()
    }
    return replace(problem, duration=whole.duration, distance=whole.distance, profiles=extended)


def _extended_travel(travel: Travel, fields) -> Travel:
    duration = _extended(travel.duration, fields.get("duration"), fields.name("duration"))
    if travel.distance is travel.duration:
        return Travel(duration, duration)
    if travel.distance is None:
        return Travel(duration)
    return Travel(duration, _extended(travel.distance, fields.get("distance"), fields.name("distance")))


def _extended(matrix, sides, path):
    fields, size = Fields(sides, path, ("from", "to")), len(matrix)
    whole = np.zeros((size + 1, size + 1), dtype=np.int64)
    whole[:size, :size] = np.asarray(matrix)
    whole[:size, size] = _side(fields, "from", size)
    whole[size, :size] = _side(fields, "to", size)
    return whole


def _side(fields, key, size):
    values = fields.array(key)
    if len(values) != size:
        raise InputError(fields.name(key), f"expected {size} numbers, one for each place, found {len(values)}")
    for index, value in enumerate(values):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise InputError(f"{fields.name(key)}[{index}]", f"expected an integer of at least 0, found {shown(value)}")
    return values
