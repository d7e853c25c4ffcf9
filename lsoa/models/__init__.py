from .areas import Area, AreaChange, AuthorityCode, Patch, Vintage
from .datasets import Dataset, LoadReject
from .feeds import Feed, FeedReading
from .indicators import Indicator, IndicatorValue, MissingReason
from .places import Place, PlaceWord
from .practices import (
    PatientDistribution,
    Postcode,
    Practice,
    PracticeList,
    PracticeNote,
    PracticeRegister,
    RegisterGroup,
)
from .profiles import (
    AreaProfile,
    IndicatorDistribution,
    ProfileColumn,
    ProfileOrigin,
    ProfileState,
    figure_in_force,
    give_figures,
)
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
    "PlaceWord",
    "Postcode",
    "Practice",
    "PracticeList",
    "PracticeNote",
    "PracticeRegister",
    "RegisterGroup",
    "ProfileColumn",
    "ProfileOrigin",
    "ProfileState",
    "QualityAlert",
    "Tile",
    "TileDistrict",
    "TileGeometry",
    "TileSet",
    "Upload",
    "Vintage",
    "figure_in_force",
    "give_figures",
]
