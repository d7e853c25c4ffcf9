"""Lists that are too long to wait for: made by the worker, for whoever asked alone, for a day."""

import io
import os
import time

import pytest
from openpyxl import load_workbook

from accounts import services
from accounts.list_files import answers, large
from accounts.models import AuditEvent, Job, JobState, Membership
from accounts.tests.files import content_of
from routing.tests.factories import SETUP

pytestmark = pytest.mark.django_db
FILE = "/explore/download/file?kind=xlsx&patch=testham"


@pytest.fixture
def analyst(make_user):
    return make_user(["analyst"])


@pytest.fixture
def asked(analyst, client_as, patch, settings, tmp_path, monkeypatch):
    """Two areas are many here."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setitem(answers.MOST_ROWS, "xlsx", 2)
    client = client_as(user=analyst)
    answer = client.get(FILE)
    assert answer.status_code == 302 and answer["Location"] == "/files/"
    return client, Job.objects.get(kind=large.KIND)


def made(job) -> None:
    large.make_list_file.call_local(str(job.pk))
    job.refresh_from_db()


def test_it_is_made_in_the_background_and_fetched_by_whoever_asked(asked, client_as, patch):
    client, job = asked
    assert "Waiting for its turn" in client.get("/files/").content.decode()
    made(job)
    assert job.state == JobState.SUCCEEDED, job.error
    page = client.get("/files/").content.decode()
    assert f"Download {job.result['name']}" in page and job.result["name"].startswith("areas-testham-")
    answer = client.get(f"/files/{job.pk}/")
    sheet = load_workbook(io.BytesIO(content_of(answer))).worksheets[0]
    assert sheet.max_row == 1 + 4 and sheet.cell(1, 1).value == "area_code"
    assert large.path_of(job).stat().st_mode & 0o777 == 0o600
    assert AuditEvent.objects.get(action="list.exported").details["rows"] == 4
    assert client_as("analyst").get(f"/files/{job.pk}/").status_code == 404


def test_asking_twice_makes_one_file_and_three_are_enough(asked, analyst, organisation, monkeypatch):
    client, job = asked
    client.get(FILE)
    assert Job.objects.get(kind=large.KIND) == job
    for number in range(2):
        payload = {"list": "areas", "form": "xlsx", "arguments": {"number": number}}
        Job.objects.create(
            kind=large.KIND, title="More", payload=payload, created_by=analyst, organisation=organisation
        )
    monkeypatch.setitem(answers.MOST_ROWS, "pdf", 2)
    page = client.get(FILE.replace("xlsx", "pdf"), follow=True).content.decode()
    assert "3 files are being made for you already" in page
    assert Job.objects.filter(kind=large.KIND).count() == 3


def test_who_lost_the_right_gets_nothing(asked, analyst, organisation):
    client, job = asked
    made(job)
    membership = Membership.objects.get(user=analyst, organisation=organisation)
    services.grant_roles(user=analyst, organisation=organisation, roles=["viewer"], by=SETUP)
    assert client.get(f"/files/{job.pk}/").status_code == 404
    # Nor is anything made for them that they asked for before.
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, finished_at=None, progress=0)
    with pytest.raises(Exception, match="may not see this list"):
        made(job)
    assert membership.roles


def test_it_is_gone_after_a_day_and_so_is_what_a_killed_worker_left(asked):
    client, job = asked
    made(job)
    path = large.path_of(job)
    half = path.with_suffix(".part")
    half.write_bytes(b"half")
    assert large.delete_old() == 0
    for each in (path, half):
        os.utime(each, (time.time() - 25 * 3600,) * 2)
    assert client.get(f"/files/{job.pk}/").status_code == 404
    assert "kept for 24 hours and has been deleted" in client.get("/files/").content.decode()
    assert large.delete_old() == 2
