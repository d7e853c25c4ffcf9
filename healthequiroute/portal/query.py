"""The analysis as a value that lives in the address.

Page, table, map theme, export and API all read a `PriorityQuery`; the same address gives the same analysis.

    /explore/?patch=bsol&priority=3&priority=2&core20=1&authority=E08000025&range=imd_score:40:&theme=imd_score
             &place=ward:E05011118&sort=-priority&page=2&tab=heat&heat=authority&map=11/52.48/-1.90
"""

import math
import re
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from lsoa.search import PlaceUnreadable, read_place

# `patch` value for the whole country; no value means the organisation's first patch.
EVERYWHERE = "all"
DEFAULT_SORT = "-priority"
DEFAULT_THEME = "priority"
# What stands below the map, and what the rows of the heat map are; the first is the default.
TABS = ("table", "heat", "inequality")
HEATS = ("decile", "authority")
PAGE_SIZE = 25

_SLUG = re.compile(r"^[a-z0-9][a-z0-9_-]{0,99}$", re.IGNORECASE)
# A code of digits alone would be read as a place in a JSON array.
_INDICATOR = re.compile(r"^(?=[0-9_-]*[a-z])[a-z0-9][a-z0-9_-]{0,99}$", re.IGNORECASE)
_SORT = re.compile(r"^-?(?=[0-9_:-]*[a-z])[a-z0-9][a-z0-9_:-]{0,99}$", re.IGNORECASE)
_GSS_CODE = re.compile(r"^[A-Z]\d{8}$")
_VIEW = re.compile(r"^\d{1,2}(\.\d{1,3})?/-?\d{1,2}(\.\d{1,6})?/-?\d{1,3}(\.\d{1,6})?$")
_MANY = 50  # filters of one kind: nobody sets more, and each costs a condition in the database


@dataclass(frozen=True, order=True)
class IndicatorRange:
    """Bounds of one indicator, both inclusive; None: open."""

    code: str
    low: float | None = None
    high: float | None = None

    def __str__(self):
        return f"{self.code}:{_number_text(self.low)}:{_number_text(self.high)}"

    @classmethod
    def parse(cls, text: str) -> "IndicatorRange":
        """ValueError with a sentence for people."""
        code, _, bounds = text.partition(":")
        low, separator, high = bounds.partition(":")
        if not _INDICATOR.match(code) or not separator:
            raise ValueError(f"“{text[:60]}” is not an indicator range.")
        return cls.of(code, low, high)

    @classmethod
    def of(cls, code: str, low: str, high: str) -> "IndicatorRange":
        bounds = _number(low), _number(high)
        if bounds == (None, None):
            raise ValueError("Give a lowest or a highest value for the indicator.")
        if None not in bounds and bounds[0] > bounds[1]:
            raise ValueError("The lowest value of the range is above the highest.")
        return cls(code, *bounds)


@dataclass(frozen=True)
class PriorityQuery:
    """Which areas, shown how. Two queries are equal when they ask for the same.

    `problems` say what was not understood and count for nothing in comparisons.
    `patch` is the short name of a patch, EVERYWHERE, or empty for the organisation's first patch.
    """

    patch: str = ""
    priorities: tuple[int, ...] = ()
    core20: bool = False
    authorities: tuple[str, ...] = ()
    ranges: tuple[IndicatorRange, ...] = ()
    text: str = ""
    # kind:code of a place of the search box, e.g. ward:E05000861
    place: str = ""
    theme: str = DEFAULT_THEME
    sort: str = DEFAULT_SORT
    page: int = 1
    tab: str = TABS[0]
    heat: str = HEATS[0]
    view: str = ""
    problems: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_querydict(cls, data) -> "PriorityQuery":
        """Reads a QueryDict. What makes no sense is left out and named in `problems`; nothing raises."""
        problems: list[str] = []
        return cls(
            patch=_matching(_SLUG, data.get("patch", "")),
            priorities=tuple(sorted({int(v) for v in data.getlist("priority")[:_MANY] if v in ("0", "1", "2", "3")})),
            core20=data.get("core20", "") in ("1", "on", "true"),
            authorities=tuple(sorted({v for v in data.getlist("authority")[:_MANY] if _GSS_CODE.match(v)})),
            ranges=_ranges(data, problems),
            text=_clean(data.get("q", "")),
            place=_place(data.get("place", ""), problems),
            theme=_matching(_SLUG, data.get("theme", "")) or DEFAULT_THEME,
            sort=_matching(_SORT, data.get("sort", "")) or DEFAULT_SORT,
            page=_page(data.get("page", "")),
            tab=_one_of(TABS, data.get("tab", "")),
            heat=_one_of(HEATS, data.get("heat", "")),
            view=_matching(_VIEW, data.get("map", "")),
            problems=tuple(problems),
        )

    def parameters(self) -> list[tuple[str, str]]:
        """Name and value pairs of everything that differs from the default, in a fixed order."""
        pairs = [("patch", self.patch)] if self.patch else []
        pairs += [("priority", str(number)) for number in self.priorities]
        pairs += [("core20", "1")] if self.core20 else []
        pairs += [("authority", code) for code in self.authorities]
        pairs += [("range", str(item)) for item in self.ranges]
        pairs += [("q", self.text)] if self.text else []
        pairs += [("place", self.place)] if self.place else []
        pairs += [("theme", self.theme)] if self.theme != DEFAULT_THEME else []
        pairs += [("sort", self.sort)] if self.sort != DEFAULT_SORT else []
        pairs += [("page", str(self.page))] if self.page != 1 else []
        pairs += [("tab", self.tab)] if self.tab != TABS[0] else []
        pairs += [("heat", self.heat)] if self.heat != HEATS[0] else []
        pairs += [("map", self.view)] if self.view else []
        return pairs

    def to_querystring(self) -> str:
        """The address after `?`; `from_querydict` of it gives an equal query."""
        return urlencode(self.parameters(), safe=":/")

    def changed(self, **changes) -> "PriorityQuery":
        """A query with other values. Whatever changes the rows starts again on page 1."""
        if "page" not in changes and set(changes) - {"view", "theme", "tab", "heat"}:
            changes["page"] = 1
        return replace(self, **changes)

    def for_theme(self) -> str:
        """The part of the address that decides the colours of the map: neither order nor page, tab or view."""
        return replace(self, sort=DEFAULT_SORT, page=1, tab=TABS[0], heat=HEATS[0], view="").to_querystring()

    @property
    def is_filtered(self) -> bool:
        return bool(self.priorities or self.core20 or self.authorities or self.ranges or self.text or self.place)


def _ranges(data, problems) -> tuple[IndicatorRange, ...]:
    """Ranges in the address, and the one that the filter form adds as indicator, low, high."""
    found: dict[str, IndicatorRange] = {}
    for text in data.getlist("range")[:_MANY]:
        try:
            item = IndicatorRange.parse(text)
            found[item.code] = item
        except ValueError as error:
            problems.append(str(error))
    low, high = data.get("low", "").strip(), data.get("high", "").strip()
    code = data.get("indicator", "")
    if low or high:
        try:
            if not _INDICATOR.match(code):
                raise ValueError("Choose the indicator that the range is for.")
            found[code] = IndicatorRange.of(code, low, high)
        except ValueError as error:
            problems.append(str(error))
    return tuple(sorted(found.values(), key=lambda item: item.code))


def _place(text: str, problems) -> str:
    if not text:
        return ""
    try:
        return ":".join(read_place(text))
    except PlaceUnreadable as error:
        problems.append(str(error))
        return ""


def _number(text: str) -> float | None:
    text = text.strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"“{text[:20]}” is not a number.") from None
    if not math.isfinite(value):
        raise ValueError(f"“{text[:20]}” is not a number.")
    return value + 0.0  # no minus zero: it would be another address for the same range


def _number_text(value: float | None) -> str:
    """The shortest text that reads back as the same number."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _matching(pattern, text: str) -> str:
    return text if pattern.match(text) else ""


def _one_of(known: tuple[str, ...], text: str) -> str:
    return text if text in known else known[0]


def _page(text: str) -> int:
    # Python refuses to read numbers of thousands of digits.
    return min(int(text[:9]), 10_000) if text.isascii() and text.isdigit() and int(text[:9]) > 0 else 1


def _clean(text: str) -> str:
    """Search text: single spaces, no control characters, 100 characters at most."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:100].strip()
