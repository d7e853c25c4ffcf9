"""What the document promises, kept by a portal that runs: every example, the client, and map programs."""

import json
import os
import re
import subprocess
import sys

import geopandas
import pytest
import requests
from django.conf import settings

from accounts.demo import PASSWORD
from healthequiroute.api_document import running
from healthequiroute.api_document.calls import CALLS

from .test_document import CLIENT, client_module

pytestmark = pytest.mark.browser
PEOPLE = {call.as_ for call in CALLS if call.as_}


@pytest.fixture(scope="module")
def tokens(portal) -> dict[str, str]:
    return {name: token(portal, f"{name}@aldermoor.example") for name in PEOPLE}


def token(portal, email) -> str:
    answer = requests.post(f"{portal.url}/api/v1/token/", data={"email": email, "password": PASSWORD}, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()["access"]


@pytest.fixture(scope="module")
def document(portal, tokens):
    headers = {"Authorization": f"Bearer {tokens['planner']}", "Accept": "application/json"}
    return requests.get(f"{portal.url}/api/v1/schema/", headers=headers, timeout=60).json()


PERSON = "SELECT id FROM routing_staffmember WHERE reference = '{person}'"
# The last day for which the team has a rota: no plan of the demo is of it.
DAY = "SELECT max(day) FROM routing_shift JOIN routing_staffmember m ON m.id = staff_id WHERE m.team_id = '{team}'"


class Known(dict):
    """What braces mean. The ids of people, whom run sheets are asked for by, and days with a rota are in no list."""

    def __init__(self, portal):
        super().__init__(password=PASSWORD)
        self.portal = portal

    def __missing__(self, name):
        statement = {"person_id": PERSON, "day": DAY}[name].format(**self)
        return str(self.portal.row(statement)[0])


def test_every_example_runs(portal, tokens, document):
    known = Known(portal)
    expected, examples, wrong = running.recorded(), {}, []
    for answered in running.run(portal.url, document, tokens, known, lambda: portal._wait(0.2)):
        name = answered.call.operation
        if answered.status != answered.call.status:
            wrong.append(f"{name}: {answered.status} {str(answered.body)[:300]}")
            continue
        examples.setdefault(name, running.as_example(answered))
        if name in expected:
            wrong += [f"{name}{line}" for line in running.differences(expected[name]["answer"], answered.body)]
    if os.environ.get("RECORD_EXAMPLES"):
        running.ANSWERS.write_text(json.dumps(examples, indent=1, ensure_ascii=False) + "\n")
        expected = examples
    assert wrong == []
    assert set(examples) == set(expected) == {call.operation for call in CALLS}


@pytest.fixture(scope="module")
def key(portal) -> str:
    """With all rights of a planner who may also export."""
    return portal.manage("shell", "-v0", "-c", MAKE_KEY).strip().splitlines()[-1]


MAKE_KEY = """
from datetime import timedelta
from django.utils import timezone
from accounts.credentials import keys
from accounts.models import Membership, User
maker = User.objects.get(email="planner@aldermoor.example")
scopes = ["areas.view", "plans.view", "plans.edit", "plans.optimise"]
fields = {"scopes": scopes, "expires_at": timezone.now() + timedelta(days=2), "requests_per_minute": 6000}
print(keys.create_key(organisation=maker.memberships.get().organisation, by=maker, name="Tests", **fields)[1])
"""


class TestMapPrograms:
    """GDAL of the system, and the one inside of pyogrio, read the layers page by page."""

    @pytest.fixture(autouse=True)
    def credentials(self, key, monkeypatch):
        monkeypatch.setenv("GDAL_HTTP_AUTH", "BASIC")
        monkeypatch.setenv("GDAL_HTTP_USERPWD", f"map:{key}")

    def ogrinfo(self, portal, *arguments):
        command = ["ogrinfo", "-ro", "-q", f"OAPIF:{portal.url}/ogc/", *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "ERROR" not in done.stderr
        return done.stdout

    def test_ogrinfo_lists_the_layers(self, portal):
        found = re.findall(r"^\d+: (\S+)", self.ogrinfo(portal), re.M)
        assert found == ["areas", "local-authorities", "patches", "bases"]

    def test_ogrinfo_reads_all_areas_page_by_page(self, portal):
        listed = self.ogrinfo(portal, "areas", "-geom=no", "-oo", "PAGE_SIZE=250")
        codes = re.findall(r"^  code \(String\) = (\S+)", listed, re.M)
        assert len(codes) == len(set(codes)) == portal.row("SELECT count(*) FROM lsoa_area WHERE vintage = 2021")[0]

    def test_ogrinfo_asks_by_rectangle_and_by_property(self, portal):
        box = ["-spat", "2.31", "54.89", "2.33", "54.90"]
        inside = self.ogrinfo(portal, "areas", "-geom=no", *box).count("OGRFeature")
        envelope = "ST_MakeEnvelope(2.31, 54.89, 2.33, 54.90, 4326)"
        areas = f"SELECT count(*) FROM lsoa_area WHERE vintage = 2021 AND ST_Intersects(geometry, {envelope})"
        assert 0 < inside == portal.row(areas)[0]
        urgent = self.ogrinfo(portal, "areas", "-geom=no", "-where", "priority = 3").count("OGRFeature")
        scores = "SELECT count(*) FROM priorities_priorityscore WHERE is_current AND priority = 3"
        assert 0 < urgent == portal.row(scores)[0]

    def test_geopandas_reads_the_layers(self, portal):
        source = f"OAPIF:{portal.url}/ogc/"
        areas = geopandas.read_file(source, layer="areas")
        assert len(areas) == portal.row("SELECT count(*) FROM lsoa_area WHERE vintage = 2021")[0]
        assert areas.geometry.is_valid.all()
        assert set(areas["priority_class"]) <= {"Routine", "Standard", "Elevated", "Urgent"}
        some = geopandas.read_file(source, layer="areas", bbox=(2.31, 54.89, 2.33, 54.90))
        assert 0 < len(some) < len(areas)
        assert set(some["code"]) <= set(areas["code"])
        bases = geopandas.read_file(source, layer="bases", CRS="EPSG:27700")
        assert bases.crs.to_epsg() == 27700
        assert 600_000 < bases.geometry.iloc[0].x < 700_000

    def test_geopandas_asks_in_the_national_grid(self, portal):
        box = "ST_Transform(ST_MakeEnvelope(2.31, 54.89, 2.33, 54.90, 4326), 27700)"
        corners = portal.row(f"SELECT ST_XMin(g), ST_YMin(g), ST_XMax(g), ST_YMax(g) FROM (SELECT {box} AS g) AS asked")
        inside = geopandas.read_file(f"OAPIF:{portal.url}/ogc/", layer="areas", CRS="EPSG:27700", bbox=corners)
        assert inside.crs.to_epsg() == 27700
        # The demo lies in the North Sea, east of where the grid is defined: the ways there and back differ by 130 m.
        surely, perhaps = (self.within(portal, corners, metres) for metres in (-200, 200))
        assert set() < surely <= set(inside["code"]) <= perhaps
        assert inside.total_bounds[0] > 100_000

    def within(self, portal, corners, metres) -> set[str]:
        """Codes of the areas that touch a box of the national grid that is so much larger on every side."""
        box = f"ST_Expand(ST_MakeEnvelope({', '.join(map(str, corners))}, 27700), {metres})"
        touching = f"ST_Intersects(ST_Transform(geometry, 27700), {box})"
        return set(portal.row(f"SELECT array_agg(code) FROM lsoa_area WHERE vintage = 2021 AND {touching}")[0])

    @pytest.mark.parametrize(
        ("question", "status"),
        [("limit=3&datetime=2026-01-01/..", 200), ("limit=0", 400), ("nothing=1", 400), ("bbox=1,2,3", 400),
         ("crs=EPSG:27700", 400), ("bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326&bbox=54.8,2.3,54.9,2.4", 200),
         ("datetime=yesterday", 400)],
    )  # fmt: skip
    def test_what_the_standard_asks_of_parameters(self, portal, key, question, status):
        address = f"{portal.url}/ogc/collections/areas/items?{question}"
        answer = requests.get(address, headers={"Authorization": f"Api-Key {key}"}, timeout=60)
        assert answer.status_code == status
        kind = "application/geo+json" if status == 200 else "application/problem+json"
        assert answer.headers["Content-Type"] == kind
        if status == 200:
            assert answer.json()["numberMatched"] > 0


def test_the_python_client_reads_writes_and_tells_why_not(portal, key):
    client = client_module()
    her = client.Client(portal.url, api_key=key)
    areas = list(her.pages(her.areas_list, core20=True, page_size=50))
    assert len(areas) > 50
    assert all(area["core20"] is True for area in areas)
    assert her.priorities_retrieve(areas[0]["code"])["priority_label"]
    with pytest.raises(client.NotDone) as refused:
        her.areas_retrieve("E01999999")
    assert (refused.value.status, refused.value.problem["title"]) == (404, "Not found")
    team = her.route_plans_list(page_size=1)["results"][0]["team"]
    day = portal.row(DAY.format(team=team))[0].isoformat()
    body = {"team": team, "day": day, "name": "Of the client", "count": 3, "seconds": 1}
    plan = her.route_plans_create(body)
    assert her.route_plans_retrieve(plan["id"])["name"] == "Of the client"
    assert her.etag.startswith('W/"')
    with pytest.raises(client.NotDone) as refused:
        her.route_plans_optimize_create(plan["id"], if_match='"of another one"')
    assert refused.value.status == 412
    assert her.route_plans_optimize_create(plan["id"], if_match=her.etag)["state"] == "optimising"
    with pytest.raises(client.NotDone) as refused:
        her.route_plans_create(body | {"count": 0})
    assert refused.value.problem["errors"][0]["pointer"] == "/count"


# Who signs in for which: an account has five tries a minute.
DOCUMENTS = {"docs/api.md": "viewer", "docs/api-credentials.md": "analyst", "README.md": "approver"}


class TestShellExamples:
    """Every command of the documents about the API, as written there."""

    @pytest.fixture
    def surroundings(self, portal, key, tmp_path):
        (tmp_path / "password.txt").write_text(PASSWORD)
        return {"cwd": tmp_path, "env": os.environ | {"HER": portal.url, "HER_KEY": key}}

    @pytest.mark.parametrize("document", DOCUMENTS)
    def test_run(self, portal, surroundings, document):
        """One after the other in one shell, as somebody types them: what a line keeps, another needs."""
        email = f"{DOCUMENTS[document]}@aldermoor.example"
        asked = {"email": email, "password": PASSWORD}
        pair = requests.post(f"{portal.url}/api/v1/token/", data=asked, timeout=60).json()
        surroundings["env"] |= {"ACCESS": pair["access"], "REFRESH": pair["refresh"]}
        commands = commands_of(document, portal.url, email)
        assert commands, document
        script = "\n".join(["set -ex -o pipefail", *commands])
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, **surroundings)
        said = f"{done.stdout[-500:]}\n{done.stderr[-1500:]}"
        assert done.returncode == 0, said
        assert '"status":4' not in done.stdout, said
        assert "ERROR" not in done.stderr, said

    def test_the_python_example_of_the_client_runs(self, portal, surroundings):
        text = (settings.BASE_DIR / "docs/clients/python/README.md").read_text()
        program = re.search(r"```python\n(.*?)```", text, re.S)[1]
        surroundings["env"]["PYTHONPATH"] = str(CLIENT.parent)
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, **surroundings)
        assert done.returncode == 0, done.stderr
        assert re.match(r"\d+ urgent areas\n", done.stdout)


def commands_of(document: str, address: str, email: str) -> list[str]:
    """Lines of the document that ask the API, with an account of the demo where it has somebody's."""
    text = (settings.BASE_DIR / document).read_text()
    lines = [line.strip() for line in text.splitlines()]
    found = [re.sub(r"\s{2,}#.*", "", line) for line in lines if re.match(r"(TOKEN=\$\()?curl |GDAL_HTTP_\w+=", line)]
    mine = {"priya@example.nhs.uk": email, "-d otp=123456": "", "email=YOU": f"email={email}", "…": PASSWORD}
    mine |= {"http://127.0.0.1:8000": address}
    for theirs, ours in mine.items():
        found = [line.replace(theirs, ours) for line in found]
    return found
