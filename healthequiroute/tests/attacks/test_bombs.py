"""Small files that unfold to large ones, at every door that takes files."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Job
from accounts.permissions import Role
from lsoa.models import Dataset, Upload
from lsoa.sources import packing
from priorities.models import ModelVersion

from .doors import address

SWOLLEN = 4_000_000


def zipped(**members) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return held.getvalue()


def workbook() -> bytes:
    """An xlsx whose one sheet is a thousand times the file."""
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    book = '<workbook><sheets><sheet name="a" sheetId="1"/></sheets></workbook>'
    sheet = "<worksheet><sheetData>" + "<row/>" * (SWOLLEN // 6)
    return zipped(
        **{"[Content_Types].xml": types, "xl__workbook_dot_xml": book, "xl__worksheets__sheet1_dot_xml": sheet}
    )


BOMBS = {
    "zip": ("table.zip", zipped(table_dot_csv=b"0" * SWOLLEN)),
    "xlsx": ("table.xlsx", workbook()),
    "named csv": ("table.csv", zipped(table_dot_csv=b"0" * SWOLLEN)),
}
# By name of the address: the field of the file, and what else the form needs.
DOORS = {
    "rota-upload": ("file", {}),
    "caseload-import": ("file", {}),
    "plan-create": ("file", {"source": "file", "day": "2026-12-01"}),
    "members-import": ("file", {}),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_no_door_of_an_organisation_unfolds_one(world, client_as, caplog, bomb):
    client, found = client_as(*Role), {}
    for name, (field, form) in DOORS.items():
        caplog.clear()
        file = SimpleUploadedFile(*BOMBS[bomb], content_type="text/csv")
        answer = client.post(address(world, name).partition("?")[0], form | {field: file})
        said = "file_refused" in caplog.text
        if answer.status_code not in (400, 413, 415, 422) or not said:
            found[name] = (answer.status_code, said)
    assert found == {}


@pytest.mark.parametrize("bomb", BOMBS)
def test_figures_of_ones_own_are_refused_in_their_preview(world, client_as, settings, tmp_path, caplog, bomb):
    settings.MEDIA_ROOT = tmp_path
    client, before = client_as(*Role), Dataset.objects.count()
    path = address(world, "own-indicator-replace")
    answer = client.post(path, {"file": SimpleUploadedFile(*BOMBS[bomb], content_type="text/csv")})
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200
    assert "file_refused" in caplog.text
    client.post(answer["Location"])
    assert Dataset.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("bomb", ["zip", "xlsx"])
def test_a_load_is_refused_in_its_rehearsal(
    platform_client, settings, tmp_path, monkeypatch, django_capture_on_commit_callbacks, bomb
):
    """The one door that takes archives: nothing is loaded, and the job says why."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(packing, "RATIO_COUNTS_FROM", 1_000_000)
    with django_capture_on_commit_callbacks(execute=True):
        answer = platform_client.post(reverse("load-data"), {"files": [SimpleUploadedFile(*BOMBS[bomb])]})
    assert answer.status_code == 302
    page = " ".join(platform_client.get(answer["Location"]).content.decode().split())
    assert "unpacks to" in page or "unpacked" in page or "Not recognised" in page or "Refused" in page
    assert not Dataset.objects.exists()
    assert Job.objects.count() == Upload.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("bomb", BOMBS)
def test_nor_does_the_door_of_models(platform_client, bomb):
    path = reverse("admin:priorities_modelversion_import")
    answer = platform_client.post(path, {"file": SimpleUploadedFile(*BOMBS[bomb])})
    assert answer.status_code in (200, 400, 422)
    assert not ModelVersion.objects.exists()
