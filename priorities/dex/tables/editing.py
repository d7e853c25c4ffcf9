"""Editing a table: every change gives a new table and the rules that changed; nothing is changed in place.

A rule that is written becomes *entered*; one that is opened stays as it is until the table is completed again. The
editor calls one of these functions, then ``complete``, and shows both lists of changed rules.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from priorities.dex.model import RequiredWeights, Table
from priorities.dex.tables.completion import Completion, WeightsError, complete, opened, with_new_rules
from priorities.dex.tables.grid import TableScales
from priorities.dex.values import Value

__all__ = [
    "Completion",
    "Edit",
    "complete",
    "live",
    "with_consistency",
    "with_derived_entered",
    "with_open_rules",
    "with_rule",
    "with_rules",
    "with_weights",
]


@dataclass(frozen=True)
class Edit:
    """A table after a change, and the indices of the rules whose value or standing (entered, open) changed."""

    table: Table
    changed: tuple[int, ...]


def with_rule(table: Table, index: int, value: Value) -> Edit:
    """Return ``table`` with ``value`` entered as rule ``index``; ``UNDEFINED`` is a value too. Raises ValueError."""
    return with_rules(table, {index: value})


def with_rules(table: Table, values: dict[int, Value]) -> Edit:
    """Return ``table`` with several rules entered at once. Raises ValueError for an index that is no rule."""
    rules, entered = list(table.rules), list(table.entered)
    for index in _checked(table, values):
        rules[index], entered[index] = values[index], True
    return _edited(table, rules, entered)


def with_open_rules(table: Table, indices: Iterable[int]) -> Edit:
    """Return ``table`` with these rules open: completion decides them from now on. Raises ValueError."""
    entered = list(table.entered)
    for index in _checked(table, indices):
        entered[index] = False
    return _edited(table, list(table.rules), entered)


def with_derived_entered(table: Table, indices: Iterable[int] | None = None) -> Edit:
    """Return ``table`` with derived rules taken over as entered. Default: every rule that is down to one class."""
    if indices is None:
        indices = [index for index, rule in enumerate(table.rules) if len(rule.classes) == 1]
    entered = list(table.entered)
    for index in _checked(table, indices):
        entered[index] = True
    return _edited(table, list(table.rules), entered)


def with_weights(table: Table, percent: Sequence[float] | None, *, rounding: int | None = None) -> Edit:
    """Return ``table`` with required weights, or without (None). No rule changes until the table is completed.

    ``rounding``: direction of ties, -1 down, 0 and 1 up; default as before. Raises ValueError.
    """
    if percent is None:
        return Edit(replace(table, weights=None), ())
    if any(not 0 <= weight < float("inf") for weight in percent) or not any(percent):
        raise ValueError("weights are percentages from 0 upwards, at least one of them above 0")
    if rounding is None:
        rounding = table.weights.rounding if table.weights else 0
    if rounding not in (-1, 0, 1):
        raise ValueError(f"the direction of ties is -1, 0 or 1, found {rounding}")
    return Edit(replace(table, weights=RequiredWeights(tuple(percent), rounding)), ())


def with_consistency(table: Table, use: bool) -> Edit:
    """Return ``table`` with completion from dominance switched on or off."""
    return Edit(replace(table, use_consistency=use), ())


def live(table: Table, scales: TableScales) -> Completion:
    """Complete ``table`` the way its own settings say: dominance, weights, both, or nothing.

    With neither, open rules allow every class again. Weights that cannot be used on these scales are left out, and a
    note says why: an editor must go on working with a table that is half done.
    """
    if table.weights:
        try:
            return complete(table, scales, mode="both" if table.use_consistency else "weights")
        except WeightsError as unusable:
            rest = live(replace(table, weights=None), scales)
            return replace(rest, table=replace(rest.table, weights=table.weights), notes=(*rest.notes, str(unusable)))
    return complete(table, scales, mode="dominance") if table.use_consistency else opened(table, scales)


def _checked(table: Table, indices: Iterable[int]) -> list[int]:
    found = list(indices)
    for index in found:
        if not 0 <= index < len(table.rules):
            raise ValueError(f"there is no rule {index}; the table has rules 0 to {len(table.rules) - 1}")
    return found


def _edited(table: Table, rules: list[Value], entered: list[bool]) -> Edit:
    changed = tuple(
        index
        for index, pair in enumerate(zip(rules, entered, strict=True))
        if pair != (table.rules[index], table.entered[index])
    )
    return Edit(with_new_rules(table, rules, entered) if changed else table, changed)
