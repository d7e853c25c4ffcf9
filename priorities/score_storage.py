"""Writes the scores of a run with COPY, in PostgreSQL's binary form.

Every row has the same length, so a whole run is one NumPy array of records, built column by column without a loop
over areas. Form of a record: PostgreSQL manual, COPY, "Binary Format"; arrays: array_send of the server's source.
"""

import uuid

import numpy as np
from django.db import connection
from numpy.typing import NDArray

TABLE = "priorities_priorityscore"
SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"
# Object identifiers of the element types, as in pg_type.
ELEMENTS = {"i2": 21, "i4": 23, "f8": 701}
BYTES_PER_WRITE = 1 << 20


def copy_scores(run_id: uuid.UUID, columns: dict[str, NDArray]) -> None:
    """Insert one score per row of `columns` (field name -> array, one or two dimensions, integers, floats or bool).

    Two-dimensional columns become arrays. All columns have the same length; none may be missing a value.
    """
    count = len(next(iter(columns.values())))
    if not count:
        return
    names = ["run_id", *columns]
    record = np.dtype([("fields", ">i2"), ("run_id", _scalar("V16")), *((n, _type(a)) for n, a in columns.items())])
    rows = np.zeros(count, dtype=record)
    rows["fields"] = len(names)
    rows["run_id"]["size"] = 16
    rows["run_id"]["value"] = np.void(run_id.bytes)
    for name, column in columns.items():
        _fill(rows[name], column)
    quoted = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} ({quoted}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(SIGNATURE)
        data = memoryview(rows.tobytes())
        for start in range(0, len(data), BYTES_PER_WRITE):
            copy.write(data[start : start + BYTES_PER_WRITE])
        copy.write(TRAILER)


def _scalar(form: str) -> np.dtype:
    return np.dtype([("size", ">i4"), ("value", form)])


def _code(array: NDArray) -> str:
    return f"{array.dtype.kind}{array.dtype.itemsize}"


def _type(array: NDArray) -> np.dtype:
    if array.dtype == np.bool_:
        return _scalar("u1")
    if array.ndim == 1:
        return _scalar(f">{_code(array)}")
    head = [("size", ">i4"), ("dimensions", ">i4"), ("nulls", ">i4"), ("element", ">u4"), ("length", ">i4"),
            ("first", ">i4")]  # fmt: skip
    return np.dtype([*head, ("items", _scalar(f">{_code(array)}"), (array.shape[1],))])


def _fill(target: NDArray, column: NDArray) -> None:
    if column.ndim == 1:
        target["size"] = column.dtype.itemsize
        target["value"] = column
        return
    target["size"] = target.dtype.itemsize - 4
    target["dimensions"] = 1
    target["element"] = ELEMENTS[_code(column)]
    target["length"] = column.shape[1]
    target["first"] = 1
    target["items"]["size"] = column.dtype.itemsize
    target["items"]["value"] = column
