"""Topics as the files hold them: checked once, when they are first asked for."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("topics")
GROUPS = (
    "Start here",
    "Areas and priorities",
    "Planning visits",
    "On the road",
    "Data",
    "Running an organisation",
    "Running the platform",
    "For other systems",
)
# What stands before a finding in a search: a hit in the title is worth more than one in an answer.
WEIGHTS = {"title": 8, "words": 4, "what": 2, "can": 1, "questions": 1}


class HelpIsWrong(ValueError):
    """A file of topics says something that cannot be; the message names file and topic."""


@dataclass(frozen=True)
class Topic:
    """`pages`: URL names that it is for. `who`: the roles that use them. `can`: what one can do there, a sentence each.
    `questions`: (question, answer). `words`: terms of the glossary.
    """

    slug: str
    title: str
    group: str
    pages: tuple[str, ...]
    who: str
    what: str
    can: tuple[str, ...]
    questions: tuple[tuple[str, str], ...]
    words: tuple[str, ...]


@cache
def topics() -> tuple[Topic, ...]:
    """All topics by group, in the order of the files. HelpIsWrong where one is not whole or two say the same page."""
    found = [_topic(path, row) for path in sorted(FOLDER.glob("*.toml")) for row in _rows(path)]
    _no_twice([topic.slug for topic in found], "slug")
    _no_twice([page for topic in found for page in topic.pages], "page")
    return tuple(sorted(found, key=lambda topic: GROUPS.index(topic.group)))


def topic_for(page: str | None) -> Topic | None:
    """The topic of a page by its URL name; None where nobody wrote one."""
    return _by_page().get(page)


def topic_by_slug(slug: str) -> Topic | None:
    return next((topic for topic in topics() if topic.slug == slug), None)


def search(text: str) -> list[Topic]:
    """Topics that hold every word asked for, the best first; all of them where nothing was asked."""
    asked = re.findall(r"\w+", text.lower())
    scored = [(_score(topic, asked), topic) for topic in topics()]
    if not asked:
        return list(topics())
    return [topic for score, topic in sorted(scored, key=lambda pair: -pair[0]) if score]


def _score(topic: Topic, asked: list[str]) -> int:
    texts = {
        "title": topic.title,
        "words": " ".join(topic.words),
        "what": f"{topic.what} {topic.who}",
        "can": " ".join(topic.can),
        "questions": " ".join(f"{question} {answer}" for question, answer in topic.questions),
    }
    weights = [
        sum(WEIGHTS[part] for part, text in texts.items() if re.search(rf"\b{re.escape(word)}", text.lower()))
        for word in asked
    ]
    return sum(weights) if all(weights) else 0


@cache
def _by_page() -> dict[str, Topic]:
    return {page: topic for topic in topics() for page in topic.pages}


def _rows(path: Path) -> list[dict]:
    return tomllib.loads(path.read_text())["topic"]


def _topic(path: Path, row: dict) -> Topic:
    known = set(Topic.__dataclass_fields__)
    if set(row) != known:
        raise HelpIsWrong(f"{path.name}, {row.get('slug')}: expected {sorted(known)}, found {sorted(row)}")
    if row["group"] not in GROUPS:
        raise HelpIsWrong(f"{path.name}, {row['slug']}: there is no group {row['group']!r}")
    return Topic(
        **row
        | {"what": " ".join(row["what"].split())}
        | {name: tuple(row[name]) for name in ("pages", "can", "words")}
        | {"questions": tuple((question, answer) for question, answer in row["questions"])}
    )


def _no_twice(values: list[str], what: str) -> None:
    if twice := {value for value in values if values.count(value) > 1}:
        raise HelpIsWrong(f"Two topics have the same {what}: {', '.join(sorted(twice))}")
