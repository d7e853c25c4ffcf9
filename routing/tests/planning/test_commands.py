"""The contract on the command line: the answer alone on standard output, exit codes 0, 1, 2, no database (pytest-
django blocks it here).
"""

import json
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command, load_command_class

from routing.planning.instances import home_visits
from routing.planning.io import problem_json


@pytest.fixture
def problem_file(tmp_path):
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(problem_json(home_visits(12, 2, seed=1))))
    return path


def answer_of(capsys, *args, **options):
    call_command(*[str(arg) for arg in args], **options)
    return json.loads(capsys.readouterr().out)


def test_a_problem_is_solved_and_the_plan_judged(problem_file, tmp_path, capsys):
    plan = answer_of(capsys, "solve_plan", problem_file, "--seconds", "0.5")
    assert plan["feasible"] is True
    assert plan["engine"] == "portfolio"
    assert plan["trace"]
    assert {"total", "travel", "prizes", "late", "preference", "overtime", "breaks", "waiting", "idle"} <= set(
        plan["cost"]
    )
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan))
    verdict = answer_of(capsys, "check_plan", problem_file, file)
    assert verdict["feasible"] is True
    assert verdict["violations"] == []
    assert verdict["cost"] == plan["cost"]


def test_an_infeasible_plan_is_an_answer_not_an_error(problem_file, tmp_path, capsys):
    file = tmp_path / "plan.json"
    file.write_text(
        json.dumps({"routes": [{"staff": "n01", "stops": [{"visit": "v001", "start": 5, "arrive": 5, "leave": 6}]}]})
    )
    verdict = answer_of(capsys, "check_plan", problem_file, file)
    assert verdict["feasible"] is False
    assert {"window", "shift", "time"} <= {violation["rule"] for violation in verdict["violations"]}
    assert set(verdict["violations"][0]) == {"rule", "staff", "visit", "detail"}


def test_out_takes_the_answer_and_nothing_is_printed(problem_file, tmp_path, capsys):
    call_command(
        "solve_plan", str(problem_file), "--seconds", "0.2", "--engine", "greedy", "--out", str(tmp_path / "plan.json")
    )
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "greedy" in printed.err
    assert json.loads((tmp_path / "plan.json").read_text())["engine"] == "greedy"


def test_bad_input_names_the_field(problem_file, tmp_path):
    data = json.loads(problem_file.read_text())
    data["visits"][3]["windows"] = [[9, 1]]
    problem_file.write_text(json.dumps(data))
    with pytest.raises(CommandError, match=r"visits\[3\].windows\[0\]") as error:
        call_command("solve_plan", str(problem_file))
    assert error.value.returncode == 1


@pytest.mark.parametrize("text", ["", "{", '{"staff": %s}' % ("9" * 5_000), "[" * 100_000, "NaN"])
def test_text_that_is_no_problem_is_bad_input(tmp_path, text):
    path = tmp_path / "problem.json"
    path.write_text(text)
    with pytest.raises(CommandError) as error:
        call_command("solve_plan", str(path))
    assert error.value.returncode == 1


def test_what_the_engine_cannot_state_is_refused(problem_file):
    data = json.loads(problem_file.read_text())
    data["visits"][0]["staff_required"] = 2
    problem_file.write_text(json.dumps(data))
    with pytest.raises(CommandError, match="staff_required"):
        call_command("solve_plan", str(problem_file), "--engine", "ortools")


def run(*args):
    command = [sys.executable, "manage.py", *map(str, args)]
    return subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=600)


def test_exit_codes(problem_file, tmp_path):
    good = run("solve_plan", problem_file, "--seconds", "0.2", "--engine", "greedy")
    assert (good.returncode, json.loads(good.stdout)["engine"]) == (0, "greedy")
    missing = run("check_plan", problem_file, tmp_path / "missing.json")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "no such file" in missing.stderr


@pytest.mark.parametrize(
    "wrong",
    [["--seconds", "-1"], ["--seconds", "nan"], ["--workers", "0"], ["--seed", "x"], ["--engine", "magic"], []],
)
def test_wrong_usage_is_told_apart_from_bad_input(wrong):
    command = load_command_class("routing", "solve_plan")
    parser = command.create_parser("manage.py", "solve_plan")
    parser.called_from_command_line = True
    with pytest.raises(SystemExit) as stop:
        parser.parse_args([*(["problem.json"] if wrong else []), *wrong])
    assert stop.value.code == 2
