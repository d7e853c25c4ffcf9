"""A decision table as a grid: the scales it stands on, and the range of classes that each rule allows.

Rules stand in file order (the first argument slowest), so a table of m arguments is an m-dimensional array in C order
and dominance becomes running maxima along its axes. What has no order has no direction: an unordered argument splits
the table into slices that are never compared, an unordered output is never compared at all.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from priorities.dex.model import Attribute, Model, ModelError, Scale, ScaleOrder, Table
from priorities.dex.values import Value, ValueKind

SAME, OPPOSITE, INCOMPARABLE = 1, -1, 0


@dataclass(frozen=True)
class TableScales:
    """Scales of the arguments, in the order of the table, and of the output.

    ``None`` stands for an argument without a scale: one dummy class.
    """

    arguments: tuple[Scale | None, ...]
    output: Scale

    @classmethod
    def of(cls, model: Model, attribute: Attribute) -> "TableScales":
        """Scales of the table of ``attribute``. Raises ModelError where there is no table."""
        if not isinstance(attribute.function, Table) or attribute.scale is None:
            raise ModelError(attribute.name, "has no decision table")
        return cls(tuple(model.attributes[child].scale for child in attribute.children), attribute.scale)

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        return tuple(1 if scale is None else scale.size for scale in self.arguments)

    @property
    def rule_count(self) -> int:
        return math.prod(self.sizes)

    @property
    def is_ordered(self) -> bool:
        """True when the output is ordered: only then does dominance say anything."""
        return self.output.order is not ScaleOrder.UNORDERED

    @cached_property
    def directions(self) -> tuple[int, ...]:
        """Per argument: SAME when the class index of the output should rise with that of the argument, OPPOSITE when
        it should fall (one of both scales is descending), INCOMPARABLE where one of both has no order."""
        return tuple(_direction(scale, self.output) for scale in self.arguments)

    @cached_property
    def combinations(self) -> NDArray[np.int64]:
        """Argument classes of every rule: shape (rules, arguments)."""
        return np.indices(self.sizes).reshape(len(self.sizes), -1).T

    def combination(self, index: int) -> tuple[int, ...]:
        """Argument classes of the rule at ``index``."""
        return tuple(int(part) for part in np.unravel_index(index, self.sizes))


def _direction(argument: Scale | None, output: Scale) -> int:
    if argument is None or ScaleOrder.UNORDERED in (argument.order, output.order):
        return INCOMPARABLE
    return SAME if argument.order is output.order else OPPOSITE


@dataclass(frozen=True)
class Ranges:
    """What each rule allows, in file order: the lowest and the highest possible class, both -1 where undefined.

    A set or a distribution counts with its lowest and highest class. Arrays of shape (rules,).
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    entered: NDArray[np.bool_]

    @classmethod
    def of(cls, table: Table, scales: TableScales) -> "Ranges":
        """Raises ValueError when the table does not fit the scales: their number of rules, a class outside."""
        count = scales.rule_count
        if not len(table.rules) == len(table.entered) == count:
            raise ValueError(f"the table has {len(table.rules):,} rules; its arguments make {count:,} combinations")
        ends = [_ends(rule) for rule in table.rules]
        low, high = np.array(ends, dtype=np.int64).reshape(count, 2).T
        if count and high.max() >= scales.output.size:
            index = int(high.argmax())
            raise ValueError(f"rule {index} holds class {high[index]}; the scale has {scales.output.size} classes")
        return cls(low, high, np.array(table.entered, dtype=bool))

    @property
    def defined(self) -> NDArray[np.bool_]:
        return self.low >= 0

    @property
    def evidence(self) -> NDArray[np.bool_]:
        """Rules that the author wrote and that say something: what consistency and completion build on."""
        return self.entered & self.defined

    @property
    def middle(self) -> NDArray[np.float64]:
        """(low + high) / 2, NaN where undefined."""
        return np.where(self.defined, (self.low + self.high) / 2, np.nan)


def _ends(rule: Value) -> tuple[int, int]:
    # Only distributions hold classes without membership; all others are read the short way, a million at a time.
    classes = rule.classes if rule.kind is ValueKind.DISTRIBUTION else [index for index, _ in rule.memberships]
    return (classes[0], classes[-1]) if classes else (-1, -1)


def running_maximum(values: NDArray, scales: TableScales) -> NDArray:
    """Return, per rule, the largest of ``values`` over the rule and all whose output should be at most as high.

    ``values``: shape (rules,). O(rules x arguments).
    """
    grid = facing(values, scales)
    for axis, direction in enumerate(scales.directions):
        if direction:
            grid = np.maximum.accumulate(grid, axis=axis)
    return facing(grid, scales).reshape(-1)


def running_minimum(values: NDArray, scales: TableScales) -> NDArray:
    """Return, per rule, the smallest of ``values`` over the rule and all whose output should be at least as high."""
    # The flat array backwards is the grid with every axis reversed: what was at least as high is now at most as high.
    return -running_maximum(-values[::-1], scales)[::-1]


def facing(values: NDArray, scales: TableScales) -> NDArray:
    """``values`` as a grid on which the output should rise along every ordered axis; its own inverse on a grid."""
    grid = values.reshape(scales.sizes)
    return grid[tuple(slice(None, None, -1 if direction == OPPOSITE else 1) for direction in scales.directions)]
