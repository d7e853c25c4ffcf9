"""Writes about webhook endpoints. Each is audited; secrets are returned once and never recorded."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from .. import audit
from ..models import Organisation, User, WebhookDelivery, WebhookEndpoint, WebhookEvent, WebhookState
from ..people.limits import RefusedChange
from .events import TEST, all_events, new_event, queue
from .posting import AddressRefused, check_address
from .signatures import new_secret

MOST_ENDPOINTS = 10
MOST_WAITING_TESTS = 5
# How long the secret before the last change goes on signing.
GRACE = timedelta(hours=24)


@transaction.atomic
def create_endpoint(
    *, organisation: Organisation, name: str, url: str, events: list[str], by: User
) -> tuple[WebhookEndpoint, str]:
    """The endpoint, and its secret. RefusedChange for an address that webhooks do not go to, unknown events, a name
    that is taken, too many endpoints.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    existing = WebhookEndpoint.objects.for_organisation(organisation)
    if len(existing.values_list("pk")[: MOST_ENDPOINTS + 1]) >= MOST_ENDPOINTS:
        raise RefusedChange(f"There are {MOST_ENDPOINTS} webhooks already: delete one first.")
    values = _checked(existing, name, url, events)
    secret = new_secret()
    endpoint = WebhookEndpoint.objects.create(organisation=organisation, made_by=by, secret=secret, **values)
    _record("webhook.made", endpoint, by, events=endpoint.events)
    return endpoint, secret


@transaction.atomic
def change_endpoint(*, endpoint: WebhookEndpoint, name: str, url: str, events: list[str], by: User) -> WebhookEndpoint:
    """RefusedChange as above. What waits goes to the new address."""
    endpoint = _locked(endpoint)
    others = WebhookEndpoint.objects.for_organisation(endpoint.organisation).exclude(pk=endpoint.pk)
    values = _checked(others, name, url, events)
    changed = [field for field, value in values.items() if getattr(endpoint, field) != value]
    for field in changed:
        setattr(endpoint, field, values[field])
    if changed:
        endpoint.save(update_fields=changed)
        _record("webhook.changed", endpoint, by, fields=changed)
    return endpoint


@transaction.atomic
def rotate_secret(*, endpoint: WebhookEndpoint, by: User) -> str:
    """A new secret. The one before signs for another day beside it; one that was still about ends now."""
    endpoint = _locked(endpoint)
    secret = new_secret()
    endpoint.previous_secret, endpoint.previous_until = endpoint.secret, timezone.now() + GRACE
    endpoint.secret = secret
    endpoint.save(update_fields=["secret", "previous_secret", "previous_until"])
    _record("webhook.secret_changed", endpoint, by)
    return secret


@transaction.atomic
def switch(*, endpoint: WebhookEndpoint, on: bool, by: User) -> WebhookEndpoint:
    """Switched off, nothing is sent, what waits neither; events of that time are not sent later."""
    endpoint = _locked(endpoint)
    if on == endpoint.is_active:
        return endpoint
    if on:
        endpoint.switched_off_at, endpoint.switched_off_because, endpoint.failing_since = None, "", None
    else:
        endpoint.switched_off_at, endpoint.switched_off_because = timezone.now(), "An administrator switched it off."
        waiting = endpoint.deliveries.filter(state=WebhookState.WAITING)
        waiting.update(state=WebhookState.CANCELLED, ended_at=timezone.now())
    endpoint.save(update_fields=["switched_off_at", "switched_off_because", "failing_since"])
    _record("webhook.switched_on" if on else "webhook.switched_off", endpoint, by)
    return endpoint


@transaction.atomic
def delete_endpoint(*, endpoint: WebhookEndpoint, by: User) -> None:
    """With its log and its secrets."""
    endpoint = _locked(endpoint)
    _record("webhook.deleted", endpoint, by)
    endpoint.delete()


@transaction.atomic
def send_test(*, endpoint: WebhookEndpoint, by: User) -> WebhookDelivery:
    """An event that says that it is a test. RefusedChange while it is switched off, or tests wait already."""
    endpoint = _locked(endpoint)
    _check_active(endpoint)
    waiting = endpoint.deliveries.filter(state=WebhookState.WAITING, event__type=TEST)
    if len(waiting.values_list("pk")[:MOST_WAITING_TESTS]) == MOST_WAITING_TESTS:
        raise RefusedChange(f"{MOST_WAITING_TESTS} tests wait already: see what becomes of them first.")
    event = new_event(TEST, endpoint.organisation, {}, "/")
    event.save()
    return _queued(endpoint, event, "webhook.test_sent", by)


@transaction.atomic
def send_again(*, delivery: WebhookDelivery, by: User) -> WebhookDelivery:
    """The same event under the same webhook-id, as a new delivery. RefusedChange while it waits or is switched off."""
    endpoint = _locked(delivery.endpoint)
    _check_active(endpoint)
    event: WebhookEvent = delivery.event
    if endpoint.deliveries.filter(event=event, state=WebhookState.WAITING).exists():
        raise RefusedChange("This event waits already to be sent.")
    return _queued(endpoint, event, "webhook.sent_again", by)


def _queued(endpoint, event, action, by) -> WebhookDelivery:
    delivery = WebhookDelivery(endpoint=endpoint, event=event)
    queue([delivery])
    _record(action, endpoint, by, event=event.type)
    return delivery


def _check_active(endpoint) -> None:
    if not endpoint.is_active:
        raise RefusedChange("The webhook is switched off: switch it on first.")


def _checked(others, name: str, url: str, events: list[str]) -> dict:
    name, url = name.strip(), url.strip()
    known = [event.code for event in all_events() if event.code in set(events)]
    if not known or len(known) != len(set(events)):
        raise RefusedChange("Choose at least one event, and only events that there are.")
    if others.filter(name=name).exists():
        raise RefusedChange("Another webhook has this name.")
    try:
        check_address(url)
    except AddressRefused as refusal:
        raise RefusedChange(str(refusal)) from refusal
    return {"name": name, "url": url, "events": known}


def _locked(endpoint) -> WebhookEndpoint:
    rows = WebhookEndpoint.objects.for_organisation(endpoint.organisation).select_for_update(of=("self",))
    return rows.select_related("organisation").get(pk=endpoint.pk)


def _record(action, endpoint, by, **details) -> None:
    audit.record(action=action, by=by, organisation=endpoint.organisation, target=endpoint, details=details)
