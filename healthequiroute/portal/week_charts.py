"""Columns of a few weeks with their interval, against a level of each week: as wide as their place, words as text.

The legend says in words what the marks are; the same figures stand beside it as a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from . import svg
from .line_charts import Axis
from .screen_charts import grid

# Of the place of a week: the width of its column and of its level.
COLUMN, LEVEL = 0.5, 0.86


@dataclass(frozen=True)
class WeekColumn:
    """`value` with `interval` (low, high) and `level` in one unit; None: no level is known."""

    label: str
    value: float
    interval: tuple[float, float]
    level: float | None


def week_columns(
    columns: Sequence[WeekColumn], *, title: str, description: str, names: tuple[str, str, str, str]
) -> SafeString:
    """`names`: of the columns, of the interval, of the level, of the axis (its unit)."""
    most = max([1.0, *(one.interval[1] for one in columns), *(one.level or 0 for one in columns)])
    y = Axis(names[3], 0, _round_up(most), _ticks(most))
    x = Axis("", 0, len(columns), ())
    drawn = svg.join(part for place, one in enumerate(columns) for part in _column(place, one, x, y))
    body = svg.join([*grid(x, y), *_names(columns, x), drawn])
    chart = svg.stretched("her-chart--lines her-chart--weeks", title, description, body)
    key = svg.join(
        format_html("<li>{}{}</li>", _swatch(kind), name)
        for kind, name in zip(("bar", "interval", "level"), names, strict=False)
    )
    return format_html(
        '<div class="her-lines her-lines--weeks"><p class="her-lines__unit">{}</p>{}'
        '<ul class="her-lines__key" role="list">{}</ul></div>',
        names[3], chart, key,
    )  # fmt: skip


def _names(columns: Sequence[WeekColumn], x: Axis) -> list[SafeString]:
    """In the middle below their columns; in a narrow place every second gives way, as on lines."""
    last = len(columns) - 1
    return [
        svg.word_at(
            svg.percent(x.share(place + 0.5)),
            "100%",
            one.label,
            f"her-lines__step{' is-second' * ((last - place) % 2)}",
            "middle",
        )
        for place, one in enumerate(columns)
    ]


def _column(place: int, one: WeekColumn, x: Axis, y: Axis) -> list[SafeString]:
    top = 1 - y.share(one.value)
    left = x.share(place + (1 - COLUMN) / 2)
    middle = svg.percent(x.share(place + 0.5))
    low, high = (svg.percent(1 - y.share(edge)) for edge in one.interval)
    parts = [
        format_html(
            '<rect x="{}" y="{}" width="{}" height="{}" class="her-chart__asked"/>',
            svg.percent(left), svg.percent(top), svg.percent(x.share(COLUMN)), svg.percent(1 - top),
        ),
        svg.line_at((middle, high), (middle, low), "her-chart__interval"),
    ]  # fmt: skip
    for edge in (low, high):
        ends = (svg.percent(x.share(place + 0.5 + side * 0.08)) for side in (-1, 1))
        parts.append(svg.line_at((next(ends), edge), (next(ends), edge), "her-chart__interval"))
    if one.level is not None:
        level = svg.percent(1 - y.share(one.level))
        ends = [svg.percent(x.share(place + 0.5 + side * LEVEL / 2)) for side in (-1, 1)]
        parts.append(svg.line_at((ends[0], level), (ends[1], level), "her-chart__level"))
    return parts


def _round_up(most: float) -> float:
    step = _step(most)
    return step * -(-most // step)


def _step(most: float) -> float:
    """A round step that cuts the axis into about four."""
    power = 10 ** (len(str(int(most))) - 1)
    return next(factor * power / 10 for factor in (1, 2, 2.5, 5, 10, 20, 25, 50) if factor * power / 10 * 4.5 >= most)


def _ticks(most: float) -> list[tuple[float, str]]:
    step = _step(most)
    return [(step * place, f"{step * place:,g}") for place in range(int(_round_up(most) / step) + 1)]


def _swatch(kind: str) -> SafeString:
    marks = {
        "bar": '<rect x="8" y="0" width="20" height="12" class="her-chart__asked"/>',
        "interval": '<line x1="0" y1="6" x2="36" y2="6" class="her-chart__interval"/>',
        "level": '<line x1="0" y1="6" x2="36" y2="6" class="her-chart__level"/>',
    }
    return svg.swatch(SafeString(marks[kind]))
