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
from priorities.dex.ranking.rules import Argument, Placement, arguments_of, rule_table, sense
from priorities.dex.thresholds import intervals

METHODS = {"qq1": qq1.place, "qq2": qq2.place}
# Numbers in the largest matrix of combinations that is held at once.
BLOCK = 2_000_000
NO_CLASS = -1


@lru_cache(maxsize=256)
def placement(table: Table, arguments: tuple[Argument, ...], size: int, method: str) -> Placement:
    """Return what a method makes of a table; the quadratic programmes of QQ2 are solved once per table."""
    return METHODS[method](rule_table(table, arguments, size))


def placement_of(model: Model, attribute: Attribute, method: str) -> Placement:
    return placement(attribute.function, arguments_of(model, attribute), attribute.size, method)


@dataclass(frozen=True)
class Node:
    """Offsets of one attribute for all options.

    codes    (options,), rows of the arrays below
    offsets  (distinct, classes), NaN for classes that are not reached
    states   int8 (distinct,), as in ``arrays.columns``
    """

    codes: NDArray[np.integer]
    offsets: NDArray[np.float64]
    states: NDArray[np.int8]

    @property
    def size(self) -> int:
        return self.offsets.shape[1]

    @cached_property
    def reached(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.offsets)

    @cached_property
    def single(self) -> NDArray[np.int64]:
        """The one class that is reached, NO_CLASS where there are several or none. Shape (distinct,)."""
        return np.where(self.reached.sum(axis=1) == 1, self.reached.argmax(axis=1), NO_CLASS)

    @cached_property
    def alone(self) -> NDArray[np.float64]:
        """Offset of the single class; anything where there is none. Shape (distinct,)."""
        return self.offsets[np.arange(len(self.offsets)), self.single]

    def at(self, classes: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the offset of one class per option; NaN where it is not reached, and for NO_CLASS."""
        offset = self.offsets.ravel()[self.codes * self.size + np.maximum(classes, 0)]
        return np.where(classes == NO_CLASS, np.nan, offset)

    @cached_property
    def supports(self) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """The distinct sets of classes that are reached, and which of them every distinct value has."""
        packed = np.packbits(self.reached, axis=1)
        keys = packed[:, 0] if packed.shape[1] == 1 else packed.view([("", packed.dtype)] * packed.shape[1])[:, 0]
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        return self.reached[first], inverse.reshape(-1)


@dataclass(frozen=True)
class SingleNode:
    """A node whose every distinct value is one class: ``single`` and ``alone`` as in Node, which it equals."""

    codes: NDArray[np.integer]
    single: NDArray[np.int64]
    alone: NDArray[np.float64]
    size: int

    @cached_property
    def states(self) -> NDArray[np.int8]:
        return np.full(len(self.single), GIVEN, dtype=np.int8)

    @cached_property
    def offsets(self) -> NDArray[np.float64]:
        result = np.full((len(self.single), self.size), np.nan)
        result[np.arange(len(result)), self.single] = self.alone
        return result

    def at(self, classes: NDArray[np.integer]) -> NDArray[np.float64]:
        return np.where(self.single[self.codes] == classes, self.alone[self.codes], np.nan)

    @property
    def supports(self) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        return np.eye(self.size, dtype=bool), self.single


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
        rule, value = _look_up_single(placed, arguments, picks)
        return SingleNode(codes, placed.classes[rule], np.clip(value, -0.5, 0.5, out=value), attribute.size)
    result = np.full((len(states), attribute.size), np.nan)
    for rows, rank in ((known & single, _look_up), (known & ~single, _average)):
        if rows.any():
            result[rows] = rank(placed, arguments, [pick[rows] for pick in picks])
    lost = known & np.isnan(result).all(axis=1)
    return Node(codes, np.clip(result, -0.5, 0.5, out=result), np.where(lost, MISSING, states).astype(np.int8))


def _dummy(count: int) -> Node:
    """An attribute without a scale is one class in the middle of itself."""
    return Node(np.zeros(count, dtype=np.intp), np.zeros((1, 1)), np.zeros(1, dtype=np.int8))


def _rules(arguments: list[Node], picks: list[NDArray]) -> NDArray[np.int64]:
    """Rules of rows where every argument has one class. ``picks``: rows of each argument's values."""
    rule = arguments[0].single[picks[0]]
    for argument, pick in zip(arguments[1:], picks[1:], strict=True):
        rule = rule * argument.size + argument.single[pick]
    return rule


def _look_up_single(
    placed: Placement, arguments: list[Node], picks: list[NDArray]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rules and offsets (rows,) where every argument and every rule has one class."""
    rule = _rules(arguments, picks)
    every = np.arange(len(placed.classes))
    value = placed.base[every, placed.classes][rule]
    for position, (argument, pick) in enumerate(zip(arguments, picks, strict=True)):
        if argument.alone.any():
            value += placed.slopes[every, placed.classes, position][rule] * argument.alone[pick]
    return rule, value


def _look_up(placed: Placement, arguments: list[Node], picks: list[NDArray]) -> NDArray[np.float64]:
    """Offsets (rows, classes) where every argument has one class."""
    rule = _rules(arguments, picks)
    result = placed.base[rule]
    for position, (argument, pick) in enumerate(zip(arguments, picks, strict=True)):
        if argument.alone.any():
            result += placed.slopes[rule, :, position] * argument.alone[pick][:, None]
    return result


def _average(placed: Placement, arguments: list[Node], picks: list[NDArray]) -> NDArray[np.float64]:
    """Offsets (rows, classes) averaged over the possible combinations; NaN where one leads to an undefined rule."""
    supports = [argument.supports[0] for argument in arguments]
    own = [argument.supports[1][pick] for argument, pick in zip(arguments, picks, strict=True)]
    first, pattern = _patterns(own, [len(support) for support in supports])
    chosen = [codes[first] for codes in own]
    result = np.empty((len(pattern), placed.base.shape[1]))
    order = np.argsort(pattern, kind="stable")
    ends = np.searchsorted(pattern[order], np.arange(len(first) + 1))
    block = max(1, BLOCK // len(placed.base))
    for start in range(0, len(first), block):
        stop = min(start + block, len(first))
        rows = order[ends[start] : ends[stop]]
        sums = _pattern_sums(placed, [s[c[start:stop]] for s, c in zip(supports, chosen, strict=True)])
        shifted = [np.nan_to_num(a.offsets[pick[rows]]) for a, pick in zip(arguments, picks, strict=True)]
        result[rows] = _from_sums(sums, pattern[rows] - start, shifted)
    return result


def _patterns(codes: list[NDArray], sizes: list[int]) -> tuple[NDArray, NDArray]:
    """Number the distinct rows of ``codes``: a row of each, and the number of every row.

    The numbers stay below the count of rows, so that no product of sizes can overflow.
    """
    pattern = codes[0]
    for column, size in zip(codes[1:], sizes[1:], strict=True):
        pattern = np.unique(pattern * size + column, return_inverse=True)[1].reshape(-1)
    _, first, pattern = np.unique(pattern, return_index=True, return_inverse=True)
    return first, pattern.reshape(-1)


@dataclass(frozen=True)
class PatternSums:
    """Averages over the combinations that a pattern of possible classes allows.

    base    (patterns, classes), NaN where no combination leads to the class, or one is undefined
    slopes  per argument (patterns, classes of the argument, classes): what its offset in a class adds
    """

    base: NDArray[np.float64]
    slopes: list[NDArray[np.float64]]


def _pattern_sums(placed: Placement, supports: list[NDArray]) -> PatternSums:
    holds = ~np.isnan(placed.base)
    sizes = [support.shape[1] for support in supports]
    classes = np.indices(sizes).reshape(len(sizes), -1)
    possible = np.ones((len(supports[0]), len(placed.base)))
    for support, along in zip(supports, classes, strict=True):
        possible *= support[:, along]
    counts = possible @ holds.astype(np.float64)
    lost = possible @ ~holds.any(axis=1) > 0
    counts[lost] = 0
    base = np.full(counts.shape, np.nan)
    np.divide(possible @ np.nan_to_num(placed.base), counts, out=base, where=counts > 0)
    slopes = []
    for position, (size, along) in enumerate(zip(sizes, classes, strict=True)):
        sums = [possible[:, along == k] @ placed.slopes[along == k, :, position] for k in range(size)]
        slopes.append(np.stack(sums, axis=1) / np.maximum(counts, 1)[:, None, :])
    return PatternSums(base, slopes)


def _from_sums(sums: PatternSums, pattern: NDArray, offsets: list[NDArray]) -> NDArray[np.float64]:
    result = sums.base[pattern]
    for slopes, offset in zip(sums.slopes, offsets, strict=True):
        if offset.any():
            result += np.einsum("nk,nkc->nc", offset, slopes[pattern])
    return result
