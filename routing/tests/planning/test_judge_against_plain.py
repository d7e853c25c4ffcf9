"""The judge and the timetable agree with the slow, plain second telling of the rules."""

import random

from hypothesis import given
from hypothesis import strategies as st

from healthequiroute.testing.property_tests import examples
from routing.planning.bench_days import tight_day
from routing.planning.check import check
from routing.planning.io import cost_json
from routing.planning.plain_rules import broken_rules, cheapest_times
from routing.planning.solution import Route, Solution, VisitStop
from routing.planning.timetable import timed_route

from .small_days import plans, problems


@examples(120)
@given(st.data())
def test_judge_finds_the_same_broken_rules_and_cost_as_the_plain_telling(data):
    problem = data.draw(problems())
    plan = data.draw(plans(problem))
    verdict = check(problem, plan)
    broken, cost = broken_rules(problem, plan)
    assert {(v.rule, v.staff, v.visit) for v in verdict.violations} == broken
    found = {"max_late": 0} | cost_json(verdict.cost)
    assert found.pop("total") == sum(cost.values())
    assert found == cost


@examples(120)
@given(problems(most_visits=3, most_staff=1, linked=False))
def test_times_left_out_are_computed_exactly_when_some_times_fit(problem):
    person = problem.staff[0]
    timed = timed_route(problem, person, problem.visits)
    least = cheapest_times(problem, person, problem.visits)
    assert (timed is None) == (least is None)
    if timed is None:
        return
    verdict = check(problem, Solution([timed]))
    times = {"window", "end", "late", "shift", "break", "time"}
    assert not [violation for violation in verdict.violations if violation.rule in times]
    assert verdict.cost.late + verdict.cost.overtime + verdict.cost.breaks == least


@examples(150)
@given(problems(most_visits=3, most_staff=1, linked=False))
def test_a_plan_without_times_is_judged_as_the_same_plan_with_the_computed_times(problem):
    person = problem.staff[0]
    bare = check(problem, Solution([Route(person.id, [VisitStop(visit.id) for visit in problem.visits])]))
    again = check(problem, Solution(bare.routes))
    assert again.violations == bare.violations
    assert again.cost == bare.cost


@examples(80)
@given(st.data())
def test_times_partly_left_out_never_change_the_stated_ones(data):
    problem = data.draw(problems())
    plan = data.draw(plans(problem))
    # Breaks may be added to a route that states no time at all; visits stay one by one.
    stops = [stop for route in plan.routes for stop in route.stops if isinstance(stop, VisitStop)]
    for stop in stops:
        for key in ("arrive", "start", "leave"):
            if data.draw(st.booleans()):
                setattr(stop, key, None)
    verdict = check(problem, plan)
    judged = [stop for route in verdict.routes for stop in route.stops if isinstance(stop, VisitStop)]
    for stop, complete in zip(stops, judged, strict=True):
        for key in ("arrive", "start", "leave"):
            stated = getattr(stop, key)
            assert stated is None or getattr(complete, key) == stated


def test_a_feasible_plan_stays_feasible_without_its_times():
    """Linked routes and bounded days too: what had some times gets times that keep the rules."""
    source = random.Random("strip 1")
    for _ in range(100):
        problem, plan = tight_day(source)
        bare = [Route(route.staff, [VisitStop(name) for name in route.visits]) for route in plan.routes]
        assert check(problem, Solution(bare)).violations == []
