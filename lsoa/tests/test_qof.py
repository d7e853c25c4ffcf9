"""Registers of practices as published: what is kept, and what is refused."""

import pytest

from lsoa.models import Area, Dataset, IndicatorValue, LoadReject, Practice, PracticeRegister

from . import published
from .published import CODES


@pytest.fixture
def practices(boundaries, load, tmp_path):
    rows = [("A81001", CODES[0], "ACTIVE"), ("A81002", CODES[2], "ACTIVE"), ("A81003", CODES[1], "INACTIVE")]
    return load(published.practices(tmp_path / "mapping_2025.csv.gz", [*rows, ("W95001", "W01000101", "ACTIVE")]))


def test_practices_stand_at_the_centre_of_their_area(practices):
    assert practices.quality["skipped"] == {"Welsh practices": 1}
    practice = Practice.objects.get(code="A81001")
    assert practice.point.equals(Area.objects.get(code=CODES[0]).centroid)
    assert practice.is_active and not Practice.objects.get(code="A81003").is_active
    assert practices.dataset.release == "2025"


def test_registers_are_kept_as_published_and_hold_no_figures_of_areas(practices, load, tmp_path):
    outcome = load(published.qof(tmp_path / "PREVALENCE_2425.csv", {"A81001": (80, 1000), "A81002": (90, 1000)}))
    assert (outcome.state, outcome.dataset.release, outcome.dataset.is_provisional) == ("loaded", "2024-25", False)
    register = PracticeRegister.objects.get(practice_code="A81002", register="DM")
    assert (register.patients, register.list_size, register.list_type) == (90, 800, "17OV")
    assert not outcome.dataset.values.exists()


def test_bad_rows_are_counted_and_registers_above_their_list_left_out(practices, load, tmp_path):
    extra = [
        ["A81001", "LD", "120.0", "TOTAL", "119"],
        ["A81002", "LD", "*", "TOTAL", "1000"],
        ["A81002", "AF", "5", "TOTAL", "0"],
        ["A81001", "HYP", "5", "TOTAL", "100"],
        ["", "AF", "5", "TOTAL", "100"],
        ["A81002", "CAN", "many", "TOTAL", "100"],
    ]
    lists = {"A81001": (80, 1000), "A81002": (80, 1000), "A89999": (80, 1000)}
    outcome = load(published.qof(tmp_path / "PREVALENCE_2425.csv", lists, extra=extra))
    first = 2 + 9 * len(lists)
    rejected = {line: (code, reason) for line, code, reason in LoadReject.objects.values_list("line", "code", "reason")}
    assert set(rejected) == set(range(first, first + 6))
    assert rejected[first] == ("A81001", "LD: more patients on the register than on the list")
    assert "LD" in rejected[first + 1][1] and "AF" in rejected[first + 2][1] and "HYP" in rejected[first + 3][1]
    assert outcome.dataset.registers.count() == 9 * len(lists)


@pytest.mark.parametrize(
    ("name", "message"),
    [("PREVALENCE.csv", "the year in the file's name"), ("PREVALENCE_2427.csv", "the year in the file's name")],
)
def test_a_file_that_does_not_tell_its_year_is_refused(practices, load, tmp_path, name, message):
    outcome = load(published.qof(tmp_path / name, {"A81001": (80, 1000)}))
    assert outcome.state == "refused" and message in outcome.message
    assert not IndicatorValue.objects.exists()


def test_a_column_that_lacks_is_named(practices, load, tmp_path):
    headings = ["PRACTICE_CODE", "GROUP_CODE", "REGISTER", "LIST"]
    odd = published.csv_file(tmp_path / "PREVALENCE_2021.csv", [headings, ["A81001", "AF", "5", "100"]])
    assert "expected the column 'PATIENT_LIST_TYPE'" in load(odd).message


def test_the_same_file_twice_is_told_apart_from_a_new_one(practices, load, tmp_path):
    path = published.qof(tmp_path / "PREVALENCE_2425.csv", {"A81001": (80, 1000)})
    assert [load(path).state, load(path).state] == ["loaded", "unchanged"]
    assert Dataset.objects.in_force().filter(publication="qof-prevalence").count() == 1
