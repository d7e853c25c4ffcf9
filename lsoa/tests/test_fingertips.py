"""Published figures of places: repeats of England, blank values and their notes, MSOAs of 2011."""

import pytest

from lsoa.loading.context import LoadContext
from lsoa.loading.report import QualityReport
from lsoa.models import PlaceFigure
from lsoa.sources.material import FileMaterial
from lsoa.sources.registry import source_for

from . import published_activity as published

ENGLAND = {"Area Code": "E92000001", "Area Name": "England", "Area Type": "England", "Value": "10.5"}
PRACTICE = {"Area Code": "Y99901", "Area Name": "Test Surgery", "Value": "12.5", "Count": "25", "Denominator": "200"}


def read(path):
    """(columns of all chunks as rows, report, context)."""
    material = FileMaterial(path)
    source = source_for(material)
    report = QualityReport()
    context = LoadContext(report=report, extent=source.release(material).extent)
    rows = []
    for chunk in source.rows(material, context):
        assert chunk.model == "PlaceFigure"
        for place in range(len(chunk)):
            rows.append({name: column[place] for name, column in chunk.columns.items()} | {"line": chunk.line[place]})
    return rows, report, context


@pytest.mark.parametrize("heading", ["Column not used", "Compared to percentiles", "Compared to PCNs (v. 27/10/23)"])
def test_the_heading_of_column_23_may_be_anything(tmp_path, heading):
    rows, report, context = read(published.fingertips(tmp_path / "f.csv", [PRACTICE], varying=heading))
    (row,) = rows
    assert (row["indicator"], row["place_kind"], row["place_code"]) == ("90001", "practice", "Y99901")
    assert (row["value"], row["count"], row["denominator"], row["lower"]) == (12.5, 25, 200, None)
    assert context.extent == "England, indicator 90001" and not report.rejects


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("GP", "practice"),
        ("GPs", "practice"),
        ("PCNs (v. 27/10/23)", "network"),
        ("UA", "local_authority"),
        ("District", "local_authority"),
        ("ICBs", "icb"),
        ("ICB sub-locations", "sub_icb"),
        ("England", "country"),
        ("Regions (statistical)", "region"),
    ],
)
def test_what_kind_of_place_a_row_is_about(tmp_path, words, kind):
    rows, _, _ = read(published.fingertips(tmp_path / "f.csv", [PRACTICE | {"Area Type": words}]))
    assert rows[0]["place_kind"] == kind


def test_england_above_every_group_counts_once_unless_it_differs(tmp_path):
    lines = [ENGLAND, ENGLAND | {"Parent Code": "E92000001"}, PRACTICE, ENGLAND | {"Value": "11.5"}]
    rows, report, _ = read(published.fingertips(tmp_path / "f.csv", lines))
    assert [(row["place_kind"], row["value"]) for row in rows] == [("country", 10.5), ("practice", 12.5)]
    assert report.skipped == {"rows that repeat an earlier one with the same value": 1}
    assert report.rejects == [(5, "E92000001", "differs from line 2: expected 10.5, found 11.5")]


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        ("Value suppressed for disclosure control reasons", "suppressed"),
        ("Value not applicable to this area", "not_applicable"),
        ("Value missing in source data", "blank"),
        ("", "blank"),
    ],
)
def test_a_blank_value_has_the_reason_that_its_note_gives(tmp_path, note, reason):
    line = PRACTICE | {"Value": "", "Count": "", "Value note": note}
    rows, _, _ = read(published.fingertips(tmp_path / "f.csv", [line]))
    assert (rows[0]["value"], rows[0]["missing_reason"], rows[0]["note"]) == (None, reason, note)


def test_the_same_group_under_two_kinds_of_category_is_two_figures(tmp_path):
    deciles = ["County & UA deprivation deciles in England", "District & UA deprivation deciles in England"]
    lines = [ENGLAND | {"Category Type": kind, "Category": "Most deprived decile (IMD2019)"} for kind in deciles]
    rows, report, _ = read(published.fingertips(tmp_path / "f.csv", lines))
    assert [row["category"] for row in rows] == [f"{kind}: Most deprived decile (IMD2019)" for kind in deciles]
    assert not report.rejects


def test_rows_appended_without_their_indicators_number_take_it_from_its_name(tmp_path):
    appended = PRACTICE | {"Indicator ID": "", "Time period": "2023/24", "Sex": "", "Age": ""}
    rows, report, _ = read(published.fingertips(tmp_path / "f.csv", [PRACTICE, appended]))
    assert [row["indicator"] for row in rows] == ["90001", "90001"]
    nameless = appended | {"Indicator Name": "Something else"}
    rows, report, _ = read(published.fingertips(tmp_path / "g.csv", [PRACTICE, nameless]))
    assert report.rejects == [(3, "Y99901", "no Indicator ID")]


def test_bad_rows_are_named_by_line(tmp_path):
    lines = [PRACTICE | {"Value": "12,5x"}, PRACTICE | {"Area Type": "Galaxy"}, PRACTICE | {"Area Code": ""}, PRACTICE]
    rows, report, _ = read(published.fingertips(tmp_path / "f.csv", lines))
    assert len(rows) == 1
    assert sorted((line, reason) for line, _, reason in report.rejects) == [
        (2, "Value: '12,5x' is not a number"),
        (3, "expected a known Area Type, found 'Galaxy'"),
        (4, "no Area Code"),
    ]


def test_msoas_of_2011_by_column(tmp_path):
    lines = [
        ["E02000901", "Testford 001", 1.8, 98.5, 101, 79.5],
        ["E02000902", "Testford 002", 2.8, "", "x", 80.5],
        ["E01000901", "Testford 001A", 2.8, 1, 1, 80.5],
    ]
    path = published.local_health(tmp_path / "m.csv", lines)
    rows, report, context = read(path)
    stroke = [row for row in rows if row["indicator"] == "emergency-hospital-admissions-for-stroke-sar"]
    assert [(row["place_code"], row["value"], row["missing_reason"]) for row in stroke] == [
        ("E02000901", 98.5, None),
        ("E02000902", None, "blank"),
    ]
    assert (stroke[0]["age"], stroke[0]["period"]) == ("All ages", "2015/16 - 19/20")
    deaths = next(row for row in rows if row["place_code"] == "E02000902" and row["age"] == "<75 yrs")
    assert deaths["missing_reason"] == "out_of_range"
    male = next(row for row in rows if row["sex"] == "Male")
    assert (male["name"], male["period"]) == ("Life expectancy at birth (years)", "not stated")
    assert sorted(line for line, _, _ in report.rejects) == [3, 4]
    assert source_for(FileMaterial(path)).release(FileMaterial(path)).vintage == 2011
    assert context.extent == "2 MSOAs, E02000901 to E02000902"


def test_figures_in_the_database_are_context_with_their_line(load, tmp_path):
    outcome = load(published.fingertips(tmp_path / "f.csv", [ENGLAND, ENGLAND, PRACTICE]))
    assert outcome.state == "loaded", outcome.message
    figures = PlaceFigure.objects.order_by("line").values_list("place_kind", "value", "line", "dataset__extent")
    assert list(figures) == [
        ("country", 10.5, 2, "England, indicator 90001"),
        ("practice", 12.5, 4, "England, indicator 90001"),
    ]
