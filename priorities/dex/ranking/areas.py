"""Ranking of areas inside their published classes, and one figure to sort by."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from priorities.dex.arrays.columns import Columns
from priorities.dex.model import Discretisation, Model, ScaleOrder
from priorities.dex.ranking.arrays import offsets
from priorities.dex.thresholds import Thresholds
from priorities.dex.vectorised import Evaluation


def offsets_of_areas(
    model: Model,
    evaluation: Evaluation,
    *,
    method: str = "qq1",
    positions: Mapping[int, NDArray[np.float64]] | None = None,
) -> NDArray[np.float64]:
    """Return the offset of the published class of every node, shape (areas, attributes) like the evaluation's arrays.

    NaN where a node has no class, and where the published class is none of those that remain possible. While several
    classes of an input remain possible, the offset is the average over the combinations that lead to the published
    class, as in ``offsets``. ``positions`` as there: where areas lie inside the classes of their inputs.
    """
    given = [index for index in range(len(model.attributes)) if _comes_from_outside(model, index)]
    columns = {index: _possible(model, evaluation, index) for index in given}
    ranked = offsets(
        model, Columns.of_arrays(model, columns, count=len(evaluation.classes)), method=method, expand=True,
        positions=positions,
    )  # fmt: skip
    result = np.full(evaluation.classes.shape[::-1], np.nan).T
    for index, node in ranked.nodes.items():
        result[:, index] = node.at(evaluation.classes[:, index])
    return result


def _comes_from_outside(model: Model, index: int) -> bool:
    """Inputs with classes, and attributes whose classes come from numbers: their evaluation is where ranking begins."""
    attribute = model.attributes[index]
    if attribute.scale is None or attribute.scale.continuous or index in model.links:
        return False
    return attribute.is_leaf or isinstance(attribute.function, Discretisation)


def _possible(model: Model, evaluation: Evaluation, index: int) -> NDArray:
    """Classes of an attribute where all areas are certain, otherwise memberships of the classes that are possible."""
    low, high = evaluation.low[:, index], evaluation.high[:, index]
    if (low == high).all():
        return evaluation.classes[:, index]
    classes = np.arange(model.attributes[index].size)
    return ((low[:, None] <= classes) & (classes <= high[:, None])).astype(np.float64)


def positions_of_numbers(model: Model, numbers: Mapping[int, NDArray[np.float64]]) -> dict[int, NDArray[np.float64]]:
    """Return positions for ``offsets`` from the numbers of continuous inputs (attribute index -> numbers, NaN missing):
    where they lie between the bounds of the attribute that discretises them (``Thresholds.positions``).

    An attribute whose intervals are not its classes in order has no place inside a class, and is left out.
    """
    result = {}
    for attribute in model.attributes:
        if not isinstance(attribute.function, Discretisation):
            continue
        source = model.links.get(attribute.children[0], attribute.children[0])
        if source in numbers and (limits := _cut(attribute.function)) is not None:
            result[attribute.index] = limits.positions(numbers[source])
    return result


def _cut(function: Discretisation) -> Thresholds | None:
    try:
        return Thresholds.of_discretisation(function)
    except ValueError:
        return None


def urgency(
    model: Model, evaluation: Evaluation, ranking: NDArray[np.float64], *, method: str = "qq1", root: int = 0
) -> NDArray[np.float64]:
    """Return one figure per area to sort by, larger is more urgent: steps of urgency of the class, plus the offset
    turned towards urgency. ``ranking`` comes from ``offsets_of_areas``; NaN where it is NaN.

    Offsets of QQ1 point along class indices, so they turn round on an ascending scale, where the last class is the
    best; those of QQ2 point towards preference, which is always away from urgency.
    """
    scale = model.attributes[root].scale
    steps = np.empty(scale.size)
    steps[list(scale.by_urgency)] = np.arange(scale.size)
    towards = 1.0 if method == "qq1" and scale.order is not ScaleOrder.ASCENDING else -1.0
    return steps[evaluation.classes[:, root]] + towards * ranking[:, root]
