"""Selective explanation: only what is remarkable, in tree order, as weak and strong points."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from priorities.dex.analyses.preference import NodeValue, is_given
from priorities.dex.model import Attribute, ClassGroup, Model, Scale, ScaleOrder
from priorities.dex.vectorised import Evaluation


@dataclass(frozen=True)
class Points:
    """Attribute indices in pre-order: ``weak`` are in a BAD class, ``strong`` in a GOOD one, whatever is still open."""

    weak: tuple[int, ...]
    strong: tuple[int, ...]


def selective_explanation(model: Model, values: Sequence[NodeValue], *, root: int = 0) -> Points:
    """Return weak and strong points at and below ``root``. ``values``: one per attribute, as ``evaluate`` gives them.

    A value with several classes counts when all of them are in the group. Linked leaves are left out: the attribute
    whose value they copy is listed where it stands.
    """
    weak, strong = [], []
    for index in model.under(root):
        if index in model.links:
            continue
        group = group_of(model.attributes[index], values[index])
        if group is ClassGroup.BAD:
            weak.append(index)
        elif group is ClassGroup.GOOD:
            strong.append(index)
    return Points(tuple(weak), tuple(strong))


def group_of(attribute: Attribute, value: NodeValue) -> ClassGroup:
    """The group that holds every class of ``value``; neutral where there is none."""
    scale = attribute.scale
    if scale is None or not is_given(scale, value):
        return ClassGroup.NEUTRAL
    if scale.continuous:
        return _group_of_number(scale, value)
    groups = {scale.classes[index].group for index, membership in value.items() if membership > 0}
    return groups.pop() if len(groups) == 1 else ClassGroup.NEUTRAL


def _group_of_number(scale: Scale, number: float) -> ClassGroup:
    """LOW and HIGH of a continuous scale: on an ascending one numbers up to LOW are bad, from HIGH good."""
    below, above = ClassGroup.BAD, ClassGroup.GOOD
    if scale.order is ScaleOrder.UNORDERED:
        return ClassGroup.NEUTRAL
    if scale.order is ScaleOrder.DESCENDING:
        below, above = above, below
    if scale.low is not None and number <= scale.low:
        return below
    return above if scale.high is not None and number >= scale.high else ClassGroup.NEUTRAL


def selective_areas(model: Model, evaluation: Evaluation) -> NDArray[np.int8]:
    """Return -1 for weak, 1 for strong and 0 for other nodes, shape (areas, attributes).

    A node counts when every class from ``low`` to ``high`` is in the group. Linked leaves and nodes without a class
    give 0.
    """
    result = np.zeros(evaluation.classes.shape, dtype=np.int8)
    for attribute in model.attributes:
        index, scale = attribute.index, attribute.scale
        if scale is None or scale.continuous or index in model.links:
            continue
        low, high = evaluation.low[:, index], evaluation.high[:, index]
        for group, sign in ((ClassGroup.BAD, -1), (ClassGroup.GOOD, 1)):
            members = np.array([scale_class.group is group for scale_class in scale.classes])
            # Classes of the group up to each index: all of low..high belong when the difference is their number.
            counts = np.concatenate([[0], np.cumsum(members)])
            inside = (low >= 0) & (counts[high.astype(int) + 1] - counts[low] == high - low + 1)
            result[inside, index] = sign
    return result
