"""Shapes of the page about validation: tables whose every row or caption leads to the datasets behind it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.urls import reverse

from lsoa import written_numbers
from lsoa.written_numbers import decimal

NO_FIGURE = "–"


@dataclass(frozen=True)
class Source:
    """A dataset with a link to its page."""

    title: str
    href: str


@dataclass(frozen=True)
class Row:
    """One row: its heading, where that leads, a note below it, and its cells as texts."""

    name: str
    cells: tuple[str, ...]
    note: str = ""
    href: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its caption and the datasets that its figures come from; without rows it is not shown."""

    caption: str
    headings: tuple[str, ...]
    rows: list[Row]
    sources: list[Source] = field(default_factory=list)

    def __bool__(self):
        return bool(self.rows)

    @property
    def body(self) -> list[tuple[Row, list[tuple[str, str]]]]:
        """Each row with its cells, each cell with the heading of its column."""
        return [(row, list(zip(self.headings[1:], row.cells, strict=True))) for row in self.rows]


def sources(ids: Iterable[str], titles: dict[str, str]) -> list[Source]:
    """Datasets by title; one that was removed since the report is left out."""
    known = {pk: titles[pk] for pk in ids if pk in titles}
    return [Source(title, reverse("dataset", args=[pk])) for pk, title in sorted(known.items(), key=lambda one: one[1])]


def percent(share: float | None, decimals: int = 1) -> str:
    return written_numbers.percent(share, decimals, without=NO_FIGURE)


def number(value: float | None, decimals: int = 2) -> str:
    return decimal(value, decimals, without=NO_FIGURE)


def count(value: int | None) -> str:
    return NO_FIGURE if value is None else f"{value:,}"


def shares(counts: list[int]) -> list[float | None]:
    """Counts as shares of their sum."""
    total = sum(counts)
    return [value / total if total else None for value in counts]
