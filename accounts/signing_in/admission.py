"""Who may come in: people with an account, and people of an allowed domain, who get one without any role.

The first sign-in connects an account with (provider, issuer, subject). From then on that connection decides, and not
the address: providers give addresses to other people, subjects never.
"""

from dataclasses import dataclass

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from .. import audit
from ..models import User
from ..services import create_user
from .providers import IdentityProvider
from .refusals import Refusal, Refused

ACTOR = audit.SystemActor("sign-in")


@dataclass(frozen=True)
class Identity:
    """Somebody, as a provider confirmed. `address` is "" unless the provider vouches for it."""

    provider: IdentityProvider
    subject: str
    address: str = ""
    hosted_domain: str = ""
    name: str = ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def identity_of(provider: IdentityProvider, claims: dict) -> Identity:
    """From claims that were verified. What has another form than it should have counts as not said."""
    address = _text(claims, "email", 254).lower()
    vouched = claims.get("email_verified") is True and address.count("@") == 1 and address.isprintable()
    return Identity(
        provider=provider,
        subject=claims["sub"],
        address=address if vouched and " " not in address else "",
        hosted_domain=_text(claims, "hd", 253).lower(),
        name=_text(claims, "name", 150),
    )


def _text(claims, name, longest) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) and len(value) <= longest and "\x00" not in value else ""


def admit(identity: Identity) -> User:
    """The account that this identity signs in to, made or connected where that is allowed. Refused otherwise."""
    try:
        with transaction.atomic():
            return _admitted(identity)
    except IntegrityError as error:
        # The same person in two tabs: the other one was first, and the next try finds what it made.
        raise Refused(Refusal.RACE) from error


def _admitted(identity) -> User:
    link = (
        SocialAccount.objects.select_related("user")
        .filter(provider=identity.provider.key, uid=identity.subject)
        .first()
    )
    if link is not None:
        if link.extra_data.get("issuer") != identity.provider.issuer:
            raise Refused(Refusal.ISSUER, user=link.user)
        user = link.user
    else:
        user = _newly_connected(identity)
    check_hosted_domain(identity, user)
    if not user.may_act:
        raise Refused(Refusal.CLOSED, user=user)
    return user


def _newly_connected(identity) -> User:
    if not identity.address:
        raise Refused(Refusal.ADDRESS)
    # Locked: two accounts of a provider with one address cannot both be connected.
    user = User.objects.select_for_update().filter(email=identity.address).first()
    if user is None:
        user = _newcomer(identity)
    elif user.is_demo:
        raise Refused(Refusal.NOT_INVITED)
    elif SocialAccount.objects.filter(provider=identity.provider.key, user=user).exists():
        raise Refused(Refusal.OTHER_LINK, user=user)
    # Before anything is written: somebody who may not come in is not connected either.
    check_hosted_domain(identity, user)
    if user.may_act:
        connect(identity, user)
    return user


def connect(identity: Identity, user: User) -> None:
    """From now on this identity signs in to this account. Nothing that the provider said of the person is kept."""
    details = {"provider": identity.provider.key}
    SocialAccount.objects.create(
        user=user,
        provider=identity.provider.key,
        uid=identity.subject,
        extra_data={"issuer": identity.provider.issuer},
    )
    audit.record(action="sign_in.connected", by=user, target=user, details=details)


def _newcomer(identity) -> User:
    """An account without any role for somebody of an allowed domain."""
    domains = identity.provider.domains
    if identity.domain in domains and identity.hosted_domain in domains:
        return create_user(email=identity.address, full_name=identity.name, by=ACTOR)
    foreign = bool(domains) and (identity.hosted_domain or identity.domain in domains)
    raise Refused(Refusal.DOMAIN if foreign else Refusal.NOT_INVITED)


def check_hosted_domain(identity, user) -> None:
    """An address of an allowed domain counts only from the organisation that runs the domain.

    Anybody may open a private account at Google with an address of elsewhere; `hd` says who manages the account.
    """
    domains = identity.provider.domains
    own = {identity.domain, user.email.rpartition("@")[2]}
    if own & domains and identity.hosted_domain not in domains:
        raise Refused(Refusal.DOMAIN, user=user)
