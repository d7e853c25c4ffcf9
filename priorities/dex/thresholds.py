"""From a number to a class (crisp), or to memberships of neighbouring classes (soft).

Memberships form a partition of unity: for bounds b1 < ... < bk and half-widths h_j with h_j + h_{j+1} <= b_{j+1} - b_j,
rise_j(x) = clamp((x - b_j + h_j) / (2 h_j), 0, 1) and interval j has membership rise_j - rise_{j+1}. They sum to 1, so
they are a valid input to probabilistic evaluation, and off the bounds the largest membership is the crisp class.
Without softness (h = 0) they are the crisp class of DISCRETIZE, with the same Up and Down. This is an extension of this
project: no DEX software makes soft memberships from a number, or a place inside a class.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from priorities.dex.model import Discretisation

MISSING = -1


def intervals(numbers: NDArray[np.float64], bounds: Sequence[float], goes_up: Sequence[bool]) -> NDArray[np.intp]:
    """Return the interval of every number, 0 below the first bound; a bound belongs above itself where it goes up.

    NaN falls into interval 0: whoever has missing numbers asks for them first.
    """
    found = np.zeros(numbers.shape, dtype=np.intp)
    with np.errstate(invalid="ignore"):
        for bound, up in zip(bounds, goes_up, strict=True):
            found += numbers >= bound if up else numbers > bound
    return found


def _share_beyond(distance, reach: float):
    """``d / (1 + d)`` with the distance in units of ``reach``, written so that nothing overflows."""
    return 1.0 - reach / (reach + np.maximum(distance, 0.0))


@dataclass(frozen=True)
class Thresholds:
    """Where the classes of one numeric input begin.

    ``bounds`` rise strictly, in the unit of the indicator. ``goes_up[j]``: whether a value equal to the bound belongs
    to the interval above it (DISCRETIZE's "Up"; its default is "Down"). ``descending``: whether class 0 is the
    interval with the *largest* values, as for IMD deciles, where decile 1 is the most deprived.
    Raises ValueError when the bounds do not rise or soft zones overlap.
    """

    bounds: tuple[float, ...]
    half_widths: tuple[float, ...] = ()
    goes_up: tuple[bool, ...] = ()
    descending: bool = False

    def __post_init__(self):
        count = len(self.bounds)
        object.__setattr__(self, "half_widths", tuple(self.half_widths) or (0.0,) * count)
        object.__setattr__(self, "goes_up", tuple(self.goes_up) or (True,) * count)
        if not (count == len(self.half_widths) == len(self.goes_up)):
            raise ValueError("every bound needs one half-width and one Up or Down")
        if not all(math.isfinite(number) for number in (*self.bounds, *self.half_widths)):
            raise ValueError("bounds and half-widths must be finite numbers")
        if any(width < 0 for width in self.half_widths):
            raise ValueError("a half-width cannot be negative")
        for j in range(1, count):
            gap = self.bounds[j] - self.bounds[j - 1]
            if gap <= 0:
                raise ValueError(f"bound {self.bounds[j]:g} does not lie above {self.bounds[j - 1]:g}")
            if self.half_widths[j - 1] + self.half_widths[j] > gap * (1 + 1e-12):
                raise ValueError(f"the soft zones around {self.bounds[j - 1]:g} and {self.bounds[j]:g} overlap")

    @classmethod
    def of_discretisation(cls, function: Discretisation, half_widths: Sequence[float] = ()) -> "Thresholds":
        """Return the thresholds of a DISCRETIZE whose intervals are the classes of its scale in order, or in reverse.

        Raises ValueError where an interval has another value than its own class: it would not be a cut into classes.
        """
        found = [value.classes for value in function.values]
        rising = [(index,) for index in range(len(found))]
        if found not in (rising, rising[::-1]):
            raise ValueError("the intervals of this DISCRETIZE are not the classes of its scale in order")
        descending = len(found) > 1 and found != rising
        return cls(function.bounds, tuple(half_widths), function.bound_goes_up, descending=descending)

    @property
    def class_count(self) -> int:
        return len(self.bounds) + 1

    def class_of(self, value: float | None) -> int | None:
        """Return the class of one number, None when it is missing (None or NaN): the plain specification."""
        if value is None or math.isnan(value):
            return None
        interval = sum(
            value > bound or (value == bound and up) for bound, up in zip(self.bounds, self.goes_up, strict=True)
        )
        return len(self.bounds) - interval if self.descending else interval

    def classes(self, values: ArrayLike) -> NDArray[np.int8]:
        """Return the class of every number; MISSING (-1) for NaN. Shape as given."""
        numbers = np.asarray(values, dtype=np.float64)
        interval = intervals(numbers, self.bounds, self.goes_up)
        if self.descending:
            interval = len(self.bounds) - interval
        return np.where(np.isnan(numbers), MISSING, interval).astype(np.int8)

    def memberships_of(self, value: float | None) -> tuple[float, ...] | None:
        """Return the memberships of one number, None when it is missing: the plain specification."""
        if value is None or math.isnan(value):
            return None
        rises = [1.0, *(self._rise(value, number) for number in range(len(self.bounds))), 0.0]
        # Where soft zones touch, rounding may leave one rise a hair above the other.
        result = tuple(max(0.0, before - after) for before, after in zip(rises, rises[1:], strict=False))
        return result[::-1] if self.descending else result

    def _rise(self, value: float, number: int) -> float:
        bound, width = self.bounds[number], self.half_widths[number]
        if width == 0:
            return float(value >= bound if self.goes_up[number] else value > bound)
        # Clamped before the division: a half-width may be tiny.
        return min(max(value - bound + width, 0.0), 2 * width) / (2 * width)

    def memberships(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return memberships, shape (n, classes), rows summing to 1; a missing number gives a row of NaN.

        NaN is how arrays of memberships say undefined: a missing number is no class, and never class 0.
        """
        numbers = np.asarray(values, dtype=np.float64).reshape(-1)
        steps = np.ones((len(self.bounds) + 2, len(numbers)))
        steps[-1] = 0.0
        for row, (bound, width, up) in enumerate(zip(self.bounds, self.half_widths, self.goes_up, strict=True), 1):
            if width == 0:
                steps[row] = numbers >= bound if up else numbers > bound
            else:
                steps[row] = np.clip(numbers - bound + width, 0.0, 2 * width) / (2 * width)
        result = np.maximum(steps[:-1] - steps[1:], 0.0)
        result[:, np.isnan(numbers)] = np.nan
        return np.ascontiguousarray((result[::-1] if self.descending else result).T)

    def position_of(self, value: float | None) -> float | None:
        """Return where a number lies inside its class, from -0.5 (next to the class below) to 0.5 (above); None when
        it is missing: the plain specification of ``positions``."""
        index = self.class_of(value)
        if index is None:
            return None
        interval = len(self.bounds) - index if self.descending else index
        position = self._position(value, interval)
        return -position if self.descending else position

    def _position(self, value: float, interval: int) -> float:
        last = len(self.bounds)
        if not last:
            return 0.0
        if interval == 0:
            return 0.5 - float(_share_beyond(self.bounds[0] - value, self._reach(0)))
        if interval == last:
            return float(_share_beyond(value - self.bounds[-1], self._reach(last - 1))) - 0.5
        low, high = self.bounds[interval - 1], self.bounds[interval]
        return min(max((value - low) / (high - low), 0.0), 1.0) - 0.5

    def _reach(self, number: int) -> float:
        """The distance beyond an outer bound that takes half of the outer class: the width of the class beside it.
        A lone bound has none; then its half-width, or its own size, says what is near and far."""
        if len(self.bounds) > 1:
            return self.bounds[1] - self.bounds[0] if number == 0 else self.bounds[-1] - self.bounds[-2]
        return self.half_widths[0] or abs(self.bounds[0]) or 1.0

    def positions(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return where numbers lie inside their classes, shape (n,), in [-0.5, 0.5]; NaN where they are missing.

        Between two bounds the position is the share of the way. The two outer classes have no end: beyond their bound
        the position is d / (1 + d), with the distance d in widths of the class beside it, so that the most extreme
        areas keep their order too. Positions rise with the class index, also where classes descend. They are the
        offsets of inputs in ranking (an extension of this project: DEX software gives every input offset 0).
        """
        numbers = np.asarray(values, dtype=np.float64).reshape(-1)
        if not self.bounds:
            return np.where(np.isnan(numbers), np.nan, 0.0)
        bounds = np.array(self.bounds)
        interval = intervals(numbers, self.bounds, self.goes_up)
        low, high = bounds[np.maximum(interval - 1, 0)], bounds[np.minimum(interval, len(bounds) - 1)]
        inner = (interval > 0) & (interval < len(bounds))
        between = np.clip((numbers - low) / np.where(inner, high - low, 1.0), 0.0, 1.0) - 0.5
        below = 0.5 - _share_beyond(bounds[0] - numbers, self._reach(0))
        above = _share_beyond(numbers - bounds[-1], self._reach(len(bounds) - 1)) - 0.5
        result = np.where(inner, between, np.where(interval == 0, below, above))
        return -result if self.descending else result

    def describe(self, index: int, unit: str = "") -> str:
        """Return the interval of a class in words: "under 8 %", "8 to under 12.5 %", "12.5 % or more"."""
        interval = len(self.bounds) - index if self.descending else index
        suffix = f" {unit}" if unit and unit != "%" else unit
        if interval == 0:
            return f"under {self.bounds[0]:g}{suffix}" if self.goes_up[0] else f"up to {self.bounds[0]:g}{suffix}"
        low, low_up = self.bounds[interval - 1], self.goes_up[interval - 1]
        if interval == len(self.bounds):
            return f"{low:g}{suffix} or more" if low_up else f"over {low:g}{suffix}"
        high, high_up = self.bounds[interval], self.goes_up[interval]
        return f"{'' if low_up else 'over '}{low:g} to {'under ' if high_up else ''}{high:g}{suffix}"
