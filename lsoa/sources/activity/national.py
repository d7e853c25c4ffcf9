"""A&E attendances and emergency admissions of England, monthly since August 2010: the workbook, and it as CSV."""

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

SHEET = "Activity"
PERIOD = "Period"
TYPE1, TYPE2, TYPE3 = (
    "Type 1 Departments - Major A&E",
    "Type 2 Departments - Single Specialty",
    "Type 3 Departments - Other A&E/Minor Injury Unit",
)
ATTENDANCES, VIA_AE, OTHER, ADMISSIONS = (
    "Total Attendances",
    "Total Emergency Admissions via A&E",
    "Other Emergency Admissions (i.e not via A&E)",
    "Total Emergency Admissions",
)
VIA = tuple(f"Emergency Admissions via Type {kind} A&E" for kind in ("1", "2", "3 and 4"))
WAITS = "Number of patients spending >{} hours from decision to admit to admission"
WAITED = "Waits over {} hours from decision to admit to admission"
ATTENDED, ADMITTED = "A&E attendances", "Emergency admissions"
MEASURES = (
    Measure(TYPE1, "ae_attendances", ATTENDED, "attendances", "Type 1: major A&E"),
    Measure(TYPE2, "ae_attendances", ATTENDED, "attendances", "Type 2: single specialty"),
    Measure(TYPE3, "ae_attendances", ATTENDED, "attendances", "Type 3: other A&E and minor injury units"),
    Measure(ATTENDANCES, "ae_attendances", ATTENDED, "attendances"),
    Measure(VIA[0], "emergency_admissions", ADMITTED, "admissions", "Via type 1 A&E"),
    Measure(VIA[1], "emergency_admissions", ADMITTED, "admissions", "Via type 2 A&E"),
    Measure(VIA[2], "emergency_admissions", ADMITTED, "admissions", "Via type 3 and 4 A&E"),
    Measure(VIA_AE, "emergency_admissions", ADMITTED, "admissions", "Via A&E"),
    Measure(OTHER, "emergency_admissions", ADMITTED, "admissions", "Not via A&E"),
    Measure(ADMISSIONS, "emergency_admissions", ADMITTED, "admissions"),
    Measure(WAITS.format(4), "ae_waits_over_4h", WAITED.format(4), "patients"),
    Measure(WAITS.format(12), "ae_waits_over_12h", WAITED.format(12), "patients"),
)
HEADINGS = [PERIOD, *(measure.heading for measure in MEASURES)]
SUMS = (
    Sum(ATTENDANCES, ATTENDANCES, (TYPE1, TYPE2, TYPE3)),
    Sum(VIA_AE, VIA_AE, VIA),
    Sum(ADMISSIONS, ADMISSIONS, (VIA_AE, OTHER)),
)
# Enough to tell this table from every other; whether the rest is there is checked when it is read.
SIGNS = {PERIOD, TYPE1, ATTENDANCES}
METHOD = (
    "November 2010 to May 2015: estimated by the publisher from weekly data. Since August 2020 booked appointments are "
    "included. August 2022 to February 2023: type 3 short."
)


class MonthlyEmergency(Source):
    """Both forms give the same series; they differ in standing and in the lines."""

    key = "ae-monthly-england"
    stage = Stage.VALUES

    def recognises(self, material):
        if material.kind == "csv":
            return set(material.columns) >= SIGNS
        return sheets.heading_row(sheets.read_sheet(material, SHEET), SIGNS) is not None

    def release(self, material):
        months = [month for cell in self._frame(material, Unreported())[PERIOD] if (month := periods.as_month(cell))]
        if not months:
            raise Refused(expected=f"months below the heading {PERIOD!r}", found="none")
        return Release(
            title="A&E Attendances and Emergency Admissions, monthly time series",
            publisher="NHS England",
            release=f"{max(months):%Y-%m}",
            standing=Dataset.Standing.CONVERTED if material.kind == "csv" else Dataset.Standing.OFFICIAL,
            vintage=None,
            method=METHOD,
        )

    def rows(self, material, context):
        report = context.report
        frame = self._frame(material, report)
        report.read(len(frame))
        frame = with_periods(frame, PERIOD, periods.as_month, report, "a month such as 2010-08-01")
        frame = frame.assign(code=ENGLAND[0], name=ENGLAND[1])
        frame = without_repeats(frame, ["period"], report, "code")
        numbers = read_numbers(frame, HEADINGS[1:], report)
        report_months(frame["period"], report)
        check_sums(numbers, [f"{day:%B %Y}" for day in frame["period"]], SUMS, report)
        for measure in MEASURES:
            values, reasons = numbers[measure.heading]
            yield series(
                measure,
                interval="month",
                kind="country",
                frame=frame,
                values=values,
                reasons=reasons,
                note=_type3_note if measure.heading in (TYPE3, ATTENDANCES) else periods.pandemic_note,
                estimate=lambda day: periods.within(day, periods.ESTIMATED),
            )

    def _frame(self, material, report):
        if material.kind == "csv":
            absent = [heading for heading in HEADINGS if heading not in material.columns]
            if absent:
                raise Refused(expected=f"the column {absent[0]!r}", found=", ".join(material.columns)[:300])
            return read_csv(material, HEADINGS, text_columns=[PERIOD], report=report)
        rows = sheets.read_sheet(material, SHEET)
        frame = sheets.table_below(rows, sheets.heading_row(rows, SIGNS), HEADINGS)
        # Words below the table have no figure beside them.
        words = frame[HEADINGS[1:]].map(lambda cell: str(cell).strip() == "").all(axis=1)
        report.skip("lines of words below the table", int(words.sum()))
        return frame[~words]


def _type3_note(day) -> str:
    short = periods.TYPE3_NOTE if periods.within(day, periods.TYPE3_SHORT) else ""
    return periods.joined(periods.pandemic_note(day), short)
