"""Closing accounts and opening them again, for the platform's administrators."""

from django.db import transaction

from .. import audit
from ..models import Membership, Organisation, User
from ..permissions import Role
from ..sessions import ending
from .limits import RefusedChange


@transaction.atomic
def close_account(*, person: User, by) -> list[Organisation]:
    """Nobody signs in with it any more; memberships and what was done stay. Returns the organisations that are left
    without an administrator. RefusedChange for one's own account and for the last platform administrator.
    """
    person = _locked(person, by)
    if not person.is_active:
        return []
    if person.is_platform_administrator and not _others(person).exists():
        raise RefusedChange("The platform would be left without an administrator. Make another one first.")
    person.is_active = False
    person.save(update_fields=["is_active"])
    ending.end_all(user=person, by=by, why="closed")
    _record("person.account_closed", person, by)
    return left_alone(person)


@transaction.atomic
def reopen_account(*, person: User, by) -> User:
    """They sign in again with what they had. RefusedChange for one's own account."""
    person = _locked(person, by)
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
        _record("person.account_reopened", person, by)
    return person


def left_alone(person: User) -> list[Organisation]:
    """Organisations in which the person is an administrator and nobody else who can act is."""
    administered = (
        person.memberships.active().filter(roles__contains=[Role.ADMINISTRATOR]).select_related("organisation")
    )
    return [membership.organisation for membership in administered if not _has_another(membership)]


def _has_another(membership) -> bool:
    others = Membership.objects.for_organisation(membership.organisation).administrators()
    return others.exclude(pk=membership.pk).exists()


def _others(person):
    return User.objects.filter(is_platform_administrator=True, is_active=True, is_demo=person.is_demo).exclude(
        pk=person.pk
    )


def _locked(person, by) -> User:
    if isinstance(by, User) and by.pk == person.pk:
        raise RefusedChange("You cannot close or open your own account. Ask another administrator.")
    # All of them in one order: of two who close one another, one is refused.
    list(User.objects.select_for_update().filter(is_platform_administrator=True).order_by("pk").values_list("pk"))
    return User.objects.select_for_update().get(pk=person.pk)


def _record(action, person, by) -> None:
    audit.record(action=action, by=by, target=person, details={"account": audit.pseudonym_of(person)})
