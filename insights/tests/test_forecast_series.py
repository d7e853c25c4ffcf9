"""`manage.py forecast_series`: CSV in, CSV out, without database or Redis."""

import csv
import io

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from insights.series_files import BadFile, read_series


def table(series=4, months=40):
    rng, lines = np.random.default_rng(2), ["series,month,value"]
    for number in range(series):
        for month in range(months):
            figure = 100 * (number + 1) * (1 + 0.2 * np.cos(np.pi * month / 6)) * rng.normal(1, 0.02)
            missing = number == 1 and month == 35
            lines.append(f"S{number},{2022 + month // 12}-{month % 12 + 1:02d},{'' if missing else round(figure)}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "series.csv"
    path.write_text(table())
    return path


def test_every_series_gets_its_next_months(file, capsys):
    call_command("forecast_series", str(file), "--horizon", "3")
    out, err = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["month"] for row in rows[:3]] == ["2025-05", "2025-06", "2025-07"] and len(rows) == 12
    assert {row["flags"] for row in rows if row["series"] == "S1"} == {"gaps"}
    for row in rows:
        names = ("lower_90", "lower_80", "mean", "upper_80", "upper_90")
        figures = [float(row[name]) for name in names]
        assert figures == sorted(figures) and figures[0] >= 0
    assert "held-out origins" in err


def test_the_answer_can_go_to_a_file(file, tmp_path, capsys):
    call_command("forecast_series", str(file), "--out", str(tmp_path / "out.csv"))
    assert capsys.readouterr().out == ""
    assert (tmp_path / "out.csv").read_text().startswith("series,month,mean,lower_80")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Expected the columns series, month, value; found nothing"),
        ("a,b\n1,2\n", "found a, b"),
        ("series,month,value\n", "no rows"),
        ("series,month,value\nA,2024-13,1\n", "Line 2: expected a month such as 2026-09, found '2024-13'"),
        ("series,month,value\nA,2024-01,-1\n", "Line 2: expected a finite number of at least 0"),
        ("series,month,value\nA,2024-01,inf\n", "at least 0, found 'inf'"),
        ("series,month,value\nA,2024-01,many\n", "expected a number or nothing, found 'many'"),
        ("series,month,value\nA,2024-01,1\nA,2024-01,2\n", "Line 3: A has 2024-01 twice"),
        ("series,month,value\n,2024-01,1\n", "a series needs a name"),
        ("series,month,value\nA,2024-01\n", "expected 3 values, found 2"),
        ("series,month,value\nA,1800-01,1\nA,2024-01,1\n", "one century"),
        (table(2, 14), "too few past months"),
    ],
)
def test_bad_input_is_refused_with_exit_1(tmp_path, text, words):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(CommandError, match=words) as refusal:
        call_command("forecast_series", str(path))
    assert refusal.value.returncode == 1


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CommandError) as refusal:
        call_command("forecast_series", str(tmp_path / "nothing.csv"))
    assert refusal.value.returncode == 1


def test_an_empty_value_is_missing():
    names, first, panel = read_series("series,month,value\nB,2024-02,\nA,2024-01-01,3\n")
    assert (names, first) == (["B", "A"], 2024 * 12) and panel.first_month == 0
    np.testing.assert_array_equal(panel.values, [[np.nan, np.nan], [3, np.nan]])
    with pytest.raises(BadFile):
        read_series('series,month,value\n"A,2024-01,1\n')
