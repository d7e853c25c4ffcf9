"""Each measure against an example worked by hand, and the properties that its sources prove."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthequiroute.testing.property_tests import examples
from routing.planning.check import RouteFacts, check
from routing.planning.equity import (
    Deferral,
    Journey,
    burden,
    concentration_index,
    coverage_by_group,
    deferred_days,
    erreygers_index,
    fractional_rank,
    gini_over_areas,
    horizontal_inequity,
    journeys_of,
    max_min_coverage,
    price_of_equity,
    slope_index,
    staff_loads,
)
from routing.planning.problem import Problem, Staff, Visit
from routing.planning.solution import Route, Solution, VisitStop

shares = st.lists(st.floats(0, 1), min_size=2, max_size=12).filter(lambda values: sum(values) > 0.01)
positive = st.floats(0.1, 10)


@st.composite
def served_by_rank(draw):
    values = draw(shares)
    size = len(values)
    ranks = draw(st.lists(st.integers(1, 5), min_size=size, max_size=size))
    weights = draw(st.lists(positive, min_size=size, max_size=size))
    return np.array(values), np.array(ranks), np.array(weights)


def test_gini_by_hand():
    # Two areas of one visit each: all in one of them. G = (1 + 1) / (2 * 4 * 1/2) = 1/2.
    assert gini_over_areas([60, 60], [60, 0], [1, 1]) == pytest.approx(0.5)
    # Weights 3 and 1, s = 1 and 1/2: 2 * 3 * 1 * 1/2 / (2 * 16 * 7/8).
    assert gini_over_areas([60, 60], [60, 30], [3, 1]) == pytest.approx(3 / 28)
    # The same from visits: minutes add up within the areas, weights too.
    visits = gini_over_areas([30, 30, 60], [30, 30, 30], [1, 2, 1], ["a", "a", "b"])
    assert visits == pytest.approx(3 / 28)
    assert gini_over_areas([60], [0], [1]) is None
    with pytest.raises(ValueError, match="minutes"):
        gini_over_areas([0], [0], [1])


@given(served_by_rank())
@examples(100)
def test_gini_is_the_sum_over_all_pairs(drawn):
    values, _, weights = drawn
    total, mean = weights.sum(), np.average(values, weights=weights)
    pairs = sum(
        weights[a] * weights[b] * abs(values[a] - values[b]) for a, b in itertools.product(range(len(values)), repeat=2)
    )
    expected = pairs / (2 * total**2 * mean)
    found = gini_over_areas(np.ones(len(values)), values, weights)
    assert found == pytest.approx(expected, abs=1e-12)
    assert gini_over_areas(np.ones(len(values)), values * 0.37, weights) == pytest.approx(found, abs=1e-12)
    assert gini_over_areas(np.ones(len(values)), values[::-1], weights[::-1]) == pytest.approx(found, abs=1e-12)
    assert 0 <= found < 1


def test_fractional_rank_by_hand():
    assert fractional_rank([1, 2, 3, 4]).tolist() == [0.125, 0.375, 0.625, 0.875]
    assert fractional_rank([5, 1, 1]).tolist() == pytest.approx([5 / 6, 1 / 3, 1 / 3])
    assert fractional_rank([1, 2], [3, 1]).tolist() == [0.375, 0.875]


def test_concentration_index_by_hand():
    # Ranks 1/4 and 3/4, service 1 and 0: mu = 1/2, cov = (1/2 * -1/4 + -1/2 * 1/4) / 2 = -1/8, CI = 4 * -1/8.
    assert concentration_index([1, 0], [1, 2]) == pytest.approx(-0.5)
    assert concentration_index([0, 1], [1, 2]) == pytest.approx(0.5)
    assert erreygers_index([1, 0], [1, 2]) == pytest.approx(-1)
    assert concentration_index([0, 0], [1, 2]) is None
    assert erreygers_index([0, 0], [1, 2]) == 0
    assert concentration_index([], []) is None
    # CI(service) = -1/2 against CI(need) = 2/4 * ((1 * -1/4 + -1 * 1/4) / 2) * ... for need 3 and 1: -1/4.
    assert horizontal_inequity([1, 0], [3, 1], [1, 2]) == pytest.approx(-0.25)
    assert horizontal_inequity([3, 1], [3, 1], [1, 2]) == 0


@given(served_by_rank())
@examples(100)
def test_concentration_index_keeps_to_its_properties(drawn):
    values, ranks, weights = drawn
    index = concentration_index(values, ranks, weights)
    assert -1 <= index <= 1
    assert concentration_index(values * 7, ranks, weights * 3) == pytest.approx(index, abs=1e-9)
    assert concentration_index(values, -ranks, weights) == pytest.approx(-index, abs=1e-9)
    shuffled = np.random.default_rng(1).permutation(len(values))
    assert concentration_index(values[shuffled], ranks[shuffled], weights[shuffled]) == pytest.approx(index, abs=1e-9)
    assert concentration_index(np.ones(len(values)), ranks, weights) == pytest.approx(0, abs=1e-12)
    left_out = 1 - values
    assert erreygers_index(left_out, ranks, weights) == pytest.approx(-erreygers_index(values, ranks, weights))


def test_service_for_the_most_deprived_alone_is_negative():
    ranks = [1] * 5 + [2] * 5 + [3] * 5
    served = [1] * 5 + [0] * 10
    assert concentration_index(served, ranks) < 0
    assert erreygers_index(served, ranks) < 0


def test_slope_by_hand():
    # Five groups of the same size, coverage falling by 0.1 from the least to the most deprived: slope 0.1 / 0.2.
    fitted = slope_index([0.5, 0.6, 0.7, 0.8, 0.9], [10] * 5)
    assert fitted.slope == pytest.approx(0.5)
    assert fitted.at_most_deprived == pytest.approx(0.45)
    assert fitted.relative == pytest.approx(0.95 / 0.45)
    # Two groups of 3 and 1: ridits 0.375 and 0.875.
    assert slope_index([1, 0.5], [3, 1]).slope == pytest.approx(-1)
    assert slope_index([0.8] * 5, [1, 2, 3, 4, 5]).slope == pytest.approx(0)
    assert slope_index([1], [5]) is None
    assert slope_index([0, 1], [1, 1]).relative is None


def test_coverage_of_overlapping_groups():
    plus, everybody = np.array([True] * 9 + [False] * 11), np.ones(20, dtype=bool)
    parts = coverage_by_group(
        np.ones(20), np.arange(20) < 3, {"plus": plus, "all": everybody, "few": np.arange(20) < 4}
    )
    assert parts["plus"].coverage == pytest.approx(1 / 3)
    assert parts["all"].coverage == 0.15
    assert parts["few"].hidden
    assert max_min_coverage(parts) == ("all", 0.15)
    assert max_min_coverage(parts, {"plus": 6, "all": 3, "few": 1}, least_weight=5) == ("plus", pytest.approx(1 / 3))
    assert max_min_coverage({}) is None


def test_burden_by_hand():
    journeys = [Journey(f"a{i}", 1, 600, 100 + 60 * i, 2, 160, i < 10, i < 3) for i in range(20)]
    journeys += [Journey(f"b{i}", 4, 300, 0) for i in range(9)]
    parts = burden(journeys)
    assert parts[1].travel_minutes == 10
    assert parts[1].preferred_share == 0.5
    assert parts[1].continuity_share is None, "three of twenty, and three must not be told"
    assert parts[1].weighted_lateness == 2 * sum(60 * i for i in range(19)) / 60
    assert parts[4].travel_minutes == 5
    assert parts[4].preferred_share is None
    assert parts[4].weighted_lateness == 0
    assert parts[2].n == 0
    few_late = burden([replace(each, target=100 + 60 * 15) for each in journeys[:20]])
    assert few_late[1].weighted_lateness is None, "four are late"
    small = burden(journeys[:3] + journeys[20:])
    assert small[1].hidden and small[1].travel_minutes is None
    assert small[4].hidden, "else quintile 1 would be all served visits less these"
    assert burden([])[1].n == 0


def test_journeys_come_from_a_judged_plan():
    problem = Problem(
        staff=(Staff("n1", 0, 0, (0, 10_000)),),
        visits=(Visit("v1", 1, 60), Visit("v2", 2, 60, ((0, 500),), late_cost=1)),
        duration=np.array([[0, 100, 200], [100, 0, 700], [200, 700, 0]]),
    )
    verdict = check(problem, Solution([Route("n1", [VisitStop("v1"), VisitStop("v2")])]))
    first, second = journeys_of(problem, verdict, {"v1": 1, "v2": None}, usual_carers={"v1": "n2", "v2": "n1"})
    assert (first.travel, first.quintile, first.by_usual_carer, first.target) == (100, 1, False, None)
    assert (second.travel, second.start, second.target) == (700, 860, 500)
    assert second.in_preferred_window is False
    assert second.by_usual_carer is True


def test_staff_loads_by_hand():
    facts = {"n1": RouteFacts(drive=1800, service=5400), "n2": RouteFacts(drive=0, service=3600)}
    loads = staff_loads(facts, {"n1": 14_400, "n2": 14_400, "n3": 14_400})
    assert loads.by_staff == {"n1": 0.5, "n2": 0.25, "n3": 0}
    assert (loads.largest, loads.fullest) == (0.5, "n1")
    assert loads.gini == pytest.approx(2 * (0.25 + 0.5 + 0.25) / (2 * 9 * 0.25))
    assert loads.in_order == (0.5, 0.25, 0)
    with pytest.raises(ValueError, match="contracted"):
        staff_loads({}, {"n1": 0})


def test_deferred_days_by_hand():
    today = date(2026, 11, 23)
    month = [Deferral(2, today - timedelta(days=i), 3, frozenset({1, "A"})) for i in range(8)]
    month += [Deferral(1, today, 0, frozenset({1})) for _ in range(8)] + [Deferral(1, today, 0, frozenset({2}))] * 9
    old = [Deferral(100, today - timedelta(days=28), 90, frozenset({1}))]
    ahead = [Deferral(100, today + timedelta(days=1), 90, frozenset({1}))]
    assert deferred_days(month + old + ahead, today) == {1: 2, 2: 0, "A": 3}
    assert deferred_days(month[:4], today) == {1: None, "A": None}
    assert deferred_days([], today) == {}


def test_price_of_equity_by_hand():
    def verdict(place):
        problem = Problem(
            staff=(Staff("n1", 0, 0),), visits=(Visit("v1", place),), duration=np.array([[0, 600], [600, 0]])
        )
        return check(problem, Solution([Route("n1", [VisitStop("v1")])]))

    near, far = verdict(0), verdict(1)
    price = price_of_equity(far, far, (0.8, 1.0))
    assert (price.travel_minutes, price.price) == ((20, 20), 0)
    assert price.ratio_change == pytest.approx(0.2)
    assert price_of_equity(near, far, (None, 1.0)).price is None
    assert price_of_equity(far, near, (None, 1.0)).ratio_change is None
    assert price_of_equity(far, near, (None, 1.0)).price == -1
