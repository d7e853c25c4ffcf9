"""What a score holds beside its class: place inside it, how sure, expected minutes, unmet need, why it changed."""

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction

from accounts.audit import SystemActor
from accounts.tests.factories import PlatformAdministratorFactory
from lsoa.models import Patch
from priorities import services
from priorities.default_model import INPUTS
from priorities.dex.analyses.perturbation import Perturbation
from priorities.dex.analyses.sensitivity import class_stability
from priorities.dex.analyses.unmet_need import unmet_need
from priorities.explanations import explain_score
from priorities.models import ModelVersion, PriorityClass, PriorityScore, ScoreRun
from priorities.tests.factories import (
    GAP,
    LEAST,
    MOST,
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


def column(score, name: str) -> int:
    model = score.run.model_version.compiled.model
    return model.inputs.index(model.find(name).index)


def from_what_is_stored(score) -> list:
    """What would change the class is searched for when it is asked, for as long as that may take."""
    return [section for section in explain_score(score).sections if section.kind != "changes"]


class TestRanking:
    def test_more_need_ranks_higher_inside_a_class(self):
        middling = {code: (LEAST[code] + MOST[code]) / 2 for code in LEAST} | {"imd_decile": 1.0}
        figures = [WORST, middling | {"gp_travel_minutes": 89.0}, WORST | {"age75_share": 89.0}, *spread()]
        most, _, less, *_ = make_areas(*figures)
        publish()
        services.score_areas(by=SYSTEM)
        assert current(most).priority == current(less).priority == PriorityClass.URGENT
        assert current(most).rank_offset > current(less).rank_offset

    def test_lists_go_by_class_then_by_place_then_by_code(self):
        make_areas(QUIET, QUIET, WORST, *spread(40))
        publish()
        services.score_areas(by=SYSTEM)
        scores = list(PriorityScore.objects.current().most_urgent_first().select_related("area"))
        keys = [(-score.priority, -score.rank_offset, score.area.code) for score in scores]
        assert keys == sorted(keys)
        assert len({key[:2] for key in keys}) > 35
        assert all(-0.5 <= score.rank_offset <= 0.5 for score in scores)

    def test_the_place_of_an_area_does_not_depend_on_other_areas(self, organisation):
        areas = make_areas(QUIET, *spread())
        publish()
        services.score_areas(by=SYSTEM)
        before = current(areas[7])
        patch = Patch.objects.create(organisation=organisation, name="North", slug="north")
        patch.areas.add(areas[7])
        services.score_areas(by=SYSTEM, patch=patch)
        after = current(areas[7])
        assert after.run != before.run
        for field in ("rank_offset", "stability", "class_probabilities", "expected_minutes", "unmet_need"):
            assert getattr(after, field) == getattr(before, field)


class TestSureness:
    @pytest.fixture
    def scores(self):
        make_areas(QUIET, WORST, GAP, {}, *spread(60))
        publish()
        services.score_areas(by=SYSTEM)
        return list(PriorityScore.objects.current().with_explanation().order_by("area__code"))

    def test_probabilities_sum_to_one_and_an_area_off_all_bounds_is_sure(self, scores):
        assert all(sum(score.class_probabilities) == pytest.approx(1) for score in scores)
        quiet, worst = scores[:2]
        assert quiet.class_probabilities == [1, 0, 0, 0] and quiet.stability == 1
        assert worst.class_probabilities == [0, 0, 0, 1] and worst.expected_minutes == 85

    def test_stability_is_the_share_of_the_draws_that_the_explanation_speaks_of(self, scores):
        version = scores[0].run.model_version.compiled
        figures = np.array([score.input_values for score in scores])
        drawn = class_stability(version.model, version.thresholds, figures, Perturbation(thresholds=1.0))
        assert [score.stability for score in scores] == pytest.approx(drawn.share.tolist())
        assert 0 < min(score.stability for score in scores) < 1

    def test_an_older_score_without_stored_facts_is_explained_in_the_same_words(self, scores):
        for score in scores[:12]:
            stored = from_what_is_stored(score)
            score.stability = score.class_probabilities = score.unmet_need = None
            assert from_what_is_stored(score) == stored

    def test_missing_figures_leave_all_their_classes_open(self, scores):
        gap, empty = scores[2:4]
        assert gap.expected_minutes == pytest.approx(70 + 15 / 3)
        assert (gap.visit_minutes_lowest, gap.visit_minutes_highest) == (70, 85)
        assert min(empty.class_probabilities) > 0
        assert empty.unmet_need is None

    def test_minutes_show_what_is_likely_near_a_threshold(self, scores):
        for score in scores:
            assert score.visit_minutes_lowest <= score.expected_minutes + 2.5
            assert score.expected_minutes - 2.5 <= score.visit_minutes_highest
            assert score.visit_minutes_lowest <= score.visit_minutes <= score.visit_minutes_highest


class TestUnmetNeed:
    def test_deprived_in_bad_health_and_little_diagnosed(self):
        diagnosed = [INPUTS[name].indicator for name in ("CARDIOMETABOLIC", "RESPIRATORY", "MENTAL_COGNITIVE")]
        hidden = WORST | dict.fromkeys(diagnosed, 0.0)
        unknown = hidden | dict.fromkeys(diagnosed, None)
        areas = make_areas(hidden, unknown, WORST, QUIET, *spread())
        publish()
        services.score_areas(by=SYSTEM)
        assert [current(area).unmet_need for area in areas[:4]] == [True, None, False, False]

    def test_it_is_the_plain_rule_for_every_area(self):
        areas = make_areas(*spread(40))
        version = publish()
        services.score_areas(by=SYSTEM)
        low = [version.thresholds[name]["bounds"][0] for name in ("CARDIOMETABOLIC", "RESPIRATORY", "MENTAL_COGNITIVE")]
        for area in areas:
            score = current(area)
            decile, health, *diagnosed = (
                score.input_values[column(score, name)]
                for name in ("DEPRIVATION", "BAD_HEALTH", "CARDIOMETABOLIC", "RESPIRATORY", "MENTAL_COGNITIVE")
            )
            assert score.unmet_need == unmet_need(decile, health, diagnosed, low)


class TestReasonsForChange:
    def test_a_first_score_has_nothing_before_it(self):
        area, *_ = make_areas(QUIET, *spread())
        publish()
        services.score_areas(by=SYSTEM)
        score = current(area)
        assert (score.previous_priority, score.changed_because, score.changed_inputs) == (None, "", None)

    def test_figures_are_the_cause_and_the_inputs_are_named(self):
        changed, still, *_ = make_areas(QUIET, WORST, *spread())
        publish()
        services.score_areas(by=SYSTEM)
        make_figures({changed: WORST | {"imd_decile": 10.0}}, make_dataset(release="2026"))
        services.score_areas(by=SYSTEM)
        score = current(changed)
        expected = set(range(12)) - {column(score, "DEPRIVATION")}
        assert score.priority > score.previous_priority == PriorityClass.ROUTINE
        assert score.changed_because == "data" and set(score.changed_inputs) == expected
        assert score.changed_inputs == sorted(score.changed_inputs)
        assert (current(still).changed_because, current(still).changed_inputs) == ("", [])

    def test_another_model_is_the_cause_where_the_figures_stayed(self):
        area, still, *_ = make_areas(WORST, QUIET, *spread())
        version = publish()
        services.score_areas(by=SYSTEM)
        with_rules_reversed_at_the_top(version)
        services.score_areas(by=SYSTEM)
        score = current(area)
        assert (score.previous_priority, score.priority) == (PriorityClass.URGENT, PriorityClass.ELEVATED)
        assert (score.changed_because, score.changed_inputs) == ("model", [])
        assert current(still).changed_because == ""

    def test_a_figure_that_goes_missing_changes_its_input(self):
        area, *_ = make_areas(WORST, *spread())
        publish()
        services.score_areas(by=SYSTEM)
        make_figures({area: {"low_english_share": None}}, make_dataset(release="2026"))
        services.score_areas(by=SYSTEM)
        score = current(area)
        assert score.changed_inputs == [column(score, "LOW_ENGLISH")] and score.changed_because == ""

    def test_a_score_from_elsewhere_without_figures_says_only_that_it_changed(self):
        area, *_ = make_areas(QUIET, *spread())
        publish()
        services.score_areas(by=SYSTEM)
        PriorityScore.objects.filter(area=area).update(
            input_values=[], priority=PriorityClass.STANDARD, lowest=1, highest=1
        )
        services.score_areas(by=SYSTEM)
        score = current(area)
        assert score.previous_priority == PriorityClass.STANDARD
        assert (score.changed_because, score.changed_inputs) == ("", None)


def with_rules_reversed_at_the_top(version: ModelVersion) -> ModelVersion:
    """The next version, in force: what was urgent whatever else is now elevated."""
    author, reviewer = PlatformAdministratorFactory(), PlatformAdministratorFactory()
    draft = services.new_draft(source=version, by=author, title="Nothing is urgent")
    definition = draft.definition.replace(
        "001001111111001112112223112112223223223223223333", "001001111111001112112222112112222222222222222222"
    )
    draft = services.save_draft(version=draft, by=author, revision=draft.revision, definition=definition)
    services.propose_version(version=draft, by=author, reason="A test of what changes")
    return services.publish_version(version=draft, by=reviewer, recalculate=False)


class TestTheTable:
    """What must be true whatever program writes."""

    @pytest.fixture
    def score(self):
        make_areas(WORST, *spread())
        publish()
        services.score_areas(by=SYSTEM)
        return PriorityScore.objects.current().first()

    @pytest.mark.parametrize(
        ("change", "constraint"),
        [
            ("rank_offset = 0.6", "score_offset_stays_in_its_class"),
            ("stability = 1.1", "score_stability_valid"),
            ("expected_minutes = -1", "score_expected_minutes_valid"),
            ("changed_because = 'data'", "score_reason_only_for_a_change"),
            ("changed_because = 'data', previous_priority = priority", "score_reason_only_for_a_change"),
            ("area_id = (SELECT max(id) FROM lsoa_area)", "score_keeps_its_place"),
        ],
    )
    def test_impossible_values_are_refused(self, score, change, constraint):
        statement = f"UPDATE priorities_priorityscore SET {change} WHERE id = %s"
        with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [score.pk])
        assert refused.value.__cause__.diag.constraint_name == constraint

    @pytest.mark.parametrize("field", ["area_id", "run_id"])
    def test_a_score_needs_its_area_and_its_run(self, score, field):
        strange = {"area_id": "0", "run_id": "gen_random_uuid()"}
        chosen = {"area_id": "area_id", "run_id": "run_id"} | {field: strange[field]}
        copied = """
        INSERT INTO priorities_priorityscore (area_id, run_id, is_current, priority, lowest, highest, probability,
            is_provisional, node_classes, node_lows, node_highs, node_rules, input_values, input_relief, source,
            visit_minutes, visit_minutes_lowest, visit_minutes_highest)
        SELECT {area_id}, {run_id}, false, priority, lowest, highest, probability, is_provisional, node_classes,
            node_lows, node_highs, node_rules, input_values, input_relief, source, visit_minutes,
            visit_minutes_lowest, visit_minutes_highest
        FROM priorities_priorityscore WHERE id = %s
        """
        refused = pytest.raises(IntegrityError, match=f"refers to a missing {field[:-3]}")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(copied.format(**chosen), [score.pk])

    @pytest.mark.parametrize("table", ["priorities_scorerun", "lsoa_area"])
    def test_areas_and_runs_with_scores_stay(self, score, table):
        refused = pytest.raises(IntegrityError, match=f"deleted row of {table}")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")

    def test_a_second_score_in_force_is_refused(self, score):
        services.score_areas(by=SYSTEM)
        with pytest.raises(IntegrityError, match="score_one_current_per_area"), transaction.atomic():
            PriorityScore.objects.filter(pk=score.pk).update(is_current=True)

    def test_a_run_goes_with_its_scores(self, score):
        ScoreRun.objects.get(pk=score.run_id).delete()
        assert not PriorityScore.objects.exists()
