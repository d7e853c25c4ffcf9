"""Ridits: the share of the people who live in more deprived areas, plus half of those in the area itself.

Source: Bross, I. (1958), How to use ridit analysis, Biometrics 14; Public Health England / OHID, technical guide
"Slope Index of Inequality", where categories stand at the middle of their share of the population.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Z95 = 0.975


def ridits(order: ArrayLike, weights: ArrayLike) -> NDArray[np.float64]:
    """(n,) between 0 (most deprived end) and 1; areas that are equal in order share the middle of their range."""
    order, weights = checked(order, weights)
    places, first = np.unique(order, return_inverse=True)
    by_place = np.bincount(first, weights=weights, minlength=len(places))
    ends = np.cumsum(by_place)
    return ((ends - by_place / 2) / ends[-1])[first] if len(order) else np.zeros(0)


def checked(*arrays: ArrayLike) -> tuple[NDArray[np.float64], ...]:
    """As float arrays of one length; the last one are weights. ValueError otherwise."""
    found = tuple(np.asarray(each, dtype=np.float64) for each in arrays)
    if len({each.shape for each in found}) != 1 or found[0].ndim != 1:
        raise ValueError("values, order and weights are arrays of one length")
    if not all(np.isfinite(each).all() for each in found):
        raise ValueError("values, order and weights are finite: leave areas without a figure out")
    if (found[-1] <= 0).any():
        raise ValueError("weights are above 0")
    return found
