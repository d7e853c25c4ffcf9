"""Binds texts that were sealed for their column alone to their rows. Migrations call it."""

from django.db import connection
from psycopg import sql

from . import encryption, subject_keys
from .fields import about

BATCH = 1_000


def bind_to_rows(table: str, column: str) -> None:
    """Every text of a column; a text that no key opens stops it (Undecryptable)."""
    _rewrite(table, column, lambda row: f"{table}.{column}", lambda row: about(table, column, row))


def bind_to_column(table: str, column: str) -> None:
    """The way back."""
    _rewrite(table, column, lambda row: about(table, column, row), lambda row: f"{table}.{column}")


def _rewrite(table, column, old, new) -> None:
    names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
    select = sql.SQL(
        "SELECT id, {column} FROM {table} WHERE {column} <> '' AND (%(after)s::text IS NULL OR id::text > %(after)s) "
        "ORDER BY id::text LIMIT %(batch)s"
    ).format(**names)
    update = sql.SQL("UPDATE {table} SET {column} = %s WHERE id = %s").format(**names)
    after = None
    with connection.cursor() as cursor:
        while True:
            cursor.execute(select, {"after": after, "batch": BATCH})
            rows = cursor.fetchall()
            if not rows:
                return
            cursor.executemany(update, [(_bound(text, old(pk), new(pk)), pk) for pk, text in rows])
            after = str(rows[-1][0])


def _bound(text: str, old: str, new: str) -> str:
    if subject_keys.is_sealed(text):
        return subject_keys.rebound(text, old=old, new=new)
    return encryption.encrypt(encryption.decrypt(text, about=old), about=new)
