"""Practices' counts carried to areas, with the standard error of each figure."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class Figures:
    """Figures of areas, shape (areas, columns), NaN where no patient is attributed.

    `sampling` and `attribution` are variances: that of drawing the area's patients from their practices' lists, and
    that of not knowing well which practices they are with.
    """

    value: np.ndarray
    sampling: np.ndarray
    attribution: np.ndarray

    @property
    def error(self) -> np.ndarray:
        """Standard errors, in the unit of the values."""
        return np.sqrt(self.sampling + self.attribution)

    def times(self, factor) -> "Figures":
        """The same in another unit."""
        return Figures(self.value * factor, self.sampling * factor**2, self.attribution * factor**2)


def carry(shares: csr_matrix, counts, base, doubt) -> Figures:
    """Counts over base in areas: sum of shares x counts / sum of shares x base, column by column.

    `counts` and `base` have shape (practices, columns), NaN where a practice has none (it then counts for neither).
    `base` is the list for a prevalence, the expected register for a ratio. `doubt` (one per practice) is the typical
    error of an area's figure relative to the standard deviation of its practices' figures, 0 for counted patients.

    Sampling: a practice's register is known, who of it lives in the area is not, so the area's part is binomial with
    variance share x (1 - share) x count. Attribution: doubt^2 x the variance of the practices' figures among the
    area's patients.
    """
    counts, base = _columns(counts), _columns(base)
    known = ~np.isnan(counts) & ~np.isnan(base) & (base > 0)
    counts, base = np.where(known, counts, 0.0), np.where(known, base, 0.0)
    areas = shares.T.tocsr()
    total, whole = areas @ counts, areas @ base
    drawn = areas.copy()
    drawn.data = drawn.data * (1.0 - drawn.data)
    figure = np.divide(counts, base, out=np.zeros_like(counts), where=known)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(whole > 0, total / whole, np.nan)
        sampling = (drawn @ counts) / whole**2
        spread = np.maximum((areas @ (base * figure**2)) / whole - value**2, 0.0)
        square_doubt = (areas @ (base * np.square(doubt)[:, None])) / whole
    return Figures(value, np.where(np.isnan(value), np.nan, sampling), spread * square_doubt)


def add_up(figures: Figures, columns, factors, practices_sum: Figures) -> Figures:
    """A weighted sum of columns, shape (areas, 1).

    Draws of different registers are taken as independent; the registers of one practice are not, so the doubt comes
    from `practices_sum`: the practices' own sums, carried.
    """
    factors = np.asarray(factors, dtype=float)
    return Figures(
        (figures.value[:, columns] * factors).sum(axis=1, keepdims=True),
        (figures.sampling[:, columns] * factors**2).sum(axis=1, keepdims=True),
        practices_sum.attribution,
    )


def national(counts, base) -> np.ndarray:
    """Counts over base of all practices together, column by column."""
    known = ~np.isnan(counts) & ~np.isnan(base)
    return np.where(known, counts, 0.0).sum(axis=0) / np.where(known, base, 0.0).sum(axis=0)


def _columns(values) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    return values[:, None] if values.ndim == 1 else values
