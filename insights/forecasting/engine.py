"""From a panel to forecasts: learn, compare with the model in use, forecast with intervals and flags."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .accuracy import Accuracy
from .panel import SEASON, BadPanel, Panel, mean_of, mean_of_last_year
from .rolling import Rolling
from .settings import Settings, expect
from .theta import Ground

VERSION = "1"
LEAST_MONTHS = 12
# Months of a year whose mean is less than this are counts near zero: one event more or less is a tenth.
SMALL = 10.0
# A level that has held for longer than this is no news.
RECENT_SHIFT = 18
FLAGS = ("short_history", "level_shift", "gaps", "outside_training", "rounded_small")


@dataclass(frozen=True)
class Forecasts:
    """Arrays (series, horizon) in the unit of the series; NaN for series that nothing can be said of.

    seasonal (series, 12) January first, 1 an ordinary month; year_change (series,) share; flags: of FLAGS, per series
    """

    mean: NDArray[np.float64]
    lower_80: NDArray[np.float64]
    upper_80: NDArray[np.float64]
    lower_90: NDArray[np.float64]
    upper_90: NDArray[np.float64]
    seasonal: NDArray[np.float64]
    year_change: NDArray[np.float64]
    flags: list[tuple[str, ...]]


@dataclass(frozen=True)
class Choice:
    """Which settings a panel is forecast with. `rival`: what was compared and not taken, or None.

    verdict: "first" (nothing was in use), "first_simple" (a simple rule was at least as good), "lower_error" (the new
    settings replaced those in use), "kept" (their error is not lower). reach (2, horizon + 1): spreads that the 80 and
    the 90 % interval reach by month ahead, and for the sum of all months.
    """

    settings: Settings
    accuracy: Accuracy
    rival: Settings | None
    rival_accuracy: Accuracy | None
    verdict: str
    reach: NDArray[np.float64]


def choose(panel: Panel, horizon: int, in_use: Settings | None = None) -> Choice:
    """Settings learned from the panel, unless those in use, or without any a simple rule, are at least as good.

    Learned ones are judged by what learning before each origin would have given, so they have to win without knowing
    the months that they are judged by; the ones in use may have been learned from some of them.
    """
    rolling = Rolling(panel, horizon)
    learned, learned_accuracy = rolling.learn(panel.months), rolling.judge()
    if in_use is not None:
        accuracy = rolling.judge(in_use)
        better = learned_accuracy.mase < accuracy.mase
        verdict, other, other_accuracy = "lower_error" if better else "kept", in_use, accuracy
    else:
        simple = min(("seasonal_naive", learned_accuracy.naive), ("mean_of_year", learned_accuracy.mean_of_year),
                     key=lambda pair: pair[1])  # fmt: skip
        better = not learned_accuracy.mase >= simple[1]
        other = None if better else Settings.only(simple[0])
        other_accuracy = None if better else rolling.judge(other)
        verdict = "first" if better else "first_simple"
    if better:
        taken = (learned, learned_accuracy, other, other_accuracy)
    else:
        taken = (other, other_accuracy, learned, learned_accuracy)
    return Choice(*taken, verdict, rolling.reach(taken[0], panel.months))


def forecast(panel: Panel, settings: Settings, reach: NDArray[np.float64], horizon: int) -> Forecasts:
    """The months after the last of the panel. `reach`: of Choice.

    BadPanel when the panel was too short for intervals to be measured.
    """
    if np.isnan(reach).any():
        raise BadPanel("There are too few past months to measure intervals on.")
    expected = expect(Ground.of(panel), settings, horizon)
    mean, wide = expected.mean, reach[:, None, :-1] * expected.spread[:, None]
    return Forecasts(
        mean,
        np.maximum(mean - wide[0], 0.0),
        mean + wide[0],
        np.maximum(mean - wide[1], 0.0),
        mean + wide[1],
        expected.season,
        _year_change(panel, mean, horizon),
        _flags(panel, expected),
    )


def _year_change(panel, mean, horizon):
    """Only where every one of the same months a year before was observed."""
    if horizon > SEASON or panel.months < SEASON:
        return np.full(panel.series, np.nan)
    start = panel.months - SEASON
    before = panel.values[:, start : start + horizon].sum(axis=1)
    return np.divide(mean.sum(axis=1), before, out=np.full(panel.series, np.nan), where=before > 0) - 1


def _flags(panel, expected):
    seen = ~np.isnan(panel.values)
    first = np.argmax(seen, axis=1)
    recent = np.arange(panel.months) >= np.maximum(first, panel.months - 2 * SEASON)[:, None]
    level = mean_of_last_year(panel.values)
    found = (
        seen.sum(axis=1) < 2 * SEASON,
        expected.start > panel.months - RECENT_SHIFT,
        (recent & ~seen).any(axis=1),
        expected.outside,
        (np.where(np.isnan(level), mean_of(panel.values), level)) < SMALL,
    )
    return [tuple(code for code, is_so in zip(FLAGS, row, strict=True) if is_so) for row in zip(*found, strict=True)]
