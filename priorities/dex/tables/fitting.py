"""A monotone table from labelled examples, with the least misfit that any monotone table can have.

Every rule is to get one class such that the answer never falls where preference says it must not, and the sum of the
misfits of all examples is least. With any misfit per example and class this is a minimum cut (Picard, "Maximal closure
of a graph", Management Science 1976; Ishikawa, "Exact optimization for Markov random fields with convex priors", IEEE
PAMI 2003): one chain of nodes per rule, one node per class above the first, infinite arcs for dominance.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from priorities.dex.model import Table
from priorities.dex.tables.completion import complete
from priorities.dex.tables.grid import OPPOSITE, TableScales
from priorities.dex.values import full, single

Misfit = Literal["steps", "count"]
MISFITS: dict[str, Callable[[NDArray, int], NDArray]] = {
    "steps": lambda classes, label: np.abs(classes - label),
    "count": lambda classes, label: (classes != label).astype(np.int64),
}
# Arcs of the cut hold 32-bit integers: the weights of all examples together, in steps, stay below this.
LARGEST_MISFIT = 2**30


@dataclass(frozen=True)
class Example:
    """Argument classes, the class that an expert gave, and how much the example counts (a whole number)."""

    combination: tuple[int, ...]
    label: int
    weight: int = 1


@dataclass(frozen=True)
class Fit:
    """The table; its misfit, the least possible; and the positions of examples that it does not reproduce.

    Rules with examples are entered with one class, all others open and filled from dominance.
    """

    table: Table
    misfit: int
    missed: tuple[int, ...]


def fit(
    examples: Sequence[Example], scales: TableScales, *, misfit: Misfit = "steps", prefer_high: bool = False
) -> Fit:
    """Return a table of least misfit to ``examples``.

    ``misfit``: "steps" counts classes between label and answer, "count" counts examples that are missed; each times
    the weight of the example. Of equally good tables the one with the lowest class indices is taken, or the highest
    (``prefer_high``). On an unordered output nothing is monotone and every rule is fitted alone, by count.
    Raises ValueError for an example outside the scales or a weight that is no positive whole number.
    """
    if misfit not in MISFITS:
        raise ValueError(f"{misfit!r} is no measure of misfit; expected {' or '.join(MISFITS)}")
    costs, known = _costs(examples, scales, misfit if scales.is_ordered else "count")
    if scales.is_ordered:
        answers = _least_monotone(costs, scales, prefer_high=prefer_high)
    else:
        best = costs == costs.min(axis=1, keepdims=True)
        answers = costs.shape[1] - 1 - best[:, ::-1].argmax(axis=1) if prefer_high else best.argmax(axis=1)
    rules = tuple(
        single(int(answer)) if entered else full(scales.output.size)
        for answer, entered in zip(answers, known, strict=True)
    )
    table = complete(Table(rules, tuple(known.tolist())), scales).table
    total = int(costs[np.arange(len(answers)), answers].sum())
    missed = tuple(
        position
        for position, example in enumerate(examples)
        if answers[np.ravel_multi_index(example.combination, scales.sizes)] != example.label
    )
    return Fit(table, total, missed)


def _costs(examples: Sequence[Example], scales: TableScales, misfit: str) -> tuple[NDArray, NDArray]:
    """Misfit of every rule at every class, shape (rules, classes), and which rules have examples."""
    classes = np.arange(scales.output.size)
    costs = np.zeros((scales.rule_count, len(classes)), dtype=np.int64)
    known = np.zeros(scales.rule_count, dtype=bool)
    for position, example in enumerate(examples):
        _check(position, example, scales)
        index = np.ravel_multi_index(example.combination, scales.sizes)
        costs[index] += example.weight * MISFITS[misfit](classes, example.label)
        known[index] = True
    if costs.max(axis=1).sum() > LARGEST_MISFIT:
        raise ValueError(f"the weights of the examples are too large: together they may reach {LARGEST_MISFIT:,}")
    return costs, known


def _check(position: int, example: Example, scales: TableScales) -> None:
    sizes = scales.sizes
    if len(example.combination) != len(sizes):
        raise ValueError(f"example {position} has {len(example.combination)} classes for {len(sizes)} arguments")
    if any(not 0 <= part < size for part, size in zip(example.combination, sizes, strict=True)):
        raise ValueError(f"example {position} is {example.combination}; the arguments have {sizes} classes")
    if not 0 <= example.label < scales.output.size:
        raise ValueError(f"example {position} is labelled {example.label}; the scale has {scales.output.size} classes")
    if not isinstance(example.weight, int) or example.weight < 1:
        raise ValueError(f"example {position} has weight {example.weight!r}; expected a whole number from 1 upwards")


def _least_monotone(costs: NDArray, scales: TableScales, *, prefer_high: bool) -> NDArray[np.int64]:
    """The monotone class per rule with the least sum of ``costs``: a minimum cut, read at its lower or upper end."""
    count, classes = costs.shape
    levels = classes - 1
    if levels == 0:
        return np.zeros(count, dtype=np.int64)
    # Imported here: SciPy takes longer to load than most commands to run.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    tails, heads, capacities = _arcs(costs, scales)
    size = count * levels + 2
    network = coo_array((capacities, (tails, heads)), shape=(size, size)).tocsr().astype(np.int32)
    flow = maximum_flow(network, size - 2, size - 1).flow
    residual = (network - flow).tocsr()
    residual.data = np.maximum(residual.data, 0)
    residual.eliminate_zeros()
    if prefer_high:
        below = _reached(breadth_first_order, residual.T.tocsr(), size - 1, size)
        return (~below[: count * levels]).reshape(count, levels).sum(axis=1)
    above = _reached(breadth_first_order, residual, size - 2, size)
    return above[: count * levels].reshape(count, levels).sum(axis=1)


def _reached(search: Callable, network, start: int, size: int) -> NDArray[np.bool_]:
    result = np.zeros(size, dtype=bool)
    result[search(network, start, return_predecessors=False)] = True
    return result


def _arcs(costs: NDArray, scales: TableScales) -> tuple[NDArray, NDArray, NDArray]:
    """Arcs (tails, heads, capacities). Node (rule, level) on the side of the source: the class is above ``level``.

    Cutting the chain of a rule behind node t costs what class t costs; infinite arcs keep the cut of a chain single
    and the classes monotone.
    """
    count, classes = costs.shape
    levels = classes - 1
    infinite = int(costs.max(axis=1).sum()) + 1
    nodes = np.arange(count * levels).reshape(count, levels)
    source, sink = count * levels, count * levels + 1
    chain = np.column_stack([np.full(count, source), nodes, np.full(count, sink)])
    parts = [(chain[:, level], chain[:, level + 1], costs[:, level]) for level in range(classes)]
    parts += [(nodes[:, upper], nodes[:, lower], infinite) for lower, upper in pairwise(range(levels))]
    for lower, upper in _neighbours(scales):
        parts.append((nodes[lower].ravel(), nodes[upper].ravel(), infinite))
    tails, heads = (np.concatenate([part[end] for part in parts]) for end in (0, 1))
    capacities = np.concatenate([np.broadcast_to(part[2], part[0].shape) for part in parts])
    return tails, heads, capacities


def _neighbours(scales: TableScales):
    """Yield, per ordered argument, arrays of rules (lower, upper) one class apart: upper may not lie below lower."""
    grid = np.arange(scales.rule_count).reshape(scales.sizes)
    for axis, direction in enumerate(scales.directions):
        if direction and scales.sizes[axis] > 1:
            first = grid.take(range(scales.sizes[axis] - 1), axis=axis).ravel()
            second = grid.take(range(1, scales.sizes[axis]), axis=axis).ravel()
            yield (second, first) if direction == OPPOSITE else (first, second)
