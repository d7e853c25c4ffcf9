"""How unequal a figure is along deprivation: by fifth, as a slope, as a concentration curve.

ridits          where each area stands between the most and the least deprived end, as a share of the people
fifths          weighted mean of each fifth with its interval
slope           slope index and relative index of inequality (SII, RII) with intervals
concentration   concentration curve and index with its interval

No Django: arrays in, dataclasses out. `values` (n,) are finite figures of areas in any unit, `weights` (n,) > 0 their
residents, `order` (n,) any number by which lower is more deprived (the national rank of IMD). ValueError where arrays
differ in length, are not finite, or weights are not above 0. What cannot be told is None, never 0.
docs/inequality.md explains the measures to readers.
"""

from .concentration import Concentration, concentration
from .fifths import FifthMean, means_by_fifth
from .ridits import ridits
from .slope import SlopeIndex, slope_index

__all__ = [
    "Concentration",
    "FifthMean",
    "SlopeIndex",
    "concentration",
    "means_by_fifth",
    "ridits",
    "slope_index",
]
