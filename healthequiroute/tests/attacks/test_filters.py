"""Ids and texts planted in every filter of the API: one at a time, so that none hides behind another."""

from django.urls import reverse

from accounts.models.credentials import KEY_SCOPES
from accounts.tests.api_keys import client_with, make_key

from .doors import address, knock, names, owned_names
from .test_foreign_things import COMMON, leaks, mark_things

SQL = "0'/**/OR(1=1)--"
STRANGE = [SQL, "9" * 30, "\u0661", "nan"]


def questions(api_client_as):
    """(path, names of its questions) of every operation that lists something."""
    document = api_client_as("viewer").get(reverse("api-schema") + "?format=json").json()
    for path, methods in document["paths"].items():
        asked = [each["name"] for each in methods.get("get", {}).get("parameters", []) if each["in"] == "query"]
        if asked and "{" not in path:
            yield path, asked


def foreign_id(world, name) -> str:
    """Of a thing of the other organisation, of the kind that the filter seems to be about."""
    kind = next((kind for kind in ("plan", "week") if kind in name), "team")
    return str(next(iter(world.things[kind].values())))


def test_no_filter_finds_a_thing_of_somebody_else(world, api_client_as):
    mark_things(world)
    outsider = api_client_as(user=world.people["outsider"])
    tried, found = 0, {}
    for path, asked in questions(api_client_as):
        without = knock(outsider, "GET", path).status_code
        for name in asked:
            # An id that exists elsewhere, and one strange text after the other.
            for value in (foreign_id(world, name), STRANGE[tried // 2 % len(STRANGE)]):
                tried += 1
                answer = knock(outsider, "GET", f"{path}?{name}={value}")
                if answer.status_code not in {200, 400, 404, without} or leaks(answer.text_sent, world):
                    found[f"{path}?{name}={value}"] = (answer.status_code, answer.text_sent[:200])
    assert found == {}
    assert tried > 60


def test_a_key_of_another_organisation_finds_nothing_by_id(world):
    """With every right that a key may have: things of somebody else answer 404, whatever the method."""
    mark_things(world)
    outsider = world.people["outsider"]
    _, text = make_key(outsider, outsider.memberships.get().organisation, scopes=[one.value for one in KEY_SCOPES])
    key, found, hidden = client_with(text), {}, 0
    header = key._credentials["HTTP_AUTHORIZATION"]
    # Minutes of an area are everybody's own: there the things of others are not named, and cannot be.
    for name in sorted(owned_names().intersection(names()) - COMMON - {"priority-minutes"}):
        path = address(world, name)
        if not path.startswith("/api/"):
            continue
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            answer = knock(key, method, path, headers={"authorization": header})
            hidden += answer.status_code == 404
            # 403: a step for persons, refused before anything is looked up.
            if answer.status_code not in (403, 404, 405) or leaks(answer.text_sent, world):
                found[f"{method} {name}"] = (answer.status_code, answer.text_sent[:200])
    assert found == {}
    assert hidden > 10
