"""Many monthly series side by side, and sums and medians over them that know of missing months."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEASON = 12
# Series that what is common to all is learned from; more of them cost time and change the third digit.
SAMPLE = 1_000
SEED = 20_110_401


class BadPanel(ValueError):
    """The figures cannot be forecast; the message says what was expected."""


@dataclass(frozen=True)
class Panel:
    """Series of one kind, e.g. emergency admissions of all trusts.

    values       float64 (series, months), one unit, not negative; NaN is missing
    first_month  month of the year of the first column, 0 is January

    BadPanel when that is not so.
    """

    values: NDArray[np.float64]
    first_month: int = 0

    def __post_init__(self):
        if self.values.ndim != 2 or not self.values.size:
            raise BadPanel(f"Expected a table of series by months, found the shape {self.values.shape}.")
        if np.isinf(self.values).any() or (self.values < 0).any():
            raise BadPanel("Figures of activity are finite and not negative.")
        if not 0 <= self.first_month < SEASON:
            raise BadPanel(f"The first month is 0 (January) to 11, found {self.first_month}.")

    @property
    def series(self) -> int:
        return self.values.shape[0]

    @property
    def months(self) -> int:
        return self.values.shape[1]

    def until(self, months: int) -> "Panel":
        """What was known after so many months."""
        return Panel(self.values[:, :months], self.first_month)

    def of(self, rows) -> "Panel":
        """Some of its series."""
        return Panel(self.values[rows], self.first_month)

    def sample(self) -> NDArray[np.intp]:
        """Rows of at most SAMPLE series, the same for every panel of that size whatever its figures are."""
        if self.series <= SAMPLE:
            return np.arange(self.series)
        return np.sort(np.random.default_rng(SEED).permutation(self.series)[:SAMPLE])

    def months_of_year(self, ahead: int = 0) -> NDArray[np.intp]:
        """Month of the year (0 is January) of every column, or of the `ahead` months after the last."""
        columns = np.arange(self.months, self.months + ahead) if ahead else np.arange(self.months)
        return (columns + self.first_month) % SEASON


def mean_of(values: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
    """Mean of what is not missing; NaN where all is."""
    seen = ~np.isnan(values)
    count = seen.sum(axis)
    total = np.where(seen, values, 0.0).sum(axis)
    return np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)


def median_of(values: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
    """Median of what is not missing; NaN where all is."""
    ordered = np.sort(values, axis=axis)
    count = (~np.isnan(values)).sum(axis, keepdims=True)
    last = values.shape[axis] - 1
    low = np.take_along_axis(ordered, np.clip((count - 1) // 2, 0, last), axis)
    high = np.take_along_axis(ordered, np.clip(count // 2, 0, last), axis)
    return np.where(count > 0, (low + high) / 2, np.nan).squeeze(axis)


def mean_of_last_year(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Per series the mean of the observed ones of the last 12 months; NaN where there is none."""
    return mean_of(values[:, -SEASON:])
