"""Questions for advice about somebody's health."""

import re

from .patterns import pattern
from .people import CUE, SELF

_REQUEST = pattern("clinical", "request")
_COMPLAINT = pattern("clinical", "complaint")
_OF_AREAS = pattern("clinical", "of_areas")
_OF_HEALTH = pattern("clinical", "of_health")
_QUESTION = pattern("clinical", "question")
_STAND_IN = re.compile(r"\b(?:her|him|she|he|it|this|them|they|that)\b|\b(?:we|i) (?:do|give|tell|try)\b")
_TREATMENT = re.compile(r"\b(?:treat|dress|manage|diagnos|antibiotic|dressing)\w*")


def asks_for_clinical_advice(text: str, *, spoken_of_before: bool = False) -> bool:
    """Whether a folded sentence asks for advice about one person's health. `spoken_of_before`: an earlier sentence or
    message was about somebody, so that "it" and "her" mean them."""
    complaint, of_areas = bool(_COMPLAINT.search(text)), bool(_OF_AREAS.search(text))
    if not of_areas and CUE.search(text) and _QUESTION.search(text) and (complaint or _OF_HEALTH.search(text)):
        return True
    if not _REQUEST.search(text):
        return False
    if CUE.search(text):
        return complaint or not of_areas
    if SELF.search(text) and complaint:
        # "Should I plan wound visits first?" is about a plan.
        return not of_areas
    if spoken_of_before:
        return complaint or (not of_areas and bool(_STAND_IN.search(text)))
    return complaint and not of_areas and bool(_TREATMENT.search(text))
