"""Every write about people: accounts, organisations, memberships, notifications."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from . import audit
from .models import Membership, Notification, Organisation, User
from .permissions import Role


class RefusedChange(ValueError):
    """A change of roles that would do harm; the message is for the page."""


@transaction.atomic
def create_user(*, email: str, by, full_name: str = "", password: str | None = None, **fields) -> User:
    """A person without any role; without a password they can sign in with Google only. ValueError without address."""
    user = User.objects.create_user(email, password, full_name=full_name, **fields)
    details = {"platform_administrator": user.is_platform_administrator}
    audit.record(action="user.created", by=by, target=user, details=details)
    return user


@transaction.atomic
def create_organisation(*, name: str, by, ods_code: str = "") -> Organisation:
    """IntegrityError when the name is taken."""
    organisation = Organisation.objects.create(name=name, ods_code=ods_code)
    audit.record(action="organisation.created", by=by, organisation=organisation, target=organisation)
    return organisation


@transaction.atomic
def grant_roles(*, user: User, organisation: Organisation, roles: Iterable[str], by) -> Membership:
    """Give a person exactly these roles in the organisation, making them a member if they were not.

    ValueError for unknown roles; RefusedChange for one's own roles and for the organisation's last administrator.
    """
    wanted = [role.value for role in Role if role in {Role(role) for role in roles}]
    if not wanted:
        raise RefusedChange("Choose at least one role. To end a membership, remove the person.")
    _refuse_own(user, by)
    membership = _locked_memberships(organisation).filter(user=user).first()
    before = membership.roles if membership else []
    if Role.ADMINISTRATOR not in wanted:
        _keep_an_administrator(organisation, membership)
    if membership is None:
        membership = Membership(user=user, organisation=organisation)
    membership.roles = wanted
    membership.save()
    _forget_permissions(user)
    details = {"account": audit.pseudonym_of(user), "from": before, "to": wanted}
    audit.record(action="member.roles_granted", by=by, organisation=organisation, target=membership, details=details)
    return membership


@transaction.atomic
def suspend_member(*, membership: Membership, by) -> Membership:
    """Take all rights in the organisation away at once, keeping the roles for a return. RefusedChange as above."""
    membership = _checked(membership, by)
    if membership.suspended_at is None:
        membership.suspended_at = timezone.now()
        membership.save(update_fields=["suspended_at"])
        _record_member("member.suspended", membership, by)
    return membership


@transaction.atomic
def restore_member(*, membership: Membership, by) -> Membership:
    """End a suspension. RefusedChange for one's own membership."""
    _refuse_own(membership.user, by)
    membership = _locked_memberships(membership.organisation).get(pk=membership.pk)
    if membership.suspended_at is not None:
        membership.suspended_at = None
        membership.save(update_fields=["suspended_at"])
        _record_member("member.restored", membership, by)
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by) -> None:
    """End a membership; the account and what it did stay. RefusedChange as above."""
    membership = _checked(membership, by)
    _record_member("member.removed", membership, by)
    membership.delete()


@transaction.atomic
def add_member(*, email: str, full_name: str, organisation: Organisation, roles: Iterable[str], by) -> Membership:
    """Make somebody a member by address, with a new account when the address has none.

    RefusedChange when they are a member already; see `grant_roles`.
    """
    # First of all: whoever waits for the audit trail must not hold what another writer still needs.
    _locked_memberships(organisation)
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = create_user(email=email.strip(), full_name=full_name, by=by)
    elif user.memberships.filter(organisation=organisation).exists():
        raise RefusedChange("This person belongs to the organisation already. Change their roles instead.")
    return grant_roles(user=user, organisation=organisation, roles=roles, by=by)


def record_switch(*, user: User, organisation: Organisation) -> None:
    """Somebody turned to another of their organisations (kept in their session alone)."""
    audit.record(action="organisation.switched", by=user, organisation=organisation, target=organisation)


@transaction.atomic
def notify(*, user: User, text: str, url: str = "", organisation: Organisation | None = None) -> Notification:
    """A message in somebody's list of notifications. Not audited: what caused it was."""
    return Notification.objects.create(user=user, text=text[:300], url=url, organisation=organisation)


def warn_platform(*, text: str, url: str = "") -> int:
    """Tell every platform administrator, once until they have read it. Returns how many were told."""
    people = User.objects.filter(is_platform_administrator=True, is_active=True)
    people = people.exclude(notifications__in=Notification.objects.unread().filter(text=text))
    return len([notify(user=user, text=text, url=url) for user in people])


def mark_notifications_read(*, user: User) -> int:
    """Returns how many were unread."""
    return Notification.objects.for_user(user).unread().update(read_at=timezone.now())


def _checked(membership: Membership, by) -> Membership:
    _refuse_own(membership.user, by)
    membership = _locked_memberships(membership.organisation).get(pk=membership.pk)
    _keep_an_administrator(membership.organisation, membership)
    return membership


def _refuse_own(user, by) -> None:
    if isinstance(by, User) and by.pk == user.pk:
        raise RefusedChange("You cannot change your own roles. Ask another administrator.")


def _locked_memberships(organisation):
    """Changes of one organisation's roles wait for each other: two administrators cannot remove one another."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    return Membership.objects.for_organisation(organisation).select_related("user", "organisation")


def _keep_an_administrator(organisation, membership) -> None:
    """Refuse when `membership` is the only active one with the role of administrator."""
    if membership is None or Role.ADMINISTRATOR not in membership.roles or membership.suspended_at is not None:
        return
    administrators = Membership.objects.for_organisation(organisation).active()
    if not administrators.filter(roles__contains=[Role.ADMINISTRATOR]).exclude(pk=membership.pk).exists():
        raise RefusedChange("The organisation would be left without an administrator. Name another one first.")


def _record_member(action, membership, by) -> None:
    _forget_permissions(membership.user)
    details = {"account": audit.pseudonym_of(membership.user)}
    audit.record(action=action, by=by, organisation=membership.organisation, target=membership, details=details)


def _forget_permissions(user) -> None:
    """The instance in hand must not go on with the rights it had."""
    user._permissions_by_organisation = {}
