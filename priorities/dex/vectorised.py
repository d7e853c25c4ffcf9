"""What is published for many areas, equal to ``evaluate.publish`` by property tests.

Probabilities give the published class, sets the classes that remain possible; both come from ``priorities.dex.arrays``
with everything that is not known expanded. Areas whose arguments are equal are computed once.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from priorities.dex.arrays import Columns, Node, Results, evaluate_columns
from priorities.dex.arrays.contraction import CompiledTable, compile_model
from priorities.dex.arrays.positions import positions
from priorities.dex.evaluate import TIE
from priorities.dex.model import Attribute, Model
from priorities.dex.thresholds import MISSING


@dataclass(frozen=True)
class Evaluation:
    """Results of ``evaluate_areas``; every array has shape (areas, attributes), attributes in pre-order, and one
    attribute's figures stand side by side in memory.

    classes      int8 (int16 in models with scales above 127 classes), the published class; -1 where there is none
                 (undefined, or no discrete scale)
    low, high    as classes, the lowest and highest class index that remain possible; equal where the class is certain
    rules        int32, index of the rule that fired; -1 where it is not determined, and for inputs
    probability  float64, probability of the published class, 1 where it is certain
    """

    classes: NDArray[np.signedinteger]
    low: NDArray[np.signedinteger]
    high: NDArray[np.signedinteger]
    rules: NDArray[np.int32]
    probability: NDArray[np.float64]

    @property
    def provisional(self) -> NDArray[np.bool_]:
        """Shape (areas, attributes): more than one class remains possible."""
        return self.low < self.high


def evaluate_areas(model: Model, inputs: Mapping[int, NDArray], *, areas: int | None = None) -> Evaluation:
    """Evaluate all areas. ``inputs``: attribute index -> class per area (int, -1 missing), memberships (areas, classes)
    with NaN for missing, or numbers with NaN for missing where the scale is continuous; inputs that are not named are
    missing everywhere.

    Raises ValueError when arrays differ in length or a class lies outside its scale.
    """
    columns = Columns.of_arrays(model, inputs, count=areas)
    probable = evaluate_columns(model, columns, method="prob", expand=True)
    # Where every value is one class there is nothing else that is possible.
    certain = all(node is None or node.is_crisp for node in probable.nodes)
    possible = probable if certain else evaluate_columns(model, columns, method="set", expand=True)
    result = _empty(columns.count, len(model.attributes), max(attribute.size for attribute in model.attributes))
    functions = compile_model(model)
    for attribute in model.attributes:
        if attribute.scale is None or attribute.scale.continuous:
            continue
        _publish(result, attribute, probable.nodes[attribute.index], possible.nodes[attribute.index])
        function = functions.get(attribute.index)
        if isinstance(function, CompiledTable) and attribute.index not in columns.columns:
            result.rules[:, attribute.index] = _fired_rules(model, attribute, function, possible)
    return result


def _empty(areas: int, attributes: int, largest: int) -> Evaluation:
    kind = np.int8 if largest < 128 else np.int16
    classes, low, high = (np.full((attributes, areas), MISSING, dtype=kind).T for _ in range(3))
    rules = np.full((attributes, areas), MISSING, dtype=np.int32).T
    return Evaluation(classes, low, high, rules, np.zeros((attributes, areas)).T)


def _publish(result: Evaluation, attribute: Attribute, chances: Node, support: Node) -> None:
    index = attribute.index
    if chances.is_crisp:
        for array in (result.classes, result.low, result.high):
            array[:, index] = chances.codes
        result.probability[:, index] = 1.0
        return
    by_urgency = np.array(attribute.scale.by_urgency)
    ranked = chances.values[by_urgency]
    candidates = ranked >= ranked.max(axis=0) - TIE
    chosen = by_urgency[len(by_urgency) - 1 - candidates[::-1].argmax(axis=0)]
    result.classes[:, index] = chances.spread(chosen)
    result.probability[:, index] = chances.spread(chances.values[chosen, np.arange(chances.distinct)])
    reached = support.values > 0
    result.low[:, index] = support.spread(reached.argmax(axis=0))
    result.high[:, index] = support.spread(len(reached) - 1 - reached[::-1].argmax(axis=0))


def _fired_rules(model: Model, attribute: Attribute, function: CompiledTable, possible: Results) -> NDArray:
    """Return the rule of every area; MISSING where more than one could have fired."""
    codes, sizes, undetermined = [], [], np.zeros(possible.count, dtype=bool)
    for child, size in zip(attribute.children, function.sizes, strict=True):
        node = possible.nodes[child]
        if node is None:
            continue
        sizes.append(size)
        if node.is_crisp:
            codes.append(node.codes)
            continue
        reached = node.values > 0
        codes.append(node.spread(reached.argmax(axis=0)))
        undetermined |= node.spread(reached.sum(axis=0) != 1)
    position = positions(codes, sizes, possible.count)
    return np.where(undetermined, MISSING, position.astype(np.int32)) if undetermined.any() else position
