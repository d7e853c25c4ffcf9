"""Consistency under dominance, and how complete a table is.

Entered rules are consistent when of two that can be compared neither is better in its conditions and worse in its
value. Intervals are compared at both ends. ``plain`` says the same rule by rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from priorities.dex.model import Table
from priorities.dex.tables.grid import Ranges, TableScales, facing, running_maximum

BELOW_ALL = -1


@dataclass(frozen=True)
class Completeness:
    """Shares from 0 to 1. ``defined``: rules entered by the author; ``determined``: mean over all rules of
    1 - (high - low) / (classes - 1). An undefined rule allows no range, so it counts as determined, and is counted
    apart in ``undefined``, the number of such rules."""

    defined: float
    determined: float
    undefined: int


def completeness(table: Table, scales: TableScales) -> Completeness:
    ranges = Ranges.of(table, scales)
    steps = max(scales.output.size - 1, 1)
    return Completeness(
        defined=float(ranges.entered.mean()),
        determined=float(1 - (ranges.high - ranges.low).mean() / steps),
        undefined=int((~ranges.defined).sum()),
    )


def is_consistent(table: Table, scales: TableScales) -> bool:
    """True when no two entered rules conflict; an unordered output is always consistent. O(rules x arguments)."""
    return not offenders(Ranges.of(table, scales), scales).any()


def offenders(ranges: Ranges, scales: TableScales) -> NDArray[np.bool_]:
    """Entered rules that lie lower, at either end, than an entered rule whose output should be at most as high."""
    result = np.zeros(len(ranges.low), dtype=bool)
    if not scales.is_ordered:
        return result
    evidence = ranges.evidence
    for end in (ranges.low, ranges.high):
        result |= running_maximum(np.where(evidence, end, BELOW_ALL), scales) > end
    return result & evidence


def conflicts(table: Table, scales: TableScales) -> Iterator[tuple[int, int]]:
    """Yield every conflicting pair of entered rules, first < second in file order, sorted.

    Costs as much as there are pairs; ``is_consistent`` answers without listing them.
    """
    ranges = Ranges.of(table, scales)
    pairs = []
    indices = facing(np.arange(len(ranges.low)), scales)
    low, high, evidence = (facing(values, scales) for values in (ranges.low, ranges.high, ranges.evidence))
    for offender in np.argwhere(facing(offenders(ranges, scales), scales)):
        at = tuple(offender)
        before = tuple(
            slice(0, part + 1) if direction else slice(part, part + 1)
            for part, direction in zip(at, scales.directions, strict=True)
        )
        higher = evidence[before] & ((low[before] > low[at]) | (high[before] > high[at]))
        found = indices[before][higher]
        pairs.append(np.column_stack([found, np.full_like(found, indices[at])]))
    if pairs:
        together = np.sort(np.concatenate(pairs), axis=1)
        yield from map(tuple, together[np.lexsort((together[:, 1], together[:, 0]))].tolist())


def open_rules(table: Table) -> tuple[int, ...]:
    """Rules that nobody has entered: what completion may fill."""
    return tuple(index for index, entered in enumerate(table.entered) if not entered)
