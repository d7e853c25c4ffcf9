"""What many options give, attribute by attribute, as codes into distinct values."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from priorities.dex.evaluate import METHODS, Absence, InputValue, Method, check_takes_value, input_value
from priorities.dex.model import Attribute, Model

# States of a value; of several arguments the largest state is that of the result. ABSENT: an aggregate that an option
# does not name, so that it is computed.
GIVEN, EMPTY, UNDEFINED, MISSING, ABSENT = range(5)
UNKNOWN_CLASS = -1
# Sets of a scale with at most so many classes share rows: there are 2 ** classes of them.
LARGEST_SHARED_SCALE = 8


@dataclass(frozen=True)
class Column:
    """The values that all options give for one attribute.

    codes   integer (options,), rows of ``values``
    values  float64 (distinct, classes) memberships as given, not normalised; on a continuous scale (distinct, 1)
            numbers. A row whose state is not GIVEN is zero.
    states  int8 (distinct,)
    """

    codes: NDArray[np.integer]
    values: NDArray[np.float64]
    states: NDArray[np.int8]


@dataclass(frozen=True)
class Columns:
    """``columns``: attribute index -> Column, of inputs and of aggregates at which some option is pruned. An input
    that is not there is undefined everywhere."""

    count: int
    columns: Mapping[int, Column]

    @classmethod
    def of_options(
        cls, model: Model, options: Sequence[Mapping[int, InputValue]], *, method: str = "set", clamp: bool = False
    ) -> "Columns":
        """Return the columns of options as ``evaluate`` takes them, with the same errors.

        ``method`` matters only with ``clamp``, where it collects classes that are clamped to the same one.
        """
        named = sorted({index for option in options for index in option})
        columns = {}
        for index in named:
            check_takes_value(model, index)
            attribute = model.attributes[index]
            unnamed = None if attribute.is_leaf else _UNNAMED
            given = (option.get(index, unnamed) for option in options)
            columns[index] = _coded(attribute, given, METHODS[method], clamp)
        return cls(len(options), columns)

    @classmethod
    def of_arrays(cls, model: Model, inputs: Mapping[int, ArrayLike], *, count: int | None = None) -> "Columns":
        """Return columns of whole arrays: per attribute classes (integers; -1 undefined), memberships (options,
        classes; a row with NaN undefined), or numbers of a continuous scale (NaN missing).

        Raises ValueError when lengths differ, a class lies outside its scale, a membership is negative or infinite,
        or an attribute cannot have a value.
        """
        arrays = {index: np.asarray(array) for index, array in inputs.items()}
        lengths = {len(array) for array in arrays.values()} | ({count} if count is not None else set())
        if len(lengths) != 1:
            raise ValueError(f"inputs of one length are needed; found lengths {sorted(lengths)}")
        columns = {}
        for index, array in arrays.items():
            check_takes_value(model, index)
            columns[index] = _of_array(model.attributes[index], array)
        return cls(lengths.pop(), columns)

    def part(self, start: int, stop: int) -> "Columns":
        """Return the columns of the options from ``start`` up to ``stop``."""
        parts = {index: Column(c.codes[start:stop], c.values, c.states) for index, c in self.columns.items()}
        return Columns(len(range(self.count)[start:stop]), parts)


_UNNAMED = object()
_STATES = {None: UNDEFINED, Absence.MISSING: MISSING, _UNNAMED: ABSENT}


def _coded(attribute: Attribute, given: Iterable[InputValue], method: Method, clamp: bool) -> Column:
    """Number the distinct values in order of appearance. Distributions hardly ever repeat: each has its own number."""
    numbers: dict = {}
    distinct: list = []
    codes = []
    for value in given:
        if type(value) is dict or isinstance(value, Mapping):
            codes.append(len(distinct))
            distinct.append(value)
            continue
        key = frozenset(value) if isinstance(value, set | frozenset) else value
        code = numbers.get(key)
        if code is None:
            code = numbers[key] = len(distinct)
            distinct.append(value if value is _UNNAMED else input_value(attribute, value, method, clamp=clamp))
        codes.append(code)
    values, states = _as_rows(attribute, distinct, lambda value: input_value(attribute, value, method, clamp=clamp))
    return Column(np.array(codes, dtype=np.intp), values, states)


def _as_rows(attribute: Attribute, distinct: list, reading: Callable) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """``reading``: the plain path's, for distributions that do not fit as they are (which it refuses or clamps)."""
    size = 1 if attribute.scale.continuous else attribute.size
    values = np.zeros((len(distinct), size))
    states = np.array([_STATES.get(value, GIVEN) if isinstance(value, Hashable) else GIVEN for value in distinct])
    rows = [row for row, value in enumerate(distinct) if isinstance(value, Mapping)]
    memberships = _flat(distinct, rows, size if not attribute.scale.continuous else 0)
    if memberships is None:
        distinct = [reading(value) if isinstance(value, Mapping) else value for value in distinct]
        memberships = _flat(distinct, rows, size)
    at, classes, degrees = memberships
    values[at, classes] = degrees
    states[rows] = np.where((values[rows] > 0).any(axis=1), GIVEN, EMPTY)
    numbers = [row for row, value in enumerate(distinct) if isinstance(value, float)]
    values[numbers, 0] = [distinct[row] for row in numbers]
    return values, states.astype(np.int8)


def _flat(distinct: list, rows: list[int], size: int) -> tuple[NDArray, NDArray, NDArray] | None:
    """Return (row, class, membership) of all distributions, None where one of them does not fit the scale."""
    chosen = [distinct[row] for row in rows]
    at = np.repeat(rows, [len(value) for value in chosen]).astype(np.intp)
    classes = np.array([index for value in chosen for index in value], dtype=np.float64)
    degrees = np.array([membership for value in chosen for membership in value.values()], dtype=np.float64)
    whole = classes.astype(np.intp)
    fits = (whole == classes).all() and (whole >= 0).all() and (whole < size).all()
    return (at, whole, degrees) if fits and np.isfinite(degrees).all() and (degrees >= 0).all() else None


def _of_array(attribute: Attribute, array: NDArray) -> Column:
    if attribute.scale.continuous:
        return _of_numbers(attribute, array)
    if array.ndim == 1 and array.dtype.kind in "iub":
        return _of_classes(attribute, array)
    if array.ndim == 2 and array.shape[1] == attribute.size:
        return _of_memberships(attribute, np.asarray(array, dtype=np.float64))
    raise ValueError(
        f"{attribute.name}: found an array of {array.dtype} with shape {array.shape}; expected classes (integers) or "
        f"memberships with shape (options, {attribute.size})"
    )


def _of_numbers(attribute: Attribute, array: NDArray) -> Column:
    if array.ndim != 1 or array.dtype.kind not in "iuf":
        raise ValueError(f"{attribute.name}: its scale is continuous; expected one number per option")
    numbers = array.astype(np.float64)
    unknown = np.isnan(numbers)
    values = np.where(unknown, 0.0, numbers)[:, None]
    return Column(np.arange(len(array)), values, np.where(unknown, MISSING, GIVEN).astype(np.int8))


def _of_classes(attribute: Attribute, array: NDArray) -> Column:
    size = attribute.size
    lowest, highest = (int(array.min()), int(array.max())) if array.size else (0, 0)
    if not UNKNOWN_CLASS <= lowest <= highest < size:
        raise ValueError(f"{attribute.name}: a class lies outside the scale of {size} classes")
    values, states = crisp_rows(size)
    kind = np.min_scalar_type(size)
    if lowest >= 0:
        return Column(array.astype(kind), values, states)
    codes = np.where(array < 0, size, array).astype(kind)
    return Column(codes, np.vstack([values, np.zeros((1, size))]), np.append(states, np.int8(UNDEFINED)))


@lru_cache
def crisp_rows(size: int) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Return values and states of a column that holds nothing but classes: row i is class i. Always the same arrays,
    which nobody can write to: they are how such a column is recognised."""
    values, states = np.eye(size), np.zeros(size, dtype=np.int8)
    values.flags.writeable = states.flags.writeable = False
    return values, states


def _of_memberships(attribute: Attribute, array: NDArray) -> Column:
    """Options with the same set of classes share its row; all others have a row of their own."""
    # Class by class in memory, as evaluation wants them: the transposed view is then free.
    by_class = np.ascontiguousarray(array.T)
    total = sum(by_class[1:], by_class[0])
    unknown = np.isnan(total)
    if unknown.any():
        by_class = np.where(unknown, 0.0, by_class)
    if np.isinf(total).any() or by_class.min(initial=0) < 0:
        raise ValueError(f"{attribute.name}: a membership is not a number from 0 upwards")
    states = np.where(unknown, UNDEFINED, np.where(total > 0, GIVEN, EMPTY)).astype(np.int8)
    is_set = ~unknown & (attribute.size <= LARGEST_SHARED_SCALE)
    for memberships in by_class:
        if not is_set.any():
            return Column(np.arange(len(array)), by_class.T, states)
        is_set &= (memberships == 0) | (memberships == 1)
    return _with_sets(by_class, states, is_set)


def _with_sets(by_class: NDArray, states: NDArray, is_set: NDArray) -> Column:
    """A set is numbered by its classes, read as bits; what is no set comes after all sets."""
    size = len(by_class)
    sets = np.arange(1 << size)
    bits = np.zeros(len(is_set), dtype=np.intp)
    for index, memberships in enumerate(by_class):
        bits |= (memberships == 1).astype(np.intp) << index
    own = len(sets) + np.cumsum(~is_set) - 1
    rows = (sets[:, None] >> np.arange(size) & 1).astype(np.float64)
    return Column(
        np.where(is_set, bits, own),
        np.vstack([rows, by_class[:, ~is_set].T]),
        np.concatenate([np.where(sets > 0, GIVEN, EMPTY).astype(np.int8), states[~is_set]]),
    )
