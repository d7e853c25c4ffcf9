"""What other systems can be told of. An event is written in the transaction in which it happened, with a delivery for
each endpoint that wants it; workers send them (`webhook_sending`).
"""

from dataclasses import dataclass, field
from urllib.parse import urljoin

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from ..models import WebhookDelivery, WebhookEndpoint, WebhookEvent

# Of the payload's form: a number that rises when a reader of the one before could stumble.
VERSION = 1
TEST = "webhook.test"


@dataclass(frozen=True)
class EventType:
    """`data`: name -> (what it is, example) of what the payload's `data` holds beside `organisation` and `url`."""

    code: str
    label: str
    description: str
    group: str
    data: dict[str, tuple[str, str | int]] = field(default_factory=dict)


_types: dict[str, EventType] = {}


def register_event(event: EventType) -> None:
    """Call in AppConfig.ready(). ValueError when another event has the code."""
    if _types.get(event.code, event) != event:
        raise ValueError(f"Two events are called {event.code}.")
    _types[event.code] = event


def all_events() -> list[EventType]:
    """What an endpoint can choose, by group."""
    return sorted((one for one in _types.values() if one.code != TEST), key=lambda one: (one.group, one.code))


def event_type(code: str) -> EventType | None:
    return _types.get(code)


@transaction.atomic
def emit(*, event: str, organisation=None, data: dict, url: str = "", about: str = "") -> int:
    """Tell the endpoints of the organisation (None: of every organisation) that want this event; returns how many.

    `data`: identifiers and figures, as the event's type declares them: KeyError for an unknown event, ValueError for
    data that are not declared. `url`: a page of the portal. `about`: the same thing is told once.
    """
    declared = _types[event].data
    if unknown := set(data) - set(declared):
        raise ValueError(f"{event} declares no {', '.join(sorted(unknown))}.")
    endpoints = WebhookEndpoint.objects.active().filter(events__contains=[event])
    if organisation is not None:
        endpoints = endpoints.for_organisation(organisation)
    wanted = {}
    for endpoint in endpoints.select_related("organisation"):
        wanted.setdefault(endpoint.organisation, []).append(endpoint)
    if about and wanted:
        wanted = _not_told(wanted, event, about)
    events = {place: new_event(event, place, data, url, about) for place in wanted}
    WebhookEvent.objects.bulk_create(events.values())
    deliveries = [
        WebhookDelivery(endpoint=endpoint, event=events[place]) for place in wanted for endpoint in wanted[place]
    ]
    queue(deliveries)
    return len(deliveries)


def queue(deliveries: list[WebhookDelivery]) -> None:
    """Write deliveries, and have a worker look once the transaction has committed."""
    if not deliveries:
        return
    WebhookDelivery.objects.bulk_create(deliveries)
    from .tasks import deliver_soon

    transaction.on_commit(deliver_soon)


def new_event(event: str, organisation, data: dict, url: str, about: str = "") -> WebhookEvent:
    now = timezone.now()
    body = {"organisation": str(organisation.pk), **data}
    if url:
        body["url"] = absolute(url)
    payload = {"type": event, "timestamp": now.isoformat(), "version": VERSION, "data": body}
    return WebhookEvent(organisation=organisation, type=event, about=about[:120], payload=payload, created_at=now)


def absolute(url: str) -> str:
    """The address of a page as others reach it."""
    return urljoin(settings.PORTAL_URL, url)


def _not_told(wanted: dict, event: str, about: str) -> dict:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"event:{event}:{about}"])
    told = WebhookEvent.objects.filter(organisation__in=list(wanted), type=event, about=about[:120])
    told = set(told.values_list("organisation_id", flat=True))
    return {place: endpoints for place, endpoints in wanted.items() if place.pk not in told}


def example(event: EventType) -> dict:
    """A payload as it could be."""
    data = {name: value for name, (_, value) in event.data.items()}
    data = {"organisation": "0d9f3c1e-6f0b-4b0e-9c9e-0a5f6d1b2c3d", **data, "url": absolute("/plans/")}
    return {"type": event.code, "timestamp": "2026-11-22T09:30:00+00:00", "version": VERSION, "data": data}


def openapi_webhooks() -> dict:
    """The `webhooks` of an OpenAPI 3.1 document: every event with its schema, an example and the three headers."""
    return {event.code: {"post": _operation(event)} for event in all_events()}


def _operation(event: EventType) -> dict:
    return {
        "operationId": f"webhook_{event.code.replace('.', '_')}",
        "summary": event.label,
        "description": f"{event.description} How to check the signature: docs/webhooks.md.",
        "tags": ["webhooks"],
        "parameters": [
            {"name": name, "in": "header", "required": True, "schema": {"type": "string"}, "description": words}
            for name, words in HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _schema(event), "example": example(event)}},
        },
        "responses": {
            "2XX": {"description": "Taken. Answer within ten seconds; work on it afterwards."},
            "410": {"description": "Gone: the endpoint is switched off."},
        },
    }


HEADERS = {
    "webhook-id": "Names the event; the same at every attempt.",
    "webhook-timestamp": "Seconds since 1970 at which this attempt was signed.",
    "webhook-signature": "One or several v1,BASE64 with blanks between: HMAC-SHA256 over id.timestamp.body.",
}


def _schema(event: EventType) -> dict:
    data = {
        name: {"type": "integer" if isinstance(value, int) else "string", "description": words}
        for name, (words, value) in event.data.items()
    }
    data |= {
        "organisation": {"type": "string", "format": "uuid", "description": "Whose event it is."},
        "url": {"type": "string", "format": "uri", "description": "Page of the portal."},
    }
    properties = {
        "type": {"type": "string", "const": event.code},
        "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
        "version": {"type": "integer", "const": VERSION},
        "data": {"type": "object", "properties": data, "required": ["organisation"]},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def register_own() -> None:
    register_event(EventType(TEST, "A test", "Sent when an administrator presses “Send a test”.", "Tests", {}))
