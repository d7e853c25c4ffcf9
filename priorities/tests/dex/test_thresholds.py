"""From numbers to classes and memberships."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorities.dex.thresholds import Thresholds

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
