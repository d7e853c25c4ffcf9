"""Prices under which cost alone orders plans as tiers do."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthequiroute.testing.property_tests import examples
from routing.planning.check import check
from routing.planning.instances import home_visits
from routing.planning.tiers import LadderTooHigh, price_of_leaving_out

from .small_days import plans, problems


@examples(80)
@given(st.data())
def test_a_plan_with_fewer_unserved_in_a_higher_tier_is_always_cheaper(data):
    problem = data.draw(problems())
    prices = price_of_leaving_out(problem)
    ranked = []
    for plan in (data.draw(plans(problem)), data.draw(plans(problem))):
        # A plan with more overtime or lateness than allowed is none, so its cost is bounded by nothing.
        verdict = check(problem, plan)
        if {v.rule for v in verdict.violations} & {"shift", "late", "time", "twice"}:
            return
        required = sum(problem.visit_by_id[name].required for name in verdict.unserved)
        optional = [problem.visit_by_id[name] for name in verdict.unserved if not problem.visit_by_id[name].required]
        tiers = [sum(visit.tier == tier for visit in optional) for tier in problem.tiers]
        charged = sum(prices[name] for name in verdict.unserved) + verdict.cost.total - verdict.cost.prizes
        ranked.append(((required, *tiers), charged))
    (one, price), (two, other) = ranked
    if one != two:
        assert (price < other) == (one < two)


def test_without_tiers_the_price_is_the_prize():
    problem = home_visits(20, 3)
    assert price_of_leaving_out(problem) == {visit.id: visit.prize for visit in problem.visits}


def test_a_ladder_beyond_exact_sums_is_refused_and_usual_ones_fit():
    assert max(price_of_leaving_out(home_visits(1000, 100, tiers=True)).values()) < 1 << 61
    problem = home_visits(100, 10)
    many = replace(problem, visits=tuple(replace(v, tier=i // 3) for i, v in enumerate(problem.visits)))
    with pytest.raises(LadderTooHigh):
        price_of_leaving_out(many)
