"""One decision table applied to many combinations of arguments at once.

Arrays here are class-major, shape (classes, combinations), so that every step runs along contiguous memory. The joint
memberships of all rules (first argument slowest, as the rules stand) are formed block by block and collected class by
class; sums run in rule order whatever the block, so that a result has the same bits in any company.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from priorities.dex.arrays.positions import LookUp
from priorities.dex.model import Attribute, Discretisation, Model, Table
from priorities.dex.values import Value, ValueKind

# Bytes of joint memberships in a block: what stays in the cache of one core.
BLOCK_BYTES = 1 << 19
# NumPy adds a single column in another order than several side by side; a block never has fewer.
LEAST_COLUMNS = 4


@dataclass(frozen=True)
class Collection:
    """The rules that lead to one class. ``degrees`` is None where the rules give it full membership."""

    rules: NDArray[np.intp] | slice
    degrees: NDArray[np.float64] | None


class CompiledTable:
    """``size``: classes of the result; ``sizes``: of every argument; ``look_up``: class per rule of a crisp table, else
    None."""

    def __init__(self, table: Table, size: int, sizes: tuple[int, ...]):
        self.size, self.sizes, self.rule_count, self._rules = size, sizes, len(table.rules), table.rules
        self.look_up = LookUp([rule.memberships[0][0] for rule in table.rules]) if table.is_crisp else None

    # Only what is not crisp needs these.
    @cached_property
    def collections(self) -> dict[bool, tuple[Collection, ...]]:
        return {prob: _collections(self._rules, self.size, prob=prob) for prob in (False, True)}

    @cached_property
    def undefined(self) -> NDArray[np.intp]:
        return np.array([number for number, rule in enumerate(self._rules) if rule.is_undefined], dtype=np.intp)

    def contract(self, arguments: list[NDArray[np.float64]], method: str) -> tuple[NDArray, NDArray]:
        """Return (memberships (classes, combinations) before normalisation, missing (combinations)).

        ``arguments``: normalised memberships (classes, combinations), those without a scale left out.
        """
        count = arguments[0].shape[1] if arguments else 1
        width = max(min(BLOCK_BYTES // (8 * self.rule_count), count), LEAST_COLUMNS)
        result = np.empty((self.size, count))
        missing = np.zeros(count, dtype=bool)
        joints = _joints(arguments, width)
        for start in range(0, count, width):
            stop = min(start + width, count)
            block = [_columns(argument, start, stop) for argument in arguments]
            joint = _joint(block, joints, np.multiply if method == "prob" else np.minimum)
            for index, collection in enumerate(self.collections[method == "prob"]):
                result[index, start:stop] = _collect(joint, collection, method)[: stop - start]
            if len(self.undefined):
                missing[start:stop] = (joint[self.undefined] > 0).any(axis=0)[: stop - start]
        return result, missing


def _columns(argument: NDArray, start: int, stop: int) -> NDArray:
    """Return a block of columns, the last one repeated where there are too few."""
    short = LEAST_COLUMNS - (stop - start)
    block = argument[:, start:stop]
    return block if short <= 0 else np.pad(block, ((0, 0), (0, short)), mode="edge")


def _joints(arguments: list[NDArray], width: int) -> list[NDArray]:
    """Return room for the joint memberships of the first two arguments, of the first three, and so on."""
    room, rows = [], arguments[0].shape[0] if arguments else 1
    for argument in arguments[1:]:
        room.append(np.empty((rows, argument.shape[0], width)))
        rows *= argument.shape[0]
    return room


def _joint(block: list[NDArray], joints: list[NDArray], combine: np.ufunc) -> NDArray[np.float64]:
    if not block:
        return np.ones((1, LEAST_COLUMNS))
    joint, width = block[0], block[0].shape[1]
    for argument, room in zip(block[1:], joints, strict=True):
        here = room[:, :, :width]
        combine(joint[:, None, :], argument[None, :, :], out=here)
        joint = here.reshape(-1, width) if width == room.shape[2] else np.ascontiguousarray(here).reshape(-1, width)
    return joint


def _collect(joint: NDArray, collection: Collection, method: str) -> NDArray[np.float64]:
    rows = joint[collection.rules]
    if collection.degrees is not None:
        rows = (np.multiply if method == "prob" else np.minimum)(rows, collection.degrees[:, None])
    return np.add.reduce(rows, axis=0) if method == "prob" else np.maximum.reduce(rows, axis=0, initial=0.0)


@dataclass(frozen=True)
class CompiledDiscretisation:
    """``values``: class-major memberships per interval, as a set or fuzzy (False) and as probabilities (True)."""

    bounds: NDArray[np.float64]
    goes_up: NDArray[np.bool_]
    values: dict[bool, NDArray[np.float64]]
    missing: NDArray[np.bool_]

    def intervals(self, numbers: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the interval of every number: bounds that go up are reached, the others must be passed."""
        below = np.searchsorted(self.bounds, numbers, side="left")
        on_bound = np.append(self.bounds, np.nan)[below] == numbers
        return below + (on_bound & np.append(self.goes_up, False)[below])


def compile_model(model: Model) -> dict[int, CompiledTable | CompiledDiscretisation]:
    """Return the functions of a model as arrays, made once per model (which never changes)."""
    compiled = vars(model).get("_arrays")
    if compiled is None:
        compiled = {a.index: _compile(model, a) for a in model.attributes if a.function is not None}
        vars(model)["_arrays"] = compiled
    return compiled


def _compile(model: Model, attribute: Attribute) -> CompiledTable | CompiledDiscretisation:
    function = attribute.function
    if isinstance(function, Discretisation):
        values = {prob: _by_class(function.values, attribute.size, prob=prob) for prob in (False, True)}
        missing = np.array([value.is_undefined for value in function.values])
        return CompiledDiscretisation(
            np.array(function.bounds), np.array(function.bound_goes_up, bool), values, missing
        )
    sizes = tuple(model.attributes[child].size for child in attribute.children)
    return CompiledTable(function, attribute.size, sizes)


def _by_class(values: tuple[Value, ...], size: int, *, prob: bool) -> NDArray[np.float64]:
    """Shape (classes, values)."""
    memberships = np.zeros((size, len(values)))
    for number, value in enumerate(values):
        for index, degree in _degrees(value, prob=prob):
            memberships[index, number] = degree
    return memberships


def _collections(rules: tuple[Value, ...], size: int, *, prob: bool) -> tuple[Collection, ...]:
    by_class: list[tuple[list, list]] = [([], []) for _ in range(size)]
    for number, rule in enumerate(rules):
        for index, degree in _degrees(rule, prob=prob):
            by_class[index][0].append(number)
            by_class[index][1].append(degree)
    return tuple(_collection(np.array(numbers, np.intp), np.array(degrees)) for numbers, degrees in by_class)


def _degrees(value: Value, *, prob: bool) -> Iterator[tuple[int, float]]:
    """Yield the memberships that a rule brings to its classes; as a probability, a set shares it equally."""
    shares = prob and value.kind is not ValueKind.DISTRIBUTION
    for index, membership in value.memberships:
        if membership > 0:
            yield index, 1.0 / len(value.memberships) if shares else float(membership)


def _collection(rules: NDArray[np.intp], degrees: NDArray[np.float64]) -> Collection:
    certain = None if (degrees == 1).all() else degrees
    if len(rules) and rules[-1] - rules[0] + 1 == len(rules):
        return Collection(slice(int(rules[0]), int(rules[-1]) + 1), certain)
    return Collection(rules, certain)
