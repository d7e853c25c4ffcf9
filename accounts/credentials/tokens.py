"""Tokens of people: a family for each sign-in, with refresh tokens that work once and access tokens for 15 minutes.

What makes a token worth something stands in its family's row, which is read with the person in one query at every use:
so an ended family ends its access tokens at that moment too, and that costs no query more.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from rest_framework_simplejwt import tokens as simplejwt
from rest_framework_simplejwt.exceptions import TokenError

from .. import audit, services
from ..models import TokenFamily, User
from ..models.credentials import FamilyEnd
from .signing import SIGNING_KEYS

ACTOR = audit.SystemActor("tokens")
FAMILY, USER = "family", "user_id"
REUSED = (
    "A token that had been used was used again, so all tokens of that sign-in were ended. If your program did not do "
    "this twice by mistake, somebody else may have it: change your password."
)


class AccessToken(simplejwt.AccessToken):
    """Proves for 15 minutes who asks. Made by a refresh token only."""

    _token_backend = SIGNING_KEYS


class RefreshToken(simplejwt.Token):
    """Good for one new pair. TokenError for anything else than one of ours that has not expired."""

    token_type = "refresh"  # noqa: S105 - the kind of token
    lifetime = simplejwt.RefreshToken.lifetime
    _token_backend = SIGNING_KEYS


@dataclass(frozen=True)
class Pair:
    """What a sign-in or a renewal gives: both as text, to be shown to nobody else."""

    access: str
    refresh: str


@transaction.atomic
def begin(*, user: User) -> Pair:
    """A new family with its first pair. Who calls has made sure that it is the person, and writes the event."""
    now = timezone.now()
    family = TokenFamily(
        user=user,
        password_mark=user.get_session_auth_hash(),
        started_at=now,
        expires_at=now + RefreshToken.lifetime,
    )
    return _next_pair(family)


def renew(*, refresh: str) -> Pair:
    """The next pair for a refresh token. TokenError when it is none, when its family has ended, or was used before.

    A second use ends the family: one of two users has stolen it, and nobody can tell which (RFC 9700, 4.14.2).
    """
    token = RefreshToken(refresh)
    with transaction.atomic():
        # Two at once with the same token wait here for each other: the second finds the first one's successor.
        family = _of(token, TokenFamily.objects.select_for_update(of=("self",)))
        reused = not constant_time_compare(family.current, token["jti"])
        if reused:
            _end_reused(family)
        else:
            family.renewed_at = timezone.now()
            pair = _next_pair(family)
    if reused:
        raise TokenError("Token was used before")
    return pair


def revoke(*, refresh: str) -> bool:
    """End the family of a refresh token, whichever of its generations it is. Whether there was something to end."""
    try:
        family = _of(RefreshToken(refresh), TokenFamily.objects.all())
    except TokenError:
        return False
    with transaction.atomic():
        ended = _end(TokenFamily.objects.filter(pk=family.pk), FamilyEnd.REVOKED)
        if ended:
            audit.record(action="token.revoked", by=family.user, target=family)
    return bool(ended)


def family_of(token: AccessToken) -> TokenFamily:
    """The living family of a token that was verified, with its person: one query. TokenError when it has ended."""
    return _of(token, TokenFamily.objects.all())


@transaction.atomic
def end_all(*, user: User, because: str, by) -> int:
    """End every token of a person, e.g. because="signed_out" (see FamilyEnd). Returns how many sign-ins that were."""
    ended = _end(TokenFamily.objects.filter(user=user), FamilyEnd(because))
    if ended:
        details = {"because": because, "families": ended}
        audit.record(action="token.all_ended", by=by, target=user, details=details)
    return ended


def forget_expired() -> int:
    """Delete families that expired a day ago: what they would say is in the audit trail."""
    return TokenFamily.objects.filter(expires_at__lt=timezone.now() - timedelta(days=1)).delete()[0]


def _of(token, families) -> TokenFamily:
    family = families.select_related("user").alive().filter(pk=token[FAMILY], user=token[USER]).first()
    if family is None or not family.user.may_act or not _same_password(family):
        raise TokenError("Token is not valid any more")
    return family


def _same_password(family) -> bool:
    """Also when SECRET_KEY was changed and the one before is among SECRET_KEY_FALLBACKS."""
    user = family.user
    marks = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(family.password_mark, mark) for mark in marks)


def _next_pair(family) -> Pair:
    refresh, access = RefreshToken(), AccessToken()
    for token in (refresh, access):
        token[FAMILY], token[USER] = str(family.pk), str(family.user_id)
    # A family is not prolonged: twelve hours after the sign-in the person shows again who they are.
    for token in (refresh, access):
        token["exp"] = min(token["exp"], int(family.expires_at.timestamp()))
    family.current = refresh["jti"]
    family.save()
    return Pair(access=str(access), refresh=str(refresh))


def _end_reused(family) -> None:
    _end(TokenFamily.objects.filter(pk=family.pk), FamilyEnd.REUSED)
    services.notify(user=family.user, text=REUSED, kind="account.security")
    details = {"account": audit.pseudonym_of(family.user)}
    audit.record(action="token.reused", by=ACTOR, target=family, details=details)


def _end(families, because: FamilyEnd) -> int:
    return families.alive().update(ended_at=timezone.now(), ended_because=because)
