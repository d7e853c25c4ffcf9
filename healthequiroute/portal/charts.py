"""Charts as SVG, drawn on the server: printable, testable, complete without JavaScript.

Every function gives safe markup of one `<svg role="img">` with a title (what it is) and a description (what it says).
A chart never stands alone: the caller puts the same figures beside it as a table. Colours come from the style sheet
through classes, since the content security policy allows no style attributes. Lengths are CSS pixels.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

from . import svg


@dataclass(frozen=True)
class Bar:
    """One horizontal bar. `share` is 0-1, or None where there is no figure; `text` is what stands beside it."""

    label: str
    share: float | None
    text: str
    css: str = ""
    # Interval around the share, e.g. Wilson's, as two shares.
    interval: tuple[float, float] | None = None


def horizontal_bars(
    bars: Sequence[Bar], *, title: str, description: str = "", label_width=184, width=520
) -> SafeString:
    """Bars from 0 to 100 %, e.g. coverage by deprivation quintile, each with its interval where one is known."""
    row, bar_height, text_width = 30, 18, 72
    left, track = label_width, width - label_width - text_width
    parts = []
    for i, bar in enumerate(bars):
        y = i * row + 6
        middle = y + bar_height / 2
        parts.append(svg.text(0, middle + 4.5, bar.label))
        parts.append(svg.rect(left, y, track, bar_height, "her-chart__track"))
        if bar.share is not None:
            parts.append(svg.rect(left, y, track * min(1, bar.share), bar_height, bar.css or "her-chart__bar"))
        if bar.interval:
            low, high = (left + track * min(1, max(0, edge)) for edge in bar.interval)
            parts.append(svg.line(low, middle, high, middle, "her-chart__interval"))
            parts += [svg.line(x, middle - 4, x, middle + 4, "her-chart__interval") for x in (low, high)]
        parts.append(svg.text(left + track + 10, middle + 4.5, bar.text))
    parts.append(svg.line(left, 0, left, len(bars) * row, "her-chart__axis"))
    description = description or "; ".join(f"{bar.label}: {bar.text}" for bar in bars)
    return svg.picture(width, len(bars) * row + 4, title, description, svg.join(parts))


def ratio_strip(parts: Sequence[tuple[str, int, str]], *, title: str, width=720, height=28) -> SafeString:
    """One bar cut by counts: `(label, count, css)` from left to right. It stretches, so it holds no words."""
    total = sum(count for _, count, _ in parts)
    shapes, x = [], 0.0
    for label, count, css in parts if total else ():
        share = width * count / total
        shapes.append(svg.rect(x, 0, share, height, css, title=f"{label}: {count:,}"))
        x += share
    if not total:
        shapes.append(svg.rect(0, 0, width, height, "her-chart__track"))
    description = "; ".join(f"{label}: {count:,} of {total:,}" for label, count, _ in parts) if total else "No data."
    return svg.picture(width, height, title, description, svg.join(shapes), css="her-chart--ratio", stretches=True)


def sparkline(values: Sequence[float | None], *, title: str, description: str, width=120, height=28) -> SafeString:
    """A short series; a missing value is a gap, never a zero. The last value carries a dot."""
    known = [value for value in values if value is not None]
    if not known:
        return svg.picture(width, height, title, "No data.", svg.NOTHING, css="her-chart--spark")
    low, high = min(known), max(known)
    step = (width - 8) / max(1, len(values) - 1)

    def place(i, value):
        share = (value - low) / (high - low) if high > low else 0.5
        return 4 + i * step, height - 4 - share * (height - 8)

    runs = [
        [place(i, value) for i, value in group]
        for is_known, group in itertools.groupby(enumerate(values), key=lambda pair: pair[1] is not None)
        if is_known
    ]
    lines = [format_html('<polyline points="{}" class="her-chart__line"/>', svg.points(run)) for run in runs]
    x, y = runs[-1][-1]
    dot = format_html('<circle cx="{}" cy="{}" r="3.5" class="her-chart__dot"/>', svg.px(x), svg.px(y))
    return svg.picture(width, height, title, description, svg.join([*lines, dot]), css="her-chart--spark")


def columns(counts: Sequence[int], *, title: str, description: str, width=120, height=28) -> SafeString:
    """How many there are in each of a row of steps, as columns from zero; a step with one has at least a pixel."""
    most = max(counts, default=0)
    step = width / max(1, len(counts))
    shapes = [svg.line(0, height - 0.5, width, height - 0.5, "her-chart__axis")]
    for place, count in enumerate(counts):
        tall = max(1, (height - 2) * count / most) if count else 0
        shapes.append(svg.rect(place * step + 0.5, height - 1 - tall, max(1, step - 1), tall, "her-chart__bar"))
    return svg.picture(width, height, title, description, svg.join(shapes), css="her-chart--spark")


def position_strip(
    value: float | None, *, low: float, median: float, high: float, title: str, description: str, width=168, height=24
) -> SafeString:
    """Where a value stands between the lowest and the highest in England, with the median as a tick.

    Two halves are scaled apart (low to median, median to high), so that one extreme area does not press all
    others together.
    """
    left, right = 6.0, width - 6.0
    centre, middle = (left + right) / 2, height / 2

    def place(number):
        if number <= median:
            share = (number - low) / (median - low) if median > low else 1
            return left + max(0, share) * (centre - left)
        share = (number - median) / (high - median) if high > median else 0
        return centre + min(1, share) * (right - centre)

    shapes = [_track(left, right, middle)]
    if value is not None:
        shapes.append(
            format_html(
                '<circle cx="{}" cy="{}" r="6" class="her-chart__marker"/>', svg.px(place(value)), svg.px(middle)
            )
        )
    return svg.picture(width, height, title, description, svg.join(shapes), css="her-chart--strip")


@lru_cache(maxsize=16)
def _track(left: float, right: float, middle: float) -> SafeString:
    """What is the same in all strips of one size: an area's page draws tens of them."""
    track = svg.rect(left, middle - 4, right - left, 8, "her-chart__track")
    centre = (left + right) / 2
    return track + svg.line(centre, middle - 8, centre, middle + 8, "her-chart__median")
