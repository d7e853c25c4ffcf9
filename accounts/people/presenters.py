"""Wording and shapes of the pages about members, people and organisations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from ..models import Membership, Organisation, User
from ..permissions import Role
from .reviews import Line, due_on
from .search import State, state_of

STATE_TAGS = {
    State.ACTIVE: "her-tag--good",
    State.SUSPENDED: "her-tag--warning",
    State.LINK_MADE: "her-tag--info",
    State.INVITED: "her-tag--info",
    State.CLOSED: "her-tag--bad",
}


@dataclass(frozen=True)
class MemberLine:
    """One member in a list."""

    membership: Membership
    name: str
    email: str
    roles: str
    state: State
    tag: str
    until: datetime | None
    last_seen: datetime | None
    is_self: bool


def member_line(membership: Membership, reader: User) -> MemberLine:
    """The membership's user must be there."""
    state = state_of(membership)
    user = membership.user
    return MemberLine(
        membership=membership,
        name=user.get_full_name(),
        email=user.email,
        roles=", ".join(Role(role).label for role in membership.roles),
        state=state,
        tag=STATE_TAGS[state],
        until=membership.suspended_until if state == State.SUSPENDED else None,
        last_seen=user.last_login,
        is_self=user.pk == reader.pk,
    )


@dataclass(frozen=True)
class PersonLine:
    """One account in the list of the platform."""

    person: User
    memberships: list[tuple[Organisation, str, bool]]
    is_self: bool


def person_line(person: User, reader: User) -> PersonLine:
    """Memberships as (organisation, roles in words, suspended)."""
    held = [(each.organisation, each.role_names, each.is_suspended) for each in person.memberships.all()]
    return PersonLine(person, held, person.pk == reader.pk)


@dataclass(frozen=True)
class OrganisationLine:
    organisation: Organisation
    members: int
    administrators: int
    is_review_overdue: bool


def organisation_line(organisation: Organisation) -> OrganisationLine:
    """`organisation` from `OrganisationQuerySet.with_counts`."""
    members, administrators = organisation.member_count, organisation.administrator_count
    is_overdue = due_on(organisation, organisation.reviewed_at) < timezone.localdate()
    return OrganisationLine(organisation, members, administrators, is_overdue)


@dataclass(frozen=True)
class ReviewLine:
    """One person in a review. `tag` and `words` say how far it is."""

    line: Line
    name: str
    email: str
    roles: str
    tag: str
    words: str
    last_seen: datetime | None


def review_lines(lines: Iterable[Line]) -> list[ReviewLine]:
    found = []
    for line in lines:
        user, words = line.membership.user, "To confirm"
        if line.confirmed:
            words = "Confirmed"
        elif line.was_changed:
            words = "Changed since it was confirmed"
        elif line.is_own:
            words = "By another administrator"
        tag = "her-tag--good" if line.confirmed else "her-tag--plain"
        roles = line.membership.role_names
        found.append(ReviewLine(line, user.get_full_name(), user.email, roles, tag, words, user.last_login))
    return found
