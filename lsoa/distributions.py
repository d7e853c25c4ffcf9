"""How one indicator is spread over areas."""

from dataclasses import dataclass

import numpy as np

from .models import IndicatorDistribution

DECILES = tuple(range(10, 100, 10))


@dataclass(frozen=True)
class Distribution:
    """Mean, extremes and P10 ... P90 of an indicator over areas, each counting once; units are the indicator's."""

    code: str
    areas: int
    missing: int
    mean: float
    minimum: float
    maximum: float
    percentiles: tuple[float, ...]
    is_synthetic: bool

    @classmethod
    def of(cls, row: IndicatorDistribution) -> "Distribution":
        """`row` has areas."""
        return cls(
            code=row.code,
            areas=row.areas,
            missing=row.missing,
            mean=row.mean,
            minimum=row.minimum,
            maximum=row.maximum,
            percentiles=tuple(row.percentiles),
            is_synthetic=row.is_synthetic,
        )

    def percentile(self, percent: int) -> float:
        """P10, P20, ... P90. ValueError for another one."""
        return self.percentiles[DECILES.index(percent)]

    @property
    def median(self) -> float:
        return self.percentile(50)

    def share_below(self, value: float) -> float:
        """About what percentage of areas lies below a value: between the known percentiles by straight lines."""
        points = [self.minimum, *self.percentiles, self.maximum]
        return float(np.interp(value, points, [0, *DECILES, 100]))
