"""Series of organisations: both forms of one publication, what is said about months, sums, and bad rows."""

import datetime as dt

import numpy as np
import pytest

from lsoa.loading.context import LoadContext
from lsoa.loading.report import QualityReport
from lsoa.models import ActivitySeries, ActivityValue
from lsoa.sources.activity import periods
from lsoa.sources.base import Refused
from lsoa.sources.material import FileMaterial
from lsoa.sources.registry import source_for

from . import published_activity as published
from .published_activity import AE_FIGURES


class Read:
    """A file as its adapter reads it: `figures[measure, breakdown, code, period]` is (value or reason, note)."""

    def __init__(self, path):
        material = FileMaterial(path)
        self.source = source_for(material)
        self.release = self.source.release(material)
        self.report = QualityReport()
        self.context = LoadContext(report=self.report, extent=self.release.extent)
        self.chunks = list(self.source.rows(material, self.context))
        self.figures, self.notes, self.estimates, self.kinds = {}, {}, set(), {}
        for chunk in self.chunks:
            for place in range(len(chunk)):
                self._add(chunk, place)

    def _add(self, chunk, place):
        key = (chunk.measure, chunk.breakdown[place], chunk.organisation_code[place], str(chunk.period[place]))
        value = float(chunk.value[place])
        assert key not in self.figures
        self.figures[key] = str(chunk.reason[place]) if np.isnan(value) else value
        self.notes[key] = chunk.note[place] if chunk.note is not None else ""
        self.kinds[key[2]] = chunk.organisation_kind
        if chunk.is_estimate is not None and chunk.is_estimate[place]:
            self.estimates.add(key)

    def rejected(self):
        return [(line, reason) for line, _, reason in self.report.rejects]


ENGLAND = "E92000001"
ATTENDANCES = ("ae_attendances", "", ENGLAND)


def months(*days):
    return [(day, AE_FIGURES) for day in days]


def test_the_workbook_and_its_table_as_csv_give_the_same_series(tmp_path):
    days = published.months(dt.date(2010, 8, 1), 4)
    workbook = Read(published.ae_workbook(tmp_path / "a.xlsx", months(*days)))
    table = Read(published.ae_csv(tmp_path / "a.csv", months(*days)))
    assert workbook.source is table.source
    assert workbook.figures == table.figures and len(table.figures) == 4 * 12
    assert (workbook.release.release, table.release.release) == ("2010-11", "2010-11")
    assert workbook.release.standing < table.release.standing
    assert {chunk.line[0] for chunk in workbook.chunks} == {15} and {chunk.line[0] for chunk in table.chunks} == {2}
    assert table.figures[*ATTENDANCES, "2010-08-01"] == 170
    assert table.figures["emergency_admissions", "Not via A&E", ENGLAND, "2010-11-01"] == 10


def test_estimated_months_the_pandemic_and_the_short_type_3_are_said_of_each_figure(tmp_path):
    days = ["2010-10-01", "2010-11-01", "2015-05-01", "2015-06-01", "2020-02-01", "2020-03-01", "2022-08-01"]
    read = Read(published.ae_csv(tmp_path / "a.csv", months(*days, "2023-02-01", "2023-03-01")))
    assert {key[3] for key in read.estimates} == {"2010-11-01", "2015-05-01"}
    assert {key[3] for key, note in read.notes.items() if note == periods.PANDEMIC_NOTE} == {"2020-03-01"}
    short = {key[:2] for key, note in read.notes.items() if note == periods.TYPE3_NOTE}
    assert short == {("ae_attendances", ""), ("ae_attendances", "Type 3: other A&E and minor injury units")}
    assert {key[3] for key, note in read.notes.items() if periods.TYPE3_NOTE in note} == {"2022-08-01", "2023-02-01"}


def test_totals_are_held_against_their_parts(tmp_path):
    wrong = [AE_FIGURES[0] + 5, *AE_FIGURES[1:]]
    read = Read(published.ae_csv(tmp_path / "a.csv", [("2012-01-01", AE_FIGURES), ("2012-03-01", wrong)]))
    assert read.report.counts["rows whose Total Attendances differs from the sum of its parts"] == 1
    assert read.report.notes == ["Total Attendances differs from the sum of its parts in March 2012"]
    assert (read.report.counts["months"], read.report.counts["months missing in between"]) == (2, 1)


@pytest.mark.parametrize("cell", ["01/04/2012", "2012-04-01 00:00:00", "Apr-12", "April 2012"])
def test_months_that_a_spreadsheet_has_rewritten_are_still_months(tmp_path, cell):
    assert (*ATTENDANCES, "2012-04-01") in Read(published.ae_csv(tmp_path / "a.csv", months(cell))).figures


def test_bad_rows_are_named_by_line_and_do_not_stop_the_good_ones(tmp_path):
    rows = [*months("2012-01-01", "41030", "2012-01-01"), ("2012-02-01", ["many", *AE_FIGURES[1:]])]
    read = Read(published.ae_csv(tmp_path / "a.csv", [*rows, ("2012-03-01", [-1, "", *AE_FIGURES[2:]])]))
    assert sorted(read.rejected()) == [
        (3, "expected a month such as 2010-08-01, found '41030'"),
        (4, "duplicate of line 2"),
        (5, "Type 1 Departments - Major A&E: 'many' is not a number"),
        (6, "Type 1 Departments - Major A&E: '-1' is below zero"),
    ]
    type1, type2 = "Type 1: major A&E", "Type 2: single specialty"
    assert read.figures["ae_attendances", type1, ENGLAND, "2012-02-01"] == "out_of_range"
    assert read.figures["ae_attendances", type2, ENGLAND, "2012-03-01"] == "blank"
    assert read.figures[*ATTENDANCES, "2012-02-01"] == 170


def test_a_table_without_one_of_its_columns_is_refused_by_name(tmp_path):
    path = published.ae_csv(tmp_path / "a.csv", months("2012-01-01"), headings=[*published.AE_HEADINGS[:-1], "Other"])
    with pytest.raises(Refused, match=">12 hours"):
        source_for(FileMaterial(path)).release(FileMaterial(path))


def test_words_below_the_table_are_no_rows(tmp_path):
    read = Read(published.ae_workbook(tmp_path / "a.xlsx", months(dt.date(2012, 1, 1)), notes=["Note: provisional"]))
    assert read.report.skipped == {"lines of words below the table": 1} and not read.report.rejects


MONTH = [("", "England", 30), ("00C", "NHS TESTFORD CCG", 10), ("X24", "NHS ENGLAND", 20)]


def test_a_month_of_hospital_activity_with_its_blank_row_after_england(tmp_path):
    read = Read(published.hospital_activity(tmp_path / "a.xlsx", MONTH))
    admissions = {key[2]: value for key, value in read.figures.items() if key[0] == "non_elective_admissions"}
    assert admissions == {ENGLAND: 30, "00C": 10, "X24": 20}
    assert read.kinds == {ENGLAND: "country", "00C": "commissioner", "X24": "commissioner"}
    assert (read.release.release, read.release.extent) == ("2015-04", "England, April 2015")
    assert {key[3] for key in read.figures} == {"2015-04-01"} and len(read.figures) == 3 * 14
    assert read.report.rows_read == 3


def test_january_belongs_to_the_second_year_of_a_financial_year(tmp_path):
    path = published.hospital_activity(
        tmp_path / "a.xlsx", MONTH, month="January 2016", year="2015-16", period="January"
    )
    assert {key[3] for key in Read(path).figures} == {"2016-01-01"}


def test_a_row_of_another_month_than_the_workbook_says_is_rejected(tmp_path):
    read = Read(published.hospital_activity(tmp_path / "a.xlsx", MONTH, period="MAY"))
    assert read.rejected()[0] == (15, "expected April 2015, found May 2015") and not read.figures


def test_commissioners_change_but_england_runs_through(tmp_path):
    rows = [
        ("2013-03-01", "", "England", 15.0),
        ("2013-03-01", "5A3", "TESTFORD PCT", 15.0),
        ("2013-04-01", "", "England", 16.0),
        ("2013-04-01", "00C", "NHS TESTFORD", 10.0),
        ("2013-05-01", "", "England", 12.0),
        ("2013-05-01", "00C", "NHS TESTFORD CCG", 12.0),
    ]
    read = Read(published.commissioners(tmp_path / "a.csv", rows))
    england = [key[3] for key in read.figures if key[0] == "non_elective_admissions" and key[2] == ENGLAND]
    assert england == ["2013-03-01", "2013-04-01", "2013-05-01"]
    # A series has one name: the latest that its organisation had.
    names = {name for chunk in read.chunks for name in chunk.organisation_name}
    assert names == {"England", "TESTFORD PCT", "NHS TESTFORD CCG"}
    assert read.report.counts["figures of England that differ from the sum of the commissioners"] == 1
    where = "Non-elective admissions April 2013"
    assert read.report.notes == [f"England differs from the sum of its commissioners in {where}"]


def test_a_trust_that_tested_other_standards_has_no_four_hour_figure_rather_than_a_zero(tmp_path):
    rows = [
        ["RAA", 100, "NA", 40, 4, "NA", 0.1, "April 2021"],
        ["RAB", 100, 25, 40, "NA", 0.25, "NA", "April 2021"],
        ["RAA", 100, "NA", 40, 4, "NA", 0.1, "June 2023"],
        ["RAB", 100, 25, 40, 4, 0.5, 0.1, "June 2023"],
    ]
    read = Read(published.by_organisation(tmp_path / "a.csv", rows))
    over = {key[2:]: value for key, value in read.figures.items() if key[0] == "ae_attendances_over_4h"}
    assert over == {
        ("RAA", "2021-04-01"): "not_applicable",
        ("RAB", "2021-04-01"): 25,
        ("RAA", "2023-06-01"): "blank",
        ("RAB", "2023-06-01"): 25,
    }
    assert read.notes["ae_attendances_over_4h", "", "RAA", "2021-04-01"] == periods.FIELD_TEST_NOTE
    assert read.figures["ae_waits_over_4h", "", "RAB", "2021-04-01"] == "blank"
    assert read.report.counts["rows whose pct_attendance_over_4hours does not follow from its counts"] == 1
    assert set(read.kinds.values()) == {"trust"}


def test_boards_are_told_from_trusts_by_their_heading(tmp_path):
    row = ["E54000999", 100, 25, 40, 4, 0.25, 0.1, "April 2022"]
    path = published.by_organisation(tmp_path / "a.csv", [row, ["QZZ", *row[1:]]], column="icb22_code")
    read = Read(path)
    assert set(read.kinds.items()) == {("E54000999", "icb")}
    assert read.rejected() == [(3, "not an organisation's code")]


def test_departments_of_providers_and_trusts(tmp_path):
    rows = [
        ["2016-04-01", "RAA", "1", 10.0, 3.0, 4.0],
        ["2016-04-01", "RAA", "other", 5.0, 6.0, 0.0],
        ["2016-04-01", "Y02147", "other", 7.0, 0.0, 0.0],
        ["2016-04-01", "RAA", "4", 7.0, 0.0, 0.0],
    ]
    read = Read(published.by_department(tmp_path / "a.csv", rows))
    assert read.figures["ae_attendances", "Type 1: major A&E", "RAA", "2016-04-01"] == 10
    assert read.kinds == {"RAA": "trust", "Y02147": "provider"}
    assert read.rejected() == [(5, "expected the type 1, 2 or other, found '4'")]
    assert read.report.counts["rows with more breaches than attendances"] == 1


DAY, LATER = "2019-12-27", "2020-03-06"


def test_deaths_by_region_and_by_age_and_sex_are_different_breakdowns_of_one_measure(tmp_path):
    rows = [
        ["Total deaths", "all ages", 10.0, DAY, 52],
        ["Total deaths", "average of same week over 5 years", 9.0, DAY, 52],
        ["average of same week over 5 years", "", 8.0, LATER, 10],
        ["Persons", "01-14", 4.0, DAY, 52],
        ["Males", "01-14", 2.0, DAY, 52],
        ["Females", "01-14", 1.0, DAY, 52],
        ["Persons", "85+", 6.0, DAY, 52],
        ["Region", "Wales", 3.0, DAY, 52],
        ["Region", "North East", "", DAY, 52],
        ["All respiratory diseases (ICD-10 J00-J99) ICD-10", "v 2010", 1.0, DAY, 52],
        ["Deaths where COVID-19 was mentioned on the death certificate (ICD-10 U07.1 and U07.2)", "", 2.0, LATER, 10],
        ["", "", 5.0, DAY, 52],
        ["Region", "Mercia", 5.0, DAY, 52],
    ]
    read = Read(published.weekly_deaths(tmp_path / "a.csv", rows))
    both = "K04000001"
    assert read.figures == {
        ("weekly_deaths", "", both, DAY): 10,
        ("weekly_deaths", "Persons, 1 to 14 years", both, DAY): 4,
        ("weekly_deaths", "Males, 1 to 14 years", both, DAY): 2,
        ("weekly_deaths", "Females, 1 to 14 years", both, DAY): 1,
        ("weekly_deaths", "Persons, 85 years and over", both, DAY): 6,
        ("weekly_deaths", "", "W92000004", DAY): 3,
        ("weekly_deaths", "", "E12000001", DAY): "blank",
        ("weekly_deaths_average", "", both, DAY): 9,
        ("weekly_deaths_average", "", both, LATER): 8,
        ("weekly_deaths_respiratory", "ICD-10 v 2010", both, DAY): 1,
        ("weekly_deaths_covid19", "", both, LATER): 2,
    }
    assert read.rejected() == [
        (13, "expected a known category, found both blank"),
        (14, "expected a known category, found 'Region' with 'Mercia'"),
    ]
    assert read.report.counts["weeks whose ages do not add up to all deaths"] == 0
    assert read.report.counts["ages of a week whose sexes do not add up"] == 1
    assert {chunk.interval for chunk in read.chunks} == {"week"}


def test_series_in_the_database_know_their_dataset_and_line(load, tmp_path):
    outcome = load(published.ae_csv(tmp_path / "a.csv", months("2010-10-01", "2010-11-01")))
    assert outcome.state == "loaded", outcome.message
    total = ActivitySeries.objects.get(measure="ae_attendances", breakdown="")
    assert (total.organisation_name, total.unit, total.interval) == ("England", "attendances", "month")
    found = ActivityValue.objects.filter(series=total).values_list("period", "value", "is_estimate", "line")
    assert list(found) == [(dt.date(2010, 10, 1), 170, False, 2), (dt.date(2010, 11, 1), 170, True, 3)]
    assert ActivitySeries.objects.count() == 12 and ActivityValue.objects.count() == 24
