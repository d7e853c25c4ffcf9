"""Changes the keys of FIELD_ENCRYPTION_KEYS: what an older key sealed is sealed anew under the first one.

Texts of people keep their own key, which is wrapped anew; all others are decrypted and encrypted. Each batch is a
transaction of its own and looks for what an older key sealed, so that an interrupted run goes on where it stopped.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from .. import audit
from ..models import SubjectKey
from . import encryption, inventory, subject_keys
from .encryption import Undecryptable
from .fields import EncryptedTextField


@dataclass
class Rotation:
    """What a run did. `lost`: "table.column, row" of each text that no key opens."""

    keys: int = 0
    texts: int = 0
    lost: list[str] = field(default_factory=list)


def rotate(*, by, batch: int = 500) -> Rotation:
    """Seal everything anew; audited with counts."""
    done = Rotation()
    while rewrapped := _rewrap_some(batch, done):
        done.keys += rewrapped
    for column in sealed_columns():
        while resealed := _reseal_some(column, batch, done):
            done.texts += resealed
    details = {"key": encryption.current_key_id(), "keys": done.keys, "texts": done.texts, "lost": len(done.lost)}
    audit.record(action="privacy.keys_rotated", by=by, details=details)
    return done


@dataclass(frozen=True)
class SealedColumn:
    """A column with texts that keys of the setting sealed; `about`: what is authenticated with the text of a row."""

    table: str
    column: str
    key: str
    about: Callable[[object], str]


def sealed_columns() -> Iterator[SealedColumn]:
    for model in apps.get_models(include_auto_created=True):
        for one in model._meta.local_fields:
            if isinstance(one, EncryptedTextField):
                yield SealedColumn(model._meta.db_table, one.column, model._meta.pk.column, one.about)
    for entry in inventory.sealed_within():
        model = apps.get_model(entry.model)
        table, column = model._meta.db_table, model._meta.get_field(entry.field).column
        yield SealedColumn(table, column, model._meta.pk.column, lambda row, about=entry.about: about)


def under_older_keys() -> dict[str, int]:
    """Keys of people and texts that the first key of the setting did not seal, by "table.column"; none: {}."""
    current = f"her1:{encryption.current_key_id()}:"
    people = SubjectKey.objects.filter(destroyed_at__isnull=True).exclude(wrapped_key__startswith=current).count()
    counts = {"accounts_subjectkey.wrapped_key": people}
    for one in sealed_columns():
        names = {"table": sql.Identifier(one.table), "column": sql.Identifier(one.column)}
        select = sql.SQL("SELECT count(*) FROM {table} WHERE {column}::text ~ %s").format(**names)
        with connection.cursor() as cursor:
            cursor.execute(select, [_older()])
            counts[f"{one.table}.{one.column}"] = cursor.fetchone()[0]
    return {name: count for name, count in counts.items() if count}


def _older() -> str:
    """Regular expression of what another key than the first sealed."""
    return rf"her1:(?!{encryption.current_key_id()})[0-9a-f]{{8}}:"


@transaction.atomic
def _rewrap_some(batch: int, done: Rotation) -> int:
    known = f"her1:{encryption.current_key_id()}:"
    lost = [name.rpartition(" ")[2] for name in done.lost if name.startswith("accounts_subjectkey")]
    rows = SubjectKey.objects.select_for_update().filter(destroyed_at__isnull=True).exclude(pk__in=lost)
    rows = rows.exclude(wrapped_key__startswith=known).order_by("pk")[:batch]
    for row in rows:
        try:
            subject_keys.rewrap(row)
        except Undecryptable:
            done.lost.append(f"accounts_subjectkey.wrapped_key, row {row.pk}")
    return len(rows)


@transaction.atomic
def _reseal_some(one: SealedColumn, batch, done: Rotation) -> int:
    """Texts of one batch; 0 when there is nothing left. The column may hold other text (JSON) around the sealed one."""
    table, column = one.table, one.column
    names = {"table": sql.Identifier(table), "column": sql.Identifier(column), "key": sql.Identifier(one.key)}
    lost = [name.rpartition(" ")[2] for name in done.lost if name.startswith(f"{table}.{column},")]
    select = sql.SQL(
        "SELECT {key}, {column}::text FROM {table} WHERE {column}::text ~ %s AND {key}::text <> ALL(%s) "
        "ORDER BY {key} LIMIT %s FOR UPDATE"
    ).format(**names)
    update = sql.SQL("UPDATE {table} SET {column} = CAST(%s AS {type}) WHERE {key} = %s")
    with connection.cursor() as cursor:
        cursor.execute(select, [_older(), lost, batch])
        rows = cursor.fetchall()
        cursor.execute(
            "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s",
            [table, column],
        )
        update = update.format(**names, type=sql.SQL(cursor.fetchone()[0]))
        for pk, text in rows:
            try:
                cursor.execute(update, [_resealed(text, one.about(pk)), pk])
            except Undecryptable:
                done.lost.append(f"{table}.{column}, row {pk}")
    return len(rows)


def _resealed(text: str, about: str) -> str:
    def again(found) -> str:
        return encryption.encrypt(encryption.decrypt(found.group(), about=about), about=about)

    return encryption.SEALED.sub(again, text)
