"""How indicators are spread over the country, from the distributions in force."""

from collections.abc import Iterable
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


def national_distribution(codes: Iterable[str], *, synthetic: bool | None = None) -> dict[str, Distribution]:
    """Distributions by indicator code over all real areas; over the fictional ones where only those are loaded.

    `synthetic` asks for one kind: compare a fictional area with fictional ones. Codes without values are absent.
    """
    rows = IndicatorDistribution.objects.filter(code__in=list(codes), areas__gt=0)
    if synthetic is not None:
        rows = rows.filter(is_synthetic=synthetic)
    # Real areas come last and so replace the fictional ones.
    return {
        row.code: Distribution(
            code=row.code,
            areas=row.areas,
            missing=row.missing,
            mean=row.mean,
            minimum=row.minimum,
            maximum=row.maximum,
            percentiles=tuple(row.percentiles),
            is_synthetic=row.is_synthetic,
        )
        for row in rows.order_by("-is_synthetic")
    }
