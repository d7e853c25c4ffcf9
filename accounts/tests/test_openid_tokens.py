"""What a provider says of somebody is believed only when every part of it holds."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, User
from accounts.signing_in import identity_tokens, providers
from accounts.signing_in.refusals import Page, Refused
from healthequiroute.testing.openid_tokens import Misbehaviour as Wrong

from .openid import AMIRA, begin, come_back, is_signed_in, refusals, sign_in

pytestmark = pytest.mark.django_db


def test_the_flow_asks_for_a_code_with_state_nonce_and_pkce(client, provider):
    address = begin(client)
    assert address.startswith(f"{provider.issuer}/authorize?")
    # The provider itself refuses a question without these.
    provider.chosen(address, AMIRA.subject)
    other = begin(client)
    asked = [request.question for request in provider.requests.values()][-1]
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["nonce"] not in other and asked["state"] not in other and asked["code_challenge"] not in other
    assert "openid" in asked["scope"].split() and asked["hd"] == "northgate.example"


def test_somebody_of_an_allowed_domain_comes_in(client, provider):
    response = sign_in(client, provider, AMIRA, next="/roles/")
    assert (response.status_code, response["Location"]) == (302, "/roles/")
    assert is_signed_in(client)
    assert User.objects.get().email == AMIRA.email


@pytest.mark.parametrize(
    ("wrong", "reason", "page"),
    [
        (Wrong.EXPIRED, "expired", Page.AGAIN),
        (Wrong.STALE, "too_old", Page.AGAIN),
        (Wrong.FROM_THE_FUTURE, "not_yet", Page.NOT_CONFIRMED),
        (Wrong.WRONG_NONCE, "nonce", Page.AGAIN),
        (Wrong.NO_NONCE, "nonce", Page.AGAIN),
        (Wrong.WRONG_AUDIENCE, "audience", Page.NOT_CONFIRMED),
        (Wrong.SEVERAL_AUDIENCES, "audience", Page.NOT_CONFIRMED),
        (Wrong.OTHER_PARTY, "audience", Page.NOT_CONFIRMED),
        (Wrong.WRONG_ISSUER, "issuer", Page.NOT_CONFIRMED),
        (Wrong.FORGED, "signature", Page.NOT_CONFIRMED),
        (Wrong.CHANGED_AFTERWARDS, "signature", Page.NOT_CONFIRMED),
        (Wrong.ALGORITHM_NONE, "algorithm", Page.NOT_CONFIRMED),
        (Wrong.PUBLIC_KEY_AS_SECRET, "algorithm", Page.NOT_CONFIRMED),
        (Wrong.UNKNOWN_KEY, "key", Page.NOT_CONFIRMED),
        (Wrong.CRITICAL_HEADER, "token", Page.NOT_CONFIRMED),
        (Wrong.WRONG_ACCESS_TOKEN_HASH, "access_token", Page.NOT_CONFIRMED),
        (Wrong.NO_SUBJECT, "token", Page.NOT_CONFIRMED),
        (Wrong.NO_EXPIRY, "token", Page.NOT_CONFIRMED),
        (Wrong.NO_TOKEN, "no_token", Page.NOT_CONFIRMED),
        (Wrong.CODE_REPLAYED, "code", Page.AGAIN),
        (Wrong.STATE_MISSING, "state", Page.AGAIN),
        (Wrong.OTHER_ISSUER_IN_CALLBACK, "issuer", Page.NOT_CONFIRMED),
    ],
)
def test_what_does_not_hold_signs_nobody_in(client, provider, wrong, reason, page):
    provider.behave(wrong)
    response = sign_in(client, provider, AMIRA)
    assert response["Location"] == reverse("sign-in-refused", kwargs={"provider": "google", "page": page.value})
    assert not is_signed_in(client)
    assert not User.objects.exists()
    event = AuditEvent.objects.get()
    assert (event.action, event.details) == ("sign_in.refused", {"provider": "google", "reason": reason})
    shown = client.get(response["Location"])
    assert page.words.heading.format(provider="Google") in shown.content.decode()


def test_a_callback_counts_once(client, provider):
    back = provider.chosen(begin(client), AMIRA.subject)
    come_back(client, back)
    client.post(reverse("account_logout"))
    assert "start-again" in come_back(client, back)["Location"]
    assert not is_signed_in(client)
    assert refusals() == ["state"]


def test_the_callback_of_one_browser_is_worth_nothing_in_another(client, provider):
    """Somebody may send another person the end of their own sign-in."""
    back = provider.chosen(begin(client), AMIRA.subject)
    other = Client()
    begin(other)
    come_back(other, back)
    assert not is_signed_in(other)
    assert refusals() == ["state"]


def test_a_code_slipped_in_from_another_sign_in_is_refused(client, provider):
    """The state is right, the code belongs to somebody else: PKCE holds them apart."""
    stolen = provider.chosen(begin(Client()), AMIRA.subject)
    own = provider.chosen(begin(client), AMIRA.subject)
    state = own.partition("state=")[2].partition("&")[0]
    code = stolen.partition("code=")[2].partition("&")[0]
    response = client.get(reverse("google_callback"), {"state": state, "code": code})
    assert "start-again" in response["Location"]
    assert refusals() == ["code"]


def test_giving_up_at_the_provider_is_no_fault(client, provider):
    response = sign_in(client, provider, None)
    assert response["Location"].endswith("/google/cancelled/")
    assert AuditEvent.objects.get().action == "sign_in.cancelled"


def test_the_provider_may_say_no(client, provider):
    state = provider.chosen(begin(client), None).partition("state=")[2].partition("&")[0]
    response = client.get(reverse("google_callback"), {"state": state, "error": "server_error"})
    assert response["Location"].endswith("/google/not-confirmed/")
    assert refusals() == ["provider_error"]


def test_the_browser_chooses_neither_scope_nor_parameters(client, provider):
    address = client.post(reverse("google_login") + "?scope=admin&auth_params=nonce%3Dmine&process=connect")["Location"]
    assert "admin" not in address and "nonce=mine" not in address


def test_a_foreign_address_is_no_place_to_go_next(client, provider):
    assert sign_in(client, provider, AMIRA, next="https://evil.example/")["Location"] == "/"


def test_callbacks_without_end_are_told_to_wait(client, provider):
    answers = [client.get(reverse("google_callback"), {"state": "x", "code": "y"}).status_code for _ in range(31)]
    assert answers == [302] * 30 + [429]
    assert len(refusals()) == 30


@pytest.mark.parametrize("token", [None, "", 7, {}, "a.b.c", "a" * 30_000, "..", "e30.e30."])
def test_what_is_no_token_is_refused_in_words_of_ours(provider, token):
    with pytest.raises(Refused):
        identity_tokens.verified(providers.configured()["google"], token, nonce="n", access_token="a")
