"""People of one team who travel in different ways: everybody is timed by their own, by everything that knows travel.

The small days of the other property tests (`small_days`, `bench_days`) are mixed, too.
"""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from routing.planning.check import check
from routing.planning.decomposition.parts import part_problem
from routing.planning.engines import SolveOptions, engine_names, get_engine, solve
from routing.planning.fields import InputError
from routing.planning.instances import home_visits
from routing.planning.io import parse_problem, problem_json
from routing.planning.problem import Problem, Staff, Travel, Visit
from routing.planning.reasons import impossible_visits
from routing.planning.replanning import Disruption, Sick, UnfitDisruption, Urgent, replan
from routing.planning.replanning.reading import parse_disruption
from routing.planning.slots import find_slots
from routing.planning.solution import VisitStop
from routing.planning.trials import untimed

ROUTING = Path(__file__).resolve().parents[2]
BY_CAR = np.array([[0, 300, 600], [300, 0, 400], [600, 400, 0]])
ON_FOOT = BY_CAR * 6
STEADY = SolveOptions(seconds=60, iterations=200, solution_limit=20)
# The base is place 0; v1 is ten minutes away for a driver, an hour for a walker.
DAY = {
    "staff": [
        {"id": "driver", "start": 0, "end": 0, "shift": [0, 14400]},
        {"id": "walker", "start": 0, "end": 0, "shift": [0, 14400], "profile": "foot"},
    ],
    "visits": [{"id": "v1", "location": 2, "service": 600}, {"id": "v2", "location": 1, "service": 600}],
    "matrix": {"duration": BY_CAR.tolist(), "profiles": {"foot": {"duration": ON_FOOT.tolist()}}},
}


def answer_of(capsys, *args):
    call_command(*[str(arg) for arg in args])
    return json.loads(capsys.readouterr().out)


def written(folder, name, data):
    path = folder / f"{name}.json"
    path.write_text(json.dumps(data))
    return path


def day_with(**changes):
    return json.loads(json.dumps(DAY)) | changes


def walked_by(data, name):
    """The day with a visit kept for one person."""
    data["visits"] = [data["visits"][0] | {"only_staff": [name]}]
    return data


# A walker is never timed as a driver: through the contract.


@pytest.mark.parametrize(
    ("person", "arrives", "travel"), [("driver", 600, 1200), ("walker", 3600, 7200)], ids=["by car", "on foot"]
)
@pytest.mark.parametrize("engine", ["portfolio", "rich", "ruin-recreate", "ortools", "pyvrp", "vroom", "greedy"])
def test_plans_are_timed_as_the_person_travels(tmp_path, capsys, engine, person, arrives, travel):
    path = written(tmp_path, "problem", walked_by(day_with(), person))
    plan = answer_of(capsys, "solve_plan", path, "--seconds", "0.3", "--engine", engine)
    (route,) = plan["routes"]
    assert route["staff"] == person
    assert route["stops"][0]["start"] >= arrives
    assert plan["cost"]["travel"] == travel
    verdict = answer_of(capsys, "check_plan", path, written(tmp_path, "plan", plan))
    assert verdict["feasible"] is True
    assert verdict["cost"]["travel"] == travel


def test_a_driver_s_times_on_a_walker_s_route_are_refused(tmp_path, capsys):
    path = written(tmp_path, "problem", day_with())
    by_car = [{"visit": "v1", "arrive": 600, "start": 600, "leave": 1200}]
    for person, feasible in (("driver", True), ("walker", False)):
        routes = [{"staff": person, "stops": by_car}, *([] if feasible else [])]
        data = day_with(visits=DAY["visits"][:1])
        path = written(tmp_path, "problem", data)
        verdict = answer_of(capsys, "check_plan", path, written(tmp_path, "plan", {"routes": routes}))
        assert verdict["feasible"] is feasible
        if not feasible:
            assert {each["rule"] for each in verdict["violations"]} == {"shift"}


def test_the_nearer_person_is_the_one_who_comes_sooner(tmp_path, capsys):
    plan = answer_of(capsys, "solve_plan", written(tmp_path, "problem", day_with()), "--seconds", "0.3")
    assert {route["staff"] for route in plan["routes"]} == {"driver"}, "nobody walks for an hour where one can drive"


def test_what_only_a_driver_reaches_is_unreachable_for_a_walker():
    data = walked_by(day_with(), "walker")
    data["visits"][0]["windows"] = [[0, 3000]]
    data["visits"][0] |= {"prize": 1, "required": False}
    (reason,) = impossible_visits(parse_problem(data)).values()
    assert reason.code == "unreachable"
    data["visits"][0]["only_staff"] = ["driver"]
    assert impossible_visits(parse_problem(data)) == {}


# The contract: what is read, and what is refused by name.


def test_profiles_by_speed_stand_beside_locations():
    places = [[-1.9, 52.48], [-1.9, 52.57], [-1.8, 52.48]]
    data = {key: value for key, value in day_with().items() if key != "matrix"}
    data |= {"locations": places, "speed_kmh": 36, "detour": 1.2, "profiles": {"foot": {"speed_kmh": 4.5}}}
    problem = parse_problem(data)
    driver, walker = problem.staff
    ratio = problem.duration_of(walker)[0, 1] / problem.duration_of(driver)[0, 1]
    assert ratio == pytest.approx(8 / 1.2, rel=1e-3)
    assert problem.distance_of(walker)[0, 1] < problem.distance_of(driver)[0, 1]


def test_profiles_may_lie_in_files(tmp_path):
    data = day_with()
    data["matrix"]["profiles"]["foot"] = {"duration": "foot.npy"}
    np.save(tmp_path / "foot.npy", ON_FOOT)
    problem = parse_problem(data, tmp_path)
    assert problem.duration_of(problem.staff[1]).tolist() == ON_FOOT.tolist()


def changed(path, value):
    data = day_with()
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return data


LOCATED = {"locations": [[-1.9, 52.5]] * 3, "speed_kmh": 30, "matrix": None}
FOOT = ["matrix", "profiles", "foot"]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (changed(["staff", 1, "profile"], "tandem"), "staff[1].profile"),
        (changed(["staff", 1, "profile"], 7.5), "staff[1].profile"),
        (changed([*FOOT, "duration"], [[0, 1], [1, 0]]), "matrix.profiles.foot.duration"),
        (changed([*FOOT, "duration"], [[0, 1, -2]] * 3), "matrix.profiles.foot.duration[0][2]"),
        (changed([*FOOT, "distance"], [[0]]), "matrix.profiles.foot.distance"),
        (changed([*FOOT, "speed_kmh"], 5), "matrix.profiles.foot.speed_kmh"),
        (changed(FOOT, {}), "matrix.profiles.foot.duration"),
        (changed(FOOT, 5), "matrix.profiles.foot"),
        (changed(["matrix", "profiles"], []), "matrix.profiles"),
        (changed(["matrix", "profiles"], {"": {"duration": BY_CAR.tolist()}}), "matrix.profiles"),
        (changed(["profiles"], {"foot": {"speed_kmh": 5}}), "profiles"),
        (day_with(**LOCATED, profiles={"foot": {}}), "profiles.foot.speed_kmh"),
        (day_with(**LOCATED, profiles={"foot": {"speed_kmh": 0}}), "profiles.foot.speed_kmh"),
        (day_with(**LOCATED, profiles={"foot": {"speed_kmh": 5, "detour": 0}}), "profiles.foot.detour"),
        (day_with(**LOCATED, profiles={"foot": {"duration": [[0]]}}), "profiles.foot.duration"),
    ],
)
def test_bad_profiles_are_named(data, field):
    with pytest.raises(InputError) as error:
        parse_problem(data)
    assert error.value.field == field


def test_every_profile_has_distances_where_these_are_the_objective():
    data = day_with(objective="distance")
    data["matrix"]["distance"] = BY_CAR.tolist()
    with pytest.raises(InputError, match="matrix.profiles.foot.distance: missing"):
        parse_problem(data)


def test_a_wrong_profile_is_bad_input_on_the_command_line(tmp_path):
    with pytest.raises(
        CommandError, match=r"staff\[1\].profile: no travel profile has the name 'tandem'; known are foot"
    ):
        call_command("solve_plan", str(written(tmp_path, "problem", changed(["staff", 1, "profile"], "tandem"))))


# Engines, on days with everything they can state.


def named(problem, profile):
    """The same day where everybody travels by a profile of that name, and the default is another."""
    own = Travel(problem.duration, problem.distance)
    other = np.full_like(problem.duration, 3)
    people = tuple(replace(person, profile=profile) for person in problem.staff)
    return replace(problem, staff=people, profiles={profile: own}, duration=other, distance=other * 7)


@pytest.mark.parametrize("engine", [name for name in engine_names() if name != "decomposed"])
def test_the_name_of_the_one_way_everybody_travels_changes_nothing(engine):
    problem = home_visits(24, 3, seed=103)
    plain = solve(problem, STEADY, engine)
    renamed = solve(named(problem, "bicycle"), STEADY, engine)
    assert renamed.orders == plain.orders
    assert renamed.cost == plain.cost


@pytest.mark.parametrize("engine", ["ortools", "pyvrp", "vroom", "ruin-recreate", "rich", "greedy"])
def test_plans_of_drivers_and_walkers_pass_the_judge(engine):
    """Each engine raises EngineFault where the judge finds a broken rule in its answer."""
    problem = home_visits(40, 6, seed=104, walkers=3)
    solution = get_engine(engine).solve(problem, STEADY)
    assert solution.rejected == 0
    assert {person.id for person in problem.staff if person.profile} & set(solution.orders), "nobody walks at all"


def test_searches_serve_walkers_about_as_well_as_walking_alone_allows():
    """One walker beside drivers who may not help: the mixed search finds what a search of walkers finds."""
    whole = home_visits(16, 2, seed=105, walkers=1)
    walker = whole.staff[-1]
    for engine in ("ruin-recreate", "rich"):
        mine = replace(whole, visits=tuple(replace(v, only_staff=frozenset({walker.id})) for v in whole.visits))
        alone = replace(mine, staff=(walker,))
        assert solve(mine, STEADY, engine).cost.prizes == solve(alone, STEADY, engine).cost.prizes


# What is worked out from plans.


def test_a_part_costs_in_itself_what_it_costs_in_the_whole():
    problem = home_visits(40, 6, seed=104, walkers=3)
    plan = get_engine("greedy").solve(problem, SolveOptions())
    whole = check(problem, plan)
    for route in plan.routes:
        part = part_problem(problem, route.visits, [route.staff])
        assert check(part, untimed({route.staff: route.visits})).cost.travel == whole.facts[route.staff].driven


def test_large_days_are_cut_up_with_everybody_s_own_travel():
    problem = home_visits(420, 44, seed=106, walkers=14)
    solution = get_engine("decomposed").solve(problem, SolveOptions(seconds=60, iterations=0))
    assert len(solution.unserved) < 200
    assert check(problem, solution).feasible


def test_reasons_and_remedies_of_a_mixed_day_hold():
    problem = home_visits(36, 4, seed=107, tightness=1.4, walkers=2)
    solution = solve(problem, replace(STEADY, iterations=500), "ruin-recreate")
    kinds = {remedy.kind for left in solution.unserved for remedy in left.remedies}
    assert solution.unserved
    assert kinds, "each remedy was judged on the mixed day"


def two_people(**changes):
    people = (Staff("driver", 0, 0, (0, 14_400)), Staff("walker", 0, 0, (0, 14_400), profile="foot"))
    visits = (Visit("v1", 2, 600), Visit("v2", 1, 600))
    return replace(Problem(people, visits, BY_CAR, profiles={"foot": Travel(ON_FOOT)}), **changes)


def test_slots_say_what_each_person_would_travel():
    slots = find_slots([("today", two_people(visits=()), untimed({}))], Visit("new", 2, 600), most=2)
    assert {slot.staff: (slot.window[0], slot.added_travel) for slot in slots} == {
        "driver": (600, 1200),
        "walker": (3600, 7200),
    }


def new_rows(factor):
    return {"duration": {"from": [100 * factor] * 3, "to": [100 * factor] * 3}}


def test_slots_at_a_new_address_need_the_way_of_each_profile(tmp_path, capsys):
    visit = {"id": "new", "service": 600, "legs": new_rows(1) | {"profiles": {"foot": new_rows(9)}}}
    problem = written(tmp_path, "problem", problem_json(two_people(visits=())))
    plan = written(tmp_path, "plan", {"routes": []})
    found = answer_of(capsys, "find_slots", problem, plan, written(tmp_path, "visit", visit))["slots"]
    assert {slot["staff"]: slot["added_travel"] for slot in found} == {"driver": 200, "walker": 1800}
    del visit["legs"]["profiles"]
    with pytest.raises(CommandError, match=r"legs.profiles.foot"):
        call_command("find_slots", str(problem), str(plan), str(written(tmp_path, "visit", visit)))


def test_a_walker_takes_over_at_walking_pace():
    problem = two_people()
    plan = get_engine("greedy").solve(problem, SolveOptions())
    assert set(plan.orders) == {"driver"}
    answer = replan(problem, plan, Disruption(0, (Sick("driver"),)), STEADY)
    (route,) = [route for route in answer.solution.routes if route.staff == "walker"]
    first = next(stop for stop in route.stops if isinstance(stop, VisitStop))
    assert first.start >= ON_FOOT[0, problem.visit_by_id[first.visit].location]
    assert answer.verdict.feasible


def test_an_urgent_visit_at_a_new_place_brings_the_rows_of_each_profile():
    problem = two_people()
    plan = get_engine("greedy").solve(problem, SolveOptions())
    rows = {"duration_to": [200] * 3, "duration_from": [200] * 3}
    event = {"kind": "urgent", "visit": {"id": "now", "location": 3, "service": 60, "only_staff": ["walker"]}, **rows}
    with pytest.raises(UnfitDisruption, match="now needs seconds by the profile 'foot'"):
        replan(problem, plan, parse_disruption({"now": 0, "events": [event]}), STEADY)
    event["profiles"] = {"foot": {"duration_to": [1000] * 3, "duration_from": [1000] * 3}}
    disruption = parse_disruption({"now": 0, "events": [event]})
    assert isinstance(disruption.events[0], Urgent)
    answer = replan(problem, plan, disruption, STEADY)
    (start,) = [s.start for r in answer.solution.routes for s in r.stops if getattr(s, "visit", None) == "now"]
    assert start == 1000


# Who may read the default matrix: what builds, writes or extends problems. Everything else asks for a person's own.
BUILDERS = {
    "planning/new_place.py",
    "planning/remedy_moves.py",  # a newcomer travels by the default
    "planning/bench_mutants.py",
    "standing_day/rules.py",
}


def test_nothing_that_plans_reads_the_default_matrix():
    reads = re.compile(r"(?<!len\()\bproblem\.(duration|distance|driven)\b")
    files = [path for path in ROUTING.rglob("*.py") if "tests" not in path.parts]
    found = {str(path.relative_to(ROUTING)) for path in files if reads.search(path.read_text())}
    assert found <= BUILDERS
