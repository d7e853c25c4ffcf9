"""From numbers to classes and memberships."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorities.dex.evaluate import evaluate
from priorities.dex.model import Attribute, Discretisation, Model, Scale, ScaleClass
from priorities.dex.thresholds import Thresholds
from priorities.dex.values import single

AGE75 = Thresholds((8.0, 12.5), (1.0, 1.0))
DECILE = Thresholds((3, 5, 8), descending=True)
NUMBERS = st.floats(-1e6, 1e6)


@st.composite
def thresholds(draw):
    bounds = sorted(draw(st.sets(st.integers(-50, 50), min_size=1, max_size=5)))
    gaps = [later - earlier for earlier, later in zip(bounds, bounds[1:], strict=False)] or [2]
    widths = draw(st.lists(st.floats(0, min(gaps) / 2), min_size=len(bounds), max_size=len(bounds)))
    ups = draw(st.lists(st.booleans(), min_size=len(bounds), max_size=len(bounds)))
    return Thresholds(tuple(bounds), tuple(widths), tuple(ups), descending=draw(st.booleans()))


def test_a_value_on_the_bound_belongs_above_it():
    assert AGE75.classes([7.99, 8.0, 12.49, 12.5]).tolist() == [0, 1, 1, 2]


def test_down_puts_the_bound_below():
    assert Thresholds((8.0,), goes_up=(False,)).classes([8.0, 8.01]).tolist() == [0, 1]


def test_imd_deciles_fall_into_exact_bands():
    assert DECILE.classes(range(1, 11)).tolist() == [3, 3, 2, 2, 1, 1, 1, 0, 0, 0]
    assert DECILE.describe(3) == "under 3" and DECILE.describe(0) == "8 or more"


def test_missing_is_never_class_0():
    assert AGE75.classes([np.nan]).tolist() == [-1]
    assert AGE75.class_of(None) is None and AGE75.class_of(float("nan")) is None
    assert np.isnan(AGE75.memberships([np.nan])).all()


def test_membership_is_half_and_half_on_a_soft_bound():
    assert AGE75.memberships([8.0, 8.5]).tolist() == [[0.5, 0.5, 0.0], [0.25, 0.75, 0.0]]


def test_bands_in_words():
    assert [AGE75.describe(index, "%") for index in range(3)] == ["under 8%", "8 to under 12.5%", "12.5% or more"]


@given(thresholds(), st.lists(NUMBERS | st.integers(-50, 50), min_size=1, max_size=20))
def test_memberships_are_a_partition_of_unity_and_agree_with_the_crisp_cut(limits, numbers):
    memberships = limits.memberships(numbers)
    assert memberships.sum(axis=1) == pytest.approx(1)
    assert (memberships >= -1e-12).all()
    classes = limits.classes(numbers)
    assert [limits.class_of(number) for number in numbers] == classes.tolist()
    best = memberships.max(axis=1)
    on_bound = np.isclose(np.asarray(numbers)[:, None], limits.bounds).any(axis=1)
    assert memberships[np.arange(len(numbers)), classes][~on_bound] == pytest.approx(best[~on_bound], abs=1e-6)


@given(thresholds(), st.lists(NUMBERS | st.integers(-50, 50), min_size=1, max_size=20))
def test_without_softness_memberships_are_the_crisp_class(limits, numbers):
    hard = Thresholds(limits.bounds, goes_up=limits.goes_up, descending=limits.descending)
    expected = np.eye(hard.class_count)[hard.classes(numbers)]
    assert (hard.memberships(numbers) == expected).all()


@pytest.mark.parametrize(
    ("bounds", "widths", "reason"),
    [
        ((5, 5), (), "does not lie above"),
        ((5, 4), (), "does not lie above"),
        ((5, 6), (0.6, 0.6), "overlap"),
        ((5,), (-1,), "negative"),
        ((float("nan"),), (), "finite"),
        ((5, 6), (1,), "one half-width"),
    ],
)
def test_thresholds_that_cannot_be_are_refused(bounds, widths, reason):
    with pytest.raises(ValueError, match=reason):
        Thresholds(bounds, widths)


@given(thresholds(), st.lists(NUMBERS | st.integers(-50, 50) | st.none(), min_size=1, max_size=20))
def test_arrays_of_memberships_and_positions_equal_the_plain_ones(limits, numbers):
    array = np.array([np.nan if number is None else number for number in numbers], dtype=float)
    for number, row, place in zip(numbers, limits.memberships(array), limits.positions(array), strict=True):
        if number is None:
            assert limits.memberships_of(number) is None and limits.position_of(number) is None
            assert np.isnan(row).all() and np.isnan(place)
        else:
            assert row == pytest.approx(limits.memberships_of(number), abs=1e-12)
            assert place == pytest.approx(limits.position_of(number), abs=1e-12)


@given(thresholds(), st.lists(NUMBERS | st.integers(-50, 50), min_size=2, max_size=20))
def test_no_membership_is_negative_and_at_most_two_neighbours_share_a_number(limits, numbers):
    memberships = limits.memberships(numbers)
    assert (memberships >= 0).all()
    for row in memberships > 1e-9:
        members = np.flatnonzero(row)
        assert len(members) <= 2 and members[-1] - members[0] <= 1


@given(thresholds(), st.lists(NUMBERS | st.integers(-50, 50), min_size=2, max_size=20))
def test_class_and_position_together_keep_the_order_of_the_numbers(limits, numbers):
    numbers = np.sort(np.array(numbers, dtype=float))
    places = limits.positions(numbers)
    assert (np.abs(places) <= 0.5).all()
    values = limits.classes(numbers) + places
    steps = -np.diff(values) if limits.descending else np.diff(values)
    assert (steps >= -1e-12).all()


def test_a_position_is_the_share_of_the_way_through_a_class_and_never_ends_outside():
    assert AGE75.positions([8.0, 10.25, 12.4999999]) == pytest.approx([-0.5, 0, 0.5], abs=1e-6)
    # One width of the class beside (4.5) beyond the bound is half of the outer class, three are three quarters.
    assert AGE75.positions([12.5, 17.0, 26.0, np.inf]) == pytest.approx([-0.5, 0, 0.25, 0.5])
    assert AGE75.positions([8.0 - 4.5, -np.inf]) == pytest.approx([0, -0.5])
    assert Thresholds((8.0,), (2.0,)).positions([10.0, 6.0]) == pytest.approx([0, 0])
    assert np.isnan(AGE75.positions([np.nan])).all()


def test_positions_rise_with_the_class_also_where_classes_descend():
    assert (np.diff(DECILE.positions([6, 5])) > 0).all() and DECILE.position_of(1) > DECILE.position_of(2)


@given(
    st.sets(st.integers(-5, 5), min_size=1, max_size=4),
    st.lists(st.booleans(), min_size=4, max_size=4),
    st.booleans(),
    st.lists(st.integers(-6, 6) | st.floats(-6, 6), min_size=1, max_size=10),
)
def test_without_softness_thresholds_are_the_discretize_of_the_file(bounds, ups, descending, numbers):
    bounds = tuple(sorted(bounds))
    values = [single(index) for index in range(len(bounds) + 1)]
    function = Discretisation(bounds, tuple(ups[: len(bounds)]), tuple(values[::-1] if descending else values))
    limits = Thresholds.of_discretisation(function)
    scale = Scale(tuple(ScaleClass(f"c{index}") for index in range(len(values))))
    top = Attribute(0, "D", scale, function=function, children=(1,))
    model = Model("made up", (top, Attribute(1, "N", Scale(continuous=True), parent=0)))
    for number, row in zip(numbers, limits.memberships(numbers), strict=True):
        expected = evaluate(model, {1: number})[0]
        assert {index: membership for index, membership in enumerate(row) if membership} == expected


def test_a_discretize_that_is_no_cut_into_classes_has_no_thresholds():
    with pytest.raises(ValueError, match="not the classes of its scale in order"):
        Thresholds.of_discretisation(Discretisation((1.0, 2.0), (True, True), (single(0), single(2), single(1))))
