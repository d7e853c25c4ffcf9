"""Every write about API keys."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from .. import audit, services
from ..models import ApiKey, Organisation, User
from ..models.credentials import KEY_SCOPES, LONGEST_KEY
from ..people.limits import RefusedChange, check_api_keys
from ..permissions import Permission
from . import key_text
from .networks import NoNetwork, network

# How long the secret before the last change still counts: a day to put the new one everywhere.
GRACE = timedelta(hours=24)
WARNED_BEFORE = timedelta(days=14)


def scopes_for(user: User, organisation: Organisation) -> list[Permission]:
    """What somebody may give a key: of what is for machines, that which they may do themselves."""
    held = user.permissions_in(organisation)
    return [scope for scope in KEY_SCOPES if scope in held]


@sensitive_variables("secret")
@transaction.atomic
def create_key(
    *, organisation: Organisation, name: str, scopes: Iterable[str], networks: Iterable[str] = (),
    expires_at: datetime, requests_per_minute: int = 120, by: User,
) -> tuple[ApiKey, str]:  # fmt: skip
    """A new key and its full text, which is nowhere to be had again. RefusedChange in words for the page."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    check_api_keys(organisation, ApiKey.objects.for_organisation(organisation).usable().count())
    secret, prefix = key_text.new_secret(), key_text.new_prefix()
    now = timezone.now()
    key = ApiKey.objects.create(
        organisation=organisation,
        made_by=by,
        name=name,
        prefix=prefix,
        secret_digest=key_text.digest(secret),
        scopes=_checked_scopes(scopes, by, organisation),
        networks=_checked_networks(networks),
        requests_per_minute=requests_per_minute,
        created_at=now,
        expires_at=_checked_end(expires_at, now),
    )
    details = {
        "scopes": key.scopes,
        "networks": len(key.networks),
        "requests_per_minute": requests_per_minute,
        "expires": key.expires_at.date(),
    }
    audit.record(action="api_key.created", by=by, organisation=organisation, target=key, details=details)
    return key, key_text.full_key(prefix, secret)


@sensitive_variables("secret")
@transaction.atomic
def rotate_key(*, key: ApiKey, by: User) -> str:
    """A new secret; the one before counts for another 24 hours. Returns the full key. RefusedChange for a dead key.

    A change within these hours ends the first secret at once: never do more than two count.
    """
    key = _locked(key)
    now = timezone.now()
    if key.revoked_at is not None or key.expires_at <= now:
        raise RefusedChange("This key is revoked or expired. Make a new one.")
    secret = key_text.new_secret()
    key.previous_digest, key.previous_until = key.secret_digest, now + GRACE
    key.secret_digest = key_text.digest(secret)
    key.save(update_fields=["secret_digest", "previous_digest", "previous_until"])
    audit.record(action="api_key.rotated", by=by, organisation=key.organisation, target=key)
    return key_text.full_key(key.prefix, secret)


@transaction.atomic
def revoke_key(*, key: ApiKey, by: User) -> ApiKey:
    """The key is worth nothing from now on. Doing it again changes nothing."""
    key = _locked(key)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        audit.record(action="api_key.revoked", by=by, organisation=key.organisation, target=key)
    return key


def warn_of_expiry() -> int:
    """Tell the makers of keys that expire within 14 days, once for each key. Returns how many were told."""
    soon = ApiKey.objects.usable().filter(
        warned_at__isnull=True, expires_at__lte=timezone.now() + WARNED_BEFORE, made_by__isnull=False
    )
    told = 0
    for key in soon.select_related("made_by", "organisation"):
        with transaction.atomic():
            # Two workers at once: only one finds it unsaid.
            if not ApiKey.objects.filter(pk=key.pk, warned_at__isnull=True).update(warned_at=timezone.now()):
                continue
            day = timezone.localtime(key.expires_at)
            text = f"The API key “{key.name}” expires on {day:%-d %B %Y}. What uses it needs a new key by then."
            url = reverse("api-key", args=[key.pk])
            services.notify(
                user=key.made_by, text=text, url=url, organisation=key.organisation, kind="api_key.expiring"
            )
            told += 1
    return told


def _locked(key: ApiKey) -> ApiKey:
    return ApiKey.objects.select_for_update(of=("self",)).select_related("organisation", "made_by").get(pk=key.pk)


def _checked_scopes(scopes, by, organisation) -> list[str]:
    wanted = set(map(str, scopes))
    allowed = [scope.value for scope in scopes_for(by, organisation) if scope.value in wanted]
    if not wanted or wanted - set(allowed):
        raise RefusedChange("Choose at least one right, and only rights that you hold yourself.")
    return allowed


def _checked_networks(networks) -> list[str]:
    try:
        return sorted({network(text) for text in networks})
    except NoNetwork as error:
        raise RefusedChange(str(error)) from error


def _checked_end(expires_at, now) -> datetime:
    if not now < expires_at <= now + LONGEST_KEY:
        raise RefusedChange("A key expires within a year, and not before it was made.")
    return expires_at
