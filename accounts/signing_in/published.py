"""What a provider publishes about itself: its addresses and its keys.

Both are kept in the memory of this process for an hour and nowhere else: whoever could write keys into a shared cache
could sign in as anybody.
"""

import threading
import time
from dataclasses import dataclass, field

import jwt

from .providers import IdentityProvider
from .questions import ask, checked_address
from .refusals import Refusal, Refused

KEEP_SECONDS = 3600
# For an id that is not known the list is read again at once, but not more often than this: nobody makes us knock all
# day.
LEAST_SECONDS_BETWEEN_KEYS = 60
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass
class _Kept:
    document: dict | None = None
    document_at: float = 0
    keys: list[dict] = field(default_factory=list)
    keys_at: float = 0
    # When the list was last read for an id that was not in it.
    looked_at: float = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


_kept: dict[tuple, _Kept] = {}


def forget() -> None:
    """Ask everything anew: for tests."""
    _kept.clear()


def document(provider: IdentityProvider) -> dict:
    """The discovery document, checked: it is of this issuer, and names configured hosts alone. Refused otherwise."""
    kept = _of(provider)
    with kept.lock:
        if kept.document is None or not 0 <= time.time() - kept.document_at < KEEP_SECONDS:
            kept.document, kept.document_at = _read_document(provider), time.time()
        return kept.document


def key(provider: IdentityProvider, key_id: str | None, algorithm: str) -> jwt.PyJWK:
    """The public key that this provider signs with under the id. Refused when there is none, or none that fits.

    Keys change: an id that is not known is looked for in the provider's list once more.
    """
    address = document(provider)["jwks_uri"]
    kept = _of(provider)
    with kept.lock:
        now = time.time()
        is_fresh = 0 <= now - kept.keys_at < KEEP_SECONDS
        may_look = not 0 <= now - kept.looked_at < LEAST_SECONDS_BETWEEN_KEYS
        if is_fresh and may_look and not _matching(kept.keys, key_id):
            # Before the question: one that fails counts too.
            is_fresh, kept.looked_at = False, now
        if not is_fresh:
            _read_keys(provider, address, kept)
        found = _matching(kept.keys, key_id)
    # Without an id there must be no choice (OpenID Connect Core 1.0, section 10.1).
    if len(found) != 1:
        raise Refused(Refusal.KEY)
    return _public_key(found[0], algorithm)


def _of(provider) -> _Kept:
    return _kept.setdefault((provider.issuer, provider.hosts), _Kept())


def _read_document(provider) -> dict:
    status, found = ask(provider, provider.document_address)
    if status != 200:
        raise Refused(Refusal.ANSWER)
    # Discovery 1.0, section 4.3: exactly the issuer that was asked.
    if found.get("issuer") != provider.issuer:
        raise Refused(Refusal.ISSUER)
    for name in ENDPOINTS:
        checked_address(provider, found.get(name))
    if "userinfo_endpoint" in found:
        checked_address(provider, found["userinfo_endpoint"])
    return found


def _read_keys(provider, address, kept) -> None:
    status, found = ask(provider, address)
    keys = found.get("keys")
    if status != 200 or not isinstance(keys, list) or not all(isinstance(each, dict) for each in keys):
        raise Refused(Refusal.ANSWER)
    kept.keys, kept.keys_at = keys, time.time()


def _matching(keys, key_id) -> list[dict]:
    signing = [each for each in keys if each.get("use", "sig") == "sig"]
    return [each for each in signing if key_id is None or each.get("kid") == key_id]


def _public_key(found: dict, algorithm: str) -> jwt.PyJWK:
    kinds = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
    if found.get("kty") != kinds[algorithm[:2]] or found.get("alg", algorithm) != algorithm or "d" in found:
        raise Refused(Refusal.KEY)
    try:
        made = jwt.PyJWK(found, algorithm=algorithm)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise Refused(Refusal.KEY) from error
    # RFC 7518, 3.3: RSA keys have 2048 bits or more.
    if found["kty"] == "RSA" and made.key.key_size < 2048:
        raise Refused(Refusal.KEY)
    return made
