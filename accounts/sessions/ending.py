"""Ends of sessions: whoever ends one, it is told in the audit trail by whom and why."""

from datetime import timedelta

from django.db import transaction

from .. import audit
from ..models import Session
from .idle import idle_seconds_of

# Why sessions end, as the audit trail says it.
WHY = {
    "by_hand": "ended by its own person",
    "by_administrator": "ended by an administrator of the platform",
    "suspended": "the rights in an organisation were taken away",
    "closed": "the account was closed",
    "password": "the password was changed",
    "factor_removed": "a second factor was removed",
    "factors_reset": "the second factors were reset",
    "idle": "nothing was done for a while",
    "longest": "longest time since the sign-in",
}

# What is said of the tokens that end with them, where it is more than that somebody signed out.
TOKENS_BECAUSE = {"suspended": "suspended", "closed": "suspended", "password": "password"}


@transaction.atomic
def end_all(*, user, by, why: str, organisation=None, keep: str | None = None) -> int:
    """End every session of a person but the one with the key `keep`, and all tokens of their programs. `why` is a key
    of WHY.

    Returns how many sessions ended; nothing is recorded when none did.
    """
    # Here, since whoever writes about people writes about both.
    from ..credentials import tokens

    tokens.end_all(user=user, because=TOKENS_BECAUSE.get(why, "signed_out"), by=by)
    sessions = Session.objects.for_user(user).exclude(session_key=keep)
    living = sessions.living().count()
    sessions.delete()
    if living:
        _record(user, by, why, living, organisation)
    return living


@transaction.atomic
def end_one(*, session: Session, by) -> None:
    """Sign out of one device. Ended meanwhile: nothing happens."""
    user = session.user
    if Session.objects.filter(pk=session.pk).delete()[0]:
        _record(user, by, "by_hand", 1)


def end_those_over() -> int:
    """Remove the sessions that nobody can use any more, and record those that somebody was signed in with."""
    ended = 0
    while session := _one_over():
        ended += session.user is not None
    return ended


@transaction.atomic
def _one_over() -> Session | None:
    over = Session.objects.over().select_related("user").order_by("expire_date")
    session = over.select_for_update(of=("self",), skip_locked=True).first()
    if session is None:
        return None
    user = session.user
    Session.objects.filter(pk=session.pk).delete()
    if user is not None:
        _record(user, audit.SystemActor("sessions"), _why_over(session), 1)
    return session


def _why_over(session) -> str:
    idle_until = session.last_active_at + timedelta(seconds=idle_seconds_of(session.user_id))
    # Ended before it had been idle for so long: it had lasted as long as one may.
    return "longest" if session.expire_date < idle_until - timedelta(seconds=1) else "idle"


def _record(user, by, why, number, organisation=None) -> None:
    if why not in WHY:
        raise ValueError(f"Unknown reason {why!r} for the end of a session.")
    details = {"account": audit.pseudonym_of(user), "why": WHY[why], "sessions": number}
    audit.record(action="session.ended", by=by, organisation=organisation, target=user, details=details)
