"""Evaluation over arrays equals the plain evaluation: random models and options of every kind, all methods."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorities.dex.arrays import GIVEN, UNDEFINED, Columns, evaluate_columns
from priorities.dex.dxi import read_dxi
from priorities.dex.evaluate import METHODS, Absence, Expand, evaluate
from priorities.dex.model import Attribute, Model, Scale, ScaleClass, Table
from priorities.dex.values import single
from priorities.tests.dex.models import any_models, attribute, default_model, dxi, function, options

POLICIES = st.sampled_from([True, False, Expand(), *(Expand(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1))])


@st.composite
def cases(draw):
    model = draw(any_models())
    different = [draw(options(model)) for _ in range(draw(st.integers(1, 5)))]
    # Few different options make every path of the engine: each by itself, and the same ones many times.
    repeated = different * draw(st.sampled_from([1, 1, 3, 40]))
    return model, repeated, draw(st.sampled_from(sorted(METHODS))), draw(POLICIES)


def same(found, wanted):
    if not isinstance(wanted, dict):
        return found is wanted or (isinstance(wanted, float) and found == wanted)
    return isinstance(found, dict) and found == pytest.approx({k: float(v) for k, v in wanted.items() if v > 0})


@given(cases())
@settings(max_examples=120, deadline=None)
def test_every_value_of_every_option_is_that_of_the_plain_path(case):
    model, given_options, method, expand = case
    results = evaluate_columns(model, Columns.of_options(model, given_options), method=method, expand=expand)
    plain = {}
    for row, found in enumerate(results.options()):
        option = given_options[row]
        if id(option) not in plain:
            plain[id(option)] = evaluate(model, option, method=method, expand=expand)
        for index, wanted in enumerate(plain[id(option)]):
            assert same(found[index], wanted), (model.attributes[index], option, found[index], wanted)


@given(cases())
@settings(max_examples=40, deadline=None)
def test_an_option_has_the_same_bits_in_any_company(case):
    model, given_options, method, expand = case
    columns = Columns.of_options(model, given_options)
    together = list(evaluate_columns(model, columns, method=method, expand=expand).options())
    blocks = [columns.part(start, start + 2) for start in range(0, columns.count, 2)]
    parts = [evaluate_columns(model, block, method=method, expand=expand) for block in blocks]
    assert [option for part in parts for option in part.options()] == together
    alone = evaluate_columns(model, Columns.of_options(model, given_options[-1:]), method=method, expand=expand)
    assert list(alone.options()) == together[-1:]


@pytest.mark.parametrize("method", sorted(METHODS))
def test_random_distributions_have_the_same_bits_alone_and_among_thousands(method):
    model, random = default_model(), np.random.default_rng(4)
    inputs = {index: random.dirichlet(np.ones(model.attributes[index].size), 3000) for index in model.inputs}
    together = evaluate_columns(model, Columns.of_arrays(model, inputs), method=method)
    for row in (0, 1, 1499, 2999):
        one = {index: values[row : row + 1] for index, values in inputs.items()}
        alone = evaluate_columns(model, Columns.of_arrays(model, one), method=method)
        for index in range(len(model.attributes)):
            assert np.array_equal(alone.memberships(index)[0], together.memberships(index)[row])
        option = {index: dict(enumerate(values[row])) for index, values in inputs.items()}
        for index, wanted in enumerate(evaluate(model, option, method=method)):
            found = dict(enumerate(together.memberships(index)[row]))
            assert found == pytest.approx({k: wanted.get(k, 0) for k in found}, rel=1e-12)


@st.composite
def monotone_cases(draw):
    """A tree of three tables whose classes never fall where an argument rises, and two options, one above the other."""
    size = draw(st.integers(2, 4))

    def scale(count):
        return Scale(tuple(ScaleClass(f"c{index}") for index in range(count)))

    def table(sizes, top):
        cells = {}
        for cell in np.ndindex(*sizes):
            below = [cells[cell[:k] + (cell[k] - 1,) + cell[k + 1 :]] for k in range(len(cell)) if cell[k]]
            cells[cell] = draw(st.integers(max(below, default=0), top - 1))
        rules = tuple(single(cells[cell]) for cell in np.ndindex(*sizes))
        return Table(rules, (True,) * len(rules))

    attributes = (
        Attribute(0, "R", scale(4), function=table((3, 3), 4), children=(1, 4)),
        Attribute(1, "L", scale(3), function=table((size, size), 3), children=(2, 3), parent=0),
        Attribute(2, "A", scale(size), parent=1),
        Attribute(3, "B", scale(size), parent=1),
        Attribute(4, "Q", scale(3), function=table((size,), 3), children=(5,), parent=0),
        Attribute(5, "C", scale(size), parent=4),
    )
    classes = st.integers(0, size - 1)
    low = {index: draw(classes) for index in (2, 3, 5)}
    high = {index: draw(st.integers(value, size - 1)) for index, value in low.items()}
    return Model("monotone", attributes), low, high


@given(monotone_cases())
@settings(max_examples=40, deadline=None)
def test_monotone_tables_give_monotone_classes(case):
    model, low, high = case
    results = evaluate_columns(model, Columns.of_options(model, [low, high]))
    for index in model.aggregates:
        below, above = results.memberships(index).argmax(axis=1)
        assert below <= above


def test_missing_undefined_and_empty_are_three_states_on_both_paths():
    table = "<TABLE><RULE>1</RULE><RULE>undefined</RULE></TABLE>"
    model = read_dxi(dxi(attribute("R", table, attribute("A", classes=2))))
    given_options = [{1: 1}, {1: None}, {}, {1: frozenset()}, {1: Absence.MISSING}, {1: 0}]
    kept = [Absence.MISSING, None, None, {}, Absence.MISSING, {1: 1}]
    full = {0: 1, 1: 1, 2: 1}
    # Expanded inputs reach the rule without a value, which leaves the root missing whatever is expanded below it.
    library = [Absence.MISSING, Absence.MISSING, Absence.MISSING, Absence.MISSING, Absence.MISSING, {1: 1}]
    for expand, wanted in ((False, kept), (Expand(), library), (True, [full] * 5 + [{1: 1}])):
        assert [evaluate(model, option, expand=expand)[0] for option in given_options] == wanted
        results = evaluate_columns(model, Columns.of_options(model, given_options), expand=expand)
        assert [option[0] for option in results.options()] == wanted


def test_missing_goes_before_undefined_and_undefined_before_empty():
    model = read_dxi(dxi(attribute("R", function("0" * 27), *(attribute(name) for name in "ABC"))))
    given_options = [{1: Absence.MISSING, 3: frozenset()}, {1: frozenset(), 2: 0}, {1: 0, 2: frozenset(), 3: 1}]
    wanted = [Absence.MISSING, None, {}]
    assert [evaluate(model, option, expand=False)[0] for option in given_options] == wanted
    results = evaluate_columns(model, Columns.of_options(model, given_options), expand=False)
    assert [option[0] for option in results.options()] == wanted


def test_a_tree_is_pruned_where_an_option_names_an_aggregate():
    model = default_model()
    need = model.find("CLINICAL_NEED").index
    worst = dict.fromkeys(model.inputs, 2)
    for method in METHODS:
        found = list(
            evaluate_columns(model, Columns.of_options(model, [worst, worst | {need: 0}]), method=method).options()
        )
        assert found[0][need] == {3: 1} and found[1][need] == {0: 1}
        assert found[1][0] == evaluate(model, worst | {need: 0}, method=method)[0] != found[0][0]
        assert found[1][model.find("FRAILTY").index] == {2: 1}


def test_classes_outside_the_scale_are_refused_or_become_the_nearest():
    model = read_dxi(dxi(attribute("R", function("012"), attribute("A"))))
    given_options = [{1: 7}, {1: -1}, {1: {-4, 1, 5}}, {1: {2: 0.25, 9: 0.5}}]
    for method, mixed in (("prob", {2: 1.0}), ("fuzzy", {2: 0.5})):
        plain = [evaluate(model, option, method=method, clamp=True)[0] for option in given_options]
        assert plain[0] == {2: 1} and plain[1] == {0: 1} and plain[3] == mixed
        arrays = evaluate_columns(
            model, Columns.of_options(model, given_options, method=method, clamp=True), method=method
        )
        for found, wanted in zip(arrays.options(), plain, strict=True):
            assert same(found[0], wanted)
    for option in given_options:
        with pytest.raises(ValueError, match="outside the scale of 3 classes"):
            evaluate(model, option)
        with pytest.raises(ValueError, match="outside the scale of 3 classes"):
            Columns.of_options(model, [option])


@pytest.mark.parametrize(
    ("value", "reason"),
    [({0: -0.5}, "from 0 upwards"), ({0: math.inf}, "from 0 upwards"), (0.5, "not a class index")],
)
def test_what_is_no_value_is_refused_with_the_reason(value, reason):
    model = read_dxi(dxi(attribute("R", function("012"), attribute("A"))))
    with pytest.raises(ValueError, match=reason):
        evaluate(model, {1: value})
    with pytest.raises(ValueError, match=reason):
        Columns.of_options(model, [{1: value}])


def test_a_linked_leaf_and_an_attribute_without_a_scale_take_no_value():
    leaves = [attribute("S", classes=2), attribute("S", classes=2), attribute("T", scale="")]
    model = read_dxi(dxi(attribute("R", function("0110"), *leaves, classes=2), settings="<LINKING>1</LINKING>"))
    assert evaluate(model, {2: 1})[0] == {0: 1}
    for index, reason in ((1, "copies the value of #2"), (3, "no scale")):
        with pytest.raises(ValueError, match=reason):
            evaluate(model, {2: 1, index: 0})
        with pytest.raises(ValueError, match=reason):
            Columns.of_options(model, [{2: 1, index: 0}])
        with pytest.raises(ValueError, match=reason):
            Columns.of_arrays(model, {2: np.array([1]), index: np.array([0])})


def test_whole_arrays_may_hold_classes_memberships_and_numbers():
    number = attribute("D", "<DISCRETIZE><VALUE>0</VALUE><BOUND>1</BOUND><VALUE>2</VALUE></DISCRETIZE>",
                       attribute("N", scale="<SCALE><CONTINUOUS/></SCALE>"))  # fmt: skip
    model = read_dxi(dxi(attribute("R", function("012" * 9), attribute("A"), number, attribute("B"))))
    memberships = np.array([[0, 1, 0], [0.5, 0.5, 0], [np.nan, 0, 0], [0, 0, 0]])
    inputs = {1: np.array([0, -1, 2, 1]), 3: np.array([1.0, np.nan, 1.5, 0]), 4: memberships}
    results = evaluate_columns(model, Columns.of_arrays(model, inputs), method="prob", expand=False)
    assert results.states(0).tolist() == [GIVEN, 3, UNDEFINED, 1]
    assert results.memberships(0)[0].tolist() == [0, 1, 0]
    with pytest.raises(ValueError, match="expected classes"):
        Columns.of_arrays(model, {1: np.array([0.5])})
    with pytest.raises(ValueError, match="from 0 upwards"):
        Columns.of_arrays(model, {1: np.array([[0.5, -0.5, 1]])})
    with pytest.raises(ValueError, match="one length"):
        Columns.of_arrays(model, {1: np.array([0]), 4: np.array([0, 1])})


@pytest.mark.parametrize("classes", [3, 10])
def test_memberships_of_sets_distributions_and_gaps_may_be_mixed(classes):
    model = read_dxi(dxi(attribute("R", function("012" * classes), attribute("A", classes=classes), attribute("B"))))
    rows = np.zeros((4, classes))
    rows[0, [0, 2]], rows[1, 1], rows[2, :2], rows[3, 0] = 1, 1, (0.25, 0.75), np.nan
    second = np.array([0, 1, 2, 1])
    results = evaluate_columns(model, Columns.of_arrays(model, {1: rows, 2: second}), method="prob", expand=False)
    given_options = [{1: {0, 2}, 2: 0}, {1: 1, 2: 1}, {1: {0: 0.25, 1: 0.75}, 2: 2}, {2: 1}]
    for option, found in zip(given_options, results.options(), strict=True):
        for index, wanted in enumerate(evaluate(model, option, method="prob", expand=False)):
            assert same(found[index], wanted)


def test_exact_fractions_are_kept_by_the_plain_path():
    model = read_dxi(dxi(attribute("R", function("0011"), attribute("A", classes=2), attribute("B", classes=2))))
    thirds = {0: Fraction(1, 3), 1: Fraction(2, 3)}
    assert evaluate(model, {1: thirds, 2: {0, 1}}, method="prob")[0] == thirds
