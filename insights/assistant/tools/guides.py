"""Questions about the portal itself: words, how to do something, what can be asked."""

import re
from functools import cache
from math import log

from django.urls import reverse

from accounts.permissions import Permission
from insights.assistant import reference
from insights.assistant.intents import Intent
from insights.assistant.shapes import AnswerTable, Link
from insights.assistant.turn import Draft, Turn

GLOSSARY, HELP = "Glossary", "Help"
# "what does Core20 mean?", "define tier", "what is a patch?"
_ASKS = (
    re.compile(r"\bwhat (?:does|do) (?:an? |the )?(?P<word>.+?) (?:mean|stand for)\b"),
    re.compile(r"\b(?:define|explain|meaning of|definition of) (?:the (?:word|term) |an? |the )?(?P<word>.+)"),
    re.compile(r"\bwhat(?:'s| is| are) meant by (?:an? |the )?(?P<word>.+)"),
    re.compile(r"\bwhat(?:'s| is| are) (?:an? |the )?(?P<word>.+)"),
)
_EVERYDAY = frozenset(
    [
        "how",
        "use",
        "do",
        "does",
        "can",
        "could",
        "should",
        "would",
        "i",
        "we",
        "you",
        "one",
        "to",
        "a",
        "an",
        "the",
        "is",
        "are",
        "my",
        "our",
        "it",
        "in",
        "on",
        "of",
        "for",
        "from",
        "with",
        "this",
        "that",
        "what",
        "where",
        "when",
        "me",
        "please",
        "about",
        "and",
        "or",
        "be",
    ]
)
# A hit in a title is worth more than one in an answer.
_WEIGHTS = (3, 2, 2, 1, 1)
_LEAST_SCORE = 4
# Asked for by its title.
_BY_TITLE = 50


def word_asked(folded: str) -> reference.Word | None:
    """The term of the glossary that the text asks the meaning of; None where it asks none that is there."""
    plain = " ".join(re.sub(r"[?!.\"]+", " ", folded).split())
    for pattern in _ASKS:
        if (match := pattern.search(plain)) and (word := find_word(match["word"])):
            return word
    return find_word(plain)


def find_word(asked: str) -> reference.Word | None:
    """The term that is exactly this, in the singular or the plural; a row may have several terms."""
    named = [(name.strip().lower(), word) for word in reference.glossary() for name in word.term.split(",")]
    alike = [word for name, word in named if asked in (f"{name}s", name.removesuffix("s"))]
    return next((word for name, word in named if asked == name), next(iter(alike), None))


def definition(turn: Turn, word: reference.Word) -> Draft:
    draft = Draft(Intent.DEFINITION)
    name = draft.book.cite(word.term, word.term, source=GLOSSARY, href=word.href)
    draft.say(f"{name}: {draft.book.cite(word.meaning, word.meaning, source=GLOSSARY, href=word.href)}")
    draft.links.append(Link(f"{word.term} in the glossary", word.href))
    return draft


def how_to(turn: Turn) -> Draft:
    """The topic of help that says most about the words of the question, with the answer that fits best."""
    draft, found = Draft(Intent.HOW_TO), topics_for(turn.folded)
    if not found:
        draft.say("Help has nothing about that in these words.")
        draft.links.append(Link("Help, topic by topic", reverse("help")))
        return draft
    topic, words = found[0], _words(turn.folded)
    cite = draft.book.cite
    title = cite(topic.title, topic.title, source=HELP, href=topic.href)
    draft.say(f"Help has a topic about it, {title}: {cite(topic.what, topic.what, source=HELP, href=topic.href)}")
    texts = [*topic.can, *(f"{question} {answer}" for question, answer in topic.questions)]
    scored = sorted(((_share(words, text), -place, text) for place, text in enumerate(texts)), reverse=True)
    for share, _, text in scored[:2]:
        if share:
            draft.say(cite(text, text, source=HELP, href=topic.href))
    draft.links += [Link(f"Help: {each.title}", each.href) for each in found[:3]]
    return draft


def topics_for(folded: str) -> list[reference.HelpText]:
    """Topics by how much they say of the words asked, the best first; none where nearly nothing fits."""
    topics, words = reference.help_topics(), _words(folded)
    known = [_words_of(topic) for topic in topics]
    # A word that stands in every topic tells nothing; one that stands in one tells which (inverse document frequency).
    worth = {word: log(len(topics) / number) for word in words if (number := sum(word in each[-1] for each in known))}
    scored = []
    for place, parts in enumerate(known):
        score = _BY_TITLE if words == parts[0] else 0
        for weight, part in zip(_WEIGHTS, parts, strict=True):
            score += weight * sum(worth.get(word, 0) for word in words & part)
        scored.append((score, -place))
    return [topics[-place] for score, place in sorted(scored, reverse=True) if score >= _LEAST_SCORE]


def _words(text: str) -> set[str]:
    return {_stem(word) for word in re.findall(r"[a-z0-9&]+", text.lower()) if word not in _EVERYDAY and len(word) > 2}


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word.removesuffix(ending)
    return word.removesuffix("e")


def _share(words: set[str], text: str) -> int:
    return len(words & _words(text))


@cache
def _words_of(topic: reference.HelpText) -> tuple[set[str], ...]:
    """Of title, purpose, what one can do, answers, and of all of them."""
    texts = (topic.title, topic.what, " ".join(topic.can), " ".join(" ".join(pair) for pair in topic.questions))
    parts = [_words(text) for text in texts]
    return (*parts, set().union(*parts))


EXAMPLES = (
    ("Why an area has its priority", "Why is E01000001 urgent?", Permission.VIEW_AREAS),
    ("Areas in order", "Which areas are most urgent?", Permission.VIEW_AREAS),
    ("One figure", "Which areas have the highest share in bad health?", Permission.VIEW_AREAS),
    ("Places side by side", "Compare two areas or authorities by name", Permission.VIEW_AREAS),
    ("What changed", "What changed?", Permission.VIEW_AREAS),
    ("Earlier runs of an area", "How was it in earlier runs?", Permission.VIEW_AREAS),
    ("Unmet need", "Where is need unmet?", Permission.VIEW_AREAS),
    ("Months ahead", "What is the outlook for emergency admissions?", Permission.VIEW_AREAS),
    ("Plans of a day", "Which plans are there for today?", Permission.VIEW_PLANS),
    ("Visits left out", "What is left out today and why?", Permission.VIEW_PLANS),
    ("Equity of service", "Is the service fair?", Permission.VIEW_PLANS),
    ("Demand and capacity", "Do our teams have enough hours?", Permission.VIEW_PLANS),
    ("What a word means", "What does Core20 mean?", None),
    ("How to do something", "How do I export areas?", None),
)


def abilities(turn: Turn) -> Draft:
    """What can be asked by this person, and what cannot."""
    draft = Draft(Intent.ABILITIES)
    draft.say(
        "I answer questions about areas, priorities, plans, published activity and the portal itself.",
        "Answers are written from data by fixed rules: each figure comes with its source, and I never guess.",
    )
    draft.say("I give no advice about a person or a medicine, and I change nothing.")
    rows = tuple((what, example) for what, example, needed in EXAMPLES if needed is None or turn.may(needed))
    draft.table = AnswerTable("What can be asked", ("About", "For example"), rows)
    draft.links.append(Link("Help, topic by topic", reverse("help")))
    draft.suggestions += ["Which areas are most urgent?", "What changed?", "What does Core20 mean?"]
    return draft
