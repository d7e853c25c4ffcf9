"""From a number to a class (crisp), or to memberships of neighbouring classes (soft).

Memberships form a partition of unity: for bounds b1 < ... < bk and half-widths h_j with h_j + h_{j+1} <= b_{j+1} - b_j,
rise_j(x) = clamp((x - b_j + h_j) / (2 h_j), 0, 1) and interval j has membership rise_j - rise_{j+1}. They sum to 1, so
they are a valid input to probabilistic evaluation, and off the bounds the largest membership is the crisp class. This
is an extension of this project: no DEX software makes soft memberships from a number.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

MISSING = -1


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
        interval = np.zeros(numbers.shape, dtype=np.int8)
        with np.errstate(invalid="ignore"):
            for bound, up in zip(self.bounds, self.goes_up, strict=True):
                interval += numbers >= bound if up else numbers > bound
        if self.descending:
            interval = np.int8(len(self.bounds)) - interval
        return np.where(np.isnan(numbers), np.int8(MISSING), interval)

    def memberships(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return memberships, shape (n, classes), rows summing to 1; a missing number gives a row of NaN."""
        numbers = np.asarray(values, dtype=np.float64).reshape(-1)
        rises = [np.ones_like(numbers)]
        for bound, width, up in zip(self.bounds, self.half_widths, self.goes_up, strict=True):
            if width == 0:
                rises.append((numbers >= bound if up else numbers > bound).astype(np.float64))
            else:
                rises.append(np.clip(numbers - bound + width, 0.0, 2 * width) / (2 * width))
        rises.append(np.zeros_like(numbers))
        steps = np.stack(rises, axis=1)
        result = steps[:, :-1] - steps[:, 1:]
        result[np.isnan(numbers)] = np.nan
        return result[:, ::-1] if self.descending else result

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
