"""What a request for features asks. Everything that is not understood is refused (Part 1, /req/core/query-param-*)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.gis.geos import GEOSGeometry
from django.utils.dateparse import parse_date, parse_datetime
from rest_framework.exceptions import ValidationError

from .crs import BY_URI, CRS84, Crs, read_box
from .properties import ValueUnreadable, condition

DEFAULT_LIMIT, MOST_FEATURES = 10, 10_000
_DIGITS = re.compile(r"[0-9]{1,9}")
LONGEST_VALUE = 200


@dataclass(frozen=True)
class ItemsQuery:
    """`after`: the id of the last feature of the page before. `conditions` go to `filter()`, all of them."""

    limit: int
    crs: Crs
    box: GEOSGeometry | None
    conditions: tuple[tuple[str, object], ...]
    after: str


def refuse_unknown(params, known) -> None:
    """ValidationError for parameters that the description of the operation does not have."""
    wrong = {name: "This address has no such parameter." for name in params if name not in known}
    # A value that is given twice has no meaning that the description knows.
    wrong |= {name: "Given more than once." for name in params if name in known and len(params.getlist(name)) > 1}
    if wrong:
        raise ValidationError(wrong)


def read_items_query(params, collection) -> ItemsQuery:
    """ValidationError names every parameter that is wrong."""
    refuse_unknown(params, {"f", "limit", "bbox", "bbox-crs", "crs", "datetime", "after", *collection.filters})
    wrong = {}

    def read(name, reader, default):
        try:
            return reader(params[name]) if name in params else default
        except ValueError as error:
            wrong[name] = str(error)
            return default

    read("datetime", read_interval, None)
    bbox_crs = read("bbox-crs", read_crs, CRS84)
    query = ItemsQuery(
        limit=read("limit", _limit, DEFAULT_LIMIT),
        crs=read("crs", read_crs, CRS84),
        box=read("bbox", lambda text: read_box(text, bbox_crs), None),
        conditions=tuple(
            pair
            for prop in collection.filters.values()
            for pair in (read(prop.name, lambda text, p=prop: condition(p, _short(p.name, text)), {}) or {}).items()
        ),
        after=read("after", collection.read_id, ""),
    )
    if wrong:
        raise ValidationError(wrong)
    return query


def read_crs(uri: str) -> Crs:
    if uri not in BY_URI:
        raise ValueError(f"Expected one of {', '.join(BY_URI)}.")
    return BY_URI[uri]


def _limit(text: str) -> int:
    if not _DIGITS.fullmatch(text) or int(text) < 1:
        raise ValueError(f"Expected a whole number from 1 to {MOST_FEATURES:,}.")
    # More than the most is answered with the most (Part 1, /req/core/fc-limit-response-1).
    return min(int(text), MOST_FEATURES)


def _short(name, text: str) -> str:
    if len(text) > LONGEST_VALUE:
        raise ValueUnreadable(f"{name}: at most {LONGEST_VALUE} characters.")
    return text


def read_interval(text: str) -> tuple[datetime | None, datetime | None]:
    """A moment or an interval of RFC 3339, open with `..` or nothing. No feature here has a time of its own, so that
    every one fits any interval (Part 1, /req/core/fc-time-response); what is no interval is refused all the same.
    """
    parts = text.split("/")
    if len(parts) > 2 or (len(parts) == 1 and not _moment(parts[0])):
        raise ValueError("Expected a date, a time with its zone, or an interval such as 2026-01-01/..")
    ends = [None if part in ("", "..") else _moment(part) for part in parts]
    for part, end in zip(parts, ends, strict=True):
        if part not in ("", "..") and end is None:
            raise ValueError("Expected a date, a time with its zone, or an interval such as 2026-01-01/..")
    first, last = ends[0], ends[-1]
    if len(parts) == 2 and first and last and first > last:
        raise ValueError("The interval ends before it begins.")
    return first, last


_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")


def _moment(text: str) -> datetime | None:
    """None for what is neither a date nor a time with its zone; a day that there never was raises ValueError."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            day = parse_date(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        return parse_datetime(text.replace("Z", "+00:00")) if _TIME.fullmatch(text) else None
    except ValueError:
        raise ValueError("There is no such day or time.") from None
