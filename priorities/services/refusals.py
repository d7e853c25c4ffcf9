"""Why a step with a version of the model is refused: every message is for people."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from priorities.rule_conflicts import TableConflict


class PublicationRefused(ValueError):
    """A version that cannot take this step, or a person who may not take it."""


class ImportRefused(ValueError):
    """A model file that cannot become a version."""


class StaleDraft(PublicationRefused):
    """Somebody else saved the draft meanwhile. ``revision`` is the one that stands now."""

    def __init__(self, *, saved_by: User | None, saved_at: datetime, revision: int):
        self.saved_by, self.saved_at, self.revision = saved_by, saved_at, revision
        who = str(saved_by) if saved_by is not None else "Somebody"
        super().__init__(
            f"{who} saved this draft after you opened it. Nothing of yours was saved: open it again to see both."
        )


class DraftInvalid(PublicationRefused):
    """Content that cannot be saved. ``problems``: pairs (field, message)."""

    def __init__(self, problems: list[tuple[str, str]]):
        self.problems = tuple(problems)
        super().__init__(" ".join(message for _, message in self.problems))


class ConflictsNeedReason(PublicationRefused):
    """Rules that contradict each other, and nobody has said why. ``conflicts``: by attribute."""

    def __init__(self, conflicts: Mapping[str, TableConflict]):
        self.conflicts = dict(conflicts)
        listed = " ".join(
            f"{conflict.label}: {conflict.count} {'pair' if conflict.count == 1 else 'pairs'} of rules, for example: "
            f"{conflict.sentences[0]}"
            for conflict in self.conflicts.values()
        )
        super().__init__(f"Rules contradict each other; give a reason to keep them. {listed}")
