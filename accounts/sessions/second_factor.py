"""Who needs a second factor to sign in with, and whether a session was opened with one.

Administrators need one, those of an organisation and those of the platform, and so does whoever was asked for one.
Until they have one, and have used it in this session, they are led to set it up and nothing of the portal opens
(`accounts.sessions.middleware`).
"""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from .. import audit, services
from ..permissions import Role
from . import ending
from .marks import SECOND_FACTOR, remove_mark, seconds_since, set_mark

# Recovery codes are a way back to an account, not a factor to begin with.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_exempt(user) -> bool:
    """The one exception, here as for step-up: demo accounts, which hold nothing and are entered with one click."""
    return settings.DEMO_MODE and user.is_demo


def is_required_for(user) -> bool:
    """Whether the person may only work with a second factor."""
    return _is_required(user, lambda: {role for held in user.memberships.active() for role in held.roles})


def _is_required(user, roles) -> bool:
    if is_exempt(user):
        return False
    return user.is_platform_administrator or user.needs_second_factor or Role.ADMINISTRATOR in roles()


def has_one(user) -> bool:
    """Whether the person has set up an authenticator app or a passkey."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def has_app(user) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def mark_used(request, user) -> None:
    """The person has shown a second factor in this session."""
    set_mark(request, SECOND_FACTOR, user)


def forget(request) -> None:
    remove_mark(request, SECOND_FACTOR)


def was_used(request) -> bool:
    """Whether whoever is signed in has shown a second factor in this session."""
    return seconds_since(request, SECOND_FACTOR) is not None


def is_missing(request) -> bool:
    """Whether whoever is signed in must show a second factor, or set one up, before anything else."""
    user = request.user
    if not user.is_authenticated or not user.may_act or was_used(request):
        return False
    found_for, roles = getattr(request, "roles_found", (None, None))
    return _is_required(user, lambda: roles) if found_for == user.pk else is_required_for(user)


def code_is_right(request, user, code: str) -> bool:
    """Whether this is the code of the person's app, or one of their recovery codes: each is right once.

    For programs that sign in with a password (tokens). Limited as on the sign-in page; a wrong one is recorded.
    """
    from .mfa_forms import AuthenticateForm

    form = AuthenticateForm(user=user, data={"code": code})
    if not form.is_valid():
        return False
    form.authenticator.record_usage()
    record_use(user, form.authenticator, organisation=None)
    return True


def record_use(user, authenticator, *, organisation) -> None:
    """One event; of recovery codes with how many are left."""
    action, details = "second_factor.used", {"kind": authenticator.type}
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        # Read anew: the code was struck out under a lock, on another instance.
        left = Authenticator.objects.get(pk=authenticator.pk).wrap().get_unused_codes()
        action, details = "recovery_codes.used", {"left": len(left)}
    audit.record(action=action, by=user, organisation=organisation, target=user, details=details)


@transaction.atomic
def reset(*, user, by, organisation=None) -> int:
    """Remove every second factor of somebody who has lost theirs, sign them out everywhere and tell them.

    For platform administrators. Returns how many factors went; with none, nothing happens.
    """
    number = Authenticator.objects.filter(user=user, type__in=FACTORS).count()
    Authenticator.objects.filter(user=user).delete()
    if not number:
        return 0
    text = "An administrator of the platform has reset your second factor."
    services.notify(user=user, text=text, kind="account.security")
    ending.end_all(user=user, by=by, why="factors_reset", organisation=organisation)
    details = {"account": audit.pseudonym_of(user), "factors": number}
    audit.record(action="second_factor.reset", by=by, organisation=organisation, target=user, details=details)
    return number
