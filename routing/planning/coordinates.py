"""Places given as [longitude, latitude] in degrees: typed, and plausible for one team's day."""

import numpy as np

from routing.travel.great_circle import great_circle_metres

from .fields import InputError, shown

# Great Britain, Ireland and the Channel Islands: what people write as latitude, longitude by mistake.
LATITUDES, LONGITUDES = (49, 61), (-9, 3)
FARTHEST = 1_000_000  # metres from the middle of the others: nobody's day, but an ocean or a missing coordinate


def read_points(values, path) -> np.ndarray:
    """An (n, 2) float array of longitudes and latitudes. Raises InputError for what is no point on Earth, what has its
    two coordinates swapped, and what lies impossibly far from the rest.
    """
    for i, point in enumerate(values):
        numeric = isinstance(point, list | tuple) and len(point) == 2
        numeric = numeric and all(isinstance(value, int | float) and not isinstance(value, bool) for value in point)
        if not numeric or not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):
            raise InputError(f"{path}[{i}]", f"expected [longitude, latitude] in degrees, found {shown(point)}")
    points = np.array(values, dtype=float).reshape(-1, 2)
    swapped = _within(points[:, 0], LATITUDES) & _within(points[:, 1], LONGITUDES)
    if swapped.any():
        i = int(swapped.argmax())
        message = f"expected [longitude, latitude], found {shown(values[i])}: in the Indian Ocean, likely swapped"
        raise InputError(f"{path}[{i}]", message)
    if len(points):
        metres = great_circle_metres(points, np.median(points, axis=0, keepdims=True))[:, 0]
        i = int(metres.argmax())
        if metres[i] > FARTHEST:
            message = f"{shown(values[i])} lies {metres[i] / 1000:,.0f} km from the middle of all places"
            raise InputError(f"{path}[{i}]", f"{message}: expected [longitude, latitude] of one team's day")
    return points


def _within(values, bounds):
    return (bounds[0] <= values) & (values <= bounds[1])
