"""One draw of a Monte Carlo analysis: a model, thresholds and figures that differ a little from the published ones.

*Weights.* Every regression coefficient of a table (dex.md 2.3) is multiplied by a log-normal factor; then all are
scaled so that the table spans as many classes as before. ``deviation``: each rule moves by the difference between the
new plane and the old one, is rounded, and the table is made monotone again where it was consistent. What the author
decided beside the plane stays, and unchanged weights give exactly the published table. ``completion``: only the rules
that were entered stay (the corners, where all were), the others are completed anew from the drawn weights and
dominance, as ``dex_complete --mode both`` does; here unchanged weights give the table that weights alone explain, so
that also the author's own judgement is put to the test.

*Thresholds.* Every bound moves evenly within a share of its half-width, the zone in which the class is soft anyway.

*Figures.* Every figure gets a normal error.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from priorities.dex.model import Attribute, Model, ScaleOrder, Table
from priorities.dex.tables.completion import complete
from priorities.dex.tables.grid import INCOMPARABLE, TableScales
from priorities.dex.tables.shifting import shifted
from priorities.dex.tables.weights import regression
from priorities.dex.thresholds import Thresholds

Bounds = tuple[Thresholds | None, ...]


@dataclass(frozen=True)
class Perturbation:
    """How far draws lie from what is published.

    weights      standard deviation of the logarithm of each weight: 0.2 moves a weight by about a fifth
    thresholds   share of its half-width within which each bound moves; a bound without half-width stays
    figures      standard deviation of the error per input, in the unit of its figure; empty: none
    tables       how tables follow from weights, see above
    """

    weights: float = 0.0
    thresholds: float = 0.0
    figures: tuple[float, ...] = ()
    tables: Literal["deviation", "completion"] = "deviation"

    def __post_init__(self):
        if self.weights < 0 or not 0 <= self.thresholds <= 1 or any(error < 0 for error in self.figures):
            raise ValueError("deviations cannot be negative, and bounds move within their half-width at most")


@dataclass(frozen=True)
class Draw:
    """``figures``: shape (areas, inputs), NaN for missing, columns and ``thresholds`` in the order of the model's
    inputs; an input without thresholds counts as missing. Raises ValueError when they do not fit the inputs."""

    model: Model
    thresholds: tuple[Thresholds | None, ...]
    figures: NDArray[np.float64]

    def __post_init__(self):
        inputs = len(self.model.inputs)
        if self.figures.ndim != 2 or self.figures.shape[1] != inputs or len(self.thresholds) != inputs:
            raise ValueError(f"figures and thresholds of {inputs} inputs are needed")

    def classes(self) -> dict[int, NDArray[np.int8]]:
        """Class per area of every input, as ``evaluate_areas`` takes it."""
        return {
            index: limits.classes(self.figures[:, column]) if limits else np.full(len(self.figures), -1, dtype=np.int8)
            for column, (index, limits) in enumerate(zip(self.model.inputs, self.thresholds, strict=True))
        }


def draws(
    model: Model,
    thresholds: Sequence[Thresholds | None],
    figures: NDArray[np.float64],
    perturbation: Perturbation,
    *,
    count: int,
    seed: int,
) -> Iterator[Draw]:
    """Yield ``count`` draws. The same seed gives the same draws, with the same weights and bounds whatever the areas.

    Raises ValueError when thresholds, figures or errors do not fit the inputs.
    """
    thresholds = tuple(thresholds)
    if perturbation.figures and len(perturbation.figures) != len(model.inputs):
        raise ValueError(f"{len(perturbation.figures)} errors of figures for {len(model.inputs)} inputs")
    for number in range(count):
        if not perturbation.weights and not any(perturbation.figures):
            yield Draw(model, _bounds_alone(thresholds, perturbation.thresholds, seed, number), figures)
            continue
        chance = np.random.default_rng([seed, number])
        drawn = _drawn_model(model, perturbation, chance)
        bounds = _drawn_bounds(thresholds, perturbation.thresholds, chance)
        errors = np.array(perturbation.figures) if any(perturbation.figures) else None
        moved = figures if errors is None else figures + chance.standard_normal(figures.shape) * errors
        yield Draw(drawn, bounds, moved)


# Page after page asks for the same draws of bounds.
@lru_cache(maxsize=1_024)
def _bounds_alone(thresholds: Bounds, share: float, seed: int, number: int) -> Bounds:
    return _drawn_bounds(thresholds, share, np.random.default_rng([seed, number]))


def _drawn_bounds(thresholds: Bounds, share: float, chance: np.random.Generator) -> Bounds:
    return tuple(limits and _drawn_thresholds(limits, share, chance) for limits in thresholds)


def threshold_draws(
    thresholds: Sequence[Thresholds | None], share: float, *, count: int, seed: int
) -> Iterator[tuple[Thresholds | None, ...]]:
    """Yield the thresholds of ``draws`` where nothing but thresholds differs: they depend on no area and no table."""
    for number in range(count):
        chance = np.random.default_rng([seed, number])
        yield tuple(limits and _drawn_thresholds(limits, share, chance) for limits in thresholds)


def _drawn_thresholds(limits: Thresholds, share: float, chance: np.random.Generator) -> Thresholds:
    """Soft zones do not overlap, so bounds that stay within theirs keep their order; where zones touch, both bounds can
    meet in one point, which the smallest step upwards resolves."""
    if not share or not any(limits.half_widths):
        return limits
    moves = chance.uniform(-share, share, len(limits.bounds)) * np.array(limits.half_widths)
    bounds = (np.array(limits.bounds) + moves).tolist()
    for j in range(1, len(bounds)):
        bounds[j] = max(bounds[j], float(np.nextafter(bounds[j - 1], np.inf)))
    return Thresholds(tuple(bounds), goes_up=limits.goes_up, descending=limits.descending)


def _drawn_model(model: Model, perturbation: Perturbation, chance: np.random.Generator) -> Model:
    if not perturbation.weights:
        return model
    attributes = list(model.attributes)
    for index in model.aggregates:
        attribute = attributes[index]
        if isinstance(attribute.function, Table) and attribute.scale.order is not ScaleOrder.UNORDERED:
            factors = np.exp(chance.normal(0.0, perturbation.weights, len(attribute.children)))
            scales = TableScales.of(model, attribute)
            by = _completed if perturbation.tables == "completion" else _deviating
            attributes[index] = replace(attribute, function=by(attribute, scales, factors))
    return replace(model, attributes=tuple(attributes))


def _drawn_coefficients(coefficients: NDArray, scales: TableScales, factors: NDArray) -> NDArray[np.float64]:
    """New coefficients with the same span over the table; an argument without order keeps its own."""
    ordered = np.array([direction != INCOMPARABLE for direction in scales.directions])
    spans = np.abs(coefficients) * (np.array(scales.sizes) - 1) * ordered
    drawn = np.where(ordered, coefficients * factors, coefficients)
    new_span = (spans * factors).sum()
    return np.where(ordered, drawn * (spans.sum() / new_span if new_span else 1.0), drawn)


def _deviating(attribute: Attribute, scales: TableScales, factors: NDArray) -> Table:
    table = attribute.function
    plane = regression(table, scales)
    coefficients = np.array(plane.coefficients)
    change = _drawn_coefficients(coefficients, scales, factors) - coefficients
    return shifted(table, scales, change)


def _completed(attribute: Attribute, scales: TableScales, factors: NDArray) -> Table:
    table = attribute.function
    plane = regression(table, scales)
    weights = np.abs(_drawn_coefficients(np.array(plane.coefficients), scales, factors))
    if len(weights) < 2 or not weights.sum() or INCOMPARABLE in scales.directions:
        return table
    entered = table.entered
    if all(entered):
        corners = set(itertools.product(*({0, size - 1} for size in scales.sizes)))
        entered = tuple(tuple(combination) in corners for combination in scales.combinations.tolist())
    percent = (100 * weights / weights.sum()).tolist()
    return complete(replace(table, entered=entered), scales, mode="both", weights=percent).table
