"""What a source gives: bytes, readings, and what is wrong with either."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

JSON, CSV = "json", "csv"
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class FeedFailed(Exception):
    """A source that could not be read; the message is for people. Sources are quoted in it: what no database or page
    can hold (control characters, halves of surrogate pairs) is replaced."""

    def __init__(self, message: str):
        super().__init__(_UNSHOWABLE.sub("\ufffd", message))


class FeedBusy(FeedFailed):
    """The source asks for patience: `retry_after` seconds."""

    def __init__(self, message: str, retry_after: float):
        self.retry_after = retry_after
        super().__init__(message)


class FeedRefused(FeedFailed):
    """An answer that is not what was agreed: where, what was expected, what was found."""

    def __init__(self, *, where: str, expected: str, found: str):
        self.where, self.expected, self.found = where, expected, found
        super().__init__(f"{where}: expected {expected}, found {found}")


@dataclass(frozen=True)
class Answer:
    """The bytes of an answer, `form` JSON or CSV, and `fingerprint` by which the same answer is known again."""

    content: bytes
    form: str
    fingerprint: str
    name: str = ""


@dataclass(frozen=True)
class Reading:
    """One reading. Times have a zone; `value` is in `unit`; `text` holds the words of an alert."""

    observed_at: datetime
    measure: str
    value: float | None
    unit: str
    place_code: str = ""
    place_name: str = ""
    text: str = ""
    valid_until: datetime | None = None

    @property
    def key(self) -> tuple:
        return (self.measure, self.place_code, self.observed_at)


@dataclass
class Contents:
    """What an answer holds: good readings, and what was wrong with the others."""

    readings: list[Reading] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    # How many readings were refused; `problems` names the first of them.
    refused: int = 0


class Provider(Protocol):
    """Where answers come from."""

    def fetch(self, fingerprint: str, processed: frozenset[str]) -> Answer | None:
        """The newest answer; None when it is the one that `fingerprint` (or one of `processed`) names.
        Raises FeedFailed."""
