"""Writing into the trail: one event for every write of a service, one for every look at people's data."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

import structlog
from django.core.cache import cache
from django.db import models

from ..models import ActorPseudonym, AuditEvent, User


@dataclass(frozen=True)
class SystemActor:
    """A part of the system that acts without a person, e.g. SystemActor("command:load_open_data")."""

    name: str


class ActorMissing(ValueError):
    """Raised when an event names nobody: an action without an actor is a programming error."""


def record(*, action: str, by, organisation=None, target: models.Model | None = None, details: dict | None = None):
    """Append one event in the caller's transaction and return it.

    `by` is a User or a SystemActor. `details` must hold nothing personal: ids, counts, states.
    The database gives number, time and digests. Writers queue on a lock from here until they commit: call this
    as the last thing in a transaction.
    """
    kind, actor_id = _actor(by)
    return AuditEvent.objects.create(
        actor_kind=kind,
        actor_id=actor_id,
        organisation_id=organisation.pk if organisation is not None else None,
        action=action,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        details=details or {},
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
    )


def _actor(by) -> tuple[str, str]:
    if isinstance(by, SystemActor) and by.name:
        return "system", by.name
    if isinstance(by, User) and by.pk:
        return "user", pseudonym_of(by)
    raise ActorMissing(f"An audit event needs a User or a SystemActor, got {by!r}.")


def pseudonym_of(user: User) -> str:
    """The name under which a person appears in the trail. Made at first use, read once per instance."""
    if getattr(user, "_pseudonym", None) is None:
        pseudonym, _ = ActorPseudonym.objects.get_or_create(user=user)
        user._pseudonym = str(pseudonym.actor_id)
    return user._pseudonym


READING = "personal_data.read"
USER_LABEL = "accounts.user"
# Somebody who goes back and forth between a list and its entries has read the same people once.
SAME_READING_SECONDS = 5 * 60
# Ids kept of one reading; `number` counts all of them.
MOST_SUBJECTS = 1000


def record_reading(
    request, what: str, subjects: Iterable, *, model: str = "", once_in: int = SAME_READING_SECONDS
) -> None:
    """Say in the trail that the person of `request` was shown data of named people; call it when the rows are known.

    `what` names the kind of page, file or API answer, such as "members.list" (words for it: `accounts.trail.words`).
    `subjects` are the rows that were shown (e.g. a page of a QuerySet), or (label of a model, id), or ids together with
    `model`, a label such as "routing.staffmember". Only labels, number and ids are kept, never values. Nobody reads
    their own account.

    The same people on the same kind of page are recorded once in five minutes (`once_in` seconds) for each reader and
    organisation; people who were not among them are always recorded. Nothing is recorded where nobody was shown.
    Raises ActorMissing for anonymous requests: a page that shows people has no business answering them.
    """
    shown = {_subject(row, model) for row in subjects}
    shown -= {(USER_LABEL, str(getattr(request.user, "pk", ""))), *((label, "None") for label, _ in shown)}
    if not shown:
        return
    labels, ids = sorted({label for label, _ in shown}), sorted({each for _, each in shown})
    organisation = _organisation_of(request)
    key = _reading_key(request.user, organisation, what, " ".join(labels), ids)
    if cache.get(key):
        return
    details = {"page": what, "model": " ".join(labels), "number": len(ids), "subjects": ids[:MOST_SUBJECTS]}
    record(action=READING, by=request.user, organisation=organisation, details=details)
    # Only now: a reading that could not be recorded is tried again. Without a cache every reading is recorded.
    cache.set(key, True, once_in)


def _subject(row, model) -> tuple[str, str]:
    """(label, id) of a row, of such a pair, or of an id of `model`."""
    if isinstance(row, tuple):
        return row[0], str(row[1])
    return model or row._meta.label_lower, str(getattr(row, "pk", row))


def _organisation_of(request):
    from ..access import request_organisation

    return request_organisation(request)


def _reading_key(user, organisation, what, label, ids) -> str:
    parts = [str(user.pk), str(organisation.pk if organisation else ""), what, label, *ids]
    return f"audit-reading-{sha256('|'.join(parts).encode()).hexdigest()}"
