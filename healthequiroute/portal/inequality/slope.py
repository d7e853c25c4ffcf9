"""Slope index (SII) and relative index (RII) of inequality.

A straight line through all areas over their ridits, weighted by residents: SII is the difference between its ends, the
least deprived less the most deprived, in the unit of the figure; RII is their ratio. Sources: Mackenbach, Kunst (1997),
Social Science and Medicine 44; Public Health England / OHID, technical guide "Slope Index of Inequality" and R package
PHEindicatormethods (`phe_sii`), which define SII as the slope and RII as (intercept + SII) / intercept. Here the line
goes through areas rather than ten tenths, and the interval follows from how areas scatter about it: covariance that
allows for unequal scatter (HC3: MacKinnon, White 1985) with Student's t; that of the RII by the delta method on its
logarithm.
"""

from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from .ridits import Z95, checked, ridits

# Three areas lie near any line.
FEWEST_AREAS = 10


@dataclass(frozen=True, slots=True)
class SlopeIndex:
    """`most` and `least`: the line at the most and the least deprived end. `ratio` None where an end is not above 0."""

    areas: int
    most: float
    least: float
    slope: float
    low: float
    high: float
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None

    @property
    def is_clear(self) -> bool:
        """Whether the interval of the slope leaves 0 out."""
        return self.low > 0 or self.high < 0


def slope_index(values: ArrayLike, order: ArrayLike, weights: ArrayLike) -> SlopeIndex | None:
    """None below FEWEST_AREAS areas, and where all are equally deprived."""
    values, order, weights = checked(values, order, weights)
    if len(values) < FEWEST_AREAS or len(np.unique(order)) < 3:
        return None
    design = np.column_stack([np.ones(len(values)), ridits(order, weights)])
    bread = np.linalg.inv(design.T @ (design * weights[:, None]))
    intercept, slope = bread @ (design.T @ (weights * values))
    covariance = _covariance(design, weights, values - design @ (intercept, slope), bread)
    reach = float(stdtrit(len(values) - 2, Z95))
    half = reach * covariance[1, 1] ** 0.5
    ends = float(intercept), float(intercept + slope)
    ratio = _ratio(*ends, covariance, reach)
    return SlopeIndex(len(values), *ends, float(slope), float(slope - half), float(slope + half), *ratio)


def _covariance(design, weights, residuals, bread):
    """HC3 (2, 2). An area that pulls the whole line to itself (leverage 1) has no residual to tell from."""
    leverage = weights * np.einsum("ij,jk,ik->i", design, bread, design)
    scaled = weights * residuals / np.maximum(1 - leverage, 1e-9)
    meat = (design * scaled[:, None] ** 2).T @ design
    return bread @ meat @ bread


def _ratio(most: float, least: float, covariance, reach: float) -> tuple:
    if most <= 0 or least <= 0:
        return None, None, None
    gradient = np.array([1 / least - 1 / most, 1 / least])
    half = reach * float(gradient @ covariance @ gradient) ** 0.5
    centre = log(least / most)
    return exp(centre), exp(min(centre - half, 700)), exp(min(centre + half, 700))
