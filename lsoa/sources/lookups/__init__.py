"""Look-ups from areas to what they belong to, and between the areas of 2011 and 2021."""

from .adapter import AreaLookup
from .authorities import AuthorityCodes
from .centroids import CentrePoints, PopulationCentroids
from .changes import AreaChanges
from .layouts import LAYOUTS

LOOKUPS = {key: AreaLookup(key, layouts) for key, layouts in LAYOUTS.items()}
LOCAL_AUTHORITY = LOOKUPS["lsoa21-local-authority"]
INTEGRATED_CARE_BOARD = LOOKUPS["lsoa21-integrated-care-board"]
LOOKUP_SOURCES = [
    *LOOKUPS.values(),
    AreaChanges(),
    PopulationCentroids(2021),
    PopulationCentroids(2011),
    CentrePoints(),
    AuthorityCodes(),
]

__all__ = ["INTEGRATED_CARE_BOARD", "LOCAL_AUTHORITY", "LOOKUPS", "LOOKUP_SOURCES"]
