"""What was published and what is expected, as one line with bands: on the page of an outlook, and small beside a name.

The plot stretches to its place; words stand beside it in rem. Lines are told apart by their dash as well as their
colour and named where they end; where there is no room for names, the key below has them. A month without a figure is
a gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.html import format_html
from django.utils.safestring import SafeString

from . import svg

# As much of the height as a line of words takes (static/src/scss/_outlook.scss).
LINE = 0.075
SPARK_WIDTH, SPARK_HEIGHT = 140.0, 36.0


@dataclass(frozen=True)
class Outlook:
    """`seen`: published figures by month, None where there is none; `expected`, `low_80` ... of the months that follow;
    `before`: the same months a year before. `ticks`: (figure, word) from the lowest to the highest of the scale;
    `months`: (place in the row of months from 0, word).
    """

    seen: Sequence[float | None]
    expected: Sequence[float]
    low_80: Sequence[float]
    high_80: Sequence[float]
    low_90: Sequence[float] = ()
    high_90: Sequence[float] = ()
    before: Sequence[float | None] = ()
    ticks: Sequence[tuple[float, str]] = field(default=())
    months: Sequence[tuple[int, str]] = field(default=())

    @property
    def last(self) -> int:
        """Place of the last month."""
        return len(self.seen) + len(self.expected) - 1

    def across(self, place: float) -> float:
        """0 to 1."""
        return place / self.last if self.last else 0.0

    def up(self, value: float) -> float:
        """0 to 1 on the scale of the ticks."""
        low, high = self.ticks[0][0], self.ticks[-1][0]
        return min(1.0, max(0.0, (value - low) / (high - low))) if high > low else 0.5


def outlook_chart(row: Outlook, *, title: str, description: str, names: dict[str, str]) -> SafeString:
    """`names`: what "seen", "expected", "band_80", "band_90" and "before" are called."""
    body = svg.join([_grid(row), svg.plot(_drawn(row)), _labels(row, names)])
    chart = svg.stretched("her-outlook__chart", title, description, body)
    shown = [key for key in names if (key != "band_90" or row.low_90) and (key != "before" or row.before)]
    key = svg.join(format_html("<li>{}{}</li>", _swatch(each), names[each]) for each in shown)
    return format_html('<div class="her-outlook">{}<ul class="her-outlook__key" role="list">{}</ul></div>', chart, key)


def outlook_spark(row: Outlook, *, title: str, description: str) -> SafeString:
    """The same without words: as small as a word in a table."""
    values = [value for value in (*row.seen, *row.low_80, *row.high_80) if value is not None]
    row = Outlook(
        row.seen,
        row.expected,
        row.low_80,
        row.high_80,
        ticks=[(min(values, default=0), ""), (max(values, default=1), "")],
    )

    def at(place, value):
        return 3 + row.across(place) * (SPARK_WIDTH - 6), 3 + (1 - row.up(value)) * (SPARK_HEIGHT - 6)

    first = len(row.seen) - 0.5
    edge = at(first, row.ticks[0][0])[0]
    parts = [
        svg.line(edge, 0, edge, SPARK_HEIGHT, "her-outlook__edge"),
        _band(row, row.low_80, row.high_80, "her-outlook__band-80", at),
        *_runs(row.seen, 0, "her-outlook__seen", at),
        *_runs(_joined(row), len(row.seen) - 1, "her-outlook__expected", at),
    ]
    return svg.picture(SPARK_WIDTH, SPARK_HEIGHT, title, description, svg.join(parts), css="her-chart--outlook-spark")


def _drawn(row: Outlook) -> SafeString:
    def at(place, value):
        return svg.ACROSS * row.across(place), svg.ACROSS * (1 - row.up(value))

    parts = []
    if row.low_90:
        parts.append(_band(row, row.low_90, row.high_90, "her-outlook__band-90", at))
    parts.append(_band(row, row.low_80, row.high_80, "her-outlook__band-80", at))
    if row.before:
        parts += _runs(row.before, len(row.seen), "her-outlook__before", at)
    parts += _runs(row.seen, 0, "her-outlook__seen", at)
    parts += _runs(_joined(row), len(row.seen) - 1, "her-outlook__expected", at)
    return svg.join(parts)


def _joined(row: Outlook) -> list[float | None]:
    """The expected line begins where the published one ends."""
    return [row.seen[-1] if row.seen else None, *row.expected]


def _runs(values, first, css, at) -> list[SafeString]:
    """A line for each run of months that have a figure; a single month is a short line of its own."""
    lines = []
    for known, run in groupby(enumerate(values, first), key=lambda pair: pair[1] is not None):
        points = [at(place, value) for place, value in run] if known else []
        if len(points) == 1:
            points *= 2
        if points:
            lines.append(format_html('<polyline points="{}" class="{}"/>', svg.points(points), css))
    return lines


def _band(row: Outlook, lows, highs, css, at) -> SafeString:
    """From the last published figure, where there is one."""
    first = len(row.seen)
    start = [at(first - 1, row.seen[-1])] if row.seen and row.seen[-1] is not None else []
    upper = [at(first + k, value) for k, value in enumerate(highs)]
    lower = [at(first + k, value) for k, value in enumerate(lows)]
    edge = [*start, *upper, *reversed(lower)]
    return format_html('<polygon points="{}" class="{}"/>', svg.points(edge), css)


def _grid(row: Outlook) -> SafeString:
    parts = []
    for value, text in row.ticks:
        level = svg.percent(1 - row.up(value))
        parts.append(svg.line_at(("0", level), ("100%", level), "her-chart__grid"))
        parts.append(svg.word_at("0", level, text, "her-outlook__up", "end"))
    final = len(row.months) - 1
    for number, (place, text) in enumerate(row.months):
        at = svg.percent(row.across(place))
        parts.append(format_html('<line x1="{0}" y1="100%" x2="{0}" y2="101.5%" class="her-chart__axis"/>', at))
        css = svg.step_css("her-outlook__step", number, final)
        parts.append(svg.word_at(at, "100%", text, css, "middle"))
    edge = svg.percent(row.across(len(row.seen) - 1))
    parts.append(svg.line_at((edge, "0"), (edge, "100%"), "her-outlook__edge"))
    parts.append(svg.word_at(edge, "0", "Published", "her-outlook__side her-outlook__side--left", "end"))
    parts.append(svg.word_at(edge, "0", "Expected", "her-outlook__side her-outlook__side--right", "start"))
    return svg.join([*parts, svg.line_at(("0", "100%"), ("100%", "100%"), "her-chart__axis")])


def _labels(row: Outlook, names) -> SafeString:
    """Names at the right ends of lines and bands, apart from each other."""
    ends = [("high_80", "band_80", row.high_80), ("expected", "expected", row.expected)]
    if row.low_90:
        ends.append(("high_90", "band_90", row.high_90))
    if row.before and row.before[-1] is not None:
        ends.append(("before", "before", row.before))
    wanted = sorted((1 - row.up(values[-1]), name) for _, name, values in ends)
    places = _apart([place for place, _ in wanted])
    return svg.join(
        svg.word_at("100%", svg.percent(place), names[name], f"her-outlook__name her-outlook__name--{name}", "start")
        for place, (_, name) in zip(places, wanted, strict=True)
    )


def _apart(places: list[float]) -> list[float]:
    """Moved as little as keeps each a line from the one before; none below the plot."""
    found: list[float] = []
    for place in places:
        found.append(max(place, found[-1] + LINE) if found else max(place, 0.0))
    for i in range(len(found) - 1, -1, -1):
        most = 1.0 if i == len(found) - 1 else found[i + 1] - LINE
        found[i] = min(found[i], most)
    return found


def _swatch(name: str) -> SafeString:
    css = {"band_80": "her-outlook__band-80", "band_90": "her-outlook__band-90"}.get(name)
    mark = (
        format_html('<rect x="0" y="0" width="36" height="12" class="{}"/>', css)
        if css
        else format_html('<line x1="0" y1="6" x2="36" y2="6" class="her-outlook__{}"/>', name)
    )
    return svg.swatch(mark)


def season_columns(rows: Sequence[tuple[str, str, float]], *, title: str, description: str) -> SafeString:
    """Twelve columns up and down from an ordinary month: (letter, name with its difference, difference)."""
    most = max((abs(value) for _, _, value in rows), default=0) or 1.0
    wide = 100 / max(1, len(rows))
    parts = []
    for place, (letter, text, value) in enumerate(rows):
        tall = 50 * abs(value) / most
        top = 50 - tall if value > 0 else 50
        middle = svg.percent((place + 0.5) * wide / 100)
        parts.append(
            format_html(
                '<rect x="{}%" y="{}%" width="{}%" height="{}%" class="her-chart__bar"><title>{}</title></rect>',
                svg.px((place + 0.15) * wide), svg.px(top), svg.px(0.7 * wide), svg.px(tall), text,
            )
        )  # fmt: skip
        parts.append(svg.word_at(middle, "100%", letter, "her-outlook__step", "middle"))
    parts.append(svg.line_at(("0", "50%"), ("100%", "50%"), "her-chart__axis"))
    return svg.stretched("her-seasons", title, description, svg.join(parts))
