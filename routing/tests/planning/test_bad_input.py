"""Bad input through the commands: the field is named, exit 1, nothing on standard output, no traceback."""

import copy
import json
import pickle

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from .test_contract import DAY, with_

DEEP = "[" * 900 + "]" * 900
HUGE = 10**400


@pytest.fixture
def refused(tmp_path, capsys):
    """The message with which both commands refuse a problem; texts are written as they are."""

    def message(problem):
        file, plan = tmp_path / "problem.json", tmp_path / "plan.json"
        file.write_text(problem if isinstance(problem, str) else json.dumps(problem))
        plan.write_text('{"routes": []}')
        found = []
        for command in (["solve_plan", file, "--engine", "greedy", "--seconds", "0.2"], ["check_plan", file, plan]):
            with pytest.raises(CommandError) as error:
                call_command(*map(str, command))
            assert error.value.returncode == 1
            assert capsys.readouterr().out == ""
            found.append(str(error.value))
        assert found[0] == found[1]
        assert len(found[0]) < 400
        return found[0]

    return message


STAFF = [
    ("id", "staff[0].id", ["", None, 1.5, True, [], "\ud800", HUGE]),
    ("start", "staff[0].start", [-1, 2, "a", 0.5, True, [0], HUGE, 1e300]),
    ("end", "staff[0].end", [-1, 2, "a", 0.5, True]),
    ("shift", "staff[0].shift", ["day", 5, [9], [9, 8], [1, 2, 3], {}, [[1, 2]]]),
    ("shift", "staff[0].shift[1]", [[1, "2"], [1, None], [1, 1e300], [1, 2.5]]),
    ("skills", "staff[0].skills", ["wound", 5, {}]),
    ("skills", "staff[0].skills[0]", [[None], [""], [["wound"]], [1.5]]),
    ("max_visits", "staff[0].max_visits", [-1, 1.5, "3", HUGE]),
    ("breaks", "staff[0].breaks", ["noon", 5, {}]),
    ("breaks", "staff[0].breaks[0]", [[5], ["noon"]]),
    ("breaks", "staff[0].breaks[0].duration", [[{}], [{"duration": -1}], [{"duration": "1"}]]),
    ("breaks", "staff[0].breaks[0].windows", [[{"duration": 1, "windows": []}], [{"duration": 1, "windows": 5}]]),
    ("breaks", "staff[0].breaks[0].windows[0]", [[{"duration": 1, "windows": [[5, 1]]}]]),
    ("breaks", "staff[0].breaks[0].required", [[{"duration": 1, "required": "yes"}]]),
    ("breaks", "staff[0].breaks[0].missed_cost", [[{"duration": 1, "missed_cost": -1}]]),
    ("breaks", "staff[0].breaks[0].place", [[{"duration": 1, "place": "car"}]]),
    ("breaks", "staff[0].breaks[0].lenght", [[{"duration": 1, "lenght": 5}]]),
    ("overtime", "staff[0].overtime", [-1, "1", 0.5, HUGE]),
    ("overtime_cost", "staff[0].overtime_cost", [-1, "1", float("nan"), float("inf"), HUGE, True]),
    ("max_duration", "staff[0].max_duration", [-1, "1", 0.5]),
    ("max_drive", "staff[0].max_drive", [-1, "1", 0.5]),
    ("name", "staff[0].name", ["Ann"]),
]
VISIT = [
    ("id", "visits[0].id", ["", None, 1.5, True, {}]),
    ("location", "visits[0].location", [-1, 2, None, "1", 0.5, HUGE]),
    ("service", "visits[0].service", [-1, "1", 0.5, True, HUGE]),
    ("windows", "visits[0].windows", [[], 5, "day", {}]),
    ("windows", "visits[0].windows[0]", [[[9, 8]], [[1]], [5], [None]]),
    ("windows", "visits[0].windows[1][0]", [[[1, 2], [None, 4]], [[1, 2], [float("nan"), 4]]]),
    ("skills", "visits[0].skills", ["wound", 5]),
    ("staff_required", "visits[0].staff_required", [0, -1, 1.5, "2"]),
    ("prize", "visits[0].prize", [-1, "1", float("nan"), float("inf"), 1e300, HUGE, []]),
    ("tier", "visits[0].tier", [-1, "1", 1.5]),
    ("required", "visits[0].required", ["true", 1, 0]),
    ("only_staff", "visits[0].only_staff", ["n1", ["n9"], 5]),
    ("not_staff", "visits[0].not_staff", ["n1", ["n9"]]),
    ("preferred_staff", "visits[0].preferred_staff", ["n1", ["n9"]]),
    ("preference_cost", "visits[0].preference_cost", [-1, "1", HUGE]),
    ("pinned", "visits[0].pinned", ["n1", 5, []]),
    ("pinned", "visits[0].pinned.staff", [{"staff": "n9"}, {"staff": 1.5}]),
    ("pinned", "visits[0].pinned.start", [{"start": "9:00"}, {"start": 0.5}]),
    ("pinned", "visits[0].pinned.time", [{"time": 5}]),
    ("demand", "visits[0].demand", [-1, "1", 0.5]),
    ("window_at", "visits[0].window_at", ["middle", 5, []]),
    ("late_cost", "visits[0].late_cost", [-1, "1", float("nan")]),
    ("late_max", "visits[0].late_max", [-1, "1", 0.5]),
    ("patient", "visits[0].patient", ["Ann"]),
]


def cases(part, table):
    return [
        pytest.param(f"{part}__{key}", value, field, id=f"{field}-{str(value)[:20]!r}")
        for key, field, values in table
        for value in values
    ]


@pytest.mark.parametrize(("part", "value", "field"), cases("staff", STAFF) + cases("visits", VISIT))
def test_a_wrong_field_of_staff_or_visit_is_named(refused, part, value, field):
    assert refused(with_(DAY, **{part: value})).startswith(f"{field}: ")


TOP = [
    ("objective", "time", "objective"),
    ("objective", 5, "objective"),
    ("objective", "distance", "matrix.distance"),
    ("staff", None, "staff"),
    ("staff", {}, "staff"),
    ("staff", [5], "staff[0]"),
    ("staff", [{"id": "n1"}, {"id": 2}, {"id": "n1"}], "staff[2].id"),
    ("visits", None, "visits"),
    ("visits", "all", "visits"),
    ("visits", [{"id": "1", "location": 0}, {"id": 1, "location": 0}], "visits[1].id"),
    ("links", {}, "links"),
    ("links", [5], "links[0]"),
    ("links", [{"first": "v1"}], "links[0].second"),
    ("links", [{"first": "v1", "second": "v1"}], "links[0].second"),
    ("links", [{"first": "v9", "second": "v1"}], "links[0].first"),
    ("links", [{"first": "v1", "second": "v1", "gap": 1}], "links[0].gap"),
    ("links", [{"first": "v1", "second": "v1", "min_gap": 0.5}], "links[0].min_gap"),
    ("links", [{"first": "v1", "second": "v1", "together": 1}], "links[0].together"),
    ("capacity", [5], "capacity"),
    ("capacity", {"n9": 5}, "capacity.n9"),
    ("capacity", {"n1": -5}, "capacity.n1"),
    ("capacity", {"n1": "5"}, "capacity.n1"),
    ("weights", [1], "weights"),
    ("weights", {"travel": -1}, "weights.travel"),
    ("weights", {"distance": 1}, "weights.distance"),
    ("matrix", None, "matrix"),
    ("matrix", [[0, 1], [1, 0]], "matrix"),
    ("matrix", {}, "matrix.duration"),
    ("matrix", {"time": []}, "matrix.time"),
    ("matrix", {"duration": 5}, "matrix.duration"),
    ("matrix", {"duration": [0, 1]}, "matrix.duration[0]"),
    ("matrix", {"duration": [[0, 1], [1]]}, "matrix.duration[1]"),
    ("matrix", {"duration": [[0, 1, 2], [1, 0, 2]]}, "matrix.duration[0]"),
    ("matrix", {"duration": [[0, None], [1, 0]]}, "matrix.duration[0][1]"),
    ("matrix", {"duration": [[0, 1], ["", 0]]}, "matrix.duration[1][0]"),
    ("matrix", {"duration": [[0, 1], [-1, 0]]}, "matrix.duration[1][0]"),
    ("matrix", {"duration": [[0, 1], [0.5, 0]]}, "matrix.duration[1][0]"),
    ("matrix", {"duration": [[0, 1], [float("nan"), 0]]}, "matrix.duration[1][0]"),
    ("matrix", {"duration": [[0, 1], [float("inf"), 0]]}, "matrix.duration[1][0]"),
    ("matrix", {"duration": [[0, 1], [HUGE, 0]]}, "matrix.duration[1][0]"),
    ("matrix", {"duration": [[0, 1], [True, 0]]}, "matrix.duration[1][0]"),
    ("matrix", {"duration": [[0, 1], [1, 0]], "distance": [[0]]}, "matrix.distance"),
    ("matrix", {"duration": "nowhere.npy"}, "matrix.duration"),
    ("matrix", {"duration": "../problem.npy"}, "matrix.duration"),
    ("matrix", {"duration": "/etc/passwd"}, "matrix.duration"),
    ("matrix", {"duration": "a\0b.npy"}, "matrix.duration"),
    ("matrix", {"duration": []}, "staff[0].start"),
    ("locations", [[0, 0], [0, 0]], "locations"),
    ("speed_kmh", 30, "speed_kmh"),
    ("patients", 5, "patients"),
]


@pytest.mark.parametrize(
    ("key", "value", "field"), TOP, ids=[f"{field}-{str(value)[:30]!r}" for key, value, field in TOP]
)
def test_a_wrong_part_of_the_problem_is_named(refused, key, value, field):
    assert refused(with_(DAY, **{key: value})).startswith(f"{field}: ")


ARRAYS = {
    "shape": np.zeros((2, 3), dtype=int),
    "one": np.zeros(4, dtype=int),
    "text": np.array([["a", "b"], ["c", "d"]]),
    "complex": np.zeros((2, 2), dtype=complex),
    "flags": np.zeros((2, 2), dtype=bool),
    "records": np.zeros((2, 2), dtype=[("a", int)]),
    "gap": np.array([[0, np.nan], [1, 0]]),
    "negative": np.array([[0, -1], [1, 0]]),
    "half": np.array([[0, 0.5], [1, 0]]),
    "far": np.array([[0, 1 << 41], [1, 0]]),
    "objects": np.array([[0, {}], [1, 0]], dtype=object),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_a_matrix_file_that_holds_something_else_is_named(refused, tmp_path, name):
    np.save(tmp_path / "legs.npy", ARRAYS[name], allow_pickle=True)
    assert refused(with_(DAY, matrix={"duration": "legs.npy"})).startswith("matrix.duration")


class Trap:
    """Would leave a file behind if it were unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


def header(text):
    """A .npy file of version 1 whose header is any text, and no data."""
    return b"\x93NUMPY\x01\x00v\x00" + text.encode().ljust(118)


NO_ARRAYS = [
    b"",
    b"not an array",
    b"\x93NUMPY",
    b"PK\x03\x04 a zip file",
    header("(" * 118),
    header("{'descr': '<i8', 'fortran_order': False, 'shape': (-2, -2), }"),
    header("{'descr': '<i8', 'fortran_order': False, 'shape': (99999999, 99999999), }"),
    header("{'descr': '<i8', 'fortran_order': False, 'shape': (2, 2), }"),
    header("{'descr': 'zz', 'fortran_order': False, 'shape': (2, 2), }"),
]


@pytest.mark.parametrize("content", NO_ARRAYS, ids=lambda content: repr(content[10:40]))
def test_a_matrix_file_that_is_no_array_is_named(refused, tmp_path, content):
    (tmp_path / "legs.npy").write_bytes(content)
    assert refused(with_(DAY, matrix={"duration": "legs.npy"})).startswith("matrix.duration")


def test_a_pickled_matrix_file_is_never_unpickled(refused, tmp_path):
    mark = tmp_path / "mark"
    (tmp_path / "legs.npy").write_bytes(pickle.dumps(Trap(str(mark))))
    assert refused(with_(DAY, matrix={"duration": "legs.npy"})).startswith("matrix.duration")
    array = np.empty((2, 2), dtype=object)
    array[:] = Trap(str(mark))
    np.save(tmp_path / "legs.npy", array, allow_pickle=True)
    assert refused(with_(DAY, matrix={"duration": "legs.npy"})).startswith("matrix.duration")
    assert not mark.exists()


PLACES = [[-1.9, 52.48], [-1.8, 52.57], [-2.0, 52.4]]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"locations": 5}, "locations"),
        ({"locations": [*PLACES, [1]]}, "locations[3]"),
        ({"locations": [*PLACES, ["-1.9", "52.4"]]}, "locations[3]"),
        ({"locations": [*PLACES, [None, 52.4]]}, "locations[3]"),
        ({"locations": [*PLACES, [float("nan"), 52.4]]}, "locations[3]"),
        ({"locations": [*PLACES, [-1.9, 152]]}, "locations[3]"),
        ({"locations": [*PLACES, [HUGE, 52]]}, "locations[3]"),
        ({"locations": [*PLACES, [52.48, -1.9]]}, "locations[3]"),
        ({"locations": [place[::-1] for place in PLACES]}, "locations[0]"),
        ({"locations": [*PLACES, [0, 0]]}, "locations[3]"),
        ({"locations": [*PLACES, [-30, 52]]}, "locations[3]"),
        ({"speed_kmh": None}, "speed_kmh"),
        ({"speed_kmh": 0}, "speed_kmh"),
        ({"speed_kmh": "fast"}, "speed_kmh"),
        ({"speed_kmh": -5}, "speed_kmh"),
        ({"detour": 0.9}, "detour"),
        ({"detour": float("inf")}, "detour"),
        ({"locations": []}, "staff[0].start"),
    ],
)
def test_wrong_locations_are_named(refused, change, field):
    day = {key: value for key, value in DAY.items() if key != "matrix"}
    assert refused({**day, "locations": PLACES, "speed_kmh": 30, **change}).startswith(f"{field}: ")


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "{", "null", "5", '"x"', "[]", "NaN", "{}x", '{"staff": 1e999}', '{"staff": ' + "9" * 5_000 + "}",
        '{"staff": ' + DEEP + "}", '{"visits": [], "staff": [{"id": ' + DEEP + "}]}", "[" * 100_000, '{"a":' * 100_000,
        '\ufeff{"staff": []}', '{"\\ud800": 1}',
    ],
    ids=lambda text: repr(text[:24]),
)  # fmt: skip
def test_text_that_is_no_problem_is_refused(refused, text):
    refused(text)


def test_bytes_that_are_no_text_and_places_that_are_no_file_are_refused(tmp_path):
    (tmp_path / "problem.json").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "problem.json", tmp_path, tmp_path / "missing.json"):
        with pytest.raises(CommandError, match="cannot be read|no such file") as error:
            call_command("check_plan", str(path), str(path))
        assert error.value.returncode == 1


def test_a_file_too_long_to_be_read_says_what_to_do_instead(refused, monkeypatch):
    monkeypatch.setattr("routing.planning.io.LONGEST_FILE", 1_000)
    assert "put the matrix into .npy files" in refused(with_(DAY, comment="x" * 1_000))


def test_fifty_thousand_visits_are_refused_before_anything_grows(refused):
    visits = [{"id": number, "location": 1} for number in range(50_000)]
    assert refused(with_(DAY, visits=visits)) == (
        "visits: 50,000 are given, at most 20,000 can be planned at once: split the day by team or area"
    )
    staff = [{"id": number, "start": 0} for number in range(6_000)]
    assert refused(with_(DAY, staff=staff)).startswith("staff: 6,000 are given")


@pytest.fixture
def solved(tmp_path, capsys):
    def answer(problem):
        (tmp_path / "problem.json").write_text(json.dumps(problem))
        call_command("solve_plan", str(tmp_path / "problem.json"), "--engine", "greedy", "--seconds", "0.2")
        return json.loads(capsys.readouterr().out)

    return answer


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"visits__skills": ["dialysis"]}, "skill"),
        ({"visits__service": 40_000}, "service"),
        ({"visits__windows": [[0, 5]]}, "window"),
        ({"visits__only_staff": []}, "staff"),
        ({"visits__not_staff": ["n1"]}, "staff"),
        ({"staff__max_visits": 0}, "max_visits"),
    ],
)
def test_what_nobody_can_do_is_answered_with_the_reason(solved, change, reason):
    plan = solved(with_(DAY, **change))
    assert plan["feasible"] is False, "a required visit"
    assert [left["reason"] for left in plan["unserved"]] == [reason]
    assert plan["routes"] == []
    optional = solved(with_(with_(DAY, **change), visits__prize=7))
    assert (optional["feasible"], optional["cost"]["total"]) == (True, 7)


def test_nobody_on_shift_and_nothing_to_do_are_answered(solved):
    plan = solved(with_(DAY, staff=[]))
    assert (plan["feasible"], len(plan["unserved"])) == (False, 1)
    plan = solved(with_(DAY, visits=[]))
    assert (plan["feasible"], plan["routes"], plan["cost"]["total"]) == (True, [], 0)
    plan = solved({"staff": [], "visits": [], "matrix": {"duration": []}})
    assert (plan["feasible"], plan["routes"], plan["unserved"]) == (True, [], [])


PLAN = {"routes": [{"staff": "n1", "stops": [{"visit": "v1"}]}], "unserved": []}


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (["routes"], None, "routes"),
        (["routes"], {}, "routes"),
        (["routes", 0], 5, "routes[0]"),
        (["routes", 0, "staff"], None, "routes[0].staff"),
        (["routes", 0, "staff"], 1.5, "routes[0].staff"),
        (["routes", 0, "stops"], None, "routes[0].stops"),
        (["routes", 0, "stops"], "v1", "routes[0].stops"),
        (["routes", 0, "stops", 0], "v1", "routes[0].stops[0]"),
        (["routes", 0, "stops", 0], {"break": -1}, "routes[0].stops[0].break"),
        (["routes", 0, "stops", 0], {"break": "lunch"}, "routes[0].stops[0].break"),
        (["routes", 0, "stops", 0, "visit"], [], "routes[0].stops[0].visit"),
        (["routes", 0, "stops", 0, "arrive"], "9:00", "routes[0].stops[0].arrive"),
        (["routes", 0, "stops", 0, "start"], 0.5, "routes[0].stops[0].start"),
        (["routes", 0, "stops", 0, "leave"], HUGE, "routes[0].stops[0].leave"),
        (["routes", 0, "stops", 0, "leave"], float("nan"), "routes[0].stops[0].leave"),
        (["unserved"], {}, "unserved"),
        (["unserved"], ["v1"], "unserved[0]"),
        (["unserved"], [{"visit": None}], "unserved[0].visit"),
    ],
)
def test_a_wrong_field_of_a_plan_is_named(tmp_path, capsys, path, value, field):
    data = copy.deepcopy(PLAN)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    for name, content in (("problem.json", DAY), ("plan.json", data)):
        (tmp_path / name).write_text(json.dumps(content))
    with pytest.raises(CommandError) as error:
        call_command("check_plan", str(tmp_path / "problem.json"), str(tmp_path / "plan.json"))
    assert (error.value.returncode, capsys.readouterr().out) == (1, "")
    assert str(error.value).startswith(f"{field}: ")


def test_files_mixed_up_are_told(refused):
    assert refused(PLAN).startswith("routes: unknown field")
