"""Every write about people: accounts, organisations, memberships, notifications."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from . import audit
from .models import LegalHold, Membership, Notification, Organisation, User
from .notices.kinds import kind_of
from .notices.recipients import holders
from .notices.sending import notify_all
from .people import limits
from .people.limits import RefusedChange
from .permissions import Role
from .sessions import ending

# What a suspension of a member writes.
SUSPENSION = ["suspended_at", "suspended_until", "suspended_reason"]


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
        limits.check_members(organisation)
        membership = Membership(user=user, organisation=organisation)
    membership.roles = wanted
    membership.save()
    _forget_permissions(user)
    details = {"account": audit.pseudonym_of(user), "from": before, "to": wanted}
    audit.record(action="member.roles_granted", by=by, organisation=organisation, target=membership, details=details)
    return membership


@transaction.atomic
def suspend_member(*, membership: Membership, by, reason: str = "", until: datetime | None = None) -> Membership:
    """Take all rights in the organisation away at once, keeping the roles for a return.

    `until`: the suspension ends by itself then. RefusedChange as above, and for an end that is not in the future.
    """
    if until is not None and until <= timezone.now():
        raise RefusedChange("A suspension can only end in the future.")
    membership = _checked(membership, by)
    if not membership.is_suspended:
        membership.suspended_at, membership.suspended_until = timezone.now(), until
        membership.suspended_reason = reason.strip()
        membership.save(update_fields=SUSPENSION)
        _sign_out(membership, by)
        _record_member("member.suspended", membership, by, until=until)
    return membership


@transaction.atomic
def restore_member(*, membership: Membership, by) -> Membership:
    """End a suspension. RefusedChange for one's own membership."""
    _refuse_own(membership.user, by)
    membership = _locked_memberships(membership.organisation).get(pk=membership.pk)
    if membership.suspended_at is not None:
        _end_suspension(membership, "member.restored", by)
    return membership


def end_past_suspensions(*, by) -> int:
    """Write down that suspensions with a last day have ended: they count for nothing already. Returns how many."""
    ended = 0
    past = Membership.objects.filter(suspended_until__lte=timezone.now())
    for organisation in Organisation.objects.filter(memberships__in=past).distinct():
        with transaction.atomic():
            for membership in _locked_memberships(organisation).filter(suspended_until__lte=timezone.now()):
                _end_suspension(membership, "member.suspension_ended", by)
                ended += 1
    return ended


@transaction.atomic
def remove_member(*, membership: Membership, by) -> None:
    """End a membership; the account and what it did stay. RefusedChange as above, and under a legal hold."""
    membership = _checked(membership, by)
    if LegalHold.objects.naming_account(membership.user).exists():
        raise RefusedChange("A legal hold names this person: they can be suspended, not removed.")
    _sign_out(membership, by)
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
    check_domain(organisation, email)
    if user is None:
        user = create_user(email=email.strip(), full_name=full_name, by=by)
    elif user.memberships.filter(organisation=organisation).exists():
        raise RefusedChange("This person belongs to the organisation already. Change their roles instead.")
    return grant_roles(user=user, organisation=organisation, roles=roles, by=by)


def check_domain(organisation: Organisation, email: str) -> None:
    """RefusedChange for an address outside of the domains that the organisation takes new people from."""
    domains = organisation.sign_in_domains
    if domains and email.strip().lower().rpartition("@")[2] not in domains:
        raise RefusedChange(f"{organisation} takes people with an address at {' or '.join(domains)} only.")


def record_switch(*, user: User, organisation: Organisation) -> None:
    """Somebody turned to another of their organisations (kept in their session alone)."""
    audit.record(action="organisation.switched", by=user, organisation=organisation, target=organisation)


def notify(
    *,
    user: User,
    text: str,
    url: str = "",
    organisation: Organisation | None = None,
    kind: str = "other",
    about: str = "",
) -> int:
    """Tell one person, through the channels that they chose; 1, or 0 when they were told of it before (`about`).

    See `accounts.notices.notify_all`. Not audited: what caused it was.
    """
    return notify_all(users=[user], kind=kind, text=text, url=url, organisation=organisation, about=about)


def warn_platform(*, text: str, url: str = "") -> int:
    """Tell every platform administrator, once until they have read it. Returns how many were told."""
    kind = "platform.warning"
    unread = Notification.objects.unread().filter(text=text[:300])
    people = holders(kind_of(kind).permission).exclude(notifications__in=unread)
    return notify_all(users=people, kind=kind, text=text, url=url)


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
    if membership is None or Role.ADMINISTRATOR not in membership.roles or membership.is_suspended:
        return
    administrators = Membership.objects.for_organisation(organisation).administrators()
    if not administrators.exclude(pk=membership.pk).exists():
        raise RefusedChange("The organisation would be left without an administrator. Name another one first.")


def _end_suspension(membership, action, by) -> None:
    membership.suspended_at, membership.suspended_until, membership.suspended_reason = None, None, ""
    membership.save(update_fields=SUSPENSION)
    _record_member(action, membership, by)


def _record_member(action, membership, by, **more) -> None:
    _forget_permissions(membership.user)
    details = {"account": audit.pseudonym_of(membership.user)}
    details |= {name: value for name, value in more.items() if value is not None}
    audit.record(action=action, by=by, organisation=membership.organisation, target=membership, details=details)


def _sign_out(membership, by) -> None:
    """What is open on somebody's screen goes with the rights that it was opened with."""
    ending.end_all(user=membership.user, by=by, why="suspended", organisation=membership.organisation)


def _forget_permissions(user) -> None:
    """The instance in hand must not go on with the rights it had."""
    user._permissions_by_organisation = {}
