"""Tokens that are not ours: another algorithm, key, issuer, audience, time or kind."""

import base64
import hmac
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from rest_framework.test import APIClient

from accounts.credentials import tokens
from accounts.credentials.signing import key_id

pytestmark = pytest.mark.django_db

KEYS = ["first-signing-key-" * 4, "second-signing-key-" * 4]
AREAS = "/api/v1/areas/"


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.JWT_SIGNING_KEYS = list(KEYS)


@pytest.fixture
def person(make_user):
    return make_user(roles=["viewer"])


@pytest.fixture
def claims(person):
    """What a good access token of the person says."""
    return jwt.decode(tokens.begin(user=person).access, options={"verify_signature": False})


def status_with(token: str) -> int:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    answer = client.get(AREAS)
    if answer.status_code == 401:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"].startswith("Bearer")
    return answer.status_code


def signed(claims, key=KEYS[0], algorithm="HS256", **headers) -> str:
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": key_id(KEYS[0]), **headers})


def part(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_the_very_claims_signed_by_us_are_good(claims):
    assert status_with(signed(claims)) == 200


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE"])
def test_no_signature_is_no_proof(claims, algorithm):
    header = {"alg": algorithm, "typ": "JWT", "kid": key_id(KEYS[0])}
    assert status_with(f"{part(header)}.{part(claims)}.") == 401
    signature = signed(claims).rpartition(".")[2]
    assert status_with(f"{part(header)}.{part(claims)}.{signature}") == 401


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_our_own_key_with_another_algorithm_is_refused(claims, algorithm):
    assert status_with(signed(claims, algorithm=algorithm)) == 401


def test_a_key_pair_of_a_stranger_is_refused(claims):
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert status_with(signed(claims, key=private, algorithm="RS256")) == 401
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    # PyJWT itself would not sign with a public key: the classic confusion of RS256 with HS256, by hand.
    head = part({"alg": "HS256", "typ": "JWT", "kid": key_id(KEYS[0])})
    mark = hmac.digest(public, f"{head}.{part(claims)}".encode(), "sha256")
    assert status_with(f"{head}.{part(claims)}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}") == 401
    # A key that the token itself brings along, or names, is nobody's.
    assert status_with(signed(claims, key="e" * 40, jwk={"kty": "oct", "k": "ZWVl"})) == 401
    assert status_with(signed(claims, key="e" * 40, kid="../../dev/null")) == 401


@pytest.mark.parametrize(
    "change",
    [
        {"exp": int(time.time()) - 1},
        {"nbf": int(time.time()) + 3600},
        {"iss": "another-portal"},
        {"aud": "another-api"},
        {"aud": ["healthequiroute-api", "another-api"]},
        {"token_type": "refresh"},
        {"family": "00000000-0000-0000-0000-000000000000"},
        {"exp": None},
        {"iss": None},
        {"aud": None},
        {"iat": None},
        {"jti": None},
        {"family": None},
        {"token_type": None},
    ],
)
def test_a_claim_that_is_wrong_or_missing_is_refused(claims, change):
    changed = {name: value for name, value in {**claims, **change}.items() if value is not None}
    assert status_with(signed(changed)) == 401


def test_a_family_proves_only_its_own_person(claims, make_user):
    other = make_user(roles=["administrator"])
    assert status_with(signed({**claims, "user_id": str(other.pk)})) == 401


def test_a_changed_token_is_refused(claims):
    header, body, signature = signed(claims).split(".")
    assert status_with(f"{header}.{part({**claims, 'x': 1})}.{signature}") == 401
    for wrong in ("", "a", "a.b.c", "...", f"{header}.{body}", "ÿ.b.c", f"{header}.{body}.{signature}.{signature}"):
        assert status_with(wrong) == 401


def test_keys_change_without_a_gap(settings, person):
    before = tokens.begin(user=person)
    settings.JWT_SIGNING_KEYS = ["newest-signing-key-" * 3, *KEYS]
    assert status_with(before.access) == 200
    after = tokens.begin(user=person)
    assert jwt.get_unverified_header(after.access)["kid"] == key_id("newest-signing-key-" * 3)
    settings.JWT_SIGNING_KEYS = ["newest-signing-key-" * 3]
    assert status_with(before.access) == 401
    assert status_with(after.access) == 200


def test_a_refresh_token_opens_no_view_and_an_access_token_renews_nothing(person):
    pair = tokens.begin(user=person)
    assert status_with(pair.refresh) == 401
    assert APIClient().post("/api/v1/token/refresh/", {"refresh": pair.access}).status_code == 401


def test_a_token_tells_nothing_of_the_person(claims, person):
    assert set(claims) == {"token_type", "exp", "iat", "jti", "family", "user_id", "iss", "aud"}
    assert claims["user_id"] == str(person.pk)
    assert claims["exp"] - claims["iat"] == 15 * 60
