"""The providers of identity that this installation offers, from its settings."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings

from . import client_keys

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
DEFAULT_PORTS = {"https": 443, "http": 80}
# What NHS CIS2 is asked for, by the lowest level of the authenticator.
ASSURANCE_CLASSES = {2: "AAL2_OR_AAL3_ANY", 3: "AAL3_ANY"}


@dataclass(frozen=True)
class IdentityProvider:
    """One provider. `hosts` are all that may be asked, as (host, port); `domains` are of organisations whose people may
    come without an invitation; `assurance` is the lowest level that gets in, of the authenticator and of the identity
    (None: the provider knows no levels). `keys` prove who we are there; without any, `secret` does."""

    key: str
    name: str
    client_id: str
    secret: str = field(repr=False)
    issuer: str
    hosts: frozenset[tuple[str, int]]
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    question: tuple[tuple[str, str], ...] = ()
    domains: frozenset[str] = frozenset()
    assurance: int | None = None
    identity_assurance: int | None = None
    keys: tuple[client_keys.ClientKey, ...] = ()
    # Somebody with an account may connect an identity of this provider themselves.
    may_be_connected: bool = False

    @property
    def document_address(self) -> str:
        """OpenID Connect Discovery 1.0, section 4."""
        return f"{self.issuer}/.well-known/openid-configuration"


def configured() -> dict[str, IdentityProvider]:
    """By key, in the order in which they are offered."""
    found = {}
    if settings.GOOGLE_CLIENT_ID:
        found["google"] = _google()
    if settings.CIS2_CLIENT_ID:
        found["cis2"] = _cis2()
    return found


def _google() -> IdentityProvider:
    domains = frozenset(domain.strip().lower() for domain in settings.GOOGLE_ALLOWED_DOMAINS if domain.strip())
    return IdentityProvider(
        key="google",
        name="Google",
        client_id=settings.GOOGLE_CLIENT_ID,
        secret=settings.GOOGLE_CLIENT_SECRET,
        issuer=settings.GOOGLE_ISSUER,
        hosts=_hosts(settings.GOOGLE_ISSUER, settings.GOOGLE_HOSTS),
        # People with several Google accounts choose; with one domain Google offers its accounts alone.
        question=(
            ("prompt", "select_account"),
            # Google says when somebody signed in there only where it is asked so.
            ("claims", '{"id_token":{"auth_time":{"essential":true}}}'),
            *([("hd", next(iter(domains)))] if len(domains) == 1 else []),
        ),
        domains=domains,
    )


def _cis2() -> IdentityProvider:
    return IdentityProvider(
        key="cis2",
        name="NHS CIS2",
        client_id=settings.CIS2_CLIENT_ID,
        secret=settings.CIS2_CLIENT_SECRET,
        issuer=settings.CIS2_ISSUER,
        hosts=_hosts(settings.CIS2_ISSUER, settings.CIS2_HOSTS),
        question=(("acr_values", ASSURANCE_CLASSES[settings.CIS2_ASSURANCE]),),
        assurance=settings.CIS2_ASSURANCE,
        identity_assurance=settings.CIS2_IDENTITY_ASSURANCE,
        keys=client_keys.read(settings.CIS2_CLIENT_KEYS),
        may_be_connected=True,
    )


def _hosts(issuer: str, others) -> frozenset[tuple[str, int]]:
    addresses = [urlsplit(issuer), *(urlsplit(f"https://{host.strip()}") for host in others)]
    return frozenset(host_and_port(parts) for parts in addresses)


def host_and_port(parts) -> tuple[str, int]:
    """Of a split address; ValueError for a port that is no number."""
    return (parts.hostname or "").lower(), parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
