"""What a check of the trail can find, in words."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was done to the trail."""

    CHANGED = "changed"
    DELETED = "deleted"
    INSERTED = "inserted"
    REORDERED = "re-ordered"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    SEAL_MISSING = "seal missing"
    SEAL_ALTERED = "seal altered"


@dataclass(frozen=True)
class Verification:
    """What a check found. `events` is the number of the last entry, `head` its digest in hexadecimal ("" for none).

    `first` is the first entry that was recomputed (1 in a full check). `reason` says which rule failed first: "number"
    (rows are missing), "link" (does not continue from the row before), "content" (the row was changed), "seal".
    `words` is a sentence for people. `seals` counts the seals that were compared.
    """

    intact: bool
    events: int
    head: str
    broken_sequence: int | None = None
    reason: str = ""
    kind: str = ""
    words: str = ""
    first: int = 1
    seals: int = 0
