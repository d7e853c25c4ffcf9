"""`manage.py dex_evaluate` as its users and checks call it."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from priorities.dex.evaluate import METHODS, evaluate
from priorities.dex.ranking import offsets_of_option
from priorities.tests.dex.models import DEFAULT_MODEL_FILE, attribute, default_model, dxi, function

MANAGE = Path(__file__).parents[3] / "manage.py"
ANY = [
    {"CARDIOMETABOLIC": 2, "RESPIRATORY": [0, 1], "AGE75": {"0": 0.25, "2": 0.75}, "#10": 3, "NO_CAR": None},
    dict.fromkeys((default_model().attributes[index].name for index in default_model().inputs), 1),
    {},
]


@pytest.fixture
def files(tmp_path):
    def write(inputs, model=None):
        options = tmp_path / "options.json"
        named = [{"name": f"option {number}", "inputs": given} for number, given in enumerate(inputs)]
        options.write_text(json.dumps({"options": named}))
        if model is None:
            return str(DEFAULT_MODEL_FILE), str(options)
        (tmp_path / "model.dxi").write_text(model)
        return str(tmp_path / "model.dxi"), str(options)

    return write


def run(*arguments, **options):
    printed = StringIO()
    call_command("dex_evaluate", *arguments, stdout=printed, **options)
    return json.loads(printed.getvalue())


@pytest.mark.parametrize("method", [*METHODS, "qq1", "qq2"])
@pytest.mark.parametrize("undefined", ["keep", "expand"])
def test_every_method_answers_as_the_plain_path(files, method, undefined):
    answer = run(*files(ANY), "--method", method, "--undefined", undefined)
    model = default_model()
    assert answer["attributes"] == [attribute.name for attribute in model.attributes]
    assert [option["name"] for option in answer["options"]] == ["option 0", "option 1", "option 2"]
    read = {"AGE75": {0: 0.25, 2: 0.75}, "RESPIRATORY": {0, 1}}
    for given, option in zip(ANY, answer["options"], strict=True):
        inputs = {model.find(name).index: read.get(name, value) if isinstance(value, list | dict) else value
                  for name, value in given.items()}  # fmt: skip
        path = evaluate if method in METHODS else offsets_of_option
        plain = path(model, inputs, method=method, expand=undefined == "expand")
        assert set(option["values"]) == {f"#{index}" for index in model.aggregates}
        for index in model.aggregates:
            found, wanted = option["values"][f"#{index}"], plain[index]
            assert (found is None) == (not isinstance(wanted, dict))
            if found is not None:
                assert {int(key): number for key, number in found.items()} == pytest.approx(
                    {key: float(number) for key, number in wanted.items()}
                )


def test_numbers_linked_leaves_and_discretised_nodes(files):
    cut = "<DISCRETIZE><VALUE>0</VALUE><BOUND Associate='Up'>1.5</BOUND><VALUE>2</VALUE></DISCRETIZE>"
    number = attribute("N", scale="<SCALE><CONTINUOUS/></SCALE>")
    root = attribute("R", function("012012012"), attribute("S"), attribute("S", cut, number))
    model = dxi(root, settings="<LINKING>True</LINKING>")
    given = [{"N": 1.5}, {"N": 1}, {"N": None}, {"#3": -2.25}]
    values = [option["values"] for option in run(*files(given, model), "--method", "set")["options"]]
    assert [option["#0"] for option in values] == [{"2": 1.0}, {"0": 1.0}, None, {"0": 1.0}]
    assert set(values[0]) == {"#0", "#2"}


def test_more_options_than_a_block_are_one_call_and_written_whole(files, tmp_path):
    out = tmp_path / "answer.json"
    given = [{"DEPRIVATION": number % 4} for number in range(9_001)]
    call_command("dex_evaluate", *files(given), "--method", "prob", "--undefined", "expand", "--out", str(out))
    answer = json.loads(out.read_text())
    values = [option["values"] for option in answer["options"]]
    assert len(values) == 9_001 and values[9_000] == values[0] != values[1]


def test_an_option_that_does_not_fit_is_named_and_nothing_is_written(files, tmp_path):
    out = tmp_path / "answer.json"
    out.write_text("as before")
    arguments = files([{"AGE75": 0}, {"AGE75": 3}])
    with pytest.raises(CommandError, match="option 1.*AGE75.*3"):
        call_command("dex_evaluate", *arguments, "--method", "set", "--out", str(out))
    assert out.read_text() == "as before"
    assert {path.name for path in tmp_path.iterdir()} == {"answer.json", "options.json"}
    clamped = run(*arguments, "--method", "set", "--bounds", "clamp", "--undefined", "expand")
    assert len(clamped["options"]) == 2


def test_files_that_cannot_be_read_or_written_end_in_one_line(files, tmp_path):
    model, options = files([{}])
    with pytest.raises(CommandError, match=r"none\.json cannot be read: no such file"):
        call_command("dex_evaluate", model, str(tmp_path / "none.json"), "--method", "set")
    with pytest.raises(CommandError, match="cannot be written: no such file"):
        call_command("dex_evaluate", model, options, "--method", "set", "--out", str(tmp_path / "none" / "out.json"))


def test_it_runs_without_apps_or_a_database_and_reads_from_a_pipe(files):
    model, options = files([{"ACCESS_BARRIERS": 2, "CLINICAL_NEED": 3, "SOCIAL_VULNERABILITY": 3}])
    command = [sys.executable, str(MANAGE), "dex_evaluate", model, "-", "--method", "set"]
    answer = subprocess.run(command, input=Path(options).read_bytes(), capture_output=True, check=True)
    assert json.loads(answer.stdout)["options"][0]["values"]["#0"] == {"3": 1.0}
