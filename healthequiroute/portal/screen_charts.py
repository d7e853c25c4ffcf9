"""Bars and lines for a page, as wide as their column: their words keep the size of text that the person reads.

What is drawn stretches; labels, figures and legends stand beside it as text of the page and break where they are long.
The same as pictures of a fixed size, for paper: `charts.horizontal_bars` and `line_charts.line_chart`.
"""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from . import svg
from .charts import Bar
from .line_charts import Axis, Series, style_of

# Units of a bar, which is stretched to its place.
HIGH = 30.0
# Names of up to so many letters stand beside their bar on a phone too.
SHORT_NAME = 16


def bars(rows: Sequence[Bar], *, title: str, description: str = "") -> SafeString:
    """Bars from 0 to 100 %, each with its interval where one is known: a list that is read out as it stands."""
    told = format_html('<p class="nhsuk-u-visually-hidden">{}</p>', description) if description else svg.NOTHING
    lines = svg.join(
        format_html(
            '<li class="her-bars__row"><span class="her-bars__label">{}</span> {}'
            ' <span class="her-bars__text">{}</span></li>',
            bar.label, _bar(bar), bar.text,
        )
        for bar in rows
    )  # fmt: skip
    is_short = all(len(bar.label) <= SHORT_NAME for bar in rows)
    return format_html(
        '<div class="her-bars{}">{}<ul class="her-bars__rows" role="list" aria-label="{}">{}</ul></div>',
        " her-bars--short" if is_short else "", told, title, lines,
    )  # fmt: skip


def _bar(bar: Bar) -> SafeString:
    parts = [svg.rect(0, 6, svg.ACROSS, HIGH - 12, "her-chart__track")]
    if bar.share is not None:
        parts.append(svg.rect(0, 6, svg.ACROSS * min(1, bar.share), HIGH - 12, bar.css or "her-chart__bar"))
    if bar.interval:
        low, high = (svg.ACROSS * min(1, max(0, edge)) for edge in bar.interval)
        middle = HIGH / 2
        parts.append(svg.line(low, middle, high, middle, "her-chart__interval"))
        parts += [svg.line(x, middle - 4, x, middle + 4, "her-chart__interval") for x in (low, high)]
    return format_html(
        '<svg class="her-bars__bar" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true"'
        ' focusable="false">{}</svg>',
        svg.px(svg.ACROSS), svg.px(HIGH), svg.join(parts),
    )  # fmt: skip


def lines(series: Sequence[Series], *, x: Axis, y: Axis, title: str, description: str) -> SafeString:
    """Several series over one pair of axes; what lies outside the axes is drawn on their edge."""
    drawn = svg.join(
        [_band(one, x, y) for one in series if one.band] + [_drawn(one, x, y) for one in series if one.points]
    )
    dots = svg.join(part for one in series for dot in one.dots for part in _dot(dot, x, y))
    body = svg.join([*grid(x, y), svg.plot(drawn), dots])
    chart = svg.stretched("her-chart--lines", title, description, body)
    across = format_html('<p class="her-lines__across">{}</p>', x.title) if x.title else svg.NOTHING
    key = svg.join(format_html("<li>{}{}</li>", _swatch(one), one.label) for one in series)
    return format_html(
        '<div class="her-lines">{}{}<ul class="her-lines__key" role="list">{}</ul></div>', chart, across, key
    )


def grid(x: Axis, y: Axis) -> list[SafeString]:
    """Lines and words of both axes, for `svg.stretched`."""
    parts = []
    for value, text in y.ticks:
        level = svg.percent(1 - y.share(value))
        parts.append(svg.line_at(("0", level), ("100%", level), "her-chart__grid"))
        parts.append(svg.word_at("0", level, text, "her-lines__up", "end"))
    last = len(x.ticks) - 1
    for place, (value, text) in enumerate(x.ticks):
        share = x.share(value)
        anchor = "end" if place == last and share > 0.9 else "middle"
        css = svg.step_css("her-lines__step", place, last)
        parts.append(svg.word_at(svg.percent(share), "100%", text, css, anchor))
    return [*parts, svg.line_at(("0", "100%"), ("100%", "100%"), "her-chart__axis")]


def _points(places, x: Axis, y: Axis) -> str:
    return svg.points((svg.ACROSS * x.share(left), svg.ACROSS * (1 - y.share(up))) for left, up in places)


def _drawn(one: Series, x: Axis, y: Axis) -> SafeString:
    return format_html('<polyline points="{}" class="{}"/>', _points(one.points, x, y), style_of(one))


def _band(one: Series, x: Axis, y: Axis) -> SafeString:
    edge = [(across, high) for across, _, high in one.band]
    edge += [(across, low) for across, low, _ in reversed(one.band)]
    return format_html('<polygon points="{}" class="{} her-series__band"/>', _points(edge, x, y), style_of(one))


def _dot(dot, x: Axis, y: Axis) -> list[SafeString]:
    across, value, low, high = dot
    place = svg.percent(x.share(across))
    parts = []
    if low is not None and high is not None:
        ends = [svg.percent(1 - y.share(edge)) for edge in (high, low)]
        parts.append(svg.line_at((place, ends[0]), (place, ends[1]), "her-chart__interval"))
    level = svg.percent(1 - y.share(value))
    return [*parts, format_html('<circle cx="{}" cy="{}" r="5" class="her-chart__dot"/>', place, level)]


def _swatch(one: Series) -> SafeString:
    mark = (
        mark_safe('<circle cx="18" cy="6" r="5" class="her-chart__dot"/>')
        if one.dots
        else format_html('<line x1="0" y1="6" x2="36" y2="6" class="{}"/>', style_of(one))
    )
    return svg.swatch(mark)
