"""Measures of inequality against plain versions that share no code with them, and against published examples."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthequiroute.portal.inequality import concentration, means_by_fifth, ridits, slope_index

# O'Donnell et al. (2008), table 8.1: births and under-five deaths in 1,000 by fifth of wealth, India 1982-92.
BIRTHS = [29_939, 28_776, 26_528, 24_689, 19_739]
DEATHS = [154.7, 152.9, 119.5, 86.9, 54.3]

areas = st.lists(
    st.tuples(
        st.floats(0, 1000, allow_subnormal=False).map(lambda value: round(value, 3)),
        st.integers(1, 12),
        st.integers(1, 4000),
    ),
    min_size=10,
    max_size=40,
)


def columns(rows):
    return [list(column) for column in zip(*rows, strict=True)]


def plain_ridits(order, weights):
    total = sum(weights)
    found = []
    for mine in order:
        below = sum(w for other, w in zip(order, weights, strict=True) if other < mine)
        alike = sum(w for other, w in zip(order, weights, strict=True) if other == mine)
        found.append((below + alike / 2) / total)
    return found


def plain_line(values, places, weights):
    """Intercept and slope from means and sums of products."""
    total = math.fsum(weights)
    mean_x = math.fsum(w * x for w, x in zip(weights, places, strict=True)) / total
    mean_y = math.fsum(w * y for w, y in zip(weights, values, strict=True)) / total
    triples = list(zip(values, places, weights, strict=True))
    slope = math.fsum(w * (x - mean_x) * (y - mean_y) for y, x, w in triples) / math.fsum(
        w * (x - mean_x) ** 2 for _, x, w in triples
    )
    return mean_y - slope * mean_x, slope, mean_x


@given(areas)
def test_ridits_are_the_share_of_people_in_more_deprived_areas(rows):
    _, order, weights = columns(rows)
    found = ridits(order, weights)
    assert found == pytest.approx(plain_ridits(order, weights))
    assert np.average(found, weights=weights) == pytest.approx(0.5)


@given(areas)
def test_the_slope_is_that_of_the_weighted_line_through_all_areas(rows):
    values, order, weights = columns(rows)
    found = slope_index(values, order, weights)
    if len(set(order)) < 3:
        assert found is None
        return
    places = plain_ridits(order, weights)
    intercept, slope, mean_x = plain_line(values, places, weights)
    assert (found.most, found.slope) == pytest.approx((intercept, slope), rel=1e-6, abs=1e-6)
    assert found.least == pytest.approx(intercept + slope, rel=1e-6, abs=1e-6)
    # HC3 of the slope alone, from the distances to the mean.
    total, spread = sum(weights), math.fsum(w * (x - mean_x) ** 2 for x, w in zip(places, weights, strict=True))
    variance = 0.0
    for y, x, w in zip(values, places, weights, strict=True):
        leverage = w * (1 / total + (x - mean_x) ** 2 / spread)
        residual = (y - intercept - slope * x) / max(1 - leverage, 1e-9)
        variance += (w * (x - mean_x) * residual / spread) ** 2
    from scipy.stats import t

    half = t.ppf(0.975, len(rows) - 2) * math.sqrt(variance)
    assert found.high - found.low == pytest.approx(2 * half, rel=1e-5, abs=1e-5)
    if found.ratio is not None:
        assert found.ratio == pytest.approx(found.least / found.most)
        assert found.ratio_low <= found.ratio <= found.ratio_high


@given(areas)
def test_the_curve_holds_what_the_more_deprived_have(rows):
    values, order, weights = columns(rows)
    found = concentration(values, order, weights)
    if not any(values):
        assert found is None
        return
    amounts = [value * weight for value, weight in zip(values, weights, strict=True)]
    for place, (people, amount) in zip(sorted(set(order)), found.curve[1:], strict=True):
        inside = [i for i, each in enumerate(order) if each <= place]
        assert people == pytest.approx(sum(weights[i] for i in inside) / sum(weights))
        assert amount == pytest.approx(math.fsum(amounts[i] for i in inside) / math.fsum(amounts))
    # The index is one less twice the area under the curve (trapezes).
    under = sum(
        (after[0] - before[0]) * (after[1] + before[1]) / 2
        for before, after in zip(found.curve, found.curve[1:], strict=False)
    )
    assert found.index == pytest.approx(1 - 2 * under, abs=1e-9)
    assert -1 <= found.index <= 1
    assert found.low <= found.index <= found.high


@given(areas)
def test_turning_deprivation_round_turns_the_measures_round(rows):
    values, order, weights = columns(rows)
    turned = [-place for place in order]
    first, second = slope_index(values, order, weights), slope_index(values, turned, weights)
    if first is not None:
        assert second.slope == pytest.approx(-first.slope, rel=1e-6, abs=1e-6)
        assert second.high - second.low == pytest.approx(first.high - first.low, rel=1e-5, abs=1e-5)
    if any(values):
        there, back = concentration(values, order, weights), concentration(values, turned, weights)
        assert back.index == pytest.approx(-there.index, abs=1e-9)


@given(areas)
def test_means_of_fifths(rows):
    values, order, weights = columns(rows)
    fifths = [place % 5 + 1 for place in order]
    for found in means_by_fifth(values, fifths, weights):
        inside = [i for i, fifth in enumerate(fifths) if fifth == found.fifth]
        assert found.areas == len(inside)
        if not inside:
            assert found.mean is None
            continue
        people = sum(weights[i] for i in inside)
        mean = math.fsum(values[i] * weights[i] for i in inside) / people
        assert found.mean == pytest.approx(mean)
        if len(inside) < 2:
            assert found.low is None
            continue
        assert found.low <= found.mean + 1e-9 and found.high >= found.mean - 1e-9


def test_equal_weights_give_the_interval_of_the_textbook():
    # t(4; 0.975) = 2.776; standard deviation 2 of 1, 2, ... has a standard error of its own.
    found = means_by_fifth([1, 2, 3, 4, 5], [1] * 5, [7] * 5)[0]
    assert (found.mean, found.high - found.mean) == pytest.approx((3, 2.776445 * math.sqrt(2.5 / 5)), abs=1e-4)


def test_the_published_concentration_index_of_deaths_in_india():
    assert concentration(DEATHS, range(5), BIRTHS).index == pytest.approx(-0.1694, abs=5e-5)


def test_the_definition_of_the_technical_guide():
    """phe_sii: least squares of value x sqrt(share) on sqrt(share) and ridit x sqrt(share); RII = (a + SII) / a."""
    values = [75.9, 78.3, 83.8, 83.6, 80.5, 81.1, 81.7, 84.2, 80.6, 86.3]
    people = [7291, 7997, 6105, 7666, 5790, 6934, 5918, 5974, 7147, 7534]
    share = np.array(people) / sum(people)
    place, root = np.cumsum(share) - share / 2, np.sqrt(share)
    a, b = np.linalg.lstsq(np.column_stack([root, place * root]), np.array(values) * root, rcond=None)[0]
    found = slope_index(values, range(10), people)
    assert (found.most, found.slope, found.ratio) == pytest.approx((a, b, (a + b) / a))


def test_everybody_alike():
    found = slope_index([4.0] * 12, range(12), [100] * 12)
    assert (found.slope, found.ratio) == pytest.approx((0, 1), abs=1e-9)
    assert concentration([4.0] * 12, range(12), [100] * 12).index == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    "arguments",
    [([1, 2], [1], [1, 1]), ([1, float("nan")], [1, 2], [1, 1]), ([1, 2], [1, 2], [1, 0]), ([1, 2], [1, 2], [1, -3])],
)
def test_what_makes_no_sense_is_refused(arguments):
    for measure in (slope_index, concentration):
        with pytest.raises(ValueError):
            measure(*arguments)
    with pytest.raises(ValueError):
        means_by_fifth([1.0], [6], [1])


def test_what_cannot_be_told_is_nothing():
    assert slope_index([1.0] * 9, range(9), [1] * 9) is None
    assert slope_index([1.0] * 20, [1, 2] * 10, [1] * 20) is None
    assert concentration([], [], []) is None
    assert concentration([-1.0, 1], [1, 2], [1, 1]) is None
    assert concentration([0.0, 0], [1, 2], [1, 1]) is None
    assert slope_index([0.0] * 12, range(12), [1] * 12).ratio is None
