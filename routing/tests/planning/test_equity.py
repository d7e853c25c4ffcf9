import json
import random
from dataclasses import replace

import pytest

from routing.planning.equity import Need, equity, quintile_of_decile, wilson


def needs(quintile, served, n, weight=1.0):
    return [Need(weight, i < served, quintile) for i in range(n)]


def test_ratio_and_gap_compare_core20_with_everybody_else():
    report = equity([*needs(1, 18, 20), *needs(3, 20, 25), *needs(5, 10, 15)])
    assert report.core20.coverage == pytest.approx(0.9)
    assert report.rest.coverage == pytest.approx(0.75)
    assert report.ratio == pytest.approx(1.2)
    assert report.gap == pytest.approx(0.15)
    assert report.status == "green"
    assert report.lowest_quintile == 5


@pytest.mark.parametrize(("served", "status"), [(100, "green"), (96, "amber"), (94, "red")])
def test_traffic_light(served, status):
    assert equity([*needs(1, served, 100), *needs(4, 100, 100)]).status == status


def test_coverage_is_weighted_by_need():
    report = equity([*needs(1, 5, 5, weight=3), *needs(1, 0, 5, weight=1), *needs(2, 5, 10)])
    assert report.core20.coverage == pytest.approx(0.75)
    assert (report.core20.n, report.core20.served) == (10, 5)
    assert (report.core20.low, report.core20.high) == wilson(5, 10)


def test_groups_of_fewer_than_five_are_not_compared():
    report = equity([*needs(1, 4, 4), *needs(2, 3, 3), *needs(3, 5, 6), *needs(4, 9, 9), *needs(5, 9, 9)])
    assert report.core20.hidden
    assert report.core20.n is None
    assert report.ratio is None
    assert report.status == "unknown"
    assert report.quintiles[2].hidden
    assert not report.rest.hidden, "each visit stands beside it: nothing is secret"


def test_one_small_quintile_takes_a_second_with_it():
    drawn = [*needs(1, 10, 20), *needs(2, 3, 3), *needs(3, 10, 20), *needs(4, 11, 22), *needs(5, 12, 24)]
    report = equity(drawn, leaves=True)
    assert report.quintiles[2].hidden
    assert report.quintiles[3].hidden, "else quintile 2 would be the rest less the others"
    assert not report.quintiles[4].hidden
    assert report.core20.coverage == 0.5


def test_what_leaves_tells_nothing_of_few_visits_left_out():
    """Three of thirty are left out: a share of 90 % would tell that, and so would numbers of all and of served."""
    drawn = [*needs(1, 27, 30), *needs(4, 20, 40), *needs(5, 20, 40)]
    inside, leaving = equity(drawn), equity(drawn, leaves=True)
    assert inside.core20.coverage == pytest.approx(0.9)
    assert (leaving.core20.n, leaving.core20.served, leaving.core20.coverage) == (30, None, None)
    assert (leaving.ratio, leaving.gap, leaving.status) == (None, None, "unknown")
    assert leaving.rest.coverage == pytest.approx(0.5)
    nobody = equity([*needs(1, 30, 30), *needs(4, 20, 40), *needs(5, 20, 40)], leaves=True)
    assert nobody.core20.coverage == 1, "that none was left out may be told"


def test_what_leaves_hides_numbers_up_to_seven():
    drawn = [*needs(1, 7, 7), *needs(2, 3, 3), *needs(3, 20, 40), *needs(4, 12, 12), *needs(5, 12, 12)]
    report = equity(drawn, leaves=True)
    assert report.core20.hidden and report.quintiles[2].hidden
    assert report.rest.hidden, "else Core20 would be all visits less the rest"
    assert not equity(drawn).core20.hidden, "where each visit is seen anyway, seven can be compared"


def test_areas_of_a_quintile_do_not_give_a_small_one_away():
    week = {"parts": ("plan",)}
    drawn = [Need(1, i % 2, 1, area=area, **week) for i, area in enumerate("A" * 40 + "B" * 20 + "CCC")]
    report = equity([*drawn, *(Need(1, i % 2, 4, area="D", **week) for i in range(40))], leaves=True)
    assert report.areas["C"].hidden
    assert report.areas["B"].hidden, "else C would be quintile 1 less A and B"
    assert not report.areas["A"].hidden
    assert report.core20.n == 63


def test_a_plan_alone_shows_no_area():
    needs = [Need(1, i % 2, 1 + i % 2 * 3, area=area) for i, area in enumerate("A" * 40 + "B" * 40)]
    report = equity(needs, leaves=True)
    assert all(part.hidden for part in report.areas.values())
    assert not report.core20.hidden
    assert not equity([replace(need, parts=("plan",)) for need in needs], leaves=True).areas["A"].hidden


def test_empty_groups_and_unknown_quintiles():
    report = equity([*needs(2, 6, 6), *needs(None, 1, 3)])
    assert report.core20.n == 0
    assert report.core20.coverage is None
    assert report.ratio is None
    assert report.not_known == 3
    assert equity([]).status == "unknown"


def test_nobody_served_elsewhere_has_no_ratio_but_a_status():
    report = equity([*needs(1, 5, 5), *needs(2, 0, 5)])
    assert report.ratio is None
    assert report.gap == 1
    assert report.status == "green"
    assert equity([*needs(1, 0, 5), *needs(2, 0, 5)]).status == "unknown"


def test_the_report_is_plain_data():
    data = json.loads(json.dumps(equity([*needs(1, 5, 6), *needs(2, 5, 6)]).as_dict()))
    assert data["quintiles"]["1"]["n"] == 6


def test_the_report_names_who_is_covered_least():
    plus = frozenset({"inclusion health"})
    report = equity(
        [
            *[Need(1, i < 9, 1, 30, "A") for i in range(10)],
            *[Need(1, i < 6, 3, 30, "B", plus) for i in range(10)],
            *[Need(1, True, 5, 30, "C") for i in range(10)],
        ]
    )
    assert report.lowest_quintile == 3
    assert report.lowest_group == ("B", 0.6)
    assert report.plus["inclusion health"].coverage == 0.6
    # s = 0.9, 0.6, 1 with equal weights: sum over pairs 2 (0.3 + 0.1 + 0.4) / (2 * 9 * 2.5 / 3).
    assert report.gini_areas == pytest.approx(1.6 / 15)
    assert report.slope == pytest.approx((1 - 0.9) / (2 / 3))
    assert report.erreygers == pytest.approx(4 * report.concentration * 25 / 30)
    assert report.horizontal_inequity == pytest.approx(report.concentration), "need is the same everywhere"


def test_wilson_against_published_values():
    # Newcombe 1998, Statistics in Medicine 17, table I: 81/263, 15/148, 0/20, 1/29 (score method, 95 %).
    for served, n, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert wilson(served, n) == pytest.approx((low, high), abs=5e-5)
    with pytest.raises(ValueError, match="0 of 0"):
        wilson(0, 0)


def test_serving_one_more_core20_visit_never_lowers_the_ratio():
    source = random.Random(1)
    for _ in range(200):
        group = [Need(source.uniform(0.1, 5), source.random() < 0.7, source.randint(1, 5)) for _ in range(60)]
        left = [i for i, need in enumerate(group) if need.quintile == 1 and not need.served]
        before = equity(group)
        if not left or before.ratio is None:
            continue
        better = list(group)
        better[left[0]] = Need(group[left[0]].weight, True, 1)
        assert equity(better).ratio > before.ratio


def test_deciles_and_bad_input():
    assert [quintile_of_decile(d) for d in (None, 1, 2, 3, 10)] == [None, 1, 1, 2, 5]
    with pytest.raises(ValueError, match="decile"):
        quintile_of_decile(0)
    with pytest.raises(ValueError, match="weight"):
        equity([Need(0, True, 1)])
    with pytest.raises(ValueError, match="quintile"):
        equity([Need(1, True, 6)])
