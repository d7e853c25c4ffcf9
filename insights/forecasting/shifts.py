"""Level shifts: a hospital that opened or closed a department, a definition that changed, the year 2020.

A shift is a month at which the mean of the half year after it differs from that of the half year before it by more than
three tenths and by five times what chance explains. Months before the last shift say nothing about the level of today.
"""

import numpy as np
from numpy.typing import NDArray

from .panel import median_of

WINDOW = 6
# After a shift at least so many months must have been seen before it is believed.
CONFIRMED = 4
LEAST_CHANGE, TIMES_CHANCE = np.log(1.3), 5.0
# MAD of the differences of two months -> standard deviation of one month.
ROBUST = 1.4826 / np.sqrt(2)


def last_shift(level: NDArray[np.float64]) -> NDArray[np.intp]:
    """Per series the first column after its last level shift, 0 where there is none. `level`: season taken out."""
    series, months = level.shape
    if months < WINDOW + CONFIRMED:
        return np.zeros(series, dtype=np.intp)
    seen = ~np.isnan(level)
    tiny = 1e-3 * np.where(seen, level, 0.0).sum(1, keepdims=True) / np.maximum(seen.sum(1, keepdims=True), 1)
    log = np.log(np.where(seen, np.maximum(level, tiny + 1e-300), 1.0))
    counts = np.cumsum(np.pad(seen, ((0, 0), (1, 0))), axis=1)
    sums = np.cumsum(np.pad(np.where(seen, log, 0.0), ((0, 0), (1, 0))), axis=1)
    at = np.arange(WINDOW, months - CONFIRMED + 1)
    end = np.minimum(at + WINDOW, months)
    before, n_before = sums[:, at] - sums[:, at - WINDOW], counts[:, at] - counts[:, at - WINDOW]
    after, n_after = sums[:, end] - sums[:, at], counts[:, end] - counts[:, at]
    enough = (n_before >= CONFIRMED) & (n_after >= CONFIRMED)
    step = np.where(enough, after / np.maximum(n_after, 1) - before / np.maximum(n_before, 1), 0.0)
    both = seen[:, 1:] & seen[:, :-1]
    chance = median_of(np.where(both, np.abs(np.diff(log, axis=1)), np.nan))
    chance = np.where(np.isnan(chance), 0.0, chance)[:, None] * ROBUST
    limit = np.maximum(LEAST_CHANGE, TIMES_CHANCE * chance * np.sqrt(2 / WINDOW))
    size = np.abs(step)
    shift = (size > limit) & (size >= _highest_around(size))
    latest = shift.shape[1] - 1 - np.argmax(shift[:, ::-1], axis=1)
    return np.where(shift.any(axis=1), latest + WINDOW, 0)


def _highest_around(size):
    """The largest step within half a window: a shift shows in several months and is one."""
    result = size.copy()
    for away in range(1, WINDOW):
        result[:, away:] = np.maximum(result[:, away:], size[:, :-away])
        result[:, :-away] = np.maximum(result[:, :-away], size[:, away:])
    return result


def without_before(level: NDArray[np.float64], start: NDArray[np.intp]) -> NDArray[np.float64]:
    """`level` with the months before `start` missing."""
    return np.where(np.arange(level.shape[1]) >= start[:, None], level, np.nan)
