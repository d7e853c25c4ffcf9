"""Concentration curve and index: how a quantity lies on the people, from the most deprived to the least.

C = 2 / mu cov(h, r): below 0 where the quantity lies on the more deprived, 0 where all have the same. Sources:
O'Donnell, van Doorslaer, Wagstaff, Lindelow (2008), Analyzing Health Equity Using Household Survey Data, World Bank,
chapters 7 and 8; standard error by Kakwani, Wagstaff, van Doorslaer (1997), Journal of Econometrics 77, equation 14.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from .ridits import Z95, checked, ridits

# Below this the normal interval says nothing.
FEWEST_AREAS = 10


@dataclass(frozen=True, slots=True)
class Concentration:
    """The index with its interval (None below FEWEST_AREAS areas) and the curve (m, 2): shares of people and of the
    quantity from (0, 0) to (1, 1), the most deprived first.
    """

    index: float
    low: float | None
    high: float | None
    curve: NDArray[np.float64]


def concentration(values: ArrayLike, order: ArrayLike, weights: ArrayLike) -> Concentration | None:
    """None without areas, where a figure is below 0, and where all are 0: shares are not defined then."""
    values, order, weights = checked(values, order, weights)
    if not len(values) or (values < 0).any() or not values.any():
        return None
    share, rank = weights / weights.sum(), ridits(order, weights)
    mean = float(share @ values)
    index = float(2 * share @ (values * rank) / mean - 1)
    curve = _curve(values, order, share, mean)
    low, high = _interval(values / mean, order, share, rank, index, curve)
    return Concentration(index, low, high, curve)


def _curve(values, order, share, mean):
    """One point for each place in the order: areas that are equally deprived come together."""
    places, at = np.unique(order, return_inverse=True)
    people = np.bincount(at, weights=share, minlength=len(places))
    amount = np.bincount(at, weights=share * values / mean, minlength=len(places))
    points = np.column_stack([np.cumsum(people), np.cumsum(amount)])
    # Sums of shares end at 1 but for the last digits.
    return np.vstack([[0.0, 0.0], points / points[-1]])


def _interval(relative, order, share, rank, index, curve):
    number = len(relative)
    if number < FEWEST_AREAS:
        return None, None
    _, at = np.unique(order, return_inverse=True)
    before, after = curve[:-1, 1][at], curve[1:, 1][at]
    parts = relative * (2 * rank - 1 - index) + 2 - before - after
    variance = max(0.0, float(share @ parts**2) - (1 + index) ** 2) / number
    reach = float(ndtri(Z95)) * variance**0.5
    return index - reach, index + reach
