"""Symmetry: arguments that can change places without changing the answer, and making a table so.

Arguments are exchangeable only when their scales have the same number of classes and the same order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from priorities.dex.model import Table
from priorities.dex.tables.completion import with_new_rules
from priorities.dex.tables.grid import TableScales
from priorities.dex.values import Value


@dataclass(frozen=True)
class Enforcement:
    """A table made symmetric, the rules that changed, and those among them that the author had entered otherwise."""

    table: Table
    changed: tuple[int, ...]
    overruled: tuple[int, ...]


def is_symmetric(table: Table, scales: TableScales) -> bool:
    """True when every two arguments can change places; a table of one argument is symmetric."""
    everything = range(len(scales.sizes))
    return exchangeable(scales, everything) and not asymmetric_pairs(table, scales, everything)


def exchangeable(scales: TableScales, arguments: Sequence[int]) -> bool:
    """True when the scales of ``arguments`` (their positions) have equally many classes in the same order."""
    kinds = {(scales.sizes[a], scale.order if (scale := scales.arguments[a]) else None) for a in arguments}
    return len(kinds) <= 1


def symmetric_arguments(table: Table, scales: TableScales) -> tuple[tuple[int, int], ...]:
    """Pairs of argument positions that can change places."""
    pairs = combinations(range(len(scales.sizes)), 2)
    return tuple(pair for pair in pairs if exchangeable(scales, pair) and not asymmetric_pairs(table, scales, pair))


def asymmetric_pairs(table: Table, scales: TableScales, arguments: Sequence[int]) -> list[tuple[int, int]]:
    """Rules that differ though one becomes the other when ``arguments`` change places, as (first, other).

    The first is always the earliest in file order of those that become each other. Raises ValueError when the
    arguments are not exchangeable.
    """
    first = _firsts(scales, arguments)
    return [
        (int(first[index]), index)
        for index in np.flatnonzero(first != np.arange(len(first))).tolist()
        if not _alike(table.rules[index], table.rules[first[index]])
    ]


def enforce(table: Table, scales: TableScales, arguments: Sequence[int] | None = None) -> Enforcement:
    """Return ``table`` with rules that become each other given one value: that of the first entered in file order.

    Rules without an entered counterpart take the value of the first and stay open. ``arguments``: positions, default
    all. Raises ValueError when the arguments are not exchangeable.
    """
    first = _firsts(scales, range(len(scales.sizes)) if arguments is None else arguments)
    leading: dict[int, int] = {}
    for index, group in enumerate(first.tolist()):
        leader = leading.setdefault(group, index)
        if table.entered[index] and not table.entered[leader]:
            leading[group] = index
    leaders = [leading[group] for group in first.tolist()]
    rules = tuple(table.rules[leader] for leader in leaders)
    entered = tuple(table.entered[leader] for leader in leaders)
    changed = tuple(
        index
        for index in range(len(rules))
        if entered[index] != table.entered[index] or not _alike(rules[index], table.rules[index])
    )
    overruled = tuple(
        index for index in changed if table.entered[index] and not _alike(rules[index], table.rules[index])
    )
    return Enforcement(with_new_rules(table, rules, entered) if changed else table, changed, overruled)


def _firsts(scales: TableScales, arguments: Sequence[int]) -> NDArray[np.int64]:
    """Per rule, the earliest of the rules that it becomes when ``arguments`` change places."""
    positions = list(arguments)
    if not exchangeable(scales, positions):
        raise ValueError("arguments can change places only when their scales have as many classes in the same order")
    sorted_classes = scales.combinations.copy()
    sorted_classes[:, positions] = np.sort(sorted_classes[:, positions], axis=1)
    return np.ravel_multi_index(tuple(sorted_classes.T), scales.sizes)


def _alike(first: Value, second: Value) -> bool:
    return first.memberships == second.memberships
