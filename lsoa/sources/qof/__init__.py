"""Quality and Outcomes Framework: registers by practice, what they mean, and figures to hold ours against."""

from lsoa.sources.base import Source

from .prevalence import QofPrevalence

QOF_SOURCES: list[Source] = [QofPrevalence()]
