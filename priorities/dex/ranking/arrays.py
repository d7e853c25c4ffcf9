"""The array path: offsets of many options, equal to the plain path (``plain.offsets_of_option``) by property tests.

Both methods give a rule in a class an offset that is linear in the offsets of its arguments (``rules.Placement``). So
an option with one class per argument is a look-up and a few products; for several, the combinations that are possible
are a 0/1 matrix (options x rules), and the sums over them are products with the placement.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from priorities.dex.arrays.columns import ABSENT, EMPTY, GIVEN, MISSING, UNDEFINED, Column, Columns
from priorities.dex.evaluate import Expand, InputValue, expansion
from priorities.dex.model import Attribute, Discretisation, Model, Table
from priorities.dex.ranking import qq1, qq2
from priorities.dex.ranking.rules import Argument, Placement, arguments_of, rule_table

METHODS = {"qq1": qq1.place, "qq2": qq2.place}
# Numbers in the largest matrix of combinations that is held at once.
BLOCK = 2_000_000


@lru_cache(maxsize=256)
def placement(table: Table, arguments: tuple[Argument, ...], size: int, method: str) -> Placement:
    """Return what a method makes of a table; the quadratic programmes of QQ2 are solved once per table."""
    return METHODS[method](rule_table(table, arguments, size))


def placement_of(model: Model, attribute: Attribute, method: str) -> Placement:
    if method not in METHODS:
        raise ValueError(f"{method!r} is no ranking method; expected one of {', '.join(METHODS)}")
    return placement(attribute.function, arguments_of(model, attribute), attribute.size, method)


@dataclass(frozen=True)
class Node:
    """Offsets (options, classes) of one attribute, NaN for classes that are not reached, and int8 states (options,)
    as in ``arrays.columns``. ``single``: the one class of an option, -1 where there are several or none."""

    offsets: NDArray[np.float64]
    states: NDArray[np.int8]
    single: NDArray[np.int64]

    @classmethod
    def of(cls, offsets: NDArray[np.float64], states: NDArray[np.int8]) -> "Node":
        reached = ~np.isnan(offsets)
        return cls(offsets, states, np.where(reached.sum(axis=1) == 1, reached.argmax(axis=1), -1))


@dataclass(frozen=True)
class Offsets:
    """``columns``: attribute index -> float64 (options, classes), for every attribute with classes. NaN where a class
    is not reached; a row of NaN has no value, and ``states`` (int8 per option) says why."""

    model: Model
    count: int
    columns: Mapping[int, NDArray[np.float64]]
    states: Mapping[int, NDArray[np.int8]]

    def options(self) -> Iterator[list[dict[int, float] | None]]:
        """Yield, per option, class -> offset of every attribute in pre-order; {} is empty, None has no value."""
        lists = {index: column.tolist() for index, column in self.columns.items()}
        states = {index: column.tolist() for index, column in self.states.items()}
        for row in range(self.count):
            values: list = [None] * len(self.model.attributes)
            for index, column in lists.items():
                if states[index][row] <= EMPTY:
                    values[index] = {k: offset for k, offset in enumerate(column[row]) if offset == offset}
            yield values


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
    ``qq2``. ``positions``: attribute index of an input or a discretised attribute -> offset per option in
    [-0.5, 0.5], NaN for none: where inside its class the option lies (an extension; see ``thresholds``).
    Raises ValueError for an unknown method and for positions outside [-0.5, 0.5].
    """
    columns = inputs if isinstance(inputs, Columns) else Columns.of_options(model, inputs)
    policy = expansion(expand)
    nodes: dict[int, Node] = {}
    numbers: dict[int, Column] = {}
    for index in model.order:
        attribute = model.attributes[index]
        if index in model.links:
            source = model.links[index]
            nodes.update({index: nodes[source]} if source in nodes else {})
            numbers.update({index: numbers[source]} if source in numbers else {})
        elif attribute.scale is None:
            continue
        elif attribute.scale.continuous:
            numbers[index] = _numbers(columns, index)
        else:
            node = _node(model, attribute, nodes, numbers, columns, method)
            node = _expanded(node, policy)
            nodes[index] = _positioned(node, attribute, (positions or {}).get(index))
    return Offsets(
        model,
        columns.count,
        {index: nodes[index].offsets for index in sorted(nodes)},
        {index: nodes[index].states for index in sorted(nodes)},
    )


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
    in_the_middle = np.where(column.values > 0, 0.0, np.nan)
    return Node.of(in_the_middle[column.codes], column.states[column.codes])


def _pruned(node: Node, column: Column) -> Node:
    """What options give for an aggregate takes the place of what is computed."""
    given = _from_column(column)
    named = given.states != ABSENT
    offsets = np.where(named[:, None], given.offsets, node.offsets)
    return Node.of(offsets, np.where(named, given.states, node.states))


def _discretise(attribute: Attribute, numbers: Column) -> Node:
    function = attribute.function
    reached = np.full((len(function.values), attribute.size), np.nan)
    for row, value in enumerate(function.values):
        reached[row, list(value.classes)] = 0.0
    interval = np.zeros(len(numbers.values), dtype=np.intp)
    for bound, up in zip(function.bounds, function.bound_goes_up, strict=True):
        interval += numbers.values[:, 0] >= bound if up else numbers.values[:, 0] > bound
    undefined = np.array([value.is_undefined for value in function.values])
    states = np.where(undefined[interval] & (numbers.states == GIVEN), MISSING, numbers.states).astype(np.int8)
    offsets = np.where((states == GIVEN)[:, None], reached[interval], np.nan)
    return Node.of(offsets[numbers.codes], states[numbers.codes])


def _expanded(node: Node, policy: Expand) -> Node:
    concerned = [
        state
        for state, applies in ((EMPTY, policy.empty), (UNDEFINED, policy.undefined), (MISSING, policy.missing))
        if applies
    ]
    rows = np.isin(node.states, concerned)
    if not rows.any():
        return node
    return Node.of(np.where(rows[:, None], 0.0, node.offsets), np.where(rows, GIVEN, node.states).astype(np.int8))


def _positioned(node: Node, attribute: Attribute, positions: NDArray | None) -> Node:
    if positions is None or isinstance(attribute.function, Table):
        return node
    places = np.nan_to_num(np.asarray(positions, dtype=np.float64))
    if (np.abs(places) > 0.5).any():
        raise ValueError(f"{attribute.name}: a position inside a class lies from -0.5 to 0.5")
    rows = np.flatnonzero((node.single >= 0) & (node.states == GIVEN))
    node.offsets[rows, node.single[rows]] = places[rows]
    return node


def _aggregate(model: Model, attribute: Attribute, nodes: dict, count: int, method: str) -> Node:
    placed = placement_of(model, attribute, method)
    arguments = [nodes.get(child) or _dummy(count) for child in attribute.children]
    states = np.max([argument.states for argument in arguments], axis=0)
    offsets = np.full((count, attribute.size), np.nan)
    single = np.min([argument.single for argument in arguments], axis=0) >= 0
    rows = np.flatnonzero(single & (states == GIVEN))
    offsets[rows] = _look_up(placed, arguments, rows)
    several = np.flatnonzero(~single & (states == GIVEN))
    block = max(1, BLOCK // len(placed.base))
    for start in range(0, len(several), block):
        rows = several[start : start + block]
        offsets[rows] = _average(placed, arguments, rows)
    lost = (states == GIVEN) & np.isnan(offsets).all(axis=1)
    return Node.of(np.clip(offsets, -0.5, 0.5), np.where(lost, MISSING, states).astype(np.int8))


def _dummy(count: int) -> Node:
    """An attribute without a scale is one class in the middle of itself."""
    return Node(np.zeros((count, 1)), np.zeros(count, dtype=np.int8), np.zeros(count, dtype=np.int64))


def _look_up(placed: Placement, arguments: list[Node], rows: NDArray) -> NDArray[np.float64]:
    """Offsets (rows, classes) where every argument has one class."""
    rule = np.zeros(len(rows), dtype=np.int64)
    for argument in arguments:
        rule = rule * argument.offsets.shape[1] + argument.single[rows]
    result = placed.base[rule]
    for position, argument in enumerate(arguments):
        offset = argument.offsets[rows, argument.single[rows]]
        if offset.any():
            result += placed.slopes[rule, :, position] * offset[:, None]
    return result


def _average(placed: Placement, arguments: list[Node], rows: NDArray) -> NDArray[np.float64]:
    """Offsets (rows, classes) averaged over the possible combinations; NaN where one leads to an undefined rule."""
    holds = ~np.isnan(placed.base)
    sizes = [argument.offsets.shape[1] for argument in arguments]
    classes = np.indices(sizes).reshape(len(sizes), -1)
    own = [argument.offsets[rows] for argument in arguments]
    possible = np.ones((len(rows), len(placed.base)))
    for offset, along in zip(own, classes, strict=True):
        possible *= ~np.isnan(offset[:, along])
    counts = possible @ holds.astype(np.float64)
    total = possible @ np.nan_to_num(placed.base)
    for position, (offset, along) in enumerate(zip(own, classes, strict=True)):
        shifted = np.nan_to_num(offset)
        if shifted.any():
            total += (possible * shifted[:, along]) @ placed.slopes[:, :, position]
    lost = possible @ ~holds.any(axis=1) > 0
    with np.errstate(invalid="ignore"):
        result = np.where(counts > 0, total / counts, np.nan)
    result[lost] = np.nan
    return result
