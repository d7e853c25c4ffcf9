"""Sensitive changes need somebody who has just proved to be who they are."""

import time

import pytest
from allauth.account.adapter import get_adapter
from django.urls import reverse

from accounts.models import AuditEvent, Membership
from accounts.sessions.step_up import recently_confirmed
from accounts.tests.factories import MembershipFactory
from accounts.tests.sessions import change_session

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(make_user):
    user = make_user(roles=["administrator"], email="ada@example.nhs.uk")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def member(organisation):
    return MembershipFactory(organisation=organisation, roles=["viewer"])


@pytest.fixture
def client(client_as, administrator):
    return client_as(user=administrator)


def long_ago(client):
    change_session(client, confirmed={"user": str(client.user.pk), "at": time.time() - 601})


def give_roles(client, member):
    return client.post(reverse("member-edit", args=[member.pk]), {"roles": ["planner", "analyst"]})


def roles_of(member):
    return Membership.objects.get(pk=member.pk).roles


def test_within_ten_minutes_of_signing_in_nothing_is_asked(client, member):
    assert give_roles(client, member)["Location"] == reverse("members")
    assert roles_of(member) == ["analyst", "planner"]


def test_later_the_change_waits_for_a_confirmation_and_nothing_typed_is_lost(client, member):
    long_ago(client)
    response = give_roles(client, member)
    assert response["Location"] == f"/accounts/reauthenticate/?next={reverse('held-form').replace('/', '%2F')}"
    assert roles_of(member) == ["viewer"]

    page = client.get(response["Location"]).content.decode()
    assert "Confirm that it is you" in page
    confirmed = client.post(response["Location"], {"password": PASSWORD})
    assert confirmed["Location"] == reverse("held-form")
    # The confirmation alone changes nothing: its person presses one more button.
    assert roles_of(member) == ["viewer"]
    held = client.get(reverse("held-form")).content.decode()
    assert 'name="roles" value="planner"' in held and 'name="roles" value="analyst"' in held
    assert f'action="{reverse("member-edit", args=[member.pk])}"' in held

    give_roles(client, member)
    assert roles_of(member) == ["analyst", "planner"]
    assert client.get(reverse("held-form")).status_code == 410
    assert AuditEvent.objects.filter(action="step_up.confirmed").get().details == {"how": "password"}


def test_a_wrong_password_confirms_nothing_and_is_recorded(client, member):
    long_ago(client)
    address = give_roles(client, member)["Location"]
    assert "error-summary" in client.post(address, {"password": "wrong"}).content.decode()
    assert give_roles(client, member).status_code == 302
    assert roles_of(member) == ["viewer"]
    event = AuditEvent.objects.get(action="step_up.failed")
    assert event.details == {"account": str(client.user.pseudonym.actor_id)}


def test_wrong_passwords_are_limited(client, member):
    long_ago(client)
    address = give_roles(client, member)["Location"]
    for _ in range(10):
        last = client.post(address, {"password": "wrong"})
    assert last.status_code == 429 or "Too many" in last.content.decode()
    client.post(address, {"password": PASSWORD})
    give_roles(client, member)
    assert roles_of(member) == ["viewer"]


def test_a_confirmation_of_somebody_else_counts_for_nothing(client, member, make_user):
    """Two people who share a browser: a session that was taken over keeps the first one's marks at most."""
    change_session(client, confirmed={"user": str(make_user().pk), "at": time.time()})
    assert give_roles(client, member).status_code == 302
    assert roles_of(member) == ["viewer"]


def test_a_confirmation_from_the_future_counts_for_nothing(client, member):
    change_session(client, confirmed={"user": str(client.user.pk), "at": time.time() + 3600})
    give_roles(client, member)
    assert roles_of(member) == ["viewer"]


def test_people_without_password_and_second_factor_sign_in_once_more(client_as, make_user, member):
    client = client_as(user=make_user(roles=["administrator"]))
    long_ago(client)
    response = give_roles(client, member)
    assert response["Location"].startswith(reverse("confirm-by-signing-in"))
    signed_out = client.post(response["Location"])
    assert signed_out["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


def test_the_way_back_stays_in_the_portal(client):
    address = reverse("confirm-by-signing-in")
    assert client.post(f"{address}?next=https://evil.example/")["Location"].endswith("next=%2F")


def test_demo_accounts_are_asked_for_nothing(rf, make_user, settings):
    request = rf.get("/")
    request.session, request.user = {}, make_user(is_demo=True)
    settings.DEMO_MODE = True
    assert recently_confirmed(request)
    settings.DEMO_MODE = False
    assert not recently_confirmed(request)


def test_tokens_cannot_confirm(rf, make_user):
    request = rf.get("/api/v1/")
    request.user = make_user()
    assert not recently_confirmed(request)


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"])
def test_second_factors_are_changed_after_a_confirmation_only(client, name):
    assert client.get(reverse(name)).status_code == 200
    long_ago(client)
    assert client.get(reverse(name))["Location"].startswith("/accounts/reauthenticate/?next=")


def test_a_form_with_files_or_secrets_is_not_kept(client, rf):
    from accounts.sessions import held_forms

    request = rf.post("/members/1/", {"password": "something", "roles": "viewer"})
    request.session = client.session
    assert held_forms.hold(request) == "/members/1/"
    assert held_forms.KEY not in request.session


def test_the_methods_are_said_in_our_words(administrator):
    ways = get_adapter().get_reauthentication_methods(administrator)
    assert [way["description"] for way in ways] == ["Use your password"]
