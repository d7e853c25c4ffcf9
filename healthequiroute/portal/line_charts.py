"""Line charts as SVG, in the way of `charts`: several series over one pair of axes, each told apart by its dash as well
as its colour and named in a legend below the axes. The same figures always stand beside it as a table.
On a page: `screen_charts`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.html import format_html
from django.utils.safestring import SafeString

from . import svg

LEFT, RIGHT, TOP, PLOT, LEGEND = 52.0, 12.0, 12.0, 220.0, 20.0
# Styles of series in `static/src/scss/_line_charts.scss`.
STYLES = 5


@dataclass(frozen=True)
class Series:
    """`points` are (x, y), in the order of x; `band` is (x, low, high) where draws vary. `style` picks colour and dash,
    -1 for a reference line. `dots` are (x, y, low, high): single values with their interval (None: none)."""

    label: str
    points: Sequence[tuple[float, float]]
    style: int = 0
    band: Sequence[tuple[float, float, float]] = field(default=())
    dots: Sequence[tuple[float, float, float | None, float | None]] = field(default=())


@dataclass(frozen=True)
class Axis:
    """From `low` to `high`, with a line and a word at every tick."""

    title: str
    low: float
    high: float
    ticks: Sequence[tuple[float, str]]

    def share(self, value: float) -> float:
        """Place on the axis, 0 to 1."""
        span = self.high - self.low
        return min(1.0, max(0.0, (value - self.low) / span)) if span else 0.0


def line_chart(
    series: Sequence[Series], *, x: Axis, y: Axis, title: str, description: str, width: float = 420
) -> SafeString:
    """Return the chart; what lies outside the axes is drawn on their edge."""
    bottom = TOP + PLOT
    height = bottom + 44 + LEGEND * len(series)

    def at(across: float, up: float) -> tuple[float, float]:
        return LEFT + x.share(across) * (width - LEFT - RIGHT), bottom - y.share(up) * PLOT

    parts = [*_grid(x, y, at, width, bottom)]
    parts += [_band(one, at) for one in series if one.band]
    parts += [_drawn(one, at) for one in series if one.points]
    parts += [part for one in series for dot in one.dots for part in _dot(dot, at)]
    parts.append(svg.text(width - RIGHT, bottom + 36, x.title, "her-chart__muted", anchor="end"))
    parts += [
        part for row, one in enumerate(series) for part in _legend(one, bottom + 54 + LEGEND * row)
    ]  # fmt: skip
    return svg.picture(width, height, title, description, svg.join(parts), css="her-chart--lines")


def _grid(x: Axis, y: Axis, at, width, bottom) -> list[SafeString]:
    parts = []
    for value, text in y.ticks:
        _, level = at(x.low, value)
        parts.append(svg.line(LEFT, level, width - RIGHT, level, "her-chart__grid"))
        parts.append(svg.text(LEFT - 6, level + 4.5, text, "her-chart__muted", anchor="end"))
    for value, text in x.ticks:
        place, _ = at(value, y.low)
        parts.append(svg.line(place, bottom, place, bottom + 5, "her-chart__axis"))
        parts.append(svg.text(place, bottom + 19, text, "her-chart__muted", anchor="middle"))
    return [*parts, svg.line(LEFT, bottom, width - RIGHT, bottom, "her-chart__axis")]


def style_of(one: Series) -> str:
    """CSS classes of its line and band."""
    return "her-series her-series--reference" if one.style < 0 else f"her-series her-series--{one.style % STYLES}"


def _drawn(one: Series, at) -> SafeString:
    places = svg.points(at(*point) for point in one.points)
    return format_html('<polyline points="{}" class="{}"/>', places, style_of(one))


def _band(one: Series, at) -> SafeString:
    edge = [at(across, high) for across, _, high in one.band]
    edge += [at(across, low) for across, low, _ in reversed(one.band)]
    places = svg.points(edge)
    return format_html('<polygon points="{}" class="{} her-series__band"/>', places, style_of(one))


def _dot(dot, at) -> list[SafeString]:
    across, value, low, high = dot
    x, y = at(across, value)
    parts = []
    if low is not None and high is not None:
        (_, bottom), (_, top) = at(across, low), at(across, high)
        parts.append(svg.line(x, top, x, bottom, "her-chart__interval"))
        parts += [svg.line(x - 5, edge, x + 5, edge, "her-chart__interval") for edge in (top, bottom)]
    return [*parts, format_html('<circle cx="{}" cy="{}" r="5" class="her-chart__dot"/>', svg.px(x), svg.px(y))]


def _legend(one: Series, top: float) -> list[SafeString]:
    css = style_of(one)
    if one.dots:
        return [*_dot((0, 0, None, None), lambda *_: (LEFT + 18, top - 4.5)), svg.text(LEFT + 44, top, one.label)]
    return [svg.line(LEFT, top - 4.5, LEFT + 36, top - 4.5, css), svg.text(LEFT + 44, top, one.label)]
