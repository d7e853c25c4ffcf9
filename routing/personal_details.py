"""What points to a person and must not stand in references or notes."""

import re

from .csv_cells import is_nhs_number

# Ten digits as people write them: 943 476 5919, 943-476-5919, 9434765919.
_TEN_DIGITS = re.compile(r"(?<![0-9])[0-9]{3}[-. /]?[0-9]{3}[-. /]?[0-9]{4}(?![0-9])")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
# UK numbers: a 0, +44 or 0044, then nine or ten digits in groups (Ofcom, National Telephone Numbering Plan).
_TELEPHONE = re.compile(r"(?<![0-9])(?:\+44|0044|0)[ ()-]*(?:[0-9][ ()-]*){9,10}(?![0-9])")


def personal_details_in(text: str) -> str:
    """What in a free text looks like it points to a person, in words ("an NHS number"); blank where nothing does."""
    if any(is_nhs_number(found) for found in _TEN_DIGITS.findall(text)):
        return "an NHS number"
    if _EMAIL.search(text):
        return "an email address"
    if _TELEPHONE.search(text):
        return "a telephone number"
    return ""
