"""How months differ within a year: of each series, of the panel, and between the two.

Classical multiplicative decomposition by ratios to a centred 2 x 12 moving average. A series of three years has two or
three ratios for each month, so its own factors are noisy; the panel's are not, but need not be its own. The weight of
the pool lies between (geometrically) and is chosen by rolling origins.
"""

import numpy as np
from numpy.typing import NDArray

from .panel import SEASON, Panel, mean_of, median_of

# Of the 12 months' weight of a moving average this much must be observed.
ENOUGH = 10.0
LEAST, MOST = 0.05, 5.0
HALF = SEASON // 2


def ratios(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each month over the year around it, same shape; NaN within half a year of both ends and where much is missing."""
    months = values.shape[1]
    result = np.full(values.shape, np.nan)
    if months <= SEASON:
        return result
    seen = ~np.isnan(values)
    filled = np.where(seen, values, 0.0)
    total, weight = _around(filled), _around(seen.astype(float))
    level = np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight >= ENOUGH)
    middle = values[:, HALF : months - HALF]
    np.divide(middle, level, out=result[:, HALF : months - HALF], where=level > 0)
    return np.clip(result, 0.0, MOST)


def _around(values):
    """Sum of 11 months and half of the two next to them, for every column with half a year on each side."""
    sums = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)
    inner = sums[:, SEASON:-1] - sums[:, 1:-SEASON]
    return inner + (values[:, : -2 * HALF] + values[:, 2 * HALF :]) / 2


def season_of(panel: Panel) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(factors of the panel (12,), own factors (series, 12)), January first; their mean over the year is 1.

    The panel's are medians over series and then over years, so that neither a hospital that closed nor the spring of
    2020 moves them. A month of a series without any ratio has the panel's factor.
    """
    found, months = ratios(panel.values), panel.months_of_year()
    typical = median_of(found[panel.sample()], axis=0)
    pooled = np.array([_or_nan(typical[months == month]) for month in range(SEASON)])
    pooled = _normal(np.where(np.isnan(pooled), 1.0, pooled)[None])[0]
    own = np.column_stack([mean_of(found[:, months == month]) for month in range(SEASON)])
    return pooled, _normal(np.where(np.isnan(own), pooled, own))


def _or_nan(values):
    return median_of(values[None])[0] if len(values) else np.nan


def _normal(factors):
    factors = np.clip(factors, LEAST, MOST)
    return factors / factors.mean(axis=-1, keepdims=True)


def blend(pooled: NDArray[np.float64], own: NDArray[np.float64], weight) -> NDArray[np.float64]:
    """Factors (series, 12) between the panel's (weight 1) and the own (weight 0); `weight` a number or (series,)."""
    weight = np.asarray(weight, dtype=float).reshape(-1, 1)
    return _normal(np.exp(weight * np.log(pooled) + (1 - weight) * np.log(own)))
