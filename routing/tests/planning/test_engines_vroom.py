"""VROOM behind our judge: every answer holds, and what it cannot state is named."""

from dataclasses import replace

import pytest
from hypothesis import given

from healthequiroute.testing.property_tests import examples
from routing.planning.check import check
from routing.planning.engines import SolveOptions, UnsupportedFeature, solve
from routing.planning.instances import home_visits
from routing.planning.problem import Break, Link, Pin, Weights

from .small_days import problems, without_what

BRIEF = SolveOptions(seconds=5, iterations=1)


def statable(problem):
    """The problem without what VROOM refuses."""
    problem = without_what(problem, "links", "double", "missable breaks", "stop breaks", "late", "weights")
    people = tuple(replace(p, max_duration=None, overtime_cost=0) for p in problem.staff)
    visits = tuple(replace(visit, preference_cost=0) for visit in problem.visits)
    return replace(problem, staff=people, visits=visits)


@examples(60)
@given(problems())
def test_every_answer_passes_the_judge(problem):
    problem = statable(problem)
    solution = solve(problem, BRIEF, "vroom")
    verdict = check(problem, solution)
    assert solution.engine == "vroom"
    assert {violation.rule for violation in verdict.violations} <= {"required"}
    assert solution.feasible == verdict.feasible


def test_a_day_of_a_team_is_planned_and_better_than_the_first_plan():
    problem = home_visits(40, 4, seed=103)
    solution = solve(problem, BRIEF, "vroom")
    assert check(problem, solution).feasible
    assert solution.cost.total < solve(problem, BRIEF, "greedy").cost.total


def test_rules_that_it_states_are_kept():
    problem = home_visits(20, 3, seed=4, tightness=0.7)
    visits = list(problem.visits)
    visits[0] = replace(
        visits[0], skills=frozenset(), windows=((30_000, 60_000),), pinned=Pin("n02", 40_000), prize=10**6
    )
    visits[1] = replace(visits[1], skills=frozenset(), only_staff=frozenset({"n03"}))
    visits[2] = replace(visits[2], windows=((30_000, 31_000), (50_000, 55_000)))
    people = tuple(replace(person, max_visits=7, max_drive=9_000, overtime=900) for person in problem.staff)
    problem = replace(problem, visits=tuple(visits), staff=people, capacity={"n01": 0})
    solution = solve(problem, BRIEF, "vroom")
    doing = {name: staff for staff, names in solution.orders.items() for name in names}
    assert solution.feasible
    assert solution.rejected == 0
    assert doing["v001"] == "n02"
    assert doing.get("v002", "n03") == "n03"


def test_a_visit_that_is_not_worth_its_way_is_left_out():
    problem = home_visits(12, 2, seed=107, tightness=0.5)
    visits = (replace(problem.visits[0], prize=1), *problem.visits[1:])
    solution = solve(replace(problem, visits=visits), BRIEF, "vroom")
    assert {left.visit: left.reason for left in solution.unserved} == {"v001": "prize"}


def test_few_tiers_are_exact_and_many_are_refused():
    few = home_visits(8, 1, seed=108, tightness=2, tiers=True)
    few = replace(few, visits=tuple(replace(visit, tier=1 + i // 4) for i, visit in enumerate(few.visits)))
    solution = solve(few, BRIEF, "vroom")
    assert check(few, solution).feasible
    with pytest.raises(UnsupportedFeature, match="strict tiers"):
        solve(home_visits(100, 10, seed=108, tiers=True), BRIEF, "vroom")


def test_it_begins_from_the_plan_that_it_is_given_and_hears_a_stop_before_it_begins():
    problem = home_visits(30, 4, seed=105)
    known = solve(problem, replace(BRIEF, iterations=3), "vroom")
    again = solve(problem, replace(BRIEF, start=known.orders), "vroom")
    assert again.trace[0][1] == known.cost.total
    stopped = solve(problem, replace(BRIEF, start=known.orders, should_stop=lambda: True), "vroom")
    assert stopped.stopped == "stopped"
    assert stopped.orders == known.orders


def test_the_number_of_threads_does_not_change_the_answer():
    problem = home_visits(30, 4, seed=106)
    once, again = (solve(problem, SolveOptions(seconds=20, iterations=2, workers=n), "vroom") for n in (1, 2))
    assert once.orders == again.orders


@pytest.mark.parametrize(
    ("group", "change", "named"),
    [
        (None, {"links": (Link("v001", "v002", together=True),)}, "links"),
        (None, {"weights": Weights(max_idle=1)}, "max_idle"),
        ("visits", {"late_cost": 1}, "late_cost"),
        ("visits", {"preferred_staff": frozenset({"n01"}), "preference_cost": 3}, "preference_cost"),
        ("visits", {"service": 1 << 40}, "above 4,294,967,295"),
        ("staff", {"max_duration": 9}, "max_duration"),
        ("staff", {"overtime": 60, "overtime_cost": 1}, "overtime"),
        ("staff", {"breaks": (Break(60, ((40_000, 41_000),), place="stop"),)}, "stops only"),
        ("staff", {"breaks": (Break(60, ((40_000, 41_000),), required=False),)}, "missed"),
    ],
)
def test_what_it_cannot_state_is_refused_by_name(group, change, named):
    problem = home_visits(6, 2, seed=1)
    if group:
        first, *others = getattr(problem, group)
        change = {group: (replace(first, **change), *others)}
    with pytest.raises(UnsupportedFeature, match=named):
        solve(replace(problem, **change), BRIEF, "vroom")


def test_empty_days_are_answered():
    problem = home_visits(5, 2)
    assert len(solve(replace(problem, staff=()), BRIEF, "vroom").unserved) == 5
    assert solve(replace(problem, visits=()), BRIEF, "vroom").routes == []
