"""How indicators are spread over the country, from the distributions in force."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .models import IndicatorDistribution
from .reference import reference

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
    kept, found = reference().distributions, {}
    for code in codes:
        # Real areas come first.
        kinds = (False, True) if synthetic is None else (synthetic,)
        row = next((row for kind in kinds if (row := kept.get((code, kind))) and row.areas > 0), None)
        if row is not None:
            found[code] = _distribution(row)
    return found


def _distribution(row: IndicatorDistribution) -> Distribution:
    return Distribution(
        code=row.code,
        areas=row.areas,
        missing=row.missing,
        mean=row.mean,
        minimum=row.minimum,
        maximum=row.maximum,
        percentiles=tuple(row.percentiles),
        is_synthetic=row.is_synthetic,
    )
