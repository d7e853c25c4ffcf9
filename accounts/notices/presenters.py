"""Shapes for the pages about notifications and webhooks."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from ..models import EmailDelivery, Notification, WebhookDelivery, WebhookEndpoint, WebhookState
from .events import event_type
from .kinds import Importance, all_kinds, label_of

EMAIL_TAGS = {
    "waiting": "her-tag--info",
    "sent": "her-tag--plain",
    "failed": "her-tag--bad",
    "dropped": "her-tag--plain",
}
# What is due within so long is waited for on the page: a worker that takes a delivery puts it off by as much.
WATCHED = timedelta(minutes=2)
WEBHOOK_TAGS = {
    "waiting": "her-tag--info",
    "delivered": "her-tag--good",
    "failed": "her-tag--bad",
    "cancelled": "her-tag--plain",
}


@dataclass(frozen=True)
class NotificationRow:
    """One line of the list."""

    notification: Notification
    kind: str
    is_urgent: bool

    @property
    def is_new(self) -> bool:
        return self.notification.read_at is None


@dataclass(frozen=True)
class Day:
    label: str
    rows: list[NotificationRow] = field(default_factory=list)


def days_of(notifications) -> list[Day]:
    """In the order in which they come, under “Today”, “Yesterday” or the day."""
    urgent = {kind.code for kind in all_kinds() if kind.importance == Importance.URGENT}
    today, days = timezone.localdate(), {}
    for one in notifications:
        day = timezone.localtime(one.created_at).date()
        group = days.setdefault(day, Day(_day_words(day, today)))
        group.rows.append(NotificationRow(one, label_of(one.kind), one.kind in urgent))
    return list(days.values())


def _day_words(day: date, today: date) -> str:
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return f"{day:%A} {day.day} {day:%B %Y}"


def email_rows(emails) -> list[tuple[EmailDelivery, str, str]]:
    """Each with the words of its kind and the colour of its state."""
    return [(email, label_of(email.kind), EMAIL_TAGS[email.state]) for email in emails]


@dataclass(frozen=True)
class EndpointRow:
    endpoint: WebhookEndpoint
    state: str
    tag: str
    host: str
    events: list[str]


def endpoint_row(endpoint: WebhookEndpoint) -> EndpointRow:
    if not endpoint.is_active:
        state, tag = "Switched off", "her-tag--plain"
    elif endpoint.failing_since:
        state, tag = "Failing", "her-tag--warning"
    elif endpoint.last_success_at:
        state, tag = "Works", "her-tag--good"
    else:
        state, tag = "Not used yet", "her-tag--info"
    host = endpoint.url.partition("://")[2].partition("/")[0]
    return EndpointRow(endpoint, state, tag, host, [_event_words(code) for code in endpoint.events])


def _event_words(code: str) -> str:
    found = event_type(code)
    return found.label if found else code


@dataclass(frozen=True)
class DeliveryRow:
    delivery: WebhookDelivery
    event: str
    tag: str
    tries: list

    @property
    def is_awaited(self) -> bool:
        """On its way, not put off until later after a failure."""
        one = self.delivery
        return one.state == WebhookState.WAITING and one.due_at <= timezone.now() + WATCHED


def delivery_rows(deliveries) -> list[DeliveryRow]:
    """`deliveries` come with `event` and `tries`."""
    return [
        DeliveryRow(one, _event_words(one.event.type), WEBHOOK_TAGS[one.state], list(one.tries.all()))
        for one in deliveries
    ]
