"""The contract on the command line, clause by clause: what may be left out, what forms are read, what is answered."""

import copy
import json

import numpy as np
import pytest
from django.core.management import call_command, load_command_class

from routing.planning.io import SOLUTION, parse_problem
from routing.planning.problem import ALWAYS

# Two places 600 s apart, one person with a late lunch.
DAY = {
    "staff": [{"id": "n1", "start": 0, "end": 0, "shift": [28_800, 61_200]}],
    "visits": [{"id": "v1", "location": 1, "service": 1800}],
    "matrix": {"duration": [[0, 600], [600, 0]]},
}
RULES = {
    "window", "late", "shift", "duration", "drive", "skill", "staff", "break", "capacity", "max_visits", "link", "pin",
    "double", "twice", "unknown", "time", "end",
}  # fmt: skip
COST = ["total", "travel", "prizes", "late", "preference", "overtime", "breaks", "waiting", "idle"]


@pytest.fixture
def ask(tmp_path, capsys):
    """The answer of solve_plan, or of check_plan where a plan is given."""

    def asked(problem, plan=None, *options):
        (tmp_path / "problem.json").write_text(json.dumps(problem))
        files = [str(tmp_path / "problem.json")]
        if plan is not None:
            (tmp_path / "plan.json").write_text(json.dumps(plan))
            files.append(str(tmp_path / "plan.json"))
        else:
            options = ("--engine", "greedy", "--seconds", "0.2", *options)
        call_command("check_plan" if plan is not None else "solve_plan", *files, *options)
        return json.loads(capsys.readouterr().out)

    return asked


def with_(data, **parts):
    """The day with fields of its staff, visits or top level changed: staff_x, visit_x, x."""
    data = copy.deepcopy(data)
    for key, value in parts.items():
        where, _, name = key.partition("__")
        if name:
            data[where][0][name] = value
        else:
            data[key] = value
    return data


def stops(*names):
    return {"routes": [{"staff": "n1", "stops": [{"visit": name} for name in names]}]}


def test_the_least_problem_is_answered_with_everything_the_contract_names(ask):
    plan = ask(DAY)
    assert list(plan)[:7] == list(SOLUTION)
    assert plan["routes"] == [
        {"staff": "n1", "stops": [{"visit": "v1", "arrive": 29_400, "start": 29_400, "leave": 31_200}]}
    ]
    assert plan["unserved"] == []
    assert list(plan["cost"]) == COST
    assert plan["cost"] == {**dict.fromkeys(COST, 0), "total": 1200, "travel": 1200}
    assert plan["feasible"] is True
    assert [cost for _, cost in plan["trace"]][-1] == 1200


def test_a_verdict_has_the_keys_of_the_contract(ask):
    verdict = ask(DAY, {"routes": [{"staff": "n1", "stops": [{"visit": "v1", "start": 0, "arrive": 0, "leave": 0}]}]})
    assert list(verdict) == ["feasible", "violations", "cost"]
    assert list(verdict["cost"]) == COST
    assert {tuple(violation) for violation in verdict["violations"]} == {("rule", "staff", "visit", "detail")}
    assert {violation["rule"] for violation in verdict["violations"]} <= RULES


def test_a_visit_without_a_prize_is_required_and_one_with_a_prize_is_not(ask):
    assert ask(DAY, stops())["feasible"] is False
    verdict = ask(with_(DAY, visits__prize=500), stops())
    assert verdict["feasible"] is True
    assert verdict["cost"] == {**dict.fromkeys(COST, 0), "total": 500, "prizes": 500}
    assert ask(with_(DAY, visits__prize=500, visits__required=True), stops())["feasible"] is False
    assert ask(with_(DAY, visits__prize=0), stops())["feasible"] is True
    assert ask(with_(DAY, visits__required=False), stops())["feasible"] is True


@pytest.mark.parametrize(
    "part",
    [
        *[f"staff__{key}" for key in (
            "start", "end", "shift", "skills", "max_visits", "breaks", "overtime", "overtime_cost", "max_duration",
            "max_drive",
        )],
        *[f"visits__{key}" for key in (
            "service", "windows", "skills", "staff_required", "prize", "tier", "required", "only_staff", "not_staff",
            "preferred_staff", "preference_cost", "pinned", "demand", "window_at", "late_cost", "late_max",
        )],
        "objective", "links", "capacity", "weights", "locations", "speed_kmh", "detour",
    ],
)  # fmt: skip
def test_null_means_left_out(part):
    data = copy.deepcopy(DAY)
    where, _, name = part.partition("__")
    if name:
        data[where][0].pop(name, None)
    assert _told(parse_problem(with_(data, **{part: None}))) == _told(parse_problem(data))


def _told(problem):
    return problem.staff, problem.visits, problem.links, problem.capacity, problem.weights, problem.objective


def test_nulls_inside_weights_capacity_links_and_pins_mean_left_out():
    data = with_(DAY, weights={"travel": None}, capacity={"n1": None}, visits__pinned={"staff": None, "start": 5})
    data["visits"].append({"id": "v2", "location": 1})
    data["links"] = [{"first": "v1", "second": "v2", "min_gap": None, "same_staff": None}]
    problem = parse_problem(data)
    assert (problem.weights.travel, problem.capacity) == (1, {})
    assert (problem.visits[0].pinned.staff, problem.visits[0].pinned.start) == (None, 5)
    assert (problem.links[0].min_gap, problem.links[0].same_staff) == (None, False)


def test_whole_floats_are_integers_and_numbers_may_name_things(ask):
    data = with_(DAY, staff__id=7, visits__id=12, visits__location=1.0, visits__service=1800.0, visits__prize=10.5)
    data["matrix"] = {"duration": [[0.0, 600.0], [600.0, 0]]}
    plan = ask({**data, "name": "Tuesday", "comment": "made up"})
    assert plan["routes"][0]["staff"] == "7"
    assert plan["unserved"][0]["visit"] == "12" if plan["unserved"] else plan["routes"][0]["stops"][0]["visit"] == "12"
    assert ask(data, {"routes": [{"staff": 7, "stops": [{"visit": 12}]}]})["feasible"] is True


def test_an_open_day_ends_at_the_last_visit_and_one_without_start_begins_at_the_first(ask):
    assert ask(with_(DAY, staff__end=None), stops("v1"))["cost"]["travel"] == 600
    assert ask(with_(DAY, staff__end=None, staff__start=None), stops("v1"))["cost"]["travel"] == 0


def test_matrices_may_be_files_beside_the_problem(ask, tmp_path):
    np.save(tmp_path / "seconds.npy", np.array([[0, 600], [600, 0]], dtype=np.uint16))
    np.save(tmp_path / "metres.npy", np.array([[0, 5], [6, 0]], dtype=np.int32))
    data = with_(DAY, matrix={"duration": "seconds.npy", "distance": "metres.npy"}, objective="distance")
    assert ask(data, stops("v1"))["cost"]["travel"] == 11


def test_large_matrix_files_stay_on_disk(ask, tmp_path):
    file = np.lib.format.open_memmap(tmp_path / "large.npy", "w+", np.int32, (2_100, 2_100))
    file[0, 2_000] = file[2_000, 0] = 7
    file.flush()
    data = with_(DAY, matrix={"duration": "large.npy"}, visits__location=2_000)
    assert not parse_problem(data, tmp_path).duration.flags.owndata
    assert ask(data, stops("v1"))["cost"]["travel"] == 14
    file[2_099, 3] = -1
    file.flush()
    with pytest.raises(ValueError, match=r"matrix.duration\[2099\]\[3\]: expected an integer of 0"):
        parse_problem(data, tmp_path)


def test_locations_with_speed_and_detour_stand_for_a_matrix(ask):
    data = {key: value for key, value in DAY.items() if key != "matrix"}
    data |= {"locations": [[-1.9, 52.48], [-1.9, 52.57]], "speed_kmh": 36}
    metres = 0.09 * 111_195
    assert ask(data, stops("v1"))["cost"]["travel"] == pytest.approx(2 * metres / 10, abs=2)
    assert ask({**data, "detour": 1.5}, stops("v1"))["cost"]["travel"] == pytest.approx(3 * metres / 10, abs=2)
    data |= {"objective": "distance"}
    assert ask(data, stops("v1"))["cost"]["travel"] == pytest.approx(2 * metres, abs=20)


def test_times_that_a_plan_states_are_judged_and_others_worked_out(ask):
    good = {"routes": [{"staff": "n1", "stops": [{"visit": "v1", "start": 40_000}]}]}
    assert ask(DAY, good)["feasible"] is True
    early = {"routes": [{"staff": "n1", "stops": [{"visit": "v1", "start": 29_399}]}]}
    assert [violation["rule"] for violation in ask(DAY, early)["violations"]] == ["shift"]


def test_a_closing_window_may_bound_the_end_of_service(ask):
    data = with_(DAY, visits__windows=[[28_800, 31_200]], visits__window_at="end")
    assert ask(data, stops("v1"))["feasible"] is True
    data = with_(DAY, visits__windows=[[28_800, 31_199]], visits__window_at="end")
    assert [violation["rule"] for violation in ask(data, stops("v1"))["violations"]] == ["end"]


def test_lateness_counts_from_the_window_that_opened_last_unless_another_is_still_open(ask):
    late = with_(DAY, visits__windows=[[28_800, 29_000], [29_100, 29_200]], visits__late_cost=2)
    assert ask(late, stops("v1"))["cost"]["late"] == 2 * 200
    nested = with_(DAY, visits__windows=[[28_800, 30_000], [29_100, 29_200]], visits__late_cost=2)
    assert ask(nested, stops("v1"))["cost"]["late"] == 0
    bounded = with_(late, visits__late_max=199)
    assert [violation["rule"] for violation in ask(bounded, stops("v1"))["violations"]] == ["late"]


def test_the_longest_lateness_has_a_key_of_its_own_where_it_is_weighted(ask):
    data = with_(DAY, visits__windows=[[28_800, 29_000]], visits__late_cost=1, weights={"max_late": 3})
    cost = ask(data, stops("v1"))["cost"]
    assert (cost["late"], cost["max_late"], cost["total"]) == (400, 1200, 400 + 1200 + 1200)


def test_tiers_are_counted_in_the_verdict(ask):
    data = with_(DAY, visits__prize=5, visits__tier=2)
    assert ask(data, stops())["unserved_by_tier"] == {"2": 1}


def test_the_engines_of_the_contract_are_told_from_others():
    parser = load_command_class("routing", "solve_plan").create_parser("manage.py", "solve_plan")
    parser.called_from_command_line = True
    options = parser.parse_args(["problem.json"])
    assert (options.seconds, options.workers, options.seed, options.out) == (10, 2, 1, None)
    with pytest.raises(SystemExit) as stop:
        parser.parse_args(["problem.json", "--engine", "magic"])
    assert stop.value.code == 2


def test_left_out_times_of_day_are_unbounded():
    assert parse_problem(with_(DAY, staff__shift=None)).staff[0].shift == ALWAYS
