"""What the pages of handed-in files say when something is wrong."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.audit import SystemActor
from accounts.models import Job, JobState
from accounts.tests.sessions import sign_in
from lsoa import services
from lsoa.models import Upload
from lsoa.presenters.uploads import UploadPage
from lsoa.services import receive_files
from lsoa.tests.published import CODES
from lsoa.tests.test_uploads import FIELDS, private_folder  # noqa: F401 (files go into a folder of the test)

FOUND = {"name": "a.csv", "message": "", "dataset": None}


@pytest.fixture
def analyst(client_as):
    return client_as("analyst")


def test_an_empty_form_says_what_to_enter(analyst):
    page = analyst.post(reverse("own-indicator-add"), {}).content.decode()
    for said in ("Enter a name", "Enter a unit", "Choose a CSV file"):
        assert said in page
    assert "This field is required" not in page


def test_an_empty_file_is_said_to_be_empty(analyst):
    page = analyst.post(reverse("own-indicator-add"), {**FIELDS, "file": SimpleUploadedFile("f.csv", b"")})
    assert "The file is empty. Choose one that holds figures" in page.content.decode()


@pytest.mark.parametrize("address", ["/data/load/", "/data/own/add/"])
def test_a_form_without_its_secret_is_refused_in_words(platform_client, platform_administrator, address):
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, platform_administrator)
    answer = strict.post(address, {"csrfmiddlewaretoken": "x" * 64})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "Your form was not sent" in page and "reload the page" in page and "DEBUG" not in page


def test_the_state_renews_itself_with_the_results(platform_client, platform_administrator):
    upload = receive_files(files=[SimpleUploadedFile("a.csv", b"a,b\n1,2\n")], by=platform_administrator)
    page = platform_client.get(reverse("load-data-upload", args=[upload.pk])).content.decode()
    assert 'id="upload-state"' in page and 'hx-select-oob="#upload-state"' in page


def test_rejected_rows_are_shown_in_the_order_of_the_file(analyst, boundaries):
    text = f"area code,value\nx,1\n{CODES[0]},1\nE01999999,2\n?,3\n"
    answer = analyst.post(
        reverse("own-indicator-add"), {**FIELDS, "file": SimpleUploadedFile("f.csv", text.encode())}, follow=True
    )
    assert [line for line, _, _ in answer.context["preview"].rejects] == [2, 4, 5]


def test_a_long_name_in_one_piece_is_broken(platform_client):
    name = "n" * 100
    services.create_feed(
        by=SystemActor("test"), name=name, subject="ae_attendances", provider="http", location="http://example.org/"
    )
    page = platform_client.get(reverse("feeds")).content.decode()
    assert 'her-break" id="feed-' in page and f">{name}</h3>" in page


@pytest.mark.parametrize(
    ("state", "dry_run", "result", "may_load"),
    [
        (JobState.CANCELLED, True, {}, False),
        (JobState.FAILED, True, {}, False),
        (JobState.FAILED, False, {}, True),
        (JobState.SUCCEEDED, True, {"files": [FOUND | {"state": "dry_run"}]}, True),
        (JobState.SUCCEEDED, True, {"files": [FOUND | {"state": "refused"}]}, False),
    ],
)
def test_nothing_is_loaded_that_was_not_rehearsed(platform_administrator, state, dry_run, result, may_load):
    job = Job(state=state, payload={"dry_run": dry_run}, result=result, finished_at=timezone.now())
    page = UploadPage(Upload(job=job), platform_administrator)
    assert (page.may_load, page.state) == (may_load, "Not loaded yet")


def test_a_load_that_loaded_nothing_says_so(platform_administrator):
    job = Job(state=JobState.SUCCEEDED, payload={}, result={"files": [FOUND | {"state": "skipped"}]})
    assert UploadPage(Upload(job=job, state=Upload.State.USED), platform_administrator).state == "Nothing was loaded"


def test_a_load_under_way_is_not_said_to_wait(platform_administrator):
    job = Job(state=JobState.RUNNING, payload={})
    assert UploadPage(Upload(job=job), platform_administrator).state == "Being loaded"
    assert UploadPage(Upload(job=Job(state=JobState.QUEUED, payload={})), platform_administrator).state == "Waiting"


def test_the_button_says_how_many_of_the_files_it_loads(platform_administrator):
    files = [FOUND | {"state": "dry_run"}, FOUND | {"state": "refused"}]
    job = Job(state=JobState.SUCCEEDED, payload={"dry_run": True}, result={"files": files}, finished_at=timezone.now())
    assert UploadPage(Upload(job=job), platform_administrator).load_label == "Load 1 of 2 files"
    job.result = {"files": files[:1]}
    assert UploadPage(Upload(job=job), platform_administrator).load_label == "Load"
