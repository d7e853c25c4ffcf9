"""A draft's effect is told before anything is saved, and agrees with what scoring would then store."""

from dataclasses import replace

import numpy as np
import pytest

from accounts import audit
from healthequiroute.testing.shared import shared
from lsoa.models import Area
from priorities.dex.confidence import confidence, evaluate_softly
from priorities.dex.dxi_writer import write_dxi
from priorities.dex.tables.editing import with_rule
from priorities.dex.values import single
from priorities.model_versions import ROOT, compile_version
from priorities.models import ModelVersion, PriorityScore
from priorities.preview import effect_of, moved_between
from priorities.preview_evaluation import Memory
from priorities.score_inputs import read_inputs
from priorities.scoring import score
from priorities.services import score_areas

from .factories import DEPRIVED, GAP, QUIET, WORST, make_areas, make_dataset, make_figures, publish, spread

pytestmark = pytest.mark.django_db
TESTER = audit.SystemActor("tests")
ROUTINE, STANDARD, ELEVATED, URGENT = range(4)


@pytest.fixture
@shared
def areas():
    rows = [*spread(), QUIET, DEPRIVED, WORST, GAP, QUIET | {"no_car_share": None, "gp_travel_minutes": None}]
    made = make_areas(*rows)
    Area.objects.filter(pk__in=[area.pk for area in made[:10]]).update(region_name="North", rural_urban_name="Urban")
    Area.objects.filter(pk__in=[area.pk for area in made[10:]]).update(region_name="South")
    return made


@pytest.fixture
@shared
def in_force(areas):
    version = publish()
    score_areas(by=TESTER)
    return version


def with_root_rule(version: ModelVersion, rule: int, class_index: int):
    """The version with one rule of the root changed, compiled without saving anything."""
    model = version.compiled.model
    root = model.attributes[ROOT]
    changed = replace(root, function=with_rule(root.function, rule, single(class_index)).table)
    definition = write_dxi(replace(model, attributes=(changed, *model.attributes[1:])))
    return compile_version(_unsaved(version, definition=definition))


def with_bounds(version: ModelVersion, attribute: str, bounds: list[float]):
    limits = version.thresholds[attribute] | {"bounds": bounds, "half_widths": [0.0] * len(bounds)}
    return compile_version(_unsaved(version, thresholds=version.thresholds | {attribute: limits}))


def _unsaved(version: ModelVersion, **fields) -> ModelVersion:
    content = {name: getattr(version, name) for name in ("definition", "inputs", "thresholds", "minutes")}
    return ModelVersion(**content | fields)


def stored_classes():
    return list(PriorityScore.objects.current().order_by("area_id").values_list("priority", flat=True))


def test_what_is_in_force_changes_nothing(in_force):
    effect = effect_of(in_force.compiled)
    assert effect.moved == 0
    assert effect.classes.tolist() == effect.before.tolist() == stored_classes()
    assert effect.counts.tolist() == effect.counts_before.tolist() == np.diag(effect.moves).tolist()
    assert str(in_force) in effect.against


def test_a_changed_rule_moves_the_areas_in_which_it_fires(in_force):
    certain = PriorityScore.objects.current().filter(is_provisional=False)
    PriorityScore.objects.current().filter(is_provisional=True).delete()
    firing = [row.area_id for row in certain if row.node_rules[ROOT] == 0]
    assert firing
    effect = effect_of(with_root_rule(in_force, 0, STANDARD))
    raised = (effect.before == ROUTINE) & (effect.classes == STANDARD)
    assert sorted(effect.area_ids[effect.changed_rows()].tolist()) == sorted(firing) == effect.area_ids[raised].tolist()
    assert (effect.rose, effect.fell) == (len(firing), 0)
    assert effect.moves[ROUTINE, STANDARD] == len(firing)
    assert effect.counts.sum() == effect.areas == Area.objects.count()
    assert stored_classes() == [c for c in effect.before.tolist() if c >= 0]


@pytest.mark.parametrize(
    "change",
    [
        lambda version: with_root_rule(version, 0, STANDARD),
        lambda version: with_root_rule(version, 47, ELEVATED),
        lambda version: with_bounds(version, "AGE75", [1.0, 2.0]),
        lambda version: with_bounds(version, "NO_CAR", [60.0, 70.0]),
    ],
)
def test_the_preview_is_what_scoring_would_store(in_force, change):
    # The version in force first: what the change leaves alone is then remembered, not computed.
    effect_of(in_force.compiled)
    draft = change(in_force)
    effect = effect_of(draft)
    inputs = read_inputs(list(draft.indicators))
    results = score(draft, inputs)
    by_area = dict(zip(inputs.areas.tolist(), results.priorities.tolist(), strict=True))
    assert effect.classes.tolist() == [by_area[area] for area in effect.area_ids.tolist()]
    assert effect.sureness.is_open == results.provisional.sum()


def test_how_sure_is_what_soft_evaluation_says(in_force):
    effect = effect_of(in_force.compiled)
    compiled, inputs = in_force.compiled, read_inputs(list(in_force.compiled.indicators))
    memberships = {
        index: limits.memberships(inputs.values[:, column])
        for column, (index, limits) in enumerate(zip(compiled.model.inputs, compiled.thresholds, strict=True))
    }
    chances = evaluate_softly(compiled.model, memberships, areas=len(inputs.areas)).memberships(ROOT)
    published = score(compiled, inputs).priorities
    expected = confidence(compiled.model.attributes[ROOT].scale, published, chances)
    assert effect.sureness.overall == pytest.approx(expected.probability.mean())
    assert effect.sureness.near_boundary == expected.near_boundary.sum()
    for index in range(4):
        chosen = expected.probability[published == index]
        found = effect.sureness.by_class[index]
        assert found == pytest.approx(chosen.mean()) if len(chosen) else np.isnan(found)
    assert effect.sureness_before.overall == effect.sureness.overall


def test_equity_is_counted_by_decile_region_and_kind_of_place(in_force, areas):
    effect = effect_of(with_root_rule(in_force, 0, STANDARD))
    assert effect.by_decile.counts.sum() == effect.areas
    assert effect.by_decile.counts_before.sum(axis=0).tolist() == effect.counts_before.tolist()
    assert effect.by_region.names == ("North", "South")
    assert effect.by_region.counts.sum(axis=1).tolist() == [10, len(areas) - 10]
    # Where nothing is published about the kind of place, an area is in no group rather than in the first.
    assert effect.by_rural_urban.counts.sum() == 10
    deprived = PriorityScore.objects.current().filter(area__profile__values__imd_decile__lte=2, priority=ROUTINE)
    assert effect.core20[0, ROUTINE] == deprived.count()
    assert effect.core20.sum(axis=1).tolist() == [effect.by_decile.counts[:2].sum()] * 2


def test_a_patch_has_an_effect_of_its_own(in_force, areas, organisation):
    from lsoa.services import create_patch

    codes = [area.code for area in areas[-5:]]
    patch = create_patch(organisation=organisation, name="East", area_codes=codes, by=TESTER)
    effect = effect_of(with_root_rule(in_force, 0, STANDARD), patch=patch)
    assert effect.areas == 5
    assert set(effect.area_ids.tolist()) == {area.pk for area in areas[-5:]}
    assert effect.counts.sum() == 5


def test_an_area_without_a_class_in_force_does_not_move(in_force):
    new = make_areas(WORST)[0]
    effect = effect_of(in_force.compiled)
    place = effect.area_ids.tolist().index(new.pk)
    assert (effect.before[place], effect.classes[place], effect.steps[place]) == (-1, URGENT, 0)
    assert effect.moved == 0
    assert effect.counts.sum() == effect.counts_before.sum() + 1


def test_new_figures_are_seen_at_once(in_force, areas):
    before = effect_of(in_force.compiled)
    make_figures({areas[0]: WORST}, make_dataset("newer"))
    after = effect_of(in_force.compiled)
    place = after.area_ids.tolist().index(areas[0].pk)
    assert after.classes[place] >= before.classes[place]
    assert after.moved == (after.classes != before.classes).sum()


def test_before_any_run_the_published_version_is_what_it_is_held_against(areas):
    version = publish()
    effect = effect_of(with_root_rule(version, 0, STANDARD))
    assert effect.moved > 0
    assert str(version) in effect.against


def test_before_anything_is_published_nothing_moves(areas):
    from priorities.services import install_default_model

    effect = effect_of(install_default_model(by=TESTER).compiled)
    assert effect.moved == 0
    assert effect.counts.sum() == len(areas)
    assert "no area has a class yet" in effect.against


def test_two_versions_are_compared_on_the_figures_of_now(in_force):
    draft = with_root_rule(in_force, 0, STANDARD)
    assert moved_between(in_force.compiled, draft) == effect_of(draft).moved
    assert moved_between(draft, draft) == 0
    back = effect_of(in_force.compiled, against=draft)
    assert (back.rose, back.fell) == (0, effect_of(draft).rose)


def test_a_draft_without_thresholds_leaves_every_class_open(in_force):
    effect = effect_of(compile_version(_unsaved(in_force, thresholds={})))
    assert effect.sureness.is_open == effect.areas


def test_what_is_remembered_stays_within_its_bytes():
    memory = Memory(100)
    for key in "abc":
        memory.put(key, key, 40)
    assert (memory.get("a"), memory.get("b"), memory.get("c")) == (None, "b", "c")
    memory.get("b")
    memory.put("d", "d", 60)
    assert (memory.get("b"), memory.get("c"), memory.get("d")) == ("b", None, "d")
    # What is larger than everything is not kept, and does no harm.
    memory.put("e", "e", 200)
    assert len(memory) == 0
    memory.put("b", "again", 10)
    memory.put("b", "once more", 20)
    assert (memory.get("b"), len(memory)) == ("once more", 1)


def test_without_areas_there_is_nothing_to_count(db):
    from priorities.default_model import FILE, INPUTS
    from priorities.dex.minutes import DEFAULT_POLICY
    from priorities.model_versions import minutes_to_json

    draft = ModelVersion(
        definition=FILE.read_text(),
        inputs={name: wanted.indicator for name, wanted in INPUTS.items()},
        thresholds={},
        minutes=minutes_to_json(DEFAULT_POLICY),
    )
    effect = effect_of(compile_version(draft))
    assert (effect.areas, effect.moved, effect.counts.sum()) == (0, 0, 0)
