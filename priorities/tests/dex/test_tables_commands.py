"""`manage.py dex_check` and `manage.py dex_complete`: what people and checks see."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from priorities.tests.dex.models import DEFAULT_MODEL_FILE, attribute, car_dxi, dxi, function

ROOT = Path(__file__).parents[3]


def run(command, *arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command(command, *map(str, arguments), stdout=out, stderr=err)
    return json.loads(out.getvalue()), err.getvalue()


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "model.dxi"
        path.write_text(text)
        return path

    return write


def partly(entered, extra="", **scales):
    """A model with one table of three by three, "-" marking its open rules."""
    marks = "".join("-" if mark == "-" else "+" for mark in entered)
    low = entered.replace("-", "0")
    arguments = attribute("A", **scales), attribute("B", **scales)
    return dxi(attribute("R", function(low, f"<ENTERED>{marks}</ENTERED>{extra}"), *arguments, **scales))


def test_check_answers_with_the_fields_of_the_contract(file):
    answer, _ = run("dex_check", file(car_dxi()))
    assert list(answer) == ["attributes"]
    car, price, technical, comfort = answer["attributes"]
    assert list(car) == [
        "index",
        "name",
        "defined",
        "determined",
        "consistent",
        "conflicts",
        "symmetric",
        "weights",
        "regression",
    ]
    assert list(car["weights"]) == ["local", "local_normalised", "global", "global_normalised"]
    assert (car["index"], car["name"]) == (0, "CAR")
    assert (car["defined"], car["determined"], car["consistent"], car["conflicts"]) == (1, 1, True, [])
    assert car["symmetric"] is False and price["symmetric"] is True
    assert car["weights"]["local"] == [60, 40] and car["weights"]["local_normalised"] == [50, 50]
    assert car["regression"] == pytest.approx([1, 2 / 3, -5 / 6])
    assert comfort["weights"]["local"] == pytest.approx([39.0995, 21.8009, 39.0995], abs=1e-4)
    assert technical["weights"]["global"] == [20, 20]


def test_check_lists_conflicts_in_file_order(file):
    answer, _ = run("dex_check", file(partly("212---222")))
    table = answer["attributes"][0]
    assert table["consistent"] is False and table["conflicts"] == [[0, 1]]
    assert (table["defined"], table["determined"]) == (6 / 9, 1)


def test_check_of_the_default_model():
    answer, _ = run("dex_check", DEFAULT_MODEL_FILE)
    assert [entry["name"] for entry in answer["attributes"]][:3] == ["PRIORITY", "CLINICAL_NEED", "LTC_BURDEN"]
    assert len(answer["attributes"]) == 8 and all(entry["consistent"] for entry in answer["attributes"])


@pytest.mark.parametrize(
    ("mode", "low", "high"),
    [
        ("dominance", "000011012", "012112222"),
        ("weights", "011112122", "011112122"),
        ("both", "011112122", "011112122"),
    ],
)
def test_complete_answers_in_the_characters_of_the_file(file, mode, low, high):
    path = file(partly("0---1---2", "<WEIGHTS>50;50</WEIGHTS>"))
    answer, notes = run("dex_complete", path, "--attribute", "R", "--mode", mode)
    assert answer == {"low": low, "high": high} and list(answer) == ["low", "high"] and notes == ""


def test_weights_of_the_command_line_replace_those_of_the_file(file):
    path = file(partly("0---1---2", "<WEIGHTS>50;50</WEIGHTS>"))
    answer, _ = run("dex_complete", path, "--attribute", "#0", "--mode", "both", "--weights", "90,10")
    assert answer["low"] == answer["high"] == "000111222"


def test_rounding_of_the_file_decides_ties(file):
    path = file(partly("0---1---2", "<WEIGHTS>50;50</WEIGHTS><ROUNDING>-1</ROUNDING>"))
    answer, _ = run("dex_complete", path, "--attribute", "R", "--mode", "weights")
    assert answer["low"] == answer["high"] == "001011112"


def test_a_descending_output_is_bounded_from_the_other_side(file):
    arguments = attribute("A"), attribute("B")
    table = function("000010000", "<ENTERED>----+----</ENTERED>")
    path = file(dxi(attribute("R", table, *arguments, order="DESC")))
    answer, _ = run("dex_complete", path, "--attribute", "R", "--mode", "dominance")
    assert answer == {"low": "110110000", "high": "222211211"}


def test_notes_go_to_standard_error_and_the_answer_stands(file):
    path = file(partly("2---1---0"))
    answer, notes = run("dex_complete", path, "--attribute", "R", "--mode", "dominance")
    assert answer == {"low": "200010000", "high": "222212220"} and "contradict" in notes
    path = file(partly("--------0"))
    answer, notes = run("dex_complete", path, "--attribute", "R", "--mode", "weights", "--weights", "50,50")
    assert answer == {"low": "000000000", "high": "222222220"} and "no line" in notes


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--attribute", "Q", "--mode", "dominance"), "Q: no such attribute."),
        (("--attribute", "A", "--mode", "dominance"), "A: has no decision table."),
        (("--attribute", "R", "--mode", "both"), "R: no weights were given and the table has none."),
        (("--attribute", "R", "--mode", "both", "--weights", "50,40"), "R: weights add up to 100, found 90."),
        (("--attribute", "R", "--mode", "both", "--weights", "100"), "R: expected 2 weights (A, B), found 1."),
        (("--attribute", "R", "--mode", "both", "--weights", "50,x"), "R: weights are numbers"),
        (("--attribute", "R", "--mode", "both", "--weights", "150,-50"), "R: weights are percentages from 0 upwards"),
        (("--attribute", "R", "--mode", "both", "--weights", "nan,50"), "R: weights are percentages from 0 upwards"),
    ],
)
def test_bad_input_is_refused_in_one_line(file, arguments, reason):
    with pytest.raises(CommandError) as refusal:
        run("dex_complete", file(partly("0---1---2")), *arguments)
    assert str(refusal.value).startswith(reason) and "\n" not in str(refusal.value)


def test_files_that_are_no_models_are_refused_in_one_line(file, tmp_path):
    for path in (tmp_path / "nowhere.dxi", tmp_path, file("<DEXi>"), file(partly("0---1---"))):
        with pytest.raises(CommandError) as refusal:
            run("dex_check", path)
        assert str(path) in str(refusal.value) and "\n" not in str(refusal.value)


def test_exit_codes_without_a_traceback(file):
    """As a process of its own: 0 with the answer alone on standard output, 1 for bad input, 2 for wrong usage."""
    path = str(file(partly("0---1---2")))

    def process(*arguments):
        return subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, capture_output=True, text=True)

    good = process("dex_complete", path, "--attribute", "R", "--mode", "dominance")
    assert good.returncode == 0 and json.loads(good.stdout)["low"] == "000011012"
    bad = process("dex_complete", path, "--attribute", "R", "--mode", "both")
    assert bad.returncode == 1 and bad.stdout == "" and len(bad.stderr.splitlines()) == 1
    assert process("dex_complete", path, "--attribute", "R", "--mode", "magic").returncode == 2
