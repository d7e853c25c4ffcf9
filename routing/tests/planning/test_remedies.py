"""Each remedy does what it says: applied, it serves the visit at the stated cost, and nothing smaller would do."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthequiroute.testing.property_tests import examples
from routing.planning.check import check
from routing.planning.remedies import apply_remedy, orders_with
from routing.planning.remedy_search import remedies_of
from routing.planning.trials import Trials, untimed

from .made_plans import keeps_the_rules, left_out, made_plan, ways_to_add
from .small_days import problems

SHRINKING = ("shift_end", "shift_start", "max_visits", "capacity", "max_drive", "max_duration")


def assert_true(problem, orders, visit, remedy):
    """The stated change, judged on the whole plan: served, no rule broken, at the stated cost."""
    applied, plan = apply_remedy(problem, remedy), orders_with(orders, remedy)
    verdict = check(applied, untimed(plan))
    assert {violation.rule for violation in verdict.violations} <= {"required"}
    assert visit.id not in verdict.unserved
    assert set(remedy.moved) <= set(verdict.unserved)
    before = check(problem, untimed(orders))
    assert verdict.cost.total - before.cost.total == pytest.approx(remedy.cost_change, abs=1e-6)
    assert verdict.cost.travel - before.cost.travel == pytest.approx(remedy.travel_change, abs=1e-6)
    for name, visits in orders.items():  # everything else keeps its order and its person
        assert [other for other in plan[name] if other != visit.id] == [
            other for other in visits if other not in remedy.moved
        ]


def assert_least(problem, orders, visit, remedy):
    """No place in anybody's day (in that person's where the change is to a person) would do with a second less."""
    if remedy.kind == "move" and len(remedy.moved) == 2:
        for other in remedy.moved:
            rest = {name: [each for each in visits if each != other] for name, visits in orders.items()}
            assert not any(keeps_the_rules(problem, way) for way in ways_to_add(problem, rest, visit))
    if remedy.kind not in (*SHRINKING, "window_end", "window_start") or remedy.amount <= 0:
        return
    assert not any(keeps_the_rules(problem, way) for way in ways_to_add(problem, orders, visit))
    smaller = apply_remedy(problem, replace(remedy, amount=remedy.amount - 1))
    for way in ways_to_add(smaller, orders, visit):
        if remedy.kind.startswith("window") and not any(way[staff] != orders[staff] for staff, _ in remedy.places):
            continue  # somebody else may do it with less, for more cost: a remedy of its own
        assert not keeps_the_rules(smaller, way)


@examples(100)
@given(problems(most_visits=5), st.integers(0, 999))
def test_each_remedy_serves_the_visit_at_its_cost_and_nothing_smaller_does(problem, seed):
    orders = made_plan(problem, seed, share=0.8)
    trials = Trials(problem, orders)
    for visit in left_out(problem, orders):
        remedies = remedies_of(trials, visit)
        assert len({(r.kind, r.staff, r.window, r.amount, r.moved, r.places) for r in remedies}) == len(remedies)
        assert [remedy.cost_change for remedy in remedies] == sorted(remedy.cost_change for remedy in remedies)
        for remedy in remedies:
            assert remedy.change
            assert_true(problem, orders, visit, remedy)
            if visit.staff_required == 1:
                assert_least(problem, orders, visit, remedy)


@examples(100)
@given(problems(most_visits=5), st.integers(0, 999))
def test_what_simply_fits_is_never_overlooked(problem, seed):
    orders = made_plan(problem, seed, share=0.6)
    trials = Trials(problem, orders)
    for visit in left_out(problem, orders):
        fits = any(keeps_the_rules(problem, way) for way in ways_to_add(problem, orders, visit))
        if visit.staff_required <= 2:
            assert fits == any(remedy.kind == "add" for remedy in remedies_of(trials, visit))
