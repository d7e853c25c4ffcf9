"""Columns of a list, and what stands in their cells."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter

from django.utils import timezone

from accounts.small_numbers import Count

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection), also in full width.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Kind(StrEnum):
    """What a column holds. Percent: a share from 0 to 1; moment: an instant, told in Europe/London; money: pounds."""

    TEXT = "text"
    CODE = "code"
    WHOLE = "whole number"
    DECIMAL = "number"
    PERCENT = "percent"
    DATE = "date"
    TIME = "time"
    MOMENT = "date and time"
    MONEY = "money"
    YES_NO = "yes or no"


NUMBERS = {Kind.WHOLE, Kind.DECIMAL, Kind.PERCENT, Kind.MONEY}


@dataclass(frozen=True)
class Column:
    """`meaning` stands in the notes, with units and vintage; `value` takes a row and gives None where nothing is known.

    Without `value` rows are mappings and the heading is the key.
    """

    heading: str
    meaning: str
    kind: Kind = Kind.TEXT
    value: Callable[[object], object] | str | None = None

    def cell(self, row):
        """The value of a row: text, int, float, Decimal, date, time, aware datetime in London, bool, or None."""
        if self.value is None:
            found = row[self.heading]
        elif isinstance(self.value, str):
            found = attrgetter(self.value)(row)
        else:
            found = self.value(row)
        return plain(found, self.kind)


def plain(value, kind: Kind):
    """The value as a file may hold it. TypeError for what is no single value: nothing is printed by accident."""
    if isinstance(value, Count):
        return value.mark
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return timezone.localtime(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind in (Kind.TEXT, Kind.CODE) or isinstance(value, str):
        if not isinstance(value, (str, int, float, Decimal, date, time)) and not hasattr(value, "__str__"):
            raise TypeError(f"{value!r} is not a text")
        return str(value)
    if isinstance(value, float) and value != value:
        return None
    if not isinstance(value, (int, float, Decimal, date, time)):
        # Numbers of other libraries (numpy) say how they are to be held.
        value = value.item()
    return value


def harmless(text: str) -> str:
    """Text that a spreadsheet would run as a formula is kept text."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def written(value, kind: Kind) -> str:
    """A cell as people read it on paper; "" for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%-d %b %Y, %H:%M}"
    if isinstance(value, date):
        return f"{value:%-d %b %Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, str):
        return value
    return _number(value, kind)


def _number(value, kind: Kind) -> str:
    if kind is Kind.PERCENT:
        # Less than one of a hundred would lose its figure in one place.
        return f"{100 * value:.{2 if 0 < abs(value) < 0.01 else 1}f}%"
    if kind is Kind.MONEY:
        return f"£{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else f"{float(value):,.6g}"
