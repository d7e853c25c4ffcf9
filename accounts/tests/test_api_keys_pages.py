"""The pages about API keys: made by administrators, shown once, with their use."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.credentials import keys
from accounts.models import ApiKey, ApiKeyUsage, AuditEvent
from accounts.tests.api_keys import client_with, make_key
from accounts.tests.sessions import change_session

ROLES = ["administrator", "planner"]
GIVEN = {
    "name": "Data warehouse",
    "scopes": ["areas.view", "plans.view"],
    "days": "90",
    "networks": "203.0.113.7\n\n2001:db8::/48\n",
    "requests_per_minute": "300",
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client_as):
    return client_as(*ROLES)


def text_on(page) -> str:
    return re.search(r"her_[a-z2-7]{8}_[0-9a-f]{64}", page.content.decode())[0]


def test_a_key_is_made_shown_once_and_works(client, organisation):
    page = client.post("/api-keys/add/", GIVEN)
    text, key = text_on(page), ApiKey.objects.get()
    assert "no-store" in page["Cache-Control"]
    assert (key.organisation, key.made_by, key.name) == (organisation, client.user, "Data warehouse")
    assert key.scopes == ["areas.view", "plans.view"]
    assert sorted(key.networks) == ["2001:db8::/48", "203.0.113.7/32"]
    assert key.requests_per_minute == 300
    assert timedelta(days=89) < key.expires_at - timezone.now() <= timedelta(days=90)
    assert client_with(text).get("/api/v1/areas/", REMOTE_ADDR="203.0.113.7").status_code == 200
    for path in ("/api-keys/", f"/api-keys/{key.pk}/", "/audit/"):
        assert text.rpartition("_")[2] not in client.get(path).content.decode()
    event = AuditEvent.objects.get(action="api_key.created")
    assert event.details["scopes"] == ["areas.view", "plans.view"]
    assert event.details["networks"] == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Enter a name"),
        ({"scopes": []}, "Choose at least one right"),
        ({"scopes": ["members.manage"]}, "Select a valid choice"),
        ({"scopes": ["areas.export"]}, "Select a valid choice"),
        ({"days": "9999"}, "Select a valid choice"),
        ({"networks": "203.0.113.7/8"}, "Line 1"),
        ({"networks": "\n".join(["203.0.113.7"] * 51)}, "50 networks at most"),
        ({"requests_per_minute": "0"}, "Enter 1 or more"),
        ({"requests_per_minute": "lots"}, "Enter a whole number"),
    ],
)
def test_a_form_that_is_wrong_comes_back_filled(client, wrong, said):
    page = client.post("/api-keys/add/", {**GIVEN, **wrong})
    assert page.status_code == 422
    assert said in page.content.decode()
    assert "Error: Make an API key" in page.content.decode()
    assert not ApiKey.objects.exists()


def test_whoever_holds_no_right_for_machines_is_told(client_as, make_user, organisation, monkeypatch):
    monkeypatch.setattr(keys, "KEY_SCOPES", ())
    assert "You do not have any right" in client_as("administrator").get("/api-keys/add/").content.decode()


def test_too_many_keys_are_refused_in_words(client, organisation):
    organisation.most_api_keys = 0
    organisation.save()
    page = client.post("/api-keys/add/", GIVEN)
    assert page.status_code == 422
    assert "API keys at most" in page.content.decode()


def test_making_and_changing_keys_wants_a_fresh_confirmation_and_revoking_does_not(client, organisation):
    key, _ = make_key(client.user, organisation)
    change_session(client, confirmed=None)
    assert client.get("/api-keys/add/").status_code == 302
    assert client.post("/api-keys/add/", GIVEN).status_code == 302
    assert client.post(f"/api-keys/{key.pk}/rotate/").status_code == 302
    assert ApiKey.objects.get().previous_digest == ""
    client.post(f"/api-keys/{key.pk}/revoke/")
    assert ApiKey.objects.get().revoked_at is not None


def test_a_new_secret_is_shown_once(client, organisation):
    key, old = make_key(client.user, organisation)
    page = client.post(f"/api-keys/{key.pk}/rotate/")
    assert text_on(page) != old
    assert "24 hours" in page.content.decode()
    assert "The secret before the last change works until" in client.get(f"/api-keys/{key.pk}/").content.decode()


def test_the_page_shows_the_use_of_thirty_days(client, organisation):
    key, _ = make_key(client.user, organisation)
    today = timezone.localdate()
    for days, status, requests in ((0, 200, 1200), (0, 404, 3), (29, 503, 1), (30, 200, 9999)):
        ApiKeyUsage.objects.create(key=key, day=today - timedelta(days=days), status=status, requests=requests)
    page = client.get(f"/api-keys/{key.pk}/").content.decode()
    assert "1,204 requests on 2 days of the last 30" in page
    assert "200: 1,200, 404: 3" in page
    assert "9,999" not in page
    assert "<svg" in page


def test_pages_say_why_a_key_does_not_work(client, organisation, make_user):
    maker = make_user(roles=ROLES)
    resting, _ = make_key(maker, organisation, name="Of somebody suspended")
    ending, _ = make_key(client.user, organisation, expires_at=timezone.now() + timedelta(days=3))
    maker.memberships.update(suspended_at=timezone.now())
    page = client.get("/api-keys/").content.decode()
    assert "Paused" in page
    assert "Expires soon" in page
    assert "may not act for the organisation now" in client.get(f"/api-keys/{resting.pk}/").content.decode()
    keys.revoke_key(key=ending, by=client.user)
    page = client.get(f"/api-keys/{ending.pk}/").content.decode()
    assert "Revoked" in page
    assert "Make a new secret" not in page


def test_a_right_that_the_maker_lacks_is_named(client, organisation):
    key, _ = make_key(client.user, organisation, scopes=["areas.view", "plans.view"])
    client.user.memberships.update(roles=["administrator"])
    assert "Not now:</strong> see visit plans" in client.get(f"/api-keys/{key.pk}/").content.decode()


def test_keys_of_others_are_not_there(client, other_organisation, make_user):
    maker = make_user(roles=ROLES, organisation=other_organisation)
    key, _ = make_key(maker, other_organisation, name="Somebody else's")
    assert "Somebody else" not in client.get("/api-keys/").content.decode()
    assert client.get(f"/api-keys/{key.pk}/").status_code == 404
    for change in ("rotate", "revoke"):
        assert client.post(f"/api-keys/{key.pk}/{change}/").status_code == 404
    assert ApiKey.objects.get().revoked_at is None
