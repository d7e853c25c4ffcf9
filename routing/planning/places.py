"""A travel matrix that is worked out when it is asked for: 10,000 places would fill 800 MB, a plan drives 11,000 legs.

Stands wherever a square integer array [from, to] may stand in a Problem: `item`, `len`, `shape`, `max`, `tolist`,
indexes by numbers, slices, lists and np.ix_. np.asarray() builds it whole, a band of rows at a time.
"""

from collections.abc import Callable

import numpy as np

# From so many places on a matrix is worked out when asked; below it is an array (32 MB for int64).
MATRIX_MOST = 2_000
# Legs remembered by `item`: those of a plan of 10,000 visits many times over, about 60 MB.
REMEMBERED = 400_000
BAND = 256  # rows worked out at a time


def between(points, legs) -> "np.ndarray | PlaceTravel":
    """The matrix of these places: an array where it is small, else worked out when asked."""
    travel = PlaceTravel(points, legs)
    return np.asarray(travel) if len(travel) < MATRIX_MOST else travel


class PlaceTravel:
    """Travel between places given by coordinates.

    `points`: an (n, 2) float array. `legs`: a module-level function of two such arrays, (n, 2) and (m, 2), that gives
    the (n, m) integer array between them; each leg must not depend on the others, so that any block tells the same.
    """

    ndim = 2
    dtype = np.dtype(np.int64)

    def __init__(self, points: np.ndarray, legs: Callable[[np.ndarray, np.ndarray], np.ndarray]):
        self.points = np.ascontiguousarray(points, dtype=float).reshape(-1, 2)
        self.legs = legs
        self._seen = {}

    def __reduce__(self):
        return PlaceTravel, (self.points, self.legs)

    @property
    def shape(self):
        return len(self.points), len(self.points)

    @property
    def size(self):
        return len(self.points) ** 2

    def __len__(self):
        return len(self.points)

    def item(self, origin: int, destination: int) -> int:
        """One leg; legs asked for before are remembered."""
        leg = self._seen.get((origin, destination))
        if leg is None:
            if len(self._seen) >= REMEMBERED:
                self._seen.clear()
            leg = int(self.legs(self.points[origin, None], self.points[destination, None])[0, 0])
            self._seen[origin, destination] = leg
        return leg

    def block(self, origins, destinations) -> np.ndarray:
        """The int64 array between two lists of places."""
        return np.asarray(self.legs(self.points[origins], self.points[destinations]), dtype=np.int64)

    def __getitem__(self, key):
        origins, destinations = key if isinstance(key, tuple) else (key, slice(None))
        everywhere = np.arange(len(self))
        rows, columns = everywhere[origins], everywhere[destinations]
        if isinstance(origins, slice) or isinstance(destinations, slice):
            block = self.block(np.atleast_1d(rows), np.atleast_1d(columns))
            return block.reshape(np.shape(rows) + np.shape(columns))
        if rows.ndim == columns.ndim == 2 and rows.shape[1] == columns.shape[0] == 1:
            return self.block(rows[:, 0], columns[0])
        rows, columns = np.broadcast_arrays(rows, columns)
        found = [self.item(*pair) for pair in zip(rows.ravel().tolist(), columns.ravel().tolist(), strict=True)]
        return np.array(found, dtype=np.int64).reshape(rows.shape)[()]

    def _bands(self):
        everywhere = np.arange(len(self))
        for first in range(0, len(self), BAND):
            yield slice(first, first + BAND), self.block(everywhere[first : first + BAND], everywhere)

    def __array__(self, dtype=None, copy=None):
        if copy is False:
            raise ValueError("a matrix that is worked out cannot be had without a copy")
        whole = np.empty(self.shape, dtype=dtype or self.dtype)
        for rows, band in self._bands():
            whole[rows] = band
        return whole

    def max(self, axis=None):
        """The longest leg; axis 1: from each place, axis 0: to each place."""
        if axis == 1:
            return np.concatenate([band.max(axis=1) for _, band in self._bands()])
        farthest = np.zeros(len(self), dtype=np.int64)
        for _, band in self._bands():
            np.maximum(farthest, band.max(axis=0), out=farthest)
        return farthest if axis == 0 else farthest.max()

    def min(self):
        return min(band.min() for _, band in self._bands())

    def tolist(self):
        return np.asarray(self).tolist()
