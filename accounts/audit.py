"""The audit service: every write of a service leaves one event through `record`."""

import time
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.core.cache import cache
from django.core.signing import BadSignature, Signer
from django.db import connection, models
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


@dataclass(frozen=True)
class Verification:
    """What a check of the whole chain found. `head` is the last digest in hexadecimal ("" for an empty trail)."""

    intact: bool
    events: int
    head: str
    broken_sequence: int | None = None
    reason: str = ""


def verify() -> Verification:
    """Recompute every link in the database, in one pass (about a second per 100,000 events).

    `reason` is "number" (rows are missing), "link" (does not continue from the row before) or "content"
    (the row was changed). Rows cut off at the end show only against a head that was kept elsewhere.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT broken_sequence, reason FROM audit_chain_break()")
        broken = cursor.fetchone()
        cursor.execute("SELECT sequence, encode(digest, 'hex') FROM accounts_auditevent ORDER BY sequence DESC LIMIT 1")
        count, head = cursor.fetchone() or (0, "")
    if broken is None:
        return Verification(True, count, head)
    return Verification(False, count, head, broken[0], broken[1])


class BrokenSeal(ValueError):
    """A seal that this installation did not make, or whose entry is gone or different now."""


_signer = Signer(salt="accounts.audit.seal")


def seal(verification: Verification) -> str:
    """A signed note of the chain's head, to be kept where this database's owner cannot write.

    The chain alone cannot show that its end was cut off, or that all of it was made anew; a seal can.
    """
    return _signer.sign(f"{verification.events}:{verification.head}")


def check_seal(text: str) -> int:
    """The number of the sealed entry, when the trail still holds it as it was. BrokenSeal otherwise."""
    try:
        sequence, digest = _signer.unsign(text.strip()).split(":")
    except (BadSignature, ValueError) as error:
        raise BrokenSeal("This seal was not made by this installation, or it was altered.") from error
    event = AuditEvent.objects.filter(sequence=int(sequence)).first()
    if event is None or bytes(event.digest).hex() != digest:
        raise BrokenSeal(f"Entry {sequence} is not what it was when it was sealed.")
    return event.sequence


CHECK_KEY = "audit-chain-check"
# A check reads the whole trail: it is repeated so rarely that checking takes at most a thirtieth of the time.
CHECK_AT_MOST_EVERY_SECONDS = 60
CHECK_SHARE = 30


@dataclass(frozen=True)
class Check:
    """A verification and when it was made."""

    verification: Verification
    at: datetime


def check_now() -> Check:
    """Verify the chain and keep the result for `latest_check`."""
    started = time.monotonic()
    check = Check(verify(), timezone.now())
    cache.set(CHECK_KEY, check, max(CHECK_AT_MOST_EVERY_SECONDS, CHECK_SHARE * (time.monotonic() - started)))
    return check


def latest_check() -> Check:
    """The last check if it is fresh (a minute for a short trail), else a new one."""
    return cache.get(CHECK_KEY) or check_now()
