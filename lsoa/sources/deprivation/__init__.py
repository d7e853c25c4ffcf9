"""The English indices of deprivation 2019 and 2025: the publisher's files and what others have converted them to."""

from .converted import CONVERTED_TABLES
from .official import DEPRIVATION_FILES

DEPRIVATION = [*DEPRIVATION_FILES, *CONVERTED_TABLES]
__all__ = ["DEPRIVATION"]
