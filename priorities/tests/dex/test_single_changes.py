"""Single changes of all areas equal the plain reading, for random models and gaps; and they are right."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from priorities.dex.analyses.plus_minus import plus_minus, plus_minus_areas
from priorities.dex.analyses.single_changes import (
    outcomes_of_single_changes,
    published_after,
    smallest_changes_of_areas,
    smallest_single_changes,
)
from priorities.dex.dxi import read_dxi
from priorities.dex.influence import relief
from priorities.dex.vectorised import evaluate_areas
from priorities.tests.dex.models import attribute, default_model, dxi, function, models

DEFAULT = default_model()


def options(model, rows):
    columns = np.array(rows, dtype=np.int8).reshape(len(rows), len(model.inputs))
    arrays = {index: columns[:, k] for k, index in enumerate(model.inputs)}
    plain = [{index: None if row[k] < 0 else row[k] for k, index in enumerate(model.inputs)} for row in rows]
    return arrays, plain


@st.composite
def cases(draw):
    model = draw(models())
    low = draw(st.sampled_from([-1, 0]))
    rows = [
        [draw(st.integers(low, model.attributes[index].size - 1)) for index in model.inputs]
        for _ in range(draw(st.integers(1, 4)))
    ]
    return model, rows


default_rows = st.lists(st.lists(st.integers(-1, 2), min_size=12, max_size=12), min_size=1, max_size=3)


def assert_paths_equal(model, rows):
    arrays, plain = options(model, rows)
    outcomes = outcomes_of_single_changes(model, arrays)
    smallest = smallest_changes_of_areas(model, outcomes)
    for row, option in enumerate(plain):
        expected = published_after(model, option)
        found = {index: dict(enumerate(column[row].tolist())) for index, column in outcomes.by_input.items()}
        assert found == expected
        falls, rises = smallest_single_changes(model, option)
        for changes, to, becomes in (
            (falls, smallest.fall_to, smallest.fall_class),
            (rises, smallest.rise_to, smallest.rise_class),
        ):
            wanted = {model.inputs.index(change.attribute): (change.to, change.becomes) for change in changes}
            stored = {k: (int(to[row, k]), int(becomes[row, k])) for k in range(len(model.inputs)) if to[row, k] >= 0}
            assert stored == wanted


@given(cases())
@settings(max_examples=60, deadline=None)
def test_array_path_equals_the_plain_one(case):
    assert_paths_equal(*case)


@given(default_rows)
@settings(max_examples=15, deadline=None)
def test_both_paths_agree_on_the_default_model(rows):
    assert_paths_equal(DEFAULT, rows)


@given(cases(), st.sampled_from([-2, -1, 1, 2]))
@settings(max_examples=30, deadline=None)
def test_plus_minus_of_areas_is_that_of_each_option(case, step):
    model, rows = case
    arrays, plain = options(model, rows)
    found = plus_minus_areas(model, arrays, step)
    for row, option in enumerate(plain):
        after = published_after(model, option)
        moved = {k: (None if option[i] is None else option[i] + step) for k, i in enumerate(model.inputs)}
        wanted = [after[i].get(moved[k], -1) if moved[k] is not None else -1 for k, i in enumerate(model.inputs)]
        assert found[row].tolist() == wanted


def test_deprivation_alone_lifts_a_quiet_area_to_standard():
    index = DEFAULT.find("DEPRIVATION").index
    falls, rises = smallest_single_changes(DEFAULT, dict.fromkeys(DEFAULT.inputs, 0) | {index: 3})
    assert [(change.attribute, change.to, change.becomes) for change in falls] == [(index, 2, 0)]
    assert all(change.becomes > 1 for change in rises)


def test_plus_minus_moves_sets_from_their_ends_and_leaves_unknown_inputs_alone():
    model = read_dxi(dxi(attribute("R", function("0123"), attribute("A", classes=4), classes=4)))
    (row,) = plus_minus(model, {1: {1, 2}})
    assert row.outcomes == {-1: {0: 1}, 1: {3: 1}}
    (row,) = plus_minus(model, {1: 1})
    assert row.outcomes == {-1: {0: 1}, 1: {2: 1}, 2: {3: 1}}
    assert plus_minus(model, {})[0].outcomes == {}


def test_a_change_names_the_nearest_class_that_suffices():
    model = read_dxi(dxi(attribute("R", function("0012"), attribute("A", classes=4, order="DESC"), order="DESC")))
    arrays = {1: np.array([3, 2, 0])}
    smallest = smallest_changes_of_areas(model, outcomes_of_single_changes(model, arrays))
    assert smallest.fall_to[:, 0].tolist() == [2, 1, -1] and smallest.fall_class[:, 0].tolist() == [1, 0, -1]
    assert smallest.rise_to[:, 0].tolist() == [-1, 3, 2] and smallest.rise_class[:, 0].tolist() == [-1, 2, 1]


def test_inputs_outside_the_root_and_continuous_inputs_change_nothing():
    number = attribute("N", scale="<SCALE><CONTINUOUS/></SCALE>")
    parts = "<VALUE>0</VALUE><BOUND>1</BOUND><VALUE>2</VALUE>"
    middle = attribute("D", f"<DISCRETIZE>{parts}</DISCRETIZE>", number)
    model = read_dxi(dxi(attribute("R", function("012012012"), middle, attribute("A")), attribute("B")))
    arrays = {2: np.array([0.5, 3.0]), 3: np.array([1, 1]), 4: np.array([0, 2])}
    outcomes = outcomes_of_single_changes(model, arrays)
    assert set(outcomes.by_input) == {3, 4}
    assert outcomes.by_input[3].tolist() == [[0, 1, 2]] * 2 and outcomes.by_input[4].tolist() == [[1, 1, 1]] * 2


def test_relief_is_the_fall_at_the_best_class():
    arrays = {index: np.array([2, 0]) for index in DEFAULT.inputs}
    evaluation = evaluate_areas(DEFAULT, arrays)
    steps = relief(DEFAULT, arrays, evaluation)
    for column, index in enumerate(DEFAULT.inputs):
        lowered = evaluate_areas(DEFAULT, arrays | {index: np.array([0, 0])}).classes[:, 0]
        assert steps[:, column].tolist() == (evaluation.classes[:, 0] - lowered).tolist()
