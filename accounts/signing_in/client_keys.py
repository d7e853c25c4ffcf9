"""Keys with which the portal proves who it is at a provider's token endpoint (private_key_jwt, RFC 7523).

They come from a file with one or more private keys in PEM: the first signs, the public halves of all are published, so
that a new key can be known everywhere before it signs and an old one until nobody remembers it.
"""

import base64
import hashlib
import json
import re
import secrets
import time
from dataclasses import dataclass, field
from functools import lru_cache

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 60
BLOCK = re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?-----END \1-----", re.DOTALL)
# What names a key, by its kind (RFC 7638, 3.2).
THUMBPRINT_OF = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y")}


@dataclass(frozen=True)
class ClientKey:
    """One pair. `key_id` is the thumbprint of its public half (RFC 7638), `public` that half as a JSON Web Key."""

    private: RSAPrivateKey | EllipticCurvePrivateKey = field(repr=False)
    algorithm: str
    key_id: str
    public: dict = field(hash=False)


@lru_cache(maxsize=4)
def read(text: str) -> tuple[ClientKey, ...]:
    """The keys of a PEM text, in its order; () for an empty one. ValueError for anything else."""
    blocks = [found.group(0) for found in BLOCK.finditer(text)]
    if text.strip() and not blocks:
        raise ValueError("no private key in PEM")
    return tuple(_key(block) for block in blocks)


def _key(block: str) -> ClientKey:
    try:
        private = load_pem_private_key(block.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("a private key that cannot be read, or is protected by a password") from error
    if isinstance(private, RSAPrivateKey) and private.key_size >= 2048:
        algorithm, made = "RS256", jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    elif isinstance(private, EllipticCurvePrivateKey) and isinstance(private.curve, SECP256R1):
        algorithm, made = "ES256", jwt.algorithms.ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
    else:
        raise ValueError("a key that is neither RSA of 2048 bits or more nor on the curve P-256")
    named = {name: made[name] for name in THUMBPRINT_OF[made["kty"]]}
    digest = hashlib.sha256(json.dumps(named, separators=(",", ":"), sort_keys=True).encode()).digest()
    key_id = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return ClientKey(private, algorithm, key_id, named | {"kid": key_id, "use": "sig", "alg": algorithm})


def assertion(key: ClientKey, *, client_id: str, audience: str) -> str:
    """A token that proves, once and for a minute, that the client has the key (RFC 7523, 3)."""
    now = int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": now,
        "exp": now + ASSERTION_SECONDS,
        "jti": secrets.token_urlsafe(24),
    }
    return jwt.encode(claims, key.private, algorithm=key.algorithm, headers={"kid": key.key_id})
