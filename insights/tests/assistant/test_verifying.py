"""The verifier: an answer says nothing but its facts, and nearly every change of one is caught."""

import random
import re
from dataclasses import replace

import pytest

from insights.assistant import Answer, Fact
from insights.assistant.verifying import is_proven

pytestmark = pytest.mark.django_db
PLAIN = Answer(
    question="?",
    intent="figure",
    paragraphs=("Testham [f1] has 1,498 [f2] of 38.2% [f3] on 3 May 2026 [f4].",),
    facts=(
        Fact("f1", "E08000025", "Testham"),
        Fact("f2", 1498, "1,498"),
        Fact("f3", 38.21, "38.2%"),
        Fact("f4", "2026-05-03", "3 May 2026"),
    ),
)


@pytest.mark.parametrize(
    "words",
    [
        "Testham [f1] has 1,499 [f2].",
        "Testham [f1] has 11,498 [f2].",
        "Testham [f1] has 1,498.",
        "Otherham [f1] has 1,498 [f2].",
        "Testham [f1] is worse than Otherham.",
        "Testham [f1] has about two areas.",
        "It rose in March.",
        "It was 1,498 [f9].",
        "Twice as many live in Testham [f1].",
    ],
)
def test_what_no_fact_says_is_found(words):
    assert is_proven(PLAIN) and not is_proven(replace(PLAIN, paragraphs=(words,)))


def test_a_fact_that_shows_another_number_than_its_value_is_found():
    assert not is_proven(replace(PLAIN, facts=(*PLAIN.facts[:2], Fact("f3", 39.21, "38.2%"), PLAIN.facts[3])))


def test_altered_figures_places_and_dates_are_caught(viewer, planner, town, patch, plan):
    """Every answer of a conversation, with one figure, name or date in it changed."""
    questions = [f"Why is {town[kind].code} a priority?" for kind in town] + [
        "Which areas are most urgent?", "Compare Testham and Otherham", "Where is need unmet?",
        "Which areas have the highest share in bad health?", f"How deprived is {town['worst'].code}?",
    ]  # fmt: skip
    answers = [viewer(question) for question in questions] + [planner("Which plans are there for tomorrow?")]
    assert all(is_proven(answer) and answer.paragraphs for answer in answers)
    dice, tried, caught = random.Random(6), 0, 0
    for answer in answers:
        for _ in range(100):
            changed = _altered(answer, dice)
            if changed is not None:
                tried, caught = tried + 1, caught + (not is_proven(changed))
    assert tried > 500 and caught >= 0.99 * tried


def _altered(answer, dice):
    """The answer with a digit of a paragraph changed, two facts' words exchanged, or a word of a name replaced."""
    place = dice.randrange(len(answer.paragraphs))
    text = answer.paragraphs[place]
    bare = [m for m in re.finditer(r"\d", text) if not re.match(r"\d*\]", text[m.start() :])]
    kind = dice.randrange(3)
    if kind == 0 and bare:
        at = dice.choice(bare).start()
        digit = dice.choice([each for each in "0123456789" if each != text[at]])
        changed = text[:at] + digit + text[at + 1 :]
    elif kind == 1 and len(answer.facts) > 1:
        one, other = dice.sample(answer.facts, 2)
        changed = text.replace(f"{one.shown} [{one.key}]", f"{other.shown} [{one.key}]", 1)
        if one.shown == other.shown:
            return None
    else:
        changed = re.sub(r"Testham", "Elsewhere", text, count=1)
    if changed == text:
        return None
    return replace(answer, paragraphs=(*answer.paragraphs[:place], changed, *answer.paragraphs[place + 1 :]))
