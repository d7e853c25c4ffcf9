"""How unevenly service lies over areas and over deprivation.

Gini with population weights; concentration index with fractional rank, its correction for bounded values and horizontal
inequity: Wagstaff, Paci, van Doorslaer 1991 (Soc Sci Med 33:545); Erreygers 2009 (J Health Econ 28:504); O'Donnell, van
Doorslaer, Wagstaff, Lindelow 2008, Analyzing Health Equity Using Household Survey Data, chapters 8 and 15. Slope and
relative index of inequality: Mackenbach, Kunst 1997 (Soc Sci Med 44:757).
"""

from dataclasses import dataclass

import numpy as np


def gini_over_areas(minutes_needed, minutes_planned, weights, areas=None) -> float | None:
    """G = sum over a, b of n_a n_b |s_a - s_b| / (2 N^2 mu), 0 where all areas are served alike.

    s_a = planned / needed minutes of area a, n_a = sum of `weights` in it, N = sum of n_a, mu = sum of n_a s_a / N.
    Arrays (n,) per visit with `areas` (n,) any labels, or per area without. None where nothing is planned at all.
    Raises ValueError where an area needs no minutes or has no weight. Sorts instead of comparing all pairs.
    """
    needed, planned, weight = (np.asarray(v, dtype=float) for v in (minutes_needed, minutes_planned, weights))
    if areas is not None:
        _, index = np.unique(np.asarray(areas), return_inverse=True)
        needed, planned, weight = (np.bincount(index, values) for values in (needed, planned, weight))
    if not len(needed):
        return None
    if not (needed > 0).all() or not (weight > 0).all():
        raise ValueError("each area needs minutes and a weight above 0")
    return weighted_gini(planned / needed, weight)


def weighted_gini(values, weights) -> float | None:
    """The Gini coefficient of `values` >= 0 with `weights` > 0, each (n,); None where all values are 0."""
    values, weights = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    total = weights @ values
    if not total > 0:
        return None
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    before = np.cumsum(weights) - weights
    sum_before = np.cumsum(weights * values) - weights * values
    differences = 2 * (weights @ (values * before - sum_before))
    return float(max(0.0, differences / (2 * weights.sum() * total)))


def fractional_rank(deprivation, weights=None) -> np.ndarray:
    """Place (n,) of each visit between 0 (most deprived) and 1: the weighted share before it and half of its equals.

    `deprivation`: rank, decile or quintile (n,), the lowest the most deprived. `weights`: (n,), else one each.
    The weighted mean is 1/2 whatever the ties.
    """
    deprivation = np.asarray(deprivation, dtype=float)
    weights = _weights(weights, len(deprivation))
    _, index = np.unique(deprivation, return_inverse=True)
    mass = np.bincount(index, weights)
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    return middle[index]


def concentration_index(values, deprivation, weights=None) -> float | None:
    """CI = (2 / mu) cov_w(s_i, rho_i), between -1 and 1: negative where service goes to the deprived.

    `values` s_i >= 0 and `deprivation` (n,), the lowest the most deprived. None where mu is 0 or there is nobody.
    """
    values = np.asarray(values, dtype=float)
    if not len(values):
        return None
    weights = _weights(weights, len(values))
    rank = fractional_rank(deprivation, weights)
    mean = np.average(values, weights=weights)
    if not mean > 0:
        return None
    covariance = np.average((values - mean) * (rank - np.average(rank, weights=weights)), weights=weights)
    return float(2 / mean * covariance)


def erreygers_index(served, deprivation, weights=None) -> float | None:
    """E = 4 mu CI for yes/no service (bounds 0 and 1), -1 to 1: the same size for the served and the left out, with
    the sign turned. 0 where nobody is served; None without anybody.
    """
    served = np.asarray(served, dtype=float)
    if not len(served):
        return None
    if ((served < 0) | (served > 1)).any():
        raise ValueError("the index of Erreygers is for values from 0 to 1 here")
    index = concentration_index(served, deprivation, weights)
    return 0.0 if index is None else 4 * float(np.average(served, weights=_weights(weights, len(served)))) * index


def horizontal_inequity(service, need, deprivation, weights=None) -> float | None:
    """HI = CI(service) - CI(need): 0 where service follows need, negative where it favours the deprived beyond it.

    None where either index is not defined.
    """
    of_service = concentration_index(service, deprivation, weights)
    of_need = concentration_index(need, deprivation, weights)
    return None if of_service is None or of_need is None else of_service - of_need


@dataclass(frozen=True, slots=True)
class Slope:
    """`slope`: SII, the difference in coverage between the ends of the scale (positive: the least deprived are served
    better); `relative`: RII = fitted coverage at the least deprived end / at the most deprived end, None where the
    latter is not above 0; `at_most_deprived`, `at_least_deprived`: the fitted ends.
    """

    slope: float
    relative: float | None
    at_most_deprived: float
    at_least_deprived: float


def slope_index(coverages, sizes) -> Slope | None:
    """Weighted regression of group coverage on the ridit midpoint of each group, the most deprived first.

    `coverages` and `sizes` > 0 (k,), k = 5 quintiles: few points, to be reported and not optimised. None below two.
    """
    coverages, sizes = np.asarray(coverages, dtype=float), np.asarray(sizes, dtype=float)
    if len(coverages) < 2:
        return None
    ridit = (np.cumsum(sizes) - sizes / 2) / sizes.sum()
    mean, middle = np.average(coverages, weights=sizes), np.average(ridit, weights=sizes)
    slope = (sizes @ ((ridit - middle) * (coverages - mean))) / (sizes @ (ridit - middle) ** 2)
    first, last = mean - slope * middle, mean + slope * (1 - middle)
    return Slope(float(slope), float(last / first) if first > 0 else None, float(first), float(last))


def _weights(weights, count):
    weights = np.ones(count) if weights is None else np.asarray(weights, dtype=float)
    if not (weights > 0).all():
        raise ValueError("weights must be above 0")
    return weights
