"""The travel matrices of a problem: inline, from .npy files beside it, or from great-circle distances."""

from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError

import numpy as np

from routing.travel.great_circle import great_circle_metres

from .coordinates import read_points
from .fields import Fields, InputError, at, identifier, integer, shown
from .places import MATRIX_MOST, between
from .problem import Travel

LONGEST_LEG = 1 << 40
ROWS_AT_ONCE = 256  # of a matrix file, checked together


MATRICES = ("duration", "distance")
SPEED = ("speed_kmh", "detour")


def read_matrix(fields, folder) -> tuple[Travel, dict[str, Travel]]:
    """The default travel of the problem's fields and that of each profile by its name; distances are None where not
    given. Raises InputError.

    Arrays are int64; a large .npy file of 32- or 64-bit integers stays on disk and is read where a plan drives.
    """
    if fields.given("matrix"):
        for key in ("locations", *SPEED, "profiles"):
            if fields.given(key):
                where = "; give profiles inside the matrix" if key == "profiles" else ""
                raise InputError(key, f"give either a matrix or locations, not both{where}")
        given = Fields(fields.get("matrix"), "matrix", (*MATRICES, "profiles"))
        default = _given(given, folder)
        size = len(default.duration)
        return default, {name: _given(each, folder, size) for name, each in _profiles(given, MATRICES)}
    if fields.given("locations"):
        points = read_points(fields.array("locations"), "locations")
        return _estimated(fields, points), {name: _estimated(each, points) for name, each in _profiles(fields, SPEED)}
    raise InputError("matrix", "missing (or locations with speed_kmh)")


def _profiles(fields, known):
    """(name, fields) of each travel profile."""
    value, path = fields.get("profiles", {}), fields.name("profiles")
    if not isinstance(value, dict):
        raise InputError(path, f"expected an object of travel profiles by name, found {shown(value)}")
    for name in value:
        identifier(name, path)
    return [(name, Fields(each, at(path, name), known)) for name, each in value.items()]


def _given(fields, folder, size=None):
    """Matrices of one way of travelling, for so many places where others were given before."""
    duration = _array(fields.get("duration"), fields.name("duration"), folder)
    if size is not None and len(duration) != size:
        raise InputError(fields.name("duration"), f"has {len(duration)} rows, the matrix of the others {size}")
    if not fields.given("distance"):
        return Travel(duration)
    distance = _array(fields.get("distance"), fields.name("distance"), folder)
    if distance.shape != duration.shape:
        raise InputError(fields.name("distance"), f"has {len(distance)} rows, the duration matrix {len(duration)}")
    return Travel(duration, distance)


def _array(value, path, folder):
    if not isinstance(value, str):
        return _inline(value, path)
    matrix = _file(value, path, folder)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InputError(path, f"expected a square matrix, found shape {matrix.shape}")
    if matrix.dtype.kind not in "iuf":
        raise InputError(path, f"expected integers, found {matrix.dtype}")
    for first in range(0, len(matrix), ROWS_AT_ONCE):
        _check_legs(matrix[first : first + ROWS_AT_ONCE], first, path)
    if len(matrix) >= MATRIX_MOST and matrix.dtype in (np.int32, np.int64) and matrix.flags.c_contiguous:
        return matrix
    return np.array(matrix, dtype=np.int64, order="C")


def _check_legs(rows, first, path):
    """Raises InputError for the first leg of some rows that is no whole number from 0 to the longest leg."""
    # A comparison with "not a number" is false, so that such legs are found as well.
    wrong = ~((rows >= 0) & (rows <= LONGEST_LEG))
    if rows.dtype.kind == "f":
        wrong |= rows != np.trunc(rows)
    if wrong.any():
        row, column = np.argwhere(wrong)[0].tolist()
        found = shown(rows[row, column].item())
        raise InputError(
            f"{path}[{first + row}][{column}]", f"expected an integer of 0 to {LONGEST_LEG}, found {found}"
        )


def _inline(value, path):
    if not isinstance(value, list):
        raise InputError(path, f"expected rows or the name of a .npy file, found {shown(value)}")
    matrix = np.zeros((len(value), len(value)), dtype=np.int64)
    for i, row in enumerate(value):
        if not isinstance(row, list):
            raise InputError(f"{path}[{i}]", f"expected a row of {len(value)} integers, found {shown(row)}")
        if len(row) != len(value):
            raise InputError(f"{path}[{i}]", f"expected a row of {len(value)} integers, found {len(row)}")
        if set(map(type, row)) != {int} or max(row) > LONGEST_LEG or min(row) < 0:
            row = [_leg(leg, f"{path}[{i}][{j}]") for j, leg in enumerate(row)]
        matrix[i] = row
    return matrix


def _leg(value, path):
    leg = integer(value, path, least=0)
    if leg > LONGEST_LEG:
        raise _no_leg(leg, path)
    return leg


def _no_leg(value, path):
    return InputError(path, f"expected an integer of 0 to {LONGEST_LEG}, found {shown(value)}")


def _file(name, path, folder):
    """A .npy file beside the problem; names that lead elsewhere are refused, since problems come from outside."""
    if folder is None or Path(name).name != name or not name.endswith(".npy") or "\0" in name:
        raise InputError(path, f"expected the name of a .npy file beside the problem, found {shown(name)}")
    try:
        # Of the formats NumPy reads this is the one that can neither be packed nor hold pickled objects.
        return np.lib.format.open_memmap(Path(folder) / name, mode="r")
    except FileNotFoundError:
        raise InputError(path, f"no file {name} beside the problem") from None
    except (OSError, ValueError, EOFError, OverflowError, SyntaxError, TokenError) as error:
        raise InputError(path, f"{name} is not a NumPy array file: {error}") from None


def _estimated(fields, points):
    speed, detour = fields.number("speed_kmh"), fields.number("detour", 1)
    if speed <= 0:
        raise InputError(fields.name("speed_kmh"), "expected more than 0")
    if detour < 1:
        raise InputError(fields.name("detour"), f"expected at least 1, found {detour}")
    return Travel(between(points, EstimatedLegs(detour, speed / 3.6)), between(points, EstimatedLegs(detour)))


@dataclass(frozen=True)
class EstimatedLegs:
    """Legs along the great circle times `detour`: seconds at a speed in metres a second, metres without one."""

    detour: float
    speed: float | None = None

    def __call__(self, points, others):
        metres = great_circle_metres(points, others) * self.detour
        return np.rint(metres if self.speed is None else metres / self.speed).astype(np.int64)
