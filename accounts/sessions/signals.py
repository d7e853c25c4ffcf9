"""What allauth and Django tell about signing in becomes marks of the session, audit events and messages."""

import time

from allauth.account.signals import authentication_step_completed, password_changed, password_reset, password_set
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.urls import reverse

from .. import audit, services
from ..client_address import client_address
from ..middleware import organisation_for
from ..models import User
from . import ending, second_factor, step_up
from .devices import device_name
from .store import SIGNED_IN

KINDS = {
    Authenticator.Type.TOTP: "An authenticator app",
    Authenticator.Type.WEBAUTHN: "A passkey",
    Authenticator.Type.RECOVERY_CODES: "Recovery codes",
}


@receiver(user_logged_in)
def signed_in(sender, request, user, **kwargs):
    """Signing in is a confirmation, too; the session remembers since when, and from where, for its person to see."""
    if not hasattr(request, "session"):
        return
    step_up.mark_signed_in(request, user)
    request.session[SIGNED_IN] = {
        "at": time.time(),
        "device": device_name(request.META.get("HTTP_USER_AGENT", "")),
        "address": client_address(request),
    }


@receiver(authentication_step_completed)
def proved(sender, request, method, user, **kwargs):
    if kwargs.get("reauthenticated"):
        # Whoever knew the session's key before shares nothing of what may be done now.
        request.session.cycle_key()
        step_up.mark_confirmed(request, user)
        _record("step_up.confirmed", user, request, how=kwargs.get("type") or method)


@receiver(mfa.authenticator_used)
def used(sender, request, user, authenticator, **kwargs):
    second_factor.mark_used(request, user)
    second_factor.record_use(user, authenticator, organisation=organisation_for(request, user))


@receiver(mfa.authentication_failed)
def failed(sender, request, user, authenticator, **kwargs):
    """Nobody acted, as far as we know."""
    action = "step_up.failed" if kwargs.get("reauthentication") else "second_factor.failed"
    details = {"account": audit.pseudonym_of(user)}
    audit.record(action=action, by=audit.SystemActor("sign-in"), target=user, details=details)


@receiver(mfa.authenticator_added)
def added(sender, request, user, authenticator, **kwargs):
    """Whoever sets a factor up has shown it."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        _record("recovery_codes.made", user, request)
        return
    request.session.cycle_key()
    second_factor.mark_used(request, user)
    _tell(user, f"{KINDS[authenticator.type]} was added to your account.")
    _record("second_factor.added", user, request, kind=authenticator.type)


@receiver(mfa.authenticator_reset)
def codes_made_anew(sender, request, user, authenticator, **kwargs):
    _tell(user, "New recovery codes were made for your account.")
    _record("recovery_codes.made", user, request)


@receiver(mfa.authenticator_removed)
def removed(sender, request, user, authenticator, **kwargs):
    """Whoever removes a factor may be somebody else: every other session ends, and the person is told."""
    if not second_factor.has_one(user):
        second_factor.forget(request)
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        _tell(user, f"{KINDS[authenticator.type]} was removed from your account.")
    ending.end_all(user=user, by=user, why="factor_removed", keep=request.session.session_key)
    _record("second_factor.removed", user, request, kind=authenticator.type)


@receiver([password_changed, password_set, password_reset])
def password_was_changed(sender, request, user, **kwargs):
    """Whoever changed it may be somebody else: every other session ends, and the person is told."""
    _tell(user, "The password of your account was changed.", "devices")
    ending.end_all(user=user, by=user, why="password", keep=request.session.session_key)


@receiver(post_save, sender=User)
def account_was_closed(sender, instance, **kwargs):
    """However it was closed: no service and no page of the administration can forget its sessions."""
    if not instance.is_active:
        ending.end_all(user=instance, by=audit.SystemActor("sessions"), why="closed")


def _record(action, user, request, **details):
    organisation = organisation_for(request, user)
    audit.record(action=action, by=user, organisation=organisation, target=user, details=details)


def _tell(user, text, page="mfa_index"):
    services.notify(user=user, text=text, url=reverse(page), kind="account.security")
