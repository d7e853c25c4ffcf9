"""What charts are drawn of: SVG shapes as safe markup. Lengths are CSS pixels, colours come from classes."""

import itertools
import secrets

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

# Ids must be unique in a page; `<title>` and `<desc>` are bound to the picture by id.
# Of a process: what one process made may stand on a page of another (`accounts.kept_answers`).
numbers = map(f"{secrets.token_hex(3)}-{{}}".format, itertools.count(1))
NOTHING = mark_safe("")


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


def join(parts) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def rect(x, y, width, height, css, title=None) -> SafeString:
    inner = format_html("<title>{}</title>", title) if title else NOTHING
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" class="{}">{}</rect>',
        px(x), px(y), px(max(0, width)), px(height), css, inner,
    )  # fmt: skip


def line(x1, y1, x2, y2, css) -> SafeString:
    return format_html('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>', px(x1), px(y1), px(x2), px(y2), css)


def text(x, y, text, css="", anchor="start") -> SafeString:
    return format_html('<text x="{}" y="{}" text-anchor="{}" class="{}">{}</text>', px(x), px(y), anchor, css, text)


def points(places) -> str:
    """Pairs of coordinates, as `points` of a line or an outline takes them."""
    return " ".join(f"{px(x)},{px(y)}" for x, y in places)
