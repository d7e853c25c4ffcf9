"""Areas that agree are worked on once: few distinct values, and per area which of them it has."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Up to this many possible combinations a counting table is used; beyond, combinations are sorted.
COUNTING = 4_000_000
LARGEST_KEY = 2**62
# Numbers that one block of distinct combinations may take on its way through a table.
BLOCK_NUMBERS = 8_000_000


@dataclass(frozen=True)
class Pool:
    """``values``: distinct arrays, stacked along axis 0; ``ids``: per area the row of ``values`` that is its own."""

    ids: NDArray[np.intp]
    values: NDArray

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def same(cls, value: NDArray, areas: int) -> "Pool":
        """One value for all areas."""
        return cls(np.zeros(areas, dtype=np.intp), value[None])


def distinct_combinations(
    columns: Sequence[NDArray], sizes: Sequence[int]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return (distinct combinations, index of its combination per area). Numbers run from 0 to size - 1 per column.

    Raises ValueError where the sizes allow more combinations than 64 bits can number.
    """
    possible = math.prod(sizes)
    if possible >= LARGEST_KEY:
        raise ValueError(f"{possible:,} combinations cannot be numbered")
    if len(columns[0]) == 1:
        return np.array([[column[0] for column in columns]], dtype=np.intp), np.zeros(1, dtype=np.intp)
    keys = np.zeros(len(columns[0]), dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        keys = keys * size + column
    if possible <= max(COUNTING, len(keys)):
        seen = np.zeros(possible, dtype=bool)
        seen[keys] = True
        found = np.flatnonzero(seen)
        position = np.zeros(possible, dtype=np.intp)
        position[found] = np.arange(len(found))
        inverse = position[keys]
    else:
        found, inverse = np.unique(keys, return_inverse=True)
    return np.stack(np.unravel_index(found, tuple(sizes)), axis=1), inverse


def combine(pools: Sequence[Pool], work: Callable[..., NDArray], *, numbers: int) -> Pool:
    """Apply ``work`` to each distinct combination of the pools' values.

    ``work`` takes one array per pool, all of the same length, and gives the results stacked alike; ``numbers``: how
    many numbers it holds per combination, which bounds the size of a block.
    """
    rows, inverse = distinct_combinations([pool.ids for pool in pools], [len(pool) for pool in pools])
    block = max(1, BLOCK_NUMBERS // max(numbers, 1))
    parts = [
        work(*(pool.values[rows[start : start + block, k]] for k, pool in enumerate(pools)))
        for start in range(0, len(rows), block)
    ]
    values, ids = _merged(np.concatenate(parts))
    return Pool(ids[inverse], values)


def _merged(values: NDArray) -> tuple[NDArray, NDArray[np.intp]]:
    """Different combinations often give the same value: keep each once."""
    if len(values) == 1:
        return values, np.zeros(1, dtype=np.intp)
    flat = values.reshape(len(values), -1)
    _, first, inverse = np.unique(flat, axis=0, return_index=True, return_inverse=True)
    return values[first], inverse.reshape(-1)
