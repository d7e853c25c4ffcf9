"""The weighted mean of each fifth of deprivation, with the interval that areas of the fifth leave it.

The interval is that of a ratio estimator (Cochran, Sampling Techniques, 3rd edition, section 6.4) with Student's t: it
says how far the mean could differ for other areas of the same kind, not how exact the published figures are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from .ridits import Z95, checked

FIFTHS = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class FifthMean:
    """`areas` with a figure, their `people` (sum of weights), the mean (None without any area), no interval below 2."""

    fifth: int
    areas: int
    people: float
    mean: float | None = None
    low: float | None = None
    high: float | None = None


def means_by_fifth(values: ArrayLike, fifths: ArrayLike, weights: ArrayLike) -> list[FifthMean]:
    """Five means, that of the most deprived fifth (1) first. `fifths`: (n,) of 1 to 5."""
    values, fifths, weights = checked(values, fifths, weights)
    if not np.isin(fifths, FIFTHS).all():
        raise ValueError("fifths are 1 to 5")
    return [_mean(fifth, values[fifths == fifth], weights[fifths == fifth]) for fifth in FIFTHS]


def _mean(fifth: int, values, weights) -> FifthMean:
    number, people = len(values), float(weights.sum())
    if not number:
        return FifthMean(fifth, 0, 0.0)
    mean = float(weights @ values / people)
    if number < 2:
        return FifthMean(fifth, number, people, mean)
    variance = number / (number - 1) * float(np.sum((weights * (values - mean)) ** 2)) / people**2
    reach = float(stdtrit(number - 1, Z95)) * variance**0.5
    return FifthMean(fifth, number, people, mean, mean - reach, mean + reach)
