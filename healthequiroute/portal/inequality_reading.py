"""How unequal a figure is along deprivation among the areas that a query asks for: reads them, `inequality` reckons."""

from dataclasses import dataclass

import numpy as np

from lsoa.models import Indicator
from priorities.models import PriorityClass

from .figure_columns import figures_of
from .inequality import Concentration, FifthMean, SlopeIndex, concentration, means_by_fifth, ridits, slope_index
from .selection import Selection

URGENT = "urgent"
# Part of the keys under which answers are kept: another number whenever their fields change.
SHAPE = 2
# Ranks and deciles are places in an order: their mean is no figure.
MEASURED = (Indicator.Kind.RATE, Indicator.Kind.SCORE, Indicator.Kind.COUNT, Indicator.Kind.CLASS)


@dataclass(frozen=True)
class Measured:
    """What is measured: an indicator, or residents of urgent areas in per cent."""

    code: str
    name: str
    unit: str
    decimals: int
    # Counts are of areas: each area weighs the same.
    by_area: bool = False
    high_is_need: bool | None = None


@dataclass(frozen=True)
class Inequality:
    """`areas` that count; `missing`: those without the figure, without deprivation or without residents.

    `places`: middle of each fifth on the scale from the most (0) to the least deprived (1), None for an empty one.
    """

    measured: Measured
    areas: int
    missing: int
    mean: float | None
    fifths: list[FifthMean]
    places: list[float | None]
    # Whether each area weighs the same: for counts, and where nobody's residents are known.
    by_area: bool
    slope: SlopeIndex | None
    concentration: Concentration | None


def measured_by(code: str) -> Measured | None:
    """None for codes that are unknown or whose mean says nothing."""
    if code == URGENT:
        return Measured(URGENT, "Residents of urgent areas", "%", 1, high_is_need=True)
    row = Indicator.objects.public().filter(code=code, kind__in=MEASURED).first()
    if row is None:
        return None
    polarity = {Indicator.Polarity.HIGH_IS_NEED: True, Indicator.Polarity.LOW_IS_NEED: False}.get(row.polarity)
    by_area = row.kind == Indicator.Kind.COUNT
    return Measured(row.code, row.name, row.unit, max(1, row.decimals), by_area, polarity)


def inequality_of(selection: Selection, measured: Measured) -> Inequality:
    """Of the areas that pass the filters; remembered until data, scores or patches change."""
    return selection.remembered(f"inequality-{SHAPE}-{measured.code}", lambda: _inequality(selection, measured))


def _inequality(selection: Selection, measured: Measured) -> Inequality:
    rows = _rows(selection, measured)
    known = rows[~np.isnan(rows).any(axis=1)] if len(rows) else rows
    known = known[known[:, 3] > 0] if len(known) else known
    values, order, deciles, weights = known.T if len(known) else np.zeros((4, 0))
    fifths = (deciles + 1) // 2
    scale = ridits(order, weights)
    places = [
        float(np.average(scale[fifths == fifth], weights=weights[fifths == fifth])) if (fifths == fifth).any() else None
        for fifth in range(1, 6)
    ]
    return Inequality(
        measured=measured,
        areas=len(known),
        missing=len(rows) - len(known),
        mean=float(np.average(values, weights=weights)) if len(known) else None,
        fifths=means_by_fifth(values, fifths, weights),
        places=places,
        by_area=bool(len(known)) and bool((weights == 1).all()),
        slope=slope_index(values, order, weights),
        concentration=concentration(values, order, weights),
    )


def _rows(selection: Selection, measured: Measured) -> np.ndarray:
    """(areas, 4): figure, national rank of deprivation (its decile where there is no rank), decile, weight."""
    areas = list(selection.unordered.values_list("pk", "priority"))
    codes = (measured.code, "imd_rank", "imd_decile", "population")
    rows = figures_of([pk for pk, _ in areas], codes)
    if measured.code == URGENT:
        classes = np.array([priority for _, priority in areas], dtype=np.float64)
        rows[:, 0] = np.where(np.isnan(classes), np.nan, 100.0 * (classes == PriorityClass.URGENT))
    if np.isnan(rows[:, 1]).all():
        rows[:, 1] = rows[:, 2]
    if measured.by_area or np.isnan(rows[:, 3]).all():
        rows[:, 3] = 1.0
    return rows
