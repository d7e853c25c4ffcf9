"""Moving the rules of a table with its weights: what the author decided beside the weights stays.

Each rule moves by the difference between the plane of the new weights and that of the old ones, is rounded, and the
table is made monotone again where it was consistent. Unchanged weights give exactly the table as it was. This is an
extension of this project: DEX tools complete open rules from weights, and leave a table without any as it is.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from priorities.dex.model import Table
from priorities.dex.tables.completion import with_new_rules
from priorities.dex.tables.consistency import is_consistent
from priorities.dex.tables.grid import INCOMPARABLE, TableScales, running_maximum, running_minimum
from priorities.dex.tables.weights import regression
from priorities.dex.values import Value, ValueKind, interval

RULES_WITH_ENDS = (ValueKind.CLASS, ValueKind.INTERVAL, ValueKind.FULL)


def reweighted(table: Table, scales: TableScales, points: Sequence[float]) -> Table:
    """Return ``table`` with the normalised weight of each argument (dex.md 2.3) changed by ``points`` percent.

    The table spans as many classes as before. An argument without order, or with one class only, has no weight to
    change. Raises ValueError where ``points`` do not fit the arguments, do not add up to 0, or change such an argument.
    """
    if len(points) != len(scales.sizes):
        raise ValueError(f"{len(points)} changes of weights for {len(scales.sizes)} arguments")
    if abs(sum(points)) > 1e-6:
        raise ValueError("changes of weights must add up to 0")
    movable = weighable(scales)
    if any(change and not can_move for change, can_move in zip(points, movable, strict=True)):
        raise ValueError("an argument without order has no weight")
    if not any(points):
        return table
    coefficients = np.array(regression(table, scales).coefficients)
    steps = np.array(scales.sizes) - 1
    span = (np.abs(coefficients) * steps).sum()
    # An argument that did not count at all begins to count in the direction that its scale says.
    signs = np.where(coefficients != 0, np.sign(coefficients), np.array(scales.directions))
    change = signs * span * np.array(points) / 100 / np.maximum(steps, 1)
    return shifted(table, scales, change)


def weighable(scales: TableScales) -> tuple[bool, ...]:
    """Per argument: whether it has a weight that can be changed."""
    return tuple(
        direction != INCOMPARABLE and size > 1 for direction, size in zip(scales.directions, scales.sizes, strict=True)
    )


def shifted(table: Table, scales: TableScales, change: ArrayLike) -> Table:
    """Return ``table`` moved by a plane with the coefficients ``change``, through the middle of the table.

    Sets with holes, distributions and undefined rules stay.
    """
    middle = (np.array(scales.sizes) - 1) / 2
    shift = (scales.combinations - middle) @ np.asarray(change, dtype=np.float64)
    ends = np.array([_ends(rule) for rule in table.rules]).reshape(len(table.rules), 2)
    if np.isnan(ends).all():
        return table
    moved = np.clip(np.floor(ends + shift[:, None] + 0.5), 0, scales.output.size - 1)
    if not np.isnan(ends).any() and is_consistent(table, scales):
        moved = np.stack([_monotone(moved[:, end], scales) for end in range(2)], axis=1)
    rules = [
        rule if np.isnan(low) else _moved(rule, int(low), int(high))
        for rule, (low, high) in zip(table.rules, moved, strict=True)
    ]
    return with_new_rules(table, rules, table.entered)


def _moved(rule: Value, low: int, high: int) -> Value:
    """The rule itself where it stays, so that its notation stays too."""
    return rule if (rule.classes[0], rule.classes[-1]) == (low, high) else interval(low, high)


def _ends(rule: Value) -> tuple[float, float]:
    """Lowest and highest class of a rule that is a range; sets with holes, distributions and undefined rules stay."""
    if rule.kind not in RULES_WITH_ENDS:
        return np.nan, np.nan
    return rule.classes[0], rule.classes[-1]


def _monotone(values: NDArray, scales: TableScales) -> NDArray:
    """Halfway between the smallest monotone table above and the largest below; a monotone table is both."""
    return np.floor((running_maximum(values, scales) + running_minimum(values, scales)) / 2)
