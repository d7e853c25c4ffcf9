"""Texts that must not lie in the database in clear: AES-256-GCM under the keys of FIELD_ENCRYPTION_KEYS.

A sealed text is "her1:KEY:DATA": the id of the key, then nonce (12 bytes) and ciphertext in URL-safe base 64. The first
key of the setting encrypts, all of them decrypt: a new key is put in front, `manage.py rotate_field_keys` seals
everything anew, then the old key goes. Keys are derived from the secrets by HKDF-SHA-256 (RFC 5869).

What a text belongs to (`about`, such as "table.column") is authenticated with it: a text copied to another column does
not open there.
"""

import base64
import hashlib
import os
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PREFIX = "her1"
SEALED = re.compile(r"her1:([0-9a-f]{8}):([A-Za-z0-9_-]{38,}={0,2})")
NONCE_BYTES = 12
_derived: dict[str, tuple[str, bytes]] = {}


class Undecryptable(ValueError):
    """A text that no key of FIELD_ENCRYPTION_KEYS opens, that was altered, or that belongs somewhere else."""


def encrypt(text: str, *, about: str = "") -> str:
    """The text sealed under the first key. The same text never gives the same result twice."""
    key_id, key = _key(settings.FIELD_ENCRYPTION_KEYS[0])
    return f"{PREFIX}:{key_id}:{seal(text.encode(), key, f'{key_id}:{about}')}"


def decrypt(text: str, *, about: str = "") -> str:
    """What `encrypt` was given. Undecryptable for anything else, plain text included."""
    found = SEALED.fullmatch(text)
    if found is None:
        raise Undecryptable("This is not an encrypted text.")
    keys = dict(map(_key, settings.FIELD_ENCRYPTION_KEYS))
    key_id, data = found.groups()
    if key_id not in keys:
        raise Undecryptable(f"Key {key_id} is not among FIELD_ENCRYPTION_KEYS.")
    return unseal(data, keys[key_id], f"{key_id}:{about}").decode()


def current_key_id() -> str:
    """Id of the key that encrypts: eight hexadecimal digits that tell nothing of the key."""
    return _key(settings.FIELD_ENCRYPTION_KEYS[0])[0]


def seal(content: bytes, key: bytes, associated: str) -> str:
    """Nonce and ciphertext in URL-safe base 64. The nonce is random: fit for 2^32 texts a key (NIST SP 800-38D,
    8.3).
    """
    nonce = os.urandom(NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, content, associated.encode())).decode()


def unseal(data: str, key: bytes, associated: str) -> bytes:
    """Undecryptable where key, content or `associated` are not what they were."""
    content = base64.urlsafe_b64decode(data)
    try:
        return AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], associated.encode())
    except InvalidTag as error:
        raise Undecryptable("The text was altered, or it belongs somewhere else.") from error


def _key(secret: str) -> tuple[str, bytes]:
    """Id and 256-bit key of one entry of the setting; derived once per process."""
    if secret not in _derived:
        derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"healthequiroute field encryption")
        key = derive.derive(secret.encode())
        _derived[secret] = (hashlib.sha256(b"id of " + key).hexdigest()[:8], key)
    return _derived[secret]
