"""One model read in several ways: crude or age-standardised registers, figures in force or of an earlier release."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lsoa.catalogue.qof import SUMS, standardised_code
from priorities.computed_thresholds import specification_of, thresholds_from_data
from priorities.dex.analyses.perturbation import Draw
from priorities.dex.analyses.sensitivity import urgency_score
from priorities.dex.analyses.single_changes import urgency_steps
from priorities.dex.thresholds import Thresholds
from priorities.dex.vectorised import evaluate_areas
from priorities.model_versions import ROOT, CompiledVersion, thresholds_from_json
from priorities.score_inputs import ScoreInputs

CRUDE, STANDARDISED = "crude", "standardised"
DEFAULT_PERCENTILES = [50, 80]
# Crude sum of registers -> its age-standardised form.
PAIRS = {code: standardised_code(code) for code in SUMS}


@dataclass(frozen=True)
class Reading:
    """One reading of a model and what it says of every area.

    indicators, thresholds, figures   in the order of the model's inputs; figures (areas, inputs), NaN for missing
    limits                            thresholds with how they were found, as ModelVersion.thresholds
    classes                           int16 (areas, attributes), ranks of urgency of the published classes, -1 for none
    score                             float64 (areas,), position in urgency: class plus the offset inside it
    """

    indicators: tuple[str, ...]
    thresholds: tuple[Thresholds | None, ...]
    limits: dict
    figures: NDArray[np.float64]
    classes: NDArray[np.int16]
    score: NDArray[np.float64]

    @property
    def priority(self) -> NDArray[np.int16]:
        return self.classes[:, ROOT]


def counterparts(compiled: CompiledVersion) -> dict[str, tuple[str, ...]]:
    """Indicators of the model with crude and with age-standardised registers; empty where it reads neither."""
    back = {standardised: crude for crude, standardised in PAIRS.items()}
    if not any(code in PAIRS or code in back for code in compiled.indicators):
        return {}
    return {
        STANDARDISED: tuple(PAIRS.get(code, code) for code in compiled.indicators),
        CRUDE: tuple(back.get(code, code) for code in compiled.indicators),
    }


def read_as(
    compiled: CompiledVersion, stored: Mapping[str, dict], inputs: ScoreInputs, indicators: tuple[str, ...]
) -> Reading:
    """Evaluate the model with other indicators. Inputs whose indicator is that of the version keep its thresholds
    (`stored`); of the others, bounds are computed at the same percentiles."""
    names = [compiled.model.attributes[index].name for index in compiled.model.inputs]
    changed = {
        name: specification_of(name, code, _recipe(stored.get(name)))
        for name, code, own in zip(names, indicators, compiled.indicators, strict=True)
        if code != own
    }
    return _reading(compiled, {**stored, **thresholds_from_data(changed, inputs)}, inputs, indicators)


def with_figures(
    compiled: CompiledVersion, stored: Mapping[str, dict], inputs: ScoreInputs, other: Mapping[str, NDArray],
    *, recompute: bool,
) -> Reading:  # fmt: skip
    """Evaluate the model with other figures of some indicators. `recompute`: bounds that are percentiles are computed
    from them, as for a version made at that time; otherwise the version's bounds stay."""
    values = inputs.values.copy()
    for code, figures in other.items():
        values[:, inputs.indicators.index(code)] = figures
    inputs = replace(inputs, values=values)
    limits = dict(stored)
    if recompute:
        limits |= thresholds_from_data(percentiles_of(compiled, stored, other), inputs)
    return _reading(compiled, limits, inputs, compiled.indicators)


def percentiles_of(compiled: CompiledVersion, stored: Mapping[str, dict], codes) -> dict:
    """Inputs that read one of `codes` and whose bounds are percentiles: how they are found."""
    names = [compiled.model.attributes[index].name for index in compiled.model.inputs]
    return {
        name: specification_of(name, code, stored[name])
        for name, code in zip(names, compiled.indicators, strict=True)
        if code in codes and stored.get(name, {}).get("percentiles")
    }


def _recipe(entry: dict | None) -> dict:
    """Fixed bounds of one indicator mean nothing for another: its percentiles are taken instead."""
    return {"percentiles": (entry or {}).get("percentiles") or DEFAULT_PERCENTILES}


def _reading(compiled: CompiledVersion, limits: Mapping[str, dict], inputs: ScoreInputs, indicators) -> Reading:
    model = compiled.model
    names = [model.attributes[index].name for index in model.inputs]
    thresholds = tuple(thresholds_from_json(limits.get(name, {"bounds": None})) for name in names)
    figures = inputs.values[:, [inputs.indicators.index(code) for code in indicators]]
    classes = Draw(model, thresholds, figures).classes()
    found = evaluate_areas(model, classes, areas=len(figures)).classes
    ranked = np.full(found.shape, -1, dtype=np.int16)
    for attribute in model.attributes:
        if attribute.scale is not None and not attribute.scale.continuous:
            column = found[:, attribute.index]
            steps = np.append(urgency_steps(model, attribute.index), -1)
            ranked[:, attribute.index] = steps[column]
    score = urgency_score(model, classes)
    return Reading(
        tuple(indicators), thresholds, {name: limits.get(name, {}) for name in names}, figures, ranked, score
    )
