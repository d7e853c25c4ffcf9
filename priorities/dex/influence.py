"""Which inputs hold a result where it is: the plus-minus question asked once, for all areas together."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from priorities.dex.analyses.single_changes import Outcomes, outcomes_of_single_changes, urgency_steps
from priorities.dex.model import Model
from priorities.dex.thresholds import MISSING
from priorities.dex.vectorised import Evaluation


def relief(
    model: Model,
    inputs: Mapping[int, NDArray],
    evaluation: Evaluation,
    *,
    root: int = 0,
    outcomes: Outcomes | None = None,
) -> NDArray[np.int16]:
    """Return, per area and input (columns as ``model.inputs``), by how many steps of urgency the published class of
    ``root`` would fall if this input alone had its best class. 0 where it is missing or already at its best.

    Inputs with relief above 0 are decisive: each alone would change the answer. Shape (areas, inputs), int16.
    ``outcomes``: of ``outcomes_of_single_changes``, where they are at hand already.
    """
    outcomes = outcomes or outcomes_of_single_changes(model, inputs, root=root, evaluation=evaluation)
    steps = urgency_steps(model, root)
    published = steps[outcomes.published]
    result = np.zeros((outcomes.areas, len(model.inputs)), dtype=np.int16)
    for column, index in enumerate(model.inputs):
        if index not in outcomes.by_input:
            continue
        best = model.attributes[index].scale.by_urgency[0]
        fall = np.maximum(published - steps[outcomes.by_input[index][:, best]], 0)
        result[:, column] = np.where(outcomes.current[index] == MISSING, 0, fall)
    return result
