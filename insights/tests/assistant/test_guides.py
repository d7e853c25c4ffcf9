"""Words, help and what can be asked."""

import pytest

from insights.assistant import Intent, reference
from insights.assistant.intent_rules import read
from insights.assistant.verifying import is_proven

pytestmark = pytest.mark.django_db


def test_every_word_of_the_glossary_is_explained(viewer):
    words = reference.glossary()
    assert len(words) > 30
    for word in words:
        name = word.term.split(",")[0]
        answer = viewer(f"What does {name} mean?")
        assert answer.intent == Intent.DEFINITION and word.meaning.split("[")[0] in answer.paragraphs[0], name
        assert answer.links[0].href == word.href and is_proven(answer)


@pytest.mark.parametrize(
    ("question", "href"),
    [
        ("How do I export areas?", "/help/explore/"),
        ("How do I publish a plan?", "/help/plan/"),
        ("How can I save a view?", "/help/explore/"),
    ],
)
def test_help_is_found_by_its_words(viewer, question, href):
    answer = viewer(question)
    assert answer.intent == Intent.HOW_TO and href in [link.href for link in answer.links] and is_proven(answer)


def test_every_topic_is_found_by_its_title(viewer):
    for topic in reference.help_topics():
        answer = viewer(f"How do I use {topic.title}?")
        assert topic.href in [link.href for link in answer.links], topic.title


def test_what_can_be_asked_depends_on_the_right(viewer, planner):
    asked = lambda answer: {row[0] for row in answer.table.rows}  # noqa: E731
    assert asked(planner("What can I ask?")) > asked(viewer("What can I ask?"))


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("which areas are the most deprived?", Intent.RANK_AREAS),
        ("why is salford urgent?", Intent.WHY_PRIORITY),
        ("what changed since last month?", Intent.CHANGES),
        ("compare salford with bury", Intent.COMPARE_AREAS),
        ("what is the outlook for a&e attendances?", Intent.OUTLOOK),
        ("do our teams have enough hours?", Intent.DEMAND),
        ("is demand above capacity next week?", Intent.DEMAND),
        ("what is left out today and why?", Intent.LEFT_OUT),
        ("is core20 reached as well as others?", Intent.EQUITY),
        ("where is need unmet?", Intent.UNMET_NEED),
        ("how do i publish a plan?", Intent.HOW_TO),
        ("plans of today", Intent.PLANS),
        ("trend of salford over time", Intent.HISTORY),
        ("what can you do?", Intent.ABILITIES),
        ("sing me a song", None),
    ],
)
def test_questions_are_read_by_rules(question, intent):
    assert read(question).intent == intent
