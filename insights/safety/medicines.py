"""Medicines by name, and questions about how to take them.

The names are international non-proprietary names that are common in primary and community care (NHS Business Services
Authority, Prescription Cost Analysis), with some brands that people say instead.
"""

import re

from .patterns import pattern, words

_NAME = re.compile(r"[a-z][a-z-]{2,}")
_STEM = pattern("medicines", "stems")
_KINDS = pattern("medicines", "kinds")
_QUANTITY = pattern("medicines", "quantity")
_DOSING = pattern("medicines", "dosing")
_DOSE_ITSELF = pattern("medicines", "dose_itself")
_OF_AREAS = pattern("medicines", "of_areas")
_QUESTION = pattern("clinical", "question")
_OF_PLANS = re.compile(r"\b(?:skills?|plans?|rota|teams?|rounds?|visits|areas?)\b")
_TOGETHER = re.compile(r"\b(?:with|and|together|plus)\b")


def names_of_medicines(text: str) -> set[str]:
    """Medicines that a folded text names, by name or by the stem of their kind."""
    known = words("names_of_medicines")
    # An ending too many is forgiven: "metformine", "statins".
    named = {word for word in _NAME.findall(text) if word in known or word.rstrip("es") in known}
    return named | {match.group() for match in _STEM.finditer(text)}


def asks_about_medicine(text: str, *, about_somebody: bool) -> bool:
    """Whether a folded sentence asks how a medicine is dosed, taken or combined. A medicine that is only named in a
    question about areas or visits asks nothing of the kind."""
    named = names_of_medicines(text)
    if named and _QUANTITY.search(text):
        return True
    if _OF_AREAS.search(text) and not about_somebody:
        return False
    if _DOSE_ITSELF.search(text):
        return True
    dosing = bool(_DOSING.search(text))
    if about_somebody and _QUESTION.search(text) and not _OF_PLANS.search(text) and (named or _KINDS.search(text)):
        # Whatever is asked about somebody's medicine asks for advice.
        return True
    if named:
        return dosing or (len(named) > 1 and bool(_TOGETHER.search(text)))
    return dosing and bool(_KINDS.search(text))
