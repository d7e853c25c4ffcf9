"""Which of two values is better: the order behind comparisons and target searches.

Classes are compared by preference, not by index: on a descending scale the lower index is better, on an unordered one
two different classes are incomparable. A set is better than another when both its ends are at least as good and one
is better; a distribution when it dominates in the first order (every cumulative share from the bad end is smaller or
equal). What is not defined is incomparable, also with itself: two unknown values are not known to be equal.
"""

from collections.abc import Mapping
from enum import Enum
from itertools import accumulate
from math import isnan
from numbers import Real

from priorities.dex.model import Scale, ScaleOrder

TOLERANCE = 1e-9

# class -> membership, a number on a continuous scale, or None for undefined.
NodeValue = Mapping[int, Real] | Real | None


class Relation(Enum):
    """How the first of two values stands to the second.

    AT_LEAST and AT_MOST come from deep comparison only: equal here, and better (worse) below.
    """

    BETTER = ">"
    WORSE = "<"
    EQUAL = "="
    INCOMPARABLE = "?"
    AT_LEAST = ">="
    AT_MOST = "<="

    @property
    def reverse(self) -> "Relation":
        """The same comparison seen from the second value."""
        return _REVERSE.get(self, self)


_REVERSE = {
    Relation.BETTER: Relation.WORSE,
    Relation.WORSE: Relation.BETTER,
    Relation.AT_LEAST: Relation.AT_MOST,
    Relation.AT_MOST: Relation.AT_LEAST,
}


def preference_position(scale: Scale, index: int) -> int:
    """Position of a class from the worst (0) upwards. Only for ordered scales."""
    return scale.size - 1 - index if scale.order is ScaleOrder.DESCENDING else index


def relation(scale: Scale | None, first: NodeValue, second: NodeValue) -> Relation:
    """Return how ``first`` stands to ``second`` on ``scale``."""
    if scale is None or not (is_given(scale, first) and is_given(scale, second)):
        return Relation.INCOMPARABLE
    if scale.continuous:
        return _by_numbers(scale, first, second)
    if _same(first, second):
        return Relation.EQUAL
    if scale.order is ScaleOrder.UNORDERED:
        return Relation.INCOMPARABLE
    if _is_set(first) and _is_set(second):
        return _by_pairs(_ends(scale, first), _ends(scale, second))
    # Cumulative shares from the bad end: the smaller, the better.
    return _by_pairs(_cumulative(scale, second), _cumulative(scale, first))


def is_given(scale: Scale, value: NodeValue) -> bool:
    """False for what is undefined, missing or empty; zero is a number like any other."""
    return (
        isinstance(value, Real) and not isnan(value) if scale.continuous else isinstance(value, Mapping) and bool(value)
    )


def _by_numbers(scale: Scale, first: Real, second: Real) -> Relation:
    if first == second:
        return Relation.EQUAL
    if scale.order is ScaleOrder.UNORDERED:
        return Relation.INCOMPARABLE
    return Relation.BETTER if (first > second) == (scale.order is ScaleOrder.ASCENDING) else Relation.WORSE


def _is_set(value: Mapping[int, Real]) -> bool:
    return all(membership == 1 for membership in value.values())


def _same(first: Mapping[int, Real], second: Mapping[int, Real]) -> bool:
    return all(abs(first.get(index, 0) - second.get(index, 0)) <= TOLERANCE for index in {*first, *second})


def _ends(scale: Scale, value: Mapping[int, Real]) -> tuple[int, int]:
    positions = [preference_position(scale, index) for index, membership in value.items() if membership > 0]
    return min(positions), max(positions)


def _cumulative(scale: Scale, value: Mapping[int, Real]) -> list[float]:
    total = sum(value.values())
    worst_first = sorted(range(scale.size), key=lambda index: preference_position(scale, index))
    return list(accumulate(float(value.get(index, 0) / total) for index in worst_first))


def _by_pairs(first, second) -> Relation:
    above = any(a > b + TOLERANCE for a, b in zip(first, second, strict=True))
    below = any(a < b - TOLERANCE for a, b in zip(first, second, strict=True))
    if above == below:
        # Equal ends of different sets, or better at one end and worse at the other.
        return Relation.INCOMPARABLE
    return Relation.BETTER if above else Relation.WORSE
