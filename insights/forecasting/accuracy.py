"""How far off forecasts were: the mean absolute scaled error, here scaled by the differences of months a year apart.

Hyndman and Koehler, "Another look at measures of forecast accuracy", International Journal of Forecasting 22 (2006)
679-688.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .panel import SEASON, mean_of


def scale_of(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Per series the mean absolute difference of months a year apart; NaN without any, or where none differs."""
    if values.shape[1] <= SEASON:
        return np.full(len(values), np.nan)
    scale = mean_of(np.abs(values[:, SEASON:] - values[:, :-SEASON]))
    return np.where(scale > 0, scale, np.nan)


@dataclass(frozen=True)
class Accuracy:
    """Measured on origins whose next months neither settings, weights nor intervals had seen. NaN: not measurable.

    mase, naive, mean_of_year  mean absolute scaled errors of the forecasts, of last year's month, of last year's mean
    error_by_horizon           (horizon,) mean absolute error / mean level; and of last year's month
    coverage_80, coverage_90   shares of months inside the intervals
    series_mase                (series,)
    """

    origins: int
    mase: float
    naive: float
    mean_of_year: float
    error_by_horizon: NDArray[np.float64]
    naive_error_by_horizon: NDArray[np.float64]
    coverage_80: float
    coverage_90: float
    series_mase: NDArray[np.float64]


@dataclass
class Judged:
    """What was expected at one origin and what came: arrays (series, horizon); scale (series,).

    `reach` (2, series, horizon): how far the 80 and the 90 % interval go to each side; NaN where there was none yet.
    """

    truth: NDArray[np.float64]
    mean: NDArray[np.float64]
    naive: NDArray[np.float64]
    mean_of_year: NDArray[np.float64]
    scale: NDArray[np.float64]
    reach: NDArray[np.float64]


def accuracy(judged: list[Judged], series: int, horizon: int) -> Accuracy:
    """Everything over all series, origins and months ahead."""
    nothing = np.full((0, series, horizon), np.nan)

    def stacked(name):
        return np.stack([getattr(one, name) for one in judged]) if judged else nothing

    truth, mean, naive = stacked("truth"), stacked("mean"), stacked("naive")
    scale = np.stack([one.scale for one in judged])[:, :, None] if judged else nothing[:, :, :1]
    error = np.abs(truth - mean)
    known = ~np.isnan(error)
    reach = np.stack([one.reach for one in judged], axis=1) if judged else nothing[None].repeat(2, 0)
    inside = [_share(error <= one, known & ~np.isnan(one)) for one in reach]
    naive_error = np.where(known, np.abs(truth - naive), np.nan)
    scaled = error / scale
    return Accuracy(
        len(judged),
        _mean(scaled),
        _mean(naive_error / scale),
        _mean(np.where(known, np.abs(truth - stacked("mean_of_year")), np.nan) / scale),
        _relative(error, truth, known),
        _relative(naive_error, truth, known & ~np.isnan(naive_error)),
        *inside,
        mean_of(np.moveaxis(scaled, 1, 0).reshape(series, -1)) if judged else np.full(series, np.nan),
    )


def _mean(values):
    return float(mean_of(values.reshape(1, -1))[0]) if values.size else np.nan


def _share(hits, known):
    return float(hits[known].mean()) if known.any() else np.nan


def _relative(error, truth, known):
    top = np.where(known, error, 0.0).sum(axis=(0, 1))
    level = np.where(known, truth, 0.0).sum(axis=(0, 1))
    return np.divide(top, level, out=np.full(top.shape, np.nan), where=level > 0)
