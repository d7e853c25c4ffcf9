"""A figure that is not known yet, with the range in which it lies four times of five."""

from dataclasses import dataclass
from math import hypot

from scipy.special import stdtrit

LEVEL = 0.8
# Of the normal distribution: a tenth lies below -z, a tenth above z.
Z = 1.2815515655446004


@dataclass(frozen=True, slots=True)
class Estimate:
    """`low` to `high` holds the figure in four cases of five, if the rules hold. Any unit; 0 <= low <= mean <= high."""

    mean: float = 0.0
    low: float = 0.0
    high: float = 0.0

    @classmethod
    def around(cls, mean: float, half: float) -> "Estimate":
        return cls(mean, max(0.0, mean - half), mean + half)

    @classmethod
    def known(cls, figure: float) -> "Estimate":
        return cls(figure, figure, figure)

    def times(self, factor: float) -> "Estimate":
        return Estimate(self.mean * factor, self.low * factor, self.high * factor)


def total(*parts: Estimate) -> Estimate:
    """Sum of figures that vary apart: half widths add as roots of squares, below and above each for itself."""
    mean = sum(part.mean for part in parts)
    below = hypot(*(part.mean - part.low for part in parts))
    above = hypot(*(part.high - part.mean for part in parts))
    return Estimate(mean, max(0.0, mean - below), mean + above)


def next_of(mean: float, variance: float, seen: int) -> float:
    """Half the 80 % prediction interval of one more observation after `seen` (>= 1) alike: Student's t with one degree
    of freedom less, at least one; Hahn, Meeker 1991, Statistical Intervals, section 4.8. `variance` of one observation.
    """
    return float(stdtrit(max(1, seen - 1), (1 + LEVEL) / 2)) * (variance * (1 + 1 / seen)) ** 0.5
