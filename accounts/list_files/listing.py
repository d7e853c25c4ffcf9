"""What a list says of itself: its rows, and the notes that go with every file of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify

from accounts.small_numbers import HIDDEN_MARK, RULE

from .columns import Column

ROWS_A_PIECE = 500
PORTAL = "HealthEquiRoute"


@dataclass(frozen=True)
class Notes:
    """`source`: where the rows are from, with licence where they are published; `filters`: those in force, in words;
    `readers`: who may see it; `counts`: what is counted, where the small-number rule holds ("visits"); `more`: further
    sentences, such as the vintage of areas and what is compared with what.
    """

    source: str
    filters: Sequence[str] = ()
    readers: str = ""
    counts: str = ""
    more: Sequence[str] = ()


@dataclass(frozen=True)
class Again:
    """How a worker makes a list that is too long to wait for: the name it is registered under, and arguments."""

    name: str
    arguments: dict


class LazyRows:
    """Rows whose number is known before they are read: `make()` gives them anew each time."""

    def __init__(self, number: int, make):
        self.number, self.make = number, make

    def __len__(self):
        return self.number

    def __iter__(self):
        return iter(self.make())


@dataclass(frozen=True)
class ListFile:
    """`name` is the first word of the file's name ("members"), `place` says where ("East nurses"); `rows` is a
    QuerySet, a sequence, or any iterable that can be gone through once.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Iterable
    notes: Notes
    place: str = ""
    # What the day in the file's name means where it is not that of making: "2026-11", "2026-11-23-v3".
    period: str = ""
    again: Again | None = None
    made_at: datetime = field(default_factory=timezone.now)

    def __post_init__(self):
        headings = [column.heading for column in self.columns]
        if len({heading.lower() for heading in headings}) < len(headings):
            raise ValueError(f"The list {self.name} has a heading twice.")

    @cached_property
    def number(self) -> int | None:
        """How many rows; None where only going through them tells."""
        if isinstance(self.rows, QuerySet) and self.rows._result_cache is None:
            return self.rows.count()
        return len(self.rows) if hasattr(self.rows, "__len__") else None

    def cells(self) -> Iterator[list]:
        """The rows as lists of values in the order of the columns, read piece by piece."""
        rows = self.rows
        if isinstance(rows, QuerySet) and rows._result_cache is None:
            rows = rows.iterator(chunk_size=ROWS_A_PIECE)
        for row in rows:
            yield [column.cell(row) for column in self.columns]

    def file_name(self, ending: str) -> str:
        """What, where and when, e.g. "caseload-east-nurses-2026-11-23.csv": letters, digits and hyphens only."""
        when = slugify(self.period) or timezone.localtime(self.made_at).date().isoformat()
        words = [slugify(self.name), slugify(self.place)[:60].strip("-"), when]
        return f"{'-'.join(word for word in words if word)}.{ending}"

    def sentences(self) -> list[tuple[str, str]]:
        """The notes as (heading, text), without those of the columns."""
        notes, made = self.notes, timezone.localtime(self.made_at)
        found = [("Title", self.title), ("Made", f"{made:%-d %B %Y, %H:%M} (Europe/London) by {PORTAL}")]
        if self.number is not None:
            found.append(("Rows", f"{self.number:,}"))
        found.append(("Source", notes.source))
        found += [("Filter", text) for text in notes.filters] or [("Filter", "none: everything in the list")]
        if notes.readers:
            found.append(("Who may see it", notes.readers))
        if notes.counts:
            text = (
                f"Numbers of 1 to {RULE.most_hidden} {notes.counts}, what would give them away, and shares made of "
                f"them stand as {HIDDEN_MARK}; others are rounded to the nearest {RULE.base}."
            )
            found.append(("Small numbers", text))
        found += [("Note", text) for text in notes.more]
        return [*found, ("Empty cells", "Nothing is known or recorded; never zero.")]

    def column_notes(self) -> list[tuple[str, str, str]]:
        """(heading, kind, meaning) of each column."""
        return [(column.heading, str(column.kind), column.meaning) for column in self.columns]
