"""A slot can be promised: wherever in it the visit starts, the plan holds and everything else keeps its place."""

import json
from dataclasses import replace

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from healthequiroute.testing.property_tests import examples
from routing.planning.check import check
from routing.planning.engines import SolveOptions, solve
from routing.planning.instances import home_visits
from routing.planning.io import problem_json, solution_json
from routing.planning.problem import Pin, Problem, Staff, Visit
from routing.planning.slots import find_slots
from routing.planning.solution import Solution
from routing.planning.trials import untimed

from .made_plans import keeps_the_rules, made_plan, ways_to_add
from .small_days import problems

HOUR = 3600


def booked(problem, visit, start):
    fixed = replace(visit, required=False, pinned=Pin(visit.pinned.staff if visit.pinned else None, start))
    return replace(problem, visits=(*problem.visits, fixed))


def assert_can_be_promised(problem, orders, visit, slot):
    verdicts = []
    for start in slot.window:
        asked = booked(problem, visit, start)
        plan = {**orders, slot.staff: [*orders[slot.staff][: slot.place], visit.id, *orders[slot.staff][slot.place :]]}
        verdicts.append(check(asked, untimed(plan)))
        assert {violation.rule for violation in verdicts[-1].violations} <= {"required"}
    before = check(problem, untimed(orders))
    assert verdicts[0].cost.total - before.cost.total == pytest.approx(slot.cost_change)
    drive = [sum(fact.drive for fact in verdict.facts.values()) for verdict in (before, verdicts[0])]
    assert slot.added_travel == drive[1] - drive[0]
    planned = {(who, name): start for who, fact in before.facts.items() for name, start in fact.starts}
    later = {
        (who, name): start - planned[who, name]
        for who, fact in verdicts[0].facts.items()
        for name, start in fact.starts
        if (who, name) in planned and start > planned[who, name]
    }
    assert {(push.staff, push.visit): push.seconds for push in slot.pushes} == later


@examples(60)
@given(problems(most_visits=5, linked=False), st.integers(0, 999))
def test_slots_hold_and_none_that_exists_is_missed(problem, seed):
    problem = replace(problem, visits=tuple(replace(visit, staff_required=1) for visit in problem.visits))
    *planned, new = problem.visits
    problem = replace(problem, visits=tuple(planned))
    orders = made_plan(problem, seed)
    slots = find_slots([("today", problem, untimed(orders))], new)
    assert [slot.cost_change for slot in slots] == sorted(slot.cost_change for slot in slots)
    for slot in slots:
        assert_can_be_promised(problem, orders, new, slot)
    asked = replace(problem, visits=(*problem.visits, replace(new, required=False)))
    assert bool(slots) == any(keeps_the_rules(asked, way) for way in ways_to_add(asked, orders, new))


def plan_of_a_day(seed):
    problem = home_visits(30, 4, seed, tightness=0.7)
    return problem, solve(problem, SolveOptions(seconds=5), "greedy")


def test_the_three_cheapest_over_several_days_none_twice_for_the_same_time():
    plans = [(label, *plan_of_a_day(seed)) for label, seed in (("Monday", 1), ("Tuesday", 2))]
    new = Visit("new", 5, 1800, windows=((9 * HOUR, 11 * HOUR), (14 * HOUR, 16 * HOUR)), skills=frozenset({"nurse"}))
    slots = find_slots(plans, new)
    assert len(slots) == 3
    assert [slot.cost_change for slot in slots] == sorted(slot.cost_change for slot in slots)
    for slot in slots:
        problem, solution = next((p, s) for label, p, s in plans if label == slot.plan)
        orders = {person.id: solution.orders.get(person.id, []) for person in problem.staff}
        assert_can_be_promised(problem, orders, new, slot)
        assert any(opens <= slot.window[0] <= slot.window[1] <= closes for opens, closes in new.windows)
    apart = [(a, b) for a in slots for b in slots if a is not b and (a.plan, a.staff) == (b.plan, b.staff)]
    assert all(a.window[1] < b.window[0] or b.window[1] < a.window[0] for a, b in apart)


def test_nobody_with_the_skill_no_slot():
    problem, solution = plan_of_a_day(1)
    assert find_slots([("Monday", problem, solution)], Visit("new", 5, 1800, skills=frozenset({"dialysis"}))) == []


def files(tmp_path, problem, solution, visit):
    for name, data in (("problem", problem_json(problem)), ("solution", solution_json(solution)), ("visit", visit)):
        (tmp_path / f"{name}.json").write_text(json.dumps(data))
    return [str(tmp_path / f"{name}.json") for name in ("problem", "solution", "visit")]


def test_the_command_tells_slots_for_a_known_place_and_for_a_new_address(tmp_path, capsys):
    problem, solution = plan_of_a_day(1)
    visit = {"id": "new", "service": 1800, "windows": [[32_400, 39_600]], "skills": ["nurse"]}
    call_command("find_slots", *files(tmp_path, problem, solution, visit | {"location": 5}))
    known = json.loads(capsys.readouterr().out)
    assert set(known["slots"][0]) == {"plan", "staff", "place", "window", "added_travel", "cost_change", "pushes"}
    matrices = {"duration": problem.duration, "distance": problem.distance}
    legs = {key: {"from": matrix[:, 5].tolist(), "to": matrix[5, :].tolist()} for key, matrix in matrices.items()}
    call_command("find_slots", *files(tmp_path, problem, solution, visit | {"legs": legs}))
    assert json.loads(capsys.readouterr().out) == known


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": "v001"}, "already has a visit v001"),
        ({"location": 999}, "is not a place of the matrix"),
        ({"staff_required": 2}, "needs 2 people at once"),
        ({"legs": {"duration": {"from": [1], "to": [1]}}}, "a visit has one place"),
        ({"location": None, "only_staff": ["nobody"]}, "location"),
    ],
)
def test_what_cannot_be_answered_is_refused(tmp_path, changes, message):
    problem, solution = plan_of_a_day(1)
    visit = {"id": "new", "location": 5, "service": 1800} | changes
    with pytest.raises(CommandError, match=message) as error:
        call_command("find_slots", *files(tmp_path, problem, solution, visit))
    assert error.value.returncode == 1


def test_a_plan_that_breaks_a_rule_is_refused():
    anne = Staff("anne", 0, 0, (0, 100))
    problem = Problem((anne,), (Visit("late", 0, 10, ((0, 5),), required=False),), np.zeros((1, 1), dtype=np.int64))
    plan = untimed({"anne": ["late"]})
    plan.routes[0].stops[0].start = 50
    with pytest.raises(ValueError, match="the plan Monday breaks a rule: window"):
        find_slots([("Monday", problem, Solution(plan.routes))], Visit("new", 0, 5))
