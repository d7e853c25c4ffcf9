"""Keys and ID tokens of the provider on this machine, right ones and wrong ones."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from enum import Enum, auto

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


class Misbehaviour(Enum):
    """What may go wrong in one sign-in."""

    EXPIRED = auto()
    STALE = auto()
    FROM_THE_FUTURE = auto()
    WRONG_NONCE = auto()
    NO_NONCE = auto()
    WRONG_AUDIENCE = auto()
    SEVERAL_AUDIENCES = auto()
    OTHER_PARTY = auto()
    WRONG_ISSUER = auto()
    # Another key under the id of the one that is published.
    FORGED = auto()
    CHANGED_AFTERWARDS = auto()
    ALGORITHM_NONE = auto()
    PUBLIC_KEY_AS_SECRET = auto()
    UNKNOWN_KEY = auto()
    CRITICAL_HEADER = auto()
    WRONG_ACCESS_TOKEN_HASH = auto()
    NO_SUBJECT = auto()
    NO_EXPIRY = auto()
    NO_TOKEN = auto()
    CODE_REPLAYED = auto()
    STATE_MISSING = auto()
    OTHER_ISSUER_IN_CALLBACK = auto()
    OTHER_SUBJECT_IN_PROFILE = auto()
    HUGE = auto()
    SLOW = auto()
    NO_JSON = auto()
    REDIRECTED = auto()
    # Of somebody who was asked to sign in anew.
    IGNORES_PROMPT = auto()
    OLD_AUTH_TIME = auto()
    NO_AUTH_TIME = auto()
    AUTH_TIME_IN_WORDS = auto()
    AUTH_TIME_TO_COME = auto()


@dataclass(frozen=True)
class Person:
    """Somebody with an account at the provider. `level` is NHS CIS2's assurance of the authenticator, `identity_level`
    that of who they are; `other` is what else it says of them."""

    subject: str
    email: str = ""
    name: str = ""
    verified: bool = True
    hosted_domain: str = ""
    level: str = ""
    # Address and name are in the ID token, or at the userinfo endpoint alone.
    in_token: bool = True
    identity_level: str = "3"
    other: tuple[tuple[str, object], ...] = ()

    def profile(self) -> dict:
        profile = {"email": self.email, "email_verified": self.verified, "name": self.name}
        return (profile if self.email else {"name": self.name}) | dict(self.other)

    def claims(self) -> dict:
        claims = self.profile() if self.in_token else {}
        claims |= {"hd": self.hosted_domain} if self.hosted_domain else {}
        if self.level:
            # As NHS CIS2 says it.
            claims |= {"authentication_assurance_level": self.level, "id_assurance_level": self.identity_level}
            claims |= {"acr": f"AAL{self.level}_ANY", "amr": ["N3_SMARTCARD"]}
        return claims | dict(self.other)


def _new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Keys:
    """The pair that signs, and another one that was never published."""

    key_id: str = field(default_factory=lambda: secrets.token_hex(8))
    private: rsa.RSAPrivateKey = field(default_factory=_new_key)
    stranger: rsa.RSAPrivateKey = field(default_factory=_new_key)

    def published(self) -> list[dict]:
        found = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key()))
        return [{"kty": "RSA", "n": found["n"], "e": found["e"], "kid": self.key_id, "use": "sig", "alg": "RS256"}]

    def public_pem(self) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, form)


def pkce_challenge(verifier: str) -> str:
    """S256: RFC 7636, 4.2."""
    return _base64(hashlib.sha256(verifier.encode()).digest())


def identity_token(provider, request, access_token: str) -> str | None:
    """The ID token of this sign-in, with what is to be wrong about it."""
    wrong = request.misbehaviour
    if wrong is Misbehaviour.NO_TOKEN:
        return None
    claims = _changed(_claims(provider, request, access_token), wrong)
    keys = provider.keys
    header = {"kid": keys.key_id}
    if wrong is Misbehaviour.ALGORITHM_NONE:
        return jwt.encode(claims, None, algorithm="none", headers=header)
    if wrong is Misbehaviour.PUBLIC_KEY_AS_SECRET:
        return _signed_with_public_key(claims, keys)
    if wrong is Misbehaviour.UNKNOWN_KEY:
        return jwt.encode(claims, keys.stranger, algorithm="RS256", headers={"kid": "never-published"})
    if wrong is Misbehaviour.CRITICAL_HEADER:
        header["crit"] = ["exp"]
    key = keys.stranger if wrong is Misbehaviour.FORGED else keys.private
    token = jwt.encode(claims, key, algorithm="RS256", headers=header)
    if wrong is Misbehaviour.CHANGED_AFTERWARDS:
        head, _, signature = token.split(".")
        return f"{head}.{_base64(json.dumps(claims | {'email_verified': True}).encode())}.{signature}"
    return token


def _claims(provider, request, access_token) -> dict:
    now = int(time.time())
    digest = hashlib.sha256(access_token.encode()).digest()
    moment = {"auth_time": int(request.auth_time)} if request.wants_auth_time else {}
    return (
        {
            "iss": provider.issuer,
            "sub": request.person.subject,
            "aud": provider.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": request.question["nonce"],
            "at_hash": _base64(digest[:16]),
        }
        | moment
        | request.person.claims()
    )


def _changed(claims: dict, wrong: Misbehaviour | None) -> dict:
    now, client = claims["iat"], claims["aud"]
    changes = {
        Misbehaviour.EXPIRED: {"iat": now - 400, "exp": now - 100},
        Misbehaviour.STALE: {"iat": now - 3600, "exp": now + 3600},
        Misbehaviour.FROM_THE_FUTURE: {"iat": now + 600, "exp": now + 900},
        Misbehaviour.WRONG_NONCE: {"nonce": "of-another-sign-in"},
        Misbehaviour.NO_NONCE: {"nonce": None},
        Misbehaviour.WRONG_AUDIENCE: {"aud": "another-client"},
        Misbehaviour.SEVERAL_AUDIENCES: {"aud": [client, "another-client"]},
        Misbehaviour.OTHER_PARTY: {"azp": "another-client"},
        Misbehaviour.WRONG_ISSUER: {"iss": "https://elsewhere.example"},
        Misbehaviour.WRONG_ACCESS_TOKEN_HASH: {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        Misbehaviour.NO_SUBJECT: {"sub": None},
        Misbehaviour.NO_EXPIRY: {"exp": None},
        Misbehaviour.OLD_AUTH_TIME: {"auth_time": now - 3600},
        Misbehaviour.NO_AUTH_TIME: {"auth_time": None},
        Misbehaviour.AUTH_TIME_IN_WORDS: {"auth_time": "just now"},
        Misbehaviour.AUTH_TIME_TO_COME: {"auth_time": now + 3600},
    }
    changed = claims | changes.get(wrong, {})
    return {name: value for name, value in changed.items() if value is not None}


def _signed_with_public_key(claims, keys) -> str:
    """HS256 with the published key as its secret, by hand: libraries refuse to make such a token."""
    head = _base64(json.dumps({"alg": "HS256", "typ": "JWT", "kid": keys.key_id}).encode())
    body = _base64(json.dumps(claims).encode())
    signature = hmac.new(keys.public_pem(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{_base64(signature)}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
