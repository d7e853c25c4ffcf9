"""PyVRP behind our judge: every answer holds, starts and stops are honoured, and what it cannot state is named."""

from dataclasses import replace

import pytest
from hypothesis import given

from healthequiroute.testing.property_tests import examples
from routing.planning.check import check
from routing.planning.engines import SolveOptions, UnsupportedFeature, get_engine, solve
from routing.planning.engines.greedy import first_orders
from routing.planning.instances import home_visits
from routing.planning.problem import Break, Link, Pin, Weights

from .small_days import problems, without_what

BRIEF = SolveOptions(seconds=5, iterations=60)


def statable(problem):
    """The problem without what PyVRP refuses."""
    problem = without_what(problem, "links", "double", "missable breaks", "late", "weights")
    people = tuple(
        replace(p, max_drive=None, overtime_cost=0 if p.max_duration is not None else p.overtime_cost)
        for p in problem.staff
    )
    return replace(problem, staff=people)


@examples(60)
@given(problems())
def test_every_answer_passes_the_judge(problem):
    problem = statable(problem)
    solution = solve(problem, BRIEF, "pyvrp")
    verdict = check(problem, solution)
    assert solution.engine == "pyvrp"
    assert {violation.rule for violation in verdict.violations} <= {"required"}
    assert solution.feasible == verdict.feasible
    assert solution.cost == verdict.cost


def test_a_day_of_a_team_is_planned_and_better_than_the_first_plan():
    problem = home_visits(40, 4, seed=103)
    solution = solve(problem, SolveOptions(seconds=20, iterations=400), "pyvrp")
    assert check(problem, solution).feasible
    assert solution.cost.total < solve(problem, BRIEF, "greedy").cost.total


def test_lunch_overtime_several_windows_and_tiers_are_kept():
    problem = home_visits(24, 3, seed=104, tightness=1.2, tiers=True)
    visits = tuple(
        replace(visit, windows=((30_000, 34_000), (50_000, 60_000))) if i % 3 == 0 else visit
        for i, visit in enumerate(problem.visits)
    )
    people = tuple(replace(person, overtime=3600, overtime_cost=2) for person in problem.staff)
    problem = replace(problem, visits=visits, staff=people)
    solution = solve(problem, SolveOptions(seconds=20, iterations=300), "pyvrp")
    assert check(problem, solution).feasible
    first = solve(problem, BRIEF, "greedy")
    assert check(problem, solution).rank <= check(problem, first).rank


def test_pins_exclusions_and_preferences_are_kept():
    problem = home_visits(20, 3, seed=4, tightness=0.7)
    visits = list(problem.visits)
    visits[0] = replace(
        visits[0], skills=frozenset(), windows=((30_000, 60_000),), pinned=Pin("n02", 40_000), prize=10**6
    )
    visits[1] = replace(visits[1], skills=frozenset(), only_staff=frozenset({"n03"}))
    visits[2] = replace(visits[2], skills=frozenset(), not_staff=frozenset({"n01", "n03"}))
    visits[3] = replace(visits[3], skills=frozenset(), preferred_staff=frozenset({"n01"}), preference_cost=50_000)
    solution = solve(replace(problem, visits=tuple(visits)), SolveOptions(seconds=20, iterations=300), "pyvrp")
    doing = {name: staff for staff, names in solution.orders.items() for name in names}
    assert solution.feasible
    assert doing["v001"] == "n02"
    assert doing.get("v002", "n03") == "n03"
    assert doing.get("v003", "n02") == "n02"
    assert doing["v004"] == "n01"


def test_it_begins_from_the_plan_that_it_is_given():
    problem = home_visits(30, 4, seed=105)
    known = solve(problem, SolveOptions(seconds=20, iterations=800), "pyvrp")
    again = solve(problem, SolveOptions(seconds=20, iterations=1, start=known.orders), "pyvrp")
    assert again.cost.total <= known.cost.total
    assert again.trace[0][1] == known.cost.total


def test_a_start_that_breaks_rules_is_put_right():
    problem = home_visits(20, 3, seed=105)
    crowded = {problem.staff[0].id: [visit.id for visit in problem.visits]}
    assert solve(problem, replace(BRIEF, start=crowded), "pyvrp").feasible


def test_stopped_at_once_it_still_answers():
    problem = home_visits(30, 4, seed=105)
    start = first_orders(problem)
    solution = solve(problem, SolveOptions(seconds=60, should_stop=lambda: True, start=start), "pyvrp")
    assert solution.stopped == "stopped"
    assert solution.orders == {name: order for name, order in start.items() if order}


def test_the_same_seed_and_iterations_give_the_same_plan():
    problem = home_visits(30, 4, seed=106)
    once, again = (solve(problem, SolveOptions(seconds=60, seed=7, iterations=200), "pyvrp") for _ in range(2))
    assert once.orders == again.orders


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"links": (Link("v001", "v002", together=True),)}, "links"),
        ({"weights": Weights(waiting=1)}, "waiting"),
        ({"visits": {"staff_required": 2}}, "staff_required"),
        ({"visits": {"late_cost": 1}}, "late_cost"),
        ({"staff": {"breaks": (Break(60, ((40_000, 41_000),), required=False),)}}, "missed"),
        ({"staff": {"overtime": 60, "overtime_cost": 1, "max_duration": 9}}, "overtime"),
        ({"staff": {"max_drive": 900}, "objective": "distance"}, "max_drive"),
        ({"visits": "many tiers"}, "tiers"),
        ({"visits": {"prize": 1 << 50}}, "prizes and costs of up to"),
    ],
)
def test_what_it_cannot_state_is_refused_by_name(change, named):
    problem = home_visits(60, 2, seed=1)
    with pytest.raises(UnsupportedFeature, match=named):
        solve(changed(problem, change), BRIEF, "pyvrp")


def changed(problem, change):
    change = dict(change)
    if change.get("visits") == "many tiers":
        change["visits"] = tuple(replace(visit, tier=i // 6) for i, visit in enumerate(problem.visits))
    for group in ("visits", "staff"):
        if isinstance(change.get(group), dict):
            first, *others = getattr(problem, group)
            change[group] = (replace(first, **change[group]), *others)
    return replace(problem, **change)


def test_empty_days_are_answered():
    problem = home_visits(5, 2)
    assert len(solve(replace(problem, staff=()), BRIEF, "pyvrp").unserved) == 5
    assert solve(replace(problem, visits=()), BRIEF, "pyvrp").routes == []
    assert get_engine("pyvrp").name == "pyvrp"
