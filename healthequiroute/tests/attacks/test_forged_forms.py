"""Forms that another site sends in somebody's name: none is taken, at any address."""

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse

from accounts.permissions import Role

from .doors import address, names

# Whoever calls proves themselves in the call; a session counts for nothing there.
WITHOUT_SESSION = {"token", "token-refresh", "token-revoke"}


@pytest.fixture
def victim(client_as):
    """Signed in with every role; the browser sends its cookies along, as browsers do."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = client_as(*Role).cookies
    return client


def test_no_address_takes_a_form_without_its_secret(world, victim):
    taken = {}
    for name in names():
        answer = victim.post(address(world, name), {"next": "/"})
        if name not in WITHOUT_SESSION and answer.status_code not in (403, 404):
            taken[name] = answer.status_code
    assert taken == {}


def test_the_admin_takes_none_either(world, client_as):
    platform = Client(enforce_csrf_checks=True)
    platform.cookies = client_as(user=world.people["platform"]).cookies
    lists = [name for name in names(admin=True) if name.endswith(("_changelist", "_add")) or name == "admin:logout"]
    assert len(lists) > 20
    for name in lists:
        assert platform.post(reverse(name), {}).status_code == 403, name


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 302),
        ({"Origin": "https://testserver"}, 302),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://testserver"}, 403),
        ({"Origin": "https://testserver.evil.example"}, 403),
        ({"Referer": "https://evil.example/"}, 403),
    ],
)
@pytest.mark.django_db
def test_a_stolen_secret_is_no_use_from_elsewhere(victim, organisation, headers, status):
    secret = victim.get("/my-account/", secure=True).cookies[configured.CSRF_COOKIE_NAME].value
    headers = {"Referer": "https://testserver/"} | headers
    form = {"organisation": str(organisation.pk), "csrfmiddlewaretoken": secret}
    assert victim.post("/organisation/", form, secure=True, headers=headers).status_code == status


@pytest.mark.django_db
def test_a_page_that_is_asked_for_changes_nothing(victim):
    """Links and pictures of another site can only GET."""
    for path in ("/accounts/logout/", "/organisation/", "/notifications/read/", "/plans/new/"):
        assert victim.get(path).status_code in (200, 405)
    assert victim.get("/my-account/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_no_header_or_field_makes_another_method_of_one(api_client_as, client_as, name):
    client = api_client_as("administrator", "planner")
    before = client.get("/api/v1/route-plans/").status_code
    assert client.get("/api/v1/route-plans/", headers={name: "POST"}).status_code == before == 200
    assert client_as("planner").post("/plans/", {"_method": "GET"}).status_code == 405
    assert client_as("planner").get("/organisation/?_method=POST", headers={name: "POST"}).status_code == 405
