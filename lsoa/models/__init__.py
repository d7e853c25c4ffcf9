from .areas import Area, AreaChange, Patch, Vintage
from .datasets import Dataset, LoadReject
from .indicators import AreaProfile, Indicator, IndicatorDistribution, IndicatorValue, MissingReason
from .practices import Postcode, Practice

__all__ = [
    "Area",
    "AreaChange",
    "AreaProfile",
    "Dataset",
    "Indicator",
    "IndicatorDistribution",
    "IndicatorValue",
    "LoadReject",
    "MissingReason",
    "Patch",
    "Postcode",
    "Practice",
    "Vintage",
]
