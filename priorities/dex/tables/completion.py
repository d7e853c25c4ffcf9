"""Filling the open rules of a table from the rules that the author entered (dex.md 2.4).

*Dominance* gives each open rule the interval that no entered rule contradicts. *Weights* draw a line through the
entered rules along the weighted sum of the argument classes and round. *Both* lets the line choose inside the interval.
An entered rule without a value stays undefined: it is neither open nor evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from priorities.dex.model import RequiredWeights, ScaleOrder, Table
from priorities.dex.tables.consistency import offenders
from priorities.dex.tables.grid import Ranges, TableScales, running_maximum, running_minimum
from priorities.dex.values import Value, interval

Mode = Literal["dominance", "weights", "both"]
MODES: tuple[Mode, ...] = ("dominance", "weights", "both")

INCONSISTENT = "the entered rules contradict each other, so dominance fills nothing"
UNORDERED = "the output has no order, so dominance fills nothing"
NO_LINE = "the entered rules give the weights no line to follow, so weights fill nothing"
AGAINST = "some of the rules filled from weights contradict other rules"

# A weight is taken as the fraction nearest to it with a denominator up to this: 33.3333333333 % as one third.
LARGEST_DENOMINATOR = 10**6


class WeightsError(ValueError):
    """Weights that cannot be used, with the reason in a sentence."""


@dataclass(frozen=True)
class Completion:
    """A table whose open rules are filled as far as they can be, which of its rules are new, and what did not work."""

    table: Table
    changed: tuple[int, ...]
    notes: tuple[str, ...] = ()


def complete(
    table: Table, scales: TableScales, *, mode: Mode = "dominance", weights: Sequence[float] | None = None
) -> Completion:
    """Return ``table`` with its open rules filled; entered rules are never touched.

    ``weights``: percent by argument; default are the required weights of the table. Raises ValueError when the table
    does not fit the scales, WeightsError when weights are asked for and cannot be used.
    """
    if mode not in MODES:
        raise ValueError(f"{mode!r} is no way of completing a table; expected {', '.join(MODES)}")
    ranges = Ranges.of(table, scales)
    notes = []
    low, high = np.zeros_like(ranges.low), np.full_like(ranges.high, scales.output.size - 1)
    if mode != "weights":
        if not scales.is_ordered:
            notes.append(UNORDERED)
        elif offenders(ranges, scales).any():
            notes.append(INCONSISTENT)
        else:
            low, high = dominance_bounds(ranges, scales)
    if mode != "dominance":
        required = required_weights(table, scales, weights)
        line = fit_line(ranges, scales, required.percent)
        if line is None:
            notes.append(NO_LINE)
        else:
            filled = line.rounded(~ranges.entered, required.rounding)
            low = high = np.clip(filled, low, high)
            # Bounds come from entered rules alone: a line that falls can still set derived rules at odds.
            together = _joined(ranges, low, high)
            if offenders(together, scales).any() and not offenders(ranges, scales).any():
                notes.append(AGAINST)
    return _filled(table, low, high, tuple(notes))


def _joined(ranges: Ranges, low: NDArray, high: NDArray) -> Ranges:
    """Entered rules as they are and the others as filled, all of them as evidence."""
    entered = ranges.entered
    return Ranges(np.where(entered, ranges.low, low), np.where(entered, ranges.high, high), np.ones_like(entered))


def opened(table: Table, scales: TableScales) -> Completion:
    """Return ``table`` with every class possible in its open rules: completion from nothing."""
    ranges = Ranges.of(table, scales)
    return _filled(table, np.zeros_like(ranges.low), np.full_like(ranges.high, scales.output.size - 1), ())


def dominance_bounds(ranges: Ranges, scales: TableScales) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the lowest and the highest class per rule that the entered rules leave possible. O(rules x arguments).

    Both arrays have shape (rules,). Class indices, so that on a descending output the better rules bound from below.
    """
    top = scales.output.size - 1
    evidence = ranges.evidence
    return (
        running_maximum(np.where(evidence, ranges.low, 0), scales),
        running_minimum(np.where(evidence, ranges.high, top), scales),
    )


def required_weights(table: Table, scales: TableScales, weights: Sequence[float] | None = None) -> RequiredWeights:
    """Return the weights to complete with and their direction of ties. Raises WeightsError.

    Weights need an ordered output, ordered arguments and at least two of them; one weight each, none negative.
    """
    if weights is None and table.weights is None:
        raise WeightsError("no weights were given and the table has none")
    percent = table.weights.percent if weights is None else tuple(weights)
    if len(percent) != len(scales.arguments):
        raise WeightsError(f"{len(percent)} weights for {len(scales.arguments)} arguments")
    if any(not 0 <= weight < float("inf") for weight in percent):
        raise WeightsError(f"weights are percentages from 0 upwards, found {';'.join(f'{w:g}' for w in percent)}")
    if len(percent) < 2:
        raise WeightsError("weights need at least two arguments")
    named = [("the output", scales.output), *((f"argument {n}", s) for n, s in enumerate(scales.arguments, 1))]
    for name, scale in named:
        if scale is not None and scale.order is ScaleOrder.UNORDERED:
            raise WeightsError(f"weights need ordered scales; {name} has none")
    return RequiredWeights(percent, table.weights.rounding if table.weights else 0)


@dataclass(frozen=True)
class Line:
    """The regression line y = slope s + constant through the entered rules, exact.

    ``sums``: s per rule in whole units of ``unit`` percent; the line is (numerator s + offset) / denominator in those
    units, all whole numbers, so that a tie at half a class is a tie and not a rounding error.
    """

    sums: NDArray
    unit: Fraction
    numerator: int
    offset: int
    denominator: int
    top: int

    @property
    def slope(self) -> Fraction:
        """Classes per percent-weighted class of the arguments (K of dex.md 2.4)."""
        return Fraction(self.numerator, self.denominator) / self.unit

    @property
    def constant(self) -> Fraction:
        """N of dex.md 2.4."""
        return Fraction(self.offset, self.denominator)

    def rounded(self, where: NDArray[np.bool_], rounding: int) -> NDArray[np.int64]:
        """Nearest class per rule, 0 outside ``where``; a tie goes up, with ``rounding`` -1 down. Shape (rules,)."""
        result = np.zeros(len(self.sums), dtype=np.int64)
        distinct, place = np.unique(self.sums[where], return_inverse=True)
        classes = [self._class(int(total), down=rounding < 0) for total in distinct]
        result[where] = np.array(classes, dtype=np.int64)[place]
        return result

    def _class(self, total: int, *, down: bool) -> int:
        twice, whole = 2 * (self.numerator * total + self.offset), 2 * self.denominator
        nearest = -((self.denominator - twice) // whole) if down else (twice + self.denominator) // whole
        return min(max(nearest, 0), self.top)


def fit_line(ranges: Ranges, scales: TableScales, percent: Sequence[float]) -> Line | None:
    """Regress the middle of the entered rules on the weighted sum of their argument classes.

    None where no line is determined: no entered rule, or the same weighted sum in all of them.
    """
    sums, unit = _weighted_sums(scales, percent)
    evidence = ranges.evidence
    distinct, place = np.unique(sums[evidence], return_inverse=True)
    counts = np.bincount(place, minlength=len(distinct)).tolist()
    doubled = np.bincount(place, weights=(ranges.low + ranges.high)[evidence], minlength=len(distinct)).tolist()
    count = sy = sx = sxx = sxy = 0
    for x, n, y in zip(distinct.tolist(), counts, map(int, doubled), strict=True):
        count, sy, sx, sxx, sxy = count + n, sy + y, sx + n * x, sxx + n * x * x, sxy + x * y
    spread = count * sxx - sx * sx
    if spread == 0:
        return None
    # y counts double here (low + high), hence the factor 2 in the denominator.
    rise = count * sxy - sx * sy
    return Line(sums, unit, count * rise, sy * spread - rise * sx, 2 * count * spread, scales.output.size - 1)


def _weighted_sums(scales: TableScales, percent: Sequence[float]) -> tuple[NDArray, Fraction]:
    exact = [Fraction(weight).limit_denominator(LARGEST_DENOMINATOR) for weight in percent]
    unit = Fraction(1, lcm(*(weight.denominator for weight in exact)))
    whole = [int(weight / unit) for weight in exact]
    largest = sum(weight * size for weight, size in zip(whole, scales.sizes, strict=True))
    # Beyond 64 bits NumPy falls back to Python's integers: slower, and still exact.
    kind = np.int64 if largest < 2**62 else object
    return scales.combinations.astype(kind) @ np.array(whole, dtype=kind), unit


def _filled(table: Table, low: NDArray, high: NDArray, notes: tuple[str, ...]) -> Completion:
    rules = list(table.rules)
    changed = []
    for index, entered in enumerate(table.entered):
        if entered:
            continue
        value = interval(int(low[index]), int(high[index]))
        if value.memberships != rules[index].memberships:
            rules[index] = value
            changed.append(index)
    return Completion(with_new_rules(table, rules, table.entered) if changed else table, tuple(changed), notes)


def with_new_rules(table: Table, rules: Sequence[Value], entered: Sequence[bool]) -> Table:
    """``table`` with other rules, and without the weights that its file had worked out from the old ones."""
    return replace(table, rules=tuple(rules), entered=tuple(entered), cached=())
