"""Columns into a table by COPY: a text block for mixed columns, formed column by column."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import numpy as np
from django.db import connection

NULL = r"\N"
_SPECIAL = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def copy_columns(table: str, columns: dict) -> None:
    """COPY columns (name -> sequence) of equal length into a table. NaN and None become null, lists arrays."""
    write_copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN", [_block(columns.values())])


def write_copy(statement: str, blocks: Iterable[str | bytes]) -> None:
    """Run a COPY FROM STDIN. Raises Django's errors, as other statements do."""
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in blocks:
            if block:
                copy.write(block)


def _block(columns) -> str:
    texts = [as_text(column) for column in columns]
    return "".join("\t".join(row) + "\n" for row in zip(*texts, strict=True))


def as_text(column) -> list[str]:
    """A column as COPY writes it in its text format."""
    if isinstance(column, np.ndarray) and column.dtype.kind in "iu":
        return list(map(str, column.tolist()))
    if isinstance(column, np.ndarray) and column.dtype.kind == "f":
        return [NULL if value != value else repr(value) for value in column.tolist()]
    return [_text(value) for value in (column.tolist() if isinstance(column, np.ndarray) else column)]


def _text(value) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    match value:
        case str():
            return value.translate(_SPECIAL) if not value.isalnum() else value
        case None:
            return NULL
        case bool():
            return "t" if value else "f"
        case float():
            return NULL if value != value else repr(value)
        case int() | date() | UUID():
            return str(value)
        case list() | tuple() | np.ndarray():
            return "{" + ",".join(_element(element) for element in value) + "}"
    raise TypeError(f"a {type(value).__name__} has no place in a table")


def _element(value) -> str:
    if isinstance(value, str):
        raise TypeError("lists hold numbers")
    text = _text(value)
    return "NULL" if text == NULL else text
