"""Which inputs hold a result where it is: the plus-minus question asked once, for all areas together."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from priorities.dex.model import Model
from priorities.dex.thresholds import MISSING
from priorities.dex.vectorised import Evaluation, evaluate_areas


def relief(model: Model, inputs: Mapping[int, NDArray], evaluation: Evaluation, *, root: int = 0) -> NDArray[np.int8]:
    """Return, per area and input (columns as ``model.inputs``), by how many steps of urgency the published class of
    ``root`` would fall if this input alone had its best class. 0 where it is missing or already at its best.

    Inputs with relief above 0 are decisive: each alone would change the answer. Shape (areas, inputs), int8.
    """
    steps = np.empty(model.attributes[root].size, dtype=np.int8)
    steps[list(model.attributes[root].scale.by_urgency)] = np.arange(len(steps))
    published = steps[evaluation.classes[:, root]]
    result = np.zeros((len(published), len(model.inputs)), dtype=np.int8)
    for column, index in enumerate(model.inputs):
        best = model.attributes[index].scale.by_urgency[0]
        codes = np.asarray(inputs[index])
        rows = (codes != MISSING) & (codes != best)
        if not rows.any():
            continue
        changed = {key: np.asarray(values)[rows] for key, values in inputs.items()}
        changed[index] = np.full(int(rows.sum()), best, dtype=codes.dtype)
        relieved = evaluate_areas(model, changed).classes[:, root]
        result[rows, column] = np.maximum(published[rows] - steps[relieved], 0)
    return result
