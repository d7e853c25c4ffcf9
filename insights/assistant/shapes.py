"""What an answer consists of. All of it goes to JSON and back unchanged, so that it can be kept and shown again."""

from dataclasses import asdict, dataclass, field


class AnswerUnreadable(ValueError):
    """A kept answer that is not of these shapes; the message names the part."""


@dataclass(frozen=True)
class Fact:
    """One figure, name or date that an answer rests on.

    `key` is what paragraphs cite as [f1]. `value` is a number, a text or None; `shown` is how it is written. `unit` may
    be empty. `place`, `period` and `source` are names for people; `href` leads to the page that shows the same figure.
    """

    key: str
    value: float | int | str | None
    shown: str
    unit: str = ""
    place: str = ""
    period: str = ""
    source: str = ""
    href: str = ""


@dataclass(frozen=True)
class AnswerTable:
    """Cells are texts. `row_hrefs` has one address (or "") per row, for its first cell; empty where no row has one."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_hrefs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    text: str
    href: str


@dataclass(frozen=True)
class Notice:
    """Something that is said beside the answer. `kind`: crisis, removed, refused, advice or limits. A crisis comes
    first. `words` has one paragraph per item."""

    kind: str
    heading: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """The answer to one question. `question` is what is left of it after the safety checks, never the original.

    `intent` is a value of `Intent`. Paragraphs cite facts by key in square brackets, e.g. [f1]. `removed` names the
    kinds of personal data that were taken out. `slots` go into the next question of the conversation, as they are.
    `suggestions` are questions that can be asked next, word by word.
    """

    question: str
    intent: str
    paragraphs: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    table: AnswerTable | None = None
    links: tuple[Link, ...] = ()
    notices: tuple[Notice, ...] = ()
    removed: tuple[str, ...] = ()
    slots: dict = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()

    def as_json(self) -> dict:
        """Plain values only: dict, list, str, number, None."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict) -> "Answer":
        """The answer that `as_json` was made of. AnswerUnreadable for anything else."""
        try:
            return cls(
                question=kept["question"],
                intent=kept["intent"],
                paragraphs=tuple(kept["paragraphs"]),
                facts=tuple(Fact(**row) for row in kept["facts"]),
                table=_table(kept["table"]),
                links=tuple(Link(**row) for row in kept["links"]),
                notices=tuple(Notice(row["kind"], row["heading"], tuple(row["words"])) for row in kept["notices"]),
                removed=tuple(kept["removed"]),
                slots=dict(kept["slots"]),
                suggestions=tuple(kept["suggestions"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise AnswerUnreadable(f"the kept answer cannot be read: {error!r}") from error


def _table(kept: dict | None) -> AnswerTable | None:
    if kept is None:
        return None
    rows = tuple(tuple(row) for row in kept["rows"])
    return AnswerTable(kept["caption"], tuple(kept["columns"]), rows, tuple(kept["row_hrefs"]))
