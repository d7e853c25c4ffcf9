"""Evaluation over arrays of areas, equal to the plain evaluation (``evaluate.publish``) by property tests.

Where every input of an area is known, a node is one look-up in its table. Where inputs are missing, the product of
the arguments' distributions (rule order, first argument slowest) is contracted with a rules x classes matrix: with
probabilities for the published class, with booleans for the classes that remain possible. Areas with the same inputs
are evaluated once.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from priorities.dex.evaluate import TIE
from priorities.dex.model import Attribute, Discretisation, Model, Table
from priorities.dex.thresholds import MISSING
from priorities.dex.values import Value, ValueKind

# Distributions of distinct input patterns are evaluated in blocks, so that memory stays bounded by the block.
BLOCK = 8_192


@dataclass(frozen=True)
class Evaluation:
    """Results of ``evaluate_areas``; every array has shape (areas, attributes), attributes in pre-order.

    classes      int8, the published class; -1 where there is none (undefined, or no discrete scale)
    low, high    int8, the lowest and highest class index that remain possible; equal where the class is certain
    rules        int32, index of the rule that fired; -1 where it is not determined, and for inputs
    probability  float64, probability of the published class, 1 where it is certain
    """

    classes: NDArray[np.int8]
    low: NDArray[np.int8]
    high: NDArray[np.int8]
    rules: NDArray[np.int32]
    probability: NDArray[np.float64]

    @property
    def provisional(self) -> NDArray[np.bool_]:
        """Shape (areas, attributes): more than one class remains possible."""
        return self.low < self.high


def evaluate_areas(model: Model, inputs: Mapping[int, NDArray], *, areas: int | None = None) -> Evaluation:
    """Evaluate all areas. ``inputs``: attribute index -> class per area (int, -1 missing), or numbers with NaN for
    missing where the scale is continuous; inputs that are not named are missing everywhere.

    Raises ValueError when arrays differ in length or a class lies outside its scale.
    """
    count = _area_count(inputs, areas)
    numbers: dict[int, NDArray[np.float64]] = {}
    columns = [_input_column(model.attributes[index], inputs.get(index), count, numbers) for index in model.inputs]
    codes = np.stack(columns, axis=1) if columns else np.zeros((count, 0), dtype=np.int32)
    result = _empty(count, len(model.attributes))
    known = (codes != MISSING).all(axis=1) & model.is_crisp
    if known.any():
        _fill(result, known, _look_up(model, codes[known]))
    rest = ~known
    if rest.any():
        patterns, inverse = np.unique(codes[rest], axis=0, return_inverse=True)
        distinct = _in_blocks(model, patterns, numbers)
        _fill(result, rest, _take(distinct, inverse.reshape(-1)))
    return result


def _area_count(inputs: Mapping[int, NDArray], areas: int | None) -> int:
    lengths = {len(column) for column in inputs.values()} | ({areas} if areas is not None else set())
    if len(lengths) != 1:
        raise ValueError(f"inputs of one length are needed; found lengths {sorted(lengths)}")
    return lengths.pop()


def _input_column(attribute: Attribute, column: NDArray | None, count: int, numbers: dict) -> NDArray[np.int32]:
    """Return codes: the class, or on a continuous scale the position among the distinct numbers (in ``numbers``)."""
    if column is None or attribute.scale is None:
        return np.full(count, MISSING, dtype=np.int32)
    if attribute.scale.continuous:
        given = np.asarray(column, dtype=np.float64)
        numbers[attribute.index], codes = np.unique(given, return_inverse=True)
        return np.where(np.isnan(given), MISSING, codes.reshape(-1)).astype(np.int32)
    codes = np.asarray(column)
    if codes.size and not (codes.min() >= MISSING and codes.max() < attribute.size):
        raise ValueError(f"{attribute.name}: a class lies outside the scale of {attribute.size} classes")
    return codes.astype(np.int32)


def _empty(areas: int, attributes: int) -> Evaluation:
    shape = (areas, attributes)
    return Evaluation(
        classes=np.full(shape, MISSING, dtype=np.int8),
        low=np.full(shape, MISSING, dtype=np.int8),
        high=np.full(shape, MISSING, dtype=np.int8),
        rules=np.full(shape, MISSING, dtype=np.int32),
        probability=np.zeros(shape),
    )


def _fill(target: Evaluation, where: NDArray, source: Evaluation) -> None:
    for name in ("classes", "low", "high", "rules", "probability"):
        getattr(target, name)[where] = getattr(source, name)


def _take(source: Evaluation, rows: NDArray) -> Evaluation:
    return Evaluation(source.classes[rows], source.low[rows], source.high[rows], source.rules[rows],
                      source.probability[rows])  # fmt: skip


def table_positions(sizes: list[int]) -> list[int]:
    """Strides of a table's arguments: the first argument varies slowest."""
    strides = [1] * len(sizes)
    for position in range(len(sizes) - 2, -1, -1):
        strides[position] = strides[position + 1] * sizes[position + 1]
    return strides


def look_up_table(table: Table) -> NDArray[np.int8]:
    """Class per rule of a crisp table."""
    return np.array([rule.memberships[0][0] for rule in table.rules], dtype=np.int8)


def _look_up(model: Model, codes: NDArray[np.int32]) -> Evaluation:
    result = _empty(len(codes), len(model.attributes))
    columns: dict[int, NDArray] = {index: codes[:, k] for k, index in enumerate(model.inputs)}
    for index in model.order:
        attribute = model.attributes[index]
        if index in model.links:
            columns[index] = columns[model.links[index]]
        elif not attribute.is_leaf:
            strides = table_positions([model.attributes[child].size for child in attribute.children])
            position = np.zeros(len(codes), dtype=np.int32)
            for child, stride in zip(attribute.children, strides, strict=True):
                position += columns[child] * np.int32(stride)
            result.rules[:, index] = position
            columns[index] = look_up_table(attribute.function)[position].astype(np.int32)
        if attribute.scale is not None:
            result.classes[:, index] = columns[index]
            result.probability[:, index] = 1.0
    result.low[:] = result.classes
    result.high[:] = result.classes
    return result


def _in_blocks(model: Model, patterns: NDArray, numbers: Mapping[int, NDArray]) -> Evaluation:
    blocks = [_contract(model, patterns[start : start + BLOCK], numbers) for start in range(0, len(patterns), BLOCK)]
    return Evaluation(*(np.concatenate([getattr(block, name) for block in blocks])
                        for name in ("classes", "low", "high", "rules", "probability")))  # fmt: skip


def _contract(model: Model, codes: NDArray[np.int32], numbers: Mapping[int, NDArray]) -> Evaluation:
    areas = len(codes)
    result = _empty(areas, len(model.attributes))
    chances: dict[int, NDArray[np.float64]] = {}
    possible: dict[int, NDArray[np.bool_]] = {}
    columns = {index: codes[:, k] for k, index in enumerate(model.inputs)}
    for index in model.order:
        attribute = model.attributes[index]
        if _is_continuous(attribute):
            continue
        if index in model.links:
            source = model.links[index]
            chances[index], possible[index] = chances[source], possible[source]
        elif attribute.is_leaf:
            possible[index] = _support(columns[index], attribute.size)
            chances[index] = possible[index] / possible[index].sum(axis=1, keepdims=True)
        elif isinstance(attribute.function, Discretisation):
            child = model.links.get(attribute.children[0], attribute.children[0])
            known = columns[child] != MISSING
            values = numbers[child][columns[child]] if child in numbers else np.zeros(areas)
            chances[index], possible[index] = _discretise(attribute, values, known)
        else:
            _contract_node(model, attribute, chances, possible, areas)
        _publish_column(result, model, attribute, chances[index], possible)
    return result


def _support(codes: NDArray, size: int) -> NDArray[np.bool_]:
    """Shape (areas, size): the classes that an input may have, all of them where it is missing."""
    return (codes[:, None] == np.arange(size)) | (codes == MISSING)[:, None]


def _is_continuous(attribute: Attribute) -> bool:
    return attribute.scale is not None and attribute.scale.continuous


def _discretise(attribute: Attribute, numbers: NDArray, known: NDArray) -> tuple[NDArray, NDArray]:
    function, size = attribute.function, attribute.size
    weights, undefined = _rule_matrix(function.values, size)
    weights[undefined] = 1.0 / size
    interval = np.zeros(len(numbers), dtype=np.int32)
    for bound, up in zip(function.bounds, function.bound_goes_up, strict=True):
        interval += numbers >= bound if up else numbers > bound
    chances = np.where(known[:, None], weights[interval], 1.0)
    return chances / chances.sum(axis=1, keepdims=True), chances > 0


def _contract_node(model: Model, attribute: Attribute, chances: dict, possible: dict, areas: int) -> None:
    index, size = attribute.index, attribute.size
    if not isinstance(attribute.function, Table):
        chances[index] = np.full((areas, size), 1.0 / max(size, 1))
        possible[index] = np.ones((areas, size), dtype=bool)
        return
    weights, undefined = _rule_matrix(attribute.function.rules, size)
    joint = np.ones((areas, 1))
    joint_possible = np.ones((areas, 1), dtype=bool)
    for child in attribute.children:
        joint = (joint[:, :, None] * chances[child][:, None, :]).reshape(areas, -1)
        joint_possible = (joint_possible[:, :, None] & possible[child][:, None, :]).reshape(areas, -1)
    probable = joint @ weights
    reached = (joint_possible.astype(np.float32) @ (weights > 0).astype(np.float32)) > 0
    # One possible rule without a value leaves the node undefined, and undefined is the full set.
    lost = joint_possible[:, undefined].any(axis=1) | ~reached.any(axis=1)
    probable[lost], reached[lost] = 1.0, True
    chances[index] = probable / probable.sum(axis=1, keepdims=True)
    possible[index] = reached


def _rule_matrix(rules: tuple[Value, ...], size: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return (rules x classes) probabilities that a rule gives, and which rules are undefined."""
    weights = np.zeros((len(rules), size))
    undefined = np.zeros(len(rules), dtype=bool)
    for number, rule in enumerate(rules):
        undefined[number] = rule.is_undefined
        share = _share_of(rule)
        for index, membership in rule.memberships:
            weights[number, index] = membership * share
    return weights, undefined


def _share_of(rule: Value) -> float:
    """A set shares its probability equally; a distribution says itself how."""
    return 1.0 if rule.kind is ValueKind.DISTRIBUTION else 1.0 / max(len(rule.memberships), 1)


def _publish_column(result: Evaluation, model: Model, attribute: Attribute, chances: NDArray, possible: dict) -> None:
    scale = attribute.scale
    if scale is None:
        return
    index, support = attribute.index, possible[attribute.index]
    by_urgency = np.array(scale.by_urgency)
    ranked = chances[:, by_urgency]
    candidates = ranked >= ranked.max(axis=1, keepdims=True) - TIE
    last = candidates.shape[1] - 1 - candidates[:, ::-1].argmax(axis=1)
    chosen = by_urgency[last]
    result.classes[:, index] = chosen
    result.probability[:, index] = chances[np.arange(len(chosen)), chosen]
    result.low[:, index] = support.argmax(axis=1)
    result.high[:, index] = support.shape[1] - 1 - support[:, ::-1].argmax(axis=1)
    if isinstance(attribute.function, Table):
        result.rules[:, index] = _fired_rules(model, attribute, possible)


def _fired_rules(model: Model, attribute: Attribute, possible: dict) -> NDArray[np.int32]:
    strides = table_positions([model.attributes[child].size for child in attribute.children])
    position = np.zeros(len(possible[attribute.index]), dtype=np.int32)
    determined = np.ones(len(position), dtype=bool)
    for child, stride in zip(attribute.children, strides, strict=True):
        determined &= possible[child].sum(axis=1) == 1
        position += possible[child].argmax(axis=1).astype(np.int32) * np.int32(stride)
    return np.where(determined, position, np.int32(MISSING))
