"""What charts are drawn of: SVG shapes as safe markup. Lengths are CSS pixels, colours come from classes.

A chart of a page is as wide as its place (`stretched`): its lines lie in a `plot` that is stretched, its words beside
that, at places in per cent of the chart (`percent`), so that they keep the size of text that the person reads.

A timeline has two thousand values, most of them lengths, which need no escaping: shapes are written as plain texts, in
which whatever else comes from outside goes through `safe`.
"""

import itertools
import secrets
from html import escape

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# Ids must be unique in a page; `<title>` and `<desc>` are bound to the picture by id.
# Of a process: what one process made may stand on a page of another (`accounts.kept_answers`).
numbers = map(f"{secrets.token_hex(3)}-{{}}".format, itertools.count(1))
NOTHING = mark_safe("")
# Units of a drawing that is stretched to its place.
ACROSS = 1000.0


def picture(width, height, title, description, body, css="", stretches=False, standalone=False) -> SafeString:
    """`standalone`: a file of its own, which says its size and what it is written in."""
    number = next(numbers)
    fit = mark_safe(' preserveAspectRatio="none"') if stretches else NOTHING
    if standalone:
        size = ' xmlns="http://www.w3.org/2000/svg" width="{}" height="{}"'
        fit = format_html(size, px(width), px(height))
    return format_html(
        '<svg class="her-chart {}" viewBox="0 0 {} {}"{} role="img" aria-labelledby="chart-{}-title chart-{}-desc">'
        '<title id="chart-{}-title">{}</title><desc id="chart-{}-desc">{}</desc>{}</svg>',
        css, px(width), px(height), fit, number, number, number, title, number, description, body,
    )  # fmt: skip


def px(value: float) -> str:
    """A length or coordinate with at most one decimal."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def safe(value) -> str:
    """As markup: what is safe as it is, everything else escaped. The same as Django's `conditional_escape`."""
    return value.__html__() if hasattr(value, "__html__") else escape(str(value))


def join(parts) -> SafeString:
    return SafeString("".join(map(safe, parts)))


def rect(x, y, width, height, css, title=None) -> SafeString:
    inner = f"<title>{safe(title)}</title>" if title else ""
    size = f'width="{px(max(0, width))}" height="{px(height)}"'
    return SafeString(f'<rect x="{px(x)}" y="{px(y)}" {size} class="{safe(css)}">{inner}</rect>')


def line(x1, y1, x2, y2, css) -> SafeString:
    return SafeString(f'<line x1="{px(x1)}" y1="{px(y1)}" x2="{px(x2)}" y2="{px(y2)}" class="{safe(css)}"/>')


def text(x, y, text, css="", anchor="start") -> SafeString:
    place = f'x="{px(x)}" y="{px(y)}" text-anchor="{safe(anchor)}"'
    return SafeString(f'<text {place} class="{safe(css)}">{safe(text)}</text>')


def points(places) -> str:
    """Pairs of coordinates, as `points` of a line or an outline takes them."""
    return " ".join(f"{px(x)},{px(y)}" for x, y in places)


def stretched(css, title, description, body) -> SafeString:
    """A chart as wide as its place. What is in `body` has places in per cent, apart from a `plot`."""
    number = next(numbers)
    return format_html(
        '<svg class="her-chart {0}" role="img" aria-labelledby="chart-{1}-title chart-{1}-desc">'
        '<title id="chart-{1}-title">{2}</title><desc id="chart-{1}-desc">{3}</desc>{4}</svg>',
        css, number, title, description, body,
    )  # fmt: skip


def plot(body) -> SafeString:
    """The part of a chart that is stretched: `ACROSS` units wide and high."""
    return format_html(
        '<svg class="her-chart__plot" viewBox="0 0 {0} {0}" preserveAspectRatio="none" width="100%" height="100%">'
        "{1}</svg>",
        px(ACROSS), body,
    )  # fmt: skip


def percent(share: float) -> str:
    """A place of a chart, from 0 to 1 of its width or height."""
    return f"{px(100 * share)}%"


def line_at(start: tuple[str, str], end: tuple[str, str], css) -> SafeString:
    """Between two places, each (across, down) as `percent` gives them."""
    return format_html('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>', *start, *end, css)


def word_at(x: str, y: str, text, css, anchor) -> SafeString:
    """Its distance from the place is set in the style sheet, in the size of its letters."""
    return format_html('<text x="{}" y="{}" text-anchor="{}" class="{}">{}</text>', x, y, anchor, css, text)


def step_css(css: str, place: int, last: int) -> str:
    """Classes of a word below the axis: in a narrow place every second gives way, in a very narrow one all but the
    first and the last.
    """
    second = " is-second" if (last - place) % 2 else ""
    return f"{css}{second}{' is-between' if 0 < place < last else ''}"


def swatch(mark) -> SafeString:
    """A mark of 36 x 12 before its name in the key of a chart."""
    return format_html(
        '<svg class="her-lines__swatch" viewBox="0 0 36 12" aria-hidden="true" focusable="false">{}</svg>', mark
    )
