"""Monte Carlo: the same seed says the same, nothing moved changes nothing, and both paths count alike."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorities.dex.analyses.perturbation import Perturbation, draws
from priorities.dex.analyses.sensitivity import class_stability, ranking_stability, ranks, stability_of_option
from priorities.dex.tables.consistency import is_consistent
from priorities.dex.tables.grid import TableScales
from priorities.dex.thresholds import Thresholds
from priorities.dex.vectorised import evaluate_areas
from priorities.tests.dex.models import default_model, models

DEFAULT = default_model()
LIMITS = tuple(
    Thresholds(tuple(10.0 * (1 + k) for k in range(DEFAULT.attributes[index].size - 1)), half_widths=(4.0,) * 2)
    if DEFAULT.attributes[index].size == 3
    else Thresholds((10.0, 20.0, 30.0))
    for index in DEFAULT.inputs
)


def figures(count=40, seed=3, gaps=0.0):
    chance = np.random.default_rng(seed)
    values = chance.uniform(0, 35, (count, len(DEFAULT.inputs)))
    return np.where(chance.random(values.shape) < gaps, np.nan, values)


def test_nothing_moved_changes_nothing():
    values = figures(gaps=0.1)
    found = class_stability(DEFAULT, LIMITS, values, Perturbation(), count=3)
    assert found.share.tolist() == [1.0] * 40
    tiny = class_stability(DEFAULT, LIMITS, values, Perturbation(weights=1e-9), count=3)
    assert tiny.share.tolist() == [1.0] * 40


def test_the_same_seed_says_the_same_and_another_something_else():
    moved = Perturbation(weights=0.5, thresholds=1.0, figures=(2.0,) * 12)
    first, again, other = (
        class_stability(DEFAULT, LIMITS, figures(), moved, count=8, seed=seed).counts for seed in (1, 1, 2)
    )
    assert (first == again).all() and (first != other).any()


def test_bounds_do_not_depend_on_which_areas_are_looked_at():
    values = figures()
    moved = Perturbation(thresholds=1.0)
    every = class_stability(DEFAULT, LIMITS, values, moved, count=30)
    one = class_stability(DEFAULT, LIMITS, values[5:6], moved, count=30)
    assert one.counts[0].tolist() == every.counts[5].tolist()


def test_an_area_far_from_all_bounds_keeps_its_class_and_one_on_a_bound_does_not():
    far = np.full((1, 12), 2.0)
    near = far.copy()
    near[0, DEFAULT.inputs.index(DEFAULT.find("AGE75").index)] = 10.0
    near[0, DEFAULT.inputs.index(DEFAULT.find("DEPRIVATION").index)] = 25.0
    found = class_stability(DEFAULT, LIMITS, np.concatenate([far, near]), Perturbation(thresholds=1.0), count=100)
    assert found.share[0] == 1.0 and found.counts.sum(axis=1).tolist() == [100, 100]


@given(st.integers(0, 10**6), st.sampled_from(["deviation", "completion"]), st.sampled_from([0.0, 0.2]))
@settings(max_examples=12, deadline=None)
def test_both_paths_count_alike(seed, tables, gaps):
    values = figures(count=3, seed=seed, gaps=gaps)
    moved = Perturbation(weights=0.4, thresholds=1.0, figures=(3.0,) * 12, tables=tables)
    found = class_stability(DEFAULT, LIMITS, values, moved, count=4, seed=seed)
    for row in range(3):
        plain = stability_of_option(DEFAULT, draws(DEFAULT, LIMITS, values, moved, count=4, seed=seed), row)
        assert {index: int(n) for index, n in enumerate(found.counts[row]) if n} == plain


@given(models(), st.sampled_from(["deviation", "completion"]), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_drawn_tables_stay_consistent_where_they_were(model, tables, seed):
    limits = [None] * len(model.inputs)
    perturbation = Perturbation(weights=0.8, tables=tables)
    (draw,) = draws(model, limits, np.zeros((1, len(model.inputs))), perturbation, count=1, seed=seed)
    for before, after in zip(model.attributes, draw.model.attributes, strict=True):
        if before.function is None:
            continue
        scales = TableScales.of(model, before)
        assert len(after.function.rules) == len(before.function.rules)
        if is_consistent(before.function, scales) and not any(rule.is_undefined for rule in before.function.rules):
            kinds = {rule.kind.value for rule in before.function.rules}
            assert kinds & {"set", "distribution"} or is_consistent(after.function, scales)
    evaluate_areas(draw.model, {}, areas=1)


def test_strongly_drawn_weights_change_rules_but_keep_the_corners():
    table = DEFAULT.attributes[0].function
    for draw in draws(DEFAULT, LIMITS, figures(1), Perturbation(weights=0.8), count=5, seed=4):
        drawn = draw.model.attributes[0].function
        assert drawn.rules[0] == table.rules[0] and drawn.rules[-1] == table.rules[-1]
    changed = [
        draw.model.attributes[0].function.rules != table.rules
        for draw in draws(DEFAULT, LIMITS, figures(1), Perturbation(weights=0.8), count=5, seed=4)
    ]
    assert any(changed)


def test_ranking_holds_when_nothing_moves_and_bends_with_the_weights():
    values = figures(count=60)
    still = ranking_stability(DEFAULT, LIMITS, values, Perturbation(), count=2, top=10)
    assert still.correlation == pytest.approx(1.0) and (still.top_kept == 1).all()
    assert np.allclose(still.rank_low, still.rank) and np.allclose(still.rank_high, still.rank)
    bent = ranking_stability(DEFAULT, LIMITS, values, Perturbation(weights=0.8), count=6, top=10)
    assert 0.5 < bent.correlation.min() < 1.0
    assert (bent.rank_low <= bent.rank_high).all() and (bent.rank_low < bent.rank_high).any()


def test_equal_scores_share_their_rank():
    assert ranks(np.array([1.0, 3.0, 1.0, 0.0])).tolist() == [2.5, 1.0, 2.5, 4.0]


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="half-width"):
        Perturbation(thresholds=1.5)
    with pytest.raises(ValueError, match="12 inputs"):
        class_stability(DEFAULT, LIMITS, np.zeros((2, 3)), Perturbation())
    with pytest.raises(ValueError, match="errors of figures"):
        class_stability(DEFAULT, LIMITS, figures(), Perturbation(figures=(1.0,)))
    with pytest.raises(ValueError, match="one draw"):
        class_stability(DEFAULT, LIMITS, figures(), Perturbation(), count=0)
