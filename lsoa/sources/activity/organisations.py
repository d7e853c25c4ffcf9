"""A&E attendances and emergency admissions by trust, by integrated care board, by provider and department."""

import numpy as np
import pandas as pd

from lsoa.models import Dataset
from lsoa.models.indicators import MissingReason

from ..base import Refused, Release, Source, Stage
from ..tables import read_csv
from . import periods
from .figures import Measure, Unreported, read_numbers, report_months, series, with_periods, without_repeats
from .national import ADMITTED, ATTENDED, WAITED

OVER_4_HOURS = "A&E attendances over 4 hours from arrival to admission, transfer or discharge"
BREACHES = Measure("attendances_over_4hours", "ae_attendances_over_4h", OVER_4_HOURS, "attendances")
MEASURES = (
    Measure("total_attendances", "ae_attendances", ATTENDED, "attendances"),
    BREACHES,
    Measure("total_emergency_admissions", "emergency_admissions", ADMITTED, "admissions"),
    Measure("emergency_admissions_over_4hours", "ae_waits_over_4h", WAITED.format(4), "patients"),
)
# Published share, its count and its whole: the counts are loaded, the shares only checked against them.
SHARES = (
    ("pct_attendance_over_4hours", "attendances_over_4hours", "total_attendances"),
    ("pct_emergency_admissions_over_4hours", "emergency_admissions_over_4hours", "total_emergency_admissions"),
)
PUBLISHER = "NHS England"
TITLE = "A&E Attendances and Emergency Admissions"
MONTH = "a month such as April 2021"


class EmergencyByOrganisation(Source):
    """One row per organisation and month, the month as text."""

    stage = Stage.VALUES

    def __init__(self, key: str, column: str, kind: str, title: str, pattern: str):
        self.key, self.column, self.kind, self.title, self.pattern = key, column, kind, title, pattern

    def recognises(self, material):
        wanted = {self.column, "date", *(measure.heading for measure in MEASURES)}
        return material.kind == "csv" and wanted <= set(material.columns)

    def release(self, material):
        return Release(
            title=f"{TITLE} {self.title}, as converted in healthyr",
            publisher=PUBLISHER,
            release=_latest(material, "date"),
            standing=Dataset.Standing.CONVERTED,
            vintage=None,
            method="Trusts that tested other standards from May 2019 to May 2023 published no four-hour figures.",
        )

    def rows(self, material, context):
        report = context.report
        shares = [name for name, *_ in SHARES if name in material.columns]
        columns = [self.column, "date", *(measure.heading for measure in MEASURES), *shares]
        frame = read_csv(material, columns, [self.column, "date"], report)
        report.read(len(frame))
        frame = with_periods(frame, "date", periods.as_month, report, MONTH, self.column)
        frame = _with_codes(frame, self.column, self.pattern, report)
        frame = without_repeats(frame, ["code", "period"], report, "code")
        report_months(frame["period"], report)
        numbers = read_numbers(frame, columns[2:], report, "code")
        _check_shares(numbers, report)
        for measure in MEASURES:
            values, reasons = numbers[measure.heading]
            note = periods.pandemic_note
            if measure is BREACHES:
                tested = _in_field_test(frame, values, reasons)
                reasons[tested] = MissingReason.NOT_APPLICABLE.value
                report.note_count("four-hour figures not published during the field test", int(tested.sum()))
                without = set(zip(frame["code"][tested], frame["period"][tested], strict=True))
                yield from self._breaches(measure, frame, values, reasons, without)
                continue
            yield series(
                measure, interval="month", kind=self.kind, frame=frame, values=values, reasons=reasons, note=note
            )

    def _breaches(self, measure, frame, values, reasons, without):
        chunk = series(measure, interval="month", kind=self.kind, frame=frame, values=values, reasons=reasons)
        chunk.note = [
            periods.joined(
                periods.FIELD_TEST_NOTE if (code, day) in without else "",
                "" if (code, day) in without else periods.pandemic_note(day),
            )
            for code, day in zip(frame["code"], frame["period"], strict=True)
        ]
        yield chunk


class EmergencyByDepartment(Source):
    """Provider, month and kind of department (1, 2, other), April 2016 to March 2019."""

    key = "ae-by-provider-department"
    stage = Stage.VALUES
    columns = ("period", "org_code", "type", "attendances", "breaches", "admissions")
    kinds = {
        "1": "Type 1: major A&E",
        "2": "Type 2: single specialty",
        "other": "Type 3: other A&E and minor injury units",
    }
    measures = (
        Measure("attendances", "ae_attendances", ATTENDED, "attendances"),
        Measure("breaches", "ae_attendances_over_4h", OVER_4_HOURS, "attendances"),
        Measure("admissions", "emergency_admissions", ADMITTED, "admissions"),
    )

    def recognises(self, material):
        return material.kind == "csv" and set(self.columns) <= set(material.columns)

    def release(self, material):
        return Release(
            title=f"{TITLE} by provider and department type, as converted in NHSRdatasets",
            publisher=PUBLISHER,
            release=_latest(material, "period"),
            standing=Dataset.Standing.CONVERTED,
            licence="Open Government Licence v3.0 (package: CC0)",
            vintage=None,
        )

    def rows(self, material, context):
        report = context.report
        frame = read_csv(material, list(self.columns), ["period", "org_code", "type"], report)
        report.read(len(frame))
        frame = with_periods(frame, "period", periods.as_month, report, "a month such as 2016-04-01", "org_code")
        frame = _with_codes(frame, "org_code", r"^[0-9A-Z]{3,6}$", report)
        kind = frame["type"].fillna("").astype(str).str.strip().str.lower().str.removesuffix(".0")
        for line in frame.index[~kind.isin(self.kinds)]:
            report.reject(line, frame.at[line, "code"], f"expected the type 1, 2 or other, found {kind[line][:20]!r}")
        frame = frame.assign(breakdown=kind.map(self.kinds))[kind.isin(self.kinds)]
        frame = without_repeats(frame, ["code", "period", "breakdown"], report, "code")
        report_months(frame["period"], report)
        numbers = read_numbers(frame, [measure.heading for measure in self.measures], report, "code")
        _check_within(numbers, "breaches", "attendances", report)
        # Trusts have three characters from R on; treatment centres, practices and companies have other codes.
        trusts = frame["code"].str.match(r"^R[0-9A-Z]{2}$").to_numpy()
        for organisation_kind, rows in (("trust", trusts), ("provider", ~trusts)):
            for measure in self.measures:
                values, reasons = numbers[measure.heading]
                yield series(
                    measure,
                    interval="month",
                    kind=organisation_kind,
                    frame=frame[rows],
                    values=values[rows],
                    reasons=reasons[rows],
                    breakdown=frame["breakdown"][rows].to_numpy(dtype=object),
                )


def _latest(material, column) -> str:
    frame = read_csv(material, [column], [column], Unreported())
    months = [month for cell in frame[column].dropna().unique() if (month := periods.as_month(cell))]
    if not months:
        raise Refused(expected=f"months in the column {column!r}", found="none")
    return f"{max(months):%Y-%m}"


def _with_codes(frame: pd.DataFrame, column: str, pattern: str, report) -> pd.DataFrame:
    """The frame with `code` and a blank `name`; rows without an organisation's code are rejected."""
    codes = frame[column].fillna("").astype(str).str.strip().str.upper()
    known = codes.str.match(pattern)
    for line in frame.index[~known]:
        report.reject(line, codes[line], "no organisation code" if not codes[line] else "not an organisation's code")
    return frame.assign(code=codes, name="")[known]


def _in_field_test(frame, values, reasons) -> np.ndarray:
    """Figures that are blank because the trust tested other standards in those months."""
    inside = np.array([periods.within(day, periods.FIELD_TEST) for day in frame["period"]], dtype=bool)
    return np.isnan(values) & (reasons == MissingReason.BLANK.value) & inside


def _check_within(numbers, part, whole, report):
    with np.errstate(invalid="ignore"):
        above = numbers[part][0] > numbers[whole][0]
    report.note_count(f"rows with more {part} than {whole}", int(above.sum()))


def _check_shares(numbers, report):
    """Count the published shares (two decimals) that do not follow from the counts beside them."""
    for share, part, whole in SHARES:
        if share not in numbers:
            continue
        _check_within(numbers, part, whole, report)
        with np.errstate(invalid="ignore", divide="ignore"):
            apart = np.abs(numbers[part][0] / numbers[whole][0] - numbers[share][0]) > 0.0051
        report.note_count(f"rows whose {share} does not follow from its counts", int(apart.sum()))


BY_TRUST = EmergencyByOrganisation("ae-by-trust", "nhs_trust22_code", "trust", "by trust", r"^[0-9A-Z]{3,6}$")
BY_BOARD = EmergencyByOrganisation("ae-by-icb", "icb22_code", "icb", "by integrated care board", r"^E54[0-9]{6}$")
