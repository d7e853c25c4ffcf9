"""Too much, too deep, too many, and names that lead elsewhere: refused in words, by the door that they came to.

What is inside of files for data loads (archives, workbooks, boundaries) is tried in lsoa/tests.
"""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from healthequiroute.parsers import MOST_LEVELS, is_deep
from healthequiroute.serving.sizes import most_bytes
from lsoa.models import Patch, Upload
from lsoa.sources.base import Refused
from lsoa.sources.packing import open_member
from routing.models import RotaFile, Team

PROBLEM = "application/problem+json"
NAMES = [
    "../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "a\0.csv",
    "\u202evsc.exe",
    "a\r\nSet-Cookie: x=1.csv",
    "a" * 400 + ".csv",
    "<img src=x onerror=alert(1)>.csv",
    "CON",
    ".htaccess",
    "'; DROP TABLE uploads; --.csv",
]


@pytest.mark.parametrize(("levels", "deep"), [(MOST_LEVELS, False), (MOST_LEVELS + 1, True), (900, True)])
def test_depth_is_counted(levels, deep):
    data = {}
    for number in range(levels - 1):
        data = {"a": data} if number % 2 else [data]
    assert is_deep(data) == deep


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ('{"a":' * 50 + "1" + "}" * 50, 400, "nested too deeply"),
        ("[" * 100_000, 400, "nested too deeply"),
        ('{"team": "' + "a" * 6_500_000 + '"}', 413, "too large"),
        ('{"team": ' + "9" * 6_000 + "}", 400, ""),
        ('{"team": NaN}', 400, ""),
        ('{"team": 1e999999}', 400, ""),
        ("{" + '"a":1,' * 200_000 + '"b":1}', 400, ""),
    ],
    ids=["deep", "endless", "large", "digits", "nan", "huge number", "many"],
)
def test_bodies_of_the_api(api_client_as, body, status, said):
    answer = api_client_as("planner").post("/api/v1/route-plans/", body, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
    assert said in answer.content.decode()
    # What was wrong is not sent back at length.
    assert len(answer.content) < 10_000


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["text/xml", "application/x-yaml", "application/octet-stream", "application/json2"])
def test_other_types_than_described_are_refused(api_client_as, kind):
    answer = api_client_as("planner").post("/api/v1/route-plans/", "<a/>", content_type=kind)
    assert (answer.status_code, answer["Content-Type"]) == (415, PROBLEM)


@pytest.mark.django_db
def test_forms_of_too_many_fields_and_files_are_refused(client_as, settings):
    client = client_as("planner")
    fields = {f"f{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    many = client.post("/plans/new/", fields)
    files = {f"f{number}": SimpleUploadedFile("a.csv", b"a") for number in range(30)}
    for answer in (many, client.post("/plans/new/", files)):
        assert answer.status_code == 400
        assert "more fields or files" in answer.content.decode()
    large = client.post("/plans/new/", {"name": "a" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})
    assert large.status_code == 413
    assert "too large" in large.content.decode()


def test_each_door_takes_what_its_form_takes():
    mib = 1024 * 1024
    team = "/teams/9b9a4a1e-1111-4111-8111-111111111111/rota/files/"
    assert most_bytes("/data/load/") > 500 * mib > most_bytes("/data/load/x")
    assert most_bytes("/data/own/add/") > 20 * mib
    assert most_bytes(team) > 10 * mib > most_bytes("/plans/new/") > 5 * mib
    assert most_bytes("/data/load/", signed_in=False) == most_bytes("/")
    # Addresses that only look like a door.
    for path in ("//data/load/", "/data/load/..", "/x/data/own/", f"{team}x"):
        assert most_bytes(path) < 6 * mib, path


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_names_of_files_lead_nowhere(platform_client, settings, tmp_path, name):
    settings.MEDIA_ROOT = tmp_path / "media"
    content = b"code,value\nE01000001,1\n"
    answer = platform_client.post("/data/load/", {"files": SimpleUploadedFile(name or "x", content)})
    assert answer.status_code in (302, 400)
    # Whatever is kept lies below the folder for it, under a name of ours.
    below = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(path.resolve().is_relative_to(settings.MEDIA_ROOT.resolve()) for path in below)
    for upload in Upload.objects.all():
        for kept in upload.names:
            assert kept.isprintable() and len(kept) <= 300 and "/" not in kept and "\\" not in kept, kept
    page = platform_client.get("/data/load/").content.decode()
    assert "<img src=x" not in page and "\u202e" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n" + b"\0" * 100, b"PK\x03\x04" + b"\0" * 100, b"MZ\x90\0" * 50, b"%PDF-1.7"]
)
def test_what_a_file_is_shows_in_what_it_holds(client_as, organisation, content):
    """A name that ends in .csv and a type that a browser claims make no table of it."""
    patch = Patch.objects.create(organisation=organisation, name="Somewhere")
    team = Team.objects.create(organisation=organisation, name="Nurses", patch=patch)
    file = SimpleUploadedFile("rota.csv", content, content_type="text/csv")
    answer = client_as("administrator", "planner").post(f"/teams/{team.pk}/rota/files/", {"file": file})
    assert answer.status_code in (400, 422)
    assert not RotaFile.objects.filter(team=team).exists()


def bomb(tmp_path, *, megabytes):
    """A zip archive of a table that unpacks to a thousand times its size."""
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("table.csv", b"0" * megabytes * 1024 * 1024)
    return path


def test_an_archive_that_swells_is_given_up(tmp_path):
    with pytest.raises(Refused, match="unpacks to up to"):
        open_member(bomb(tmp_path, megabytes=70)).read()


def test_an_archive_in_an_archive_is_none(tmp_path):
    inner, outer = io.BytesIO(), tmp_path / "outer.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", "a")
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    with pytest.raises(Refused, match="archive itself"):
        open_member(outer)


@pytest.mark.parametrize("name", ["../out.csv", "/etc/out.csv", "a/../../out.csv", "C:\\out.csv", "..\\out.csv"])
def test_names_within_archives_lead_nowhere(tmp_path, name):
    path = tmp_path / "names.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), "a")
    with pytest.raises(Refused, match="leads out of it"):
        open_member(path)
