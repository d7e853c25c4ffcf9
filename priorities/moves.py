"""Which areas a draft moves, kept for the map and the list that belong to an effect on the screen.

An effect may be of a form that nobody has saved, so it cannot be computed again from an address. It is kept under a
name that follows from its content: equal effects share it, and an address never shows another one.
"""

import zlib
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from django.core.cache import cache
from numpy.typing import NDArray

from priorities.models import ModelVersion
from priorities.preview import Effect, largest_moves_first
from priorities.preview_inputs import preview_inputs

# What the map draws as "no data" and as outside the filters, beside the places in LABELS.
NO_DATA, FILTERED_OUT = 255, 254
KEPT_SECONDS = 2 * 60 * 60
# What the map can show: by two classes or more, by one, not at all. PuOr, which all kinds of colour vision can read,
# with a middle that differs from areas outside the patch.
LABELS = (
    "Less urgent by 2 classes or more",
    "Less urgent by 1 class",
    "Same class",
    "More urgent by 1 class",
    "More urgent by 2 classes or more",
)
PALETTE = ("#5e3c99", "#b2abd2", "#f6efdf", "#fdb863", "#e66101")
MOST_STEPS = 2


@dataclass(frozen=True)
class Moves:
    """One entry per area, as in Effect. `labels`: names of the classes now and in the draft."""

    area_ids: NDArray[np.int64]
    indexes: NDArray[np.int64]
    before: NDArray[np.int8]
    classes: NDArray[np.int8]
    steps: NDArray[np.int8]
    labels_before: tuple[str, ...]
    labels: tuple[str, ...]

    def rows(self, before: int | None = None, after: int | None = None) -> NDArray[np.intp]:
        """Rows of one move, or of all areas that move: most steps first, the most urgent before the others."""
        if before is not None and after is not None:
            found = np.flatnonzero((self.before == before) & (self.classes == after))
        else:
            found = np.flatnonzero(self.steps)
        return largest_moves_first(found, self.steps, self.classes)

    def theme(self, size: int) -> bytes:
        """A byte per area by index, for the map: place in LABELS; others have no data or lie outside."""
        values = np.full(size, FILTERED_OUT, dtype=np.uint8)
        place = np.clip(self.steps, -MOST_STEPS, MOST_STEPS) + MOST_STEPS
        here = self.indexes >= 0
        values[self.indexes[here]] = np.where(self.before >= 0, place, NO_DATA).astype(np.uint8)[here]
        return values.tobytes()


def keep_moves(version: ModelVersion, effect: Effect) -> str:
    """Keep the moves of an effect and return their name."""
    arrays = [effect.area_ids, effect.indexes, effect.before, effect.classes, effect.steps]
    packed = [(array.dtype.str, zlib.compress(array.tobytes(), 1)) for array in arrays]
    content = sha256(repr((str(effect.stamp), effect.labels_before, effect.labels)).encode())
    for _, data in packed:
        content.update(data)
    name = content.hexdigest()[:24]
    cache.set(_key(version, name), (packed, effect.labels_before, effect.labels), KEPT_SECONDS)
    return name


def kept_moves(version: ModelVersion, name: str) -> Moves | None:
    """Return the moves of that name; None when they were never there, or too long ago."""
    found = cache.get(_key(version, name)) if name.isalnum() and len(name) == 24 else None
    if found is None:
        return None
    packed, labels_before, labels = found
    arrays = [np.frombuffer(zlib.decompress(data), dtype=kind) for kind, data in packed]
    return Moves(*arrays, labels_before, labels)


def _key(version: ModelVersion, name: str) -> str:
    # Of one version, which the caller has reached in a way that says who may see it.
    return f"moves:{version.pk}:{name}"


def map_size() -> int:
    """How many bytes a theme has: one more than the largest index of an area."""
    return int(preview_inputs().indexes.max(initial=-1)) + 1
