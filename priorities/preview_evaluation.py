"""All areas evaluated again and again while somebody edits: what an edit does not touch is not computed again.

Every subtree of a model has a key: what its tables, thresholds and indicators say. Its values over all areas are
remembered under that key, and evaluation is pruned there, so that a changed weight costs one table and what stands
above it.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from priorities.dex.arrays import Column, Columns, Node, evaluate_columns
from priorities.dex.arrays.columns import crisp_rows
from priorities.dex.confidence import Confidence, confidence
from priorities.dex.evaluate import TIE
from priorities.dex.model import Attribute, Scale
from priorities.dex.thresholds import MISSING
from priorities.model_versions import ROOT, CompiledVersion

# A model of 12 inputs takes about 20 MB over England, nearly all of it for figures near a threshold.
SUBTREE_BYTES, OUTCOME_BYTES = 64 << 20, 16 << 20


@dataclass(frozen=True)
class Outcome:
    """What a version would say of every area; arrays have one entry per area.

    classes     int8, the class that would be published
    is_open     bool, figures are missing and more than one class remains possible
    confidence  how sure the classes are when figures near a threshold count for both sides
    scale       of the root
    """

    classes: NDArray[np.int8]
    is_open: NDArray[np.bool_]
    confidence: Confidence
    scale: Scale


class Memory:
    """Values by key, as many as fit into some bytes; what was not asked for longest goes first. Safe with threads."""

    def __init__(self, most_bytes: int):
        self._most, self._held, self._lock = most_bytes, 0, Lock()
        self._values: OrderedDict = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key):
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, key, value, size: int) -> None:
        with self._lock:
            self._held += size - self._values.pop(key, (None, 0))[1]
            self._values[key] = (value, size)
            while self._held > self._most:
                _, (_, gone) = self._values.popitem(last=False)
                self._held -= gone


_subtrees, _outcomes = Memory(SUBTREE_BYTES), Memory(OUTCOME_BYTES)


def outcome_of(version: CompiledVersion, figures: Mapping[str, NDArray[np.float64]], *, stamp: object) -> Outcome:
    """Evaluate a version over `figures` (indicator -> float64 per area, NaN missing).

    `stamp` names the figures: the same stamp must mean the same figures, and None remembers nothing.
    Equal to `scoring.score` and `confidence.evaluate_softly` by test. KeyError for an indicator without figures.
    """
    key = (stamp, "outcome", _keys(version)[ROOT])
    found = _outcomes.get(key) if stamp is not None else None
    if found is None:
        found = _outcome(version, figures, stamp)
        if stamp is not None:
            _outcomes.put(key, found, _size(found.classes, found.is_open, *vars(found.confidence).values()))
    return found


def _outcome(version: CompiledVersion, figures, stamp) -> Outcome:
    scale = version.model.attributes[ROOT].scale
    crisp = _root(version, figures, stamp, is_soft=False)
    classes = _most_urgent_of_the_likeliest(scale, crisp.values).astype(np.int8)[crisp.codes]
    is_open = ((crisp.values > 0).sum(axis=1) > 1)[crisp.codes]
    soft = _root(version, figures, stamp, is_soft=True)
    sure = confidence(scale, classes, soft.values[soft.codes])
    return Outcome(classes=classes, is_open=is_open, confidence=sure, scale=scale)


def _most_urgent_of_the_likeliest(scale: Scale, chances: NDArray[np.float64]) -> NDArray[np.intp]:
    """The published class of each row of probabilities, as `evaluate.publish` decides."""
    from_worst = np.array(scale.by_urgency[::-1])
    candidates = (chances >= chances.max(axis=1, keepdims=True) - TIE)[:, from_worst]
    return from_worst[candidates.argmax(axis=1)]


def _keys(version: CompiledVersion) -> list[tuple]:
    """Per attribute all that its values depend on."""
    model, keys = version.model, [()] * len(version.model.attributes)
    limits = dict(zip(model.inputs, _limits(version), strict=True))
    indicators = dict(zip(model.inputs, version.indicators, strict=True))
    for index in model.order:
        attribute = model.attributes[index]
        if index in model.links:
            keys[index] = keys[model.links[index]]
        elif attribute.is_leaf:
            keys[index] = (indicators.get(index), limits.get(index), attribute.scale)
        else:
            below = tuple(keys[child] for child in attribute.children)
            keys[index] = (_meaning(attribute), attribute.scale, below)
    return keys


def _meaning(attribute: Attribute):
    """What a function says, without how it came about."""
    function = attribute.function
    return getattr(function, "rules", None) or function


def _limits(version: CompiledVersion):
    return version.thresholds or (None,) * len(version.model.inputs)


def _root(version: CompiledVersion, figures, stamp, *, is_soft: bool) -> Column:
    """Probabilities of the root: with `is_soft` figures near a threshold belong to both sides."""
    model, keys = version.model, _keys(version)
    limits = dict(zip(model.inputs, _limits(version), strict=True))
    indicators = dict(zip(model.inputs, version.indicators, strict=True))
    count = len(next(iter(figures.values())))
    given: dict[int, Column] = {}
    computed: list[int] = []

    def give(index: int) -> None:
        known = _subtrees.get((stamp, is_soft, keys[index])) if stamp is not None else None
        attribute = model.attributes[index]
        if known is not None:
            given[index] = known
        elif index in limits:
            given[index] = _input(version, index, figures[indicators[index]], limits[index], is_soft)
            computed.append(index)
        elif index not in model.links:
            computed.append(index)
            for child in attribute.children:
                give(child)

    # Linked models share subtrees between branches and roots: every input is given there, and nothing is pruned.
    for start in model.inputs if model.links else (ROOT,):
        give(start)
    nodes = evaluate_columns(model, Columns(count, given), method="prob", expand=True).nodes
    columns = {index: given.get(index) or _as_column(nodes[index], count) for index in {*computed, ROOT}}
    if stamp is not None and not model.links:
        for index in computed:
            column = columns[index]
            _subtrees.put((stamp, is_soft, keys[index]), column, _size(column.codes, column.values, column.states))
    return columns[ROOT]


def _size(*arrays: NDArray) -> int:
    return sum(array.nbytes for array in arrays)


def _input(version: CompiledVersion, index: int, numbers: NDArray, limits, is_soft: bool) -> Column:
    if version.model.attributes[index].scale.continuous:
        values = numbers
    elif limits is None:
        values = np.full(len(numbers), MISSING, dtype=np.int8)
    else:
        values = limits.memberships(numbers) if is_soft else limits.classes(numbers)
    return Columns.of_arrays(version.model, {index: values}).columns[index]


def _as_column(node: Node, count: int) -> Column:
    codes = np.arange(count) if node.codes is None else node.codes
    if node.is_crisp:
        return Column(codes, *crisp_rows(len(node.values)))
    return Column(codes, np.ascontiguousarray(node.values.T), node.states)
