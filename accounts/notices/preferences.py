"""Writes of what people and organisations choose, and of what they have read."""

from datetime import datetime, time

from django.core import signing
from django.db import transaction
from django.utils import timezone

from .. import audit
from ..models import (
    EmailDelivery,
    EmailState,
    Notification,
    NotificationDefaults,
    NotificationSettings,
    Organisation,
    User,
)
from ..models.notifications import EmailCadence
from . import unread
from .choices import chosen, defaults_of, standard
from .kinds import kinds_for, kinds_of_organisations
from .unsubscribing import EVERYTHING, Stop

UNDO_SALT = "accounts.notices.read"
UNDO_SECONDS = 15 * 60


@transaction.atomic
def choose(
    *,
    user: User,
    choices: dict,
    digest_hour: int,
    digest_weekday: int,
    quiet_from: time | None,
    quiet_until: time | None,
    organisation=None,
) -> NotificationSettings:
    """Keep what a person chose. `choices`: kind -> {"in_app", "email"} of the kinds that they were shown; what they
    chose for others (in other organisations) stays. Not audited: it is their own.
    """
    kept, _ = NotificationSettings.objects.select_for_update().get_or_create(user=user)
    defaults = defaults_of(organisation)
    for kind in kinds_for(user, organisation):
        if kind.code not in choices:
            continue
        usual = standard(kind, defaults)
        wanted = chosen(kind, {kind.code: choices[kind.code]}, defaults)
        # What is as usual is no choice: it follows when the organisation changes its mind.
        if wanted == usual:
            kept.choices.pop(kind.code, None)
        else:
            kept.choices[kind.code] = {"in_app": wanted.in_app, "email": wanted.email}
    kept.digest_hour, kept.digest_weekday = digest_hour, digest_weekday
    kept.quiet_from, kept.quiet_until = quiet_from, quiet_until
    kept.save()
    return kept


@transaction.atomic
def choose_defaults(*, organisation: Organisation, choices: dict, by: User) -> NotificationDefaults:
    """What holds for the organisation's people where they have not chosen themselves."""
    known = {kind.code for kind in kinds_of_organisations()}
    choices = {code: choice for code, choice in choices.items() if code in known}
    kept, _ = NotificationDefaults.objects.select_for_update().get_or_create(organisation=organisation)
    changed = sorted(code for code in choices if choices[code] != kept.choices.get(code))
    if changed:
        kept.choices = kept.choices | choices
        kept.save()
        details = {"kinds": changed}
        audit.record(
            action="organisation.notifications_set",
            by=by,
            organisation=organisation,
            target=organisation,
            details=details,
        )
    return kept


@transaction.atomic
def stop_emails(*, stop: Stop) -> None:
    """No more emails of a kind (or of any), and none that waits is sent. The portal goes on telling."""
    kept, _ = NotificationSettings.objects.select_for_update().get_or_create(user=stop.user)
    codes = [stop.kind] if stop.kind != EVERYTHING else _codes()
    for code in codes:
        kept.choices[code] = kept.choices.get(code, {}) | {"email": EmailCadence.OFF}
    kept.save(update_fields=["choices"])
    waiting = EmailDelivery.objects.for_user(stop.user).filter(state=EmailState.WAITING, kind__in=codes)
    waiting.update(state=EmailState.DROPPED, ended_at=timezone.now())


def _codes() -> list[str]:
    from .kinds import all_kinds

    return [kind.code for kind in all_kinds()]


def try_address_again(*, user: User) -> None:
    """The person says that their mailbox takes emails now."""
    NotificationSettings.objects.filter(user=user).update(email_stopped_at=None, email_failures=0)


def mark_read(*, user: User, notification: Notification) -> None:
    """Reading it again changes nothing."""
    if Notification.objects.for_user(user).unread().filter(pk=notification.pk).update(read_at=timezone.now()):
        unread.forget([user.pk])


def mark_all_read(*, user: User) -> tuple[int, str]:
    """How many were unread, and what `mark_unread_again` takes to undo it."""
    now = timezone.now()
    number = Notification.objects.for_user(user).unread().update(read_at=now)
    unread.forget([user.pk])
    return number, signing.dumps(now.isoformat(), salt=UNDO_SALT)


def mark_unread_again(*, user: User, undo: str) -> int:
    """Take `mark_all_read` back, within a quarter of an hour; returns how many are unread again. 0 when it is too
    late, or not ours.
    """
    try:
        moment = datetime.fromisoformat(signing.loads(undo, salt=UNDO_SALT, max_age=UNDO_SECONDS))
    except (signing.BadSignature, ValueError):
        return 0
    number = Notification.objects.for_user(user).filter(read_at=moment).update(read_at=None)
    unread.forget([user.pk])
    return number
