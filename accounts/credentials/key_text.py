"""What an API key looks like, and how its secret is kept.

`her_<prefix>_<secret>`: the prefix finds the row and is shown on pages, the secret proves it. Programs that search
source code for lost secrets find keys by `her_`.
"""

import hashlib
import re
import secrets

from django.utils.crypto import constant_time_compare

_FORM = re.compile(r"her_(?P<prefix>[a-z2-7]{8})_(?P<secret>[0-9a-f]{64})")
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
NOBODYS_DIGEST = hashlib.sha256(b"nobody's").hexdigest()


def new_prefix() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


def new_secret() -> str:
    """256 random bits in hexadecimal: one word to double-click on, without signs that a shell would read."""
    return secrets.token_hex(32)


def full_key(prefix: str, secret: str) -> str:
    return f"her_{prefix}_{secret}"


def parts(text: str) -> tuple[str, str] | None:
    """Prefix and secret of a key; None for what is no key."""
    found = _FORM.fullmatch(text)
    return (found["prefix"], found["secret"]) if found else None


def digest(secret: str) -> str:
    """SHA-256 in hexadecimal. A slow digest as for passwords is for what people choose and others can guess: nobody
    tries 2^256 secrets, and a key is checked at each request (OWASP ASVS 5.0, 11.4.2 asks for slowness of passwords).
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, *digests: str) -> bool:
    """Whether the secret has one of the digests; takes the same time whichever it is."""
    found = digest(secret)
    equal = [constant_time_compare(found, kept) for kept in digests]
    return any(equal)
