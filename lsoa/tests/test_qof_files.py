"""Files of the Quality and Outcomes Framework: registers of practices, what they mean, and what they are held to."""

import pytest

from lsoa.models import LoadReject, PlaceFigure, Practice, PracticeNote, PracticeRegister, RegisterGroup
from lsoa.services import load_paths

from . import published
from . import published_practices as files
from .conftest import LOADER

pytestmark = pytest.mark.usefixtures("db")
A, B, C = "A99001", "A99002", "A99003"
HEADINGS = ["PRACTICE_CODE", "GROUP_CODE", "REGISTER", "PATIENT_LIST_TYPE", "PRACTICE_LIST_SIZE"]


def prevalence(path, rows):
    return published.csv_file(path, [HEADINGS, *rows])


def rejects():
    return list(LoadReject.objects.order_by("line").values_list("line", "code", "reason"))


@pytest.mark.parametrize(("register", "name", "year"), [
    ("95", "PREVALENCE_2021_v2.csv.gz", "2020-21"), ("113.0", "PREVALENCE_2425.csv.gz", "2024-25"),
])  # fmt: skip
def test_registers_are_kept_as_published(load, tmp_path, register, name, year):
    outcome = load(prevalence(tmp_path / name, [[A, "AF", register, "TOTAL", "4098"], [A, "DM", "5", "17OV", "3000"]]))
    assert (outcome.state, outcome.dataset.release, outcome.dataset.publication) == ("loaded", year, "qof-prevalence")
    assert outcome.dataset.get_standing_display() == "Official publication"
    found = PracticeRegister.objects.get(register="AF")
    assert (found.patients, found.list_size, found.list_type) == (float(register), 4098, "TOTAL")
    assert (found.period, found.line, found.practice_code) == (year, 2, A)


def test_prevalence_over_all_practices_is_of_the_registers_own_list(load, tmp_path):
    rows = [[A, "DM", "10", "17OV", "100"], [B, "DM", "10", "17OV", "300"], [A, "CHD", "3", "TOTAL", "1000"]]
    notes = load(prevalence(tmp_path / "PREVALENCE_2425.csv", rows)).quality["notes"]
    assert "CHD 0.30 % (TOTAL), DM 5.00 % (17OV)" in notes[0]


def test_unusable_registers_are_rejected_with_line_and_reason(load, tmp_path):
    rows = [
        [A, "AF", "1", "TOTAL", "100"], [A, "AF", "2", "TOTAL", "100"], [A, "LD", "120", "TOTAL", "119"],
        [A, "HF", "-1", "TOTAL", "100"], [A, "PC", "*", "TOTAL", "100"], [A, "OB", "", "18OV", "100"],
        [A, "RA", "5", "16OV", "0"], [A, "EP", "few", "18OV", "100"], [A, "MH", "1", "SOME", "100"],
        [A, "", "1", "TOTAL", "100"], ["", "AF", "1", "TOTAL", "100"], ["W99001", "AF", "1", "TOTAL", "100"],
    ]  # fmt: skip
    outcome = load(prevalence(tmp_path / "PREVALENCE_2425.csv", rows))
    assert rejects() == [
        (3, A, "AF: duplicate of an earlier line"),
        (4, A, "LD: more patients on the register than on the list"),
        (5, A, "HF: register or list size is not positive"),
        (6, A, "PC: register is blank or withheld"),
        (7, A, "OB: register is blank or withheld"),
        (8, A, "RA: register or list size is not positive"),
        (9, A, "EP: register or list size is not a number"),
        (10, A, "MH: not the type of a patient list"),
        (11, A, ": no register's code"),
        (12, "", "no practice code"),
    ]
    assert PracticeRegister.objects.count() == 1 and outcome.quality["skipped"]["Welsh practices"] == 1


def test_a_register_of_nobody_is_not_a_missing_one(load, tmp_path):
    load(prevalence(tmp_path / "PREVALENCE_2425.csv", [[A, "PC", "0", "TOTAL", "100"]]))
    assert PracticeRegister.objects.get().patients == 0


def test_both_years_stay_side_by_side(load, tmp_path):
    load(prevalence(tmp_path / "PREVALENCE_2425.csv", [[A, "AF", "2", "TOTAL", "100"]]))
    older = load(prevalence(tmp_path / "PREVALENCE_2021.csv", [[A, "AF", "1", "TOTAL", "100"]]))
    assert older.state == "history"
    assert set(PracticeRegister.objects.values_list("period", "patients")) == {("2024-25", 2), ("2020-21", 1)}


@pytest.mark.parametrize("name", ["PREVALENCE.csv", "PREVALENCE_2427.csv"])
def test_a_year_that_nothing_tells_must_be_stated(load, tmp_path, name):
    path = prevalence(tmp_path / name, [[A, "AF", "2", "TOTAL", "100"]])
    outcome = load(path)
    assert outcome.state == "refused" and "--period 2024-25" in outcome.message
    stated = load_paths(paths=[path], by=LOADER, options={"period": "2023-24"})[0]
    assert stated.dataset.release == "2023-24"
    assert PracticeRegister.objects.get().period == "2023-24"


def test_the_year_may_stand_on_the_folder(load, tmp_path):
    (tmp_path / "2023-24").mkdir()
    path = prevalence(tmp_path / "2023-24" / "PREVALENCE.csv", [[A, "AF", "2", "TOTAL", "100"]])
    assert load(path).dataset.release == "2023-24"


@pytest.mark.parametrize("period", ["2024", "2024-27", "last year"])
def test_a_stated_year_must_be_one(load, tmp_path, period):
    path = prevalence(tmp_path / "PREVALENCE_2425.csv", [[A, "AF", "2", "TOTAL", "100"]])
    outcome = load_paths(paths=[path], by=LOADER, options={"period": period})[0]
    assert outcome.state == "refused" and period in outcome.message


def test_a_missing_column_is_named(load, tmp_path):
    path = published.csv_file(tmp_path / "PREVALENCE_2425.csv", [[*HEADINGS[:3], "LIST"], [A, "AF", "5", "100"]])
    assert "expected the column 'PATIENT_LIST_TYPE'" in load(path).message


@pytest.mark.parametrize(("era", "manual"), [("CCG", False), ("SUB_ICB", False), ("CCG", True)])
def test_mappings_of_both_eras_fill_practices(load, tmp_path, era, manual):
    rows = [(A, "U99001", "ENG"), (B, "U", "ENG"), (C, "U99001", "WAL"), (A, "U99002", "ENG")]
    outcome = load(files.geographies(tmp_path / "MAPPING_2324.csv", rows, era=era, manual=manual))
    assert outcome.dataset.publication == ("qof-manual-mapping" if manual else "qof-practice-geographies")
    found = Practice.objects.get(code=A)
    assert (found.network_code, found.sub_icb_code, found.icb_code) == ("U99001", "E38000999", "E54000999")
    assert Practice.objects.get(code=B).network_code == "" and not Practice.objects.filter(code=C).exists()
    assert rejects() == [(5, A, "duplicate of an earlier line")]
    assert outcome.quality["skipped"] == {"practices outside England": 1}


def test_groups_of_indicators_name_the_registers(load, tmp_path):
    rows = [("AF001", "AF", "Atrial fibrillation", "TOTAL"), ("AF006", "AF", "Atrial fibrillation", "TOTAL"),
            ("AST005", "AST", "Asthma", "06OV"), ("X1", "X", "", "TOTAL")]  # fmt: skip
    load(files.indicator_groups(tmp_path / "MAPPING_INDICATORS_2021_v2.csv", rows))
    assert list(RegisterGroup.objects.order_by("code").values_list("code", "name", "list_type", "indicators")) == [
        ("AF", "Atrial fibrillation", "TOTAL", 2), ("AST", "Asthma", "06OV", 1),
    ]  # fmt: skip
    assert rejects() == [(5, "X1", "no code or no description of its group")]


def test_notes_on_practices(load, tmp_path):
    outcomes = [
        ["PRACTICE_CODE", "VALIDATION_RULE", "RULE_DESCRIPTION"],
        [A, 3, "Practice status on 31 March <> Active"],
    ]
    load(published.csv_file(tmp_path / "PRACTICE_VALIDATION_OUTCOMES_2021.csv", outcomes))
    points = [["PRACTICE_CODE", "REVISED_MAXIMUM_POINTS"], [A, 567], [B, 242], [C, "none"]]
    load(published.csv_file(tmp_path / "ORGANISATION_REFERENCE_2021.csv", points))
    assert list(PracticeNote.objects.order_by("practice_code").values_list("practice_code", "period", "text")) == [
        (A, "2020-21", "Validation rule 3: Practice status on 31 March <> Active"),
        (B, "2020-21", "Could achieve 242 of 567 points"),
    ]


# The practice workbook.


def test_the_workbook_gives_registers_of_both_years(load, tmp_path):
    sheets = {
        "AST": ("6+", [(A, (900, 60, 6.67), (950, 70, 7.37)), (B, (400, 20, 5.0), (410, "*", "*"))]),
        "COPD": ("", [(A, (1000, 20, 2.0), (1050, 21, 2.0))]),
        "SMOK": ("15+", None),
    }
    outcome = load(files.qof_workbook(tmp_path / "practice-level.xlsx", sheets))
    assert (outcome.state, outcome.dataset.release) == ("loaded", "2024-25")
    assert outcome.dataset.extent == f"2 practices, {A} to {B}: AST, COPD"
    found = {
        (row.practice_code, row.register, row.period): (row.list_type, row.list_size, row.patients)
        for row in PracticeRegister.objects.all()
    }
    assert found == {
        (A, "AST", "2023-24"): ("06OV", 900, 60), (A, "AST", "2024-25"): ("06OV", 950, 70),
        (B, "AST", "2023-24"): ("06OV", 400, 20),
        (A, "COPD", "2023-24"): ("TOTAL", 1000, 20), (A, "COPD", "2024-25"): ("TOTAL", 1050, 21),
    }  # fmt: skip
    assert rejects() == [(14, B, "AST: register is blank or withheld")]
    assert any("SMOK has no register" in note for note in outcome.quality["notes"])


def test_workbooks_of_other_groups_stand_beside_each_other(load, tmp_path):
    for group in ("OB", "COPD"):
        load(files.qof_workbook(tmp_path / f"{group}.xlsx", {group: ("", [(A, (10, 1, 10.0), (10, 2, 20.0))])}))
    assert set(PracticeRegister.objects.filter(dataset__state="current").values_list("register", flat=True)) == {
        "OB", "COPD",
    }  # fmt: skip


def test_an_empty_template_is_refused(load, tmp_path):
    path = files.qof_workbook(tmp_path / "TEMPLATE-12-qof-YYYY.xlsx", {"OB": ("18+", [])}, years=("", ""))
    outcome = load(path)
    assert outcome.state == "refused" and "no figures" in outcome.message


def test_a_workbook_without_years_takes_the_stated_one(load, tmp_path):
    sheets = {"OB": ("18+", [(A, (100, 10, 10.0), (100, 11, 11.0))])}
    path = files.qof_workbook(tmp_path / "book.xlsx", sheets, years=("", ""))
    assert "--period" in load(path).message
    outcome = load_paths(paths=[path], by=LOADER, options={"period": "2024-25"})[0]
    assert outcome.dataset.release == "2024-25"
    assert dict(PracticeRegister.objects.values_list("period", "patients")) == {"2023-24": 10, "2024-25": 11}


# What others found with the same method.


def test_prevalence_by_local_authority_is_kept_to_be_compared_with(load, tmp_path):
    rows = [
        ("E06000001", "AF", 22, 1000, 0.022), ("W06000001", "AF", 22, 1000, 0.022),
        ("E06000001", "DM", 22, 1000, 0.5), ("E06000001", "AST", "", 1000, 0.05), ("X1", "AF", 22, 1000, 0.022),
    ]  # fmt: skip
    (tmp_path / "library_2019-20").mkdir()
    outcome = load(files.authority_prevalence(tmp_path / "library_2019-20" / "output.csv.gz", rows))
    assert outcome.dataset.publication == "commons-lad-prevalence" and outcome.dataset.release == "2019-20"
    (figure,) = PlaceFigure.objects.all()
    assert (figure.indicator, figure.place_kind, figure.place_code) == ("AF", "local_authority", "E06000001")
    assert (figure.value, figure.count, figure.denominator, figure.period) == (2.2, 22, 1000, "2019-20")
    assert rejects() == [
        (4, "E06000001", "DM: prevalence is not register over list"),
        (5, "E06000001", "AST: register, list or prevalence is not a number"),
        (6, "X1", "not the code of a local authority"),
    ]
    assert outcome.quality["skipped"] == {"Welsh authorities' rows": 1}
