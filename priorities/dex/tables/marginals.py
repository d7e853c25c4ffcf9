"""Marginals: the mean answer of a table at each class of each argument."""

import numpy as np

from priorities.dex.model import Table
from priorities.dex.tables.grid import Ranges, TableScales


def marginals(table: Table, scales: TableScales, *, normalised: bool = False) -> tuple[tuple[float | None, ...], ...]:
    """Return, per argument and class, the mean of the middles of the rules with that class, in class indices.

    ``normalised``: as a share from 0 (first class of the output) to 1 (last). None where no rule has a value.
    """
    heights = Ranges.of(table, scales).middle.reshape(scales.sizes)
    defined = ~np.isnan(heights)
    span = max(scales.output.size - 1, 1) if normalised else 1
    result = []
    for axis in range(heights.ndim):
        others = tuple(other for other in range(heights.ndim) if other != axis)
        counts = defined.sum(axis=others)
        totals = np.where(defined, heights, 0).sum(axis=others)
        pairs = zip(totals.tolist(), counts.tolist(), strict=True)
        result.append(tuple(total / count / span if count else None for total, count in pairs))
    return tuple(result)
