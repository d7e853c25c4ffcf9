"""Administrators with a second factor: setting it up, signing in with it, confirming, losing the phone."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from accounts.tests.second_factors import code_of

PASSWORD = "a long password for tests"
MADE = """

from accounts import audit, services
from accounts.models import Organisation
by, organisation = audit.SystemActor("tests"), Organisation.objects.order_by("created_at").first()
person = services.create_user(email={email!r}, full_name="Nadia Newcomer", password={password!r}, by=by)
services.grant_roles(user=person, organisation=organisation, roles=["administrator"], by=by)
"""


@pytest.fixture
def site(portal):
    """Passkeys belong to a name, and an address of numbers is none."""
    return portal.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def administrator(portal):
    """The address of an administrator of the demo's trust who is nobody's demo account."""
    email = f"nadia-{uuid4().hex[:8]}@example.nhs.uk"
    portal.run(MADE.format(email=email, password=PASSWORD))
    return email


def give_password(page, site, email):
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page):
    page.get_by_role("button", name="Sign out").first.click()
    page.wait_for_url("**/accounts/login/")


def set_up_app(page):
    """From the page that administrators are led to; returns the key and the recovery codes."""
    page.get_by_role("link", name="Set up the app").click()
    secret = page.locator("#totp-key").inner_text()
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Keep your recovery codes")).to_be_visible()
    return secret, page.get_by_role("list", name="Recovery codes").get_by_role("listitem").all_inner_texts()


def test_an_administrator_sets_up_an_app_and_signs_in_with_it(page, site, administrator, later, check_accessibility):
    give_password(page, site, administrator)
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    check_accessibility()
    # Nothing else opens before.
    page.goto(f"{site}/members/")
    expect(page.get_by_text("Step 1 of 3")).to_be_visible()

    page.get_by_role("link", name="Set up the app").click()
    expect(page.get_by_role("img", name="QR code with the key below")).to_be_visible()
    assert page.get_by_role("img", name="QR code with the key below").evaluate("image => image.naturalWidth") > 0
    check_accessibility()
    page.get_by_role("link", name="Do it another way").click()
    page.goto(f"{site}/accounts/2fa/set-up/?next=/members/")
    secret, codes = set_up_app(page)
    assert len(codes) == 10
    check_accessibility()
    page.get_by_role("link", name="I have kept them: continue").click()
    page.wait_for_url("**/members/")
    sign_out(page)

    give_password(page, site, administrator)
    expect(page.get_by_role("heading", name="Your second factor")).to_be_visible()
    check_accessibility()
    page.get_by_label("Code").fill(code_of(secret, steps=1))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site}/")

    # Ten minutes later a role is to be changed: first they confirm, with a recovery code.
    later(administrator, 11)
    page.goto(f"{site}/members/add/")
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    check_accessibility()
    page.get_by_role("link", name="Use your authenticator app or a recovery code").click()
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/members/add/")

    # The form stood open too long: it is kept, and sent with one more button.
    page.get_by_label("Email address").fill(f"new-{uuid4().hex[:8]}@example.nhs.uk")
    page.get_by_label("Full name").fill("Nobody Lost")
    page.get_by_role("checkbox", name=re.compile("^Viewer")).check()
    later(administrator, 11)
    page.get_by_role("button", name="Add the person").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Confirmed: go on")).to_be_visible()
    check_accessibility()
    page.get_by_role("button", name="Make the change now").click()
    expect(page.get_by_text("Nobody Lost belongs to")).to_be_visible()


def test_a_passkey_instead_of_a_code_and_instead_of_the_password(page, site, administrator):
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    made = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = made | {"isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    give_password(page, site, administrator)
    page.get_by_role("link", name="Set up a passkey").click()
    page.get_by_label("Also sign in with it alone").check()
    page.get_by_role("button", name="Set up the passkey").click()
    expect(page.get_by_role("heading", name="Keep your recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have kept them: continue").click()
    page.goto(f"{site}/accounts/2fa/")
    expect(page.get_by_text("Passkey: Chrome on Linux", exact=True)).to_be_visible()
    sign_out(page)

    give_password(page, site, administrator)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{site}/")
    sign_out(page)

    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{site}/")
    page.goto(f"{site}/members/")
    expect(page.get_by_role("heading", name="Members")).to_be_visible()


def test_whoever_has_lost_the_phone_signs_in_with_a_recovery_code_without_javascript(new_context, site, administrator):
    page = new_context(java_script_enabled=False).new_page()
    give_password(page, site, administrator)
    secret, codes = set_up_app(page)
    page.get_by_role("link", name="I have kept them: continue").click()
    sign_out(page)
    give_password(page, site, administrator)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not right")
    page.get_by_label("Code").fill(codes[4])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site}/")
    page.goto(f"{site}/accounts/2fa/")
    expect(page.get_by_text("Recovery codes: 9 left", exact=True)).to_be_visible()


def test_a_new_password_is_weighed_and_can_be_seen(page, sign_in, base_url, check_accessibility):
    sign_in("Viewer")
    page.goto(f"{base_url}/accounts/password/change/")
    field = page.get_by_label("New password", exact=True)
    said = page.locator(".her-strength").get_by_role("status")
    for typed, words in (
        ("kettle", "Too short: 6 more characters"),
        ("passwordpassword1", "Easy to guess. Add another word"),
        ("kettle-marsh-violin", "Harder to guess. One more word makes it strong"),
        ("kettle-marsh-violin-oak42", "Hard to guess"),
    ):
        field.fill(typed)
        expect(said).to_have_text(words)
    check_accessibility()
    expect(field).to_have_attribute("type", "password")
    show = page.get_by_role("button", name="Show password").nth(1)
    show.focus()
    page.keyboard.press("Enter")
    expect(field).to_have_attribute("type", "text")
    check_accessibility()
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("() => document.documentElement.scrollWidth <= window.innerWidth")
