"""Proof that a paragraph says nothing but its facts: every number, place and date in it is one of them."""

import re

from .shapes import Answer, Fact

CITED = re.compile(r"\[(f\d+)\]")
_MONTHS = r"january|february|march|april|june|july|august|september|october|november|december"
_DAYS = r"monday|tuesday|wednesday|thursday|friday|saturday|sunday"
# What may stand in the words between facts: no figure, no date, no number in words.
_FORBIDDEN = re.compile(
    rf"\d|%|\b(?:{_MONTHS}|{_DAYS}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand"
    r"|million|half|twice|double|triple|quarter|thirds?)\b",
    re.IGNORECASE,
)
# Names that sentence plans may say by themselves; all other names come from facts.
_KNOWN_NAMES = frozenset(
    ["I", "LSOA", "LSOAs", "IMD", "DEX", "NHS", "ICB", "Core20", "England", "Index", "Multiple", "Deprivation", "A&E"]
)
_CAPITAL = re.compile(r"(?<![.!?:\n]\s)(?<!^)\b[A-Z][\w&'-]*")
_NUMBER = re.compile(r"[−-]?\d[\d,]*(?:\.\d+)?")


class Unproven(ValueError):
    """A paragraph that says more than its facts; the message names the part."""


def prove(answer: Answer) -> None:
    """Raises Unproven where a paragraph says what no fact says, or a fact shows another number than its value."""
    facts = {fact.key: fact for fact in answer.facts}
    for fact in answer.facts:
        _prove_fact(fact)
    for paragraph in answer.paragraphs:
        _prove_paragraph(paragraph, facts)


def is_proven(answer: Answer) -> bool:
    try:
        prove(answer)
    except Unproven:
        return False
    return True


def _prove_paragraph(paragraph: str, facts: dict[str, Fact]) -> None:
    words, end = [], 0
    for match in CITED.finditer(paragraph):
        fact = facts.get(match.group(1))
        if fact is None:
            raise Unproven(f"there is no fact {match.group(1)}")
        before = paragraph[end : match.start()].rstrip()
        if not before.endswith(fact.shown) or _joined(before, fact.shown):
            raise Unproven(f"{match.group(1)} shows {fact.shown!r}, the paragraph says something else")
        words.append(before.removesuffix(fact.shown))
        end = match.end()
    words.append(paragraph[end:])
    for text in words:
        if match := _FORBIDDEN.search(_without_known(text)):
            raise Unproven(f"{match.group()!r} is no fact")
    if match := next((m for m in _CAPITAL.finditer("\0".join(words)) if m.group() not in _KNOWN_NAMES), None):
        raise Unproven(f"{match.group()!r} is no fact")


def _joined(before: str, shown: str) -> bool:
    """Whether what is shown is only the end of a longer number or word."""
    rest = before.removesuffix(shown)
    return bool(rest) and bool(re.search(r"[\w.,−-]$", rest)) and bool(re.match(r"\w", shown))


def _without_known(text: str) -> str:
    return text.replace("Core20", "").replace("A&E", "")


def _prove_fact(fact: Fact) -> None:
    """A numeric value is shown as itself, rounded to the digits that are shown."""
    if isinstance(fact.value, bool) or not isinstance(fact.value, int | float):
        return
    numbers = _NUMBER.findall(fact.shown)
    if not numbers:
        raise Unproven(f"{fact.key} shows no number for {fact.value}")
    text = numbers[0].replace(",", "").replace("−", "-")
    decimals = len(text.partition(".")[2])
    if fact.shown.startswith(("under ", "over ")):
        return
    if abs(float(text) - fact.value) > 0.5 * 10**-decimals + 1e-9:
        raise Unproven(f"{fact.key} shows {text} for {fact.value}")
