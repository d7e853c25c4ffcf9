"""The Theta method over a whole panel at once.

Assimakopoulos and Nikolopoulos, "The theta model: a decomposition approach to forecasting", International Journal of
Forecasting 16 (2000) 521-530. Hyndman and Billah, "Unmasking the Theta method", the same 19 (2003) 287-290, show that
it is simple exponential smoothing with half the slope of the linear trend as drift; that form is used here, with a
drift that may fade (Gardner and McKenzie, Management Science 31 (1985) 1237-1246), smoothing chosen for the panel, and
the months before a level shift left out.
"""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from .panel import SEASON, Panel, mean_of
from .season import blend, season_of
from .shifts import last_shift, without_before

SHARE_OF_SLOPE = 0.5
# The trend is that of the last three years; fewer months than a year have none.
TREND_MONTHS = 36
# A trend of more than 2 % of the level a month is not taken to go on.
STEEPEST = 0.02
FIRST_MONTHS = 3


@dataclass(frozen=True)
class ThetaSettings:
    """Pool weight of the season (0 own, 1 the panel's), smoothing (0 to 1), damping of the drift (0: no drift)."""

    pool: float
    smoothing: float
    damping: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


@dataclass(frozen=True)
class Ground:
    """What all settings share at one origin: factors, where the last shift was, whether the history is long enough.

    pooled (12,), own (series, 12), start (series,) column, alone (series,) False where only the panel's season counts
    """

    panel: Panel
    pooled: NDArray[np.float64]
    own: NDArray[np.float64]
    start: NDArray[np.intp]
    alone: NDArray[np.bool_]

    @classmethod
    def of(cls, panel: Panel) -> "Ground":
        pooled, own = season_of(panel)
        start = last_shift(panel.values / pooled[panel.months_of_year()])
        alone = (~np.isnan(panel.values)).sum(axis=1) >= 2 * SEASON
        return cls(panel, pooled, own, start, alone)

    def factors(self, pool: float) -> NDArray[np.float64]:
        """(series, 12). Series with less than two years have the panel's season."""
        return blend(self.pooled, self.own, np.where(self.alone, pool, 1.0))


@dataclass(frozen=True)
class Smoothed:
    """Deseasonalised history reduced to what a forecast needs; arrays (smoothings, series), slope and used (series,).

    spread: mean absolute error of one month ahead over the last two years, never below a hundredth of the level.
    """

    level: NDArray[np.float64]
    spread: NDArray[np.float64]
    slope: NDArray[np.float64]
    used: NDArray[np.intp]


def smooth(level: NDArray[np.float64], smoothings: NDArray[np.float64]) -> Smoothed:
    """Simple exponential smoothing of every series (series, months; NaN: no news) with each of the smoothings."""
    seen = ~np.isnan(level)
    rate = np.asarray(smoothings, dtype=float)[:, None]
    order = np.cumsum(seen, axis=1)
    state = mean_of(np.where(seen & (order <= FIRST_MONTHS), level, np.nan))
    state = np.broadcast_to(np.where(np.isnan(state), 0.0, state), (len(rate), len(level))).copy()
    errors, counted = np.zeros_like(state), np.zeros(len(level))
    recent = max(level.shape[1] - 2 * SEASON, 0)
    for month in range(level.shape[1]):
        error = np.where(seen[:, month], level[:, month] - state, 0.0)
        if month >= recent:
            errors += np.abs(error)
            counted += seen[:, month]
        state += rate * error
    mean = mean_of(level)
    floor = 0.01 * np.where(np.isnan(mean), 0.0, mean)
    spread = np.maximum(errors / np.maximum(counted, 1), floor)
    return Smoothed(state, spread, _slope(level, seen, mean), seen.sum(axis=1))


def _slope(level, seen, mean):
    """Ordinary least squares over the last three years, per month; 0 with less than a year."""
    recent = slice(max(level.shape[1] - TREND_MONTHS, 0), None)
    mask = seen[:, recent].astype(float)
    time = np.arange(mask.shape[1], dtype=float)
    count = mask.sum(axis=1)
    away = (time - (mask @ time / np.maximum(count, 1))[:, None]) * mask
    square = (away**2).sum(axis=1)
    product = (away * np.where(seen, level, 0.0)[:, recent]).sum(axis=1)
    slope = np.divide(product, square, out=np.zeros(len(level)), where=(count >= SEASON) & (square > 0))
    steepest = STEEPEST * np.where(np.isnan(mean), 0.0, mean)
    return np.clip(slope, -steepest, steepest)


def ahead(smoothed: Smoothed, smoothings: NDArray[np.float64], damping: float, horizon: int) -> NDArray[np.float64]:
    """Season-free forecasts (smoothings, series, horizon).

    Level + half the slope x (months ahead - 1 + (1 - (1 - a)^n) / a), as Hyndman and Billah (2003) have it; with
    damping d the months ahead count d, d^2, ...; with damping 0 there is no drift at all.
    """
    if damping == 0:
        return np.repeat(smoothed.level[:, :, None], horizon, axis=2)
    rate = np.asarray(smoothings, dtype=float)[:, None]
    behind = (1 - (1 - rate) ** smoothed.used) / rate
    further = np.concatenate([[0.0], np.cumsum(damping ** np.arange(1, horizon))])
    drift = SHARE_OF_SLOPE * smoothed.slope
    return smoothed.level[:, :, None] + drift[None, :, None] * (behind[:, :, None] + further)


def theta(ground: Ground, pool: float, smoothings, dampings, horizon: int):
    """Forecasts (dampings, smoothings, series, horizon) in the unit of the series; spreads (smoothings, series)."""
    panel, factors = ground.panel, ground.factors(pool)
    level = without_before(panel.values / factors[:, panel.months_of_year()], ground.start)
    smoothed = smooth(level, smoothings)
    season = factors[:, panel.months_of_year(ahead=horizon)]
    found = np.stack([ahead(smoothed, smoothings, damping, horizon) for damping in dampings])
    return np.maximum(found, 0.0) * season, smoothed.spread
