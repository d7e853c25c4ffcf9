"""What the array path keeps of one attribute: its distinct values once, and a code per option."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from priorities.dex.arrays.columns import GIVEN

NO_CLASS = -1


@dataclass(frozen=True)
class Node:
    """Offsets of one attribute for all options.

    codes    (options,), rows of the arrays below
    offsets  (distinct, classes), NaN for classes that are not reached
    states   int8 (distinct,), as in ``arrays.columns``
    """

    codes: NDArray[np.integer]
    offsets: NDArray[np.float64]
    states: NDArray[np.int8]

    @property
    def size(self) -> int:
        return self.offsets.shape[1]

    @cached_property
    def reached(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.offsets)

    @cached_property
    def single(self) -> NDArray[np.int64]:
        """The one class that is reached, NO_CLASS where there are several or none. Shape (distinct,)."""
        return np.where(self.reached.sum(axis=1) == 1, self.reached.argmax(axis=1), NO_CLASS)

    @cached_property
    def alone(self) -> NDArray[np.float64]:
        """Offset of the single class; anything where there is none. Shape (distinct,)."""
        return self.offsets[np.arange(len(self.offsets)), self.single]

    def at(self, classes: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the offset of one class per option; NaN where it is not reached, and for NO_CLASS."""
        offset = self.offsets.ravel()[self.codes * self.size + np.maximum(classes, 0)]
        return np.where(classes == NO_CLASS, np.nan, offset)

    @cached_property
    def supports(self) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """The distinct sets of classes that are reached, and which of them every distinct value has."""
        packed = np.packbits(self.reached, axis=1)
        keys = packed[:, 0] if packed.shape[1] == 1 else packed.view([("", packed.dtype)] * packed.shape[1])[:, 0]
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        return self.reached[first], inverse.reshape(-1)


@dataclass(frozen=True)
class SingleNode:
    """A node whose every distinct value is one class: ``single`` and ``alone`` as in Node, which it equals."""

    codes: NDArray[np.integer]
    single: NDArray[np.int64]
    alone: NDArray[np.float64]
    size: int

    @cached_property
    def states(self) -> NDArray[np.int8]:
        return np.full(len(self.single), GIVEN, dtype=np.int8)

    @cached_property
    def offsets(self) -> NDArray[np.float64]:
        result = np.full((len(self.single), self.size), np.nan)
        result[np.arange(len(result)), self.single] = self.alone
        return result

    def at(self, classes: NDArray[np.integer]) -> NDArray[np.float64]:
        return np.where(self.single[self.codes] == classes, self.alone[self.codes], np.nan)

    @property
    def supports(self) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        return np.eye(self.size, dtype=bool), self.single
