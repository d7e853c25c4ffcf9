"""What still stands in the way of a version: shown while it is edited, asked again before it is published."""

import numpy as np

from lsoa.models import Indicator
from priorities.dex.dxi import read_dxi
from priorities.dex.model import Model, ModelError, Table
from priorities.model_versions import ROOT, compile_version
from priorities.models import ModelVersion, PriorityClass
from priorities.rule_conflicts import unaccepted
from priorities.score_inputs import read_inputs
from priorities.wording import ATTRIBUTE_LABELS


def standing_problems(version: ModelVersion) -> tuple[tuple[str, str], ...]:
    """Return pairs (field, message) of everything that must be put right before others can rely on the version."""
    try:
        model = read_dxi(version.definition)
    except ModelError as fault:
        return (("definition", f"The model cannot be read. {fault}"),)
    problems = [*_of_tables(version, model), *_of_inputs(version, model)]
    if not version.minutes:
        problems.append(("minutes", "No visit minutes are set."))
    if not problems:
        try:
            compile_version(version)
        except (ModelError, ValueError) as fault:
            problems.append(("definition", f"The parts of the version do not fit each other. {fault}"))
    return tuple(problems)


def _of_tables(version: ModelVersion, model: Model) -> list[tuple[str, str]]:
    problems = []
    size = model.attributes[ROOT].size
    if size != len(PriorityClass):
        problems.append(("definition", f"A priority has {len(PriorityClass)} classes; the root has {size}."))
    for attribute in model.attributes:
        function, label = attribute.function, _label(attribute.name)
        if isinstance(function, Table):
            undefined = sum(rule.is_undefined for rule in function.rules)
            if undefined:
                rules = f"{undefined} of {len(function.rules)} rules are not defined"
                problems.append(("definition", f"{label}: {rules}, so some areas would have no priority."))
        elif function is None and not attribute.is_leaf:
            problems.append(("definition", f"{label} has parts below it but no table that joins them."))
    for conflict in unaccepted(model, version.accepted_conflicts).values():
        if conflict.is_too_contradictory:
            text = "so many rules contradict each other that nobody could judge them."
        else:
            text = f"rules contradict each other and nobody has accepted that. {conflict.sentences[0]}"
        problems.append(("accepted_conflicts", f"{conflict.label}: {text}"))
    return problems


def _of_inputs(version: ModelVersion, model: Model) -> list[tuple[str, str]]:
    names = [model.attributes[index].name for index in model.inputs]
    problems = [("inputs", f"{_label(name)} has no indicator.") for name in names if name not in version.inputs]
    without = [name for name in names if (version.thresholds.get(name) or {}).get("bounds") is None]
    if not version.thresholds:
        return [*problems, ("thresholds", "It has no thresholds yet.")]
    codes = sorted({version.inputs[name] for name in without if name in version.inputs})
    if not codes:
        return problems
    # Without any figure an input stays open, and that is said on every page; with figures, forgetting it is a mistake.
    loaded = read_inputs(codes)
    for name in without:
        code = version.inputs.get(name)
        if code is not None and not np.isnan(loaded.values[:, codes.index(code)]).all():
            indicator = Indicator.objects.filter(code=code).first() or code
            problems.append(("thresholds", f"{_label(name)} has no thresholds, though {indicator} is loaded."))
    return problems


def _label(name: str) -> str:
    return ATTRIBUTE_LABELS.get(name, name)
