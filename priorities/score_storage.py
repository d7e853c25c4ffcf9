"""Writes the scores of a run with COPY, in PostgreSQL's binary form.

Scores that have the same fields empty and lists of the same lengths have records of the same length, so each such group
is one NumPy array of records, built column by column without a loop over areas. There are a few dozen groups at most.
Form of a record: PostgreSQL manual, COPY, "Binary Format"; arrays: array_send of the server's source.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.db import connection
from numpy.typing import NDArray

TABLE = "priorities_priorityscore"
SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"
# Object identifiers of the element types, as in pg_type.
ELEMENTS = {"i2": 21, "i4": 23, "f8": 701}
BYTES_PER_WRITE = 1 << 20
NULL = -1
NULL_FIELD = np.dtype([("size", ">i4")])


@dataclass(frozen=True)
class Ragged:
    """Lists of different lengths: the first `lengths[i]` of `values[i]`; NULL where the length is -1."""

    values: NDArray
    lengths: NDArray[np.integer]

    def __len__(self) -> int:
        return len(self.lengths)


@dataclass(frozen=True)
class Words:
    """One of a few words per row: `words[codes[i]]`."""

    words: tuple[str, ...]
    codes: NDArray[np.integer]

    def __len__(self) -> int:
        return len(self.codes)


# A masked array holds NULL where it is masked.
Column = NDArray | np.ma.MaskedArray | Ragged | Words


def copy_scores(run_id: uuid.UUID, columns: Mapping[str, Column]) -> None:
    """Insert one score per row of `columns` (field name -> values, all of one length).

    Arrays have one dimension, or two where each row is a list; integers, floats or bool.
    """
    count = len(next(iter(columns.values())))
    if not count:
        return
    names = ["run_id", *columns]
    quoted = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} ({quoted}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(SIGNATURE)
        for records in _records(run_id, {name: _field(column) for name, column in columns.items()}, count):
            data = memoryview(records.view(np.uint8))
            for start in range(0, len(data), BYTES_PER_WRITE):
                copy.write(data[start : start + BYTES_PER_WRITE])
        copy.write(TRAILER)


def _records(run_id: uuid.UUID, fields: "dict[str, _Field]", count: int):
    """Yield the records of each group of rows that share a form, one array per group."""
    for rows in _groups(list(fields.values()), count):
        first = int(rows[0])
        forms = [(name, field.form(first)) for name, field in fields.items()]
        records = np.zeros(len(rows), dtype=[("fields", ">i2"), ("run_id", _scalar("V16")), *forms])
        records["fields"] = len(fields) + 1
        records["run_id"]["size"] = 16
        records["run_id"]["value"] = np.void(run_id.bytes)
        for name, field in fields.items():
            field.fill(records[name], rows, first)
        yield records


def _groups(fields: "list[_Field]", count: int) -> list[NDArray[np.intp]]:
    """Rows that have the same kind of value in every field, each group in the order of the rows."""
    group = np.zeros(count, dtype=np.int64)
    for field in fields:
        if field.kinds is not None:
            kinds = field.kinds.astype(np.int64) - NULL
            _, group = np.unique(group * (int(kinds.max()) + 1) + kinds, return_inverse=True)
    order = np.argsort(group, kind="stable")
    return np.split(order, np.cumsum(np.bincount(group))[:-1])


class _Field:
    """A column on its way: `kinds` numbers the forms its values have (None: all the same), -1 stands for NULL."""

    kinds: NDArray[np.integer] | None = None

    def form(self, row: int) -> np.dtype:
        raise NotImplementedError

    def fill(self, target: NDArray, rows: NDArray[np.intp], first: int) -> None:
        raise NotImplementedError


def _field(column: Column) -> _Field:
    if isinstance(column, Ragged):
        return _Lists(column.values, column.lengths)
    if isinstance(column, Words):
        return _Texts(column)
    if column.ndim == 2:
        return _Lists(column, None)
    return _Scalars(column)


class _Scalars(_Field):
    def __init__(self, column: NDArray | np.ma.MaskedArray):
        self.values = np.ma.getdata(column)
        if np.ma.is_masked(column):
            self.kinds = -np.ma.getmaskarray(column).astype(np.int8)

    def form(self, row: int) -> np.dtype:
        if self.kinds is not None and self.kinds[row] == NULL:
            return NULL_FIELD
        return _scalar("u1" if self.values.dtype == np.bool_ else f">{_code(self.values)}")

    def fill(self, target: NDArray, rows: NDArray[np.intp], first: int) -> None:
        if self.form(first) is NULL_FIELD:
            target["size"] = NULL
            return
        target["size"] = self.values.dtype.itemsize
        target["value"] = self.values[rows]


class _Lists(_Field):
    def __init__(self, values: NDArray, lengths: NDArray[np.integer] | None):
        self.values, self.kinds = values, lengths

    def _length(self, row: int) -> int:
        return self.values.shape[1] if self.kinds is None else int(self.kinds[row])

    def form(self, row: int) -> np.dtype:
        length = self._length(row)
        if length == NULL:
            return NULL_FIELD
        head = [("size", ">i4"), ("dimensions", ">i4"), ("nulls", ">i4"), ("element", ">u4")]
        if length:
            item = _scalar(f">{_code(self.values)}")
            head += [("length", ">i4"), ("first", ">i4"), ("items", item, (length,))]
        return np.dtype(head)

    def fill(self, target: NDArray, rows: NDArray[np.intp], first: int) -> None:
        length = self._length(first)
        if length == NULL:
            target["size"] = NULL
            return
        target["size"] = target.dtype.itemsize - 4
        target["element"] = ELEMENTS[_code(self.values)]
        if length:
            target["dimensions"] = 1
            target["length"] = length
            target["first"] = 1
            target["items"]["size"] = self.values.dtype.itemsize
            target["items"]["value"] = self.values[rows, :length]


class _Texts(_Field):
    def __init__(self, column: Words):
        self.words, self.kinds = [word.encode() for word in column.words], column.codes

    @cached_property
    def forms(self) -> list[np.dtype]:
        return [_scalar(f"V{len(word)}") if word else NULL_FIELD for word in self.words]

    def form(self, row: int) -> np.dtype:
        return self.forms[int(self.kinds[row])]

    def fill(self, target: NDArray, rows: NDArray[np.intp], first: int) -> None:
        word = self.words[int(self.kinds[first])]
        # No bytes after the size are an empty text; NULL would be a size of -1.
        target["size"] = len(word)
        if word:
            target["value"] = np.void(word)


def _scalar(form: str) -> np.dtype:
    return np.dtype([("size", ">i4"), ("value", form)])


def _code(array: NDArray) -> str:
    return f"{array.dtype.kind}{array.dtype.itemsize}"
