"""What an email says: which kinds of things happened and where to read of them. Nothing about anybody or any place: a
mailbox is read by others, forwarded and kept.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from ..models import EmailDelivery, User
from ..models.notifications import EmailCadence
from .events import absolute
from .kinds import label_of
from .unsubscribing import stop_url

NAME = "HealthEquiRoute"
MOST_KINDS = 30


@dataclass(frozen=True)
class Line:
    label: str
    count: int
    stop_url: str


def compose(user: User, emails: list[EmailDelivery], connection=None) -> EmailMultiAlternatives:
    """One email for what fell due together: `emails` are rows of the same person, cadence and batch."""
    counts = {}
    for email in emails:
        counts[email.kind] = counts.get(email.kind, 0) + 1
    lines = [Line(label_of(kind), count, stop_url(user, kind)) for kind, count in list(counts.items())[:MOST_KINDS]]
    one_kind = next(iter(counts)) if len(counts) == 1 else None
    stop = stop_url(user, one_kind)
    page = reverse("notification", args=[emails[0].notification_id]) if len(emails) == 1 else reverse("notifications")
    context = {
        "name": NAME,
        "lines": lines,
        "is_digest": emails[0].cadence != EmailCadence.IMMEDIATE,
        "url": absolute(page),
        "settings_url": absolute(reverse("notification-settings")),
        "stop_url": stop,
        "one_kind": one_kind,
    }
    message = EmailMultiAlternatives(
        subject=_subject(lines, emails),
        body=render_to_string("accounts/notices/email.txt", context),
        to=[user.email],
        headers={
            # RFC 8058: mail programs offer one button; a POST to the address is all that it takes.
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            # RFC 3834: no out-of-office answers.
            "Auto-Submitted": "auto-generated",
            "Message-ID": message_id(emails[0]),
        },
        connection=connection,
    )
    message.attach_alternative(render_to_string("accounts/notices/email.html", context), "text/html")
    return message


def message_id(email: EmailDelivery) -> str:
    """The same at every attempt: a mailbox that has the email knows it again."""
    return f"<{email.batch}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"


def _subject(lines, emails) -> str:
    if len(emails) == 1:
        return f"{NAME}: {lines[0].label}"
    if len(lines) == 1:
        return f"{NAME}: {lines[0].label} ({len(emails)})"
    return f"{NAME}: {len(emails)} notifications"
