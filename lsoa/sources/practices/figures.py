"""Published figures of practices: deprivation where their patients live, and the make-up of their lists."""

import numpy as np

from lsoa.models import Dataset
from lsoa.sources.base import Refused, Release, Source, Stage
from lsoa.sources.rows import RecordRows
from lsoa.sources.tables import as_numbers, read_csv

from .cells import PublishedTable, english_practices, extent_of_codes, first_row, read_text, without_duplicates
from .lists import refuse_numbers


def practice_figures(frame, code, *, indicator, name, period, value, place_name="") -> RecordRows:
    """One indicator of practices as records of PlaceFigure. `value` is NaN where the file has none (blank)."""
    value = np.asarray(value, dtype=float)
    length, missing = len(frame), np.isnan(value)
    return RecordRows(
        model="PlaceFigure",
        line=frame.index.to_numpy(),
        columns={
            "indicator": [indicator] * length,
            "name": [name] * length,
            "place_kind": ["practice"] * length,
            "place_code": frame[code].to_numpy(),
            "place_name": frame[place_name].str.slice(0, 200).to_numpy() if place_name else [""] * length,
            "period": [period] * length,
            "value": value,
            "missing_reason": np.where(missing, "blank", None),
        },
        key=("indicator", "place_code", "period"),
    )


class PracticeDeprivation(PublishedTable):
    """IMD score of practices, weighted by where their patients live (OHID Fingertips indicator 94240)."""

    key = "fingertips-imd-gp"
    stage = Stage.VALUES
    columns = ["PRACTICE_CODE", "PRACTICE_NAME", "IMD_YEAR", "IMD_SCORE"]

    def recognises(self, material):
        return material.kind == "csv" and {"PRACTICE_CODE", "IMD_YEAR", "IMD_SCORE"} <= set(material.columns)

    def release(self, material):
        year = first_row(material).get("IMD_YEAR", "")
        if not (year.isdigit() and len(year) == 4):
            raise Refused(expected="the year of the index in IMD_YEAR", found=repr(year))
        return Release(
            title="Deprivation of practices' patients (IMD score)",
            publisher="OHID, Fingertips",
            release=year,
            standing=Dataset.Standing.CONVERTED,
            vintage=None,
        )

    def rows(self, material, context):
        report = context.report
        frame = english_practices(read_text(material, self.columns, report), "PRACTICE_CODE", report)
        if frame["IMD_YEAR"].nunique() > 1:
            raise Refused(expected="one year in IMD_YEAR", found=", ".join(sorted(frame["IMD_YEAR"].unique())[:5]))
        frame = without_duplicates(frame, "PRACTICE_CODE", report)
        score, _, unreadable = as_numbers(frame["IMD_SCORE"])
        with np.errstate(invalid="ignore"):
            bad = unreadable | (score < 0) | (score > 100)
        for line, code in frame.loc[bad, "PRACTICE_CODE"].items():
            report.reject(line, code, f"IMD_SCORE {frame.at[line, 'IMD_SCORE']!r} is not a score from 0 to 100")
        frame, score = frame[~bad], score[~bad]
        context.extent = extent_of_codes(frame["PRACTICE_CODE"])
        yield practice_figures(
            frame,
            "PRACTICE_CODE",
            indicator="imd_score",
            name="IMD score, weighted by where patients live",
            period=self.release(material).release,
            value=score,
            place_name="PRACTICE_NAME",
        )


# Heading -> (indicator, name, factor to its unit) of the House of Commons Library's table.
DEMOGRAPHICS = {
    "Percent_male": ("list_male_share", "Male patients, % of the list", 100),
    "AgeAll": ("list_mean_age", "Mean age of patients, years", 1),
    "16perc": ("list_16_over_share", "Patients aged 16 and over, % of the list", 100),
    "17perc": ("list_17_over_share", "Patients aged 17 and over, % of the list", 100),
    "18perc": ("list_18_over_share", "Patients aged 18 and over, % of the list", 100),
    "50perc": ("list_50_over_share", "Patients aged 50 and over, % of the list", 100),
    "65perc": ("list_65_over_share", "Patients aged 65 and over, % of the list", 100),
}


class ListDemographics(Source):
    """Lists of practices, total and make-up by age and sex, as the House of Commons Library summed them."""

    key = "commons-gp-demographics"
    stage = Stage.PRACTICES

    def recognises(self, material):
        return material.kind == "csv" and {"PRACTICE_CODE", "Total", *DEMOGRAPHICS} <= set(material.columns)

    def release(self, material):
        return Release(
            title="Patients of practices by age and sex, from NHS England's lists of April 2020",
            publisher="House of Commons Library",
            release=material.options.get("period") or "2020-04",
            standing=Dataset.Standing.CONVERTED,
            licence="Open Parliament Licence v3.0 and Open Government Licence v3.0",
            vintage=None,
        )

    def rows(self, material, context):
        report = context.report
        columns = ["PRACTICE_CODE", "Total", *DEMOGRAPHICS]
        frame = read_csv(material, columns, text_columns=["PRACTICE_CODE"], report=report)
        frame = without_duplicates(english_practices(frame, "PRACTICE_CODE", report), "PRACTICE_CODE", report)
        frame = refuse_numbers(frame, "Total", "PRACTICE_CODE", report, "number of patients")
        context.extent = extent_of_codes(frame["PRACTICE_CODE"])
        report.note_count("patients registered", int(round(frame["Total"].sum())))
        yield RecordRows(
            model="PracticeList",
            line=frame.index.to_numpy(),
            columns={
                "practice_code": frame["PRACTICE_CODE"].to_numpy(),
                "patients": frame["Total"].to_numpy(),
            },
            key=("practice_code",),
        )
        for heading, (indicator, name, factor) in DEMOGRAPHICS.items():
            value, _, unreadable = as_numbers(frame[heading])
            for line, code in frame.loc[unreadable, "PRACTICE_CODE"].items():
                report.reject(line, code, f"{heading} {frame.at[line, heading]!r} is not a number")
            kept = ~unreadable
            yield practice_figures(
                frame[kept],
                "PRACTICE_CODE",
                indicator=indicator,
                name=name,
                period=self.release(material).release,
                value=value[kept] * factor,
            )
