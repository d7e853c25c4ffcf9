"""The ID token: who somebody is, as a provider says. OpenID Connect Core 1.0, sections 3.1.3.7 and 3.1.3.8.

The library that carries the sign-in reads the token without looking at its signature, since it came over TLS, and
without a nonce. Here everything is checked, so that neither a proxy that looks into TLS nor a code that was slipped in
from another sign-in can make somebody of anybody. docs/adr/0029 says why.
"""

import base64
import hashlib
import secrets
import time

import jwt

from . import published
from .providers import IdentityProvider
from .refusals import Refusal, Refused

# Signatures that need the provider's private key. "none" needs no key; of HS* the public key would do as the secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
# Clocks differ by so many seconds.
LEEWAY = 30
# The token was made for this sign-in, a moment ago.
OLDEST_SECONDS = 600
LONGEST_SUBJECT = 191
LONGEST_TOKEN = 20_000
REQUIRED = ["iss", "sub", "aud", "exp", "iat"]

_REASONS = (
    (jwt.ExpiredSignatureError, Refusal.EXPIRED),
    (jwt.ImmatureSignatureError, Refusal.NOT_YET),
    (jwt.InvalidIssuedAtError, Refusal.NOT_YET),
    (jwt.InvalidIssuerError, Refusal.ISSUER),
    (jwt.InvalidAudienceError, Refusal.AUDIENCE),
    (jwt.InvalidAlgorithmError, Refusal.ALGORITHM),
    (jwt.InvalidSignatureError, Refusal.SIGNATURE),
)


def verified(
    provider: IdentityProvider, token, *, nonce: str, access_token: str, signed_in_since: float | None = None
) -> dict:
    """The token's claims, when every one of them holds. `nonce` is what this sign-in sent; `signed_in_since` (seconds
    since 1970) is for those who were asked to sign in anew, and must have done so after it. Refused otherwise."""
    if not isinstance(token, str) or not token or len(token) > LONGEST_TOKEN:
        raise Refused(Refusal.NO_TOKEN)
    header = _header(token)
    key = published.key(provider, header.get("kid"), header["alg"])
    claims = _claims(provider, token, key, header["alg"])
    _check_party(provider, claims)
    _check_moment(claims)
    _check_nonce(claims, nonce)
    _check_access_token(claims, access_token, header["alg"])
    _check_assurance(provider, claims)
    if signed_in_since is not None:
        _check_fresh(claims, signed_in_since)
    return claims


def _header(token: str) -> dict:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise Refused(Refusal.TOKEN) from error
    if header.get("alg") not in ALGORITHMS:
        raise Refused(Refusal.ALGORITHM)
    if "crit" in header or not isinstance(header.get("kid"), str | None):
        raise Refused(Refusal.TOKEN)
    return header


def _claims(provider, token, key, algorithm) -> dict:
    options = {"require": REQUIRED, "verify_sub": True}
    try:
        return jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY,
            options=options,
        )
    except jwt.PyJWTError as error:
        reason = next((reason for kind, reason in _REASONS if isinstance(error, kind)), Refusal.TOKEN)
        raise Refused(reason) from error


def _check_party(provider, claims) -> None:
    """The token is for this client alone, or says that this client asked for it."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != provider.client_id:
        raise Refused(Refusal.AUDIENCE)
    subject = claims["sub"]
    if not (isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT and subject.isascii()):
        raise Refused(Refusal.SUBJECT)


def _check_moment(claims) -> None:
    if time.time() - claims["iat"] > OLDEST_SECONDS + LEEWAY:
        raise Refused(Refusal.TOO_OLD)


def _check_nonce(claims, nonce: str) -> None:
    given = claims.get("nonce")
    if not nonce or not isinstance(given, str) or not secrets.compare_digest(given.encode(), nonce.encode()):
        raise Refused(Refusal.NONCE)


def _check_access_token(claims, access_token: str, algorithm: str) -> None:
    """at_hash: the left half of the access token's digest, with the digest of the signature's algorithm."""
    if "at_hash" not in claims:
        return
    digest = hashlib.sha512 if algorithm == "EdDSA" else getattr(hashlib, f"sha{algorithm[2:]}")
    whole = digest(access_token.encode()).digest()
    expected = base64.urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=")
    if not secrets.compare_digest(str(claims["at_hash"]).encode(), expected):
        raise Refused(Refusal.ACCESS_TOKEN)


def auth_time(claims: dict) -> float | None:
    """When the person proved to the provider who they are, in seconds since 1970. None where it does not say."""
    found = claims.get("auth_time")
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    return float(found) if is_number else None


def _check_fresh(claims, since: float) -> None:
    """The browser carries `prompt` and `max_age` to the provider and may leave them out: only this claim tells whether
    the person was asked (OpenID Connect Core 1.0, 3.1.2.1 and 3.1.3.7, 13)."""
    moment = auth_time(claims)
    if moment is None:
        raise Refused(Refusal.NO_AUTH_TIME)
    if moment < since - LEEWAY:
        raise Refused(Refusal.OLD_AUTH_TIME)
    if moment > time.time() + LEEWAY:
        raise Refused(Refusal.NOT_YET)


def _check_assurance(provider, claims) -> None:
    """NHS CIS2 says how strong the authenticator was ("2" or "3", and a class such as "AAL3_ANY"), and how well it
    knows who the person is ("3" for most). The class must not say less than the level."""
    if provider.assurance is None:
        return
    if _level(claims, "authentication_assurance_level") < provider.assurance:
        raise Refused(Refusal.LEVEL)
    enough = tuple(f"AAL{level}_" for level in range(provider.assurance, 4))
    if "acr" in claims and not str(claims["acr"]).startswith(enough):
        raise Refused(Refusal.LEVEL)
    if _level(claims, "id_assurance_level") < (provider.identity_assurance or 0):
        raise Refused(Refusal.IDENTITY_LEVEL)


def _level(claims, name) -> int:
    level = str(claims.get(name, ""))
    return int(level) if level.isascii() and level.isdecimal() else 0
