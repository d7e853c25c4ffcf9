"""Signing in at a provider of identity, in a browser, with everything that may go wrong on the way."""

import json
import re
import urllib.request

import pytest
from playwright.sync_api import expect

from healthequiroute.testing.openid_tokens import Misbehaviour, Person

from .conftest import leave

NARROW = {"width": 390, "height": 844}
AMIRA = Person("1001", "amira@northgate.example", "Amira Khan", hosted_domain="northgate.example")
STRANGER = Person("1002", "sam@elsewhere.example", "Sam Stranger")
OTHER_TRUST = Person("1003", "lee@southgate.example", "Lee Other", hosted_domain="southgate.example")
BEA = Person("1004", "bea@northgate.example", "Bea Northgate", hosted_domain="northgate.example")
CARD = Person("555000001", "", "Bea's card", level="3")


@pytest.fixture
def provider(identity_provider):
    identity_provider.people = [AMIRA, STRANGER, OTHER_TRUST, BEA]
    identity_provider.behave(None)
    return identity_provider


@pytest.fixture
def go(page, base_url, provider):
    """From the sign-in page to the provider, there as somebody (or "Cancel"), and back."""

    def go(choice: str, misbehaviour: Misbehaviour | None = None):
        leave(page)
        provider.behave(misbehaviour)
        page.goto(f"{base_url}/accounts/login/")
        page.get_by_role("button", name="Sign in with Google").click()
        expect(page).to_have_url(re.compile(rf"^{provider.issuer}/authorize\?"))
        page.get_by_role("button", name=choice).click()
        expect(page).to_have_url(re.compile(rf"^{base_url}/"))

    return go


@pytest.fixture
def sees(page, base_url, check_accessibility):
    """An honest page, outside, that leads back to sign-in, with neither code nor state in its address."""

    def sees(address: str, heading: str):
        expect(page).to_have_url(f"{base_url}/accounts/not-signed-in/google/{address}/")
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        expect(page.get_by_text("You are not signed in.")).to_be_visible()
        page.wait_for_function("() => document.documentElement.scrollWidth <= window.innerWidth")
        check_accessibility()
        page.get_by_role("link", name="Back to sign in").click()
        expect(page.get_by_role("button", name="Sign in with Google")).to_be_visible()

    return sees


def has_no_role_yet(page):
    """The home page says what happens next. It is a refusal (403), which browsers write on the console."""
    expect(page.get_by_role("heading", level=1)).to_have_text("You do not belong to an organisation yet")
    page.problems[:] = [problem for problem in page.problems if "403 (Forbidden)" not in problem]


def test_a_newcomer_comes_in_and_is_told_what_happens_next(go, page, provider, check_accessibility):
    for size in (NARROW, {"width": 1280, "height": 800}):
        page.set_viewport_size(size)
        go("Amira Khan")
        has_no_role_yet(page)
        expect(page.get_by_text("You are signed in as amira@northgate.example")).to_be_visible()
        check_accessibility()
    # The provider changes its key, and nobody notices.
    provider.rotate()
    go("Amira Khan")
    has_no_role_yet(page)


def test_who_is_not_expected_reads_why(go, sees, page):
    go("Sam Stranger")
    sees("not-invited", "You have no account here")
    page.set_viewport_size(NARROW)
    go("Lee Other")
    sees("other-domain", "Use the account of your organisation")
    go("Cancel")
    sees("cancelled", "Sign-in cancelled")


@pytest.mark.parametrize(
    ("wrong", "address"),
    [
        (Misbehaviour.EXPIRED, "start-again"),
        (Misbehaviour.WRONG_NONCE, "start-again"),
        (Misbehaviour.FORGED, "not-confirmed"),
        (Misbehaviour.REDIRECTED, "unreachable"),
    ],
)
def test_what_the_provider_got_wrong_signs_nobody_in(go, sees, wrong, address):
    headings = {
        "start-again": "Start again",
        "not-confirmed": "Google did not confirm who you are",
        "unreachable": "Google cannot be reached",
    }
    go("Amira Khan", wrong)
    sees(address, headings[address])


def test_the_way_back_counts_once(go, sees, page):
    seen = []
    page.on("request", lambda request: seen.append(request.url) if "/login/callback/" in request.url else None)
    go("Amira Khan")
    has_no_role_yet(page)
    # Somebody finds the address in the history of a browser that was left open.
    leave(page)
    page.goto(seen[0])
    sees("start-again", "Start again")


@pytest.fixture
def cards(card_provider, base_url):
    """NHS CIS2, as it knows the portal: by the key that the portal publishes."""
    with urllib.request.urlopen(f"{base_url}/accounts/cis2/keys/") as answer:
        card_provider.client.keys = json.load(answer)["keys"]
    card_provider.people = [CARD]
    return card_provider


def test_a_smartcard_is_connected_after_signing_in_anew(go, page, base_url, cards, later, check_accessibility):
    go("Bea Northgate")
    has_no_role_yet(page)
    later(BEA.email, 11)
    page.goto(f"{base_url}/my-account/")
    page.get_by_role("link", name="How you sign in").click()
    expect(page.get_by_text("It is the only way in which you can sign in")).to_be_visible()
    check_accessibility()
    page.set_viewport_size(NARROW)
    page.wait_for_function("() => document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Connect my smartcard").click()
    # Eleven minutes have passed: where she came from she signs in once more, first as somebody else.
    once_more = page.get_by_role("button", name="Sign in with Google once more")
    for choice in ("Amira Khan", "Bea Northgate"):
        expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
        check_accessibility()
        once_more.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in again")
        page.get_by_role("button", name=choice).click()
        if choice == "Amira Khan":
            expect(page.get_by_role("alert")).to_contain_text("That was somebody else")
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirmed: go on")
    page.get_by_role("button", name="Make the change now").click()
    expect(page).to_have_url(re.compile(rf"^{cards.issuer}/authorize\?"))
    page.get_by_role("button", name=CARD.name).click()
    expect(page.get_by_text("Your identity at NHS CIS2 is connected.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Remove.*NHS CIS2$"))).to_be_visible()
    check_accessibility()

    leave(page)
    page.goto(f"{base_url}/accounts/login/?next=/accounts/connections/")
    page.get_by_role("button", name="Sign in with NHS CIS2").click()
    page.get_by_role("button", name=CARD.name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How you sign in")
    page.get_by_role("button", name=re.compile("^Remove.*NHS CIS2$")).click()
    expect(page.get_by_text("It is removed")).to_be_visible()
    expect(page.get_by_role("button", name="Connect my smartcard")).to_be_visible()
