"""Identities at providers with which somebody signs in, and how they add and remove them themselves."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from .. import audit, services
from . import admission, passwords, providers
from .refusals import Refusal, Refused


@dataclass(frozen=True)
class Connection:
    """One provider on the page about them. `since` is None where nothing is connected."""

    provider: providers.IdentityProvider
    since: datetime | None
    is_last_way: bool

    @property
    def may_be_removed(self) -> bool:
        return self.since is not None and not self.is_last_way


def of(user) -> list[Connection]:
    """What is connected, and what may be, in the order in which the sign-in page offers it."""
    known = {link.provider: link for link in SocialAccount.objects.filter(user=user)}
    found = []
    for key, provider in providers.configured().items():
        link = known.get(key)
        if link is not None:
            found.append(Connection(provider, link.date_joined, not _other_ways(user, key)))
        elif provider.may_be_connected and not user.is_demo:
            found.append(Connection(provider, None, False))
    return found


def confirming(user) -> list[providers.IdentityProvider]:
    """Providers at which this person can confirm that it is them."""
    known = set(SocialAccount.objects.filter(user=user).values_list("provider", flat=True))
    return [provider for key, provider in providers.configured().items() if key in known]


@transaction.atomic
def connect(identity: admission.Identity, *, user) -> None:
    """From now on this identity signs in to the account. Refused where it, or the account, is another one's.

    An address that the provider vouches for is not asked: the person has proved both, here and there.
    """
    links = SocialAccount.objects.filter(provider=identity.provider.key)
    own = links.filter(user=user).first()
    if own is not None and own.uid == identity.subject and own.extra_data.get("issuer") == identity.provider.issuer:
        return
    if user.is_demo or own is not None or links.filter(uid=identity.subject).exists():
        raise Refused(Refusal.TAKEN, user=user)
    admission.check_hosted_domain(identity, user)
    try:
        with transaction.atomic():
            admission.connect(identity, user)
    except IntegrityError as error:
        raise Refused(Refusal.TAKEN, user=user) from error
    text = f"Your identity at {identity.provider.name} was connected to your account."
    services.notify(user=user, text=text, url=reverse("connections"), kind="account.security")


@transaction.atomic
def disconnect(*, provider: str, by) -> None:
    """This identity does not sign in to the account of `by` any more. ValidationError for the last way in."""
    # One at a time: two that were removed at once would leave nothing.
    links = {link.provider: link for link in SocialAccount.objects.select_for_update().filter(user=by)}
    if provider not in links:
        raise ValidationError("It is not connected any more.")
    if not _other_ways(by, provider):
        raise ValidationError("This is the only way in which you can sign in. Add another one first.")
    links[provider].delete()
    audit.record(action="sign_in.disconnected", by=by, target=by, details={"provider": provider})
    name = providers.configured()[provider].name if provider in providers.configured() else provider
    text = f"Your identity at {name} was removed from your account."
    services.notify(user=by, text=text, url=reverse("connections"), kind="account.security")


def _other_ways(user, provider: str) -> bool:
    """Whether the person can sign in without this provider."""
    if passwords.may_use(user) and user.has_usable_password():
        return True
    others = set(providers.configured()) - {provider}
    if SocialAccount.objects.filter(user=user, provider__in=others).exists():
        return True
    passkeys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return any(passkey.wrap().is_passwordless for passkey in passkeys)
