"""Versions of the model and their publication by two people; score runs."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.audit import SystemActor
from accounts.models import AuditEvent, Job, JobState
from accounts.tests.factories import PlatformAdministratorFactory, UserFactory
from lsoa.models import Patch
from lsoa.signals import dataset_loaded
from priorities import services
from priorities.models import ModelVersion, PriorityClass, PriorityScore, ScoreRun
from priorities.tests.factories import (
    DEPRIVED,
    GAP,
    LEAST,
    QUIET,
    WORST,
    current,
    make_areas,
    make_dataset,
    make_figures,
    publish,
    spread,
)

SYSTEM = SystemActor("test:priorities")
pytestmark = pytest.mark.django_db


class TestVersions:
    def test_default_model_is_installed_once(self):
        make_areas(*spread())
        first = services.install_default_model(by=SYSTEM)
        assert services.install_default_model(by=SYSTEM) == first
        assert first.state == ModelVersion.State.DRAFT and first.number == 1

    def test_new_data_make_a_new_version_and_leave_the_published_one(self):
        areas = make_areas(*spread())
        first = publish()
        make_figures({areas[0]: {"gp_travel_minutes": 500.0}}, make_dataset(release="2026"))
        second = services.install_default_model(by=SYSTEM)
        assert (second.number, second.state) == (2, ModelVersion.State.DRAFT)
        first.refresh_from_db()
        assert first.state == ModelVersion.State.PUBLISHED

    def test_percentile_thresholds_come_from_the_loaded_areas(self):
        make_areas(*spread(101), is_synthetic=True)
        thresholds = services.install_default_model(by=SYSTEM).thresholds
        assert thresholds["GP_TRAVEL"]["bounds"] == [45.0, 72.0]
        assert thresholds["RESPIRATORY"]["bounds"] == [45.0, 72.0]
        assert thresholds["RESPIRATORY"]["half_widths"] == [4.5, 4.5]
        assert thresholds["AGE75"]["bounds"] == [8.0, 12.5] and thresholds["AGE75"]["method"] == "fixed"
        assert thresholds["RESPIRATORY"]["extent"] == "101 areas of the fictional city"
        assert len(thresholds["RESPIRATORY"]["datasets"]) == 1

    def test_real_areas_decide_and_a_part_of_england_keeps_national_percentiles(self):
        make_areas(*spread(), is_synthetic=True)
        make_areas(*spread(10))
        thresholds = services.install_default_model(by=SYSTEM).thresholds
        assert thresholds["RESPIRATORY"]["bounds"] == [8.45, 9.76]
        assert thresholds["RESPIRATORY"]["extent"] == "a part of England, 10 areas"

    def test_publication_takes_two_platform_administrators(self):
        make_areas(*spread())
        first, second = PlatformAdministratorFactory(), PlatformAdministratorFactory()
        version = services.install_default_model(by=first)
        with pytest.raises(services.PublicationRefused, match="must be proposed first"):
            services.publish_version(version=version, by=second)
        services.propose_version(version=version, by=first)
        with pytest.raises(services.PublicationRefused, match="second administrator"):
            services.publish_version(version=version, by=first)
        with pytest.raises(services.PublicationRefused, match="Only a platform administrator"):
            services.publish_version(version=version, by=UserFactory())
        published = services.publish_version(version=version, by=second)
        assert (published.state, published.proposed_by, published.published_by) == ("published", first, second)
        actions = AuditEvent.objects.about(version).values_list("action", flat=True)
        assert list(actions) == ["model.published", "model.proposed", "model.drafted"]

    def test_publishing_a_new_version_retires_the_old_one(self):
        areas = make_areas(*spread())
        first = publish()
        make_figures({areas[0]: {"gp_travel_minutes": 500.0}}, make_dataset(release="2026"))
        second = publish()
        first.refresh_from_db()
        assert (first.state, second.state) == ("retired", "published")

    def test_a_version_in_review_can_go_back_to_draft(self):
        make_areas(*spread())
        administrator = PlatformAdministratorFactory()
        version = services.install_default_model(by=administrator)
        services.propose_version(version=version, by=administrator)
        version = services.return_version(version=version, by=administrator)
        assert version.state == "draft" and version.proposed_by is None
        assert services.compute_thresholds(version=version, by=administrator).thresholds

    def test_thresholds_of_a_published_version_cannot_change(self):
        make_areas(*spread())
        with pytest.raises(services.PublicationRefused, match="not a draft"):
            services.compute_thresholds(version=publish(), by=SYSTEM)


class TestDatabaseRules:
    """What must be true whatever program writes."""

    @pytest.fixture
    def version(self):
        make_areas(*spread())
        return publish()

    @pytest.mark.parametrize(
        "change",
        [{"thresholds": {"AGE75": {}}}, {"definition": "<DEXi/>"}, {"minutes": {}}, {"number": 9}, {"state": "draft"}],
    )
    def test_a_published_version_is_immutable(self, version, change):
        with pytest.raises(DatabaseError, match="draft"), transaction.atomic():
            ModelVersion.objects.filter(pk=version.pk).update(**change)

    def test_a_published_version_cannot_be_deleted(self, version):
        with pytest.raises(DatabaseError, match="only a draft"), transaction.atomic():
            ModelVersion.objects.filter(pk=version.pk).delete()

    def test_proposer_and_publisher_differ(self, version):
        person = PlatformAdministratorFactory()
        with pytest.raises(IntegrityError, match="model_published_by_two_people"), transaction.atomic():
            ModelVersion.objects.create(
                name="Other",
                number=1,
                state="published",
                definition="",
                inputs={},
                minutes={},
                thresholds={"A": 1},
                reason="Tried alone",
                proposed_by=person,
                published_by=person,
                published_at=timezone.now(),
            )

    @pytest.mark.parametrize(
        ("change", "constraint"),
        [
            ({"priority": 0, "lowest": 1, "highest": 1}, "score_within_its_range"),
            ({"is_provisional": True}, "score_provisional_when_open"),
            ({"probability": 0}, "score_probability_valid"),
            ({"visit_minutes": 95, "visit_minutes_highest": 95}, "score_minutes_within_bounds"),
            ({"priority": 4, "highest": 4, "is_provisional": True}, "score_class_is_known"),
        ],
    )
    def test_impossible_scores_are_refused(self, version, change, constraint):
        services.score_areas(by=SYSTEM)
        score = PriorityScore.objects.filter(lowest=3).first()
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            PriorityScore.objects.filter(pk=score.pk).update(**change)


class TestScoring:
    def test_classes_minutes_and_rules_of_known_areas(self):
        quiet, deprived, worst, *_ = make_areas(QUIET, DEPRIVED, WORST, *spread())
        publish()
        run = services.score_areas(by=SYSTEM)
        assert [current(area).priority for area in (quiet, deprived, worst)] == [
            PriorityClass.ROUTINE,
            PriorityClass.STANDARD,
            PriorityClass.URGENT,
        ]
        assert [current(area).visit_minutes for area in (quiet, deprived, worst)] == [20, 30, 85]
        root_rules = [current(area).node_rules[0] for area in (quiet, deprived, worst)]
        assert root_rules == [0, 6, 47]
        assert run.area_count == 23 and run.changes["new"] == 23 and run.changed_count is None
        assert sum(run.class_counts.values()) == 23

    def test_a_missing_figure_leaves_its_range_open(self):
        _, area = make_areas(QUIET, GAP, *spread())[:2]
        publish()
        run = services.score_areas(by=SYSTEM)
        score = current(area)
        assert not score.is_provisional and score.priority == PriorityClass.URGENT
        assert (score.visit_minutes_lowest, score.visit_minutes_highest) == (70, 85)
        assert score.run.sources[score.source]["missing"] == {"low_english_share": "suppressed"}
        assert run.provisional_count == 0

    def test_an_area_without_any_figure_is_provisional_over_all_classes(self):
        dataset = make_dataset()
        area, *_ = make_areas({}, *spread(), dataset=dataset)
        publish()
        services.score_areas(by=SYSTEM)
        score = current(area)
        assert score.is_provisional and (score.lowest, score.highest) == (0, 3)
        assert 0 < score.probability < 1
        assert (score.visit_minutes_lowest, score.visit_minutes_highest) == (20, 85)

    def test_figures_loaded_after_the_thresholds_do_not_count_silently(self):
        without = [{k: v for k, v in figures.items() if k != "gp_travel_minutes"} for figures in spread()]
        areas = make_areas(*without)
        version = publish()
        assert version.thresholds["GP_TRAVEL"]["bounds"] is None
        make_figures({area: {"gp_travel_minutes": 50.0} for area in areas}, make_dataset())
        services.score_areas(by=SYSTEM)
        score = current(areas[-1])
        column = version.compiled.model.inputs.index(version.compiled.model.find("GP_TRAVEL").index)
        assert score.input_values[column] == 50.0
        assert score.node_lows[version.compiled.model.find("GP_TRAVEL").index] == 0
        assert score.node_highs[version.compiled.model.find("GP_TRAVEL").index] == 2

    def test_only_the_latest_run_is_current_and_changes_are_counted(self):
        areas = make_areas(QUIET, *spread())
        publish()
        first = services.score_areas(by=SYSTEM)
        make_figures({areas[0]: WORST}, make_dataset(release="2026"))
        second = services.score_areas(by=SYSTEM)
        assert second.changes == {"rose": 1, "fell": 0, "same": 20, "new": 0} and second.changed_count == 1
        assert current(areas[0]).previous_priority == PriorityClass.ROUTINE
        assert set(PriorityScore.objects.current().values_list("run_id", flat=True)) == {second.pk}
        assert areas[0].scores.count() == 2 and first.scores.count() == 21

    def test_a_patch_is_scored_alone(self, organisation):
        areas = make_areas(QUIET, WORST, *spread())
        publish()
        whole = services.score_areas(by=SYSTEM)
        patch = Patch.objects.create(organisation=organisation, name="North", slug="north")
        patch.areas.add(areas[1])
        part = services.score_areas(by=SYSTEM, patch=patch)
        assert part.area_count == 1
        assert current(areas[1]).run == part and current(areas[0]).run == whole
        assert PriorityScore.objects.current().count() == len(areas)

    def test_a_stop_before_the_end_leaves_everything_as_it_was(self):
        make_areas(*spread())
        publish()

        def stop(percent, message):
            if percent >= 60:
                raise RuntimeError("stopped")

        with pytest.raises(RuntimeError, match="stopped"):
            services.score_areas(by=SYSTEM, progress=stop)
        assert not ScoreRun.objects.exists() and not PriorityScore.objects.exists()

    def test_scoring_needs_a_published_model_and_areas(self):
        with pytest.raises(services.NothingToScore, match="No version"):
            services.score_areas(by=SYSTEM)
        make_areas(*spread())
        draft = services.install_default_model(by=SYSTEM)
        with pytest.raises(services.NothingToScore, match="not published"):
            services.score_areas(by=SYSTEM, version=draft)

    def test_scoring_leaves_an_audit_event(self):
        make_areas(*spread())
        publish()
        run = services.score_areas(by=SYSTEM)
        event = AuditEvent.objects.about(run).get()
        assert event.action == "scores.calculated" and event.details["areas"] == 20


class TestNewData:
    def test_loading_marks_thresholds_and_scores_as_outdated_and_changes_nothing(self):
        areas = make_areas(*spread())
        version = publish()
        run = services.score_areas(by=SYSTEM)
        newer = make_dataset(release="2026")
        make_figures({areas[0]: {"qof_respiratory_standardised": 1.0}}, newer)
        dataset_loaded.send(sender=None, dataset=newer)
        version.refresh_from_db()
        run.refresh_from_db()
        assert "Made-up figures, 2026" in version.outdated_because and run.outdated_at
        assert ScoreRun.objects.count() == 1

    def test_a_fixed_threshold_is_not_outdated_by_new_figures(self):
        areas = make_areas(*spread())
        version = publish()
        newer = make_dataset(release="2026")
        make_figures({areas[0]: {"age75_share": 1.0}}, newer)
        dataset_loaded.send(sender=None, dataset=newer)
        version.refresh_from_db()
        assert version.outdated_at is None

    def test_rolling_back_what_was_read_outdates_the_scores(self):
        dataset = make_dataset()
        make_areas(*spread(), dataset=dataset)
        publish()
        run = services.score_areas(by=SYSTEM)
        dataset.state = "rolled_back"
        dataset.save()
        dataset_loaded.send(sender=None, dataset=dataset)
        run.refresh_from_db()
        assert run.outdated_because == "Made-up figures, 2025 is no longer in force"

    def test_data_that_the_model_does_not_read_do_not_matter(self):
        make_areas(*spread())
        publish()
        run = services.score_areas(by=SYSTEM)
        dataset_loaded.send(sender=None, dataset=make_dataset())
        run.refresh_from_db()
        assert run.outdated_at is None


class TestBackground:
    def test_a_queued_run_ends_with_current_scores(self, django_capture_on_commit_callbacks):
        make_areas(*spread())
        publish()
        administrator = PlatformAdministratorFactory()
        with django_capture_on_commit_callbacks(execute=True):
            job = services.start_score_run(by=administrator)
        job = Job.objects.get(pk=job.pk)
        assert job.state == JobState.SUCCEEDED and job.result["areas"] == 20
        run = ScoreRun.objects.get()
        assert run.job == job and run.started_by == administrator

    def test_a_second_delivery_does_nothing(self, django_capture_on_commit_callbacks):
        from priorities.tasks import score_in_background

        make_areas(*spread())
        publish()
        with django_capture_on_commit_callbacks(execute=True):
            job = services.start_score_run(by=SYSTEM)
        score_in_background(str(job.pk))
        assert ScoreRun.objects.count() == 1


def test_least_and_most_cover_every_input():
    make_areas(*spread())
    assert set(publish().inputs.values()) == set(LEAST)
