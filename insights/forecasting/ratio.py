"""A ridge regression on the ratio of each month to the series' own mean of the last year, learned over the panel.

Trees and regressions on the level of a series fail when levels move; on the ratio they do not, and large and small
series can be learned from together. Everything is measured from the panel's season, so that the penalty draws
forecasts to `own mean x season of the panel`. Hoerl and Kennard, Technometrics 12 (1970) 55-67.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .panel import SEASON, Panel, mean_of_last_year

# 12 months of the last year, and how that year compares with the one before it.
FEATURES = SEASON + 1
PENALTY = 5.0
LOWEST, HIGHEST = -1.0, 1.5
# No month is taken to exceed three times the mean of the last year.
MOST = 3.0
# Learn from this many of the newest months.
BASES = 30
# Half as far again as nearly all that was learned from is outside of it: in a small panel some month always leads.
MARGIN = 0.5


@dataclass(frozen=True)
class RatioModel:
    """coefficients (horizon, FEATURES); a history outside of seen_low and seen_high (FEATURES,) is new."""

    coefficients: NDArray[np.float64]
    seen_low: NDArray[np.float64]
    seen_high: NDArray[np.float64]


def _features(panel: Panel, season: NDArray[np.float64]):
    """Features (series, FEATURES) at the end of the panel, and the mean of the last year (series,)."""
    mean = mean_of_last_year(panel.values)
    year = panel.values[:, -SEASON:] / np.where(mean > 0, mean, np.nan)[:, None]
    year = year - season[panel.months_of_year()[-SEASON:]]
    before = panel.values[:, -2 * SEASON : -SEASON]
    earlier = mean_of_last_year(before) if before.shape[1] == SEASON else np.full(panel.series, np.nan)
    growth = np.divide(mean, earlier, out=np.ones(panel.series), where=earlier > 0) - 1
    found = np.column_stack([year, np.where(np.isnan(growth), 0.0, growth)])
    # What is missing is taken to be as everywhere.
    return np.clip(np.where(np.isnan(found), 0.0, found), LOWEST, HIGHEST), mean


def learn(panel: Panel, season: NDArray[np.float64], horizon: int) -> RatioModel:
    """From every month whose next ones are in the panel. `season`: the panel's factors (12,)."""
    gram = np.tile(PENALTY * np.eye(FEATURES), (horizon, 1, 1))
    target = np.zeros((horizon, FEATURES))
    rows = []
    for end in range(max(SEASON, panel.months - BASES), panel.months):
        known = panel.until(end)
        found, mean = _features(known, season)
        rows.append(found[mean > 0])
        for step in range(min(horizon, panel.months - end)):
            ratio = panel.values[:, end + step] / np.where(mean > 0, mean, np.nan)
            ratio = np.clip(ratio, 0.0, MOST) - season[(end + step + panel.first_month) % SEASON]
            use = ~np.isnan(ratio)
            gram[step] += found[use].T @ found[use]
            target[step] += found[use].T @ ratio[use]
    seen = np.concatenate(rows) if rows else np.zeros((0, FEATURES))
    low, high = np.quantile(seen, [0.001, 0.999], axis=0) if len(seen) else (np.zeros(FEATURES), np.zeros(FEATURES))
    beyond = MARGIN * (high - low)
    return RatioModel(np.linalg.solve(gram, target[:, :, None])[:, :, 0], low - beyond, high + beyond)


def predict(panel: Panel, season: NDArray[np.float64], model: RatioModel):
    """Forecasts (series, horizon), and where (series,) the history is unlike nearly all that was learned from."""
    found, mean = _features(panel, season)
    horizon = len(model.coefficients)
    ratio = found @ model.coefficients.T + season[panel.months_of_year(ahead=horizon)]
    outside = ((found < model.seen_low) | (found > model.seen_high)).any(axis=1)
    return np.clip(ratio, 0.0, MOST) * mean[:, None], outside
