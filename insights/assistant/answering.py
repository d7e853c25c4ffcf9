"""From a question to an answer."""

from datetime import date

from .definition import answer_definition, word_asked
from .intents import Intent
from .shapes import Answer


def ask(question: str, *, person, organisation, slots: dict | None = None, today: date | None = None) -> Answer:
    """The answer to a question of somebody of an organisation. `slots`: those of the conversation's last answer."""
    text = " ".join(question.split())
    word = word_asked(text)
    if word is not None:
        return answer_definition(text, word)
    return Answer(
        question=text,
        intent=Intent.NOT_ANSWERED,
        paragraphs=("I cannot answer that from the data of the portal.",),
        slots=dict(slots or {}),
        suggestions=tuple(starters(person, organisation)),
    )


def starters(person, organisation) -> list[str]:
    """Questions to begin with."""
    return ["What does Core20 mean?", "What is a tier?", "What is a patch?"]
