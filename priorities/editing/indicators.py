"""Indicators that an input may read, and their figures for the histogram: the only reads of this package."""

from collections.abc import Iterable
from dataclasses import dataclass

from numpy import float64, isnan
from numpy.typing import NDArray

from lsoa.models import Indicator
from priorities.preview_inputs import preview_inputs


@dataclass(frozen=True)
class IndicatorWords:
    code: str
    name: str
    unit: str


def indicator_words() -> dict[str, IndicatorWords]:
    """Every public indicator by code, in the order of their names."""
    rows = Indicator.objects.public().order_by("name").values_list("code", "name", "unit")
    return {code: IndicatorWords(code, name, unit) for code, name, unit in rows}


def figures_in_force(codes: Iterable[str]) -> dict[str, tuple[NDArray[float64], int]]:
    """Per indicator the figures of all areas that have one, and how many areas have none."""
    codes = list(dict.fromkeys(codes))
    figures = preview_inputs(codes).figures
    result = {}
    for code in codes:
        known = figures[code][~isnan(figures[code])]
        result[code] = (known, len(figures[code]) - len(known))
    return result
