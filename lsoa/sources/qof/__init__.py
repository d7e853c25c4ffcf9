"""Quality and Outcomes Framework: registers by practice, what they mean, and figures to hold ours against."""

from lsoa.sources.base import Source

from .commons import AuthorityPrevalence
from .mappings import IndicatorGroups, OrganisationReference, PracticeGeographies, ValidationOutcomes
from .prevalence import QofPrevalence
from .workbook import PracticeWorkbook

QOF_SOURCES: list[Source] = [
    PracticeGeographies("qof-practice-geographies", "mapping of practices to NHS geographies", "COUNTRY"),
    PracticeGeographies("qof-manual-mapping", "mapping of practices, kept by hand", "NAT_COUNTRY"),
    IndicatorGroups(),
    OrganisationReference(),
    ValidationOutcomes(),
    QofPrevalence(),
    PracticeWorkbook(),
    AuthorityPrevalence(),
]
