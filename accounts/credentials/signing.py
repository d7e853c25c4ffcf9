"""How tokens are signed and checked: HS256 alone, issuer and audience, and keys that can be changed without a gap.

The same portal makes and reads them, so a shared key is enough; RFC 8725 ("JSON Web Token Best Current Practices") says
what has to be pinned.
"""

import hashlib

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken

ALGORITHM = "HS256"
REQUIRED = ["exp", "iat", "iss", "aud", "jti", "token_type", "family"]


def key_id(key: str) -> str:
    """The public name (`kid`) of a signing key: part of a digest, which tells nothing of the key."""
    return hashlib.sha256(b"kid:" + key.encode()).hexdigest()[:16]


class SigningKeys(TokenBackend):
    """Signs with the first of JWT_SIGNING_KEYS, and verifies with the one that the token's `kid` names."""

    def __init__(self):
        super().__init__(ALGORITHM)

    def encode(self, payload) -> str:
        key = settings.JWT_SIGNING_KEYS[0]
        claims = {**payload, "iss": settings.JWT_ISSUER, "aud": settings.JWT_AUDIENCE}
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": key_id(key)})

    def decode(self, token, verify=True) -> dict:
        """The claims of a token of ours. TokenBackendError for any other; the message never says what was wrong."""
        try:
            # What the header says is not believed yet: it only chooses among our own keys, and never the algorithm.
            named = jwt.get_unverified_header(token).get("kid")
            key = next((key for key in settings.JWT_SIGNING_KEYS if key_id(key) == named), None)
            if key is None:
                raise TokenBackendError("Token is invalid")
            return jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=settings.JWT_ISSUER,
                audience=settings.JWT_AUDIENCE,
                options={"require": REQUIRED, "strict_aud": True},
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenBackendExpiredToken("Token is expired") from error
        except jwt.InvalidTokenError as error:
            raise TokenBackendError("Token is invalid") from error


SIGNING_KEYS = SigningKeys()
