"""What the layers say, to whom, and what they cost."""

import json
from base64 import b64encode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.api_keys import client_with, make_key
from lsoa.models import Area
from lsoa.tests.factories import PatchFactory

from .conftest import Layers

ITEMS = "/ogc/collections/areas/items"


def basic(text, user="map"):
    return {"HTTP_AUTHORIZATION": "Basic " + b64encode(f"{user}:{text}".encode()).decode()}


def test_an_area_says_its_class_and_figures(layers, city):
    told = layers.get(f"/collections/areas/items/{city['gap'].code}")["properties"]
    assert (told["code"], told["priority"], told["priority_class"]) == (city["gap"].code, 3, "Urgent")
    assert told["priority_provisional"] is False
    assert told["local_authority_name"] == "Testham"
    assert told["is_fictional"] is False


def test_a_missing_figure_is_null(layers, city):
    profile = city["quiet"].profile
    profile.values = {**profile.values, "population": None}
    profile.save()
    assert layers.get(f"/collections/areas/items/{city['quiet'].code}")["properties"]["population"] is None
    # Where an area's people are not known, nor are those of the whole.
    told = layers.get("/collections/local-authorities/items/E08000025")["properties"]
    assert (told["areas"], told["urgent_areas"], told["population"]) == (4, 2, None)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"priority": "3"}, {"worst", "gap"}),
        ({"priority_class": "Standard"}, {"deprived"}),
        ({"priority_provisional": "false"}, {"quiet", "deprived", "worst", "gap"}),
        ({"core20": "1", "priority": "1"}, {"deprived"}),
        ({"priority": "3", "local_authority_name": "Nowhere"}, set()),
    ],
)
def test_areas_are_found_by_what_they_say(layers, city, asked, found):
    ids = layers.ids(_asked={"local_authority_code": "E08000025"} | asked)
    assert ids == sorted(city[name].code for name in found)


def test_stars_stand_for_any_characters_and_nothing_else_does(layers):
    assert len(layers.ids(local_authority_name="Test*")) == len(layers.ids(local_authority_name="*stha*")) == 4
    assert layers.ids(local_authority_name="Test.*") == []
    assert layers.ids(local_authority_name="Test%") == []
    assert layers.ids(local_authority_name="Testham'; --") == []


@pytest.mark.parametrize("name", ["areas", "local-authorities", "patches", "bases"])
def test_every_property_that_is_told_to_be_one_can_be_filtered_by(layers, name):
    feature = layers.get(f"/collections/{name}/items", limit=1)["features"][0]
    asked = set(layers.get(f"/collections/{name}/queryables")["properties"]) - {"geometry"}
    assert asked
    for prop in asked:
        value = feature["properties"][prop]
        if value is None:
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value)
        assert feature["id"] in layers.ids(name, _asked={prop: text, "limit": 100}), prop


def test_patches_and_bases_are_the_organisations_own(layers, api_client_as, other_organisation):
    PatchFactory(organisation=other_organisation, name="Theirs", slug="theirs", areas=Area.objects.all()[:1])
    assert layers.ids("patches") == ["testham"]
    stranger = Layers(api_client_as("planner", organisation=other_organisation))
    assert stranger.ids("patches") == ["theirs"]
    assert stranger.ids("bases") == []
    assert stranger.response("/collections/patches/items/testham").status_code == 404
    own = layers.ids("bases")[0]
    assert stranger.response(f"/collections/bases/items/{own}").status_code == 404


def test_a_patch_without_areas_lies_nowhere(layers, organisation):
    PatchFactory(organisation=organisation, name="Empty", slug="empty", areas=[])
    told = layers.get("/collections/patches/items/empty")
    assert (told["geometry"], told["properties"]["areas"]) == (None, 0)


def test_bases_are_for_those_who_see_plans(layers, api_client_as):
    viewer = Layers(api_client_as("viewer"))
    assert [each["id"] for each in viewer.get("/collections")["collections"]] == [
        "areas", "local-authorities", "patches",
    ]  # fmt: skip
    assert viewer.response("/collections/bases/items").status_code == 403
    assert viewer.response("/collections/bases").status_code == 403


def test_an_outline_follows_its_areas(layers, patch, city):
    before = layers.get("/collections/patches/items/testham")["geometry"]
    patch.areas.remove(city["gap"])
    after = layers.get("/collections/patches/items/testham")["geometry"]
    assert before != after


def test_what_is_known_costs_no_question_to_the_areas(layers, city):
    first = layers.client.get(ITEMS)
    assert first["ETag"].startswith('W/"')
    with CaptureQueriesContext(
        connection,
    ) as asked:
        again = layers.client.get(ITEMS, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert not any("ST_AsGeoJSON" in each["sql"] or "priorityscore" in each["sql"] for each in asked)
    other = layers.client.get(ITEMS, {"limit": 3}, HTTP_IF_NONE_MATCH=first["ETag"])
    assert other.status_code == 200


def test_what_has_changed_has_another_etag(layers, patch):
    first = layers.client.get("/ogc/collections/patches/items")["ETag"]
    patch.name = "Testham and around"
    patch.save()
    assert layers.client.get("/ogc/collections/patches/items", HTTP_IF_NONE_MATCH=first).status_code == 200


def test_a_head_says_what_a_get_would(layers):
    head, get = layers.client.head(ITEMS), layers.client.get(ITEMS)
    assert head.getvalue() == b""
    for name in ("ETag", "Content-Type", "Content-Crs", "Link", "OGC-NumberMatched", "OGC-NumberReturned"):
        assert head[name] == get[name]


def test_the_number_of_questions_does_not_grow_with_the_features(layers):
    layers.client.get(ITEMS).getvalue()
    counts = []
    for limit in (2, 9):
        with CaptureQueriesContext(connection) as asked:
            layers.client.get(ITEMS, {"limit": limit}).getvalue()
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


class TestAnApiKeyAsPassword:
    """HTTP Basic, for map programs that know nothing else."""

    @pytest.fixture
    def key(self, make_user, organisation, layers):
        return make_key(make_user(roles=["planner"]), organisation, scopes=["areas.view"])

    def test_lets_in_as_the_key_does(self, client, key):
        assert client.get(ITEMS, **basic(key[1])).status_code == 200
        assert client.get(ITEMS, **basic(key[1], user="")).status_code == 200
        assert client_with(key[1]).get(ITEMS).status_code == 200
        # Its rights are those of the key.
        assert client.get("/ogc/collections/bases/items", **basic(key[1])).status_code == 403

    def test_is_no_way_for_the_password_of_a_person(self, client, make_user):
        person = make_user(roles=["viewer"], password="correct horse battery staple")
        response = client.get(ITEMS, **basic("correct horse battery staple", user=person.email))
        assert response.status_code == 401

    @pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic w6Q=", "Basic YQ==", "Basic a b"])
    def test_nonsense_is_refused(self, client, header, layers):
        response = client.get(ITEMS, HTTP_AUTHORIZATION=header)
        assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")
        # Browsers would put up a window of their own.
        assert "Basic" not in response["WWW-Authenticate"]

    def test_does_not_open_the_rest_of_the_api(self, client, key):
        assert client.get("/api/v1/areas/", **basic(key[1])).status_code == 401

    def test_is_counted_as_use_of_the_key(self, client, key):
        client.get(ITEMS, **basic(key[1]))
        key[0].refresh_from_db()
        assert key[0].last_used_at is not None


class TestPeopleWithBrowsers:
    PAGE = {"HTTP_ACCEPT": "text/html,application/xhtml+xml,*/*;q=0.8"}

    def test_are_led_to_sign_in(self, client):
        response = client.get("/ogc/collections", **self.PAGE)
        assert response.status_code == 302
        assert response["Location"] == "/accounts/login/?next=/ogc/collections"

    def test_get_pages_when_something_is_wrong(self, client_as, patch):
        client = client_as("viewer")
        for path, status in (("/collections/nothing", 404), ("/collections/bases/items", 403),
                             ("/collections/areas/items?limit=0", 400)):  # fmt: skip
            response = client.get(f"/ogc{path}", **self.PAGE)
            assert response.status_code == status
            assert response["Content-Type"].startswith("text/html")

    def test_what_nobody_makes_is_refused(self, layers):
        response = layers.client.get(ITEMS, HTTP_ACCEPT="application/xml")
        assert response.status_code == 406
        assert json.loads(response.content)["title"].startswith("Could not satisfy")
