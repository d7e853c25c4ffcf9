"""A timeline as SVG, in the way of `charts`: everybody's day on an axis of hours.

Planned work stands on the shift: visits as boxes with their number, drives as a thin line, breaks hatched, waits as an
empty box. Below a visit a bracket shows when it may start; what starts later has a heavy edge; work past the shift's
end lies on a striped ground. Under the plan stands what really happened, where that is known. Every sort has a shape or
a pattern beside its colour: it reads the same in black and white.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.html import format_html
from django.utils.safestring import SafeString

from . import svg
from .timeline_style import PATTERNS, STANDALONE

HOUR = 3600
LEFT, RIGHT, HEAD, FOOT = 176.0, 24.0, 28.0, 22.0
PLANNED, ACTUAL = 34.0, 14.0
# Hours are written again after about so many people, so that an axis is always near.
PEOPLE_PER_AXIS = 14
LONGEST_NAME = 17


@dataclass(frozen=True)
class Segment:
    """A stretch of somebody's day. Times are seconds after midnight; kind: visit, drive, break or wait. `window`: when
    a visit may start; `late`: it starts later. `key` ties it to the same stop elsewhere on the page."""

    kind: str
    start: int
    end: int
    label: str
    tier: int | None = None
    text: str = ""
    window: tuple[int, int] | None = None
    late: bool = False
    is_core20: bool = False
    key: str = ""


@dataclass(frozen=True)
class Actual:
    """What really happened at a visit; kind: done, no_access, or open while it goes on."""

    kind: str
    start: int
    end: int
    label: str
    key: str = ""


@dataclass(frozen=True)
class Span:
    """A stretch with a name."""

    start: int
    end: int
    label: str


@dataclass(frozen=True)
class TimelineRow:
    """One person's day. `colour_index` and `label` as on the map."""

    name: str
    segments: Sequence[Segment]
    shift: tuple[int, int] | None = None
    colour_index: int = 0
    label: str = ""
    overtime: Span | None = None
    actuals: Sequence[Actual] = field(default=())


class _Scale:
    """From seconds to places on the picture."""

    def __init__(self, rows, width, now=None):
        self.first, self.last = _hours(rows, now)
        self.width = width
        self.step = (width - LEFT - RIGHT) / ((self.last - self.first) * HOUR)

    def at(self, seconds) -> float:
        return LEFT + (seconds - self.first * HOUR) * self.step

    def length(self, span) -> float:
        return (span.end - span.start) * self.step


def timeline(
    rows: Sequence[TimelineRow], *, title: str, description: str = "", now: int | None = None, width=1040.0,
    standalone=False,
) -> SafeString:  # fmt: skip
    """Return the chart. `now`: a line at this time, where it is on the axis. `standalone`: with its own styles and
    names of the axis, for a file of its own.
    """
    scale = _Scale(rows, width, now)
    row_height = PLANNED + (ACTUAL if any(row.actuals for row in rows) else 0)
    parts, top = [PATTERNS], 0.0
    for of_axis in _shared_out(rows):
        bottom = top + HEAD + len(of_axis) * row_height
        parts += _axis(scale, top, bottom)
        for i, row in enumerate(of_axis):
            parts += _row(row, top + HEAD + i * row_height, row_height, scale)
        parts += _now(now, scale, top, bottom)
        top = bottom + 8
    description = description or f"{len(rows)} people from {scale.first:02d}:00 to {scale.last:02d}:00."
    body = svg.join(parts)
    if standalone:
        body = svg.join([STANDALONE, svg.rect(0, 0, width, top, "her-timeline__paper"), body])
    return svg.picture(width, top, title, description, body, css="her-chart--timeline", standalone=standalone)


def _shared_out(rows) -> list[Sequence[TimelineRow]]:
    """The rows below each axis, about as many below one as below another."""
    size = -(-len(rows) // max(1, round(len(rows) / PEOPLE_PER_AXIS))) or 1
    return [rows[place : place + size] for place in range(0, max(1, len(rows)), size)]


def _hours(rows, now) -> tuple[int, int]:
    """Whole hours around everything that is drawn; 8 to 18 where nothing is."""
    times = [t for row in rows for s in (*row.segments, *row.actuals) for t in (s.start, s.end)]
    times += [t for row in rows if row.shift for t in row.shift]
    times += [row.overtime.end for row in rows if row.overtime]
    if not times:
        return 8, 18
    first, last = min(times) // HOUR, -(-max(times) // HOUR)
    return first, max(last, first + 1)


def _axis(scale, top, bottom) -> list[SafeString]:
    parts = []
    for hour in range(scale.first, scale.last + 1):
        x = scale.at(hour * HOUR)
        parts.append(svg.line(x, top + HEAD - 6, x, bottom, "her-chart__grid"))
        parts.append(svg.text(x, top + 14, f"{hour % 24:02d}:00", "her-chart__muted", anchor="middle"))
    return parts


def _now(now, scale, top, bottom) -> list[SafeString]:
    if now is None or not scale.first * HOUR <= now <= scale.last * HOUR:
        return []
    x = scale.at(now)
    label = f"Now, {now // HOUR % 24:02d}:{now % HOUR // 60:02d}"
    anchor = "end" if x > scale.width - 80 else "start"
    return [
        svg.line(x, top + HEAD - 8, x, bottom, "her-timeline__now"),
        svg.text(x + (-5 if anchor == "end" else 5), top + HEAD - 1, label, "her-timeline__now-text", anchor=anchor),
    ]


def _row(row, y, height, scale) -> list[SafeString]:
    middle = y + PLANNED / 2
    parts = [svg.line(0, y + height, scale.width, y + height, "her-chart__grid"), *_name(row, middle)]
    if row.shift:
        start, end = (scale.at(moment) for moment in row.shift)
        parts.append(svg.rect(start, y + 4, end - start, PLANNED - 8, "her-timeline__shift"))
    if row.overtime:
        x, length = scale.at(row.overtime.start), scale.length(row.overtime)
        parts.append(svg.rect(x, y + 2, length, PLANNED - 4, "her-timeline__overtime", title=row.overtime.label))
    for segment in row.segments:
        parts += _segment(segment, y, scale)
    for actual in row.actuals:
        parts += _actual(actual, y + PLANNED, scale)
    return parts


def _name(row, middle) -> list[SafeString]:
    shown = row.name if len(row.name) <= LONGEST_NAME else f"{row.name[: LONGEST_NAME - 1]}…"
    full = format_html("<title>{}</title>", row.name) if shown != row.name else svg.NOTHING
    mark = format_html(
        '<g class="her-person-{}"><rect x="0" y="{}" width="6" height="18" class="her-person__mark"/></g>',
        row.colour_index, svg.px(middle - 9),
    )  # fmt: skip
    name = format_html(
        '<text x="{}" y="{}">{}{}</text>', svg.px(50 if row.label else 14), svg.px(middle + 4.5), shown, full
    )
    return [mark, svg.text(12, middle + 4.5, row.label, "her-timeline__label"), name] if row.label else [mark, name]


# A drive is a thin line between visits: the eye should find the visits first.
_INSETS = {"drive": 15.0, "wait": 10.0}


def _segment(segment, y, scale) -> list[SafeString]:
    x, width, inset = scale.at(segment.start), scale.length(segment), _INSETS.get(segment.kind, 6.0)
    css = f"her-timeline__{segment.kind}"
    if segment.kind == "visit" and segment.tier:
        css += f" her-timeline__visit--tier-{segment.tier}"
    parts = [_keyed(segment.key, x, y + inset, width, PLANNED - 2 * inset, css, segment.label)]
    if segment.kind != "visit":
        return parts
    if segment.window:
        parts.insert(0, _window(segment, y + PLANNED - 3, scale))
    if segment.late:
        parts.append(svg.rect(x - 1.5, y + 3, 4, PLANNED - 6, "her-timeline__late"))
    if segment.is_core20 and width >= 6:
        parts.append(_corner(x + width, y + inset))
    if segment.text and width >= 8 + 7.5 * len(segment.text):
        on_dark = "her-chart__on-dark" if segment.tier in (None, 1, 2) else ""
        parts.append(svg.text(x + width / 2, y + PLANNED / 2 + 4.5, segment.text, on_dark, anchor="middle"))
    return parts


def _window(segment, y, scale) -> SafeString:
    """A bracket from the first to the last possible start, as far as the axis goes, with a stem to its visit."""
    left = max(LEFT, scale.at(segment.window[0]))
    right = min(scale.width - RIGHT, max(left, scale.at(segment.window[1])))
    stem = min(right, max(left, scale.at(segment.start)))
    x, end, level = svg.px(left), svg.px(right), svg.px(y)
    path = f"M{x} {level}v-3M{x} {level}H{end}M{end} {level}v-3M{svg.px(stem)} {level}v-4"
    return SafeString(f'<path d="{path}" class="her-timeline__window"/>')


def _corner(right, top) -> SafeString:
    """The corner of a visit in Core20."""
    return SafeString(f'<path d="M{svg.px(right)} {svg.px(top)}v6l-6 -6z" class="her-timeline__core20"/>')


def _actual(actual, y, scale) -> list[SafeString]:
    x, width = scale.at(actual.start), max(3.0, scale.length(actual))
    css = f"her-timeline__actual her-timeline__actual--{actual.kind}"
    parts = [_keyed(actual.key, x, y, width, ACTUAL - 4, css, actual.label)]
    if actual.kind == "no_access":
        parts.append(
            format_html(
                '<path d="M{} {}l{} {}" class="her-timeline__window"/>',
                svg.px(x),
                svg.px(y),
                svg.px(width),
                svg.px(ACTUAL - 4),
            )  # fmt: skip
        )
    return parts


def _keyed(key, x, y, width, height, css, title) -> SafeString:
    stop = f' data-stop="{svg.safe(key)}"' if key else ""
    size = f'width="{svg.px(max(0.5, width))}" height="{svg.px(height)}"'
    shape = f'<rect x="{svg.px(x)}" y="{svg.px(y)}" {size} class="{svg.safe(css)}"{stop}>'
    return SafeString(f"{shape}<title>{svg.safe(title)}</title></rect>")
