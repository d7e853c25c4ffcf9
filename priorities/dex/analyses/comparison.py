"""Comparison of two options, node by node."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from priorities.dex.analyses.preference import NodeValue, Relation, relation
from priorities.dex.model import Model, ScaleOrder
from priorities.dex.vectorised import Evaluation

_AT_LEAST = {Relation.BETTER, Relation.EQUAL, Relation.AT_LEAST}
_AT_MOST = {Relation.WORSE, Relation.EQUAL, Relation.AT_MOST}
# Codes of the array path.
CODES = {
    Relation.WORSE: -2,
    Relation.AT_MOST: -1,
    Relation.EQUAL: 0,
    Relation.AT_LEAST: 1,
    Relation.BETTER: 2,
    Relation.INCOMPARABLE: 9,
}


def compare(
    model: Model, first: Sequence[NodeValue], second: Sequence[NodeValue], *, deep: bool = True
) -> tuple[Relation, ...]:
    """Return how the first option stands to the second at every attribute, in pre-order.

    ``first`` and ``second``: one value per attribute, as ``evaluate`` gives them. With ``deep``, an aggregate that is
    equal while all its arguments are at least as good and one is better becomes AT_LEAST (or AT_MOST): the option is
    ahead, only not far enough to show in the class.
    """
    result = [Relation.INCOMPARABLE] * len(model.attributes)
    for index in model.order:
        attribute = model.attributes[index]
        result[index] = relation(attribute.scale, first[index], second[index])
        if deep and index in model.links:
            result[index] = result[model.links[index]]
        elif deep and attribute.children and result[index] is Relation.EQUAL:
            result[index] = _below([result[child] for child in attribute.children])
    return tuple(result)


def _below(arguments: list[Relation]) -> Relation:
    found = set(arguments)
    if found <= {Relation.EQUAL}:
        return Relation.EQUAL
    if found <= _AT_LEAST:
        return Relation.AT_LEAST
    return Relation.AT_MOST if found <= _AT_MOST else Relation.EQUAL


def compare_areas(
    model: Model, evaluation: Evaluation, first: NDArray, second: NDArray, *, deep: bool = True
) -> NDArray[np.int8]:
    """Compare pairs of areas: rows ``first`` with rows ``second`` of ``evaluation`` (a single row is repeated).

    Returns codes (``CODES``), shape (pairs, attributes). What remains possible of a node is compared by its ends.
    """
    first, second = np.broadcast_arrays(np.asarray(first).reshape(-1), np.asarray(second).reshape(-1))
    result = np.full((len(first), len(model.attributes)), CODES[Relation.INCOMPARABLE], dtype=np.int8)
    for index in model.order:
        attribute = model.attributes[index]
        if index in model.links and deep:
            result[:, index] = result[:, model.links[index]]
            continue
        if attribute.scale is None or attribute.scale.continuous:
            continue
        ends = [(evaluation.low[rows, index], evaluation.high[rows, index]) for rows in (first, second)]
        result[:, index] = _ends_codes(ends, attribute.scale.order)
        if deep and attribute.children:
            equal = result[:, index] == CODES[Relation.EQUAL]
            result[equal, index] = _below_codes(result[equal][:, list(attribute.children)])
    return result


def _ends_codes(ends: list[tuple[NDArray, NDArray]], order: ScaleOrder) -> NDArray[np.int8]:
    (low, high), (other_low, other_high) = ends
    codes = np.full(len(low), CODES[Relation.INCOMPARABLE], dtype=np.int8)
    above, below = (low > other_low) | (high > other_high), (low < other_low) | (high < other_high)
    if order is not ScaleOrder.UNORDERED:
        rising, falling = CODES[Relation.BETTER], CODES[Relation.WORSE]
        if order is ScaleOrder.DESCENDING:
            rising, falling = falling, rising
        codes[above & ~below], codes[below & ~above] = rising, falling
    codes[~above & ~below] = CODES[Relation.EQUAL]
    codes[(low < 0) | (other_low < 0)] = CODES[Relation.INCOMPARABLE]
    return codes


def _below_codes(arguments: NDArray[np.int8]) -> NDArray[np.int8]:
    known = arguments != CODES[Relation.INCOMPARABLE]
    at_least = ((arguments >= 0) & known).all(axis=1)
    at_most = ((arguments <= 0) & known).all(axis=1)
    different = (arguments != 0).any(axis=1)
    return np.where(different & at_least, 1, np.where(different & at_most, -1, 0)).astype(np.int8)
