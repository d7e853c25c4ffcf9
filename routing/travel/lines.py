"""Lines on the ground: encoded polylines, and fewer points for drawing."""

import numpy as np
import shapely

DEGREE_M = 111_195  # of latitude, on the sphere of great_circle


def decoded(text: str, precision: int = 6) -> np.ndarray:
    """(k, 2) longitudes and latitudes of an encoded polyline (Google's algorithm; OSRM and Valhalla: 6 decimals).

    ValueError for text that is none.
    """
    values, number, shift = [], 0, 0
    for character in text:
        part = ord(character) - 63
        if not 0 <= part < 64 or shift > 60:
            raise ValueError("not an encoded polyline")
        number |= (part & 31) << shift
        shift += 5
        if part < 32:
            values.append(~(number >> 1) if number & 1 else number >> 1)
            number, shift = 0, 0
    if shift or len(values) % 2:
        raise ValueError("not an encoded polyline")
    latitude_first = np.array(values, dtype=float).reshape(-1, 2).cumsum(axis=0) / 10**precision
    return latitude_first[:, ::-1]


def joined(parts: list[np.ndarray]) -> np.ndarray:
    """One line of lines that follow each other, without repeated points."""
    line = np.concatenate(parts) if parts else np.zeros((0, 2))
    if len(line) < 2:
        return line
    keep = np.ones(len(line), dtype=bool)
    keep[1:] = (np.diff(line, axis=0) != 0).any(axis=1)
    return line[keep]


def simplified(line: np.ndarray, metres: float) -> np.ndarray:
    """The line with fewer points, nowhere further than about `metres` from it (Douglas and Peucker 1973)."""
    if len(line) < 3:
        return line
    narrow = np.array([np.cos(np.radians(line[:, 1].mean())), 1.0])
    flat = shapely.LineString(line * narrow)
    return shapely.get_coordinates(flat.simplify(metres / DEGREE_M, preserve_topology=False)) / narrow
