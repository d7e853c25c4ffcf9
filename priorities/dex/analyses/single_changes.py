"""Every single change of every area at once: what would the result be, were one input in another class?

``published_after`` is the plain reading: change the input, evaluate again. The array path asks the tables downwards
instead: at every node it keeps the chances of the root's classes for each class of that node while everything beside
the path stays, so that all changes cost one pass over the tree, and few distinct combinations per node. Linked models,
continuous inputs, undefined rules and rules whose shares do not sum to 1 are evaluated change by change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from priorities.dex.analyses.patterns import Pool, combine
from priorities.dex.analyses.rule_arrays import rule_shares
from priorities.dex.evaluate import TIE, InputValue, publish
from priorities.dex.model import Attribute, Model, ScaleOrder, Table
from priorities.dex.thresholds import MISSING
from priorities.dex.vectorised import Evaluation, evaluate_areas


@dataclass(frozen=True)
class SingleChange:
    """Input ``attribute`` moved to ``to`` turns the published class of the root into ``becomes``."""

    attribute: int
    to: int
    becomes: int
    distance: int


@dataclass(frozen=True)
class Outcomes:
    """``by_input[i][area, v]``: published class of the root (int16) were discrete input i in class v, everything else
    as it is; for a missing input, were it known to be v. ``current[i]``: the class of input i, -1 missing."""

    areas: int
    published: NDArray[np.int16]
    current: Mapping[int, NDArray]
    by_input: Mapping[int, NDArray[np.int16]]


@dataclass(frozen=True)
class SmallestChanges:
    """Per area and input (columns as ``model.inputs``), int16, -1 where there is none: the nearest class of the input
    with which the root becomes less urgent (``fall_to``) or more urgent (``rise_to``), and what it becomes."""

    fall_to: NDArray[np.int16]
    fall_class: NDArray[np.int16]
    rise_to: NDArray[np.int16]
    rise_class: NDArray[np.int16]


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
    # What is given as memberships has no one class to move from.
    discrete = [
        index for index in model.inputs if _is_discrete(model.attributes[index]) and np.ndim(inputs.get(index, 0)) < 2
    ]
    absent = np.full(count, MISSING, dtype=np.int32)
    current = {i: np.asarray(inputs[i], dtype=np.int32) if i in inputs else absent for i in discrete}
    if _is_linear(model, discrete):
        by_input = _downwards(model, current, count, root)
    else:
        by_input = _one_by_one(model, inputs, discrete, root, count)
    return Outcomes(count, evaluation.classes[:, root], current, by_input)


def smallest_changes_of_areas(model: Model, outcomes: Outcomes, *, root: int = 0) -> SmallestChanges:
    """Return the smallest single changes of all areas, for storage: the array path of ``smallest_single_changes``."""
    shape = (outcomes.areas, len(model.inputs))
    fall_to, fall_class, rise_to, rise_class = (np.full(shape, MISSING, dtype=np.int16) for _ in range(4))
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


def urgency_steps(model: Model, root: int) -> NDArray[np.int16]:
    """Class index -> position from the least to the most urgent."""
    steps = np.empty(model.attributes[root].size, dtype=np.int16)
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


def _one_by_one(
    model: Model, inputs: Mapping[int, NDArray], discrete: list[int], root: int, count: int
) -> dict[int, NDArray]:
    return {
        index: np.stack(
            [
                evaluate_areas(model, {**inputs, index: np.full(count, target)}, areas=count).classes[:, root]
                for target in range(model.attributes[index].size)
            ],
            axis=1,
        )
        for index in discrete
    }


def _downwards(model: Model, current: Mapping[int, NDArray], count: int, root: int) -> dict[int, NDArray]:
    """For every node, from the root downwards: the chances of the root's classes for each class of the node."""
    chances = _chances(model, current, count)
    size = model.attributes[root].size
    leads = {root: Pool.same(np.eye(size), count)}
    for index in model.under(root):
        attribute = model.attributes[index]
        if attribute.is_leaf:
            continue
        shares = rule_shares(attribute.function, attribute.size)
        sizes = [model.attributes[child].size for child in attribute.children]
        for position, child in enumerate(attribute.children):
            others = [chances[other] for other in attribute.children if other != child]
            work = partial(_lead, shares, sizes, position)
            leads[child] = combine([leads[index], *others], work, numbers=len(shares) * size)
    by_urgency = model.attributes[root].scale.by_urgency
    top = _most_probable(by_urgency, chances[root].values)[chances[root].ids]
    return {
        index: _most_probable(by_urgency, leads[index].values)[leads[index].ids] if index in leads
        else np.repeat(top[:, None], model.attributes[index].size, axis=1)
        for index in current
    }  # fmt: skip


def _chances(model: Model, current: Mapping[int, NDArray], count: int) -> dict[int, Pool]:
    """Chances of the classes of every node; a missing input has every class with the same chance."""
    chances: dict[int, Pool] = {}
    for index in model.order:
        attribute = model.attributes[index]
        if attribute.is_leaf:
            values = np.concatenate([np.full((1, attribute.size), 1 / attribute.size), np.eye(attribute.size)])
            chances[index] = Pool((current[index] + 1).astype(np.intp), values)
            continue
        shares = rule_shares(attribute.function, attribute.size)
        arguments = [chances[child] for child in attribute.children]
        chances[index] = combine(arguments, partial(_contract, shares), numbers=len(shares))
    return chances


def _contract(shares: NDArray, *arguments: NDArray) -> NDArray:
    joint = np.ones((len(arguments[0]), 1))
    for argument in arguments:
        joint = (joint[:, :, None] * argument[:, None, :]).reshape(len(joint), -1)
    return joint @ shares


def _lead(shares: NDArray, sizes: list[int], position: int, leads: NDArray, *others: NDArray) -> NDArray:
    """Average over all arguments but the one at ``position``: (rows, classes of the node, classes of the root) becomes
    (rows, classes of the argument, classes of the root)."""
    count, size = len(leads), leads.shape[-1]
    result = (shares @ leads).reshape(count, *sizes, size)
    for place in reversed(range(len(sizes))):
        if place == position:
            continue
        weights = others[place - (place > position)]
        result = (result * weights.reshape(count, *(1,) * place, -1, *(1,) * (result.ndim - place - 2))).sum(place + 1)
    return result


def _most_probable(by_urgency: tuple[int, ...], chances: NDArray) -> NDArray[np.int16]:
    """The class with the largest chance along the last axis; of equals (within 1e-9) the most urgent."""
    ranked = chances[..., list(by_urgency)]
    candidates = ranked >= ranked.max(axis=-1, keepdims=True) - TIE
    last = candidates.shape[-1] - 1 - candidates[..., ::-1].argmax(axis=-1)
    return np.array(by_urgency, dtype=np.int16)[last]
