"""Only configured hosts are asked, for a short time, for a small answer; keys change and are found."""

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.signing_in import providers, published
from accounts.signing_in.questions import ask, checked_address
from accounts.signing_in.refusals import Refusal, Refused
from healthequiroute.testing.openid_tokens import Misbehaviour as Wrong

from .openid import AMIRA, begin, is_signed_in, refusals, sign_in

pytestmark = pytest.mark.django_db


def google():
    return providers.configured()["google"]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [(Wrong.HUGE, "too_large"), (Wrong.SLOW, "slow"), (Wrong.NO_JSON, "answer"), (Wrong.REDIRECTED, "redirected")],
)
def test_an_answer_that_is_not_safe_to_use_is_given_up(client, provider, settings, wrong, reason):
    if wrong is Wrong.SLOW:
        settings.SIGN_IN_SECONDS = 0.3
    provider.behave(wrong)
    assert sign_in(client, provider, AMIRA)["Location"].endswith("/google/unreachable/")
    assert refusals() == [reason]
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/token",
        "http://oauth2.googleapis.com/token",
        "http://169.254.169.254/latest/meta-data/",
        "https://oauth2.googleapis.com:8443/token",
        "https://oauth2.googleapis.com.evil.example/token",
        "https://someone@oauth2.googleapis.com/token",
        "https://oauth2.googleapis.com:port/token",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/",
        "//oauth2.googleapis.com/token",
        "",
        None,
        ["https://oauth2.googleapis.com/token"],
    ],
)
def test_other_hosts_are_never_asked(settings, address):
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_HOSTS = "x", ["oauth2.googleapis.com"]
    checked_address(google(), "https://oauth2.googleapis.com/token")
    with pytest.raises(Refused) as refused:
        checked_address(google(), address)
    assert refused.value.reason is Refusal.FOREIGN_HOST


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri", "authorization_endpoint", "userinfo_endpoint"])
def test_a_document_that_names_another_host_is_not_used(client, provider, name):
    provider.document_changes = {name: "http://127.0.0.1:1/elsewhere"}
    assert begin(client).endswith("/google/unreachable/")
    assert refusals() == ["foreign_host"]


def test_a_document_of_another_issuer_is_not_used(client, provider):
    provider.document_changes = {"issuer": "https://elsewhere.example"}
    assert begin(client).endswith("/google/not-confirmed/")
    assert refusals() == ["issuer"]


def test_a_provider_that_is_away_is_no_fault_of_the_portal(client, provider, settings):
    settings.GOOGLE_ISSUER = "http://127.0.0.1:1"
    assert begin(client).endswith("/google/unreachable/")
    assert client.get(reverse("account_login")).status_code == 200


def test_document_and_keys_are_asked_for_once_an_hour(client, provider):
    with time_machine.travel(timezone.now(), tick=True) as clock:
        for _ in range(3):
            sign_in(client, provider, AMIRA)
        assert (provider.asked["/.well-known/openid-configuration"], provider.asked["/keys"]) == (1, 1)
        clock.shift(3601)
        sign_in(client, provider, AMIRA)
        assert (provider.asked["/.well-known/openid-configuration"], provider.asked["/keys"]) == (2, 2)


def test_a_new_key_is_found_and_the_provider_is_not_asked_all_day(client, provider):
    with time_machine.travel(timezone.now(), tick=True) as clock:
        sign_in(client, provider, AMIRA)
        provider.rotate()
        assert sign_in(client, provider, AMIRA)["Location"] == "/"
        assert provider.asked["/keys"] == 2
        for _ in range(4):
            provider.behave(Wrong.UNKNOWN_KEY)
            sign_in(client, provider, AMIRA)
        # Two changes within a minute are no provider's habit.
        provider.rotate()
        sign_in(client, provider, AMIRA)
        assert (refusals(), provider.asked["/keys"]) == (["key"] * 5, 2)
        clock.shift(61)
        assert sign_in(client, provider, AMIRA)["Location"] == "/"
        assert provider.asked["/keys"] == 3


def test_a_key_that_is_withdrawn_counts_no_more(client, provider):
    with time_machine.travel(timezone.now(), tick=True) as clock:
        sign_in(client, provider, AMIRA)
        old = provider.keys
        provider.rotate()
        clock.shift(3601)
        sign_in(client, provider, AMIRA)
        provider.keys, published_keys = old, provider.keys.published()
        old.published = lambda: published_keys
        sign_in(client, provider, AMIRA)
        assert refusals() == ["key"]
        provider.rotate()


@pytest.mark.parametrize(
    "key",
    [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "a"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "a"},
        {"kty": "RSA", "kid": "a"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "a"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "a", "use": "enc"},
        {"kid": "a"},
    ],
)
def test_only_public_keys_that_sign_are_keys(provider, key):
    provider.keys.published = lambda: [key]
    try:
        with pytest.raises(Refused) as refused:
            published.key(google(), "a", "RS256")
        assert refused.value.reason is Refusal.KEY
    finally:
        provider.rotate()


def test_without_an_id_there_must_be_one_key(provider):
    assert published.key(google(), None, "RS256").key_id == provider.keys.key_id
    both = provider.keys.published() + [provider.keys.published()[0] | {"kid": "other"}]
    provider.keys.published = lambda: both
    published.forget()
    with pytest.raises(Refused):
        published.key(google(), None, "RS256")
    provider.rotate()


@pytest.mark.parametrize("path", ["/nothing", "/authorize"])
def test_an_answer_must_be_an_object(provider, path):
    with pytest.raises(Refused) as refused:
        ask(google(), provider.issuer + path)
    assert refused.value.reason is Refusal.ANSWER
