"""Ranking inside a class: published values, the bounds of a class, and one answer from both paths."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize, nnls

from priorities.dex.dxi import read_dxi
from priorities.dex.evaluate import EXPAND, KEEP, Expand, evaluate
from priorities.dex.model import Table
from priorities.dex.ranking import offsets, offsets_of_option, quadratic
from priorities.dex.ranking.qq1 import Qq1, class_lines, regression_plane
from priorities.dex.ranking.qq2 import _direct_edges, _is_convex, _single_steps, framed_graph, gaps, rule_offsets
from priorities.dex.ranking.quadratic import SKEW, place_on_line
from priorities.dex.ranking.rules import RuleTable, rule_table
from priorities.dex.values import UNDEFINED, interval, single
from priorities.tests.dex.models import any_models, attribute, car_model, dxi, function, input_values

METHODS = ("qq1", "qq2")
POLICIES = (KEEP, EXPAND, Expand())


def published(order=1):
    """The table WORK_APP of the method's library: 4 x 3 classes, three of its own."""
    rules = tuple(single(int(code)) for code in "000011012022")
    return rule_table(Table(rules, (True,) * 12), ((4, 1), (3, order)), 3)


@pytest.mark.parametrize(("method", "values"), [("qq1", (3.1317194, 1.9256259)), ("qq2", (3 + 1 / 9, 2.0))])
def test_both_published_cars_have_their_published_values(method, values):
    model = car_model()
    first = dict(zip(model.inputs, (1, 2, 2, 2, 2, 2), strict=True))
    second = dict(zip(model.inputs, (1, 1, 2, 2, 2, 1), strict=True))
    found = [list(option)[0] for option in offsets(model, [first, second], method=method).options()]
    assert [next(iter(c + o for c, o in value.items())) for value in found] == pytest.approx(values, abs=1e-7)


def test_published_plane_and_lines_of_qq1():
    table = published()
    plane = regression_plane(table)
    assert (*plane.coefficients, plane.constant) == pytest.approx((0.433333333, 0.625, -0.525))
    lines = class_lines(table, plane)
    assert [line.k for line in lines] == pytest.approx([0.42403, 0.59406, 0.59406], abs=1e-5)
    assert [line.n for line in lines] == pytest.approx([-0.05300, 0.49752, 0.98267], abs=1e-5)
    values = [
        int(row.argmax()) + Qq1(table).offset(r, int(row.argmax()), [0, 0]) for r, row in enumerate(table.contains)
    ]
    below = [-0.275618375, -0.010600707, 0.254416961, -0.091872792, 0.814356436, 1.185643564]
    above = [0.091872792, 1.071782178, 1.928217822, 0.275618375, 1.814356436, 2.185643564]
    assert values == pytest.approx(below + above)


def of_class(values, index):
    column = values[:, index]
    return column[~np.isnan(column)].tolist()


def test_published_places_and_gaps_of_qq2():
    table = published()
    places = rule_offsets(table)
    room = gaps(table, places)
    assert of_class(places, 0) == pytest.approx([-0.3, 0, 0.3, -0.1, 0.1, 0.3])
    assert of_class(places, 1) == pytest.approx([-1 / 6, 1 / 6, 1 / 6])
    assert of_class(places, 2) == pytest.approx([-1 / 6, -1 / 6, 1 / 6])
    assert of_class(room, 0) == pytest.approx([0.2, 0.3, 0.2, 0.2, 0.2, 0.2])
    assert of_class(room, 1) == of_class(room, 2) == pytest.approx([1 / 3] * 3)


def test_an_unordered_argument_splits_a_class_into_problems_of_their_own():
    table = published(order=0)
    places = rule_offsets(table)
    room = gaps(table, places)
    assert of_class(places, 0) == pytest.approx([-0.375, 0, 0, -0.125, 0.125, 0.375])
    assert of_class(places, 1) == pytest.approx([-0.25, 0, 0.25])
    assert of_class(room, 0) == pytest.approx([0.125, 0.5, 0.5, 0.125, 0.125, 0.125])
    assert of_class(room, 2) == pytest.approx([0.25, 0.5, 0.25])


@given(st.lists(st.integers(0, 2), min_size=12, max_size=12))
@settings(max_examples=30, deadline=None)
def test_descending_arguments_turn_the_places_of_qq2_round_and_leave_those_of_qq1(codes):
    rules = Table(tuple(single(code) for code in codes), (True,) * 12)
    rising, falling = (rule_table(rules, ((4, order), (3, order)), 3) for order in (1, -1))
    assert rule_offsets(falling) == pytest.approx(-rule_offsets(rising), abs=1e-8, nan_ok=True)
    assert regression_plane(falling) == regression_plane(rising)


@st.composite
def graphs(draw):
    """The framed graph of one class of a random table with up to three arguments."""
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    combinations = np.indices(shape).reshape(len(shape), -1).T
    directions = draw(st.lists(st.sampled_from((1, -1)), min_size=len(shape), max_size=len(shape)))
    rules = draw(st.sets(st.integers(0, len(combinations) - 1), min_size=min(2, len(combinations))))
    table = RuleTable(tuple(zip(shape, directions, strict=True)), combinations, np.ones((len(combinations), 1), bool))
    return framed_graph(table, np.array(sorted(rules))), len(rules) + 2


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_the_quadratic_programme_is_solved_to_the_optimum(case):
    (lower, upper, distances), count = case
    x = place_on_line(lower, upper, distances, count)
    assert (x[upper] - x[lower] >= distances - 1e-8).all() and x[0] == 0
    # Karush, Kuhn and Tucker: the pull on every point is held by tight edges that push.
    pull = np.zeros(count)
    np.add.at(pull, upper, x[upper] - x[lower])
    np.add.at(pull, lower, x[lower] - x[upper])
    pull[-1] += SKEW * x[-1]
    tight = np.flatnonzero(x[upper] - x[lower] < distances + 1e-7)
    pushes = np.zeros((count, len(tight)))
    pushes[upper[tight], np.arange(len(tight))] += 1
    pushes[lower[tight], np.arange(len(tight))] -= 1
    assert nnls(pushes[1:], pull[1:])[1] < 1e-6


@given(graphs())
@settings(max_examples=40, deadline=None)
def test_edges_of_the_graph_are_the_direct_ones(case):
    (lower, upper, _), count = case
    above = [{int(b) for a, b in zip(lower, upper, strict=True) if a == point} for point in range(count)]

    def reachable(point):
        return set().union(*[{after} | reachable(after) for after in above[point]])

    for a, b in zip(lower.tolist(), upper.tolist(), strict=True):
        assert not any(b in reachable(other) for other in above[a] - {b})


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_edges_of_a_class_are_the_same_by_steps_and_by_pairs(data):
    shape = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    directions = [data.draw(st.sampled_from((1, -1))) for _ in shape]
    combinations = np.indices(shape).reshape(len(shape), -1).T
    height = combinations @ np.array(directions)
    ends = sorted(data.draw(st.integers(int(height.min()), int(height.max()))) for _ in range(2))
    rules = np.flatnonzero((height >= ends[0]) & (height <= ends[1]))
    table = RuleTable(tuple(zip(shape, directions, strict=True)), combinations, np.ones((len(combinations), 1), bool))
    assert _is_convex(table, rules)
    by_steps, by_pairs = _single_steps(table, rules), _direct_edges(table, rules)
    assert set(zip(*map(list, by_steps), strict=True)) == set(zip(*map(list, by_pairs), strict=True))


def test_the_quadratic_programme_agrees_with_a_general_solver():
    lower, upper, distances = framed_graph(published(), np.array([0, 1, 2, 3, 6, 9]))

    def cost(x):
        return ((x[upper] - x[lower]) ** 2).sum() + SKEW * x[-1] ** 2

    bounds = [{"type": "ineq", "fun": lambda x: x[upper] - x[lower] - distances}, {"type": "eq", "fun": lambda x: x[0]}]
    general = minimize(
        cost, np.arange(8.0), constraints=bounds, method="SLSQP", options={"ftol": 1e-14, "maxiter": 500}
    )
    assert place_on_line(lower, upper, distances, 8) == pytest.approx(general.x, abs=1e-4)


def test_dense_and_sparse_matrices_place_rules_alike(monkeypatch):
    table = RuleTable(((4, 1), (3, -1), (5, 1)), np.indices((4, 3, 5)).reshape(3, -1).T, np.ones((60, 1), bool))
    dense = rule_offsets(table)
    monkeypatch.setattr(quadratic, "DENSE", 0)
    assert rule_offsets(table) == pytest.approx(dense, abs=1e-12)


def test_edges_that_run_in_a_circle_are_refused():
    with pytest.raises(ArithmeticError, match="cycle"):
        place_on_line(np.array([0, 1, 2]), np.array([1, 2, 1]), np.ones(3), 3)


@st.composite
def cases(draw):
    model = draw(any_models())
    aggregates = [index for index in model.aggregates if draw(st.integers(0, 5)) == 0]
    named = [index for index in (*model.inputs, *aggregates) if model.attributes[index].scale is not None]
    options = [
        {index: draw(input_values(model.attributes[index])) for index in named if draw(st.integers(0, 6))}
        for _ in range(draw(st.integers(1, 4)))
    ]
    positions = {
        index: np.array([draw(st.floats(-0.5, 0.5)) for _ in options])
        for index, node in enumerate(model.attributes)
        if node.scale is not None and not node.scale.continuous and draw(st.integers(0, 2)) == 0
    }
    return model, options, positions


def assert_equal_values(found, plain):
    if not isinstance(plain, dict):
        assert found is None
    else:
        assert found == pytest.approx(plain, abs=1e-9)


@given(cases(), st.sampled_from(METHODS), st.sampled_from(POLICIES))
@settings(max_examples=60, deadline=None)
def test_the_array_path_equals_the_plain_one_and_no_class_leaves(case, method, expand):
    model, options, positions = case
    result = list(offsets(model, options, method=method, expand=expand, positions=positions).options())
    for row, option in enumerate(options):
        places = {index: float(column[row]) for index, column in positions.items()}
        plain = offsets_of_option(model, option, method=method, expand=expand, positions=places)
        classes = evaluate(model, option, method="set", expand=expand)
        for index, value in enumerate(plain):
            assert_equal_values(result[row][index], value)
            if isinstance(classes[index], dict):
                assert set(value) == set(classes[index])
                assert all(abs(offset) <= 0.5 for offset in value.values())
            else:
                assert not value


@given(st.data(), st.sampled_from(METHODS))
@settings(max_examples=30, deadline=None)
def test_an_option_is_ranked_alike_whatever_stands_beside_it(data, method):
    model, options, _ = data.draw(cases())
    together = offsets(model, options, method=method).columns
    for row, option in enumerate(options):
        for index, column in offsets(model, [option], method=method).columns.items():
            assert column[0] == pytest.approx(together[index][row], abs=1e-12, nan_ok=True)


def monotone_table(draw, shape, size, directions, direction):
    """A table that never gets worse when an argument gets better."""
    weights = [draw(st.integers(0, 4)) for _ in shape]
    bends = sorted(draw(st.lists(st.integers(0, 20), min_size=size - 1, max_size=size - 1)))
    rules = []
    for combination in itertools.product(*[range(count) for count in shape]):
        steps = [
            index if way > 0 else count - 1 - index
            for index, count, way in zip(combination, shape, directions, strict=True)
        ]
        better = sum(bend <= sum(w * s for w, s in zip(weights, steps, strict=True)) for bend in bends)
        rules.append(single(better if direction > 0 else size - 1 - better))
    return Table(tuple(rules), (True,) * len(rules))


@given(st.data(), st.sampled_from(METHODS))
@settings(max_examples=60, deadline=None)
def test_a_monotone_table_ranks_a_better_combination_no_lower(data, method):
    shape = data.draw(st.lists(st.integers(2, 4), min_size=1, max_size=3))
    size = data.draw(st.integers(2, 4))
    directions = [data.draw(st.sampled_from((1, -1))) for _ in shape]
    direction = data.draw(st.sampled_from((1, -1)))
    orders = {1: "", -1: "DESC"}
    children = [
        attribute(f"A{k}", classes=count, order=orders[way])
        for k, (count, way) in enumerate(zip(shape, directions, strict=True))
    ]
    table = monotone_table(data.draw, shape, size, directions, direction)
    code = "".join(str(rule.memberships[0][0]) for rule in table.rules)
    model = read_dxi(dxi(attribute("R", function(code), *children, classes=size, order=orders[direction])))
    grid = [
        dict(zip(model.inputs, combination, strict=True))
        for combination in itertools.product(*[range(count) for count in shape])
    ]
    values = np.array([next(iter(o[0].items())) for o in offsets(model, grid, method=method).options()])
    # QQ1 points along class indices, QQ2 towards preference.
    inside = values[:, 1] * (direction if method == "qq1" else 1)
    better = (values[:, 0] * direction + inside).reshape(shape)
    for axis, way in enumerate(directions):
        assert (np.diff(better, axis=axis) * way >= -1e-9).all()


def test_values_of_several_combinations_are_averaged_per_class():
    model = read_dxi(dxi(attribute("R", function("000111"), attribute("A", classes=2), attribute("B"), classes=2)))
    for method in METHODS:
        alone = [next(offsets(model, [{1: 0, 2: b}], method=method).options())[0][0] for b in (0, 2)]
        both = next(offsets(model, [{1: {0, 1}, 2: {0, 2}}], method=method).options())[0]
        assert set(both) == {0, 1} and both[0] == pytest.approx(sum(alone) / 2)


def test_a_flat_table_does_not_rank():
    model = read_dxi(dxi(attribute("R", function("111"), attribute("A"))))
    ends = [next(offsets(model, [{1: index}], method="qq1").options())[0] for index in range(3)]
    assert ends == [{1: 0.5}] * 3  # k = 0 leaves n = c + 0.5


def test_an_undefined_rule_that_is_possible_leaves_no_value_and_weighs_nothing():
    rules = (single(0), UNDEFINED, interval(0, 1), single(1))
    table = rule_table(Table(rules, (True,) * 4), ((2, 1), (2, 1)), 2)
    assert np.isnan(rule_offsets(table)[1]).all()
    assert regression_plane(table).coefficients == pytest.approx((0.5, 0.5))
    model = read_dxi(dxi(attribute("R", "<TABLE><RULE>0</RULE><RULE>undef</RULE></TABLE>", attribute("A", classes=2))))
    for method in METHODS:
        assert [next(offsets(model, [{1: v}], method=method).options())[0] for v in (1, {0, 1})] == [None, None]


def test_a_discretised_input_lies_in_the_middle_of_its_class():
    bounds = '<VALUE>0</VALUE><BOUND Associate="Down">1.5</BOUND><VALUE>{0;2}</VALUE><BOUND Associate="Up">4</BOUND>'
    number = attribute("N", scale="<SCALE><CONTINUOUS/></SCALE>")
    middle = attribute("D", f"<DISCRETIZE>{bounds}<VALUE>2</VALUE></DISCRETIZE>", number)
    model = read_dxi(dxi(attribute("R", function("012"), middle)))
    options = [{2: value} for value in (1.5, 1.6, 4.0, math.nan, None)]
    for method in METHODS:
        found = list(offsets(model, options, method=method).options())
        plain = [offsets_of_option(model, option, method=method) for option in options]
        assert [value[1] for value in found] == [{0: 0.0}, {0: 0.0, 2: 0.0}, {2: 0.0}, None, None]
        for one, other in zip(found, plain, strict=True):
            assert_equal_values(one[0], other[0])


def test_linked_models_rank_with_the_offsets_of_the_target():
    shared = attribute("S", function("0111"), attribute("X", classes=2), attribute("Y", classes=2), classes=2)
    right = attribute("Q", function("0011"), attribute("S", classes=2), attribute("Z", classes=2), classes=2)
    settings = "<LINKING>1</LINKING>"
    model = read_dxi(dxi(attribute("R", function("0111"), shared, right, classes=2), settings=settings))
    linked = next(iter(model.links))
    for method in METHODS:
        values = next(offsets(model, [dict.fromkeys(model.inputs, 1)], method=method).options())
        assert values[linked] == values[model.links[linked]] != {1: 0.0}


def test_methods_and_positions_that_cannot_be_are_refused():
    model = read_dxi(dxi(attribute("R", function("012"), attribute("A"))))
    with pytest.raises(ValueError, match="qq3"):
        offsets(model, [{1: 0}], method="qq3")
    with pytest.raises(ValueError, match="from -0.5 to 0.5"):
        offsets(model, [{1: 0}], positions={1: np.array([0.7])})
    with pytest.raises(ValueError, match="outside the scale"):
        offsets(model, [{1: 3}])
