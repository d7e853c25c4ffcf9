"""All areas along one indicator, cut into classes: shapes of an SVG and rows of its table. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from priorities.dex.thresholds import Thresholds

BARS = 48
# The longest tails would press everything else into a few bars: they are counted in the outermost ones.
TAILS = (0.5, 99.5)
WIDTH, HEIGHT, FOOT, MARGIN = 640, 150, 26, 8


@dataclass(frozen=True)
class Bar:
    """A rectangle in the units of the view box; ``tone`` of the class of its middle, None without thresholds."""

    x: float
    y: float
    width: float
    height: float
    tone: int | None


@dataclass(frozen=True)
class Mark:
    """A bound: its line, the soft zone around it, and its number."""

    x: float
    soft_x: float
    soft_width: float
    text: str
    anchor: str
    row: int

    # Words do not stretch with the bars: their place is told as a share of the picture.
    @property
    def across(self) -> str:
        return f"{100 * self.x / WIDTH:.1f}%"

    @property
    def down(self) -> str:
        return f"{100 * self.row / HEIGHT:.1f}%"


@dataclass(frozen=True)
class ClassRow:
    """Areas of one class: how many, and the share of those with a figure, in percent; ``tone`` from 0 to 4."""

    tone: int
    label: str
    range: str
    areas: int
    share: float
    areas_before: int | None


@dataclass(frozen=True)
class Histogram:
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, str, str], ...]
    rows: tuple[ClassRow, ...]
    known: int
    missing: int
    summary: str
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - FOOT


def histogram(
    figures: ArrayLike,
    missing: int,
    limits: Thresholds | None,
    before: Thresholds | None,
    class_names: Sequence[str],
    bands: Sequence[str],
) -> Histogram | None:
    """None where no area has a figure. ``figures``: without gaps; ``missing``: areas that have none.
    ``bands``: figures of each class in words."""
    numbers = np.asarray(figures, dtype=np.float64)
    if not len(numbers):
        return None
    low, high = _extent(numbers, limits)
    counts, edges = np.histogram(np.clip(numbers, low, high), bins=BARS, range=(low, high))

    def place(value: float) -> float:
        share = (value - low) / (high - low)
        return round(MARGIN + min(max(share, 0.0), 1.0) * (WIDTH - 2 * MARGIN), 1)

    rows = _rows(numbers, limits, before, class_names, bands)
    return Histogram(
        bars=_bars(counts, edges, place, limits),
        marks=_marks(limits, place),
        ticks=tuple((place(value), f"{value:.3g}", anchor) for value, anchor in ((low, "start"), (high, "end"))),
        rows=rows,
        known=len(numbers),
        missing=missing,
        summary=_summary(rows, len(numbers), missing),
    )


def tone_of(index: int, size: int) -> int:
    """Place of a class on a ramp of five."""
    return round(index * 4 / (size - 1)) if size > 1 else 0


def _extent(numbers: NDArray[np.float64], limits: Thresholds | None) -> tuple[float, float]:
    low, high = (float(end) for end in np.percentile(numbers, TAILS))
    if limits and limits.bounds:
        # A bound that lies outside the figures is a slip that the picture must show.
        low, high = min(low, limits.bounds[0]), max(high, limits.bounds[-1])
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _bars(counts, edges, place, limits: Thresholds | None) -> tuple[Bar, ...]:
    most = int(counts.max()) or 1
    room = HEIGHT - FOOT - 30
    bars = []
    for count, start, end in zip(counts.tolist(), edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        # An area that is there must be seen, however many there are elsewhere.
        tall = round(max(count / most * room, 1.0), 1) if count else 0.0
        x = place(start)
        tone = tone_of(limits.class_of((start + end) / 2), limits.class_count) if limits else None
        bars.append(Bar(x, round(HEIGHT - FOOT - tall, 1), round(place(end) - x, 1), tall, tone))
    return tuple(bars)


def _marks(limits: Thresholds | None, place) -> tuple[Mark, ...]:
    marks = []
    for number, (bound, width) in enumerate(zip(limits.bounds, limits.half_widths, strict=True) if limits else ()):
        x, start = place(bound), place(bound - width)
        anchor = "start" if x < WIDTH * 0.1 else "end" if x > WIDTH * 0.9 else "middle"
        # Numbers take turns on two lines, so that close bounds do not write over each other.
        marks.append(Mark(x, start, round(place(bound + width) - start, 1), f"{bound:g}", anchor, 12 + number % 2 * 13))
    return tuple(marks)


def _rows(numbers, limits, before, class_names, bands) -> tuple[ClassRow, ...]:
    if limits is None:
        return ()
    size = limits.class_count
    counts = np.bincount(limits.classes(numbers), minlength=size)
    old = np.bincount(before.classes(numbers), minlength=size) if before and before != limits else None
    return tuple(
        ClassRow(
            tone=tone_of(index, size),
            label=class_names[index] if index < len(class_names) else f"class {index + 1}",
            range=bands[index],
            areas=int(counts[index]),
            share=round(100 * float(counts[index]) / len(numbers), 1),
            areas_before=int(old[index]) if old is not None and index < len(old) else None,
        )
        for index in range(size)
    )


def _summary(rows: Sequence[ClassRow], known: int, missing: int) -> str:
    parts = [f"{row.label} {row.share:g}%" for row in rows]
    text = f"{known:,} areas: {', '.join(parts)}." if parts else f"{known:,} areas have a figure."
    return f"{text} {missing:,} more have no figure." if missing else text
