"""Workers send events to endpoints. Deliveries are taken one at a time by moving their due time on (a lease): whoever
dies in the middle leaves them to the next, under the same webhook-id.
"""

import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from .. import audit
from ..models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookState
from .posting import Answer, post
from .sending import tell
from .signatures import headers

log = structlog.get_logger(__name__)

BY = audit.SystemActor("notices:webhooks")
# Longer than an endpoint may take (WEBHOOK_SECONDS, at most 30).
LEASE = timedelta(minutes=2)
# Waits after each attempt that failed, a fifth more or less at random; a day in all.
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 1800, 3600, 7200, 14_400, 21_600, 36_000))
JITTER = 0.2
# An endpoint of which nothing was taken for so long is switched off.
PATIENCE = timedelta(days=3)
GONE = 410


@dataclass
class Posted:
    """What became of the deliveries of one run."""

    delivered: int = 0
    later: int = 0
    given_up: int = 0
    # Endpoints that took too long in this run: theirs wait, so that others need not.
    slow: set = field(default_factory=set)


def post_due(*, now: datetime | None = None, most: int = 500) -> Posted:
    """Send what has fallen due, at most so many deliveries. Any number of workers may do it at once."""
    done = Posted()
    for _ in range(most):
        moment = now or timezone.now()
        delivery = _take(moment, done.slow)
        if delivery is None:
            break
        _post(delivery, moment, done)
    return done


@transaction.atomic
def _take(now, slow) -> WebhookDelivery | None:
    rows = WebhookDelivery.objects.due(now).exclude(endpoint__in=slow).order_by("due_at", "pk")  # unscoped: all of them
    delivery = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if delivery is None:
        return None
    delivery.attempts += 1
    delivery.due_at = now + LEASE
    delivery.save(update_fields=["attempts", "due_at"])
    return delivery


def _post(delivery, now, done: Posted) -> None:
    endpoint = WebhookEndpoint.objects.select_related("organisation").get(pk=delivery.endpoint_id)  # unscoped: its own
    if not endpoint.is_active or endpoint.organisation.is_suspended:
        _end(delivery, WebhookState.CANCELLED, now)
        return
    body, given = signed(delivery.event, endpoint, now)
    answer = post(endpoint.url, body, given)
    with transaction.atomic():
        # Switching it off, or another answer at the same moment, waits.
        endpoint = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)  # unscoped: its own
        _note(delivery, answer, now)
        if answer.ok:
            _delivered(delivery, endpoint, now, done)
        else:
            _failed(delivery, endpoint, answer, now, done)


def signed(event, endpoint, now: datetime) -> tuple[bytes, dict[str, str]]:
    """Body and headers as they are sent: signed with the secret, and with the one before while it still counts."""
    body = json.dumps(event.payload, separators=(",", ":"), ensure_ascii=False).encode()
    secrets = [endpoint.secret]
    if endpoint.previous_secret and endpoint.previous_until and endpoint.previous_until > now:
        secrets.append(endpoint.previous_secret)
    return body, headers(secrets, f"msg_{event.pk.hex}", int(timezone.now().timestamp()), body)


def wait_after(attempt: int, asked: float | None = None) -> timedelta | None:
    """How long to wait after that many attempts (from 1); None: no more. `asked`: seconds that the endpoint wants."""
    if attempt > len(BACKOFF):
        return None
    wait = BACKOFF[attempt - 1] * random.uniform(1 - JITTER, 1 + JITTER)
    return max(wait, timedelta(seconds=asked or 0))


def _note(delivery, answer: Answer, now) -> None:
    WebhookAttempt.objects.create(
        delivery=delivery,
        number=delivery.attempts,
        at=now,
        milliseconds=answer.milliseconds,
        status=answer.status,
        outcome=answer.words,
    )


def _delivered(delivery, endpoint, now, done: Posted) -> None:
    _end(delivery, WebhookState.DELIVERED, now)
    endpoint.failing_since, endpoint.last_success_at = None, now
    endpoint.save(update_fields=["failing_since", "last_success_at"])
    done.delivered += 1


def _failed(delivery, endpoint, answer: Answer, now, done: Posted) -> None:
    if endpoint.failing_since is None:
        endpoint.failing_since = now
        endpoint.save(update_fields=["failing_since"])
    if answer.timed_out:
        done.slow.add(endpoint.pk)
    wait = wait_after(delivery.attempts, answer.wait)
    if answer.status == GONE:
        _switch_off(endpoint, "It answered that it is gone (410).", now)
        wait = None
    elif now - endpoint.failing_since >= PATIENCE and endpoint.is_active:
        _switch_off(endpoint, f"Nothing was taken for {PATIENCE.days} days.", now)
        wait = None
    if wait is None:
        _end(delivery, WebhookState.FAILED, now)
        done.given_up += 1
        return
    delivery.due_at = now + wait
    delivery.save(update_fields=["due_at"])
    done.later += 1


def _switch_off(endpoint, why: str, now) -> None:
    """What waits is not sent any more; administrators hear of it."""
    endpoint.switched_off_at, endpoint.switched_off_because = now, why
    endpoint.save(update_fields=["switched_off_at", "switched_off_because"])
    endpoint.deliveries.filter(state=WebhookState.WAITING).update(state=WebhookState.CANCELLED, ended_at=now)
    place = endpoint.organisation
    audit.record(action="webhook.switched_off", by=BY, organisation=place, target=endpoint, details={"why": why})
    tell(
        kind="webhook.switched_off",
        organisation=place,
        text=f"The webhook “{endpoint.name}” was switched off. {why}",
        url=reverse("webhook", args=[endpoint.pk]),
    )
    log.warning("webhook_switched_off", endpoint=str(endpoint.pk), why=why)


def _end(delivery, state, now) -> None:
    delivery.state, delivery.ended_at = state, now
    delivery.save(update_fields=["state", "ended_at"])
