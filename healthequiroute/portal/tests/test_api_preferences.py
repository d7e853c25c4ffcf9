"""Somebody's own settings, asked and changed by a program."""

import pytest

from accounts.models import AuditEvent, Preferences
from accounts.permissions import Role
from accounts.tests.api_keys import client_with, make_key
from lsoa.tests.factories import PatchFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/me/preferences/"
NOTHING_CHOSEN = {"theme": "system", "text_size": "100", "landing_page": "", "default_patch": ""}


@pytest.fixture
def viewer(api_client_as):
    return api_client_as("viewer")


def change(client, **asked):
    return client.patch(ADDRESS, asked, format="json")


def test_whoever_chose_nothing_has_what_the_portal_chooses(viewer):
    answer = viewer.get(ADDRESS)
    assert (answer.status_code, answer.json()) == (200, NOTHING_CHOSEN)
    assert not Preferences.objects.exists()


def test_what_is_named_changes_and_the_rest_stays(viewer, organisation):
    PatchFactory(organisation=organisation, slug="north")
    assert change(viewer, theme="contrast", default_patch="north").status_code == 200
    answer = change(viewer, text_size="150")
    assert answer.json() == NOTHING_CHOSEN | {"theme": "contrast", "text_size": "150", "default_patch": "north"}
    assert viewer.get(ADDRESS).json() == answer.json()
    assert change(viewer, default_patch="").json()["default_patch"] == ""


def test_the_trail_names_what_changed_and_never_to_what(viewer):
    change(viewer, theme="contrast")
    event = AuditEvent.objects.get(action="preferences.changed")
    assert event.details == {"fields": ["theme"]}
    change(viewer, theme="contrast")
    assert AuditEvent.objects.filter(action="preferences.changed").count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("theme", "pink"), ("text_size", "90"), ("landing_page", "members"), ("landing_page", "nowhere"),
     ("default_patch", "theirs"), ("theme", ""), ("theme", None)],
)  # fmt: skip
def test_only_what_the_page_offers_can_be_chosen(viewer, other_organisation, name, value):
    PatchFactory(organisation=other_organisation, slug="theirs")
    answer = change(viewer, **{name: value})
    assert answer.status_code == 400
    assert [each["pointer"] for each in answer.json()["errors"]] == [f"/{name}"]
    assert not Preferences.objects.exists()


def test_a_page_that_the_roles_open_can_be_chosen(viewer):
    assert change(viewer, landing_page="explore-start").json()["landing_page"] == "explore-start"


def test_they_are_ones_own(viewer, api_client_as):
    change(viewer, theme="dark")
    assert api_client_as("planner").get(ADDRESS).json() == NOTHING_CHOSEN


def test_a_key_has_no_settings(make_user, organisation):
    client = client_with(make_key(make_user(roles=list(Role)), organisation, scopes=["areas.view"])[1])
    assert client.get(ADDRESS).status_code == client.patch(ADDRESS, {"theme": "dark"}).status_code == 403
    assert not Preferences.objects.exists()


def test_nobody_has_none(client):
    assert client.get(ADDRESS).status_code == 401
