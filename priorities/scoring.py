"""From figures to results for all areas at once: reads nothing and writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from priorities.dex.analyses.kept_classes import kept_draws
from priorities.dex.analyses.sensitivity import DRAWS
from priorities.dex.arrays import Results
from priorities.dex.confidence import evaluate_softly
from priorities.dex.influence import relief
from priorities.dex.minutes import ExpectedMinutes, expected_minutes, visit_minutes
from priorities.dex.ranking import offsets_of_areas, urgency
from priorities.dex.thresholds import MISSING
from priorities.dex.vectorised import Evaluation, evaluate_areas
from priorities.model_versions import ROOT, CompiledVersion
from priorities.score_inputs import ScoreInputs
from priorities.score_storage import Column
from priorities.unmet_need import flags_of_areas

# QQ2's published formula can overtake inside tables of three arguments once figures have places in their classes.
RANKING = "qq1"


@dataclass(frozen=True)
class ScoreResults:
    """Everything that is stored of a run, one row per area of `inputs`.

    evaluation     published classes, ranges and rules: the crisp answer
    probabilities  float64 (areas, classes) of the root, when figures in a soft zone count for both sides
    rank_offset    float64 (areas,), place inside the published class, larger is more urgent
    stability      float64 (areas,), share of draws of the thresholds in which the class stays the same
    unmet_need     bool (areas,), masked where it cannot be told
    """

    version: CompiledVersion
    inputs: ScoreInputs
    evaluation: Evaluation
    relief: NDArray[np.int16]
    minutes: tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.int16]]
    expected: ExpectedMinutes
    probabilities: NDArray[np.float64]
    rank_offset: NDArray[np.float64]
    stability: NDArray[np.float64]
    unmet_need: np.ma.MaskedArray

    @property
    def priorities(self) -> NDArray[np.int8]:
        return self.evaluation.classes[:, ROOT]

    @property
    def provisional(self) -> NDArray[np.bool_]:
        return self.evaluation.provisional[:, ROOT]

    def columns(self) -> dict[str, Column]:
        """Columns of PriorityScore by field name, without run, state and what is said of the score before."""
        evaluation, (minutes, least, most) = self.evaluation, self.minutes
        return {
            "area_id": self.inputs.areas,
            "priority": self.priorities.astype(np.int16),
            "lowest": evaluation.low[:, ROOT].astype(np.int16),
            "highest": evaluation.high[:, ROOT].astype(np.int16),
            # Sums of rounded shares can pass 1 by a rounding error, which the table refuses.
            "probability": np.minimum(evaluation.probability[:, ROOT], 1.0),
            "is_provisional": self.provisional,
            "rank_offset": self.rank_offset,
            "class_probabilities": self.probabilities,
            "stability": self.stability,
            "unmet_need": self.unmet_need,
            "node_classes": evaluation.classes.astype(np.int16),
            "node_lows": evaluation.low.astype(np.int16),
            "node_highs": evaluation.high.astype(np.int16),
            "node_rules": evaluation.rules,
            "input_values": self.inputs.values,
            "input_relief": self.relief.astype(np.int16),
            "source": self.inputs.pattern.astype(np.int32),
            "visit_minutes": minutes,
            # What remains possible while figures are missing, and what is likely enough near a threshold.
            "visit_minutes_lowest": np.minimum(least, self.expected.low),
            "visit_minutes_highest": np.maximum(most, self.expected.high),
            "expected_minutes": self.expected.exact,
        }


def score(version: CompiledVersion, inputs: ScoreInputs) -> ScoreResults:
    """Evaluate a compiled model version over the figures of all areas (indicators in the order of its inputs)."""
    model, areas = version.model, len(inputs.areas)
    classes = classes_of_inputs(version, inputs.values)
    evaluation = evaluate_areas(model, classes, areas=areas)
    soft = evaluate_softly(model, _by_input(version, inputs.values, "memberships"), areas=areas)
    published = evaluation.classes[:, ROOT]
    kept = kept_draws(model, version.thresholds, inputs.values, published, root=ROOT)
    return ScoreResults(
        version=version,
        inputs=inputs,
        evaluation=evaluation,
        relief=relief(model, classes, evaluation, root=ROOT),
        minutes=visit_minutes(model, evaluation, version.minutes, root=ROOT),
        expected=_expected_minutes(version, soft),
        probabilities=soft.memberships(ROOT),
        rank_offset=_rank_offset(version, evaluation, _by_input(version, inputs.values, "positions")),
        stability=kept / DRAWS,
        unmet_need=flags_of_areas(version, inputs.values),
    )


def classes_of_inputs(version: CompiledVersion, figures: NDArray[np.float64]) -> dict[int, NDArray[np.int8]]:
    """Class per area of every input (attribute index); -1 where its figure or its thresholds are missing."""
    missing = np.full(len(figures), MISSING, dtype=np.int8)
    return dict.fromkeys(version.model.inputs, missing) | _by_input(version, figures, "classes")


def _by_input(version: CompiledVersion, figures: NDArray[np.float64], method: str) -> dict[int, NDArray]:
    """What the thresholds say of the figures (`classes`, `memberships`, `positions`), where there are thresholds."""
    limits = zip(version.model.inputs, version.thresholds, strict=True)
    return {
        index: getattr(limit, method)(figures[:, column])
        for column, (index, limit) in enumerate(limits)
        if limit is not None
    }


def _expected_minutes(version: CompiledVersion, soft: Results) -> ExpectedMinutes:
    nodes = {ROOT, *(version.model.find(addition.attribute).index for addition in version.minutes.additions)}
    return expected_minutes(version.model, {n: soft.memberships(n) for n in nodes}, version.minutes, root=ROOT)


def _rank_offset(
    version: CompiledVersion, evaluation: Evaluation, positions: Mapping[int, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Areas whose published class is none of those that remain possible have no place in it: the middle."""
    offsets = offsets_of_areas(version.model, evaluation, method=RANKING, positions=positions)
    scale = version.model.attributes[ROOT].scale
    steps = np.empty(scale.size)
    steps[list(scale.by_urgency)] = np.arange(scale.size)
    place = urgency(version.model, evaluation, offsets, method=RANKING, root=ROOT)
    place -= steps[evaluation.classes[:, ROOT]]
    return np.clip(np.nan_to_num(place, nan=0.0), -0.5, 0.5)
