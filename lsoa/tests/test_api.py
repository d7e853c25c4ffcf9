"""Areas in the API: filters, detail, GeoJSON, bounds, search, permissions."""

import asyncio
import json
import subprocess

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from healthequiroute.testing.shared import shared
from lsoa.exports import contents
from lsoa.models import Area
from lsoa.services import refresh_profile

from . import published
from .conftest import load_files, three_areas
from .factories import AreaFactory, PatchFactory
from .published import CODES

AREAS = "/api/v1/areas/"


@pytest.fixture
@shared
def figures(loaded_boundaries, tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    rows = {CODES[0]: [900, 9], CODES[1]: [900, "*"], CODES[2]: [900, 36]}
    with three_areas():
        load_files(
            published.nomis(folder / "a.csv", "TS039", rows),
            published.iod2025(folder / "b.xlsx", [(CODES[0], 1, 1), (CODES[1], 4000, 2), (CODES[2], 33755, 10)]),
            published.local_authorities(folder / "c.csv", [(CODES[2], "E08000025", "Birmingham")]),
            published.care_boards(folder / "d.csv", CODES[:1]),
        )


@pytest.fixture
def loaded(boundaries, figures):
    """The three areas with figures, authorities and a care board."""


@pytest.fixture
def client(api_client_as):
    return api_client_as("viewer")


def codes(response):
    assert response.status_code == 200, response.content
    return [row["code"] for row in response.json()["results"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", CODES),
        ("?local_authority=e08000025", CODES[2:]),
        ("?icb=E54000999", CODES[:1]),
        ("?core20=true", CODES[:2]),
        ("?core20=false", CODES[2:]),
        ("?imd_decile=2&imd_decile=10", CODES[1:]),
        ("?imd_decile=1", CODES[:1]),
        ("?search=testford+001", CODES[:2]),
        ("?search=birmingham", CODES[2:]),
        ("?search=E01000902&core20=true", CODES[1:2]),
        ("?page_size=2&page=2", CODES[2:]),
    ],
)
def test_the_list_narrows_with_every_filter(loaded, client, query, expected):
    assert codes(client.get(AREAS + query)) == expected


def test_a_row_says_what_people_ask_first(loaded, client):
    row = client.get(AREAS).json()["results"][0]
    assert row["imd_decile"] == 1 and row["core20"] is True and row["population"] is None
    assert 52 < row["latitude"] < 53 and -2 < row["longitude"] < -1


def test_the_list_reads_few_rows(loaded, client, django_assert_max_num_queries):
    etag = client.get(AREAS)["ETag"]
    # Who asks: three. What the answer hangs on: two, and they are all that is read for somebody who has it.
    with django_assert_max_num_queries(8):
        assert client.get(AREAS).status_code == 200
    with django_assert_max_num_queries(5):
        assert client.get(AREAS, headers={"If-None-Match": etag}).status_code == 304


def test_patches_are_those_of_ones_own_organisation(loaded, client, organisation, other_organisation):
    PatchFactory(organisation=organisation, slug="ours", areas=[Area.objects.get(code=CODES[1])])
    PatchFactory(organisation=other_organisation, slug="theirs", areas=list(Area.objects.all()))
    assert codes(client.get(AREAS + "?patch=ours")) == [CODES[1]]
    response = client.get(AREAS + "?patch=theirs")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["errors"] == [{"pointer": "/patch", "detail": "Your organisation has no patch theirs."}]


def test_the_detail_has_indicators_with_source_and_comparison(loaded, client):
    body = client.get(f"{AREAS}{CODES[1].lower()}/").json()
    indicators = {row["code"]: row for row in body["indicators"]}
    care, rank = indicators["unpaid_care_50h_share"], indicators["imd_rank"]
    assert (care["value"], care["missing"], care["method"], care["period"]) == (None, "suppressed", "share", "2021")
    assert (rank["value"], rank["national"]["areas"], rank["national"]["percentiles"]["50"]) == (4000, 3, 4000)
    assert {source["id"] for source in body["sources"]} == {care["dataset"], rank["dataset"]}
    assert body["sources"][0]["licence"] == "Open Government Licence v3.0"


def test_an_unknown_area_is_a_problem_document(loaded, client):
    response = client.get(f"{AREAS}E01999999/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def collection(response):
    assert response.status_code == 200
    return json.loads(b"".join(response.streaming_content))


def test_geojson_is_streamed_in_pieces_that_make_one_collection(loaded, client, monkeypatch):
    monkeypatch.setattr(contents, "AREAS_PER_BLOCK", 2)
    response = client.get(AREAS + "geojson/")
    assert response["Content-Type"] == "application/geo+json"
    body = collection(response)
    assert [feature["id"] for feature in body["features"]] == CODES
    first = body["features"][0]
    assert first["geometry"]["type"] == "MultiPolygon"
    assert first["properties"]["imd_rank"] == 1
    assert body["features"][1]["properties"]["unpaid_care_50h_share"] is None


@pytest.mark.parametrize(("query", "number"), [("?core20=true", 2), ("?local_authority=E09000001", 0)])
def test_geojson_of_filtered_areas_opens_in_gdal(loaded, client, tmp_path, query, number):
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps(collection(client.get(AREAS + "geojson/" + query))))
    out = subprocess.run(["ogrinfo", "-so", "-al", str(path)], capture_output=True, text=True, check=True).stdout
    assert f"Feature Count: {number}" in out


@pytest.mark.django_db(transaction=True)
def test_an_asynchronous_server_streams_too(async_client, make_user):
    AreaFactory.create_batch(3)
    refresh_profile()
    user = make_user(roles=["viewer"])

    async def fetch():
        await async_client.aforce_login(user, backend="django.contrib.auth.backends.ModelBackend")
        response = await async_client.get(AREAS + "geojson/")
        body = b"".join([piece async for piece in response.streaming_content])
        # The connection of the thread that ran the queries would outlive the test.
        await sync_to_async(connections.close_all)()
        return body

    assert len(json.loads(asyncio.run(fetch()))["features"]) == 3


def test_areas_within_bounds(loaded, client):
    # The squares stand at -1.89, -1.88 and -1.87, each a hundredth of a degree wide.
    body = client.get(AREAS + "within-bounds/?west=-1.889&south=52.401&east=-1.875&north=52.409").json()
    assert {feature["id"] for feature in body["features"]} == set(CODES[:2])
    assert body["features"][0]["properties"]["imd_decile"] == 1


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("", {"/west", "/south", "/east", "/north"}),
        ("?west=a&south=52&east=-1&north=53", {"/west"}),
        ("?west=-200&south=52&east=-1&north=nan", {"/west", "/north"}),
        ("?west=1&south=52&east=-1&north=53", {"/bounds"}),
    ],
)
def test_wrong_bounds_are_named(loaded, client, query, pointers):
    response = client.get(AREAS + "within-bounds/" + query)
    assert response.status_code == 400
    assert {error["pointer"] for error in response.json()["errors"]} == pointers


def test_more_areas_than_a_view_can_show_are_refused(loaded, client, monkeypatch):
    from lsoa import api

    monkeypatch.setattr(api, "MOST_AREAS_IN_BOUNDS", 2)
    response = client.get(AREAS + "within-bounds/?west=-3&south=51&east=0&north=54")
    assert response.status_code == 400 and "/bounds" in response.content.decode()


def test_search(loaded, client):
    assert [row["code"] for row in client.get(AREAS + "search/?q=testford+001b").json()] == [CODES[1]]
    assert client.get(AREAS + "search/?q=a").status_code == 400


ADDRESSES = ["", f"{CODES[0]}/", "geojson/", "search/?q=testford", "within-bounds/?west=-2&south=52&east=-1&north=53"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_people_who_may_view_areas_are_answered(loaded, api_client_as, address):
    from rest_framework.test import APIClient

    assert APIClient().get(AREAS + address).status_code == 401
    assert api_client_as().get(AREAS + address).status_code == 403
    assert api_client_as("field_worker").get(AREAS + address).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_areas_are_read_only(loaded, client, method):
    assert getattr(client, method)(f"{AREAS}{CODES[0]}/").status_code in (403, 405)
