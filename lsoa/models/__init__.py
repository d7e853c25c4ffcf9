from .areas import Area, AreaChange, AuthorityCode, Patch, Vintage
from .datasets import Dataset, LoadReject
from .feeds import Feed, FeedReading
from .indicators import AreaProfile, Indicator, IndicatorDistribution, IndicatorValue, MissingReason
from .places import Place
from .practices import PatientDistribution, Postcode, Practice, PracticeList, PracticeRegister
from .quality import CheckRun, QualityAlert
from .series import ActivitySeries, ActivityValue, PlaceFigure
from .tiles import Tile, TileDistrict, TileGeometry, TileSet
from .uploads import Upload

__all__ = [
    "ActivitySeries",
    "ActivityValue",
    "Area",
    "AreaChange",
    "AreaProfile",
    "AuthorityCode",
    "CheckRun",
    "Dataset",
    "Feed",
    "FeedReading",
    "Indicator",
    "IndicatorDistribution",
    "IndicatorValue",
    "LoadReject",
    "MissingReason",
    "Patch",
    "PatientDistribution",
    "Place",
    "PlaceFigure",
    "Postcode",
    "Practice",
    "PracticeList",
    "PracticeRegister",
    "QualityAlert",
    "Tile",
    "TileDistrict",
    "TileGeometry",
    "TileSet",
    "Upload",
    "Vintage",
]
