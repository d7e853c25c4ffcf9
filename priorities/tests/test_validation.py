"""Validation through its doors: the command, the background job and the page."""

import re

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.audit import SystemActor
from accounts.models import AuditEvent, Job
from accounts.tests.factories import MembershipFactory, UserFactory
from accounts.tests.sessions import sign_in
from healthequiroute.testing.shared import shared
from lsoa.models import Area, Dataset, IndicatorValue
from priorities import default_model, services
from priorities.models import ModelVersion, ValidationReport
from priorities.tasks import validate_in_background
from priorities.tests.factories import make_areas, make_dataset, make_figures, publish, spread
from priorities.validation import holding
from priorities.validation.page import ValidationPage
from priorities.validation.variants import PAIRS

pytestmark = pytest.mark.django_db
URL = "/methods/priorities/"


def figures(count=60):
    """England in small: need rises evenly; crude registers fall where standardised ones rise."""
    rows = spread(count)
    for place, row in enumerate(rows):
        for crude, standardised in PAIRS.items():
            row[crude] = 90.0 - row[standardised]
        row |= {
            "population": 1_500.0, "imd_rank": float(count - place), "acute_morbidity_ratio": 50.0 + place,
            "comparative_illness_ratio": 50.0 + place, "years_of_potential_life_lost": 40.0 + place,
            "disabled_lot_share": 1.0 + place / 10, "income_deprived_older_people": float(place),
        }  # fmt: skip
    return rows


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    """What is drawn is tested with the analyses; here a few draws show that the report holds them."""
    monkeypatch.setattr(holding, "DRAWS", 3)
    monkeypatch.setattr(holding, "CLASS_DRAWS", 5)


@pytest.fixture
@shared
def england():
    areas = make_areas(*figures())
    for place, area in enumerate(areas):
        area.region_name, area.rural_urban_name = ("North", "Urban") if place % 2 else ("South", "Rural")
    Area.objects.bulk_update(areas, ["region_name", "rural_urban_name"])
    publish()
    return areas


@pytest.fixture
def report(england):
    return services.validate_priorities(by=UserFactory())


def text_of(response):
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


class TestReport:
    def test_says_how_both_readings_split(self, report):
        own, other = report.result["readings"]
        assert (own["key"], other["key"], report.result["own"]) == ("standardised", "crude", "standardised")
        assert sum(own["counts"]) == sum(other["counts"]) == report.area_count == 60
        assert sum(own["shares"]) == pytest.approx(1)

    def test_crude_registers_get_bounds_of_their_own(self, report):
        own, other = (entry["bounds"]["RESPIRATORY"] for entry in report.result["readings"])
        values = [row["qof_respiratory"] for row in figures()]
        assert other == pytest.approx(np.percentile(values, [50, 80]), abs=0.01) and own != other

    def test_where_standardised_registers_agree_with_outcomes_and_crude_ones_do_not_it_says_so(self, report):
        entry = report.result["outcomes"][0]
        assert entry["indicator"] == "acute_morbidity_ratio" and entry["circularity"] == "indices"
        clinical = {key: ranks["CLINICAL_NEED"] for key, ranks in entry["ranks"].items()}
        assert clinical["standardised"] > clinical["crude"]

    def test_what_the_model_reads_itself_is_called_circular(self, report):
        found = {entry["indicator"]: entry["circularity"] for entry in report.result["outcomes"]}
        assert found["bad_health_share"] == "input" and found["disabled_lot_share"] == "same_answers"

    def test_the_first_tenth_gathers_less_than_the_need_itself_and_more_than_a_tenth(self, report):
        orders = report.result["concentration"][0]["orders"]
        assert 0.1 < orders["standardised"]["top"] <= orders["need"]["top"]

    def test_splits_add_up(self, report):
        splits = {entry["key"]: entry for entry in report.result["splits"]}
        assert splits["region"]["names"] == ["North", "South"]
        for entry in splits.values():
            assert sum(map(sum, entry["counts"]["standardised"])) == 60

    def test_weights_drawn_at_random_move_the_ranking_the_more_the_farther_they_lie(self, report):
        drawn = [entry["correlation"]["median"] for entry in report.result["weights"] if entry["draws"] > 1]
        assert all(0 < value <= 1 for value in drawn)
        assert report.result["hold"]["draws"] == 5

    def test_names_every_dataset_and_what_is_missing(self, report):
        assert report.datasets and set(report.datasets) == set(report.result["datasets"])
        assert report.result["missing"] == ["neighbourhoods", "releases"]

    def test_leaves_an_audit_event(self, report):
        event = AuditEvent.objects.get(action="model.validated")
        assert event.details == {"report": str(report.pk), "areas": 60}

    def test_areas_without_a_figure_are_left_out_not_counted_as_zero(self, england):
        make_figures({england[0]: {"acute_morbidity_ratio": None}}, make_dataset())
        gone = IndicatorValue.objects.filter(area=england[0], indicator__code="acute_morbidity_ratio", value=None)
        assert gone.exists()
        report = services.validate_priorities(by=UserFactory())
        assert report.result["outcomes"][0]["areas"] == 59

    def test_without_crude_registers_the_model_stands_alone(self):
        make_areas(*spread(30))
        publish()
        result = services.validate_priorities(by=UserFactory()).result
        assert [entry["key"] for entry in result["readings"]] == ["standardised"]
        assert result["between"] is None and "crude registers" in result["missing"]


class TestReleases:
    def test_an_earlier_release_of_a_publication_is_compared(self):
        newer = make_dataset(publication="indices", release="2025")
        older = make_dataset(release="2019", state=Dataset.State.SUPERSEDED)
        Dataset.objects.filter(pk=older.pk).update(publication=newer.publication)
        areas = make_areas(*figures(40), dataset=newer)
        same = IndicatorValue.objects.filter(dataset=newer, indicator__code="imd_decile")
        IndicatorValue.objects.bulk_create(
            IndicatorValue(
                area_id=row.area_id, indicator_id=row.indicator_id, dataset=older, period="2019", value=row.value
            )
            for row in same.exclude(area=areas[0])
        )
        publish()
        (entry,) = services.validate_priorities(by=UserFactory()).result["releases"]
        assert entry["title"] == "Made-up figures, 2019" and entry["indicators"] == ["imd_decile"]
        assert entry["kept"]["areas"] == 39 and entry["kept"]["same"] == 1.0 and entry["kept"]["rank"] == 1.0
        assert "recomputed" not in entry


class TestDoors:
    def test_the_command_answers_with_the_main_figures(self, england, capsys):
        call_command("validate_priorities")
        written = capsys.readouterr()
        assert "LSOA visit priority, version 1: a part of England, 60 areas" in written.out
        assert "standardised: routine " in written.out and "acute_morbidity_ratio (indices)" in written.out
        assert "Drawing weights" in written.err
        assert ValidationReport.objects.get().created_by is None

    def test_the_command_takes_a_draft_by_its_number(self, capsys):
        make_areas(*figures(20))
        version = services.install_default_model(by=SystemActor("test"))
        call_command("validate_priorities", number=version.number)
        assert ValidationReport.objects.get().model_version == version
        with pytest.raises(CommandError, match=f"no version 9 of {default_model.NAME}"):
            call_command("validate_priorities", number=9)

    def test_without_a_published_version_it_says_what_to_do(self):
        with pytest.raises(CommandError, match="install_default_model"):
            call_command("validate_priorities")

    def test_a_version_without_thresholds_is_refused(self, england):
        draft = ModelVersion.objects.get()
        draft.pk, draft.number, draft.state, draft.thresholds = None, 7, "draft", {}
        draft._state.adding = True
        draft.save()
        with pytest.raises(CommandError, match="version 7 has no thresholds"):
            call_command("validate_priorities", number=7)

    def test_a_queued_validation_ends_with_a_report(
        self, england, platform_administrator, django_capture_on_commit_callbacks
    ):
        job = services.start_validation(by=platform_administrator)
        validate_in_background.call_local(str(job.pk))
        job.refresh_from_db()
        report = ValidationReport.objects.get()
        assert job.state == "succeeded" and job.result["report"] == str(report.pk)
        assert report.created_by == platform_administrator and report.job == job and job.url == URL


class TestPage:
    @pytest.fixture
    def viewer(self, client, organisation):
        client.force_login(MembershipFactory(organisation=organisation, roles=["viewer"]).user)
        return client

    def test_says_when_nothing_was_validated(self, viewer):
        assert "have not been validated yet" in text_of(viewer.get(URL))

    def test_shows_both_readings_with_date_version_and_circularity(self, viewer, report):
        text = text_of(viewer.get(URL))
        assert "LSOA visit priority, version 1 (published)" in text
        assert "Standardised for age" in text and "Crude registers" in text
        assert "Much of this agreement is circular" in text
        assert "Partly circular: counted by the indices of deprivation" in text
        assert "No earlier release" not in text and "no earlier release of what the model reads is held" in text

    def test_every_table_leads_to_its_datasets(self, viewer, report):
        content = viewer.get(URL).content.decode()
        for pk in report.datasets:
            assert reverse("dataset", args=[pk]) in content
        page = ValidationPage()
        tables = [page.split, page.moves, page.core20, page.outcomes, page.worst, page.deprivation, page.needs,
                  page.weights, page.hold, page.inputs]  # fmt: skip
        assert all(table.rows and table.sources for table in tables)

    def test_charts_are_drawn_in_the_page_and_described(self, viewer, report):
        content = viewer.get(URL, {"need": "disabled_lot_share"}).content.decode()
        assert "Share of need gathered: disabled_lot_share" in content
        assert content.count('<svg class="her-chart her-chart--ratio') == 2
        assert content.count('<div class="her-lines"') == 2 and "<desc" in content
        assert content.count('<div class="her-bars') == 3
        assert "In the first tenth of residents: standardised for age" in content

    def test_an_older_report_can_be_read(self, viewer, report):
        newer = services.validate_priorities(by=UserFactory())
        assert ValidationPage().report == newer
        assert ValidationPage(str(report.pk)).report == report
        assert ValidationPage("not-an-id").report == newer
        assert f"?report={report.pk}" in viewer.get(URL).content.decode()

    def test_a_report_of_an_earlier_shape_is_not_shown(self, viewer, report):
        ValidationReport.objects.update(result={"shape": 0})
        assert "have not been validated yet" in text_of(viewer.get(URL))

    def test_the_published_version_comes_before_a_newer_draft(self, report):
        draft = ModelVersion.objects.get()
        draft.pk, draft.number, draft.state = None, 2, "draft"
        draft._state.adding = True
        draft.save()
        services.validate_priorities(by=UserFactory(), version=draft)
        assert ValidationPage().report == report

    def test_newer_data_are_said(self, viewer, england, report):
        assert "Other data feed the model now" not in text_of(viewer.get(URL))
        newer = make_dataset(release="2026")
        make_figures({area: {"qof_respiratory_standardised": 5.0} for area in england}, newer)
        assert "Other data feed the model now" in text_of(viewer.get(URL))

    def test_only_platform_administrators_ask_for_it_anew(self, client, viewer, england, platform_administrator):
        address = reverse("methods-priorities-validate")
        assert viewer.post(address).status_code == 403
        sign_in(client, platform_administrator)
        assert "runs in the background" in text_of(client.post(address, follow=True))
        assert Job.objects.get().title == "Validate LSOA visit priority, version 1"

    def test_asking_without_a_published_model_is_answered(self, client, platform_administrator):
        sign_in(client, platform_administrator)
        answer = client.post(reverse("methods-priorities-validate"), follow=True)
        assert "No version of the model is published" in text_of(answer)
