"""Rows as the database writes them, and back: every column, every link, to the last microsecond.

A row is kept as the text of PostgreSQL's composite type, not as a Django object: encrypted fields stay encrypted,
places keep their coordinates, and nothing is left out that a model does not know.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models
from django.db.models.deletion import Collector, ProtectedError, RestrictedError

from .refusal import UndoRefused


@dataclass(frozen=True)
class RowChange:
    """One row of a model ("app.model") by its key: as it was, and as it is now (None: there is none)."""

    model: str
    key: str
    before: str | None
    after: str | None


def reach(things: Iterable[models.Model]) -> dict[type[models.Model], set]:
    """Keys of every row that goes or changes when the things are deleted: their own, and whatever hangs on them."""
    things = list(things)
    collector = Collector(using=connection.alias)
    try:
        collector.collect(things)
    except (ProtectedError, RestrictedError):
        # Something holds them, so that they change at most.
        return _own(things)
    found = defaultdict(set)
    for model, instances in collector.data.items():
        found[model].update(row.pk for row in instances)
    changed = [rows for lists in collector.field_updates.values() for rows in lists]
    for rows in [*collector.fast_deletes, *changed]:
        for row in rows:
            found[type(row)].add(row.pk)
    return found


def _own(things) -> dict:
    found = defaultdict(set)
    for thing in things:
        found[type(thing)].add(thing.pk)
        for field in thing._meta.many_to_many:
            links = field.remote_field.through
            found[links].update(
                links._base_manager.filter(**{field.m2m_field_name(): thing.pk}).values_list("pk", flat=True)
            )
    return found


def read(keys: dict[type[models.Model], set]) -> dict[tuple[str, str], str]:
    """(model, key) -> the row as text, of those that are there; locked until the transaction ends."""
    found = {}
    with connection.cursor() as cursor:
        for model in sorted(keys, key=lambda model: model._meta.label_lower):
            table, key = _names(model)
            wanted = [str(pk) for pk in keys[model]]
            cursor.execute(
                f"SELECT kept.{key}::text, kept::text FROM {table} AS kept WHERE kept.{key}::text = ANY(%s) FOR UPDATE",  # noqa: S608 (names of our own tables)
                [wanted],
            )
            found |= {(model._meta.label_lower, pk): row for pk, row in cursor.fetchall()}
    return found


def differences(before: dict, after: dict) -> list[RowChange]:
    """What has changed between two readings of the same keys."""
    keys = sorted({*before, *after})
    pairs = ((key, before.get(key), after.get(key)) for key in keys)
    return [RowChange(*key, old, new) for key, old, new in pairs if old != new]


def write_back(changes: list[RowChange]) -> None:
    """Every row as it was. UndoRefused where one of them is not as it was left; the database's own errors where what
    it belonged to is gone or something stands in its place. Call within a transaction.
    """
    keys = defaultdict(set)
    for change in changes:
        keys[apps.get_model(change.model)].add(change.key)
    now = read(keys)
    if any(now.get((change.model, change.key)) != change.after for change in changes):
        raise UndoRefused("Somebody has changed it since, so it cannot be undone. Nothing was changed.")
    with connection.cursor() as cursor:
        for change in changes:
            _write(cursor, apps.get_model(change.model), change)
        # Now, not at the end: whoever asked is to hear what does not fit.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _write(cursor, model, change) -> None:
    table, key = _names(model)
    if change.before is None:
        cursor.execute(f"DELETE FROM {table} WHERE {key}::text = %s", [change.key])  # noqa: S608
    elif change.after is None:
        cursor.execute(f"INSERT INTO {table} SELECT (%s::{table}).*", [change.before])
    else:
        names = [connection.ops.quote_name(field.column) for field in model._meta.concrete_fields]
        listed = ", ".join(names)
        cursor.execute(
            f"UPDATE {table} SET ({listed}) = (SELECT {listed} FROM (SELECT (%s::{table}).*) AS kept)"  # noqa: S608
            f" WHERE {key}::text = %s",
            [change.before, change.key],
        )


def _names(model) -> tuple[str, str]:
    quote = connection.ops.quote_name
    return quote(model._meta.db_table), quote(model._meta.pk.column)
