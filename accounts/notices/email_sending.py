"""Workers send what falls due. Rows are taken by moving their due time on (a lease): whoever dies in the middle leaves
them to the next, which sends them again under the same Message-ID; what was marked as sent is never sent again.
"""

import smtplib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.core.mail import get_connection
from django.db import transaction
from django.utils import timezone

from ..models import EmailDelivery, EmailState, NotificationSettings, User
from ..models.notifications import EmailCadence
from .choices import chosen, defaults_of, settings_of
from .emails import compose
from .kinds import kind_of

log = structlog.get_logger(__name__)

# Longer than a mail server may take (EMAIL_TIMEOUT), with connecting and signing in.
LEASE = timedelta(minutes=10)
# Waits after each attempt that failed; after the last it is given up: a day in all.
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
# Refusals of an address in a row after which nothing more is sent to it.
MOST_REFUSALS = 3


@dataclass
class Sent:
    """What became of the emails of one run: emails sent, tried again later, given up, not wanted any more."""

    sent: int = 0
    later: int = 0
    given_up: int = 0
    dropped: int = 0


def send_due(*, now: datetime | None = None, most: int = 200) -> Sent:
    """Send what has fallen due, at most so many emails. Any number of workers may do it at once."""
    done = Sent()
    connection = None
    try:
        for _ in range(most):
            moment = now or timezone.now()
            taken = _take(moment)
            if not taken:
                break
            connection = connection or get_connection()
            _send(taken, connection, moment, done)
    finally:
        if connection is not None:
            connection.close()
    return done


@transaction.atomic
def _take(now) -> list[EmailDelivery]:
    """The due rows of one email, leased. Rows that belonged together at an earlier attempt still do."""
    rows = EmailDelivery.objects.due(now).select_for_update(skip_locked=True, of=("self",))
    first = rows.order_by("due_at", "pk").first()
    if first is None:
        return []
    alike = rows.filter(user=first.user_id, cadence=first.cadence, batch=first.batch)
    taken = list(alike.select_related("notification__organisation"))
    batch = first.batch or uuid.uuid4()
    for row in taken:
        row.batch, row.due_at, row.attempts = batch, now + LEASE, row.attempts + 1
    EmailDelivery.objects.bulk_update(taken, ["batch", "due_at", "attempts"])
    return taken


def _send(taken, connection, now, done: Sent) -> None:
    user = User.objects.get(pk=taken[0].user_id)
    wanted = _still_wanted(user, taken, now, done)
    if not wanted:
        return
    try:
        # Opened here: a server that is away says nothing against the address.
        connection.open()
        compose(user, wanted, connection).send()
    except smtplib.SMTPRecipientsRefused as error:
        connection.close()
        if _is_for_now(error):
            _later(wanted, _codes(error), now, done)
        else:
            _refused(user, wanted, _codes(error), now, done)
    except (smtplib.SMTPException, OSError) as error:
        connection.close()
        _later(wanted, _words(error), now, done)
    else:
        _end(wanted, EmailState.SENT, now)
        NotificationSettings.objects.filter(user=user, email_failures__gt=0).update(email_failures=0)
        done.sent += 1


def _still_wanted(user, taken, now, done: Sent) -> list[EmailDelivery]:
    """Without those whose reader left, was suspended, unsubscribed, or has read the message in a digest's time."""
    own = settings_of(user)
    wanted = [row for row in taken if _wants(user, own, row)]
    dropped = [row for row in taken if row not in wanted]
    if dropped:
        _end(dropped, EmailState.DROPPED, now)
        done.dropped += len(dropped)
    return wanted


def _wants(user, own, row) -> bool:
    if not user.may_act or own.email_stopped_at is not None:
        return False
    try:
        kind = kind_of(row.kind)
    except KeyError:
        return False
    if row.cadence != EmailCadence.IMMEDIATE and row.notification.read_at is not None:
        return False
    place = row.notification.organisation
    return chosen(kind, own.choices, defaults_of(place)).email != EmailCadence.OFF


def _refused(user, rows, problem, now, done: Sent) -> None:
    """The server will not take mail for this address: now and then that passes, mostly it does not."""
    with transaction.atomic():
        own, _ = NotificationSettings.objects.select_for_update().get_or_create(user=user)
        own.email_failures += 1
        if own.email_failures >= MOST_REFUSALS:
            own.email_stopped_at = now
        own.save(update_fields=["email_failures", "email_stopped_at"])
        _end(rows, EmailState.FAILED, now, problem)
    done.given_up += 1
    log.warning("email_refused", user=str(user.pk), problem=problem, stopped=own.email_stopped_at is not None)


def _later(rows, problem, now, done: Sent) -> None:
    attempts = max(row.attempts for row in rows)
    log.warning("email_not_sent", problem=problem, attempt=attempts, rows=len(rows))
    if attempts > len(BACKOFF):
        _end(rows, EmailState.FAILED, now, problem)
        done.given_up += 1
        return
    pks = [row.pk for row in rows]
    due = now + BACKOFF[attempts - 1]
    EmailDelivery.objects.filter(pk__in=pks, state=EmailState.WAITING).update(due_at=due, problem=problem)
    done.later += 1


def _end(rows, state, now, problem="") -> None:
    pks = [row.pk for row in rows]
    ended = EmailDelivery.objects.filter(pk__in=pks, state=EmailState.WAITING)
    ended.update(state=state, ended_at=now, problem=problem)


def _is_for_now(error: smtplib.SMTPRecipientsRefused) -> bool:
    """Codes of 400 to 499 say nothing against the address for good (RFC 5321, 4.2.1)."""
    return all(400 <= code < 500 for code, _ in error.recipients.values())


def _codes(error: smtplib.SMTPRecipientsRefused) -> str:
    """Only the numbers: the words repeat the address."""
    codes = sorted({str(code) for code, _ in error.recipients.values()})
    return f"The address was refused: {', '.join(codes)}"[:120]


def _words(error: Exception) -> str:
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__}{f' {code}' if code else ''}"[:120]
