"""Why a class changed: figures, thresholds, rules, or several of them; one area, many areas, two runs."""

import numpy as np
import pytest

from accounts.audit import SystemActor
from accounts.tests.factories import PlatformAdministratorFactory
from lsoa.models import Patch
from priorities import services
from priorities.changes import (
    Cause,
    causes_of_change,
    changed_inputs,
    changes_over_time,
    compare_runs,
    why_changed,
)
from priorities.models import ModelVersion, PriorityScore, ScoreRun
from priorities.tests.factories import (
    DEPRIVED,
    QUIET,
    WORST,
    make_areas,
    make_dataset,
    make_figures,
)

SYSTEM = SystemActor("test:changes")
pytestmark = pytest.mark.django_db


def scores_of(area):
    return list(PriorityScore.objects.with_explanation().filter(area=area).order_by("-run__finished_at"))


def publish_changed(**fields) -> ModelVersion:
    """A new version with other thresholds or rules, published by a second person."""
    author, reviewer = PlatformAdministratorFactory(), PlatformAdministratorFactory()
    source = ModelVersion.objects.national().published().get()
    draft = services.new_draft(source=source, by=author, title="Changed")
    draft = services.save_draft(version=draft, by=author, revision=draft.revision, **fields)
    services.propose_version(version=draft, by=author, reason="A trial of the tests")
    draft.refresh_from_db()
    services.publish_version(version=draft, by=reviewer, recalculate=False)
    return ModelVersion.objects.national().published().get()


def bands_of(*, deprived_from: float) -> dict:
    """Bands of deprivation whose most deprived one begins elsewhere."""
    entry = ModelVersion.objects.national().published().get().thresholds["DEPRIVATION"]
    return {"DEPRIVATION": entry | {"bounds": [deprived_from, *entry["bounds"][1:]]}}


def test_new_figures_are_the_cause_and_named_with_their_datasets(areas):
    dataset = make_dataset(release="2026")
    make_figures({areas[0]: WORST}, dataset)
    services.score_areas(by=SYSTEM)
    (change,) = changes_over_time(scores_of(areas[0]))
    assert change.cause is Cause.DATA and change.rises and change.is_move
    assert change.sentence == "Rose from routine to urgent because of new figures."
    no_car = next(each for each in change.inputs if each.attribute == "NO_CAR")
    assert no_car.sentence == "Households without a car: 0.0% (low) became 90.0% (high)."
    assert no_car.because == "figure" and no_car.dataset_after == str(dataset.pk) != no_car.dataset_before
    assert change.text.startswith(change.sentence) and no_car.sentence in change.text


def test_moved_bounds_are_the_model(areas):
    publish_changed(thresholds=bands_of(deprived_from=0.5))
    services.score_areas(by=SYSTEM)
    (change,) = changes_over_time(scores_of(areas[1]))
    assert change.cause is Cause.MODEL and not change.rises
    assert change.sentence == "Fell from standard to routine because the model changed, from version 1 to version 2."
    (moved,) = change.inputs
    assert moved.because == "threshold"
    assert moved.sentence == "Deprivation: Core20 became deprived at decile 1.0, as its bounds moved."


def test_figures_and_bounds_together_are_both(areas):
    """Core20 alone makes standard: the decile moves and so does the band, and neither alone would have done it."""
    publish_changed(thresholds=bands_of(deprived_from=4.5))
    make_figures({areas[0]: {"imd_decile": 4.0}}, make_dataset(release="2026"))
    services.score_areas(by=SYSTEM)
    (change,) = changes_over_time(scores_of(areas[0]))
    assert change.cause is Cause.BOTH and change.rises
    assert "figures and model changed" in change.sentence


def test_new_figures_under_a_new_model_that_plays_no_part(areas):
    publish_changed(thresholds=bands_of(deprived_from=2.5))
    make_figures({areas[0]: WORST}, make_dataset(release="2026"))
    services.score_areas(by=SYSTEM)
    (change,) = changes_over_time(scores_of(areas[0]))
    assert change.cause is Cause.DATA and "because of new figures, not of the new model" in change.sentence


def test_what_stays_says_so(areas):
    services.score_areas(by=SYSTEM)
    (change,) = changes_over_time(scores_of(areas[2]))
    assert change.cause is Cause.NONE and change.text == "Stayed urgent." and not change.is_move


def test_an_area_that_gets_its_figures_has_them_named(areas):
    make_figures({areas[3]: QUIET}, make_dataset(release="2026"))
    services.score_areas(by=SYSTEM)
    newer, older = scores_of(areas[3])
    change = why_changed(older, newer)
    assert len(change.inputs) == 12
    assert "no figure (not known) became 0.0% (low)" in change.inputs[0].sentence
    back = why_changed(newer, older)
    assert "became no figure (not known)" in back.inputs[0].sentence


def test_history_costs_one_query_more_than_its_scores(areas, django_assert_num_queries):
    services.score_areas(by=SYSTEM)
    scores = scores_of(areas[0])
    changes_over_time(scores)
    with django_assert_num_queries(1):
        changes_over_time(scores)


def test_many_areas_at_once_agree_with_one_by_one(areas):
    publish_changed(thresholds=bands_of(deprived_from=0.5))
    make_figures({areas[0]: WORST, areas[4]: DEPRIVED}, make_dataset(release="2026"))
    services.score_areas(by=SYSTEM)
    pairs = [scores_of(area)[::-1] for area in areas]
    old, new = (pairs[0][side].run.model_version.compiled for side in (0, 1))
    sides = [np.array([pair[side].input_values for pair in pairs], dtype=float) for side in (0, 1)]
    classes = [np.array([pair[side].priority for pair in pairs]) for side in (0, 1)]
    causes = causes_of_change(old, new, *sides, *classes)
    assert [Cause(cause) for cause in causes] == [why_changed(*pair).cause for pair in pairs]
    assert {Cause.MODEL, Cause.DATA, Cause.NONE} <= {Cause(cause) for cause in causes}
    nodes = [np.array([pair[side].node_classes for pair in pairs]) for side in (0, 1)]
    moved = changed_inputs(old, new, *nodes)
    assert moved.shape == (len(areas), 12) and moved[0].all() and moved[2].sum() == 1


def test_no_area_at_all(areas):
    version = scores_of(areas[0])[0].run.model_version.compiled
    nothing = np.empty((0, 12))
    assert len(causes_of_change(version, version, nothing, nothing, np.empty(0), np.empty(0))) == 0


def two_runs():
    return list(ScoreRun.objects.order_by("finished_at"))


def test_two_runs_are_compared_area_by_area(areas):
    publish_changed(thresholds=bands_of(deprived_from=0.5))
    make_figures({areas[0]: WORST}, make_dataset(release="2026"))
    new = make_areas(QUIET)[0]
    services.score_areas(by=SYSTEM)
    comparison = compare_runs(*two_runs())
    assert (comparison.areas, comparison.only_before, comparison.only_after) == (24, 0, 1)
    assert comparison.moves[0, 3] >= 1 and comparison.moves[1, 0] >= 1
    assert comparison.moved == comparison.areas - comparison.same == sum(comparison.causes.values())
    assert comparison.causes["data"] == 1 and comparison.causes["model"] == comparison.fell
    first = comparison.moved_scores().select_related("area").first()
    assert (first.area, first.before_priority, first.priority) == (areas[0], 0, 3)
    assert [score.area for score in comparison.moved_scores(direction="rose")] == [areas[0]]
    assert comparison.moved_scores(direction="fell").count() == comparison.fell
    assert comparison.moved_inputs[0].attribute == "DEPRIVATION"
    assert comparison.moved_inputs[0].areas == comparison.moved
    assert new not in [score.area for score in comparison.moved_scores()]


def test_the_way_back_mirrors_the_way_there(areas):
    make_figures({areas[0]: WORST}, make_dataset(release="2026"))
    services.score_areas(by=SYSTEM)
    before, after = two_runs()
    there, back = compare_runs(before, after), compare_runs(after, before)
    assert (there.rose, there.fell) == (back.fell, back.rose) == (1, 0)
    assert (there.moves == back.moves.T).all()


def test_a_run_compared_with_itself_moves_nothing(areas):
    (run,) = two_runs()
    comparison = compare_runs(run, run)
    assert (comparison.areas, comparison.moved, comparison.moved_inputs) == (24, 0, [])
    assert comparison.causes == {"model": 0, "data": 0, "both": 0}


def test_a_patch_narrows_the_comparison(areas, organisation):
    make_figures({areas[0]: WORST}, make_dataset(release="2026"))
    services.score_areas(by=SYSTEM)
    patch = Patch.objects.create(organisation=organisation, name="South", slug="south")
    patch.areas.set([areas[1], areas[2]])
    comparison = compare_runs(*two_runs(), patch=patch)
    assert (comparison.areas, comparison.moved) == (2, 0)
