"""The audit service: every write of a service leaves one event through `record`."""

from dataclasses import dataclass

import structlog
from django.db import models
from django.utils import timezone

from .models import ActorPseudonym, AuditEvent, User


@dataclass(frozen=True)
class SystemActor:
    """A part of the system that acts without a person, e.g. SystemActor("command:load_open_data")."""

    name: str


class ActorMissing(ValueError):
    """Raised when an event names nobody: an action without an actor is a programming error."""


def record(*, action: str, by, organisation=None, target: models.Model | None = None, details: dict | None = None):
    """Append one event in the caller's transaction and return it.

    `by` is a User or a SystemActor. `details` must hold nothing personal: ids, counts, states.
    The database computes the digest chain; writers queue on an advisory lock until commit, so call this late.
    """
    kind, actor_id = _actor(by)
    return AuditEvent.objects.create(
        occurred_at=timezone.now(),
        actor_kind=kind,
        actor_id=actor_id,
        organisation_id=organisation.pk if organisation is not None else None,
        action=action,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        details=details or {},
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
        previous_digest=b"",
        digest=b"",
    )


def _actor(by) -> tuple[str, str]:
    if isinstance(by, SystemActor) and by.name:
        return "system", by.name
    if isinstance(by, User) and by.pk:
        pseudonym, _ = ActorPseudonym.objects.get_or_create(user=by)
        return "user", str(pseudonym.actor_id)
    raise ActorMissing(f"An audit event needs a User or a SystemActor, got {by!r}.")
