"""Whether the model or the figures changed a class, for many areas at once: arrays in, arrays out."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from priorities.dex.thresholds import MISSING
from priorities.dex.vectorised import evaluate_areas
from priorities.model_versions import ROOT, CompiledVersion


class Cause(IntEnum):
    """What changed a class. `stored` is the word in PriorityScore.changed_because."""

    NONE = 0
    MODEL = 1
    DATA = 2
    BOTH = 3

    @property
    def stored(self) -> str:
        return "" if self is Cause.NONE else self.name.lower()

    @classmethod
    def of(cls, stored: str) -> "Cause":
        return cls[stored.upper()] if stored else cls.NONE


def causes_of_change(
    old: CompiledVersion,
    new: CompiledVersion,
    old_values: NDArray[np.float64],
    new_values: NDArray[np.float64],
    old_classes: NDArray[np.integer],
    new_classes: NDArray[np.integer],
) -> NDArray[np.int8]:
    """Return a `Cause` per area. Values: (areas, inputs of that version), NaN where there is none; classes: published.

    With one version for both, the figures are the cause. Else each version judges the figures of the other: DATA where
    the old version gives the new class from the new figures, and the new version does not give it from the old ones;
    MODEL the other way round; BOTH where either alone would have done, and where only both together do. An indicator
    that only one version reads has one figure, which counts for both.
    """
    moved = np.flatnonzero(np.asarray(old_classes) != np.asarray(new_classes))
    causes = np.zeros(len(old_classes), dtype=np.int8)
    if old == new:
        causes[moved] = Cause.DATA
        return causes
    if not len(moved):
        return causes
    before, after = old_values[moved], new_values[moved]
    wanted = np.asarray(new_classes)[moved]
    by_figures = published_classes(old, _figures(old, {**_named(old, before), **_named(new, after)}, len(moved)))
    by_model = published_classes(new, _figures(new, {**_named(new, after), **_named(old, before)}, len(moved)))
    data, model = by_figures[:, ROOT] == wanted, by_model[:, ROOT] == wanted
    causes[moved] = np.where(data & ~model, Cause.DATA, np.where(model & ~data, Cause.MODEL, Cause.BOTH))
    return causes


def changed_inputs(
    old: CompiledVersion, new: CompiledVersion, old_nodes: NDArray[np.integer], new_nodes: NDArray[np.integer]
) -> NDArray[np.bool_]:
    """Return, per area and input of `new`, whether the class of the input differs; shape (areas, inputs).

    `*_nodes`: class of every attribute in pre-order, (areas, attributes), -1 where it is open (`known_nodes`). An
    input that `old` does not have, or has with other classes, counts as changed in every area.
    """
    places = {attribute.name: attribute for attribute in old.model.attributes}
    result = np.ones((len(new_nodes), len(new.model.inputs)), dtype=bool)
    for column, index in enumerate(new.model.inputs):
        attribute = new.model.attributes[index]
        before = places.get(attribute.name)
        if before is not None and before.scale and attribute.scale and before.scale.same_classes(attribute.scale):
            result[:, column] = old_nodes[:, before.index] != new_nodes[:, index]
    return result


def known_nodes(classes: NDArray, low: NDArray, high: NDArray) -> NDArray:
    """Classes with -1 where figures are missing and more than one class remains possible."""
    return np.where(low == high, classes, MISSING)


def published_classes(version: CompiledVersion, values: NDArray[np.float64]) -> NDArray[np.signedinteger]:
    """Class of every attribute from the figures of the version's inputs, (areas, attributes)."""
    classes = {}
    for column, (index, limits) in enumerate(zip(version.model.inputs, version.thresholds, strict=True)):
        known = limits.classes(values[:, column]) if limits else np.full(len(values), MISSING, dtype=np.int8)
        classes[index] = known
    return evaluate_areas(version.model, classes, areas=len(values)).classes


def _named(version: CompiledVersion, values) -> dict[str, NDArray[np.float64]]:
    return {code: values[:, column] for column, code in enumerate(version.indicators)}


def _figures(version: CompiledVersion, named: dict[str, NDArray], areas: int) -> NDArray[np.float64]:
    missing = np.full(areas, np.nan)
    return np.column_stack([named.get(code, missing) for code in version.indicators])
