"""Weights of tables against the published example and the reference library's own expectations of it."""

import numpy as np
import pytest
from hypothesis import given, settings

from priorities.dex.dxi import read_dxi
from priorities.dex.model import ScaleOrder, Table
from priorities.dex.tables.grid import TableScales
from priorities.dex.tables.impurity import chi_squared, gain_ratio, gini, information_gain
from priorities.dex.tables.interpolation import interpolate
from priorities.dex.tables.marginals import marginals
from priorities.dex.tables.weights import ModelWeights, linear_picture, regression
from priorities.dex.values import UNDEFINED, interval, single
from priorities.tests.dex.models import (
    attribute,
    car_model,
    crisp_table,
    default_model,
    dxi,
    function,
    scale,
    tables,
)

CAR = car_model()
TWO = TableScales((scale(2), scale(2)), scale(3))


def of_car(name):
    node = CAR.find(name)
    return node.function, TableScales.of(CAR, node)


def weights_of(model, name):
    return ModelWeights(model).of(model.find(name))


def test_car_weighs_60_to_40_locally_and_equally_when_normalised():
    assert weights_of(CAR, "CAR").local == (60, 40)
    assert weights_of(CAR, "CAR").local_normalised == (50, 50)
    assert regression(*of_car("CAR")).coefficients == pytest.approx((1, 2 / 3))
    assert regression(*of_car("CAR")).constant == pytest.approx(-5 / 6)


def test_comfort_weighs_as_published():
    expected = (39.0995260663507, 21.8009478672986, 39.0995260663507)
    assert weights_of(CAR, "COMFORT").local == pytest.approx(expected)


def test_global_weights_multiply_down_the_path():
    comfort = weights_of(CAR, "COMFORT")
    assert comfort.global_ == pytest.approx([part * 0.4 * 0.5 for part in comfort.local])
    assert comfort.global_normalised == pytest.approx([part * 0.5 * 0.5 for part in comfort.local_normalised])
    assert weights_of(CAR, "PRICE").global_ == (30, 30) and weights_of(CAR, "CAR").global_ == (60, 40)


@pytest.mark.parametrize(
    ("name", "rounded"),
    [
        ("PRIORITY", [48, 30, 22]),
        ("CLINICAL_NEED", [50, 50]),
        ("LTC_BURDEN", [43, 29, 29]),
        ("SOCIAL_VULNERABILITY", [49, 25, 25]),
        ("PLUS_GROUPS", [29, 71]),
        ("ACCESS_BARRIERS", [50, 50]),
    ],
)
def test_normalised_weights_of_the_default_model(name, rounded):
    assert [round(part) for part in weights_of(default_model(), name).local_normalised] == rounded


@pytest.mark.parametrize(
    ("name", "share", "distance"),
    [
        ("CAR", 8 / 12, 0.5277778),
        ("PRICE", 4 / 9, 0.4197531),
        ("TECH.CHAR.", 6 / 9, 0.4197531),
        ("COMFORT", 21 / 36, 0.4407407),
    ],
)
def test_quality_of_the_linear_picture(name, share, distance):
    picture = linear_picture(*of_car(name))
    assert picture.share_within_half == pytest.approx(share)
    assert picture.mean_distance == pytest.approx(distance, abs=1e-6)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (gini, (37.15847, 25.68306, 37.15847)),
        (information_gain, (36.63539, 26.72923, 36.63539)),
        (gain_ratio, (38.78682, 22.42636, 38.78682)),
        (chi_squared, (36.91950, 26.16099, 36.91950)),
    ],
)
def test_weights_that_assume_no_line(measure, expected):
    assert measure(*of_car("COMFORT")) == pytest.approx(expected, abs=1e-5)


@given(tables())
@settings(max_examples=40, deadline=None)
def test_every_kind_of_weight_adds_up_to_100_or_is_all_0(case):
    table, scales = case
    found = [regression(table, scales).local(), regression(table, scales).local_normalised(scales)]
    found += [measure(table, scales) for measure in (gini, information_gain, gain_ratio, chi_squared)]
    for weights in found:
        assert float(sum(weights)) == pytest.approx(100) or not any(weights)
        assert all(weight >= 0 for weight in weights)


@given(tables(crisp=True))
@settings(max_examples=40, deadline=None)
def test_the_plane_is_that_of_least_squares(case):
    table, scales = case
    found = regression(table, scales)
    if found.is_singular:
        assert 1 in scales.sizes and not any(found.exact)
        return
    columns = np.column_stack([scales.combinations, np.ones(scales.rule_count)])
    expected = np.linalg.lstsq(columns, np.array([rule.classes[0] for rule in table.rules]))[0]
    assert [*found.coefficients, found.constant] == pytest.approx(list(expected), abs=1e-8)


def test_a_table_that_determines_no_plane_has_weights_0():
    single_class = TableScales((scale(1), scale(3)), scale(3))
    found = regression(crisp_table("012"), single_class)
    assert found.is_singular and found.local() == (0, 0) and found.coefficients == (0, 0)
    assert regression(crisp_table("____"), TWO).is_singular
    assert regression(crisp_table("1111"), TWO).local() == (0, 0)


def test_intervals_count_with_their_middle_and_the_constant_counts_all_rules():
    middles = Table((single(0), interval(0, 2), interval(0, 2), single(2)), (True,) * 4)
    assert regression(middles, TWO).coefficients == regression(crisp_table("0112"), TWO).coefficients
    # Normal equations by hand over rules 0, 1, 1 at (0, 0), (0, 1), (1, 0), with 4 rules in the last cell.
    partly = Table((single(0), single(1), single(1), UNDEFINED), (True,) * 4)
    matrix, right = [[1, 0, 1], [0, 1, 1], [1, 1, 4]], [1, 1, 2]
    found = regression(partly, TWO)
    assert [*found.coefficients, found.constant] == pytest.approx(list(np.linalg.solve(matrix, right)))


def test_below_a_node_without_function_nothing_says_what_counts_globally():
    inner = attribute("I", function("0112"), attribute("A", classes=2), attribute("B", classes=2))
    model = read_dxi(dxi(attribute("R", inner)))
    weights = weights_of(model, "I")
    assert weights.local == (50, 50) and weights.global_ is None and weights.global_normalised is None


def test_marginals_are_means_per_class():
    price, technical = marginals(*of_car("CAR"))
    assert price == pytest.approx((0, 1.5, 2)) and technical == pytest.approx((0, 1, 5 / 3, 2))
    assert marginals(*of_car("CAR"), normalised=True)[0] == pytest.approx((0, 0.5, 2 / 3))
    assert marginals(crisp_table("__01"), TWO) == ((None, 0.5), (0, 1))


@given(tables(orders=(ScaleOrder.ASCENDING, ScaleOrder.DESCENDING)))
@settings(max_examples=30, deadline=None)
def test_interpolation_passes_through_the_rules_and_stays_between_them(case):
    table, scales = case
    middles = [(r.classes[0] + r.classes[-1]) / 2 if r.classes else np.nan for r in table.rules]
    assert np.array_equal(interpolate(table, scales, scales.combinations), middles, equal_nan=True)
    between = (np.array(scales.sizes) - 1) * 0.37
    height = interpolate(table, scales, between)[0]
    assert np.isnan(height) or np.nanmin(middles) - 1e-9 <= height <= np.nanmax(middles) + 1e-9


def test_interpolation_is_linear_along_each_argument():
    assert interpolate(crisp_table("0002"), TWO, [[0.5, 1], [0.5, 0.5], [1, 0.25]]).tolist() == [1, 0.5, 0.5]
    assert np.isnan(interpolate(crisp_table("_002"), TWO, [[0.5, 0.5], [1, 0.5]])).tolist() == [True, False]


@pytest.mark.parametrize(
    ("scales", "points", "reason"),
    [
        (TWO, [[0, 1.5]], "argument 1 of point 0 is 1.5; its classes are 0 to 1"),
        (TWO, [[0, float("nan")]], "argument 1 of point 0 is nan"),
        (TWO, [[0, 1, 1]], "2 arguments"),
        (TableScales((scale(2), scale(2)), scale(3, ScaleOrder.UNORDERED)), [[0, 1]], "unordered output"),
        (TableScales((scale(2), scale(2, ScaleOrder.UNORDERED)), scale(3)), [[0, 0.5]], "argument 1 has no order"),
    ],
)
def test_points_that_cannot_be_interpolated_are_refused(scales, points, reason):
    with pytest.raises(ValueError, match=reason):
        interpolate(crisp_table("0002"), scales, points)
