"""One change for many members: who is affected and who is not, first as a preview, then all or nothing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from .. import services
from ..models import LegalHold, Membership, Organisation
from ..permissions import Role
from .limits import RefusedChange

MOST = 500


class Action(StrEnum):
    GRANT = "grant"
    SUSPEND = "suspend"
    RESTORE = "restore"
    REMOVE = "remove"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Action.GRANT: "Give a role",
    Action.SUSPEND: "Suspend",
    Action.RESTORE: "End the suspension",
    Action.REMOVE: "Remove from the organisation",
}


@dataclass(frozen=True)
class Change:
    """What is to be done. `role` for GRANT; `reason` and `until` for SUSPEND."""

    action: Action
    role: Role | None = None
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Line:
    """One person: `skipped` says why nothing happens to them, "" where the change does."""

    membership: Membership
    skipped: str


def preview(*, organisation: Organisation, memberships, change: Change, by) -> list[Line]:
    """What the change would do, in the order given. RefusedChange for more than `MOST`, or a role that is missing.

    Looks at what is there now and writes nothing.
    """
    chosen = list(memberships[: MOST + 1])
    if not chosen:
        raise RefusedChange("Choose at least one person.")
    if len(chosen) > MOST:
        raise RefusedChange(f"At most {MOST} people at once. Narrow the list and do it in parts.")
    if change.action == Action.GRANT and change.role is None:
        raise RefusedChange("Choose the role to give them.")
    left = set(_administrators(organisation))
    return [Line(membership, _skipped(membership, change, by, left)) for membership in chosen]


@transaction.atomic
def apply(*, organisation: Organisation, memberships, change: Change, by) -> list[Line]:
    """Do it to everybody whom the preview names, with one event for each; RefusedChange undoes all of it."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    lines = preview(organisation=organisation, memberships=memberships, change=change, by=by)
    for line in lines:
        if not line.skipped:
            _do(line.membership, change, by)
    return lines


def _administrators(organisation):
    return Membership.objects.for_organisation(organisation).administrators().values_list("pk", flat=True)


def _skipped(membership, change, by, left) -> str:
    """Why nothing is done to this one. Takes administrators that go out of `left`."""
    if membership.user_id == getattr(by, "pk", None):
        return "This is you: only another administrator can change your membership"
    if change.action == Action.GRANT:
        return "Holds the role already" if change.role in membership.roles else ""
    if change.action == Action.RESTORE:
        return "" if membership.is_suspended else "Is not suspended"
    if change.action == Action.SUSPEND and membership.is_suspended:
        return "Is suspended already"
    if change.action == Action.REMOVE and LegalHold.objects.naming_account(membership.user).exists():
        return "A legal hold names this person: they can be suspended, not removed"
    if left == {membership.pk}:
        return "The organisation would be left without an administrator"
    left.discard(membership.pk)
    return ""


def _do(membership, change, by) -> None:
    if change.action == Action.GRANT:
        roles = {*membership.roles, change.role.value}
        services.grant_roles(user=membership.user, organisation=membership.organisation, roles=roles, by=by)
    elif change.action == Action.SUSPEND:
        services.suspend_member(membership=membership, by=by, reason=change.reason, until=change.until)
    elif change.action == Action.RESTORE:
        services.restore_member(membership=membership, by=by)
    else:
        services.remove_member(membership=membership, by=by)
