"""Multilinear interpolation: what a table would say between its classes.

At whole class indices the surface passes through the middles of the rules; between them it is linear along every
single argument. Written without products of polynomials: one argument after the other is narrowed to a point.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from priorities.dex.model import ScaleOrder, Table
from priorities.dex.tables.grid import Ranges, TableScales


def interpolate(table: Table, scales: TableScales, points: ArrayLike) -> NDArray[np.float64]:
    """Return the height of the surface at ``points``, shape (points, arguments), as class indices with decimals.

    NaN where a rule that has a say is undefined. Raises ValueError for an unordered output, for a point outside the
    scales, and for one between two classes of an unordered argument.
    """
    places = np.atleast_2d(np.asarray(points, dtype=float))
    _check(places, scales)
    below = np.minimum(np.floor(places).astype(np.int64), np.maximum(np.array(scales.sizes) - 2, 0))
    share = places - below
    above = np.minimum(below + 1, np.array(scales.sizes) - 1)
    grid = Ranges.of(table, scales).middle.reshape(scales.sizes)
    return np.array([_height(grid, *ends) for ends in zip(below, above, share, strict=True)], dtype=float)


def _height(grid: NDArray, below: NDArray, above: NDArray, share: NDArray) -> float:
    for low, high, part in zip(below, above, share, strict=True):
        if part == 0:
            grid = grid[low]
        elif part == 1:
            grid = grid[high]
        else:
            grid = grid[low] * (1 - part) + grid[high] * part
    return float(grid)


def _check(places: NDArray, scales: TableScales) -> None:
    if not scales.is_ordered:
        raise ValueError("a table with an unordered output cannot be interpolated")
    if places.ndim != 2 or places.shape[1] != len(scales.sizes):
        raise ValueError(f"points have {len(scales.sizes)} arguments, found an array of shape {places.shape}")
    inside = (places >= 0) & (places <= np.array(scales.sizes) - 1)
    if not inside.all():
        row, argument = np.argwhere(~inside)[0]
        raise ValueError(
            f"argument {argument} of point {row} is {places[row, argument]:g}; its classes are 0 to "
            f"{scales.sizes[argument] - 1}"
        )
    for argument, scale in enumerate(scales.arguments):
        if scale is not None and scale.order is ScaleOrder.UNORDERED and (places[:, argument] % 1).any():
            raise ValueError(f"argument {argument} has no order, so nothing lies between two of its classes")
