"""The place of a combination of classes in a table, in the smallest integers that hold it.

Small integers are what makes crisp evaluation fast: a table of up to 256 rules is looked up in a string of bytes.
"""

from math import prod

import numpy as np
from numpy.typing import NDArray

# Combinations are numbered in at most 63 bits.
LARGEST = 1 << 63


def positions(codes: list[NDArray | None], sizes: list[int], count: int) -> NDArray[np.unsignedinteger]:
    """Return the number of every option's combination, the first argument slowest. Shape (count,).

    ``codes``: per argument, integers below its size, shape (count,); None where option i has code i. Raises
    ValueError when there are more combinations than can be numbered.
    """
    combinations = prod(sizes)
    if combinations > LARGEST:
        raise ValueError(f"{combinations} combinations cannot be numbered")
    kind = np.min_scalar_type(max(combinations - 1, 0))
    varying = [(own, size) for own, size in zip(codes, sizes, strict=True) if size > 1]
    if not varying:
        return np.zeros(count, dtype=kind)
    position = _numbers(varying[0][0], count, kind, copy=True)
    for own, size in varying[1:]:
        position *= kind.type(size)
        position += _numbers(own, count, kind, copy=False)
    return position


def _numbers(codes: NDArray | None, count: int, kind: np.dtype, *, copy: bool) -> NDArray:
    return np.arange(count, dtype=kind) if codes is None else codes.astype(kind, copy=copy)


class LookUp:
    """Class per rule of a crisp table."""

    def __init__(self, classes: list[int]):
        self.classes = np.array(classes, dtype=np.min_scalar_type(max(classes)))
        is_small = len(classes) <= 256 and self.classes.dtype == np.uint8
        self._bytes = bytes(classes).ljust(256, b"\0") if is_small else None

    def __getitem__(self, position: NDArray[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
        if self._bytes is not None and position.dtype == np.uint8:
            # Bytes are translated without an index being widened to 64 bits first.
            return np.frombuffer(position.tobytes().translate(self._bytes), dtype=np.uint8)
        return np.take(self.classes, position, mode="clip")
