"""Checking an API key at each use."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db.models import Q
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from ..models import ApiKey
from . import key_text
from .networks import is_within

USED_AT_MOST_EVERY = timedelta(minutes=1)
# One sentence for all reasons: whoever tries keys learns nothing from it, and whoever owns one knows where to look.
REFUSED = (
    "This API key cannot be used: it is unknown, revoked or expired, the person who made it may not act for the "
    "organisation now, or it is not allowed from this address. An administrator of the organisation finds out which on "
    "the page API keys."
)


class Refusal(StrEnum):
    UNKNOWN = "unknown"
    REVOKED = "revoked"
    EXPIRED = "expired"
    RESTING = "resting"
    ADDRESS = "address"


@dataclass(frozen=True)
class Examined:
    """`key` is None unless the secret was right."""

    key: ApiKey | None
    refusal: Refusal | None


@sensitive_variables("text", "prefix", "secret", "found")
def examine(text: str, *, address: str) -> Examined:
    """Whether a key may be used from this address now: one query for the key, one for its maker's roles."""
    found = key_text.parts(text)
    if found is None:
        return Examined(None, Refusal.UNKNOWN)
    prefix, secret = found
    # unscoped: the key itself says for which organisation it is
    key = ApiKey.objects.select_related("organisation", "made_by").filter(prefix=prefix).first()
    if not key_text.matches(secret, *_digests(key)) or key is None:
        return Examined(None, Refusal.UNKNOWN)
    return Examined(key, state_of(key) or _refused_by_address(key, address))


def state_of(key: ApiKey) -> Refusal | None:
    """Why a key cannot be used from anywhere; None when it can. The maker must be selected."""
    if key.revoked_at is not None:
        return Refusal.REVOKED
    if key.expires_at <= timezone.now():
        return Refusal.EXPIRED
    return None if maker_may_act(key) else Refusal.RESTING


def maker_may_act(key: ApiKey) -> bool:
    """Whether the maker has rights in the organisation now; which of them the key may use is asked at each question."""
    maker = key.made_by
    return maker is not None and maker.may_act and bool(maker.permissions_in(key.organisation))


def note_use(key: ApiKey) -> None:
    """When the key was last used, written at most once a minute."""
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at <= now - USED_AT_MOST_EVERY:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - USED_AT_MOST_EVERY)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def _digests(key: ApiKey | None) -> list[str]:
    if key is None:
        # As much work as for a key that exists.
        return [key_text.NOBODYS_DIGEST]
    if key.previous_until is not None and key.previous_until > timezone.now():
        return [key.secret_digest, key.previous_digest]
    return [key.secret_digest]


def _refused_by_address(key, address) -> Refusal | None:
    return Refusal.ADDRESS if key.networks and not is_within(address, key.networks) else None
