"""GP practices: where they are, who belongs to them, where their patients live."""

from lsoa.sources.base import Source

from .lists import QuinaryAgeLists, TotalLists
from .locations import PracticeLocations
from .patients import PatientsByArea

PRACTICE_SOURCES: list[Source] = [QuinaryAgeLists(), TotalLists(), PatientsByArea(), PracticeLocations()]
