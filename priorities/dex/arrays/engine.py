"""The evaluation of many options: from columns of inputs to the value of every attribute.

Every attribute has a table of distinct values and one code per option. A function of few combinations of distinct
arguments is computed once per combination (crisp inputs: its own decision table), one of many is computed for the
combinations that occur, and where all options differ, for every option.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from priorities.dex.arrays.columns import ABSENT, EMPTY, GIVEN, MISSING, UNDEFINED, Column, Columns, crisp_rows
from priorities.dex.arrays.contraction import CompiledDiscretisation, CompiledTable, compile_model
from priorities.dex.arrays.positions import LARGEST, positions
from priorities.dex.evaluate import METHODS, Absence, Expand, NodeValue, expansion
from priorities.dex.model import Attribute, Model


@dataclass(frozen=True)
class Node:
    """The values of one attribute.

    codes    integer (options,), columns of ``values``; None when option i has column i
    values   float64 (classes, distinct), normalised; (1, distinct) numbers on a continuous scale
    states   int8 (distinct,); a column whose state is not GIVEN is zero
    is_crisp column i is class i with full membership, and there is no other column
    """

    codes: NDArray[np.integer] | None
    values: NDArray[np.float64]
    states: NDArray[np.int8]
    is_crisp: bool = False

    @property
    def distinct(self) -> int:
        return self.values.shape[1]

    def spread(self, values: NDArray) -> NDArray:
        """Return what is known per distinct value (last axis) for every option."""
        return values if self.codes is None else np.take(values, self.codes, axis=-1)


@dataclass(frozen=True)
class Results:
    """``nodes``: one per attribute in pre-order, None where it has no scale."""

    model: Model
    count: int
    nodes: tuple[Node | None, ...]

    def memberships(self, index: int) -> NDArray[np.float64]:
        """Shape (options, classes); a row of NaN where undefined or missing, of zeros where empty."""
        node = self.nodes[index]
        if node is None:
            return np.full((self.count, self.model.attributes[index].size), np.nan)
        values = np.where(node.states >= UNDEFINED, np.nan, node.values)
        return np.ascontiguousarray(node.spread(values).T)

    def states(self, index: int) -> NDArray[np.int8]:
        """Shape (options,): GIVEN, EMPTY, UNDEFINED or MISSING."""
        node = self.nodes[index]
        return np.full(self.count, UNDEFINED, np.int8) if node is None else node.spread(node.states)

    def distinct(self, index: int, of_value: Callable[[NodeValue], object]) -> list:
        """Return one object per option, made once per distinct value."""
        node = self.nodes[index]
        if node is None:
            return [of_value(None)] * self.count
        made = [of_value(value) for value in _plain_values(self.model.attributes[index], node)]
        return made if node.codes is None else [made[code] for code in node.codes.tolist()]

    def options(self, indices: Iterable[int] | None = None) -> Iterator[dict[int, NodeValue]]:
        """Yield, per option, attribute index -> value as the plain path gives it (all attributes, or ``indices``).

        Options with equal values share the same dictionary.
        """
        chosen = list(range(len(self.nodes)) if indices is None else indices)
        columns = [self.distinct(index, lambda value: value) for index in chosen]
        if not chosen:
            yield from ({} for _ in range(self.count))
        for values in zip(*columns, strict=True):
            yield dict(zip(chosen, values, strict=True))


def _plain_values(attribute: Attribute, node: Node) -> list[NodeValue]:
    absent = {EMPTY: dict, UNDEFINED: lambda: None, MISSING: lambda: Absence.MISSING}
    states, columns = node.states.tolist(), node.values.T.tolist()
    if attribute.scale.continuous:
        return [column[0] if state == GIVEN else absent[state]() for state, column in zip(states, columns, strict=True)]
    return [
        {index: membership for index, membership in enumerate(column) if membership > 0}
        if state == GIVEN
        else absent[state]()
        for state, column in zip(states, columns, strict=True)
    ]


def evaluate_columns(model: Model, inputs: Columns, *, method: str = "set", expand: bool | Expand = True) -> Results:
    """Return the value of every attribute for all options; ``method`` and ``expand`` as in ``evaluate``."""
    run = _Run(model, inputs.count, METHODS[method].name, expansion(expand))
    nodes: list[Node | None] = [None] * len(model.attributes)
    for index in model.order:
        attribute = model.attributes[index]
        given = inputs.columns.get(index)
        if index in model.links:
            nodes[index] = nodes[model.links[index]]
        elif attribute.scale is None:
            continue
        elif attribute.is_leaf:
            nodes[index] = run.expanded(attribute, run.given(attribute, given))
        else:
            node = run.expanded(attribute, run.computed(attribute, nodes))
            if given is not None:
                node = _pruned(node, run.expanded(attribute, run.given(attribute, given)), given)
            nodes[index] = node
    return Results(model, inputs.count, tuple(nodes))


def _pruned(node: Node, given: Node, column: Column) -> Node:
    """Take the given value where an option names the aggregate, the computed one elsewhere."""
    computed = np.arange(node.distinct) if node.codes is None else node.codes.astype(np.intp)
    is_absent = column.states[column.codes] == ABSENT
    codes = np.where(is_absent, computed, node.distinct + column.codes)
    # No option has the column that stood for "computed" any more.
    states = np.where(given.states == ABSENT, np.int8(UNDEFINED), given.states)
    return Node(codes, np.hstack([node.values, given.values]), np.concatenate([node.states, states]))


def _zeros(size: int, state: int, count: int) -> Node:
    return Node(np.zeros(count, dtype=np.int8), np.zeros((size, 1)), np.array([state], dtype=np.int8))


class _Run:
    """One evaluation: its method and what it expands."""

    def __init__(self, model: Model, count: int, method: str, policy: Expand):
        self.model, self.count, self.method = model, count, method
        self.functions = compile_model(model)
        wanted = {EMPTY: policy.empty, UNDEFINED: policy.undefined, MISSING: policy.missing}
        self.expands = np.array([wanted.get(state, False) for state in range(ABSENT + 1)])

    def given(self, attribute: Attribute, column: Column | None) -> Node:
        if column is None:
            return _zeros(1 if attribute.scale.continuous else attribute.size, UNDEFINED, self.count)
        if column.values is crisp_rows(attribute.size)[0]:
            return Node(column.codes, *crisp_rows(attribute.size), is_crisp=True)
        values = np.ascontiguousarray(column.values.T)
        if attribute.scale.continuous:
            return Node(column.codes, values, column.states)
        all_differ = len(column.states) == self.count and np.array_equal(column.codes, np.arange(self.count))
        return Node(None if all_differ else column.codes, self.normalised(values), column.states)

    def normalised(self, values: NDArray[np.float64], out: NDArray | None = None) -> NDArray[np.float64]:
        if self.method == "fuzzy":
            return values
        if self.method == "set":
            return np.greater(values, 0, out=out, casting="unsafe") if out is not None else (values > 0).astype(float)
        reduced = values[0].copy()
        for row in values[1:]:
            (np.add if self.method == "prob" else np.maximum)(reduced, row, out=reduced)
        reduced[reduced == 0] = 1.0
        return np.divide(values, reduced, out=out)

    def expanded(self, attribute: Attribute, node: Node) -> Node:
        if node.is_crisp or attribute.scale.continuous:
            return node
        chosen = self.expands[node.states]
        if not chosen.any():
            return node
        full = self.normalised(np.ones((attribute.size, 1)))
        return Node(node.codes, np.where(chosen, full, node.values), np.where(chosen, np.int8(GIVEN), node.states))

    def computed(self, attribute: Attribute, nodes: list[Node | None]) -> Node:
        function = self.functions.get(attribute.index)
        if isinstance(function, CompiledDiscretisation):
            return self.discretised(function, nodes[attribute.children[0]])
        if not isinstance(function, CompiledTable):
            return _zeros(1 if attribute.scale.continuous else attribute.size, UNDEFINED, self.count)
        arguments = [nodes[child] for child in attribute.children if self.model.attributes[child].scale is not None]
        if arguments and function.look_up is not None and all(node.is_crisp for node in arguments):
            position = positions([node.codes for node in arguments], [node.distinct for node in arguments], self.count)
            return Node(function.look_up[position], *crisp_rows(function.size), is_crisp=True)
        return self.aggregated(function, arguments)

    def discretised(self, function: CompiledDiscretisation, number: Node) -> Node:
        values = np.pad(self.normalised(function.values[self.method == "prob"]), ((0, 0), (0, 2)))
        count = len(function.missing)
        states = np.append(np.where(function.missing, MISSING, GIVEN), [UNDEFINED, MISSING]).astype(np.int8)
        codes = function.intervals(number.values[0])
        codes = np.where(number.states == UNDEFINED, count, np.where(number.states == MISSING, count + 1, codes))
        return Node(number.spread(codes), values, states)

    def aggregated(self, function: CompiledTable, arguments: list[Node]) -> Node:
        rows, codes = _combinations(arguments, self.count)
        columns = [
            node.values if row is None else node.values[:, row] for node, row in zip(arguments, rows, strict=True)
        ]
        states = np.zeros(columns[0].shape[1] if columns else 1, dtype=np.int8)
        for node, row in zip(arguments, rows, strict=True):
            states = np.maximum(states, node.states if row is None else node.states[row])
        collected, missing = function.contract(columns, self.method)
        values = self.normalised(collected, out=collected)
        states = np.where(
            states > GIVEN, states, np.where(missing, MISSING, np.where(values.any(axis=0), GIVEN, EMPTY))
        )
        values[:, states > GIVEN] = 0.0
        return _compacted(Node(codes, values, states.astype(np.int8)), self.count)


def _combinations(arguments: list[Node], count: int) -> tuple[list[NDArray | None], NDArray | None]:
    """Return, per argument, the columns that make up the combinations to compute (None: all as they are), and the
    combination of every option (None: option i has combination i)."""
    if not arguments:
        return [], np.zeros(count, dtype=np.int8)
    codes, sizes = [node.codes for node in arguments], [node.distinct for node in arguments]
    if prod(sizes) <= count:
        return [row.reshape(-1) for row in np.indices(sizes)], positions(codes, sizes, count)
    if max(sizes) <= count // 2:
        distinct, first, combination = _occurring(codes, sizes, count)
        if distinct <= count // 2:
            return [own[first] for own in codes], combination
    return codes, None


def _occurring(codes: list[NDArray], sizes: list[int], count: int) -> tuple[int, NDArray, NDArray]:
    """Return how many combinations occur, an option that has each, and the combination of every option."""
    key, reach = codes[0], sizes[0]
    for own, size in zip(codes[1:], sizes[1:], strict=True):
        if reach * size > LARGEST:
            distinct, key = np.unique(key, return_inverse=True)
            reach = len(distinct)
        key, reach = positions([key, own], [reach, size], count), reach * size
    distinct, first, combination = np.unique(key, return_index=True, return_inverse=True)
    return len(distinct), first, combination


def _compacted(node: Node, count: int) -> Node:
    """Give equal columns one code where there are many more options than columns."""
    if node.codes is None or node.distinct * 4 > count:
        return node
    columns = np.vstack([node.values, node.states])
    _, first, codes = np.unique(columns, axis=1, return_index=True, return_inverse=True)
    small = codes.reshape(-1).astype(np.min_scalar_type(len(first)))
    return Node(np.take(small, node.codes), node.values[:, first], node.states[first])
