"""Whether two files say the same: a hash of the rows as read, whatever order, packing or spelling they came in."""

import hashlib
from dataclasses import fields

import numpy as np
import shapely

from lsoa.sources.rows import PostcodeRows

# Where a row stood in its file is no part of what it says.
IGNORED = {"line"}


class Fingerprint:
    """Takes every chunk of a load; `hexdigest` is the same for the same rows in another order of rows and columns."""

    def __init__(self):
        self._digests: list[bytes] = []
        # Chunks of one file share their columns: the order of rows is worked out once for each.
        self._orders: dict[int, tuple[object, np.ndarray]] = {}

    def add(self, chunk) -> None:
        digest = hashlib.sha256(type(chunk).__name__.encode())
        columns, words = _columns(chunk)
        digest.update(repr(words).encode())
        order = self._order(chunk, columns)
        for name in sorted(columns):
            digest.update(name.encode())
            digest.update(_bytes(columns[name], order))
        self._digests.append(digest.digest())

    def hexdigest(self) -> str:
        return hashlib.sha256(b"".join(sorted(self._digests))).hexdigest()

    def _order(self, chunk, columns) -> np.ndarray:
        if isinstance(chunk, PostcodeRows):
            # Two million of them: one key, and no block is kept once it has been read.
            return np.argsort(np.asarray(chunk.postcode, dtype="U8"), kind="stable")
        if hasattr(chunk, "code"):
            known = self._orders.get(id(chunk.code))
            if known is None:
                # The column is kept as well, so that its identity is not given to another one.
                known = chunk.code, np.argsort(np.asarray(chunk.code, dtype="U"), kind="stable")
                self._orders[id(chunk.code)] = known
            return known[1]
        keys = [np.asarray([str(value) for value in columns[name]]) for name in sorted(columns, reverse=True)]
        return np.lexsort(keys) if len(chunk) else np.arange(0)


def _columns(chunk) -> tuple[dict, list]:
    """(columns by name, what holds for all rows)"""
    columns, words = {}, []
    for field in fields(chunk):
        value = getattr(chunk, field.name)
        if field.name in IGNORED or value is None:
            continue
        if isinstance(value, dict):
            columns |= {f"{field.name}.{name}": column for name, column in value.items()}
        elif isinstance(value, str | bool | tuple | frozenset):
            words.append((field.name, sorted(value) if isinstance(value, frozenset) else value))
        else:
            columns[field.name] = value
    return columns, words


def _bytes(column, order) -> bytes:
    array = column if isinstance(column, np.ndarray) else np.array([*column, None], dtype=object)[:-1]
    array = array[order]
    if array.dtype.kind in "iufb":
        # One zero and one way not to be a number.
        numbers = array.astype(float) + 0.0
        numbers[np.isnan(numbers)] = np.nan
        return numbers.tobytes()
    if len(array) and isinstance(array[0], shapely.Geometry):
        return b"".join(shapely.to_wkb(array, output_dimension=2))
    return "\x1f".join(map(str, array.tolist())).encode()
