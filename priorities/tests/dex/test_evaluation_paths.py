"""The vectorised path equals the plain one, area by area, for random models and random gaps in the inputs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorities.dex.dxi import read_dxi
from priorities.dex.evaluate import evaluate, publish
from priorities.dex.influence import relief
from priorities.dex.minutes import DEFAULT_POLICY, visit_minutes
from priorities.dex.vectorised import evaluate_areas
from priorities.tests.dex.models import any_models, attribute, default_model, dxi, function, models


@st.composite
def cases(draw):
    model = draw(models())
    areas = draw(st.integers(1, 6))
    inputs = {
        index: np.array([draw(st.integers(-1, model.attributes[index].size - 1)) for _ in range(areas)])
        for index in model.inputs
    }
    return model, inputs, areas


def option(inputs, row):
    return {index: None if column[row] == -1 else int(column[row]) for index, column in inputs.items()}


def assert_equal_paths(model, inputs, areas):
    result = evaluate_areas(model, inputs, areas=areas)
    for row in range(areas):
        assert_published(result, row, publish(model, option(inputs, row)))


def assert_published(result, row, published):
    for index, plain in enumerate(published):
        wanted = [-1 if part is None else part for part in (plain.index, plain.low, plain.high, plain.rule)]
        found = [int(array[row, index]) for array in (result.classes, result.low, result.high, result.rules)]
        assert found == wanted, index
        assert result.probability[row, index] == pytest.approx(plain.probability)


@given(cases())
@settings(max_examples=60, deadline=None)
def test_vectorised_evaluation_equals_the_plain_one(case):
    assert_equal_paths(*case)


@given(st.lists(st.lists(st.integers(-1, 2), min_size=12, max_size=12), min_size=1, max_size=4))
@settings(max_examples=20, deadline=None)
def test_both_paths_agree_on_the_default_model_with_gaps(rows):
    model = default_model()
    columns = np.array(rows).T
    assert_equal_paths(model, dict(zip(model.inputs, columns, strict=True)), len(rows))


@given(cases())
@settings(max_examples=30, deadline=None)
def test_possible_range_holds_every_completion_of_the_missing_inputs(case):
    model, inputs, areas = case
    result = evaluate_areas(model, inputs, areas=areas)
    gaps = [index for index in model.inputs if inputs[index][0] == -1]
    completed = {index: column[:1].copy() for index, column in inputs.items()}
    for index in gaps:
        completed[index][:] = model.attributes[index].size - 1
    known = evaluate_areas(model, completed, areas=1)
    assert (result.low[0] <= known.low[0]).all() and (known.high[0] <= result.high[0]).all()


@st.composite
def soft_cases(draw):
    """Areas whose inputs are classes, memberships or numbers, some of them missing."""
    model, areas = draw(any_models()), draw(st.sampled_from([1, 2, 5, 40]))
    random, inputs = np.random.default_rng(draw(st.integers(0, 99))), {}
    for index in model.inputs:
        scale = model.attributes[index].scale
        if scale is None or not draw(st.integers(0, 5)):
            continue
        if scale.continuous:
            inputs[index] = random.choice([-2.0, -1, 0, 0.5, 1, 2, 3, np.nan], areas)
        elif draw(st.booleans()):
            inputs[index] = random.integers(-1, scale.size, areas)
        else:
            inputs[index] = random.choice([0, 0.25, 0.5, 1], (areas, scale.size))
            inputs[index][random.random(areas) < 0.2] = np.nan
    return model, inputs, areas


@given(soft_cases())
@settings(max_examples=60, deadline=None)
def test_memberships_and_numbers_are_published_alike_on_both_paths(case):
    model, inputs, areas = case
    result = evaluate_areas(model, inputs, areas=areas)
    for row in {0, areas - 1}:
        given_values = {}
        for index, column in inputs.items():
            value = column[row]
            if column.ndim == 2:
                value = None if np.isnan(value).any() else dict(enumerate(value.tolist()))
            given_values[index] = None if column.dtype.kind == "i" and value == -1 else value
        assert_published(result, row, publish(model, given_values))


def test_no_areas_are_no_results():
    model = default_model()
    result = evaluate_areas(model, {index: np.zeros(0, dtype=np.int8) for index in model.inputs})
    assert result.classes.shape == (0, len(model.attributes))


def test_an_area_that_is_pruned_at_an_aggregate_has_no_rule_there():
    model = default_model()
    need = model.find("CLINICAL_NEED").index
    inputs = {index: np.zeros(1, dtype=np.int8) for index in model.inputs} | {need: np.array([3])}
    assert_published(evaluate_areas(model, inputs), 0, publish(model, {key: int(v[0]) for key, v in inputs.items()}))
    assert evaluate_areas(model, inputs).rules[0, need] == -1 and evaluate_areas(model, inputs).classes[0, 0] == 2


def test_continuous_inputs_are_discretised_alike_on_both_paths():
    bounds = '<VALUE>0</VALUE><BOUND Associate="Down">1.5</BOUND><VALUE>{0;2}</VALUE><BOUND Associate="Up">4</BOUND>'
    number = attribute("N", scale="<SCALE><CONTINUOUS/></SCALE>")
    middle = attribute("D", f"<DISCRETIZE>{bounds}<VALUE>2</VALUE></DISCRETIZE>", number)
    model = read_dxi(dxi(attribute("R", function("012"), middle)))
    numbers = np.array([1.5, 1.6, 3.9, 4.0, -9.0, np.nan])
    result = evaluate_areas(model, {2: numbers})
    for row, number in enumerate(numbers):
        plain = publish(model, {2: float(number)})
        assert [int(code) for code in result.classes[row]] == [-1 if p.index is None else p.index for p in plain]
        assert int(result.low[row, 0]) == plain[0].low and int(result.high[row, 0]) == plain[0].high
    assert result.classes[:, 1].tolist() == [0, 0, 0, 2, 0, 0]


def test_equally_probable_classes_publish_the_more_urgent_one():
    falling = read_dxi(dxi(attribute("R", function("012"), attribute("A"), order="DESC")))
    rising = read_dxi(dxi(attribute("R", function("012"), attribute("A"))))
    missing = {1: np.array([-1])}
    assert evaluate_areas(falling, missing).classes[0, 0] == 2
    assert evaluate_areas(rising, missing).classes[0, 0] == 0


def test_a_set_valued_rule_shares_its_probability():
    table = "<TABLE><RULE>{0;2}</RULE><RULE>2</RULE></TABLE>"
    model = read_dxi(dxi(attribute("R", table, attribute("A", classes=2))))
    values = evaluate(model, {1: {0: 0.5, 1: 0.5}}, method="prob")
    assert values[0] == {0: 0.25, 2: 0.75}


def test_fuzzy_keeps_membership_below_one_where_only_one_class_is_left():
    model = read_dxi(dxi(attribute("R", function("012"), attribute("A"))))
    assert evaluate(model, {1: {1: 0.4}}, method="fuzzy")[0] == {1: 0.4}
    assert evaluate(model, {1: {1: 0.4}}, method="fuzzynorm")[0] == {1: 1.0}


def test_undefined_stays_undefined_unless_it_is_expanded():
    model = read_dxi(dxi(attribute("R", function("012"), attribute("A"))))
    assert evaluate(model, {}, method="set", expand=False) == [None, None]
    assert evaluate(model, {}, method="set", expand=True)[0] == {0: 1, 1: 1, 2: 1}


def test_a_linked_leaf_takes_the_value_of_its_target():
    shared = attribute("S", classes=2)
    left = attribute("L", function("01"), shared, classes=2)
    right = attribute("Q", function("10"), shared, classes=2)
    model = read_dxi(dxi(attribute("R", function("0110"), left, right, classes=2), settings="<LINKING>1</LINKING>"))
    assert model.inputs == (4,) and model.links == {2: 4}
    assert evaluate(model, {4: 1})[0] == {1: 1}
    assert evaluate_areas(model, {4: np.array([0, 1])}).classes[:, 0].tolist() == [1, 1]


def test_a_class_outside_the_scale_is_refused_on_both_paths():
    model = default_model()
    with pytest.raises(ValueError, match="outside the scale"):
        evaluate(model, {model.inputs[0]: 3})
    with pytest.raises(ValueError, match="outside the scale"):
        evaluate_areas(model, {model.inputs[0]: np.array([3])})


def test_relief_counts_the_steps_that_one_input_alone_holds():
    model = default_model()
    alone = {index: np.zeros(2, dtype=np.int8) for index in model.inputs}
    alone[model.find("DEPRIVATION").index] = np.array([3, 0], dtype=np.int8)
    steps = relief(model, alone, evaluate_areas(model, alone))
    column = model.inputs.index(model.find("DEPRIVATION").index)
    assert steps[0, column] == 1 and steps.sum() == 1


def test_minutes_of_a_provisional_area_span_what_is_possible():
    model = default_model()
    inputs = {index: np.full(1, 2, dtype=np.int8) for index in model.inputs}
    inputs[model.find("LOW_ENGLISH").index] = np.array([-1], dtype=np.int8)
    minutes, low, high = visit_minutes(model, evaluate_areas(model, inputs), DEFAULT_POLICY)
    assert low[0] <= minutes[0] <= high[0] and high[0] - low[0] >= 15
    assert DEFAULT_POLICY.for_first_visit(minutes)[0] == min(90, minutes[0] + 15)
