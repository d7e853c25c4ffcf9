"""What a person would write down without a model: the measure of every other member."""

import numpy as np
from numpy.typing import NDArray

from .panel import SEASON, Panel, mean_of_last_year


def seasonal_naive(panel: Panel, horizon: int, season: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same month of the year before, (series, horizon).

    A month that is missing there is the mean of the last year times `season` (series or 1, 12) of that month.
    """
    columns = panel.months - SEASON + np.arange(horizon) % SEASON
    before = np.full((panel.series, horizon), np.nan)
    known = columns >= 0
    before[:, known] = panel.values[:, columns[known]]
    ordinary = mean_of_last_year(panel.values)[:, None] * season[:, panel.months_of_year(ahead=horizon)]
    return np.where(np.isnan(before), ordinary, before)


def mean_of_year(panel: Panel, horizon: int) -> NDArray[np.float64]:
    """The mean of the last 12 months for every month, (series, horizon)."""
    return np.repeat(mean_of_last_year(panel.values)[:, None], horizon, axis=1)
