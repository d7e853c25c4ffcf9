"""How many draws of the thresholds leave the class of an area as it is: what ``sensitivity.class_stability`` counts for
draws of thresholds alone, fast enough to be stored for every area of England.

A draw moves only figures inside the soft zones of bounds, so the classes of all other areas are taken as they stand.
Where every table is crisp and every figure known, classes are looked up; for the rest the combinations of input
classes that occur in any draw are evaluated once each.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np
from numpy.typing import NDArray

from priorities.dex.analyses.perturbation import Perturbation, threshold_draws
from priorities.dex.analyses.sensitivity import DRAWS, SEED, class_stability
from priorities.dex.arrays.contraction import CompiledTable, compile_model
from priorities.dex.arrays.positions import positions
from priorities.dex.model import Model
from priorities.dex.thresholds import MISSING, Thresholds
from priorities.dex.vectorised import evaluate_areas

# Every bound moves anywhere inside its soft zone.
SHARE = 1.0
# Combinations of input classes are numbered in 63 bits.
MOST_COMBINATIONS = 1 << 62

Limits = tuple[Thresholds | None, ...]


def kept_draws(
    model: Model,
    thresholds: Sequence[Thresholds | None],
    figures: NDArray[np.float64],
    published: NDArray[np.integer],
    *,
    count: int = DRAWS,
    seed: int = SEED,
    root: int = 0,
) -> NDArray[np.int32]:
    """Return in how many of ``count`` draws each area keeps its published class, shape (areas,).

    ``figures``: (areas, inputs), NaN for missing, and ``thresholds``, in the order of the model's inputs;
    ``published``: class of ``root`` per area, -1 for none (which no draw keeps). Raises ValueError where they do not
    fit.
    """
    thresholds = tuple(thresholds)
    figures = np.asarray(figures, dtype=np.float64)
    inputs = len(model.inputs)
    if figures.ndim != 2 or figures.shape[1] != inputs or len(thresholds) != inputs or len(published) != len(figures):
        raise ValueError(f"figures and thresholds of {inputs} inputs, and one class per area, are needed")
    sizes = [model.attributes[index].size + 1 for index in model.inputs]
    if prod(sizes) > MOST_COMBINATIONS:
        found = class_stability(
            model, thresholds, figures, Perturbation(thresholds=SHARE), count=count, seed=seed, root=root
        )
        return np.where(published >= 0, found.counts[np.arange(len(published)), published], 0)
    drawn = _drawn(thresholds, count, seed)
    soft = _SoftInputs(thresholds, figures)
    kept = np.where(published >= 0, np.int32(count), np.int32(0))
    looked_up = soft.known if _is_crisp(model, root) else np.zeros(len(figures), dtype=bool)
    for rows, counted in ((looked_up, _by_look_up), (~looked_up, _by_combination)):
        # Off every soft zone nothing moves, and all draws agree.
        chosen = np.flatnonzero(rows & soft.moves)
        if len(chosen):
            kept[chosen] = counted(model, soft.of(chosen), drawn, published[chosen], root)
    return kept


@lru_cache(maxsize=8)
def _drawn(thresholds: Limits, count: int, seed: int) -> tuple[Limits, ...]:
    """Making the draws takes a third of the time that judging England by them does, and they are the same each time."""
    return tuple(threshold_draws(thresholds, SHARE, count=count, seed=seed))


@dataclass(frozen=True)
class _Input:
    """One input: class per area as published (-1 missing), and which areas (``rows``) have a figure in a soft zone."""

    classes: NDArray[np.int8]
    rows: NDArray[np.intp]
    figures: NDArray[np.float64]


class _SoftInputs:
    """``known``: bool per area, no figure is missing; ``moves``: bool per area, some figure lies in a soft zone."""

    def __init__(self, thresholds: Limits, figures: NDArray[np.float64], chosen: NDArray[np.intp] | None = None):
        self.thresholds, self.figures = thresholds, figures
        areas = len(figures)
        self.known, self.moves = np.ones(areas, dtype=bool), np.zeros(areas, dtype=bool)
        self.inputs: list[_Input] = []
        for column, limits in enumerate(thresholds):
            numbers = figures[:, column]
            inside = np.zeros(areas, dtype=bool)
            classes = np.full(areas, MISSING, dtype=np.int8) if limits is None else limits.classes(numbers)
            if limits is not None:
                for bound, width in zip(limits.bounds, limits.half_widths, strict=True):
                    inside |= np.abs(numbers - bound) <= width * (1 + 1e-9) if width else False
            rows = np.flatnonzero(inside)
            self.inputs.append(_Input(classes, rows, numbers[rows]))
            self.known &= classes != MISSING
            self.moves |= inside

    def of(self, chosen: NDArray[np.intp]) -> "_SoftInputs":
        return _SoftInputs(self.thresholds, self.figures[chosen])

    def drawn(self, limits: Limits) -> Iterator[NDArray[np.int8]]:
        """Yield the classes of each input in one draw."""
        for given, drawn in zip(self.inputs, limits, strict=True):
            if len(given.rows) and drawn is not None:
                classes = given.classes.copy()
                classes[given.rows] = drawn.classes(given.figures)
                yield classes
            else:
                yield given.classes


def _is_crisp(model: Model, root: int) -> bool:
    functions = compile_model(model)
    nodes = [model.attributes[index] for index in model.under(root)]
    return (
        not model.links
        and all(node.scale is not None and not node.scale.continuous for node in nodes)
        and all(
            isinstance(functions.get(node.index), CompiledTable) and functions[node.index].look_up is not None
            for node in nodes
            if not node.is_leaf
        )
    )


def _by_look_up(model: Model, soft: _SoftInputs, drawn, published: NDArray, root: int) -> NDArray[np.int32]:
    functions = compile_model(model)
    inside = set(model.under(root))
    order = [index for index in model.order if index in inside and not model.attributes[index].is_leaf]
    kept = np.zeros(len(published), dtype=np.int32)
    for limits in drawn:
        codes = dict(zip(model.inputs, soft.drawn(limits), strict=True))
        for index in order:
            arguments, function = [codes[child] for child in model.attributes[index].children], functions[index]
            place = positions(arguments, list(function.sizes), len(published))
            codes[index] = function.look_up[place]
        kept += codes[root] == published
    return kept


def _by_combination(model: Model, soft: _SoftInputs, drawn, published: NDArray, root: int) -> NDArray[np.int32]:
    sizes = [model.attributes[index].size + 1 for index in model.inputs]
    start = _numbered((given.classes for given in soft.inputs), sizes)
    moved = []
    for limits in drawn:
        keys = _numbered(soft.drawn(limits), sizes)
        rows = np.flatnonzero(keys != start)
        moved.append((rows, keys[rows]))
    rows, keys = (np.concatenate(part) for part in zip(*moved, strict=True))
    distinct, place = np.unique(keys, return_inverse=True)
    digits = np.unravel_index(distinct, sizes)
    inputs = {index: (digit - 1).astype(np.int8) for index, digit in zip(model.inputs, digits, strict=True)}
    classes = evaluate_areas(model, inputs, areas=len(distinct)).classes[:, root]
    lost = classes[place.reshape(-1)] != published[rows]
    kept = len(drawn) - np.bincount(rows[lost], minlength=len(published))
    return np.where(published >= 0, kept, 0).astype(np.int32)


def _numbered(classes, sizes: list[int]) -> NDArray[np.int64]:
    """The combination of input classes of every area as one number; 0 in a place stands for a missing figure."""
    number: NDArray[np.int64] | int = 0
    for own, size in zip(classes, sizes, strict=True):
        number = number * size + (own.astype(np.int64) + 1)
    return number
