"""Every adapter that the product has. The first that recognises a file reads it."""

from .activity import ACTIVITY
from .base import Source
from .boundaries import BOUNDARIES_2011, BOUNDARIES_2021
from .census import NOMIS_TABLES
from .deprivation import DEPRIVATION
from .fingertips import FINGERTIPS
from .lookups import LOOKUP_SOURCES
from .material import FileMaterial, SpecMaterial
from .postcodes import POSTCODE_COORDINATES, POSTCODE_LOOKUP
from .practices import PRACTICE_SOURCES
from .qof import QOF_SOURCES
from .rural_urban import RURAL_URBAN_SOURCES
from .synthetic.activity import SyntheticActivity
from .synthetic.adapter import Synthetic

SOURCES: list[Source] = [
    BOUNDARIES_2021,
    BOUNDARIES_2011,
    *LOOKUP_SOURCES,
    *RURAL_URBAN_SOURCES,
    POSTCODE_LOOKUP,
    POSTCODE_COORDINATES,
    *PRACTICE_SOURCES,
    *DEPRIVATION,
    *NOMIS_TABLES,
    *QOF_SOURCES,
    *ACTIVITY,
    *FINGERTIPS,
    Synthetic(),
    SyntheticActivity(),
]


def source_for(material: FileMaterial | SpecMaterial) -> Source | None:
    """The adapter of this material, or None when there is none (yet)."""
    if isinstance(material, SpecMaterial):
        return next((source for source in SOURCES if source.scheme == material.scheme), None)
    return next((source for source in SOURCES if source.scheme is None and source.recognises(material)), None)


def schemes() -> set[str]:
    return {source.scheme for source in SOURCES if source.scheme}
