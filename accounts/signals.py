"""Signing in and out, and changes in the Django admin, leave audit events too."""

import json

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.admin.models import LogEntry
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save
from django.dispatch import receiver

from . import audit
from .middleware import organisation_for
from .models import User
from .signing_in import passwords


@receiver(user_logged_in)
def signed_in(sender, request, user, **kwargs):
    _record("sign_in.succeeded", user, request)
    if passwords.is_emergency(user):
        passwords.tell_of_break_glass(user)


@receiver(user_logged_out)
def signed_out(sender, request, user, **kwargs):
    # Signing out without having signed in, e.g. with an expired session, is no event.
    if user is not None:
        _record("sign_out", user, request)


@receiver(user_login_failed)
def sign_in_failed(sender, credentials, request=None, **kwargs):
    """Nobody acted, as far as we know. A known account is named by its pseudonym, an unknown address not at all."""
    address = credentials.get("email") or credentials.get("username") or ""
    user = User.objects.filter(email=str(address).strip().lower()).first()
    details = {"account": audit.pseudonym_of(user) if user else "unknown"}
    audit.record(action="sign_in.failed", by=audit.SystemActor("sign-in"), details=details)


@receiver([password_changed, password_set, password_reset])
def password_was_changed(sender, request, user, **kwargs):
    _record("password.changed", user, request)


@receiver(post_save, sender=LogEntry)
def changed_in_admin(sender, instance, created, **kwargs):
    """The Django admin writes without services; its own log entry becomes an event, without what it says of people."""
    if not created:
        return
    model = instance.content_type.model_class()
    target = model(pk=instance.object_id) if model else None
    words = {1: "added", 2: "changed", 3: "deleted"}
    audit.record(
        action=f"admin.{words.get(instance.action_flag, 'changed')}",
        by=User.objects.get(pk=instance.user_id),
        target=target,
        details={"fields": _changed_fields(instance)},
    )


def _changed_fields(entry: LogEntry) -> list[str]:
    """Field names from the entry's JSON, e.g. [{"changed": {"fields": ["Full name"]}}]; plain text gives none."""
    try:
        messages = json.loads(entry.change_message or "[]")
    except ValueError:
        return []
    return sorted({field for message in messages for field in message.get("changed", {}).get("fields", [])})


def _record(action, user, request):
    organisation = organisation_for(request, user) if request is not None else None
    audit.record(action=action, by=user, organisation=organisation, target=user)
