"""Dominance rule by rule: the specification that the array paths of consistency and completion must equal.

One rule is worse than another when no argument is preferred and at least one is not; two different classes of an
unordered argument make the rules incomparable. Every question here costs the square of the number of rules.
"""

from enum import Enum

from priorities.dex.model import Scale, ScaleOrder, Table
from priorities.dex.tables.grid import TableScales


class Comparison(Enum):
    WORSE = "worse"
    EQUAL = "equal"
    BETTER = "better"
    INCOMPARABLE = "incomparable"


def compare_classes(first: int, second: int, scale: Scale | None) -> Comparison:
    """Compare two classes of one scale by preference."""
    if first == second:
        return Comparison.EQUAL
    if scale is None or scale.order is ScaleOrder.UNORDERED:
        return Comparison.INCOMPARABLE
    rises = first < second
    return Comparison.WORSE if rises == (scale.order is ScaleOrder.ASCENDING) else Comparison.BETTER


def compare_jointly(comparisons: list[Comparison]) -> Comparison:
    """One verdict over several comparisons: equal ones do not count, and different ones are incomparable."""
    verdicts = set(comparisons) - {Comparison.EQUAL}
    if not verdicts:
        return Comparison.EQUAL
    return verdicts.pop() if len(verdicts) == 1 else Comparison.INCOMPARABLE


def compare_rules(scales: TableScales, first: int, second: int) -> Comparison:
    """Compare the conditions of two rules by preference."""
    pairs = zip(scales.combination(first), scales.combination(second), scales.arguments, strict=True)
    return compare_jointly([compare_classes(one, other, scale) for one, other, scale in pairs])


def compare_values(table: Table, scales: TableScales, first: int, second: int) -> Comparison:
    """Compare what two defined rules give: both ends must be ordered the same way."""
    one, other = table.rules[first].classes, table.rules[second].classes
    ends = ((one[0], other[0]), (one[-1], other[-1]))
    return compare_jointly([compare_classes(left, right, scales.output) for left, right in ends])


def agree(table: Table, scales: TableScales, first: int, second: int) -> bool:
    """True unless the conditions of two defined rules are ordered and their values neither equal nor ordered alike."""
    conditions = compare_rules(scales, first, second)
    if not scales.is_ordered or conditions is Comparison.INCOMPARABLE:
        return True
    return compare_values(table, scales, first, second) in (Comparison.EQUAL, conditions)


def conflicting_pairs(table: Table, scales: TableScales) -> list[tuple[int, int]]:
    """Pairs of entered rules that contradict each other, in file order."""
    entered = _evidence(table)
    return [
        (first, second)
        for position, first in enumerate(entered)
        for second in entered[position + 1 :]
        if not agree(table, scales, first, second)
    ]


def bounds(table: Table, scales: TableScales, index: int) -> tuple[int, int]:
    """Lowest and highest class of an open rule that the entered rules leave possible (dex.md 2.4, step 2)."""
    low, high = 0, scales.output.size - 1
    # On a descending output the worse rules stand at the higher indices: the roles of both ends change places.
    below, above = Comparison.WORSE, Comparison.BETTER
    if scales.output.order is ScaleOrder.DESCENDING:
        below, above = above, below
    for other in _evidence(table):
        comparison = compare_rules(scales, other, index)
        if not scales.is_ordered:
            continue
        if comparison is below:
            low = max(low, table.rules[other].classes[0])
        elif comparison is above:
            high = min(high, table.rules[other].classes[-1])
    return low, high


def _evidence(table: Table) -> list[int]:
    pairs = enumerate(zip(table.entered, table.rules, strict=True))
    return [index for index, (entered, rule) in pairs if entered and rule.classes]
