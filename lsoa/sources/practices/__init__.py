"""GP practices: where they are, who belongs to them, where their patients live."""

from lsoa.sources.base import Source

from .directory import PracticeDirectory
from .figures import ListDemographics, PracticeDeprivation
from .lists import QuinaryAgeLists, TotalLists
from .locations import PracticeLocations
from .maps import PracticeMap
from .networks import BirminghamSolihullLookup, GeocodedPractices, NetworkMembers
from .patients import PatientsByArea
from .payments import PracticePayments
from .shares import NetworkOfArea, NetworkPatients, WardShares

PRACTICE_SOURCES: list[Source] = [
    PracticeDirectory(),
    PracticeMap(),
    PracticeLocations(),
    PracticePayments(),
    NetworkMembers(),
    BirminghamSolihullLookup(),
    GeocodedPractices(),
    QuinaryAgeLists(),
    TotalLists(),
    ListDemographics(),
    PracticeDeprivation(),
    PatientsByArea(),
    WardShares(),
    NetworkPatients("sussex-lsoa-pcn-1", 1),
    NetworkPatients("sussex-lsoa-pcn-2", 2),
    NetworkOfArea(),
]
