"""Inequality of a figure in words, charts and tables."""

from functools import cached_property

from lsoa.written_numbers import percent, signed

from ..inequality_reading import Inequality
from . import wording

FIFTHS = {1: "1 most deprived", 2: "2", 3: "3", 4: "4", 5: "5 least deprived"}
MOST_POINTS = 60


class InequalityPanel:
    """What `portal/_explore_inequality.html` shows."""

    def __init__(self, found: Inequality, place: str):
        self.found, self.place, self.measured = found, place, found.measured

    @property
    def has_figures(self) -> bool:
        return self.found.areas > 0

    @property
    def title(self) -> str:
        return f"{self.measured.name} by deprivation"

    def text(self, value: float | None) -> str:
        if value is None:
            return "no figure"
        unit = self.measured.unit
        tail = "" if unit in ("%", "score", "") else f" {unit}"
        return wording.figure(value, self.measured.decimals, unit) + tail

    def difference(self, value: float) -> str:
        """A difference of two figures: of percentages it is in percentage points."""
        return f"{self.number(value)} percentage points" if self.measured.unit == "%" else self.text(value)

    def number(self, value: float) -> str:
        return wording.figure(value, self.measured.decimals)

    @cached_property
    def summary(self) -> str:
        """One sentence for all three charts."""
        slope = self.found.slope
        if slope is None:
            return f"Too few areas of {self.place} have this figure, or all are equally deprived: no slope can be told."
        if not slope.is_clear:
            return (
                f"{self.measured.name}, {self.place}: no clear slope. The difference between the least and the "
                f"most deprived end may be anything from {self.number(slope.low)} to {self.number(slope.high)}."
            )
        more = "more" if slope.slope < 0 else "less"
        ratio = "" if slope.ratio is None else f", {self._times(slope.ratio)}"
        return (
            f"{self.measured.name}, {self.place}: the line through all areas runs from {self.text(slope.most)} at the "
            f"most deprived end to {self.text(slope.least)} at the least deprived, {self.difference(abs(slope.slope))} "
            f"{more} where people are most deprived{ratio}."
        )

    def _times(self, ratio: float) -> str:
        return f"{1 / ratio:.1f} times as much" if ratio < 1 else f"{1 / ratio:.2f} times as much"

    # By fifth -------------------------------------------------------------------------------------------------------

    @property
    def fifth_rows(self) -> list[dict]:
        return [
            {
                "label": FIFTHS[each.fifth],
                "areas": wording.count(each.areas),
                "mean": self.text(each.mean),
                "interval": "" if each.low is None else f"{self.number(each.low)} to {self.number(each.high)}",
            }
            for each in self.found.fifths
        ]

    @property
    def bars(self) -> list[dict]:
        top = max((each.high or each.mean or 0 for each in self.found.fifths), default=0)
        return [self._bar(each, top) for each in self.found.fifths] if top > 0 else []

    def _bar(self, each, top) -> dict:
        interval = None if each.low is None else (max(0.0, each.low) / top, max(0.0, each.high) / top)
        share = None if each.mean is None else max(0.0, each.mean) / top
        return {"label": FIFTHS[each.fifth], "share": share, "text": self.text(each.mean), "interval": interval}

    @property
    def bars_description(self) -> str:
        return "; ".join(f"fifth {row['label']}: {row['mean']}" for row in self.fifth_rows)

    # Slope ----------------------------------------------------------------------------------------------------------

    @property
    def slope_series(self) -> list[dict]:
        slope = self.found.slope
        dots = [
            (place, each.mean, each.low, each.high)
            for place, each in zip(self.found.places, self.found.fifths, strict=True)
            if each.mean is not None
        ]
        line = [] if slope is None else [(0.0, slope.most), (1.0, slope.least)]
        return [
            {"label": "Line through all areas", "points": line, "style": 0},
            {"label": "Mean of each fifth, with interval", "points": [], "dots": dots},
        ]

    @property
    def slope_axes(self) -> tuple[dict, dict]:
        values = [value for one in self.found.fifths for value in (one.mean, one.low, one.high) if value is not None]
        if self.found.slope is not None:
            values += [self.found.slope.most, self.found.slope.least]
        across = {
            "title": "Share of residents, most deprived first",
            "low": 0.0,
            "high": 1.0,
            "ticks": [(0.0, "0%"), (0.5, "50%"), (1.0, "100%")],
        }
        return across, self._axis(min([0.0, *values]), max([0.0, *values]) or 1.0)

    def _axis(self, low: float, high: float) -> dict:
        step = (high - low) / 4
        ticks = [(low + k * step, self.number(low + k * step)) for k in range(5)]
        return {"title": self.measured.name, "low": low, "high": high, "ticks": ticks}

    @property
    def slope_rows(self) -> list[tuple[str, str, str]]:
        slope = self.found.slope
        if slope is None:
            return []
        rows = [
            ("Most deprived end of the line", self.text(slope.most), ""),
            ("Least deprived end of the line", self.text(slope.least), ""),
            (
                "Slope index of inequality (SII)",
                f"{'+' if slope.slope > 0 else ''}{self.difference(slope.slope)}",
                f"{self.number(slope.low)} to {self.number(slope.high)}",
            ),
        ]
        if slope.ratio is None:
            return [*rows, ("Relative index of inequality (RII)", "no figure: an end is not above 0", "")]
        return [
            *rows,
            (
                "Relative index of inequality (RII)",
                f"{slope.ratio:.2f}",
                f"{slope.ratio_low:.2f} to {_large(slope.ratio_high)}",
            ),
        ]

    @property
    def slope_description(self) -> str:
        return "; ".join(f"{label}: {value}" for label, value, _ in self.slope_rows) or "No slope can be told."

    # Concentration --------------------------------------------------------------------------------------------------

    @cached_property
    def curve(self) -> list[tuple[float, float]]:
        """At most sixty points, both ends among them."""
        if self.found.concentration is None:
            return []
        points = self.found.concentration.curve
        step = max(1, (len(points) - 1) // MOST_POINTS + 1)
        chosen = [*points[:-1:step], points[-1]]
        return [(float(x), float(y)) for x, y in chosen]

    @property
    def curve_series(self) -> list[dict]:
        return [
            {"label": "If all had the same", "points": [(0.0, 0.0), (1.0, 1.0)], "style": -1},
            {"label": self.measured.name[:48], "points": self.curve, "style": 0},
        ]

    @property
    def curve_axes(self) -> tuple[dict, dict]:
        ticks = [(k / 4, f"{25 * k}%") for k in range(5)]
        across = {"title": "Share of residents, most deprived first", "low": 0.0, "high": 1.0, "ticks": ticks}
        return across, across | {"title": "Share of the figure"}

    @property
    def curve_rows(self) -> list[tuple[str, str]]:
        """The share that lies on the most deprived tenth, fifth, ... of residents."""
        if self.found.concentration is None:
            return []
        points = self.found.concentration.curve
        return [(percent(share), percent(_between(points, share))) for share in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)]

    @property
    def curve_sentence(self) -> str:
        found = self.found.concentration
        if found is None:
            return "No curve can be drawn: the figure is missing, below 0, or 0 everywhere."
        share = _between(found.curve, 0.2)
        interval = "" if found.low is None else f", 95% interval {signed(found.low, 3)} to {signed(found.high, 3)}"
        return (
            f"The most deprived 20% of residents hold {percent(share)} of it. "
            f"Concentration index {signed(found.index, 3)}{interval}; below 0 it lies on the more deprived."
        )

    @property
    def notes(self) -> list[str]:
        texts = [f"{wording.areas(self.found.areas)} counted."]
        if self.found.missing:
            texts.append(
                f"{wording.areas(self.found.missing)} left out: the figure, the deprivation or the number of residents "
                "is missing there. Missing is not 0."
            )
        weight = "Each area weighs the same." if self.found.by_area else "Areas weigh by their usual residents."
        return [*texts, weight]


def _between(points, share: float) -> float:
    """The curve at a share of the people."""
    for (x, y), (next_x, next_y) in zip(points, points[1:], strict=False):
        if next_x >= share:
            return float(y + (next_y - y) * ((share - x) / (next_x - x) if next_x > x else 1))
    return 1.0


def _large(value: float) -> str:
    return "over 1,000" if value > 1000 else f"{value:.2f}"
