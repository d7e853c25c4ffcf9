"""Offsets of a table from those of its arguments, for many rows at once.

``arguments`` are nodes, and ``picks`` holds per argument the row of its distinct values that each row has.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from priorities.dex.ranking.nodes import Node, SingleNode
from priorities.dex.ranking.rules import Placement

# Numbers in the largest matrix of combinations that is held at once.
BLOCK = 2_000_000


def _rules(arguments: list[Node | SingleNode], picks: list[NDArray]) -> NDArray[np.int64]:
    """Rules of rows where every argument has one class. ``picks``: rows of each argument's values."""
    rule = arguments[0].single[picks[0]]
    for argument, pick in zip(arguments[1:], picks[1:], strict=True):
        rule = rule * argument.size + argument.single[pick]
    return rule


def look_up_single(
    placed: Placement, arguments: list[Node | SingleNode], picks: list[NDArray]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rules and offsets (rows,) where every argument and every rule has one class."""
    rule = _rules(arguments, picks)
    every = np.arange(len(placed.classes))
    value = placed.base[every, placed.classes][rule]
    for position, (argument, pick) in enumerate(zip(arguments, picks, strict=True)):
        if argument.alone.any():
            value += placed.slopes[every, placed.classes, position][rule] * argument.alone[pick]
    return rule, value


def look_up(placed: Placement, arguments: list[Node | SingleNode], picks: list[NDArray]) -> NDArray[np.float64]:
    """Offsets (rows, classes) where every argument has one class."""
    rule = _rules(arguments, picks)
    result = placed.base[rule]
    for position, (argument, pick) in enumerate(zip(arguments, picks, strict=True)):
        if argument.alone.any():
            result += placed.slopes[rule, :, position] * argument.alone[pick][:, None]
    return result


def average(placed: Placement, arguments: list[Node | SingleNode], picks: list[NDArray]) -> NDArray[np.float64]:
    """Offsets (rows, classes) averaged over the possible combinations; NaN where one leads to an undefined rule."""
    supports = [argument.supports[0] for argument in arguments]
    own = [argument.supports[1][pick] for argument, pick in zip(arguments, picks, strict=True)]
    first, pattern = _patterns(own, [len(support) for support in supports])
    chosen = [codes[first] for codes in own]
    result = np.empty((len(pattern), placed.base.shape[1]))
    order = np.argsort(pattern, kind="stable")
    ends = np.searchsorted(pattern[order], np.arange(len(first) + 1))
    block = max(1, BLOCK // len(placed.base))
    for start in range(0, len(first), block):
        stop = min(start + block, len(first))
        rows = order[ends[start] : ends[stop]]
        sums = _pattern_sums(placed, [s[c[start:stop]] for s, c in zip(supports, chosen, strict=True)])
        shifted = [np.nan_to_num(a.offsets[pick[rows]]) for a, pick in zip(arguments, picks, strict=True)]
        result[rows] = _from_sums(sums, pattern[rows] - start, shifted)
    return result


def _patterns(codes: list[NDArray], sizes: list[int]) -> tuple[NDArray, NDArray]:
    """Number the distinct rows of ``codes``: a row of each, and the number of every row.

    The numbers stay below the count of rows, so that no product of sizes can overflow.
    """
    pattern = codes[0]
    for column, size in zip(codes[1:], sizes[1:], strict=True):
        pattern = np.unique(pattern * size + column, return_inverse=True)[1].reshape(-1)
    _, first, pattern = np.unique(pattern, return_index=True, return_inverse=True)
    return first, pattern.reshape(-1)


@dataclass(frozen=True)
class PatternSums:
    """Averages over the combinations that a pattern of possible classes allows.

    base    (patterns, classes), NaN where no combination leads to the class, or one is undefined
    slopes  per argument (patterns, classes of the argument, classes): what its offset in a class adds
    """

    base: NDArray[np.float64]
    slopes: list[NDArray[np.float64]]


def _pattern_sums(placed: Placement, supports: list[NDArray]) -> PatternSums:
    holds = ~np.isnan(placed.base)
    sizes = [support.shape[1] for support in supports]
    classes = np.indices(sizes).reshape(len(sizes), -1)
    possible = np.ones((len(supports[0]), len(placed.base)))
    for support, along in zip(supports, classes, strict=True):
        possible *= support[:, along]
    counts = possible @ holds.astype(np.float64)
    lost = possible @ ~holds.any(axis=1) > 0
    counts[lost] = 0
    base = np.full(counts.shape, np.nan)
    np.divide(possible @ np.nan_to_num(placed.base), counts, out=base, where=counts > 0)
    slopes = []
    for position, (size, along) in enumerate(zip(sizes, classes, strict=True)):
        sums = [possible[:, along == k] @ placed.slopes[along == k, :, position] for k in range(size)]
        slopes.append(np.stack(sums, axis=1) / np.maximum(counts, 1)[:, None, :])
    return PatternSums(base, slopes)


def _from_sums(sums: PatternSums, pattern: NDArray, offsets: list[NDArray]) -> NDArray[np.float64]:
    result = sums.base[pattern]
    for slopes, offset in zip(sums.slopes, offsets, strict=True):
        if offset.any():
            result += np.einsum("nk,nkc->nc", offset, slopes[pattern])
    return result
