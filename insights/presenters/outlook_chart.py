"""The chart of one series: what was published, what is expected, and the scale of both."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import ceil, floor, log10

from insights.months import month_after
from insights.outlook_figures import HISTORY, Figures
from lsoa.written_numbers import decimal

from . import words

# As many steps a scale has at most, and lengths of steps that people count in.
STEPS, NICE = 6, (1, 2, 2.5, 5, 10)
# A scale begins at nought unless the figures lie far above it.
FROM_NOUGHT = 0.5
NAMES = {
    "seen": "Published",
    "expected": "Expected",
    "band_80": "8 in 10 cases",
    "band_90": "9 in 10 cases",
    "before": "A year before",
}


@dataclass
class OutlookChart:
    figures: Figures

    @cached_property
    def seen(self) -> list[float | None]:
        return self.figures.history(HISTORY)

    @cached_property
    def ticks(self) -> list[tuple[float, str]]:
        row = self.figures.forecast
        drawn = [*self.seen, *row.lower_90, *row.upper_90, *row.mean]
        return scale([value for value in drawn if value is not None])

    @property
    def months(self) -> list[tuple[int, str]]:
        """January and July, with their year."""
        first = month_after(self.figures.origin, 1 - len(self.seen))
        places = range(len(self.seen) + self.figures.horizon)
        found = [(place, month_after(first, place)) for place in places]
        return [(place, f"{month:%b %Y}") for place, month in found if month.month in (1, 7)]

    @property
    def are_apart(self) -> bool:
        """Whether the ranges for 8 and for 9 of 10 cases differ: measured on few months, they are the same."""
        row = self.figures.forecast
        return (row.lower_80, row.upper_80) != (row.lower_90, row.upper_90)

    @property
    def row(self) -> dict:
        """Fields of `outlook_charts.Outlook`, with the names of what is drawn."""
        row, before = self.figures.forecast, self.figures.before
        return {
            "seen": self.seen,
            "expected": row.mean,
            "low_80": row.lower_80,
            "high_80": row.upper_80,
            "low_90": row.lower_90 if self.are_apart else (),
            "high_90": row.upper_90 if self.are_apart else (),
            "before": before if any(value is not None for value in before) else (),
            "ticks": self.ticks,
            "months": self.months,
            "names": NAMES,
        }

    @property
    def note(self) -> str:
        low = self.ticks[0][0]
        begins = f"The scale begins at {decimal(low)}. " if low else ""
        if not self.are_apart:
            return f"{begins}Too few months were published to tell 8 from 9 of 10 cases: one band is drawn."
        return f"{begins}The bands hold what will be published in 8 and in 9 of 10 cases. The table below has the same."

    @property
    def text(self) -> str:
        """What the chart says, for whoever does not see it."""
        known = [(value, place) for place, value in enumerate(self.seen) if value is not None]
        first = month_after(self.figures.origin, 1 - len(self.seen))
        low, high = min(known, default=None), max(known, default=None)
        told = ""
        if low and high:
            told = f"Published between {_at(low, first)} and {_at(high, first)}. "
        row = self.figures.forecast
        ends = [
            f"{words.month_name(month)} {words.estimate(row.mean[k])}"
            f" ({words.between(row.lower_80[k], row.upper_80[k])})"
            for k, month in enumerate(self.figures.months)
            if k in (0, self.figures.horizon - 1)
        ]
        return f"{told}Expected, with the range that holds in 8 of 10 cases: {', '.join(ends)}."


def _at(found: tuple[float, int], first: date) -> str:
    value, place = found
    return f"{decimal(value)} ({words.month_name(month_after(first, place))})"


def scale(values: list[float]) -> list[tuple[float, str]]:
    """Round figures from at or below the lowest to at or above the highest, with their words."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if low < FROM_NOUGHT * high:
        low = 0.0
    step = _step((high - low) / STEPS)
    first, last = floor(low / step), ceil(high / step)
    decimals = max(0, -floor(log10(step))) if step < 1 else 0
    return [(k * step, decimal(k * step, decimals)) for k in range(first, max(last, first + 1) + 1)]


def _step(least: float) -> float:
    """The next round length."""
    if least <= 0:
        return 1.0
    power = 10 ** floor(log10(least))
    return next(power * nice for nice in NICE if power * nice >= least * (1 - 1e-9))
