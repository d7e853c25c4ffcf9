from .areas import Area, AreaChange, Patch, Vintage
from .datasets import Dataset, LoadReject
from .indicators import AreaProfile, Indicator, IndicatorDistribution, IndicatorValue, MissingReason
from .practices import Postcode, Practice
from .tiles import Tile, TileDistrict, TileGeometry, TileSet

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
    "Tile",
    "TileDistrict",
    "TileGeometry",
    "TileSet",
    "Vintage",
]
