"""Monthly Hospital Activity (Monthly Activity Return) by commissioner: one workbook a month, and all months as CSV.

Primary care trusts commissioned until March 2013 and clinical commissioning groups since: their codes differ, so every
series starts and ends with its organisation, and only England runs through.
"""

import numpy as np

from lsoa.models import Dataset

from ..base import Refused, Release, Source, Stage
from ..tables import read_csv
from . import periods, sheets
from .figures import (
    ENGLAND,
    Measure,
    Sum,
    Unreported,
    check_sums,
    read_numbers,
    report_months,
    series,
    with_periods,
    without_repeats,
)

SHEET = "Commissioner"
EXPECTED = "a month such as 2012-13 APRIL"
ELECTIVE, PLANNED = "Elective admissions", "Elective admissions, planned"
FFCE = "first finished consultant episodes"
# Headings of the workbook. General and acute specialties (G&A) unless all are named.
WORKBOOK_MEASURES = (
    Measure("Elective G&A Ordinary Admissions (FFCEs)", "elective_admissions", ELECTIVE, FFCE, "Ordinary"),
    Measure("Elective G&A Daycase Admissions (FFCEs)", "elective_admissions", ELECTIVE, FFCE, "Day case"),
    Measure("Elective G&A Total Admissions (FFCEs)", "elective_admissions", ELECTIVE, FFCE),
    Measure("Elective G&A Planned Ordinary Admissions (FFCEs)", "planned_admissions", PLANNED, FFCE, "Ordinary"),
    Measure("Elective G&A Planned Daycase Admissions (FFCEs)", "planned_admissions", PLANNED, FFCE, "Day case"),
    Measure("Elective G&A Planned Total Admissions (FFCEs)", "planned_admissions", PLANNED, FFCE),
    Measure(
        "Elective G&A Admissions (FFCEs) -NHS Treatment Centres (TCs)", "treatment_centre_admissions",
        "Elective admissions to NHS treatment centres", FFCE,
    ),
    Measure("Total Non-elective G&A Admissions (FFCEs)", "non_elective_admissions", "Non-elective admissions", FFCE),
    Measure(
        "GP Referrals Made (All specialties)", "gp_referrals_made_all", "GP referrals made, all specialties",
        "referrals",
    ),
    Measure(
        "GP Referrals Seen (All specialties)", "gp_referrals_seen_all", "GP referrals seen, all specialties",
        "referrals",
    ),
    Measure("GP Referrals Made (G&A)", "gp_referrals_made", "GP referrals made", "referrals"),
    Measure("GP Referrals Seen (G&A)", "gp_referrals_seen", "GP referrals seen", "referrals"),
    Measure("Other Referrals Made (G&A)", "other_referrals_made", "Other referrals made", "referrals"),
    Measure("All 1st Outpatient Attendances (G&A)", "first_outpatients", "First outpatient attendances", "attendances"),
)  # fmt: skip
# Headings of the CSV -> those of the workbook.
CSV_HEADINGS = {
    "elective_total_ffces": "Elective G&A Total Admissions (FFCEs)",
    "non_elective_ffces": "Total Non-elective G&A Admissions (FFCEs)",
    "gp_referrals_made_ga": "GP Referrals Made (G&A)",
    "other_referrals_made_ga": "Other Referrals Made (G&A)",
    "first_outpatient_ga": "All 1st Outpatient Attendances (G&A)",
}
BY_HEADING = {measure.heading: measure for measure in WORKBOOK_MEASURES}
SUMS = tuple(
    Sum(kind.format("Total"), kind.format("Total"), (kind.format("Ordinary"), kind.format("Daycase")))
    for kind in ("Elective G&A {} Admissions (FFCEs)", "Elective G&A Planned {} Admissions (FFCEs)")
)
METHOD = (
    "General and acute specialties unless all are named. Primary care trusts until March 2013, clinical commissioning "
    "groups since: series of commissioners do not run across April 2013."
)
TITLE, PUBLISHER = "Monthly Hospital Activity by commissioner", "NHS England"


class CommissionerMonth(Source):
    """The workbook of one month: Year, Period, region, organisation, fourteen figures; England in the first row."""

    key = "hospital-activity-month"
    stage = Stage.VALUES
    keys = ("Year", "Period", "Org Code", "Org Name")

    def recognises(self, material):
        return self._place(material) is not None

    def _place(self, material):
        wanted = {*self.keys, "Total Non-elective G&A Admissions (FFCEs)"}
        return sheets.heading_row(sheets.read_sheet(material, SHEET), wanted)

    def release(self, material):
        rows = sheets.read_sheet(material, SHEET)
        month = periods.as_month(sheets.cell_beside(rows, "Period:"))
        if month is None:
            found = sheets.cell_beside(rows, "Period:") or "nothing"
            raise Refused(expected='a month such as "April 2015" beside "Period:"', found=found)
        return Release(
            title=f"{TITLE}, {month:%B %Y}",
            publisher=PUBLISHER,
            release=f"{month:%Y-%m}",
            standing=Dataset.Standing.OFFICIAL,
            vintage=None,
            # Each month is a publication of its own: a later month does not replace it.
            extent=f"England, {month:%B %Y}",
            method=METHOD,
        )

    def rows(self, material, context):
        report = context.report
        rows = sheets.read_sheet(material, SHEET)
        frame = sheets.table_below(rows, self._place(material), [*self.keys, *BY_HEADING])
        words = frame["Org Name"].map(lambda cell: str(cell).strip() == "")
        report.skip("lines of words below the table", int(words.sum()))
        frame = frame[~words]
        report.read(len(frame))
        frame = with_periods(
            frame,
            ["Year", "Period"],
            periods.month_of_financial_year,
            report,
            EXPECTED,
            "Org Code",
        )
        month = periods.as_month(sheets.cell_beside(rows, "Period:"))
        other = frame["period"] != month
        for line in frame.index[other]:
            found = f"{frame.at[line, 'period']:%B %Y}"
            report.reject(line, frame.at[line, "Org Code"], f"expected {month:%B %Y}, found {found}")
        yield from _chunks(frame[~other], "Org Code", "Org Name", BY_HEADING, report)


class CommissionerSeries(Source):
    """All months in one table, read from the workbooks."""

    key = "hospital-activity-series"
    stage = Stage.VALUES
    columns = ("period", "org_code", "org_name", *CSV_HEADINGS)

    def recognises(self, material):
        return material.kind == "csv" and set(self.columns) <= set(material.columns)

    def release(self, material):
        frame = read_csv(material, ["period"], ["period"], Unreported())
        months = [month for cell in frame["period"].unique() if (month := periods.as_month(cell))]
        if not months:
            raise Refused(expected="months in the column 'period'", found="none")
        return Release(
            title=TITLE,
            publisher=PUBLISHER,
            release=f"{max(months):%Y-%m}",
            standing=Dataset.Standing.CONVERTED,
            vintage=None,
            method=METHOD,
        )

    def rows(self, material, context):
        columns, code = list(self.columns), "org_code"
        frame = read_csv(material, columns, ["period", "org_code", "org_name"], context.report)
        context.report.read(len(frame))
        frame = with_periods(frame, "period", periods.as_month, context.report, "a month such as 2012-04-01", code)
        report_months(frame["period"], context.report)
        measures = {heading: BY_HEADING[official] for heading, official in CSV_HEADINGS.items()}
        yield from _chunks(frame, "org_code", "org_name", measures, context.report)


def _chunks(frame, code, name, measures, report):
    frame = frame.assign(
        code=frame[code].fillna("").astype(str).str.strip(), name=frame[name].fillna("").astype(str).str.strip()
    )
    nation = (frame["code"].isin(["", "-"])) & (frame["name"].str.lower() == "england")
    frame.loc[nation, ["code", "name"]] = ENGLAND
    nameless = frame["code"] == ""
    for line in frame.index[nameless]:
        report.reject(line, "", f"no organisation code beside {frame.at[line, 'name'][:60]!r}")
    frame = without_repeats(frame[~nameless], ["code", "period"], report, "code")
    # Organisations are renamed now and then: a series has the latest of its names.
    latest = frame.sort_values("period", kind="stable").groupby("code")["name"].last()
    frame["name"] = frame["code"].map(latest)
    numbers = read_numbers(frame, list(measures), report, "code")
    is_nation = (frame["code"] == ENGLAND[0]).to_numpy()
    _check_england(frame, is_nation, numbers, measures, report)
    check_sums(numbers, frame["code"], SUMS, report)
    for kind, rows in (("country", is_nation), ("commissioner", ~is_nation)):
        for heading, measure in measures.items():
            values, reasons = numbers[heading]
            part = frame[rows]
            yield series(
                measure,
                interval="month",
                kind=kind,
                frame=part,
                values=values[rows],
                reasons=reasons[rows],
                note=periods.pandemic_note,
            )


def _check_england(frame, is_nation, numbers, measures, report):
    """Count the months in which England is not the sum of its commissioners."""
    apart, named = 0, []
    for heading, measure in measures.items():
        values = frame.assign(value=np.nan_to_num(numbers[heading][0]))
        nation = values[is_nation].groupby("period")["value"].sum()
        others = values[~is_nation].groupby("period")["value"].sum()
        both = nation.index.intersection(others.index)
        wrong = both[np.abs(nation[both] - others[both]) > 0.5]
        apart += len(wrong)
        named += [f"{measure.name} {day:%B %Y}" for day in wrong]
    report.note_count("figures of England that differ from the sum of the commissioners", apart)
    if named:
        report.note(f"England differs from the sum of its commissioners in {', '.join(named[:5])}")
