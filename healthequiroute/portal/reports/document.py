"""What a report says, as plain data: page, PDF and workbook are made of the same document.

Nothing in it names a person. Numbers of people and visits come as `Count`, whose true value is not kept; they are told
here as they may be shown.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from accounts.list_files import Kind
from accounts.small_numbers import Count


@dataclass(frozen=True)
class Figure:
    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Head:
    """A column: what it is called, what it means, and what stands in it."""

    heading: str
    meaning: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Table:
    caption: str
    heads: Sequence[Head]
    rows: Sequence[Sequence]
    empty: str = "Nothing to show."
    note: str = ""


@dataclass(frozen=True)
class Bar:
    """`share` from 0 to 1; None: no figure. `interval` as two shares."""

    label: str
    share: float | None
    text: str
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Bars:
    title: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Lines:
    """Values over a few periods; None: no figure. `series`: (label, values in the order of `periods`), from 0 to 1."""

    title: str
    periods: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | None]]]


@dataclass(frozen=True)
class Section:
    title: str
    text: Sequence[str] = ()
    chart: Bars | Lines | None = None
    tables: Sequence[Table] = ()


@dataclass(frozen=True)
class Document:
    """`summary` comes first and can be read alone; `method` and `sources` last."""

    title: str
    subtitle: str
    summary: Sequence[str]
    figures: Sequence[Figure] = ()
    sections: Sequence[Section] = ()
    method: Sequence[str] = ()
    sources: Sequence[str] = ()
    filters: Sequence[str] = ()
    counts: str = field(default="visits")

    def as_dict(self) -> dict:
        """Plain data for JSON. A chart says what it is by its keys."""
        return _told(asdict(self))


def _told(value):
    if isinstance(value, Count):
        return value.mark
    if isinstance(value, dict):
        return {key: _told(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_told(each) for each in value]
    return str(value) if isinstance(value, Kind) else value
