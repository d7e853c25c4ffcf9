"""QQ2: offsets inside a class by placing its rules on a line with a quadratic programme.

Source: DEXiLibrary (Bohanec, 2024), DexiQQ2. It does without the weights of QQ1, which suit no table that is far from
a plane. For every class the rules that hold it are partially ordered by dominance (componentwise by preference: a
descending scale counts from its other end, different classes of an unordered one are not comparable). The graph is
reduced to its direct edges and framed by a virtual bottom and top, m away from all rules (m: arguments with an order);
``quadratic`` places them. With D the longest edge the offset of rule i is (x_i - D/2) / (x_top - D) - 0.5. Unordered
arguments split the class into one problem per combination of their classes; a rule alone in its problem has offset 0.

Around its place a rule leaves a gap for the offsets o of its arguments, so that rules do not overtake each other:
gap_i = min(0.5 - |offset_i|, min over its neighbours in the class of m |offset_i - offset_j| / 2), and the value is
class + offset_i + sum over ordered arguments of 2 o_a gap_i / m. Neighbours are the rules one step of one ordered
argument away. Offsets point towards preference: +0.5 is the better end, also on descending scales.

Ranking is monotone where tables are, with one limit of the published formula: in a table of three or more ordered
arguments two neighbouring rules may have gaps of different widths, and offsets of the *other* arguments near +-0.5 can
then draw the lower rule past the higher one (by up to 0.04 in tables tried). QQ1 has no such limit.
"""

import itertools

import numpy as np
from numpy.typing import NDArray

from priorities.dex.ranking.quadratic import place_on_line
from priorities.dex.ranking.rules import Placement, RuleTable

# Pairs of rules are compared in a square of this side, in memory.
LARGEST_WITH_GAPS = 8_000


class Qq2:
    """The plain path: place and room of one rule in one class."""

    def __init__(self, table: RuleTable):
        self.ordered = table.ordered
        self.offsets = rule_offsets(table)
        self.gaps = gaps(table, self.offsets)

    def offset(self, rule: int, class_index: int, offsets: list[float]) -> float:
        """Return the offset of a class that the rule holds; ``offsets`` are those of the rule's arguments."""
        gap, m = self.gaps[rule, class_index], len(self.ordered)
        return self.offsets[rule, class_index] + sum(2 * offsets[position] * gap / m for position in self.ordered)


def place(table: RuleTable) -> Placement:
    offsets = rule_offsets(table)
    slopes = np.zeros((*offsets.shape, len(table.arguments)))
    if table.ordered:
        widths = 2 * gaps(table, offsets) / len(table.ordered)
        slopes[:, :, list(table.ordered)] = np.nan_to_num(widths)[:, :, None]
    return Placement(offsets, slopes)


def rule_offsets(table: RuleTable) -> NDArray[np.float64]:
    """Return (rules, classes) offsets of rules whose arguments have offset 0; NaN where the rule lacks the class."""
    offsets = np.full(table.contains.shape, np.nan)
    unordered = [position for position in range(len(table.arguments)) if position not in table.ordered]
    for fixed in itertools.product(*[range(table.arguments[position][0]) for position in unordered]):
        part = (table.combinations[:, unordered] == fixed).all(axis=1)
        for index in range(offsets.shape[1]):
            rules = np.flatnonzero(part & table.contains[:, index])
            if len(rules):
                offsets[rules, index] = _place_class(table, rules)
    return offsets


def _place_class(table: RuleTable, rules: NDArray[np.int64]) -> NDArray[np.float64]:
    """Offsets of the rules of one class, all comparable in their unordered arguments."""
    if len(rules) == 1:
        return np.zeros(1)
    lower, upper, distances = framed_graph(table, rules)
    x = place_on_line(lower, upper, distances, len(rules) + 2)
    longest = distances.max()
    return (x[1:-1] - longest / 2) / (x[-1] - longest) - 0.5


def framed_graph(
    table: RuleTable, rules: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return (lower, upper, distance) of the direct edges: 0 is the bottom, 1..n the rules, n + 1 the top.

    ``rules`` agree in their unordered arguments. Raises ValueError for a class with gaps and too many rules.
    """
    lower, upper = _single_steps(table, rules) if _is_convex(table, rules) else _direct_edges(table, rules)
    points = table.combinations[rules]
    hamming = (points[lower] != points[upper]).sum(axis=1)
    inside = np.arange(len(rules))
    first, last = np.setdiff1d(inside, upper), np.setdiff1d(inside, lower)
    frame = np.full(len(first) + len(last), float(len(table.ordered)))
    return (
        np.concatenate([lower + 1, np.zeros(len(first), dtype=np.int64), last + 1]),
        np.concatenate([upper + 1, first + 1, np.full(len(last), len(rules) + 1)]),
        np.concatenate([hamming.astype(float), frame]),
    )


def _is_convex(table: RuleTable, rules: NDArray[np.int64]) -> bool:
    """Whether every rule between two of these is among them, as in all monotone tables: then steps of one class in one
    argument are the direct edges, and no pairs need to be compared."""
    member = np.zeros(len(table.combinations), dtype=bool)
    member[rules] = True
    above = below = _towards_better(member, table)
    for axis in table.ordered:
        above = np.logical_or.accumulate(above, axis=axis)
        below = np.flip(np.logical_or.accumulate(np.flip(below, axis), axis=axis), axis)
    return int((above & below).sum()) == len(rules)


def _towards_better(values: NDArray, table: RuleTable) -> NDArray:
    """One value per rule as a grid whose ordered axes run from worse to better."""
    grid = values.reshape([size for size, _ in table.arguments])
    return np.flip(grid, [axis for axis, (_, direction) in enumerate(table.arguments) if direction < 0])


def _single_steps(table: RuleTable, rules: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    numbers = np.full(len(table.combinations), -1)
    numbers[rules] = np.arange(len(rules))
    grid = _towards_better(numbers, table)
    lower, upper = [], []
    for axis in table.ordered:
        before = np.take(grid, range(grid.shape[axis] - 1), axis=axis).ravel()
        after = np.take(grid, range(1, grid.shape[axis]), axis=axis).ravel()
        both = (before >= 0) & (after >= 0)
        lower.append(before[both])
        upper.append(after[both])
    return np.concatenate(lower), np.concatenate(upper)


def _direct_edges(table: RuleTable, rules: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Transitive reduction of dominance, pair by pair: for classes with gaps in between."""
    if len(rules) > LARGEST_WITH_GAPS:
        raise ValueError(f"{len(rules):,} rules of one class with gaps between them; QQ2 places {LARGEST_WITH_GAPS:,}")
    points = table.combinations[rules] * np.array([direction for _, direction in table.arguments])
    below = np.ones((len(points), len(points)), dtype=bool)
    for column in points.T:
        below &= column[:, None] <= column[None, :]
    np.fill_diagonal(below, False)
    counted = below.astype(np.float32)
    return np.nonzero(below & ~(counted @ counted > 0))


def gaps(table: RuleTable, offsets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (rules, classes) room of every rule; NaN where the rule lacks the class."""
    m = len(table.ordered)
    shape = [size for size, _ in table.arguments]
    grid = offsets.reshape(*shape, -1)
    room = 0.5 - np.abs(grid)
    for axis in table.ordered:
        steps = m * np.abs(np.diff(grid, axis=axis)) / 2
        low = tuple(slice(None, -1) if a == axis else slice(None) for a in range(grid.ndim))
        high = tuple(slice(1, None) if a == axis else slice(None) for a in range(grid.ndim))
        # fmin takes the number where a neighbour lacks the class; where the rule itself does, the room is NaN.
        room[low] = np.where(np.isnan(room[low]), np.nan, np.fmin(room[low], steps))
        room[high] = np.where(np.isnan(room[high]), np.nan, np.fmin(room[high], steps))
    return np.maximum(room, 0.0).reshape(offsets.shape)
