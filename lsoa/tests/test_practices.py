"""GP practices from the files of seven publishers: directory, maps, networks, places, payments."""

from datetime import date

import pandas as pd
import pytest
from django.contrib.gis.geos import Point

from lsoa.loading.practices import place_practices
from lsoa.models import LoadReject, Postcode, Practice, PracticeList
from lsoa.sources.practices.dates import read_date, read_dates

from . import published
from . import published_practices as files
from .published import CODES

pytestmark = pytest.mark.usefixtures("db")
A, B, C = "A99001", "A99002", "A99003"


def practice(code=A):
    return Practice.objects.get(code=code)


def rejects():
    return list(LoadReject.objects.order_by("line").values_list("line", "code", "reason"))


# Days, in the styles of the publishers.


@pytest.mark.parametrize(
    "text",
    ["2026-07-01", "20260701", "01Jul2026", "01JUL2026", "01-Jul-26", "1 July 2026", "01/07/2026", "1.7.2026",
     " 2026-07-01 00:00:00 "],
)  # fmt: skip
def test_one_day_in_every_published_style(text):
    assert read_date(text) == date(2026, 7, 1)


@pytest.mark.parametrize(
    "text", ["", "31/02/2024", "20241301", "1974", "Jul-26", "01Foo2026", "45292", "U", "99990230"]
)
def test_what_is_no_day_is_not_taken_for_one(text):
    assert read_date(text) is None


def test_two_digits_of_a_year_mean_the_century_in_which_practices_open():
    assert (read_date("01-Sep-20").year, read_date("01-Apr-74").year) == (2020, 1974)


def test_blank_days_are_not_unreadable_ones():
    days, unreadable = read_dates(pd.Series(["20200401", "", "soon"]))
    assert list(days) == [date(2020, 4, 1), None, None] and list(unreadable) == [False, False, True]


# The directory (epraccur).


@pytest.mark.parametrize(
    ("era", "status", "setting"),
    [
        ("old", ("A", "C", "D", "P"), ("4", "0")),
        ("new", ("ACTIVE", "INACTIVE", "DORMANT", "PROPOSED"), ("RO76", "RO72")),
    ],
)
def test_the_directory_gives_general_practices_of_england_and_whether_they_are_open(
    load, tmp_path, era, status, setting
):
    rows = [
        *((f"A9900{n}", word, setting[0]) for n, word in enumerate(status, 1)),
        ("Y99005", status[0], setting[1]),
        ("W99001", status[0], setting[0], "19740401", "", "CF1 1AA", ""),
        ("J99009", status[0], setting[0], "19740401", "", "GY1 1AA", "Y99"),
    ]
    outcome = load(files.epraccur(tmp_path / "epraccur_2026-02.csv.gz", rows, era=era))
    assert (outcome.state, outcome.dataset.publication, outcome.dataset.release) == (
        "loaded", "gp-practice-directory", "2026-02",
    )  # fmt: skip
    assert dict(Practice.objects.values_list("code", "is_active")) == {
        "A99001": True, "A99002": False, "A99003": False, "A99004": False,
    }  # fmt: skip
    assert outcome.quality["skipped"] == {
        "organisations that are no general practices": 1,
        "Welsh practices": 1,
        "practices of the Channel Islands and the Isle of Man": 1,
    }
    assert Practice.objects.general().count() == 4 and Practice.objects.general().active().count() == 1
    found = practice()
    assert (found.opened_on, found.closed_on, found.postcode) == (date(1974, 4, 1), None, "TE1 1ST")
    assert found.address == "THE SURGERY, 1 HIGH STREET, TESTFORD"


def test_a_directory_is_told_from_other_tables_by_the_shape_of_its_first_row(load, tmp_path):
    path = files.epraccur(tmp_path / "some_file.txt", [(A, "ACTIVE", "RO76|RO268")])
    outcome = load(path)
    assert outcome.state == "loaded" and outcome.dataset.release == "undated"
    assert outcome.quality["counts"]["general practices with a second prescribing setting"] == 1
    other = published.csv_file(tmp_path / "other.csv", [[str(n) for n in range(27)], ["x"] * 27])
    assert load(other).state == "skipped"


def test_bad_rows_of_the_directory_are_told_by_their_line(load, tmp_path):
    rows = [
        (A, "ACTIVE", "RO76"),
        (A, "ACTIVE", "RO76"),
        (B, "SLEEPING", "RO76"),
        (C, "ACTIVE", "RO76", "20230231", ""),
    ]
    load(files.epraccur(tmp_path / "epraccur_2026-02.csv", rows))
    assert rejects() == [
        (2, A, "duplicate of an earlier line"),
        (3, B, "unknown status 'SLEEPING'"),
        (4, C, "Open Date '20230231' is not a date"),
    ]
    assert practice(C).opened_on is None


# Maps and networks.


@pytest.mark.parametrize(("era", "extract"), [("ccg", "01-Sep-20"), ("icb", "01Jul2026")])
def test_maps_of_both_eras_give_network_and_boards(load, tmp_path, era, extract):
    path = tmp_path / ("map.zip" if era == "icb" else "map.csv.gz")
    outcome = load(files.practice_map(path, [(A, "TE1 1ST", "U99001"), (B, "TE1 2ST", "U")], era=era, extract=extract))
    assert outcome.dataset.release == ("2020-09" if era == "ccg" else "2026-07")
    found = practice()
    assert (found.network_code, found.network_name) == ("U99001", "U99001 PCN")
    assert (found.sub_icb_code, found.icb_code) == ("E38000999", "E54000999")
    assert practice(B).network_code == practice(B).network_name == ""
    assert outcome.quality["counts"]["practices in no network"] == 1


def test_two_days_in_one_map_are_refused(load, tmp_path):
    path = files.practice_map(tmp_path / "map.csv", [(A, "TE1 1ST", "U99001")])
    path.write_text(path.read_text() + path.read_text().splitlines()[1].replace("01Jul2026", "01Jun2026").replace(A, B))
    outcome = load(path)
    assert outcome.state == "refused" and "one day in EXTRACT_DATE throughout" in outcome.message


def test_the_newest_evidence_wins_whatever_the_order_of_loading(load, tmp_path):
    rows = [(A, "TE1 1ST", "U99002"), (C, "TE1 1ST", "U99002")]
    newer = files.practice_map(tmp_path / "new.zip", rows, extract="01Jul2026")
    rows = [(A, "TE9 9ST", "U99001"), (B, "TE1 2ST", "U99001"), (C, "TE1 1ST", "U")]
    older = files.practice_map(tmp_path / "old.csv", rows, era="ccg", extract="01-Sep-20")
    members = files.network_members(
        tmp_path / "ePCN.xlsx", [(A, "U99009", "20191001", ""), (B, "U99009", "20210401", "")]
    )
    load(newer)
    load(older)
    load(members)
    assert (practice(A).network_code, practice(A).postcode) == ("U99002", "TE1 1ST")
    # Only older releases name it: it stays, and nothing says that it has closed.
    assert practice(B).is_active and practice(B).network_code == "U99009"


def test_a_practice_that_a_newer_file_leaves_out_is_not_taken_for_closed(load, tmp_path):
    load(files.practice_map(tmp_path / "a.csv", [(A, "TE1 1ST", "U"), (B, "TE1 1ST", "U")], extract="01Jun2026"))
    load(files.practice_map(tmp_path / "b.csv", [(A, "TE1 1ST", "U")], extract="01Jul2026"))
    assert practice(B).is_active
    load(files.epraccur(tmp_path / "epraccur_2026-08.csv", [(B, "INACTIVE", "RO76", "19740401", "20260630")]))
    assert not practice(B).is_active and practice(B).closed_on == date(2026, 6, 30)


def test_a_practice_that_opened_again_is_not_closed(load, tmp_path):
    load(files.epraccur(tmp_path / "epraccur_2024-01.csv", [(A, "C", "4", "19740401", "20230331")], era="old"))
    assert practice().closed_on == date(2023, 3, 31)
    load(files.epraccur(tmp_path / "epraccur_2026-02.csv", [(A, "ACTIVE", "RO76")]))
    assert practice().is_active and practice().closed_on is None


def test_members_of_networks_past_and_present(load, tmp_path):
    rows = [
        (A, "U99001", "20191001", "20200630"), (A, "U99002", "20200701", ""),
        (B, "U99001", "20191001", "20200630"),
        (C, "U99003", "20191001", None), (C, "U99004", "20210401", None),
        ("W99001", "U99001", "20191001", ""),
    ]  # fmt: skip
    outcome = load(files.network_members(tmp_path / "book.xlsx", rows))
    assert {code: practice(code).network_code for code in (A, B, C)} == {A: "U99002", B: "", C: "U99004"}
    assert outcome.dataset.release == "2021-04"
    assert outcome.quality["skipped"]["memberships that have ended"] == 2
    assert outcome.quality["counts"]["practices in two networks (the one joined last is kept)"] == 1


def test_a_local_lookup_fills_locality_and_leaves_the_rest(load, tmp_path):
    load(files.practice_map(tmp_path / "map.csv", [(A, "TE1 1ST", "U99001")], extract="01Jan2020"))
    outcome = load(
        files.local_lookup(tmp_path / "l.csv", [(A, "Main", "U99002", "South"), (f"{A}001", "Branch", "U9", "x")])
    )
    found = practice()
    assert (found.locality, found.network_code, found.name) == ("South", "U99002", f"PRACTICE {A}")
    assert found.postcode == "TE1 1ST" and outcome.quality["skipped"] == {"branches of a practice": 1}


# Places and payments.


def test_practices_stand_in_the_area_of_their_postcode(boundaries, load, tmp_path):
    rows = [
        (A, CODES[0], "ACTIVE"),
        (B, CODES[1], "INACTIVE"),
        ("W95001", "W01000101", "ACTIVE"),
        (C, "W01000101", "A"),
    ]
    outcome = load(published.practices(tmp_path / "mapping_2025.csv.gz", rows))
    assert outcome.quality["skipped"] == {"Welsh practices": 1, "practices outside England": 1}
    assert (practice().area_code, practice().is_active, practice(B).is_active) == (CODES[0], True, False)
    assert practice().point is not None and practice().is_general_practice is None


def test_payments_give_days_rurality_and_lists(load, tmp_path):
    rows = [
        (A, "U99001", "01/04/1974", "", "GP practice", "Rural", "4029.25"),
        (B, "", "01/07/2010", "31/03/2022", "Walk in centre", "Urban", "0"),
        (C, "U99001", "31/31/2010", "", "GP practice", "", "-1"),
    ]
    outcome = load(files.payments(tmp_path / "nhspaymentsgp-22-23-prac.csv.gz", rows))
    assert outcome.dataset.release == "2022-23"
    found, closed = practice(A), practice(B)
    assert (found.is_rural, found.is_general_practice, found.opened_on) == (True, True, date(1974, 4, 1))
    assert found.address == "THE SURGERY 1 HIGH STREET"
    assert (closed.is_active, closed.closed_on, closed.is_general_practice) == (False, date(2022, 3, 31), None)
    assert practice(C).is_rural is None
    lists = dict(PracticeList.objects.values_list("practice_code", "patients"))
    assert lists == {A: 4029.25, B: 0}
    assert [reason for _, _, reason in rejects()] == [
        "Practice Open Date '31/31/2010' is not a date",
        "Number of Registered Patients (Last Known Figure) '-1' is no number of patients",
    ]


def test_a_practice_that_moved_does_not_stay_in_the_area_of_its_old_postcode(boundaries, load, tmp_path):
    load(published.practices(tmp_path / "mapping_2025.csv", [(A, CODES[0], "ACTIVE"), (B, CODES[0], "ACTIVE")]))
    load(files.practice_map(tmp_path / "m.csv", [(A, "TE1 1ST", "U"), (B, "TE2 2ND", "U")], extract="01Jul2026"))
    assert practice(A).area_code == CODES[0] and practice(A).point is not None
    assert practice(B).area_code == "" and practice(B).point is None
    # Older evidence is about the old place.
    load(published.practices(tmp_path / "mapping_2024.csv", [(B, CODES[1], "ACTIVE")]))
    assert practice(B).area_code == ""


def test_practices_are_placed_when_their_postcodes_come_later(boundaries, load, tmp_path):
    load(files.practice_map(tmp_path / "m.csv", [(A, "TE11ST", "U")], extract="01Jul2026"))
    assert practice().postcode == "TE1 1ST" and practice().point is None
    dataset = practice().dataset
    Postcode.objects.create(postcode="TE1 1ST", area_code=CODES[0], point=Point(-1.89, 52.41), dataset=dataset)
    assert place_practices() == 1
    assert practice().area_code == CODES[0] and practice().point.coords == pytest.approx((-1.89, 52.41))
