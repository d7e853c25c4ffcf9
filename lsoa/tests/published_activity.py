"""Small activity and Fingertips files in the exact published layouts; organisations and figures are made up."""

import datetime as dt

import openpyxl

from .published import csv_file

AE_HEADINGS = [
    "Period",
    "Type 1 Departments - Major A&E",
    "Type 2 Departments - Single Specialty",
    "Type 3 Departments - Other A&E/Minor Injury Unit",
    "Total Attendances",
    "Emergency Admissions via Type 1 A&E",
    "Emergency Admissions via Type 2 A&E",
    "Emergency Admissions via Type 3 and 4 A&E",
    "Total Emergency Admissions via A&E",
    "Other Emergency Admissions (i.e not via A&E)",
    "Total Emergency Admissions",
    "Number of patients spending >4 hours from decision to admit to admission",
    "Number of patients spending >12 hours from decision to admit to admission",
]
# Adds up: 100 + 20 + 50 attendances; 30 + 2 + 3 admissions via A&E and 10 others.
AE_FIGURES = [100, 20, 50, 170, 30, 2, 3, 35, 10, 45, 7, 1]


def ae_csv(path, rows, *, headings=AE_HEADINGS, **options):
    """The monthly A&E table as CSV: `rows` are (period, twelve figures)."""
    return csv_file(path, [headings, *([period, *figures] for period, figures in rows)], **options)


def ae_workbook(path, rows, *, headings=AE_HEADINGS, sheet="Activity", notes=()):
    """The workbook: headings in row 14, everything from column B on, a second block of columns to the right."""
    lines = [[], ["", "Title:", "A&E Attendances & Emergency Admission statistics"], *([[]] * 10)]
    lines += [["", "", "A&E attendances", "", "", "", "Emergency Admissions"]]
    lines += [["", *headings, "", "Operational standard (Performance)", "", 0.95]]
    lines += [["", period, *figures, "", 0.95, "", ""] for period, figures in rows]
    return _workbook(path, {sheet: [*lines, *(["", note] for note in notes)], "Notes": [["", "Notes:"]]})


MAR_HEADINGS = [
    "Year", "Period", "Region Code", "Region Name", "Org Code", "Org Name",
    "Elective G&A Ordinary Admissions (FFCEs)", "Elective G&A Daycase Admissions (FFCEs)",
    "Elective G&A Total Admissions (FFCEs)", "Elective G&A Planned Ordinary Admissions (FFCEs)",
    "Elective G&A Planned Daycase Admissions (FFCEs)", "Elective G&A Planned Total Admissions (FFCEs)",
    "Elective G&A Admissions (FFCEs) -NHS Treatment Centres (TCs) ", "Total Non-elective G&A Admissions (FFCEs)",
    "GP Referrals Made (All specialties) ", "GP Referrals Seen (All specialties) ", "GP Referrals Made (G&A) ",
    "GP Referrals Seen (G&A) ", "Other Referrals Made (G&A) ", "All 1st Outpatient Attendances (G&A) ",
]  # fmt: skip


def hospital_activity(path, rows, *, month="April 2015", year="2015-16", period="APRIL", headings=MAR_HEADINGS):
    """A month's workbook: `rows` are (code, name, non-elective admissions), England first with a blank row after it."""
    lines = [[], ["", "Title:", "Monthly Hospital Activity"], [], [], ["", "Period:", month], *([[]] * 7)]
    lines += [["", "Commissioner Level Data"], ["", *headings]]
    for number, (code, name, figure) in enumerate(rows):
        region = ["", ""] if not number else ["Y54", "NORTH OF ENGLAND COMMISSIONING REGION"]
        figures = [2, 3, 5, 1, 1, 2, 0, figure, 9, 8, 7, 6, 5, 4]
        lines.append(["", year, period, *region, code, name, *figures])
        if not number:
            lines.append([])
    lines += [[], ["", "Note: Excludes non-English commissioned activity."]]
    return _workbook(path, {"Commissioner": lines, "Region": [["", "Region Level Data"]]})


def _workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        # A blank cell is none at all in these files.
        for line in lines:
            sheet.append([None if cell == "" else cell for cell in line])
    book.save(path)
    return path


def commissioners(path, rows):
    """Every month by commissioner as CSV: `rows` are (month, code, name, non-elective admissions)."""
    headings = ["period", "region_code", "region_name", "org_code", "org_name", "elective_total_ffces"]
    headings += ["non_elective_ffces", "gp_referrals_made_ga", "other_referrals_made_ga", "first_outpatient_ga"]
    lines = [[month, "", "", code, name, 1.0, figure, 1.0, 1.0, 1.0] for month, code, name, figure in rows]
    return csv_file(path, [headings, *lines])


def by_organisation(path, rows, *, column="nhs_trust22_code"):
    """A&E by trust or board: `rows` are (code, attendances, over 4 h, admissions, waits, share, share, month)."""
    headings = [column, "total_attendances", "attendances_over_4hours", "total_emergency_admissions"]
    headings += ["emergency_admissions_over_4hours", "pct_attendance_over_4hours"]
    return csv_file(path, [[*headings, "pct_emergency_admissions_over_4hours", "date"], *rows])


def by_department(path, rows):
    return csv_file(path, [["period", "org_code", "type", "attendances", "breaches", "admissions"], *rows])


def weekly_deaths(path, rows):
    """`rows` are (category 1, category 2, deaths, Friday, week)."""
    return csv_file(path, [["category_1", "category_2", "counts", "date", "week_no"], *rows])


FINGERTIPS_HEADINGS = [
    "Indicator ID", "Indicator Name", "Parent Code", "Parent Name", "Area Code", "Area Name", "Area Type", "Sex", "Age",
    "Category Type", "Category", "Time period", "Value", "Lower CI 95.0 limit", "Upper CI 95.0 limit",
    "Lower CI 99.8 limit", "Upper CI 99.8 limit", "Count", "Denominator", "Value note", "Recent Trend",
    "Compared to England value or percentiles", "Column not used", "Time period Sortable", "New data",
    "Compared to goal", "Time period range",
]  # fmt: skip


def fingertips(path, rows, *, varying="Column not used", **options):
    """The export of 27 columns: `rows` are dictionaries by heading, what is not named has these values."""
    standard = {
        "Indicator ID": "90001", "Indicator Name": "Test prevalence", "Area Type": "GPs", "Sex": "Persons",
        "Age": "All ages", "Time period": "2022/23", "Time period range": "1y",
    }  # fmt: skip
    headings = [varying if name == "Column not used" else name for name in FINGERTIPS_HEADINGS]
    lines = [[(standard | row).get(name, "") for name in FINGERTIPS_HEADINGS] for row in rows]
    return csv_file(path, [headings, *lines], **options)


RATIO = "Emergency hospital admissions for stroke, standardised admission ratio All ages 2015/16 - 19/20"
MORTALITY = "Deaths from all causes, under 75 years, standardised mortality ratio <75 yrs 2015 - 19"


def local_health(path, rows):
    """MSOAs of 2011: `rows` are (code, name, unemployment, admission ratio, mortality ratio, male life expectancy)."""
    return csv_file(path, [["Area_Code", "Area_Name", "Unemployment", RATIO, MORTALITY, "Male_LE_at_birth"], *rows])


def months(first: dt.date, count: int) -> list[dt.date]:
    """The first days of `count` months from `first` on."""
    return [dt.date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count)]
