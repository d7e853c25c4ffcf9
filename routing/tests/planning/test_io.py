"""Reading and writing the contract: nothing is lost, and what is wrong is named by its field."""

import copy
import json

import numpy as np
import pytest
from hypothesis import given

from healthequiroute.testing.property_tests import examples
from routing.planning.fields import InputError
from routing.planning.io import load_problem, load_solution, parse_problem, parse_solution, problem_json, solution_json
from routing.planning.problem import ALWAYS
from routing.planning.solution import BreakStop, Cost, Remedy, Route, Solution, Unserved, VisitStop

from .small_days import problems

CONTRACT = {
    "objective": "duration",
    "staff": [
        {
            "id": "n1", "start": 0, "end": 0, "shift": [28800, 61200], "skills": ["wound"], "max_visits": 14,
            "breaks": [
                {
                    "duration": 1800, "windows": [[41400, 48600]], "required": True, "missed_cost": 0,
                    "place": "anywhere",
                },
            ],
            "overtime": 0, "overtime_cost": 0, "max_duration": None, "max_drive": None,
        },
    ],
    "visits": [
        {
            "id": "v1", "location": 3, "service": 1800, "windows": [[28800, 36000]], "skills": ["wound"],
            "staff_required": 1, "prize": 86400, "tier": 2, "required": False, "only_staff": None, "not_staff": [],
            "preferred_staff": [], "preference_cost": 0, "pinned": None, "demand": 1, "window_at": "start",
            "late_cost": None, "late_max": None,
        },
        {"id": "v2", "location": 1},
    ],
    "links": [
        {
            "first": "v1", "second": "v2", "min_gap": 0, "max_gap": 7200, "same_staff": False,
            "different_staff": False, "together": False,
        },
    ],
    "capacity": {"n1": 200},
    "weights": {"travel": 1, "waiting": 0, "max_late": 0, "max_idle": 0},
    "matrix": {"duration": [[0, 1, 2, 3]] * 4, "distance": [[0, 10, 20, 30]] * 4},
}  # fmt: skip


def test_the_example_of_the_contract_is_read():
    problem = parse_problem(CONTRACT)
    assert problem.staff[0].shift == (28800, 61200)
    assert problem.staff[0].breaks[0].windows == ((41400, 48600),)
    assert problem.visits[0].prize == 86400
    assert not problem.visits[0].required
    assert problem.capacity == {"n1": 200}
    assert problem.distance[0, 3] == 30


def test_omitted_fields_have_no_effect():
    visit = parse_problem(CONTRACT).visits[1]
    assert visit.required, "a visit without a prize"
    assert visit.windows == (ALWAYS,)
    assert (visit.service, visit.demand, visit.staff_required, visit.prize) == (0, 0, 1, 0)
    person = parse_problem({**CONTRACT, "staff": [{"id": "n1", "start": 0}]}).staff[0]
    assert person.end is None
    assert person.shift == ALWAYS
    assert person.max_visits is None


def altered(path, value):
    data = copy.deepcopy(CONTRACT)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (["objective"], "speed", "objective"),
        (["staff"], {}, "staff"),
        (["staff"], ..., "staff"),
        (["staff", 0, "id"], "", "staff[0].id"),
        (["staff", 0, "id"], None, "staff[0].id"),
        (["staff", 0, "start"], 4, "staff[0].start"),
        (["staff", 0, "start"], -1, "staff[0].start"),
        (["staff", 0, "shift"], [10, 5], "staff[0].shift"),
        (["staff", 0, "shift"], [10], "staff[0].shift"),
        (["staff", 0, "max_visits"], 1.5, "staff[0].max_visits"),
        (["staff", 0, "breaks", 0, "windows"], [], "staff[0].breaks[0].windows"),
        (["staff", 0, "breaks", 0, "place"], "car", "staff[0].breaks[0].place"),
        (["staff", 0, "breaks", 0, "duration"], ..., "staff[0].breaks[0].duration"),
        (["staff", 0, "skill"], [], "staff[0].skill"),
        (["staff", 0, "overtime_cost"], float("nan"), "staff[0].overtime_cost"),
        (["visits", 0, "location"], ..., "visits[0].location"),
        (["visits", 0, "location"], 4, "visits[0].location"),
        (["visits", 0, "service"], "30", "visits[0].service"),
        (["visits", 0, "service"], True, "visits[0].service"),
        (["visits", 0, "windows"], [[1, "2"]], "visits[0].windows[0][1]"),
        (["visits", 0, "windows"], [[5, 1]], "visits[0].windows[0]"),
        (["visits", 0, "skills"], "wound", "visits[0].skills"),
        (["visits", 0, "skills"], [1.5], "visits[0].skills[0]"),
        (["visits", 0, "staff_required"], 0, "visits[0].staff_required"),
        (["visits", 0, "prize"], -1, "visits[0].prize"),
        (["visits", 0, "prize"], 1e300, "visits[0].prize"),
        (["visits", 0, "tier"], "urgent", "visits[0].tier"),
        (["visits", 0, "only_staff"], ["n9"], "visits[0].only_staff"),
        (["visits", 0, "pinned"], {"staff": "n9", "start": None}, "visits[0].pinned.staff"),
        (["visits", 0, "pinned"], {"stat": 1}, "visits[0].pinned.stat"),
        (["visits", 0, "window_at"], "middle", "visits[0].window_at"),
        (["visits", 1, "id"], "v1", "visits[1].id"),
        (["links", 0, "first"], "v9", "links[0].first"),
        (["links", 0, "second"], "v1", "links[0].second"),
        (["links", 0, "max_gap"], "soon", "links[0].max_gap"),
        (["capacity", "n9"], 5, "capacity.n9"),
        (["capacity"], [1], "capacity"),
        (["weights", "travel"], "1", "weights.travel"),
        (["matrix"], ..., "matrix"),
        (["matrix", "duration"], [[0, 1], [1]], "matrix.duration[1]"),
        (["matrix", "duration"], [[0, 1], [1, "x"]], "matrix.duration[1][1]"),
        (["matrix", "duration"], [[0, 1], [-1, 0]], "matrix.duration[1][0]"),
        (["matrix", "duration"], [[0, 1.5], [1, 0]], "matrix.duration[0][1]"),
        (["matrix", "duration"], [[0, 1], [1, 0]], "matrix.distance"),
        (["matrix", "duration"], "../../etc/passwd", "matrix.duration"),
        (["locations"], [[0, 0]], "locations"),
        (["patient_name"], "Ann", "patient_name"),
    ],
)
def test_what_is_wrong_is_named(path, value, field):
    with pytest.raises(InputError) as error:
        parse_problem(altered(path, value))
    assert error.value.field == field
    assert str(error.value).startswith(f"{field}: ")


@examples(50)
@given(problems())
def test_a_problem_survives_writing_and_reading(problem):
    again = parse_problem(json.loads(json.dumps(problem_json(problem))))
    assert again.staff == problem.staff
    assert again.visits == problem.visits
    assert again.links == problem.links
    assert again.capacity == problem.capacity
    assert again.weights == problem.weights
    assert (again.duration == problem.duration).all()
    assert (again.distance == problem.distance).all()
    assert set(again.profiles) == set(problem.profiles)
    for name, travel in problem.profiles.items():
        assert (again.profiles[name].duration == travel.duration).all()
        assert (again.profiles[name].distance == travel.distance).all()


def test_matrix_files_stand_beside_the_problem(tmp_path):
    data = {**CONTRACT, "matrix": {"duration": "duration.npy", "distance": "distance.npy"}}
    (tmp_path / "problem.json").write_text(json.dumps(data))
    np.save(tmp_path / "duration.npy", np.full((4, 4), 7, dtype=np.int32))
    with pytest.raises(InputError, match=r"matrix.distance: no file distance.npy"):
        load_problem(tmp_path / "problem.json")
    np.save(tmp_path / "distance.npy", np.full((4, 4), 9.0))
    problem = load_problem(tmp_path / "problem.json")
    assert problem.duration[1, 2] == 7
    assert problem.distance[1, 2] == 9
    (tmp_path / "distance.npy").write_bytes(b"not an array")
    with pytest.raises(InputError, match="matrix.distance"):
        load_problem(tmp_path / "problem.json")
    np.save(tmp_path / "distance.npy", np.array([["a"]]))
    with pytest.raises(InputError, match="matrix.distance"):
        load_problem(tmp_path / "problem.json")


def test_locations_give_an_estimated_matrix():
    places = [[-1.9, 52.48], [-1.9, 52.57], [-1.8, 52.48], [-1.8, 52.57]]
    data = {key: value for key, value in CONTRACT.items() if key != "matrix"}
    problem = parse_problem({**data, "locations": places, "speed_kmh": 36, "detour": 1.5})
    assert problem.distance[0, 1] == pytest.approx(0.09 * 111_195 * 1.5, rel=1e-3)
    assert problem.duration[0, 1] == pytest.approx(problem.distance[0, 1] / 10, abs=1)
    for change, field in (
        ({"speed_kmh": 0}, "speed_kmh"),
        ({"detour": 0.5}, "detour"),
        ({"locations": [[0, 99]]}, "locations[0]"),
    ):
        with pytest.raises(InputError) as error:
            parse_problem({**data, "locations": places, "speed_kmh": 36, **change})
        assert error.value.field == field


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "[" * 100_000])
def test_files_that_are_no_problem_are_refused(tmp_path, text):
    path = tmp_path / "problem.json"
    path.write_text(text)
    with pytest.raises(InputError):
        load_problem(path)
    with pytest.raises(InputError):
        load_solution(path)


def test_a_solution_survives_writing_and_reading():
    stops = [VisitStop("v1", 1, 2, 3), BreakStop(0, 4, 5), VisitStop("v2")]
    left = [Unserved("v3", "skill", "Nobody on shift has dialysis.", [Remedy("one more nurse", 5)])]
    solution = Solution([Route("n1", stops)], left, Cost(travel=4), True, "ortools", 1.25, [(0.5, 9)])
    data = json.loads(json.dumps(solution_json(solution)))
    assert data["routes"][0]["stops"] == [
        {"visit": "v1", "arrive": 1, "start": 2, "leave": 3},
        {"break": 0, "start": 4, "leave": 5},
        {"visit": "v2"},
    ]
    assert data["cost"]["total"] == 4
    assert data["trace"] == [[0.5, 9]]
    again = parse_solution(data)
    assert again.routes == solution.routes
    assert again.engine == "ortools"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "routes"),
        ({"routes": [{"stops": []}]}, "routes[0].staff"),
        ({"routes": [{"staff": "n1"}]}, "routes[0].stops"),
        ({"routes": [{"staff": "n1", "stops": [{}]}]}, "routes[0].stops[0].visit"),
        ({"routes": [{"staff": "n1", "stops": [{"visit": "v1", "break": 0}]}]}, "routes[0].stops[0]"),
        ({"routes": [{"staff": "n1", "stops": [{"visit": "v1", "start": "nine"}]}]}, "routes[0].stops[0].start"),
        ({"routes": [], "unserved": [3]}, "unserved[0]"),
    ],
)
def test_a_broken_solution_is_named_by_its_field(data, field):
    with pytest.raises(InputError) as error:
        parse_solution(data)
    assert error.value.field == field
