"""Weights of arguments that assume no line: how much knowing one argument tells about the class.

Gini, information gain, gain ratio (Quinlan) and chi squared over the rules of a table. Each rule counts once; a rule
that allows several classes is shared equally among low..high, except under chi squared, where it counts for each of
them, as in the reference library.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from priorities.dex.model import Table
from priorities.dex.tables.grid import Ranges, TableScales
from priorities.dex.tables.weights import shares


def gini(table: Table, scales: TableScales) -> tuple[float, ...]:
    """Weights in percent by the reduction of Gini impurity, 1 - sum p^2."""
    return shares(_gains(table, scales, _gini))


def information_gain(table: Table, scales: TableScales) -> tuple[float, ...]:
    """Weights in percent by the reduction of entropy."""
    return shares(_gains(table, scales, _entropy))


def gain_ratio(table: Table, scales: TableScales) -> tuple[float, ...]:
    """Weights in percent by information gain over the entropy of the argument itself; 0 for an argument with one
    class only."""
    counts = [members.sum(axis=1) for members in _memberships(table, scales)]
    own = [_entropy(count / count.sum()) if count.sum() else 0.0 for count in counts]
    gains = _gains(table, scales, _entropy)
    return shares([gain / split if split else 0.0 for gain, split in zip(gains, own, strict=True)])


def chi_squared(table: Table, scales: TableScales) -> tuple[float, ...]:
    """Weights in percent by chi squared of argument classes against output classes; cells expected empty count 0."""
    ranges = Ranges.of(table, scales)
    total = int(ranges.defined.sum())
    result = []
    for shared, found in zip(_memberships(table, scales), _memberships(table, scales, whole=True), strict=True):
        expected = np.outer(shared.sum(axis=1), found.sum(axis=0)) / max(total, 1)
        cells = expected > 0
        result.append(float(((found - expected)[cells] ** 2 / expected[cells]).sum()))
    return shares(result)


def _gains(table: Table, scales: TableScales, impurity: Callable[[NDArray], float]) -> list[float]:
    gains = []
    for members in _memberships(table, scales):
        counts = members.sum(axis=1)
        total = counts.sum()
        if not total:
            gains.append(0.0)
            continue
        rest = sum(count * impurity(row / count) for row, count in zip(members, counts, strict=True) if count)
        # A gain is never negative; what is left below 0 is rounding.
        gains.append(max(float(impurity(members.sum(axis=0) / total) - rest / total), 0.0))
    return gains


def _memberships(table: Table, scales: TableScales, *, whole: bool = False) -> list[NDArray[np.float64]]:
    """Per argument, the rules by argument class and output class: shape (argument classes, output classes).

    A rule is shared among its classes low..high, or counts ``whole`` for each of them.
    """
    ranges = Ranges.of(table, scales)
    classes = np.arange(scales.output.size)
    possible = (ranges.low[:, None] <= classes) & (classes <= ranges.high[:, None])
    possible &= ranges.defined[:, None]
    parts = possible if whole else possible / np.maximum(possible.sum(axis=1, keepdims=True), 1)
    result = []
    for argument, size in enumerate(scales.sizes):
        members = np.zeros((size, len(classes)))
        np.add.at(members, scales.combinations[:, argument], parts)
        result.append(members)
    return result


def _gini(chances: NDArray) -> float:
    return float(1 - (chances**2).sum())


def _entropy(chances: NDArray) -> float:
    positive = chances[chances > 0]
    return float(-(positive * np.log2(positive)).sum())
