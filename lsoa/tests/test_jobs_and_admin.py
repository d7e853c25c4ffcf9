"""Loading in the background, and the admin's view of what is loaded."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import AuditEvent, Job, JobState
from healthequiroute.testing.shared import shared
from lsoa.models import Area, Dataset, IndicatorValue, LoadReject
from lsoa.services import queue_load

from . import published
from .conftest import load_files, three_areas
from .factories import DatasetFactory, IndicatorFactory, IndicatorValueFactory, PatchFactory
from .published import CODES

CARE = dict.fromkeys(CODES, [900, 18])


@pytest.fixture
def run_job(django_capture_on_commit_callbacks):
    def run(**options):
        with django_capture_on_commit_callbacks(execute=True):
            job = queue_load(**options)
        return Job.objects.get(pk=job.pk)

    return run


def test_a_platform_administrator_loads_in_the_background(boundaries, run_job, platform_administrator, tmp_path):
    path = published.nomis(tmp_path / "t.csv", "TS039", CARE)
    job = run_job(paths=[path], by=platform_administrator)
    assert (job.state, job.progress, job.message) == (JobState.SUCCEEDED, 100, "1 of 1 files loaded")
    dataset = Dataset.objects.get(publication="census2021-ts039")
    assert dataset.loaded_by == platform_administrator
    assert job.result["files"][0] | {"message": ""} == {
        "name": "t.csv",
        "state": "loaded",
        "message": "",
        "dataset": str(dataset.pk),
    }


def test_a_patch_belongs_to_the_job_of_its_organisation(boundaries, run_job, platform_administrator, tmp_path):
    patch = PatchFactory(areas=[Area.objects.get(code=CODES[0])])
    path = published.nomis(tmp_path / "t.csv", "TS039", CARE)
    job = run_job(paths=[path], by=platform_administrator, patch=patch)
    assert job.state == JobState.SUCCEEDED and job.organisation == patch.organisation
    assert set(IndicatorValue.objects.values_list("area__code", flat=True)) == {CODES[0]}


def test_nobody_else_may_load_data(boundaries, make_user, tmp_path):
    path = published.nomis(tmp_path / "t.csv", "TS039", CARE)
    with pytest.raises(PermissionDenied):
        queue_load(paths=[path], by=make_user(roles=["administrator"]))
    assert not Job.objects.exists()


def test_a_refused_file_fails_the_job_with_its_reason(boundaries, platform_administrator, tmp_path, monkeypatch):
    from lsoa import tasks

    path = published.boundaries(tmp_path / "old.geojson", prefix="LSOA11")
    job = queue_load(paths=[path], by=platform_administrator)
    with pytest.raises(tasks.LoadRefused):
        tasks.load_open_data.call_local(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "old.geojson: expected LSOA codes of 2011, found" in job.message


def test_a_cancelled_load_leaves_nothing_of_its_file(boundaries, platform_administrator, tmp_path, monkeypatch):
    from accounts import jobs
    from lsoa import tasks

    path = published.nomis(tmp_path / "t.csv", "TS039", CARE)
    job = queue_load(paths=[path], by=platform_administrator)
    monkeypatch.setattr(jobs.JobRun, "cancelled", True)
    tasks.load_open_data.call_local(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert not IndicatorValue.objects.exists()


@pytest.fixture
@shared
def care(loaded_boundaries, tmp_path_factory):
    folder = tmp_path_factory.mktemp("care")
    with three_areas():
        outcome = load_files(published.nomis(folder / "t.csv", "TS039", {**CARE, "E01999999": [1, 0]}))
        load_files(published.practices(folder / "p.csv", [("A81001", CODES[0], "ACTIVE")]))
    PatchFactory(areas=list(Area.objects.all()))
    return outcome.dataset


@pytest.fixture
def loaded(boundaries, care):
    return care


MODELS = [
    "activityseries", "activityvalue", "area", "areachange", "authoritycode", "checkrun", "dataset", "feed",
    "feedreading", "indicator", "loadreject", "patch", "patientdistribution", "place", "placefigure",
    "postcode", "practice", "practicelist", "practiceregister", "qualityalert", "tileset", "upload",
]  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_every_model_is_in_the_admin_and_nothing_is_edited_there(loaded, platform_client, model):
    response = platform_client.get(reverse(f"admin:lsoa_{model}_changelist") + "?q=E01000901")
    assert response.status_code == 200
    assert platform_client.get(reverse(f"admin:lsoa_{model}_add")).status_code == 403


def test_long_lists_cost_the_same_whatever_their_length(loaded, platform_client, django_assert_max_num_queries):
    address = reverse("admin:lsoa_area_changelist")
    platform_client.get(address)
    with django_assert_max_num_queries(12) as few:
        platform_client.get(address)
    assert not [query for query in few.captured_queries if 'SELECT COUNT(*) AS "__count" FROM "lsoa_' in query["sql"]]


def test_long_lists_are_counted_no_further_than_anybody_pages(loaded, platform_client, monkeypatch):
    from lsoa.admin import large

    monkeypatch.setattr(large, "MOST_ROWS", 2)
    page = platform_client.get(reverse("admin:lsoa_area_changelist")).content.decode()
    assert "2 areas" in page


def test_every_filter_of_areas_has_words(loaded, platform_client):
    page = platform_client.get("/admin/lsoa/area/").content.decode()
    assert 'href="?region_name="' in page and ">No region</a>" in page


def test_own_figures_of_organisations_are_not_in_the_admin(loaded, platform_client, organisation):
    own = IndicatorFactory(code="own-secret", name="Own secret", organisation=organisation)
    dataset = DatasetFactory(title="Own secret", organisation=organisation, rows_rejected=1)
    IndicatorValueFactory(indicator=own, dataset=dataset, area=Area.objects.first())
    LoadReject.objects.create(dataset=dataset, line=1, reason="Own secret")
    for model in ("dataset", "indicator", "loadreject", "qualityalert"):
        assert "Own secret" not in platform_client.get(reverse(f"admin:lsoa_{model}_changelist")).content.decode()
    assert platform_client.get(reverse("admin:lsoa_dataset_change", args=[dataset.pk])).status_code == 302


def test_a_dataset_shows_its_quality_report_and_rejects(loaded, platform_client):
    page = platform_client.get(reverse("admin:lsoa_dataset_change", args=[loaded.pk])).content.decode()
    assert "rows read 4, loaded 3, rejected 1" in page
    assert "unknown area code" in page and "E01999999" in page
    assert LoadReject.objects.filter(dataset=loaded).count() == 1


@pytest.mark.parametrize("model", [Area, Dataset])
def test_rows_open_for_reading(loaded, platform_client, model):
    address = reverse(f"admin:lsoa_{model._meta.model_name}_change", args=[model.objects.first().pk])
    assert platform_client.get(address).status_code == 200


def test_taking_a_dataset_back_names_who_did_it(loaded, platform_client):
    data = {"action": "roll_back", "_selected_action": [str(loaded.pk)]}
    page = platform_client.post(reverse("admin:lsoa_dataset_changelist"), data, follow=True).content.decode()
    assert "is out of force" in page
    loaded.refresh_from_db()
    assert loaded.state == Dataset.State.ROLLED_BACK
    event = AuditEvent.objects.filter(action="dataset.rolled_back").get()
    assert event.actor_kind == "user"


def test_what_cannot_be_taken_back_says_why(boundaries, platform_client):
    data = {"action": "roll_back", "_selected_action": [str(boundaries.dataset.pk)]}
    page = platform_client.post(reverse("admin:lsoa_dataset_changelist"), data, follow=True).content.decode()
    assert "load the earlier file again" in page


def test_the_admin_is_closed_to_members(loaded, client_as):
    assert client_as("administrator").get(reverse("admin:lsoa_dataset_changelist")).status_code in (302, 403)
