"""Somebody may be in danger now: the words of it, whose they are, and whether they are denied."""

import re

from .patterns import pattern

_OF_ONESELF = pattern("crisis", "of_oneself")
_OF_ANOTHER = pattern("crisis", "of_another")
_ANOTHER = pattern("crisis", "another")
_SOMEBODY = pattern("crisis", "somebody")
_EMERGENCY = pattern("crisis", "emergency")
_NUMBERS = pattern("crisis", "numbers")
_NOW = pattern("crisis", "now")
_ONE = pattern("crisis", "one")
_DENIED = pattern("crisis", "denied")
# A sign that says "not" itself: "does not want to live".
_SAYS_NOT = re.compile(r"(?:not|no|don't|do not|dont|can't|cannot|cant|isn't|stopped|doesn't|doesnt|nothing)\b")
_I = re.compile(r"\b(?:i|i'm|i've|i'd|me|myself)\b")
_REACH = 45


def alerts(text: str) -> set[str]:
    """What a folded sentence is a sign of. A sign too many costs a banner; one too few may cost a life."""
    found = set()
    of_numbers = bool(_NUMBERS.search(text))
    of_somebody = bool(_SOMEBODY.search(text))
    of_one = of_somebody and bool(_ONE.search(text))
    if _sign(_OF_ONESELF, text):
        # What another says is told in their words: "she says life is not worth living".
        told = bool(_ANOTHER.search(text)) and not _I.search(text)
        found.add("self_harm_patient" if told else "self_harm_staff")
    elif _sign(_OF_ANOTHER, text) and (of_somebody or _ANOTHER.search(text)) and (not of_numbers or of_one):
        found.add("self_harm_patient")
    if _sign(_EMERGENCY, text) and (not of_numbers or of_one or (of_somebody and _NOW.search(text))):
        found.add("emergency")
    return found


def _sign(words: re.Pattern, text: str) -> bool:
    """Whether the text has one of the words that is not denied a few words before."""
    return any(not _is_denied(text, match) for match in words.finditer(text))


def _is_denied(text: str, match) -> bool:
    if _SAYS_NOT.match(match.group()):
        return False
    return bool(_DENIED.search(text[max(0, match.start() - _REACH) : match.start()]))
