"""Whatever plan comes in, nothing simple is left undone afterwards."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthequiroute.testing.property_tests import examples
from routing.planning.check import check
from routing.planning.engines import SolveOptions, solve
from routing.planning.engines.answer import judged
from routing.planning.engines.completion import completed
from routing.planning.engines.greedy import Days, first_orders
from routing.planning.exchanges import with_promise_kept
from routing.planning.instances import home_visits
from routing.planning.solution import Certificate, Route, Solution, VisitStop
from routing.planning.tiers import LAST_RANK, rank

from .made_plans import keeps_the_rules, left_out, made_plan, ways_to_add
from .small_days import problems


def upside_down(problem):
    """Orders filled with the least urgent visits first."""
    days = Days(problem)
    for visit in sorted(problem.visits, key=lambda visit: (-rank(visit), visit.id)):
        place = days.cheapest_place(visit)
        if place:
            days.insert(visit, *place)
    return days.orders


def exchanged(problem, orders):
    """Orders after the last look, of everybody."""
    after = with_promise_kept(problem, judged(problem, orders, "test")[0])[0].orders
    return {person.id: after.get(person.id, []) for person in problem.staff}


def simple_gains(problem, orders):
    """Unserved visits that one addition, or one exchange for a lower tier, would serve: every place is judged."""
    served = {name for names in orders.values() for name in names}
    for visit in problem.visits:
        if visit.id in served:
            continue
        for name, names in orders.items():
            lower = [other for other in names if rank(problem.visit_by_id[other]) > rank(visit)]
            for dropped in [None, *lower]:
                rest = [other for other in names if other != dropped]
                for place in range(len(rest) + 1):
                    route = [VisitStop(other) for other in [*rest[:place], visit.id, *rest[place:]]]
                    if check(problem, Solution([Route(name, route)])).feasible:
                        yield visit.id


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_plan_that_forgot_the_urgent_is_put_right(seed):
    problem = home_visits(24, 2, seed, tightness=1.6, tiers=True)
    orders = upside_down(problem)
    before = judged(problem, orders, "test")[1]
    assert before.unserved_by_tier[1] + before.unserved_by_tier[2] > 0
    assert list(simple_gains(problem, orders))
    better = exchanged(problem, orders)
    after = judged(problem, better, "test")[1]
    assert after.rank < before.rank
    assert list(simple_gains(problem, better)) == []


def test_without_tiers_visits_are_added_only_where_they_are_worth_it():
    problem = home_visits(24, 3, seed=1, tightness=0.8)
    orders = first_orders(problem)
    source = random.Random(1)
    kept = {name: [v for v in names if source.random() < 0.6] for name, names in orders.items()}
    before, after = (judged(problem, o, "test")[1] for o in (kept, exchanged(problem, kept)))
    assert after.cost.total < before.cost.total
    assert len(after.unserved) < len(before.unserved)
    assert all(rank(visit) == LAST_RANK for visit in problem.visits)


def ways_in(problem, orders):
    """Plans that serve one more visit as they are, or in place of one of a lower rank: every place, every day."""
    for visit in left_out(problem, orders):
        if visit.staff_required > 2 or rank(visit) == LAST_RANK:
            continue
        lower = {name for names in orders.values() for name in names if rank(problem.visit_by_id[name]) > rank(visit)}
        for dropped in [None, *sorted(lower)]:
            rest = {name: [other for other in names if other != dropped] for name, names in orders.items()}
            yield from (way for way in ways_to_add(problem, rest, visit) if keeps_the_rules(problem, way))


@examples(100)
@given(problems(most_visits=6), st.integers(0, 999))
def test_afterwards_no_single_exchange_serves_a_visit_by_dropping_a_less_urgent_one(problem, seed):
    orders = made_plan(problem, seed, share=0.7)
    plan, kept = with_promise_kept(problem, judged(problem, orders, "test")[0])
    assert kept
    verdict = check(problem, plan)
    assert {violation.rule for violation in verdict.violations} <= {"required"}
    assert list(ways_in(problem, {person.id: plan.orders.get(person.id, []) for person in problem.staff})) == []
    before = check(problem, Solution([Route(name, [VisitStop(v) for v in names]) for name, names in orders.items()]))
    # Visits that must be served come before every tier.
    assert (len(verdict.violations), *verdict.rank[:-1]) <= (len(before.violations), *before.rank[:-1])


def test_a_look_that_is_cut_short_says_that_the_promise_is_open():
    problem = home_visits(24, 2, 1, tightness=1.6, tiers=True)
    before = judged(problem, upside_down(problem), "test")[0]
    assert with_promise_kept(problem, before, lambda: True) == (before, False)
    assert with_promise_kept(problem, before)[1]


@pytest.mark.parametrize("engine", ["greedy", "ortools", "pyvrp"])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_promise_holds_for_the_answer_of_every_engine(engine, seed):
    problem = home_visits(14, 2, seed, tightness=1.8, tiers=True)
    solution = solve(problem, SolveOptions(seconds=0.3), engine)
    orders = {person.id: solution.orders.get(person.id, []) for person in problem.staff}
    assert solution.unserved
    assert check(problem, solution).feasible
    assert list(ways_in(problem, orders)) == []


def test_a_plan_that_is_mended_is_judged_again_and_loses_its_certificate():
    problem = home_visits(24, 2, 1, tightness=1.6, tiers=True)
    before = judged(problem, upside_down(problem), "test")[0]
    before.certificate = Certificate("ortools", True)
    after = completed(problem, before)
    verdict = check(problem, after)
    assert verdict.feasible
    assert (after.cost, {left.visit for left in after.unserved}) == (verdict.cost, set(verdict.unserved))
    assert after.certificate.accepted is None and after.promise_kept
    assert after.trace[-1][1] == after.cost.total
