"""How sure the published class of an area is, when its figures lie near the bounds of their classes.

Published classes are crisp. Beside them the memberships of the inputs (``thresholds``) are evaluated as probabilities:
they tell how much of an area's soft classification supports the published class. That is confidence in the cut, not in
the figures themselves, whose own errors nobody has published.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from priorities.dex.arrays import Columns, Results, evaluate_columns
from priorities.dex.evaluate import TIE
from priorities.dex.model import Model, Scale

# The least probability that makes a class worth showing beside the published one.
LEAST = 0.1


@dataclass(frozen=True)
class Confidence:
    """One row per area.

    probability    float64 (areas,), of the published class; NaN where none is published
    most_probable  int (areas,), the most probable class; of equals the more urgent one
    near_boundary  bool (areas,), the most probable class is another one: show both
    likely         bool (areas, classes), classes with a probability of at least the least asked for
    possible       bool (areas, classes), classes with any probability
    """

    probability: NDArray[np.float64]
    most_probable: NDArray[np.int64]
    near_boundary: NDArray[np.bool_]
    likely: NDArray[np.bool_]
    possible: NDArray[np.bool_]


def evaluate_softly(model: Model, memberships: Mapping[int, NDArray[np.float64]], *, areas: int) -> Results:
    """Return the probabilities of all nodes. ``memberships``: input -> (areas, classes), rows of NaN where a figure is
    missing; that input, and one that is not named, may then be any class of its scale with equal probability.

    Raises ValueError as ``Columns.of_arrays`` does.
    """
    columns = Columns.of_arrays(model, memberships, count=areas)
    return evaluate_columns(model, columns, method="prob", expand=True)


def confidence(scale: Scale, published: ArrayLike, chances: ArrayLike, *, least: float = LEAST) -> Confidence:
    """Compare published classes (areas,), -1 for none, with probabilities (areas, classes) of one node.

    Equal within 1e-9 counts as equal: a published class that is as probable as the best one is not near a boundary.
    Raises ValueError where shapes do not fit, a class lies outside the scale, or probabilities do not sum to 1.
    """
    classes, chances = np.asarray(published), np.asarray(chances, dtype=np.float64)
    if chances.shape != (len(classes), scale.size):
        raise ValueError(f"probabilities have shape {chances.shape}; expected {(len(classes), scale.size)}")
    if classes.size and not (classes.min() >= -1 and classes.max() < scale.size):
        raise ValueError(f"a published class lies outside the scale of {scale.size} classes")
    if not np.allclose(chances.sum(axis=1), 1.0, atol=1e-6):
        raise ValueError("the probabilities of an area do not sum to 1")
    is_published = classes >= 0
    probability = chances[np.arange(len(classes)), np.maximum(classes, 0)]
    best = chances.max(axis=1, keepdims=True)
    by_urgency = np.array(scale.by_urgency)
    candidates = (chances >= best - TIE)[:, by_urgency[::-1]]
    return Confidence(
        probability=np.where(is_published, np.minimum(probability, 1.0), np.nan),
        most_probable=by_urgency[::-1][candidates.argmax(axis=1)],
        near_boundary=is_published & (probability < best[:, 0] - TIE),
        likely=chances >= least - TIE,
        possible=chances > 0,
    )
