"""One change for many accounts of the platform: whom it concerns and whom not, first as a preview, then all or nothing.

Why it was done is kept as a note of the platform's administrators about each person, and for suspensions with the
membership: both lie encrypted under the person's own key, and the trail says only that there is one.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.urls import reverse

from .. import audit, services
from ..models import Membership, Session, User
from ..permissions import Role
from ..sessions import ending, second_factor
from . import closing, notes
from .bulk import MOST
from .limits import RefusedChange


class Action(StrEnum):
    SUSPEND = "suspend"
    END_SESSIONS = "end_sessions"
    ASK = "ask_second_factor"
    CLOSE = "close"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Action.SUSPEND: "Suspend in every organisation",
    Action.END_SESSIONS: "Sign out everywhere",
    Action.ASK: "Ask for a second factor",
    Action.CLOSE: "Close the account",
}


@dataclass(frozen=True)
class Line:
    """One person: `skipped` says why nothing happens to them, `warning` what else comes of it."""

    person: User
    skipped: str
    warning: str = ""


def preview(*, people, action: Action, by) -> list[Line]:
    """What the change would do, in the order given; writes nothing. RefusedChange for nobody and for too many."""
    chosen = list(people[: MOST + 1])
    if not chosen:
        raise RefusedChange("Choose at least one person.")
    if len(chosen) > MOST:
        raise RefusedChange(f"At most {MOST} people at once. Narrow the list and do it in parts.")
    gone: set[int] = set()
    return [_line(person, action, by, gone) for person in chosen]


@transaction.atomic
def apply(*, people, action: Action, reason: str, by) -> list[Line]:
    """Do it to everybody whom the preview names; RefusedChange undoes all of it."""
    if not reason.strip():
        raise RefusedChange("Say why.")
    lines = preview(people=people, action=action, by=by)
    for line in lines:
        if not line.skipped:
            _do(line.person, action, reason.strip(), by)
            notes.add_note(person=line.person, text=f"{action.label}: {reason.strip()}", by=by)
    return lines


def _line(person, action, by, gone) -> Line:
    if person.pk == by.pk:
        return Line(person, "This is you: only another administrator can do this")
    if action == Action.END_SESSIONS:
        has_one = Session.objects.for_user(person).living().exists()
        return Line(person, "" if has_one else "Is not signed in anywhere")
    if not person.is_active:
        return Line(person, "The account is closed")
    if action == Action.ASK:
        return Line(person, "Was asked already" if person.needs_second_factor else "")
    if action == Action.CLOSE:
        alone = ", ".join(str(organisation) for organisation in closing.left_alone(person))
        return Line(person, "", f"Left without an administrator: {alone}" if alone else "")
    return Line(person, _not_suspended(person, gone))


def _not_suspended(person, gone: set[int]) -> str:
    """Why somebody is not suspended. Takes administrators that are into `gone`."""
    held = list(person.memberships.active().select_related("organisation"))
    if not held:
        return "Has no membership that could be suspended"
    administered = [membership for membership in held if Role.ADMINISTRATOR in membership.roles]
    for membership in administered:
        others = Membership.objects.for_organisation(membership.organisation).administrators()
        if not others.exclude(pk__in=gone | {membership.pk}).exists():
            return f"{membership.organisation} would be left without an administrator"
    gone |= {membership.pk for membership in administered}
    return ""


def _do(person, action, reason, by) -> None:
    if action == Action.SUSPEND:
        for membership in person.memberships.active().select_related("organisation", "user").order_by("pk"):
            services.suspend_member(membership=membership, by=by, reason=reason)
    elif action == Action.END_SESSIONS:
        ending.end_all(user=person, by=by, why="by_administrator")
    elif action == Action.ASK:
        ask_for_second_factor(person=person, by=by)
    else:
        closing.close_account(person=person, by=by)


@transaction.atomic
def ask_for_second_factor(*, person: User, by) -> None:
    """They set one up before anything else opens for them, whatever roles they hold."""
    person.needs_second_factor = True
    person.save(update_fields=["needs_second_factor"])
    if not second_factor.has_one(person):
        text = "An administrator of the platform asks you to set up a second factor."
        services.notify(user=person, text=text, url=reverse("mfa_index"), kind="account.security")
    details = {"account": audit.pseudonym_of(person)}
    audit.record(action="second_factor.asked_for", by=by, target=person, details=details)
