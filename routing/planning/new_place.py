"""A place more in a problem's matrix: for a booking at an address that no plan has yet."""

from dataclasses import replace

import numpy as np

from .fields import Fields, InputError, shown
from .problem import Problem

KEYS = ("duration", "distance")


def with_place(problem: Problem, legs, path="legs") -> Problem:
    """The problem with one place more, the last index of its matrix.

    `legs`: {"duration": {"from": [...], "to": [...]}, "distance": the same where the problem has distances}: seconds
    and metres from each place to the new one and back. Raises InputError.
    """
    fields = Fields(legs, path, KEYS)
    duration = _extended(problem.duration, fields.get("duration"), f"{path}.duration")
    distance = problem.distance
    if distance is problem.duration:
        distance = duration
    elif distance is not None:
        distance = _extended(distance, fields.get("distance"), f"{path}.distance")
    return replace(problem, duration=duration, distance=distance)


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
