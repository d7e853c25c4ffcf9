"""Patients registered at practices: how many, of what age, where they live; figures of practices."""

import pytest

from lsoa.models import LoadReject, PatientDistribution, PlaceFigure, Practice, PracticeList
from lsoa.sources.practices.patients import PatientsByArea

from . import published
from . import published_practices as files
from .published import CODES

pytestmark = pytest.mark.usefixtures("db")
A, B, C = "A99001", "A99002", "A99003"


def practice(code=A):
    return Practice.objects.get(code=code)


def rejects():
    return list(LoadReject.objects.order_by("line").values_list("line", "code", "reason"))


# Lists.


def test_lists_by_five_year_age_are_of_practices_alone(load, tmp_path):
    outcome = load(files.quinary(tmp_path / "quin.zip", {A: (3, 4), "W99001": (1, 1)}))
    assert (outcome.dataset.release, outcome.quality["counts"]["patients registered"]) == ("2026-07", 140)
    (found,) = PracticeList.objects.all()
    assert (found.practice_code, found.patients, found.female, found.male) == (A, 140, [3.0] * 20, [4.0] * 20)
    assert outcome.quality["skipped"] == {
        "rows of another level of organisation (PCN)": 86,
        "rows of another level of organisation (ICB)": 86,
        "Welsh practices": 43,
    }


def test_lists_that_do_not_add_up_are_told_and_incomplete_ones_have_no_bands(load, tmp_path):
    drop = {(B, "MALE", "95+")}
    extra = [["GP", C, "", "TE1 1ST", "ALL", "ALL", 500], ["GP", C, "", "TE1 1ST", "FEMALE", "0_4", 250],
             ["GP", A, "", "TE1 1ST", "FEMALE", "0_4", 9], ["GP", A, "", "TE1 1ST", "OTHER", "0_4", 9],
             ["GP", A, "", "TE1 1ST", "MALE", "5_9", "*"]]  # fmt: skip
    outcome = load(files.quinary(tmp_path / "q.csv", {A: (1, 1), B: (2, 2)}, extra=extra, drop=drop, levels=()))
    lists = {row.practice_code: row for row in PracticeList.objects.all()}
    assert (lists[A].female is not None, lists[B].female, lists[C].female) == (True, None, None)
    assert (lists[B].patients, lists[C].patients) == (80, 500)
    assert [reason for _, code, reason in rejects() if code == A] == [
        "duplicate of an earlier line",
        "unknown sex or age band: 'OTHER', '0_4'",
        "number of patients is blank or withheld",
    ]
    assert outcome.quality["counts"]["practices with every age band"] == 1


def test_bands_that_contradict_the_total_are_named(load, tmp_path):
    path = files.quinary(tmp_path / "q.csv", {A: (1, 1)}, levels=())
    path.write_text(path.read_text().replace("ALL,ALL,40", "ALL,ALL,45"))
    outcome = load(path)
    assert outcome.quality["counts"]["practices whose bands do not add up to their total"] == 1
    assert f"{A} (45 in total, 40 by band)" in outcome.quality["notes"][0]
    assert PracticeList.objects.get().patients == 45


def test_lists_without_age_give_the_total(load, tmp_path):
    rows = [(A, 5903), (B, "-5"), (C, 100, "CCG", "ALL"), (A, 3000, "GP", "MALE"), ("S99001", 10)]
    outcome = load(files.list_totals(tmp_path / "all.csv.gz", rows))
    assert outcome.dataset.release == "2021-01"
    assert dict(PracticeList.objects.values_list("practice_code", "patients")) == {A: 5903}
    assert outcome.quality["skipped"] == {
        "rows of another level of organisation": 1, "rows of one sex or age": 1, "Scottish practices": 1,
    }  # fmt: skip
    assert rejects() == [(3, B, "number of patients is below zero")]


# Where patients live.


def distribution(**where):
    return {(row.holder_code, row.place_code): row.patients for row in PatientDistribution.objects.filter(**where)}


@pytest.mark.parametrize("heading", ["NUMBER_OF_PATIENTS", "Number of Patients"])
def test_patients_by_area_of_one_or_two_sexes(boundaries, load, tmp_path, heading):
    rows = [
        (A, CODES[0], "ALL", 30), (A, CODES[0], "MALE", 10), (A, CODES[1], "FEMALE", 4), (A, CODES[1], "MALE", 5),
        (A, CODES[2], "ALL", "*"), (A, "W01000101", "ALL", 7), (A, "CLOSED", "ALL", 2), (A, "NO2011", "ALL", 3),
        (A, "S01000101", "ALL", 1), (A, "E02000001", "ALL", 1), (A, CODES[0], "ALL", 31),
    ]  # fmt: skip
    outcome = load(files.patients_by_area(tmp_path / "p.csv", rows, heading=heading))
    assert (outcome.dataset.release, outcome.dataset.get_standing_display()) == ("2025-04", "Official publication")
    assert distribution(place_kind="lsoa2021") == {(A, CODES[0]): 30, (A, CODES[1]): 9}
    counts = outcome.quality["counts"]
    assert counts["patients who live outside England (Welsh)"] == 7
    assert (counts["patients without an LSOA (CLOSED)"], counts["patients without an LSOA (NO2011)"]) == (2, 3)
    assert [reason for _, _, reason in rejects()] == [
        "number of patients is blank or withheld",
        "not the code of an LSOA",
        f"duplicate of an earlier line ({CODES[0]})",
    ]


def test_the_vintage_of_areas_is_told_by_codes_of_one_vintage_alone(boundaries, load, tmp_path):
    ended = "E01000999"
    load(files.patients_by_area(tmp_path / "new.csv", [(A, CODES[0], "ALL", 3), (A, CODES[2], "ALL", 3)]))
    assert set(PatientDistribution.objects.values_list("place_kind", flat=True)) == {"lsoa2021"}
    load(
        files.patients_by_area(
            tmp_path / "old.csv", [(A, CODES[0], "ALL", 3), (A, ended, "ALL", 3)], extract="01MAY2025"
        )
    )
    assert set(PatientDistribution.objects.values_list("place_kind", flat=True)) == {"lsoa2021", "lsoa2011"}
    mixed = load(files.patients_by_area(tmp_path / "mix.csv", [(A, CODES[2], "ALL", 3), (A, ended, "ALL", 3)]))
    assert mixed.state == "refused" and "LSOAs of one census" in mixed.message and ended in mixed.message


def test_a_file_that_needs_the_database_is_not_read_before_its_turn(boundaries, load, tmp_path):
    # Files are read ahead on another thread, which does not see the areas of this transaction.
    first = files.patients_by_area(tmp_path / "a.csv", [(A, CODES[0], "ALL", 3)])
    mixed = [(A, CODES[2], "ALL", 3), (A, "E01000999", "ALL", 3)]
    mixed = files.patients_by_area(tmp_path / "b.csv", mixed, extract="01MAY2025")
    assert [outcome.state for outcome in load(first, mixed)] == ["loaded", "refused"]


def test_reading_ahead_from_the_database_is_a_defect_that_shows(boundaries, load, tmp_path, monkeypatch):
    monkeypatch.setattr(PatientsByArea, "asks_database", False)
    paths = [files.patients_by_area(tmp_path / f"{n}.csv", [(A, CODES[0], "ALL", n)]) for n in (3, 4)]
    with pytest.raises(RuntimeError, match="gp-patients-by-lsoa asks the database while its file is read"):
        load(*paths)


def test_a_modelled_file_never_passes_for_an_official_one(boundaries, load, tmp_path):
    rows = [(A, CODES[2], "ALL", 3)]
    path = files.patients_by_area(tmp_path / "m.csv.gz", rows, publication="MODELLED_NOT_NHS_DATA")
    dataset = load(path).dataset
    assert dataset.get_standing_display() == "Assembled or modelled" and dataset.is_provisional
    assert "not NHS data" in dataset.title and dataset.extent == f"1 practices, {A} to {A}"


def test_shares_by_ward_are_kept_by_the_name_of_the_ward(load, tmp_path):
    shares = {A: [0.5, 0.3, 0.19], B: [0.9, 0.9, 0.0], C: ["1.5", 0.2, ""]}
    outcome = load(files.ward_shares(tmp_path / "wards.csv.gz", shares))
    found = {(row.holder_code, row.place_code): row.share for row in PatientDistribution.objects.all()}
    assert found == {(A, "Acocks Green"): 0.5, (A, "Alum Rock"): 0.3, (A, "Testford Ward"): 0.19, (C, "Alum Rock"): 0.2}
    assert [reason for _, _, reason in rejects()] == [
        "shares add up to 1.800, more than the whole list",
        "Acocks Green: 1.5 is not a share from 0 to 1",
    ]
    assert outcome.dataset.extent == "Birmingham and Solihull"


def test_patients_of_networks_and_of_all_others(load, tmp_path):
    rows = [("E01000901", "U99001", 80, 0.8), ("E01000902", "U99002", 50, 1.0), ("E01000903", "U99002", 50, 0)]
    outcome = load(files.network_patients(tmp_path / "Method_1_x.csv", rows))
    assert outcome.dataset.publication == "sussex-lsoa-pcn-1"
    assert distribution(place_kind="lsoa2011", holder_kind="network") == {
        ("U99001", "E01000901"): 80, ("OTHER", "E01000901"): 20, ("U99002", "E01000902"): 50,
    }  # fmt: skip
    assert len(rejects()) == 1
    assert load(files.network_patients(tmp_path / "Method_2_x.csv", rows)).dataset.publication == "sussex-lsoa-pcn-2"


def test_a_table_without_numbers_is_recognised_and_says_why_it_is_not_kept(load, tmp_path):
    rows = [["LSOA21CD", "LTLA", "PCN_Code", "PCN_Name"], [CODES[0], "Testford", "U99001", "Test PCN"]]
    outcome = load(published.csv_file(tmp_path / "l.csv", rows))
    assert outcome.state == "unchanged" and not PatientDistribution.objects.exists()
    assert "not how many patients" in outcome.quality["notes"][0]


def test_coordinates_place_a_practice_and_wrong_ones_do_not(load, tmp_path):
    rows = [["ODS_Code", "ODS_Name", "PCN_Name", "longitude", "latitude", "Patients"]]
    rows += [[A, "Test", "Test PCN", -0.19, 50.84, 9000], [B, "Test", "Test PCN", 50.84, -0.19, 9000]]
    load(published.csv_file(tmp_path / "gp.csv.gz", rows))
    assert practice().point.coords == pytest.approx((-0.19, 50.84)) and not Practice.objects.filter(code=B).exists()
    assert rejects() == [(3, B, "longitude '50.84' is not in England (-6.5 to 2.0)")]


# Figures of practices.


def test_deprivation_of_practices_is_a_figure_of_the_practice(load, tmp_path):
    rows = [["PRACTICE_CODE", "PRACTICE_NAME", "IMD_YEAR", "IMD_SCORE"], [A, "Test", 2025, 33.519]]
    rows += [[B, "Test", 2025, ""], [C, "Test", 2025, 120]]
    outcome = load(published.csv_file(tmp_path / "imd.csv.gz", rows))
    assert (outcome.dataset.publication, outcome.dataset.release) == ("fingertips-imd-gp", "2025")
    figures = {row.place_code: row for row in PlaceFigure.objects.filter(indicator="imd_score")}
    assert figures[A].value == 33.519 and figures[B].missing_reason == "blank" and C not in figures


def test_make_up_of_lists(load, tmp_path):
    headings = [
        "PRACTICE_CODE", "Percent_male", "Total", "AgeAll", "AgeMale", "AgeFemale", "16+", "17+", "18+", "30_74", "50+",
        "0_64", "65+", "16perc", "17perc", "18perc", "30_74perc", "50perc", "0_64perc", "65perc", "QOF",
    ]  # fmt: skip
    row = [A, 0.5, 1000, 40, 39, 41, 800, 790, 780, 500, 300, 850, 150, 0.8, 0.79, 0.78, 0.5, 0.3, 0.85, 5e-05, "Yes"]
    load(published.csv_file(tmp_path / "gp.csv.gz", [headings, row]))
    assert PracticeList.objects.get().patients == 1000
    figures = dict(PlaceFigure.objects.values_list("indicator", "value"))
    assert figures["list_male_share"] == 50 and figures["list_65_over_share"] == pytest.approx(0.005)


def test_a_list_without_one_of_its_columns_is_refused_by_the_name_of_that_column(load, tmp_path):
    path = files.quinary(tmp_path / "q.csv", {A: (1, 1)}, levels=())
    path.write_text(path.read_text().replace("AGE_GROUP_5", "AGE"))
    outcome = load(path)
    assert outcome.state == "refused" and "'AGE_GROUP_5'" in outcome.message
    assert not PracticeList.objects.exists()
