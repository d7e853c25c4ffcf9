"""The travel matrix of a problem: inline, from .npy files beside it, or from great-circle distances."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from routing.travel.great_circle import great_circle_metres

from .fields import Fields, InputError, shown
from .places import between

LONGEST_LEG = 1 << 40


def read_matrix(fields, folder):
    """(duration, distance) of the problem's fields; distance is None when not given. Raises InputError."""
    if "matrix" in fields.value and "locations" in fields.value:
        raise InputError("locations", "give either a matrix or locations, not both")
    if "matrix" in fields.value:
        return _given(Fields(fields.get("matrix"), "matrix", ("duration", "distance")), folder)
    if "locations" in fields.value:
        return _estimated(fields)
    raise InputError("matrix", "missing (or locations with speed_kmh)")


def _given(fields, folder):
    duration = _array(fields.get("duration"), "matrix.duration", folder)
    if fields.get("distance", None) is None:
        return duration, None
    distance = _array(fields.get("distance"), "matrix.distance", folder)
    if distance.shape != duration.shape:
        raise InputError("matrix.distance", f"has {len(distance)} rows, the duration matrix {len(duration)}")
    return duration, distance


def _array(value, path, folder):
    matrix = _file(value, path, folder) if isinstance(value, str) else _inline(value, path)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InputError(path, f"expected a square matrix, found shape {matrix.shape}")
    if matrix.dtype.kind == "f":
        if not np.isfinite(matrix).all() or (matrix != np.trunc(matrix)).any():
            raise InputError(path, "expected integers")
    elif matrix.dtype.kind not in "iu":
        raise InputError(path, f"expected integers, found {matrix.dtype}")
    if matrix.size and (matrix.min() < 0 or matrix.max() > LONGEST_LEG):
        row, column = np.argwhere((matrix < 0) | (matrix > LONGEST_LEG))[0]
        raise InputError(f"{path}[{row}][{column}]", f"expected 0 to {LONGEST_LEG}, found {matrix[row, column]}")
    return np.ascontiguousarray(matrix, dtype=np.int64)


def _inline(value, path):
    if not isinstance(value, list):
        raise InputError(path, f"expected rows or the name of a .npy file, found {shown(value)}")
    for i, row in enumerate(value):
        if not isinstance(row, list) or len(row) != len(value):
            raise InputError(f"{path}[{i}]", f"expected a row of {len(value)} integers, found {shown(row)}")
        for j, leg in enumerate(row):
            if isinstance(leg, bool) or not isinstance(leg, int | float):
                raise InputError(f"{path}[{i}][{j}]", f"expected an integer, found {shown(leg)}")
            if abs(leg) > LONGEST_LEG or leg != leg:
                raise InputError(f"{path}[{i}][{j}]", f"expected 0 to {LONGEST_LEG}, found {shown(leg)}")
    return np.array(value) if value else np.zeros((0, 0), dtype=np.int64)


def _file(name, path, folder):
    """A .npy file beside the problem; names that lead elsewhere are refused, since problems come from outside."""
    if folder is None or Path(name).name != name or not name.endswith(".npy"):
        raise InputError(path, f"expected the name of a .npy file beside the problem, found {shown(name)}")
    try:
        return np.load(Path(folder) / name, allow_pickle=False, mmap_mode="r")
    except FileNotFoundError:
        raise InputError(path, f"no file {name} beside the problem") from None
    except (OSError, ValueError, EOFError) as error:
        raise InputError(path, f"{name} is not a NumPy array file: {error}") from None


def _estimated(fields):
    points = fields.array("locations")
    for i, point in enumerate(points):
        numeric = isinstance(point, list | tuple) and len(point) == 2
        numeric = numeric and all(isinstance(value, int | float) and not isinstance(value, bool) for value in point)
        if not numeric or not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):
            raise InputError(f"locations[{i}]", f"expected [longitude, latitude] in degrees, found {shown(point)}")
    speed, detour = fields.number("speed_kmh"), fields.number("detour", 1)
    if speed <= 0:
        raise InputError("speed_kmh", "expected more than 0")
    if detour < 1:
        raise InputError("detour", f"expected at least 1, found {detour}")
    points = np.array(points, dtype=float).reshape(-1, 2)
    return between(points, EstimatedLegs(detour, speed / 3.6)), between(points, EstimatedLegs(detour))


@dataclass(frozen=True)
class EstimatedLegs:
    """Legs along the great circle times `detour`: seconds at a speed in metres a second, metres without one."""

    detour: float
    speed: float | None = None

    def __call__(self, points, others):
        metres = great_circle_metres(points, others) * self.detour
        return np.rint(metres if self.speed is None else metres / self.speed).astype(np.int64)
