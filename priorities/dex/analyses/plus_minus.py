"""Plus-minus: what becomes of a result when one input moves by some steps and all others stay."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from priorities.dex.analyses.single_changes import outcomes_of_single_changes
from priorities.dex.evaluate import Distribution, InputValue, evaluate
from priorities.dex.model import Model
from priorities.dex.thresholds import MISSING


@dataclass(frozen=True)
class PlusMinusRow:
    """One input: steps along the class indices (negative towards class 0) -> value of the root; a step that leaves the
    scale is not there."""

    attribute: int
    outcomes: Mapping[int, Distribution | None]


def plus_minus(
    model: Model, inputs: Mapping[int, InputValue], *, root: int = 0, method: str = "set", expand: bool = True
) -> tuple[PlusMinusRow, ...]:
    """Return a row per discrete input, in pre-order, for all steps that are in range of any input.

    A set or distribution moves from its low end for steps below 0 and from its high end for steps above 0; an input
    that is not defined may be anything already, so no step of it stays on the scale.
    """
    rows = []
    for index in model.inputs:
        attribute = model.attributes[index]
        if attribute.scale is None or attribute.scale.continuous:
            continue
        low, high = _ends(inputs.get(index), attribute.size)
        targets = [*((target - low, target) for target in range(low)),
                   *((target - high, target) for target in range(high + 1, attribute.size))]  # fmt: skip
        outcomes = {
            step: evaluate(model, {**inputs, index: target}, method=method, expand=expand)[root]
            for step, target in targets
        }
        rows.append(PlusMinusRow(index, outcomes))
    return tuple(rows)


def _ends(value: InputValue, size: int) -> tuple[int, int]:
    if value is None:
        return 0, size - 1
    if isinstance(value, Mapping):
        value = {index for index, membership in value.items() if membership > 0}
    classes = value if isinstance(value, set | frozenset) else {value}
    return (min(classes), max(classes)) if classes else (0, size - 1)


def plus_minus_areas(
    model: Model, inputs: Mapping[int, NDArray], step: int, *, root: int = 0, areas: int | None = None
) -> NDArray[np.int16]:
    """Return the published class of ``root`` per area and input (columns as ``model.inputs``) were the input moved by
    ``step`` classes; -1 where that leaves its scale, where it is missing, or where its scale is continuous."""
    outcomes = outcomes_of_single_changes(model, inputs, root=root, areas=areas)
    result = np.full((outcomes.areas, len(model.inputs)), MISSING, dtype=np.int16)
    for column, index in enumerate(model.inputs):
        if index not in outcomes.by_input:
            continue
        current = outcomes.current[index]
        target = current + step
        rows = np.flatnonzero((current != MISSING) & (target >= 0) & (target < model.attributes[index].size))
        result[rows, column] = outcomes.by_input[index][rows, target[rows]]
    return result
