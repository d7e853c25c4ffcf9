"""From figures to results for all areas at once: reads nothing and writes nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from priorities.dex.influence import relief
from priorities.dex.minutes import visit_minutes
from priorities.dex.thresholds import MISSING
from priorities.dex.vectorised import Evaluation, evaluate_areas
from priorities.model_versions import ROOT, CompiledVersion
from priorities.score_inputs import ScoreInputs


@dataclass(frozen=True)
class ScoreResults:
    """Everything that is stored of a run, one row per area of `inputs`."""

    inputs: ScoreInputs
    evaluation: Evaluation
    relief: NDArray[np.int8]
    minutes: tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.int16]]

    @property
    def priorities(self) -> NDArray[np.int8]:
        return self.evaluation.classes[:, ROOT]

    @property
    def provisional(self) -> NDArray[np.bool_]:
        return self.evaluation.provisional[:, ROOT]

    def columns(self) -> dict[str, NDArray]:
        """Columns of PriorityScore by field name, without run, state and previous class."""
        evaluation, (minutes, least, most) = self.evaluation, self.minutes
        return {
            "area_id": self.inputs.areas,
            "priority": self.priorities.astype(np.int16),
            "lowest": evaluation.low[:, ROOT].astype(np.int16),
            "highest": evaluation.high[:, ROOT].astype(np.int16),
            # Sums of rounded shares can pass 1 by a rounding error, which the table refuses.
            "probability": np.minimum(evaluation.probability[:, ROOT], 1.0),
            "is_provisional": self.provisional,
            "node_classes": evaluation.classes.astype(np.int16),
            "node_lows": evaluation.low.astype(np.int16),
            "node_highs": evaluation.high.astype(np.int16),
            "node_rules": evaluation.rules,
            "input_values": self.inputs.values,
            "input_relief": self.relief.astype(np.int16),
            "source": self.inputs.pattern.astype(np.int32),
            "visit_minutes": minutes,
            "visit_minutes_lowest": least,
            "visit_minutes_highest": most,
        }


def score(version: CompiledVersion, inputs: ScoreInputs) -> ScoreResults:
    """Evaluate a compiled model version over the figures of all areas (indicators in the order of its inputs)."""
    classes = {}
    for column, (index, limits) in enumerate(zip(version.model.inputs, version.thresholds, strict=True)):
        figures = inputs.values[:, column]
        classes[index] = limits.classes(figures) if limits else np.full(len(figures), MISSING, dtype=np.int8)
    evaluation = evaluate_areas(version.model, classes, areas=len(inputs.areas))
    return ScoreResults(
        inputs=inputs,
        evaluation=evaluation,
        relief=relief(version.model, classes, evaluation, root=ROOT),
        minutes=visit_minutes(version.model, evaluation, version.minutes, root=ROOT),
    )
