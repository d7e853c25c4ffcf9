"""What a word means: answered from the glossary."""

import re

from . import reference
from .book import Book
from .intents import Intent
from .shapes import Answer, Link

SOURCE = "Glossary"
# "what does Core20 mean?", "define tier", "what is a patch?"
_ASKS = (
    re.compile(r"\bwhat (?:does|do) (?:an? |the )?(?P<word>.+?) (?:mean|stand for)\b"),
    re.compile(r"\b(?:define|explain|meaning of|definition of) (?:the (?:word|term) |an? |the )?(?P<word>.+)"),
    re.compile(r"\bwhat(?:'s| is| are) meant by (?:an? |the )?(?P<word>.+)"),
    re.compile(r"\bwhat(?:'s|’s| is| are) (?:an? |the )?(?P<word>.+)"),
)


def word_asked(text: str) -> reference.Word | None:
    """The term of the glossary that the text asks the meaning of; None where it asks none that is there."""
    plain = re.sub(r"[?!.“”\"]+", " ", text).lower()
    for pattern in _ASKS:
        if (match := pattern.search(plain)) and (word := find_word(match["word"])):
            return word
    return find_word(plain)


def find_word(asked: str) -> reference.Word | None:
    """The term that is exactly this, in the singular or the plural; a row may have several terms."""
    asked = " ".join(asked.split())
    for word in reference.glossary():
        names = [name.strip().lower() for name in word.term.split(",")]
        if any(asked in (name, f"{name}s", name.removesuffix("s")) for name in names):
            return word
    return None


def answer_definition(text: str, word: reference.Word) -> Answer:
    book = Book()
    meaning = book.cite(word.meaning, word.meaning, source=SOURCE, href=word.href)
    name = book.cite(word.term, word.term, source=SOURCE, href=word.href)
    return Answer(
        question=text,
        intent=Intent.DEFINITION,
        paragraphs=(f"{name}: {meaning}",),
        facts=book.facts,
        links=(Link(f"{word.term} in the glossary", word.href),),
    )
