"""Which of the closed list a question is for, by rules on its words. The first rule that fits wins."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .intents import Intent

SOURCE = Path(__file__).with_name("intents.toml")


def _rules() -> tuple[tuple[Intent, re.Pattern], ...]:
    """In the order of the file: the first that fits wins."""
    found = tomllib.loads(SOURCE.read_text())
    return tuple((Intent(name), re.compile("|".join(lines.split("\n")[:-1]))) for name, lines in found.items())


RULES = _rules()
_FOLLOWS = re.compile(r"^(?:and|what about|how about|same (?:for|in)|now|also|or|then|but|ok(?:ay)?,? and)\b")
_ONLY_WHY = re.compile(
    r"^(?:but |and |so )?why(?: (?:is|was) (?:that|this|it)(?: so)?| so| not| that)?\W*$|^(?:explain|reasons?)\W*$"
)
_BEFORE = re.compile(r"\b(?:year|run|month|time) before\b|\bbefore (?:that|then)\b|\bearlier\b|\bpreviously\b")


@dataclass(frozen=True)
class Reading:
    """`follows`: it leans on the question before. `only_why`: it says nothing but why. `before`: the time before."""

    intent: Intent | None
    follows: bool = False
    only_why: bool = False
    before: bool = False


def read(folded: str) -> Reading:
    """What a folded question is for; `intent` None where no rule fits."""
    if _ONLY_WHY.search(folded):
        return Reading(Intent.WHY_PRIORITY, follows=True, only_why=True)
    intent = next((intent for intent, words in RULES if words.search(folded)), None)
    return Reading(intent, bool(_FOLLOWS.search(folded)), False, bool(_BEFORE.search(folded)))
