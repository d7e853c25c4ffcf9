"""Every answer that is sent while it is made, asked of a portal that runs: whole, and as curl can read it."""

import csv
import io
import json
import re
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from python_calamine import CalamineWorkbook

from healthequiroute.portal.bench.people import HIDDEN_TOKEN, signed_in

pytestmark = pytest.mark.browser
ITEMS = "/ogc/collections/areas/items"
CURRENT = "SELECT count(*) FROM lsoa_area WHERE vintage = 2021"
BOX = "2.31,54.89,2.33,54.90"
MOST_READERS = 4


@pytest.fixture(scope="module")
def people(portal):
    """Name of a demo account -> a session of it."""
    return {name: signed_in(portal.url, name) for name in ("analyst", "auditor")}


def curl(portal, session, path, *options) -> bytes:
    """The content as curl reads it, which is as strict as every map program that uses it."""
    cookies = "; ".join(f"{each.name}={each.value}" for each in session.cookies)
    command = ["curl", "-sS", "--fail", "--max-time", "120", *options, "-H", f"Cookie: {cookies}", portal.url + path]
    done = subprocess.run(command, capture_output=True)
    assert done.returncode == 0, f"{path}: {done.stderr.decode()} {done.stdout[:300]}"
    return done.stdout


def curl_twice(portal, session, path) -> bytes:
    """Plain and compressed; the same, but for the moment at which it was made."""
    plain, packed = curl(portal, session, path), curl(portal, session, path, "--compressed")
    assert len(plain) == len(packed) > 0
    return packed


def features(portal, session, question) -> list[str]:
    """Codes on all pages, one after the other."""
    path, codes = f"{ITEMS}?{question}", []
    while path:
        told = json.loads(curl(portal, session, path, "--compressed"))
        assert told["numberReturned"] == len(told["features"])
        codes += [each["id"] for each in told["features"]]
        following = next((each["href"] for each in told["links"] if each["rel"] == "next"), "")
        path = following.removeprefix(portal.url)
    return codes


def test_all_areas_come_page_by_page(portal, people):
    codes = features(portal, people["analyst"], "limit=170")
    assert len(codes) == len(set(codes)) == portal.row(CURRENT)[0] > 1_000


def test_areas_within_a_box_come_page_by_page(portal, people):
    codes = features(portal, people["analyst"], f"limit=4&bbox={BOX}")
    west, south, east, north = BOX.split(",")
    inside = f"{CURRENT} AND ST_Intersects(geometry, ST_MakeEnvelope({west}, {south}, {east}, {north}, 4326))"
    assert len(codes) == len(set(codes)) == portal.row(inside)[0] > 4


def test_several_who_read_at_once_all_get_everything(portal, people):
    with ThreadPoolExecutor(MOST_READERS) as readers:
        sizes = [readers.submit(curl, portal, people["analyst"], f"{ITEMS}?limit=2000", "--compressed")
                 for _ in range(2 * MOST_READERS)]  # fmt: skip
    found = {json.loads(each.result())["numberReturned"] for each in sizes}
    assert found == {portal.row(CURRENT)[0]}


@pytest.mark.parametrize("layer", ["areas", "local-authorities", "patches"])
@pytest.mark.parametrize("crs", ["OGC/1.3/CRS84", "EPSG/0/27700"])
def test_each_layer_comes_whole(portal, people, layer, crs):
    asked = f"/ogc/collections/{layer}/items?limit=2000&crs=http://www.opengis.net/def/crs/{crs}"
    told = json.loads(curl_twice(portal, people["analyst"], asked))
    assert told["numberMatched"] == told["numberReturned"] == len(told["features"]) > 0


def rows_of(content) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_areas_as_geojson(portal, people):
    told = json.loads(curl_twice(portal, people["analyst"], "/api/v1/areas/geojson/?core20=true"))
    assert len(told["features"]) > 50


@pytest.mark.parametrize("path", ["/api/v1/exports/areas/{kind}/?indicator=population&notes=0",
                                  "/explore/download/file?kind={kind}&indicator=population&notes=0"])  # fmt: skip
def test_exports_of_areas(portal, people, path):
    analyst, number = people["analyst"], portal.row(CURRENT)[0]
    rows = rows_of(curl_twice(portal, analyst, path.format(kind="csv")))
    assert len(rows) == number + 1
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(json.loads(curl_twice(portal, analyst, path.format(kind="geojson")))["features"]) == number
    assert curl(portal, analyst, path.format(kind="gpkg"), "--compressed").startswith(b"SQLite format 3\0")


def test_areas_as_a_workbook(portal, people):
    file = curl(portal, people["analyst"], "/explore/download/file?kind=xlsx&indicator=population", "--compressed")
    book = CalamineWorkbook.from_filelike(io.BytesIO(file))
    heights = [len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
    assert max(heights) == 1 + portal.row(CURRENT)[0]


def test_mileage_as_csv(portal, people):
    assert len(rows_of(curl_twice(portal, signed_in(portal.url, "planner"), "/api/v1/mileage/csv/"))) >= 1


@pytest.mark.parametrize(("kind", "beginning"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_a_list_as_a_file(portal, people, kind, beginning):
    assert curl(portal, people["auditor"], f"/audit/?file={kind}&kind=sign-in", "--compressed").startswith(beginning)


def test_the_audit_trail_as_a_signed_file(portal, people):
    page = people["auditor"].get(f"{portal.url}/audit/export/").text
    token = HIDDEN_TOKEN.search(page)[1]
    form = ["--data-urlencode", f"csrfmiddlewaretoken={token}", "-d", "format=csv", "-e", portal.url]
    with zipfile.ZipFile(io.BytesIO(curl(portal, people["auditor"], "/audit/export/", *form))) as archive:
        assert archive.testzip() is None
        assert any(re.fullmatch(r"audit-[\d-]+\.csv", name) for name in archive.namelist())
