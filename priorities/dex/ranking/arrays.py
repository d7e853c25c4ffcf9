"""The array path: offsets of many options, equal to the plain path (``plain.offsets_of_option``) by property tests.

Every attribute keeps its distinct values once, and a code per option. A node whose arguments have few distinct values
is ranked once per combination of them. Both methods give a rule in a class an offset that is linear in the offsets of
its arguments (``rules.Placement``); so one class per argument is a look-up and a few products, and for several classes
the sums over the possible combinations are made once per pattern of possible classes.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from priorities.dex.arrays.columns import ABSENT, EMPTY, GIVEN, MISSING, UNDEFINED, Column, Columns
from priorities.dex.evaluate import Expand, InputValue, expansion
from priorities.dex.model import Attribute, Discretisation, Model, Table
from priorities.dex.ranking import qq1, qq2
from priorities.dex.ranking.combining import average, look_up, look_up_single
from priorities.dex.ranking.nodes import Node, SingleNode
from priorities.dex.ranking.rules import Argument, Placement, arguments_of, rule_table, sense
from priorities.dex.thresholds import intervals

METHODS = {"qq1": qq1.place, "qq2": qq2.place}


@lru_cache(maxsize=256)
def placement(table: Table, arguments: tuple[Argument, ...], size: int, method: str) -> Placement:
    """Return what a method makes of a table; the quadratic programmes of QQ2 are solved once per table."""
    return METHODS[method](rule_table(table, arguments, size))


def placement_of(model: Model, attribute: Attribute, method: str) -> Placement:
    return placement(attribute.function, arguments_of(model, attribute), attribute.size, method)


@dataclass(frozen=True)
class Offsets:
    """Offsets of every attribute with classes, for a number of options. ``nodes``: attribute index -> Node."""

    model: Model
    count: int
    nodes: Mapping[int, Node | SingleNode]

    @cached_property
    def columns(self) -> Mapping[int, NDArray[np.float64]]:
        """Attribute index -> float64 (options, classes), NaN where a class is not reached. A row of NaN: no value."""
        return {index: node.offsets[node.codes] for index, node in self.nodes.items()}

    def options(self) -> Iterator[list[dict[int, float] | None]]:
        """Yield, per option, class -> offset of every attribute in pre-order; {} is empty, None has no value.

        Options with equal values share them: they are there to be read.
        """
        columns = [(index, node.codes.tolist(), _as_values(node)) for index, node in self.nodes.items()]
        for row in range(self.count):
            values: list = [None] * len(self.model.attributes)
            for index, codes, distinct in columns:
                values[index] = distinct[codes[row]]
            yield values


def _as_values(node: Node | SingleNode) -> list[dict[int, float] | None]:
    return [
        {index: offset for index, offset in enumerate(row) if offset == offset} if state <= EMPTY else None
        for row, state in zip(node.offsets.tolist(), node.states.tolist(), strict=True)
    ]


def offsets(
    model: Model,
    inputs: Columns | Sequence[Mapping[int, InputValue]],
    *,
    method: str = "qq1",
    expand: bool | Expand = False,
    positions: Mapping[int, NDArray[np.float64]] | None = None,
) -> Offsets:
    """Rank options inside their classes.

    ``inputs``: one mapping per option, as ``evaluate`` takes them (with its errors), or columns. ``method``: ``qq1`` or
    ``qq2``. ``positions``: attribute index of an input or a discretised attribute -> place inside its class per option,
    from -0.5 to 0.5 along class indices, NaN for none (an extension; see ``Thresholds.positions``).
    Raises ValueError for an unknown method and for positions outside [-0.5, 0.5].
    """
    if method not in METHODS:
        raise ValueError(f"{method!r} is no ranking method; expected one of {', '.join(METHODS)}")
    columns = inputs if isinstance(inputs, Columns) else Columns.of_options(model, inputs)
    policy = expansion(expand)
    nodes: dict[int, Node] = {}
    numbers: dict[int, Column] = {}
    for index in model.order:
        attribute = model.attributes[index]
        if index in model.links:
            for found in (nodes, numbers):
                found.update({index: found[model.links[index]]} if model.links[index] in found else {})
        elif attribute.scale is None:
            continue
        elif attribute.scale.continuous:
            numbers[index] = _numbers(columns, index)
        else:
            node = _expanded(_node(model, attribute, nodes, numbers, columns, method), policy)
            nodes[index] = _positioned(node, attribute, (positions or {}).get(index), method)
    return Offsets(model, columns.count, {index: nodes[index] for index in sorted(nodes)})


def _unnamed(count: int, size: int) -> Column:
    return Column(np.zeros(count, dtype=np.intp), np.zeros((1, size)), np.array([UNDEFINED], dtype=np.int8))


def _numbers(columns: Columns, index: int) -> Column:
    column = columns.columns.get(index) or _unnamed(columns.count, 1)
    # A continuous aggregate has no function: where no number is given for it, it is undefined.
    states = np.where(column.states == ABSENT, UNDEFINED, column.states).astype(np.int8)
    return Column(column.codes, column.values, states)


def _node(model: Model, attribute: Attribute, nodes: dict, numbers: dict, columns: Columns, method: str) -> Node:
    given = columns.columns.get(attribute.index)
    if attribute.is_leaf:
        return _from_column(given or _unnamed(columns.count, attribute.size))
    if isinstance(attribute.function, Table):
        node = _aggregate(model, attribute, nodes, columns.count, method)
    elif isinstance(attribute.function, Discretisation):
        node = _discretise(attribute, numbers[attribute.children[0]])
    else:
        node = _from_column(_unnamed(columns.count, attribute.size))
    return node if given is None else _pruned(node, given)


def _from_column(column: Column) -> Node:
    return Node(column.codes, np.where(column.values > 0, 0.0, np.nan), column.states)


def _pruned(node: Node, column: Column) -> Node:
    """What options give for an aggregate takes the place of what is computed."""
    given = _from_column(column)
    named = given.states[given.codes] != ABSENT
    codes = np.where(named, given.codes + len(node.states), node.codes)
    return Node(codes, np.concatenate([node.offsets, given.offsets]), np.concatenate([node.states, given.states]))


def _discretise(attribute: Attribute, numbers: Column) -> Node:
    """One distinct value per interval, and one per state that a number may have."""
    values, states = attribute.function.values, [EMPTY, UNDEFINED, MISSING]
    reached = np.full((len(values) + len(states), attribute.size), np.nan)
    for row, value in enumerate(values):
        reached[row, list(value.classes)] = 0.0
    states = [MISSING if value.is_undefined else GIVEN for value in values] + states
    function = attribute.function
    interval = intervals(numbers.values[:, 0], function.bounds, function.bound_goes_up)
    interval = np.where(numbers.states == GIVEN, interval, len(values) + numbers.states - EMPTY)
    return Node(interval[numbers.codes], reached, np.array(states, dtype=np.int8))


def _expanded(node: Node, policy: Expand) -> Node:
    policies = ((EMPTY, policy.empty), (UNDEFINED, policy.undefined), (MISSING, policy.missing))
    rows = np.isin(node.states, [state for state, applies in policies if applies])
    if not rows.any():
        return node
    states = np.where(rows, GIVEN, node.states).astype(np.int8)
    return Node(node.codes, np.where(rows[:, None], 0.0, node.offsets), states)


def _positioned(node: Node, attribute: Attribute, positions: NDArray | None, method: str) -> Node | SingleNode:
    if positions is None or isinstance(attribute.function, Table):
        return node
    places = np.nan_to_num(np.asarray(positions, dtype=np.float64)) * sense(attribute.scale, method)
    if (np.abs(places) > 0.5).any():
        raise ValueError(f"{attribute.name}: a position inside a class lies from -0.5 to 0.5")
    single = node.single[node.codes]
    codes = np.arange(len(single))
    if (single >= 0).all():
        return SingleNode(codes, single, places, attribute.size)
    result = node.offsets[node.codes]
    rows = np.flatnonzero(single >= 0)
    result[rows, single[rows]] = places[rows]
    return Node(codes, result, node.states[node.codes])


def _aggregate(model: Model, attribute: Attribute, nodes: dict, count: int, method: str) -> Node:
    placed = placement_of(model, attribute, method)
    arguments = [nodes.get(child) or _dummy(count) for child in attribute.children]
    distinct = [len(argument.states) for argument in arguments]
    if math.prod(distinct) <= count:
        picks = list(np.indices(distinct).reshape(len(distinct), -1))
        codes = np.ravel_multi_index([argument.codes for argument in arguments], distinct)
    else:
        picks = [argument.codes for argument in arguments]
        codes = np.arange(count)
    states = np.max([argument.states[pick] for argument, pick in zip(arguments, picks, strict=True)], axis=0)
    single = np.min([argument.single[pick] for argument, pick in zip(arguments, picks, strict=True)], axis=0) >= 0
    known = states == GIVEN
    if placed.classes is not None and known.all() and single.all():
        rule, value = look_up_single(placed, arguments, picks)
        return SingleNode(codes, placed.classes[rule], np.clip(value, -0.5, 0.5, out=value), attribute.size)
    result = np.full((len(states), attribute.size), np.nan)
    for rows, rank in ((known & single, look_up), (known & ~single, average)):
        if rows.any():
            result[rows] = rank(placed, arguments, [pick[rows] for pick in picks])
    lost = known & np.isnan(result).all(axis=1)
    return Node(codes, np.clip(result, -0.5, 0.5, out=result), np.where(lost, MISSING, states).astype(np.int8))


def _dummy(count: int) -> Node:
    """An attribute without a scale is one class in the middle of itself."""
    return Node(np.zeros(count, dtype=np.intp), np.zeros((1, 1)), np.zeros(1, dtype=np.int8))
