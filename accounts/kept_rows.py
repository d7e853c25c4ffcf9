"""Rows that change seldom and that most pages read, kept by the process for as long as their tables are what they were.

PostgreSQL does not write over a row: what is added or changed lies at a place of its own (`ctid`), marked with the
transaction that wrote it (`xmin`; PostgreSQL documentation, section 5.6, "System Columns"). So the places and marks of
all rows are what they were only while the table is. To ask for a digest of them costs a fraction of a millisecond for
some hundreds of rows; no writer has to tell of a change, and what is kept is never behind what is stored.

For tables of up to some thousands of rows. What is kept is shared by all requests: nobody may change it.
"""

from collections.abc import Callable, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from django.db import connection
from django.db.models import Model

from .kept_answers import aside, is_listening

T = TypeVar("T")
_found: ContextVar[dict | None] = ContextVar("found", default=None)


@contextmanager
def one_reading():
    """Within, each of what is kept is asked for its state once: for views that write none of it."""
    token = _found.set({})
    try:
        yield
    finally:
        _found.reset(token)


@dataclass(frozen=True)
class Reading(Generic[T]):
    """`version` is the state of the tables that `value` was read from."""

    version: str
    value: T


class KeptRows(Generic[T]):
    """What `read` makes of the rows of some models. `read` asks the database for nothing else."""

    def __init__(self, models: Callable[[], Iterable[type[Model]]], read: Callable[[], T]):
        self._models, self._read, self._kept = models, read, None

    def now(self) -> Reading[T]:
        """One question; where a table has changed since, `read` again."""
        # An answer that is kept has to hold the question, so it asks for itself.
        found = None if is_listening() else _found.get()
        if found is not None and self in found:
            return found[self]
        reading = self._now()
        if found is not None:
            found[self] = reading
        return reading

    def _now(self) -> Reading[T]:
        version, kept = self.version(), self._kept
        if kept is not None and kept.version == version:
            return kept
        with aside():
            reading = Reading(version, self._read())
        # Rows that were written in between may be half of it: good for this answer, as ever, and not for the next.
        if self.version() == version:
            self._kept = reading
        return reading

    def version(self) -> str:
        """A text that is another one whenever a row of the tables is."""
        with connection.cursor() as cursor:
            cursor.execute(self._question)
            return cursor.fetchone()[0]

    @cached_property
    def _question(self) -> str:
        tables = (connection.ops.quote_name(model._meta.db_table) for model in self._models())
        each = ", ".join(
            f"coalesce((SELECT md5(string_agg(xmin::text || ctid::text, ' ')) FROM {table}), '')"  # noqa: S608
            for table in tables
        )
        return f"SELECT concat_ws(' ', {each})"
