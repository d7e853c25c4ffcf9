"""A decision table as arrays, in the form that both ranking methods read, and what they make of it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from priorities.dex.model import Attribute, Model, Scale, ScaleOrder, Table

# An argument: how many classes it has, and +1, -1 or 0 for ascending, descending and unordered scales.
Argument = tuple[int, int]

_DIRECTIONS = {ScaleOrder.ASCENDING: 1, ScaleOrder.DESCENDING: -1, ScaleOrder.UNORDERED: 0}


@dataclass(frozen=True)
class RuleTable:
    """Rules in file order (first argument slowest).

    arguments     (size, direction) of every argument
    combinations  int (rules, arguments), the classes of the arguments
    contains      bool (rules, classes), whether the value of a rule holds a class; all False where it is undefined
    """

    arguments: tuple[Argument, ...]
    combinations: NDArray[np.int64]
    contains: NDArray[np.bool_]

    @property
    def defined(self) -> NDArray[np.bool_]:
        return self.contains.any(axis=1)

    @property
    def midpoints(self) -> NDArray[np.float64]:
        """Middle of the lowest and the highest class of every rule; 0 where it is undefined."""
        size = self.contains.shape[1]
        low = self.contains.argmax(axis=1)
        high = size - 1 - self.contains[:, ::-1].argmax(axis=1)
        return np.where(self.defined, (low + high) / 2, 0.0)

    @property
    def ordered(self) -> tuple[int, ...]:
        """Positions of the arguments whose scales have an order."""
        return tuple(position for position, (_, direction) in enumerate(self.arguments) if direction)


@dataclass(frozen=True)
class Placement:
    """Where a method puts the rules inside their classes; the precomputation of one table.

    ``base[r, c]`` is the offset of rule r in class c while all arguments have offset 0, NaN where c is not in the
    rule's value. ``slopes[r, c, a]`` is what one unit of the offset of argument a adds.
    """

    base: NDArray[np.float64]
    slopes: NDArray[np.float64]

    @cached_property
    def classes(self) -> NDArray[np.int64] | None:
        """The class of every rule, None where a rule has several or none."""
        holds = ~np.isnan(self.base)
        return holds.argmax(axis=1) if (holds.sum(axis=1) == 1).all() else None


def arguments_of(model: Model, attribute: Attribute) -> tuple[Argument, ...]:
    children = [model.attributes[child] for child in attribute.children]
    return tuple((child.size, direction_of(child.scale)) for child in children)


def direction_of(scale: Scale | None) -> int:
    """Return +1 where a higher class index is better, -1 where it is worse, 0 where there is no order.

    An attribute without a scale is one dummy class; like an ascending scale of one class it orders nothing.
    """
    return _DIRECTIONS[scale.order] if scale is not None else 1


def sense(scale: Scale, method: str) -> int:
    """Return what turns a place along class indices into an offset of a method: QQ2's point towards preference."""
    return direction_of(scale) if method == "qq2" else 1


def rule_table(table: Table, arguments: tuple[Argument, ...], size: int) -> RuleTable:
    shape = [count for count, _ in arguments]
    combinations = np.indices(shape).reshape(len(shape), -1).T
    contains = np.zeros((len(table.rules), size), dtype=bool)
    for number, rule in enumerate(table.rules):
        contains[number, list(rule.classes)] = True
    return RuleTable(arguments, combinations, contains)
