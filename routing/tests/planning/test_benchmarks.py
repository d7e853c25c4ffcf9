"""Published layouts become the neutral problem; what the model cannot state, or what is wrong, is named."""

import json
import math

import pytest

from routing.planning.benchmarks import (
    best_known,
    published_plans,
    read_folder,
    read_instance,
    read_plan,
    read_sol,
    stated_cost,
)
from routing.planning.check import check
from routing.planning.fields import InputError

from .published_instances import SOLOMON, sol, vrplib


@pytest.fixture
def read(tmp_path):
    """Writes a text and reads it as an instance."""

    def reader(text, name="y1.vrp", rounding=None):
        (tmp_path / name).write_text(text)
        return read_instance(tmp_path / name, rounding)

    return reader


def test_solomon_times_and_distances_are_tenths_cut_off(read):
    instance = read(SOLOMON, "x001.txt")
    problem = instance.problem
    assert (instance.name, instance.kind, instance.rounding.name) == ("X001", "VRPTW", "dimacs")
    assert [person.shift for person in problem.staff] == [(0, 2000)] * 2
    assert problem.capacity == {"k1": 20, "k2": 20}
    assert [(v.windows, v.service, v.demand, v.required) for v in problem.visits] == [
        (((0, 1000),), 100, 10, True),
        (((200, 600),), 100, 10, True),
        (((0, 1500),), 100, 10, True),
    ]
    assert problem.duration[0, 1] == 50
    assert problem.duration[0, 2] == 14, "1.414 has one decimal"
    assert (problem.duration == problem.duration.T).all()


@pytest.mark.parametrize(("rounding", "leg"), [("dimacs", 36), ("exact", 3606), ("round", 4), ("trunc", 3), (None, 36)])
def test_each_convention_rounds_its_own_way(read, rounding, leg):
    """From (3, 4) to (1, 1) it is the root of 13, 3.60555."""
    assert math.isclose(math.hypot(2, 3), 3.60555, abs_tol=1e-5)
    assert read(SOLOMON, "x001.txt", rounding).problem.duration[1, 2] == leg


def test_site_dependence_becomes_skills_and_durations_a_bound(read):
    instance = read(
        vrplib(
            kind="SDVRPTW",
            head="VEHICLES_MAX_DURATION: 50\n",
            vehicles=3,
            demand=[[0], [7], [8], [9]],
            capacity=[[10], [20], [30]],
            service_time=[[0], [1], [2], [3]],
            time_window=[[0, 100], [5, 50], [0, 60], [0, 70]],
            vehicles_allowed_clients=[[2, 3, 4], [2, 3], [2, 4]],
        )
    )
    problem = instance.problem
    assert instance.rounding.name == "exact"
    able = [[person.id for person in problem.staff if problem.may_serve(person, visit)] for visit in problem.visits]
    assert able == [["k1", "k2", "k3"], ["k1", "k2"], ["k1", "k3"]]
    assert problem.visits[0].skills == frozenset(), "everybody may"
    assert [person.max_duration for person in problem.staff] == [50_000] * 3
    assert problem.capacity == {"k1": 10, "k2": 20, "k3": 30}
    assert problem.visits[0].windows == ((5000, 50_000),)
    assert [visit.service for visit in problem.visits] == [1000, 2000, 3000]


def test_vehicles_stand_at_their_depots_and_share_its_hours(read):
    instance = read(
        vrplib(
            kind="MDVRPTW",
            depots=2,
            head="CAPACITY: 9\nVEHICLES_MAX_DISTANCE: 40\n",
            time_window=[[0, 100], [10, 90], [0, 80], [0, 80]],
            vehicles_depot=[[2], [1]],
        )
    )
    staff = instance.problem.staff
    assert [(person.start, person.end, person.shift) for person in staff] == [
        (1, 1, (10_000, 90_000)),
        (0, 0, (0, 100_000)),
    ]
    assert [person.max_drive for person in staff] == [40_000] * 2
    assert [visit.id for visit in instance.problem.visits] == ["2", "3"]


def test_prizes_make_visits_optional_and_scale_with_the_distances(read):
    instance = read(vrplib(kind="PCVRPTW", head="SERVICE_TIME: 9\n", prize=[[0], [11], [0], [12]]))
    assert [(v.prize, v.required, v.service) for v in instance.problem.visits] == [
        (110, False, 90),
        (0, True, 90),
        (120, False, 90),
    ]


def test_alternatives_at_one_place_become_one_visit_with_several_windows(read):
    places = ((0, 0), (3, 4), (3, 4), (6, 8))
    tables = {"time_window": [[0, 100], [40, 50], [10, 20], [0, 90]], "mutually_exclusive_group": [[2, 3], [4]]}
    instance = read(vrplib(places=places, **tables))
    assert [(visit.id, visit.windows) for visit in instance.problem.visits] == [
        ("1", ((100, 200), (400, 500))),
        ("3", ((0, 900),)),
    ]
    assert instance.visit_at == {1: "1", 2: "1", 3: "3"}
    with pytest.raises(InputError, match="MUTUALLY_EXCLUSIVE_GROUP: clients 2, 3 differ in more than their window"):
        read(vrplib(**tables))


@pytest.mark.parametrize(
    ("layout", "numbers"),
    [
        ("FULL_MATRIX", "0 1 2\n1 0 3\n2 3 0"),
        ("LOWER_ROW", "1\n2 3"),
        ("LOWER_DIAG_ROW", "0 1 0\n2 3 0"),
        ("UPPER_ROW", "1 2\n3"),
        ("UPPER_DIAG_ROW", "0 1 2 0 3 0"),
    ],
)
def test_distances_may_be_listed(read, layout, numbers):
    text = (
        "NAME : E\nTYPE : CVRP\nDIMENSION : 3\nCAPACITY : 5\nEDGE_WEIGHT_TYPE : EXPLICIT\n"
        f"EDGE_WEIGHT_FORMAT : {layout}\n"
        f"EDGE_WEIGHT_SECTION\n{numbers}\nDEPOT_SECTION\n 1\n -1\nEOF\n"
    )
    instance = read(text)
    assert instance.problem.duration.tolist() == [[0, 1, 2], [1, 0, 3], [2, 3, 0]]
    assert len(instance.problem.staff) == 2, "as many vehicles as clients where the file says nothing"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SOLOMON.replace("100         10", "x         10"), r"x001.txt, line 11: expected 7 numbers"),
        (SOLOMON.replace("     20         60", "     70         60"), "line 12: ready time 70 is after due date 60"),
        (SOLOMON.replace("    2      1", "    5      1"), "customers numbered 0"),
        (SOLOMON.replace("  2         20", "  2"), "line 5: expected 2 numbers"),
        ("A licence, not an instance.\n", "expected a VRPLIB"),
    ],
)
def test_what_is_wrong_in_a_text_is_named(read, text, message):
    with pytest.raises(InputError, match=message):
        read(text, "x001.txt")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (vrplib(head="DIMENSION: 18512\n"), "DIMENSION: 18,512 places are more than 5,000"),
        (vrplib(head="DIMENSION: many\n"), "DIMENSION: expected a number, found 'many'"),
        (vrplib().replace("3\t4", "3\tfour"), "line 9: expected numbers"),
        (vrplib(demand=[[1], [2]]), "DEMAND: expected rows numbered 1 to 4, found 2"),
        (vrplib(time_window=[[0, 9], [5, 1], [0, 9], [0, 9]]), "TIME_WINDOW: row 2 closes at 1 before it opens at 5"),
        (vrplib(vehicles_depot=[[3], [1]]), "VEHICLES_DEPOT: expected depots 1 to 1"),
        (vrplib(vehicles_allowed_clients=[[1], [2]]), "VEHICLES_ALLOWED_CLIENTS: expected clients 2 to 4"),
        (vrplib(vehicles_fixed_cost=[[5], [5]]), "VEHICLES_FIXED_COST: cannot be stated"),
        (vrplib(backhaul=[[0], [5], [0], [0]]), "BACKHAUL: cannot be stated"),
        (vrplib(vehicles_unit_distance_cost=[[1], [2]]), "VEHICLES_UNIT_DISTANCE_COST: differs"),
        (vrplib().replace("EUC_2D", "GEO"), "EDGE_WEIGHT_TYPE: expected EUC_2D"),
        ("PK\n1 2\n", "DIMENSION: missing"),
        ("3 4\n", "line 1: expected a keyword"),
    ],
)
def test_what_is_wrong_in_a_vrplib_file_is_named(read, text, message):
    with pytest.raises(InputError, match=message):
        read(text)


def test_a_published_plan_is_judged_at_its_published_cost(tmp_path, read):
    """0-2-1-0 and 0-3-0: 14 + 36 + 50, and 100 + 100 in tenths."""
    instance = read(SOLOMON, "x001.txt")
    for cost in ("30.0", "300"):
        (tmp_path / "x001.sol").write_text(sol([[2, 1], [3]], cost))
        assert stated_cost(instance, read_sol(tmp_path / "x001.sol")) == 300
        assert best_known(instance) == 300
    assert published_plans(tmp_path) == [(tmp_path / "x001.txt", tmp_path / "x001.sol")]
    (tmp_path / "best_known.json").write_text(json.dumps({"X001": 29.9}))
    assert best_known(instance) == 299


def test_route_numbers_are_vehicle_numbers_and_empty_routes_keep_their_place(tmp_path, read):
    instance = read(vrplib(vehicles=3))
    (tmp_path / "y1.sol").write_text(sol([[1], [], [2, 3]], 1))
    plan = read_plan(instance, read_sol(tmp_path / "y1.sol"))
    assert plan.orders == {"k1": ["1"], "k3": ["2", "3"]}
    assert check(instance.problem, plan).feasible


@pytest.mark.parametrize(
    ("routes", "cost", "message"),
    [
        ([[2, 1], [3]], 299, "states the cost 299, the judge finds 300"),
        ([[2, 1]], 100, "breaks a rule of X001"),
        ([[2, 1], [9]], 100, "client 9 is not in X001"),
        ([[1], [2], [3]], 100, "3 routes for 2 vehicles"),
        ([[2, "one"], [3]], 100, "line 1: expected client numbers"),
        ([[2, 1], [3]], "unknown", "states no Cost"),
    ],
)
def test_a_published_plan_that_does_not_fit_is_named(tmp_path, read, routes, cost, message):
    instance = read(SOLOMON, "x001.txt")
    (tmp_path / "x001.sol").write_text(sol(routes, cost))
    with pytest.raises(InputError, match=message):
        best_known(instance)


def test_a_folder_is_read_small_instances_first_and_other_texts_passed_over(tmp_path):
    (tmp_path / "b.vrp").write_text(vrplib())
    (tmp_path / "a.vrp").write_text(vrplib(name="Y2", places=((0, 0), (3, 4), (1, 1), (6, 8), (1, 2))))
    (tmp_path / "LICENSE.txt").write_text("Anybody may.\n")
    assert [instance.name for instance in read_folder(tmp_path)] == ["Y1", "Y2"]
    assert [instance.name for instance in read_folder(tmp_path, ["A"])] == ["Y2"]
    with pytest.raises(InputError, match="no instance c"):
        read_folder(tmp_path, ["c"])
    with pytest.raises(InputError, match="is not a folder"):
        read_folder(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no Solomon"):
        read_folder(tmp_path / "empty")
