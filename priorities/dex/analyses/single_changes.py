"""Every single change of every area at once: what would the result be, were one input in another class?

``published_after`` is the plain reading: change the input, evaluate again. The array path asks the tables downwards
instead: at every node it keeps what the root would be for each class of that node while everything beside the path
stays, so that an area costs one pass over the tree however many inputs it has. Where inputs are missing, the same pass
is made with probabilities, once per distinct pattern of inputs. Linked models, continuous inputs, undefined rules and
rules whose shares do not sum to 1 are evaluated change by change.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from priorities.dex.analyses.patterns import distinct_rows
from priorities.dex.analyses.rule_arrays import classes_of_crisp_rules, rule_shares, strides_of
from priorities.dex.evaluate import TIE, InputValue, publish
from priorities.dex.model import Attribute, Model, ScaleOrder, Table
from priorities.dex.thresholds import MISSING
from priorities.dex.vectorised import Evaluation, evaluate_areas

# Patterns with gaps are worked on in blocks, so that memory stays bounded by the block.
BLOCK = 4_096


@dataclass(frozen=True)
class SingleChange:
    """Input ``attribute`` moved to ``to`` turns the published class of the root into ``becomes``."""

    attribute: int
    to: int
    becomes: int
    distance: int


@dataclass(frozen=True)
class Outcomes:
    """``by_input[i][area, v]``: published class of the root (int8) were discrete input i in class v, everything else
    as it is; for a missing input, were it known to be v. ``current[i]``: the class of input i, -1 missing."""

    areas: int
    published: NDArray[np.int8]
    current: Mapping[int, NDArray]
    by_input: Mapping[int, NDArray[np.int8]]


@dataclass(frozen=True)
class SmallestChanges:
    """Per area and input (columns as ``model.inputs``), int8, -1 where there is none: the nearest class of the input
    with which the root becomes less urgent (``fall_to``) or more urgent (``rise_to``), and what it becomes."""

    fall_to: NDArray[np.int8]
    fall_class: NDArray[np.int8]
    rise_to: NDArray[np.int8]
    rise_class: NDArray[np.int8]


def published_after(model: Model, option: Mapping[int, InputValue], *, root: int = 0) -> dict[int, dict[int, int]]:
    """The plain path: input -> class -> published class of ``root`` with this input in this class."""
    return {
        index: {
            target: publish(model, {**option, index: target})[root].index
            for target in range(model.attributes[index].size)
        }
        for index in model.inputs
        if _is_discrete(model.attributes[index])
    }


def smallest_single_changes(
    model: Model, option: Mapping[int, InputValue], *, root: int = 0
) -> tuple[list[SingleChange], list[SingleChange]]:
    """Return (changes to a less urgent class, changes to a more urgent one), at most one of each per input.

    Of several classes of an input the nearest counts; of two equally near ones the better input for a less urgent
    result, the worse one for a more urgent. On an unordered scale every other class is one step away. A missing input
    cannot change. The plain path.
    """
    published = publish(model, option)[root].index
    urgency = model.attributes[root].scale.by_urgency.index
    falls, rises = [], []
    for index, outcomes in published_after(model, option, root=root).items():
        current = option.get(index)
        if current is None:
            continue
        attribute = model.attributes[index]
        for found, sign in ((falls, -1), (rises, 1)):
            candidates = [
                (*_preference(attribute, current, target, sign), target)
                for target, becomes in outcomes.items()
                if (urgency(becomes) - urgency(published)) * sign > 0
            ]
            if candidates:
                distance, _, target = min(candidates)
                found.append(SingleChange(index, target, outcomes[target], distance))
    return falls, rises


def _preference(attribute: Attribute, current: int, target: int, sign: int) -> tuple[int, int]:
    """(distance, order among equals): the smaller pair is taken."""
    if attribute.scale.order is ScaleOrder.UNORDERED:
        return int(current != target), target
    return abs(current - target), attribute.scale.by_urgency.index(target) * -sign


def outcomes_of_single_changes(
    model: Model, inputs: Mapping[int, NDArray], *, root: int = 0, areas: int | None = None,
    evaluation: Evaluation | None = None,
) -> Outcomes:  # fmt: skip
    """Return what every single change would lead to. ``inputs`` as for ``evaluate_areas``; ``evaluation``: its result,
    where it is at hand already."""
    evaluation = evaluation or evaluate_areas(model, inputs, areas=areas)
    count = len(evaluation.classes)
    discrete = [index for index in model.inputs if _is_discrete(model.attributes[index])]
    absent = np.full(count, MISSING, dtype=np.int32)
    current = {i: np.asarray(inputs[i], dtype=np.int32) if i in inputs else absent for i in discrete}
    by_input = {index: np.empty((count, model.attributes[index].size), dtype=np.int8) for index in discrete}
    codes = np.stack([current[index] for index in discrete], axis=1) if discrete else np.zeros((count, 0), np.int32)
    if not _is_linear(model, discrete):
        _one_by_one(model, inputs, root, count, by_input)
    else:
        known = (codes != MISSING).all(axis=1) & model.is_crisp
        if known.any():
            _put(by_input, known, _downwards(model, evaluation.rules[known], codes[known], root))
        gaps = np.flatnonzero(~known)
        if len(gaps):
            patterns, inverse = distinct_rows(codes[gaps], [model.attributes[index].size for index in discrete])
            blocks = [
                _downwards_by_chance(model, patterns[start : start + BLOCK], root)
                for start in range(0, len(patterns), BLOCK)
            ]
            distinct = {index: np.concatenate([block[index] for block in blocks]) for index in discrete}
            _put(by_input, gaps, {index: column[inverse] for index, column in distinct.items()})
    return Outcomes(count, evaluation.classes[:, root], current, by_input)


def smallest_changes_of_areas(model: Model, outcomes: Outcomes, *, root: int = 0) -> SmallestChanges:
    """Return the smallest single changes of all areas, for storage: the array path of ``smallest_single_changes``."""
    shape = (outcomes.areas, len(model.inputs))
    fall_to, fall_class, rise_to, rise_class = (np.full(shape, MISSING, dtype=np.int8) for _ in range(4))
    steps = urgency_steps(model, root)
    published = steps[outcomes.published]
    for column, index in enumerate(model.inputs):
        if index not in outcomes.by_input:
            continue
        becomes = outcomes.by_input[index]
        difference = steps[becomes] - published[:, None]
        for sign, to, new_class in ((-1, fall_to, fall_class), (1, rise_to, rise_class)):
            costs = _costs(model.attributes[index], sign)[outcomes.current[index]]
            costs = np.where(difference * sign > 0, costs, np.iinfo(np.int32).max)
            target = costs.argmin(axis=1)
            rows = np.flatnonzero((costs.min(axis=1) < np.iinfo(np.int32).max) & (outcomes.current[index] != MISSING))
            to[rows, column] = target[rows]
            new_class[rows, column] = becomes[rows, target[rows]]
    return SmallestChanges(fall_to, fall_class, rise_to, rise_class)


def urgency_steps(model: Model, root: int) -> NDArray[np.int8]:
    """Class index -> position from the least to the most urgent."""
    steps = np.empty(model.attributes[root].size, dtype=np.int8)
    steps[list(model.attributes[root].scale.by_urgency)] = np.arange(len(steps))
    return steps


def _costs(attribute: Attribute, sign: int) -> NDArray[np.int32]:
    """Shape (classes now, classes then): what is smallest is taken first. Its last row also serves -1, unused."""
    size = attribute.size
    pairs = [[_preference(attribute, current, target, sign) for target in range(size)] for current in range(size)]
    order = 2 * size + 1
    return np.array([[distance * order + rank + size for distance, rank in row] for row in pairs], dtype=np.int32)


def _is_discrete(attribute: Attribute) -> bool:
    return attribute.scale is not None and not attribute.scale.continuous


def _is_linear(model: Model, discrete: list[int]) -> bool:
    """True when the chances of a node are sums over the chances of each argument, all the way to the root."""
    if model.links or len(discrete) != len(model.inputs):
        return False
    for index in model.aggregates:
        function = model.attributes[index].function
        if not isinstance(function, Table) or model.attributes[index].scale is None:
            return False
        if not function.is_crisp and not np.allclose(
            rule_shares(function, model.attributes[index].size).sum(axis=1), 1
        ):
            return False
    return True


def _put(target: dict[int, NDArray], rows: NDArray, source: Mapping[int, NDArray]) -> None:
    for index, column in source.items():
        target[index][rows] = column


def _one_by_one(model: Model, inputs: Mapping[int, NDArray], root: int, count: int, by_input: dict) -> None:
    for index, column in by_input.items():
        for target in range(column.shape[1]):
            changed = {**inputs, index: np.full(count, target)}
            column[:, target] = evaluate_areas(model, changed, areas=count).classes[:, root]


def _downwards(model: Model, rules: NDArray[np.int32], codes: NDArray[np.int32], root: int) -> dict[int, NDArray]:
    """All inputs are known: look up the table of every node with each class of each argument."""
    count = len(rules)
    columns = {index: codes[:, k] for k, index in enumerate(model.inputs)}
    size = model.attributes[root].size
    becomes = {root: np.broadcast_to(np.arange(size, dtype=np.int8), (count, size))}
    rows = np.arange(count)
    under = set(model.under(root))
    for index in model.under(root):
        attribute = model.attributes[index]
        if attribute.is_leaf:
            continue
        table = classes_of_crisp_rules(attribute.function)
        strides = strides_of([model.attributes[child].size for child in attribute.children])
        for child, stride in zip(attribute.children, strides, strict=True):
            child_size = model.attributes[child].size
            base = rules[:, index] - (rules[:, index] // stride % child_size) * stride
            becomes[child] = np.empty((count, child_size), dtype=np.int8)
            for target in range(child_size):
                becomes[child][:, target] = becomes[index][rows, table[base + target * stride]]
    top = becomes[root][rows, _class_of(model, root, rules, columns)]
    return {index: becomes[index] if index in under else np.repeat(top[:, None], model.attributes[index].size, axis=1)
            for index in model.inputs}  # fmt: skip


def _class_of(model: Model, root: int, rules: NDArray, columns: Mapping[int, NDArray]) -> NDArray:
    attribute = model.attributes[root]
    return columns[root] if attribute.is_leaf else classes_of_crisp_rules(attribute.function)[rules[:, root]]


def _downwards_by_chance(model: Model, codes: NDArray[np.int32], root: int) -> dict[int, NDArray]:
    """Some inputs are missing: the same with the chances of every class, and the most probable class at the end."""
    count = len(codes)
    chances = _chances(model, codes)
    size = model.attributes[root].size
    leads = {root: np.broadcast_to(np.eye(size), (count, size, size))}
    under = set(model.under(root))
    for index in model.under(root):
        attribute = model.attributes[index]
        if attribute.is_leaf:
            continue
        shares = rule_shares(attribute.function, attribute.size)
        sizes = [model.attributes[child].size for child in attribute.children]
        by_rule = (shares @ leads[index]).reshape(count, *sizes, size)
        for position, child in enumerate(attribute.children):
            leads[child] = _without(by_rule, [chances[other] for other in attribute.children], position)
    scale = model.attributes[root].scale
    top = _most_probable(scale.by_urgency, chances[root])
    return {
        index: _most_probable(scale.by_urgency, leads[index]) if index in under
        else np.repeat(top[:, None], model.attributes[index].size, axis=1)
        for index in model.inputs
    }  # fmt: skip


def _chances(model: Model, codes: NDArray[np.int32]) -> dict[int, NDArray[np.float64]]:
    chances: dict[int, NDArray] = {}
    columns = {index: codes[:, k] for k, index in enumerate(model.inputs)}
    for index in model.order:
        attribute = model.attributes[index]
        if attribute.is_leaf:
            support = (columns[index][:, None] == np.arange(attribute.size)) | (columns[index] == MISSING)[:, None]
            chances[index] = support / support.sum(axis=1, keepdims=True)
            continue
        joint = np.ones((len(codes), 1))
        for child in attribute.children:
            joint = (joint[:, :, None] * chances[child][:, None, :]).reshape(len(codes), -1)
        chances[index] = joint @ rule_shares(attribute.function, attribute.size)
    return chances


def _without(by_rule: NDArray, arguments: list[NDArray], position: int) -> NDArray:
    """Average over all arguments but one. Shapes: (areas, *sizes, root) -> (areas, size of that one, root)."""
    result = by_rule
    for other in reversed(range(len(arguments))):
        if other != position:
            weights = arguments[other].reshape(len(by_rule), *(1,) * other, -1, *(1,) * (result.ndim - other - 2))
            result = (result * weights).sum(axis=other + 1)
    return result


def _most_probable(by_urgency: tuple[int, ...], chances: NDArray) -> NDArray[np.int8]:
    """The class with the largest chance along the last axis; of equals (within 1e-9) the most urgent."""
    ranked = chances[..., list(by_urgency)]
    candidates = ranked >= ranked.max(axis=-1, keepdims=True) - TIE
    last = candidates.shape[-1] - 1 - candidates[..., ::-1].argmax(axis=-1)
    return np.array(by_urgency, dtype=np.int8)[last]
