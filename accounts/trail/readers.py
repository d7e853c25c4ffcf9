"""Who was shown data about one person: a member, somebody in a team, somebody who is visited."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from ..models import AuditEvent, User
from .reading import Filter
from .recording import READING, USER_LABEL


@dataclass(frozen=True)
class Subject:
    """A person as readings know them: `ids` of every row that stands for them."""

    label: str
    pk: str
    name: str
    ids: tuple[str, ...]

    def filter(self, organisation, **asked) -> Filter:
        return Filter(organisation.pk, subjects=self.ids, **asked)


# Label of a model -> (organisation, id) -> the person, None for nobody there.
_kinds: dict[str, Callable[[object, str], Subject | None]] = {}


def register_subject(label: str, find: Callable[[object, str], Subject | None]) -> None:
    """Say how people of a kind are found within an organisation. Call in AppConfig.ready()."""
    _kinds[label] = find


def kinds() -> list[str]:
    return sorted(_kinds)


def subject_of(organisation, label: str, pk: str) -> Subject | None:
    """None for other kinds of things, ids that are none, and people of other organisations."""
    find = _kinds.get(label)
    try:
        return find(organisation, pk) if find else None
    except ValueError:
        return None


def _member(organisation, pk: str) -> Subject | None:
    user = User.objects.filter(pk=UUID(pk), memberships__organisation=organisation).first()
    return None if user is None else Subject(USER_LABEL, pk, str(user), (str(user.pk),))


register_subject(USER_LABEL, _member)


def readings_of(ids: list[str]):
    """Every reading of a person, in every organisation, the latest first: for the person's own copy."""
    events = AuditEvent.objects.extra(
        where=["action = %s AND (details -> 'subjects') ?| %s::text[]"], params=[READING, ids]
    )
    return events.order_by("-sequence")
