"""A day that goes differently: what has begun stands, few people change, the judge accepts the outcome."""

import json
from dataclasses import replace

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from routing.planning.check import check
from routing.planning.engines import SolveOptions, solve
from routing.planning.fields import InputError
from routing.planning.instances import home_visits
from routing.planning.io import problem_json, solution_json
from routing.planning.problem import Break, Link, Pin, Problem, Staff, Visit
from routing.planning.replanning import (
    Disruption,
    Late,
    NoAccess,
    Overrun,
    Sick,
    UnfitDisruption,
    Urgent,
    day_of,
    going_on,
    plan_from,
    problem_from,
    replan,
)
from routing.planning.replanning.reading import parse_disruption
from routing.planning.solution import BreakStop, Route, Solution, VisitStop

HOUR = 3600
STEADY = SolveOptions(seconds=120, solution_limit=20, iterations=200)


def line(*places):
    """Seconds between points on a line."""
    points = np.array(places)
    return np.abs(points[:, None] - points[None, :])


def planned(problem, **orders):
    """A plan with times, judged."""
    routes = [Route(staff, [VisitStop(name) for name in names]) for staff, names in orders.items()]
    verdict = check(problem, Solution(routes))
    assert verdict.feasible, verdict.violations
    return Solution(verdict.routes)


def starts(solution):
    return {
        stop.visit: (route.staff, stop.start)
        for route in solution.routes
        for stop in route.stops
        if isinstance(stop, VisitStop)
    }


@pytest.fixture
def two_people():
    """n1 does a, b, c and n2 does d from place 0; each visit lasts 600 s, drives take 300 s."""
    duration = np.full((6, 6), 300)
    np.fill_diagonal(duration, 0)
    visits = [Visit(name, i + 1, 600, required=False, prize=1000) for i, name in enumerate("abcd")]
    staff = tuple(Staff(name, 0, 0, (0, 5 * HOUR)) for name in ("n1", "n2"))
    return Problem(staff, tuple(visits), duration)


def test_the_visits_of_somebody_sick_go_to_the_others(two_people):
    plan = planned(two_people, n1=["a", "b", "c"], n2=["d"])
    answer = replan(two_people, plan, Disruption(1500, (Sick("n1"),)), STEADY, "greedy")
    after = starts(answer.solution)
    assert after["a"] == ("n1", 300), "done"
    assert after["b"] == ("n1", 1200), "started: it is finished"
    assert after["c"][0] == "n2"
    assert after["d"] == ("n2", 300)
    assert [(move.visit, move.kind) for move in answer.changes.moves] == [("c", "person")]
    assert answer.changes.people == {"n1": 1, "n2": 1}
    assert answer.changes.others == ("n2",)
    assert answer.verdict.feasible
    assert answer.original.feasible
    assert answer.solution.unserved == []


def test_somebody_who_is_sick_later_works_until_then(two_people):
    plan = planned(two_people, n1=["a", "b", "c"], n2=["d"])
    answer = replan(two_people, plan, Disruption(500, (Sick("n1", 1900),)), STEADY, "greedy")
    after = starts(answer.solution)
    assert after["b"] == ("n1", 1200), "ends at 1800"
    assert after["c"][0] == "n2"


def test_nobody_but_the_sick_is_left_and_it_is_said(two_people):
    alone = replace(two_people, staff=two_people.staff[:1])
    plan = planned(alone, n1=["a", "b", "c", "d"])
    answer = replan(alone, plan, Disruption(1500, (Sick("n1"),)), STEADY, "greedy")
    assert {entry.visit for entry in answer.solution.unserved} == {"c", "d"}
    assert all(entry.reason for entry in answer.solution.unserved)
    assert answer.changes.others == ()


def test_an_urgent_visit_changes_one_person(two_people):
    plan = planned(two_people, n1=["a", "b", "c"], n2=["d"])
    urgent = Visit("u", 5, 300, ((0, 3000),), tier=1, required=False)
    answer = replan(two_people, plan, Disruption(1000, (Urgent(urgent),)), STEADY, "greedy")
    assert starts(answer.solution)["u"][1] <= 3000
    assert len(answer.changes.others) == 1
    assert [(move.visit, move.kind, move.before) for move in answer.changes.moves] == [("u", "placed", {})]


def test_an_urgent_visit_at_a_new_place_brings_its_rows(two_people):
    plan = planned(two_people, n1=["a", "b", "c"], n2=["d"])
    urgent = Visit("u", 6, 300, required=False, prize=1)
    with pytest.raises(UnfitDisruption, match="not in the matrix"):
        day_of(two_people, plan, Disruption(0, (Urgent(urgent),)))
    with pytest.raises(UnfitDisruption, match="each of the 6 places"):
        day_of(two_people, plan, Disruption(0, (Urgent(urgent, (1,), (1,)),)))
    rows = (60,) * 6
    answer = replan(two_people, plan, Disruption(0, (Urgent(urgent, rows, rows),)), STEADY, "greedy")
    assert "u" in starts(answer.solution)
    assert len(two_people.duration) == 6


def test_an_overrun_within_the_slack_changes_nobody():
    problem = Problem(
        (Staff("n1", 0, 0, (0, 5 * HOUR)), Staff("n2", 0, 0, (0, 5 * HOUR))),
        (Visit("a", 1, 600), Visit("b", 2, 600, ((3000, 3600),)), Visit("c", 1, 600)),
        line(0, 300, 600),
    )
    plan = planned(problem, n1=["a", "b"], n2=["c"])
    answer = replan(problem, plan, Disruption(700, (Overrun("a", 2500),)), STEADY, "greedy")
    assert answer.changes.people == {}
    assert starts(answer.solution)["b"] == ("n1", 3000)
    stop = answer.solution.routes[0].stops[0]
    assert (stop.start, stop.leave) == (300, 2500)
    assert answer.verdict.feasible


def test_an_overrun_beyond_it_hands_on_one_visit(two_people):
    close = {"b": ((0, 2000),), "c": ((0, 2100),)}
    timed = [replace(v, windows=close.get(v.id, v.windows)) for v in two_people.visits]
    problem = replace(two_people, visits=tuple(timed))
    plan = planned(problem, n1=["a", "b", "c"], n2=["d"])
    answer = replan(problem, plan, Disruption(800, (Overrun("a", 1500),)), STEADY, "greedy")
    after = starts(answer.solution)
    assert after["a"] == ("n1", 300)
    assert len(answer.changes.moves) == 1, "b or c; ten minutes later is not a move"
    assert answer.changes.moves[0].kind == "person"
    assert answer.changes.others == ("n1", "n2")
    assert {after["b"][0], after["c"][0]} == {"n1", "n2"}


def test_what_the_plan_has_begun_after_an_overrun_has_not(two_people):
    plan = planned(two_people, n1=["a", "b", "c"], n2=["d"])
    day = day_of(two_people, plan, Disruption(1300, (Overrun("a", 1400),)))
    assert [stop.visit for stop in day.positions["n1"].visits_begun] == ["a"]
    assert (day.positions["n1"].place, day.positions["n1"].free) == (1, 1400)
    with pytest.raises(UnfitDisruption, match="has not begun"):
        day_of(two_people, plan, Disruption(1300, (Overrun("c", 2800),)))


def test_an_overrun_lasts_longer_than_planned_and_a_plan_keeps_the_rules(two_people):
    plan = planned(two_people, n1=["a", "b", "c"], n2=["d"])
    with pytest.raises(UnfitDisruption, match="a is planned until 900, so 800 is no overrun"):
        day_of(two_people, plan, Disruption(700, (Overrun("a", 800),)))
    plan.routes[0].stops[1].start = 0
    with pytest.raises(UnfitDisruption, match="the plan breaks 2 rules, the first: time: n1 b"):
        day_of(two_people, plan, Disruption(700))


def test_no_access_frees_the_time_and_moves_nobody(two_people):
    plan = planned(two_people, n1=["a", "b", "c"], n2=["d"])
    answer = replan(two_people, plan, Disruption(1250, (NoAccess("b"),)), STEADY, "greedy")
    assert answer.changes.people == {}
    assert answer.day.called_off == ("b",)
    assert starts(answer.solution) == {"a": ("n1", 300), "c": ("n1", 2100), "d": ("n2", 300)}
    assert answer.day.positions["n1"].place == 2
    assert answer.day.positions["n1"].free == 1250


def test_time_that_is_free_can_be_used_for_what_was_left_out(two_people):
    problem = replace(two_people, staff=(replace(two_people.staff[0], shift=(0, 3300)),))
    plan = planned(problem, n1=["a", "b", "c"])
    without = replan(problem, plan, Disruption(350, (NoAccess("c"),)), STEADY, "greedy")
    assert "d" not in starts(without.solution)
    used = replan(problem, plan, Disruption(350, (NoAccess("c"),)), STEADY, "greedy", reconsider=True)
    assert used.verdict.feasible
    assert ("d", "placed") in [(move.visit, move.kind) for move in used.changes.moves]


def test_somebody_late_on_the_road_arrives_late(two_people):
    plan = planned(two_people, n1=["a", "b", "c"], n2=["d"])
    answer = replan(two_people, plan, Disruption(1250, (Late("n1", 1600, before="b"),)), STEADY, "greedy")
    assert starts(answer.solution)["b"] == ("n1", 1600)
    assert starts(answer.solution)["c"] == ("n1", 2500)
    assert answer.changes.moves == ()


def test_a_drive_under_way_is_finished(two_people):
    plan = planned(two_people, n1=["a", "b", "c"], n2=["d"])
    for now, place, free in ((899, 1, 900), (900, 1, 900), (901, 2, 1200), (1199, 2, 1200), (1200, 2, 1800)):
        position = day_of(two_people, plan, Disruption(now)).positions["n1"]
        assert (position.place, position.free) == (place, free), now
    home = day_of(two_people, plan, Disruption(1000)).positions["n2"]
    assert (home.place, home.free) == (0, 1200)
    before = day_of(two_people, plan, Disruption(0)).positions["n1"]
    assert (before.place, before.free, before.departed) == (0, 0, None)


def test_breaks_taken_are_taken_and_others_are_still_owed():
    lunch = Break(600, ((1000, 3000),))
    problem = Problem(
        (Staff("n1", 0, 0, (0, 3 * HOUR), breaks=(lunch,)), Staff("n2", 0, 0, (0, 3 * HOUR), breaks=(lunch,))),
        (Visit("a", 1, 600), Visit("b", 2, 600), Visit("c", 2, 600)),
        line(0, 600, 900),
    )
    plan = planned(problem, n1=["a", "b"], n2=["c"])
    pause = next(stop for stop in plan.routes[0].stops if isinstance(stop, BreakStop))
    before = problem_from(day_of(problem, plan, Disruption(pause.start - 1)))
    assert len(before.staff_by_id["n1"].breaks) == 1
    during = day_of(problem, plan, Disruption(pause.start + 10))
    assert problem_from(during).staff_by_id["n1"].breaks == ()
    assert during.positions["n1"].free >= pause.leave
    # Nothing more to do for n1: the break is owed all the same.
    called_off = Disruption(pause.start - 1, (NoAccess("b"),))
    answer = replan(problem, plan, called_off, STEADY, "greedy")
    assert answer.verdict.feasible, answer.verdict.violations


def test_a_break_that_has_become_impossible_is_taken_late_and_said():
    lunch = Break(600, ((1000, 1500),))
    problem = Problem(
        (Staff("n1", 0, 0, (0, 3 * HOUR), breaks=(lunch,)),),
        (Visit("a", 1, 600), Visit("b", 2, 600)),
        line(0, 300, 600),
    )
    plan = planned(problem, n1=["a", "b"])
    answer = replan(problem, plan, Disruption(700, (Overrun("a", 2000),)), STEADY, "greedy")
    assert answer.verdict.feasible
    assert answer.day.relaxed == ("n1 takes break 0 after its window",)
    assert [violation.rule for violation in answer.original.violations] == ["break"]


def test_links_to_what_has_begun_become_windows():
    link = Link("a", "b", min_gap=4000, max_gap=5000, same_staff=True)
    problem = Problem(
        (Staff("n1", 0, 0, (0, 5 * HOUR)), Staff("n2", 0, 0, (0, 5 * HOUR))),
        (Visit("a", 1, 600), Visit("b", 1, 600), Visit("c", 2, 600), Visit("d", 1, 60)),
        line(0, 300, 600),
        links=(link, Link("d", "c", different_staff=True)),
    )
    plan = planned(problem, n1=["a", "c", "b"], n2=["d"])
    day = day_of(problem, plan, Disruption(400))
    remaining = problem_from(day)
    assert remaining.links == ()
    assert remaining.visit_by_id["b"].windows == ((4300, 5300),)
    assert remaining.visit_by_id["b"].only_staff == {"n1"}
    assert remaining.visit_by_id["c"].not_staff == {"n2"}
    answer = replan(problem, plan, Disruption(400, (Sick("n1"),)), STEADY, "greedy")
    assert {entry.visit for entry in answer.solution.unserved} == {"b", "c"}


def test_a_double_handed_visit_needs_somebody_else_at_the_same_time():
    problem = Problem(
        tuple(Staff(name, 0, 0, (0, 5 * HOUR), frozenset({"lift"} if name != "n4" else ())) for name in
              ("n1", "n2", "n3", "n4")),
        (Visit("a", 1, 600, ((3000, 4000),), frozenset({"lift"}), 2, prize=9, required=False), Visit("b", 2, 60)),
        line(0, 300, 600),
    )  # fmt: skip
    plan = planned(problem, n1=["a"], n2=["a"], n3=["b"])
    answer = replan(problem, plan, Disruption(1000, (Sick("n1"),)), STEADY, "greedy")
    assert answer.verdict.feasible
    together = [route.staff for route in answer.solution.routes if "a" in route.visits]
    assert together == ["n2", "n3"]
    assert [move.kind for move in answer.changes.moves] == ["person"]
    assert answer.changes.others == ("n3",)
    alone = replan(problem, plan, Disruption(1000, (Sick("n1"), Sick("n3"))), STEADY, "greedy")
    assert alone.verdict.feasible
    assert [entry.visit for entry in alone.solution.unserved] == ["a"]
    assert not any("a" in route.visits for route in alone.solution.routes), "nobody is sent to half a visit"


def test_a_visit_kept_for_somebody_who_is_away_is_given_to_others(two_people):
    pinned = tuple(replace(v, pinned=Pin("n1", 2100)) if v.id == "c" else v for v in two_people.visits)
    problem = replace(two_people, visits=pinned)
    plan = planned(problem, n1=["a", "b", "c"], n2=["d"])
    answer = replan(problem, plan, Disruption(1500, (Sick("n1"),)), STEADY, "greedy")
    assert starts(answer.solution)["c"] == ("n2", 2100)
    assert answer.day.relaxed == ("c is no longer kept for the person who is away",)


def test_limits_of_the_day_count_what_has_begun():
    problem = Problem(
        (Staff("n1", 0, 0, (0, 3 * HOUR), max_visits=3, max_drive=2000, max_duration=9000, overtime=600),),
        (Visit("a", 1, 600, demand=2), Visit("b", 2, 600, demand=1)),
        line(0, 300, 600),
        capacity={"n1": 5},
    )
    plan = planned(problem, n1=["a", "b"])
    person = problem_from(day_of(problem, plan, Disruption(1000))).staff[0]
    assert (person.start, person.shift) == (2, (1200, 9000))
    assert (person.max_visits, person.max_drive, person.max_duration, person.overtime) == (2, 1400, None, 0)
    assert problem_from(day_of(problem, plan, Disruption(1000))).capacity == {"n1": 3}


def test_a_change_costs_more_than_travel_and_less_than_a_visit(two_people):
    plan = planned(two_people, n1=["a", "b", "c"], n2=["d"])
    remaining = problem_from(day_of(two_people, plan, Disruption(500)))
    assert {v.id: set(v.preferred_staff) for v in remaining.visits} == {"b": {"n1"}, "c": {"n1"}}
    assert all(v.preference_cost > 4 * 300 and v.tier == 1 for v in remaining.visits)


def test_the_way_there_and_back_without_a_change_gives_the_plan_again():
    problem = home_visits(30, 4, seed=102, tightness=0.6)
    plan = solve(problem, SolveOptions(seconds=5), "greedy")
    day = day_of(problem, plan, Disruption(11 * HOUR))
    back = plan_from(day, Solution([]), [])
    verdict = check(problem, back)
    assert verdict.feasible
    assert starts(Solution(verdict.routes)) == starts(plan)
    assert verdict.cost == plan.cost


def test_a_nurse_sick_at_eleven_is_made_up_for_by_three_people_at_most():
    problem = home_visits(60, 8, seed=101, tightness=0.6, tiers=True)
    plan = solve(problem, SolveOptions(seconds=20), "greedy")
    fullest = max(plan.routes, key=lambda route: len(route.visits)).staff
    answer = replan(problem, plan, Disruption(11 * HOUR, (Sick(fullest),)), STEADY, "greedy")
    assert answer.verdict.feasible
    assert set(answer.verdict.unserved) == {entry.visit for entry in plan.unserved}
    assert 1 <= len(answer.changes.others) <= 3


def test_people_and_time_can_be_bounded(two_people):
    plan = planned(two_people, n1=["a", "b", "c"], n2=["d"])
    nobody = replan(two_people, plan, Disruption(1500, (Sick("n1"),)), STEADY, "greedy", most_people=0)
    assert nobody.verdict.unserved == ["c"]
    seen = []
    stopped = replace(STEADY, should_stop=lambda: True, on_progress=seen.append)
    answer = replan(two_people, plan, Disruption(1500, (Sick("n1"),)), stopped, "greedy")
    assert answer.solution.stopped == "stopped"
    assert answer.verdict.feasible
    assert seen


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"events": []}, "now: missing"),
        ({"now": 1, "events": [{"kind": "storm"}]}, r"events\[0\].kind: expected one of sick, urgent"),
        ({"now": 1, "events": [{"staff": "n1"}]}, r"events\[0\].kind: missing"),
        ({"now": 1, "events": [{"kind": "late", "staff": "n1"}]}, r"events\[0\].until: missing"),
        ({"now": 1, "events": [{"kind": "sick", "staff": "n1", "why": "flu"}]}, r"events\[0\].why: unknown field"),
        ({"now": 1, "events": [{"kind": "urgent", "visit": {"id": "u"}}]}, r"events\[0\].visit.location: missing"),
    ],
)
def test_a_disruption_that_cannot_be_read_says_where(data, message):
    with pytest.raises(InputError, match=message):
        parse_disruption(data)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (Sick("n9"), "no staff member has the id 'n9'"),
        (NoAccess("z"), "no visit has the id 'z'"),
        (Urgent(Visit("a", 1)), "'a' is taken"),
    ],
)
def test_a_disruption_that_does_not_fit_is_refused(two_people, event, message):
    with pytest.raises(UnfitDisruption, match=message):
        day_of(two_people, planned(two_people, n1=["a"]), Disruption(0, (event,)))


def test_the_command_mends_a_day(tmp_path, capsys, two_people):
    plan = planned(two_people, n1=["a", "b", "c"], n2=["d"])
    disruption = {"now": 1500, "events": [{"kind": "sick", "staff": "n1"}]}
    files = []
    for name, data in (("p", problem_json(two_people)), ("s", solution_json(plan)), ("d", disruption)):
        (tmp_path / name).write_text(json.dumps(data))
        files.append(str(tmp_path / name))
    call_command("replan", *files, "--engine", "greedy")
    answer = json.loads(capsys.readouterr().out)
    assert answer["judged"]["feasible"] is True
    assert answer["people"] == [{"staff": "n1", "visits": 1}, {"staff": "n2", "visits": 1}]
    assert answer["moved"][0]["before"] == [{"staff": "n1", "start": 2100}]
    assert answer["begun"] == {"n1": ["a", "b"], "n2": ["d"]}
    (tmp_path / "plan").write_text(json.dumps(answer["plan"]))
    call_command("check_plan", files[0], str(tmp_path / "plan"))
    assert json.loads(capsys.readouterr().out)["feasible"] is True
    (tmp_path / "d").write_text(json.dumps({"now": 0, "events": [{"kind": "sick", "staff": "n9"}]}))
    with pytest.raises(CommandError, match="n9"):
        call_command("replan", *files)


def test_a_day_that_is_shorter_by_a_visit_called_off_goes_on():
    """The limit of hours counts from the first visit: without the one where nobody was, the day begins later."""
    nurse = Staff("n", None, None, (0, 10), max_duration=5)
    visits = (Visit("gone", 0, service=0, windows=((0, 1),)), Visit("next", 0, service=2, windows=((0, 1),)))
    problem = Problem((nurse,), visits, line(0, 0))
    day = day_of(problem, planned(problem, n=["gone", "next"]), Disruption(4, (NoAccess("gone"),)))
    found = going_on(day)
    assert [route.visits for route in found.routes] == [["next"]]
    assert check(found.rest, Solution(found.routes)).violations == []


def test_who_goes_home_in_the_middle_of_a_visit_finishes_it():
    nurse = Staff("n", 0, 0, (0, 100))
    visits = (Visit("first", 1, service=10), Visit("last", 2, service=30), Visit("never", 2, service=5, required=False))
    problem = Problem((nurse,), visits, line(0, 5, 10))
    plan = planned(problem, n=["first", "last"])
    day = day_of(problem, plan, Disruption(0, (Sick("n", since=30),)))
    found = going_on(day)
    assert (found.known, starts(Solution(found.routes))) == ((), starts(plan))
    assert check(found.rest, Solution(found.routes)).violations == []
    too_much = check(found.rest, Solution([Route("n", [VisitStop("first"), VisitStop("last"), VisitStop("never")])]))
    assert "shift" in {violation.rule for violation in too_much.violations}
