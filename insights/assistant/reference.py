"""What the portal can say about itself: words and help. The portal registers them, since nothing here may import it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A term of the glossary, its meaning, and where the page says it."""

    term: str
    meaning: str
    href: str


@dataclass(frozen=True)
class HelpText:
    """A topic of help: what the page is for, what one can do there, and questions with answers."""

    title: str
    what: str
    can: tuple[str, ...]
    questions: tuple[tuple[str, str], ...]
    href: str


_readers: dict[str, Callable] = {}


def register(*, glossary: Callable[[], list[Word]], help_topics: Callable[[], list[HelpText]]) -> None:
    """Called once from `AppConfig.ready` of whoever has them."""
    _readers.update(glossary=glossary, help_topics=help_topics)


def glossary() -> list[Word]:
    return _readers["glossary"]()


def help_topics() -> list[HelpText]:
    return _readers["help_topics"]()
