"""The mapping files beside the raw data: practice -> network and boards, groups of indicators, notes on practices."""

from dataclasses import dataclass

import numpy as np

from lsoa.models import Dataset, PracticeNote
from lsoa.sources.base import Release, Stage
from lsoa.sources.practices.cells import (
    PublishedTable,
    check_columns,
    english_practices,
    extent_of_codes,
    read_text,
    without_duplicates,
)
from lsoa.sources.practices.evidence import everywhere, network, or_none, practice_rows
from lsoa.sources.rows import RecordRows
from lsoa.sources.tables import as_numbers

from .years import qof_year, year_end

TITLE = "Quality and Outcomes Framework"


class QofFile(PublishedTable):
    """A file of one year of the framework, told by the headings that it must have."""

    title: str
    marks: set[str]
    stage = Stage.PRACTICES

    def recognises(self, material):
        return material.kind == "csv" and self.marks <= set(material.columns)

    def release(self, material):
        check_columns(material, self.columns)
        return Release(
            title=f"{TITLE}, {self.title}",
            publisher="NHS England",
            release=qof_year(material),
            standing=Dataset.Standing.OFFICIAL,
            vintage=None,
        )


@dataclass(frozen=True)
class Boards:
    """Headings of one era: CCGs and STPs until 2021-22, sub-ICB locations and ICBs since."""

    sub_icb: str
    icb: str


ERAS = (
    Boards("SUB_ICB_ONS_CODE", "ICB_ONS_CODE"),
    Boards("SUB_ICB_LOC_ONS_CODE", "ICB_ONS_CODE"),
    Boards("CCG_ONS_CODE", "STP_ONS_CODE"),
)


class PracticeGeographies(QofFile):
    """Which network, sub-ICB location and ICB a practice was in on the last day of the year."""

    stage = Stage.PRACTICES
    columns = ["PRACTICE_CODE", "PRACTICE_NAME", "PCN_ODS_CODE", "PCN_NAME", "NAT_CODE"]

    def __init__(self, key: str, title: str, country: str):
        self.key, self.title, self.marks = key, title, {"PRACTICE_CODE", "PCN_ODS_CODE", country}

    def _boards(self, material) -> Boards:
        boards = next((era for era in ERAS if era.sub_icb in material.columns), ERAS[0])
        check_columns(material, [boards.sub_icb, boards.icb])
        return boards

    def release(self, material):
        self._boards(material)
        return super().release(material)

    def rows(self, material, context):
        boards, report = self._boards(material), context.report
        frame = read_text(material, [*self.columns, boards.sub_icb, boards.icb], report)
        abroad = ~frame["NAT_CODE"].isin(("ENG", ""))
        report.read(int(abroad.sum()))
        report.skip("practices outside England", int(abroad.sum()))
        frame = english_practices(frame[~abroad], "PRACTICE_CODE", report)
        frame = without_duplicates(frame, "PRACTICE_CODE", report)
        context.extent = extent_of_codes(frame["PRACTICE_CODE"])
        yield practice_rows(
            frame,
            code="PRACTICE_CODE",
            name="PRACTICE_NAME",
            as_of=year_end(qof_year(material)),
            details=network(frame, "PCN_ODS_CODE", "PCN_NAME", report)
            | {
                "sub_icb_code": or_none(frame[boards.sub_icb]),
                "icb_code": or_none(frame[boards.icb]),
                "is_general_practice": everywhere(frame, True),
            },
        )


class IndicatorGroups(QofFile):
    """What the codes of registers stand for. A row of the file is an indicator of achievement; groups are kept."""

    key = "qof-indicator-groups"
    title = "indicators"
    columns = [
        "INDICATOR_CODE", "GROUP_CODE", "GROUP_DESCRIPTION", "DOMAIN_CODE", "DOMAIN_DESCRIPTION", "PATIENT_LIST_TYPE",
    ]  # fmt: skip
    marks = {"INDICATOR_CODE", "GROUP_CODE", "GROUP_DESCRIPTION"}

    def rows(self, material, context):
        report = context.report
        frame = read_text(material, self.columns, report)
        report.read(len(frame))
        nameless = (frame["GROUP_CODE"] == "") | (frame["GROUP_DESCRIPTION"] == "")
        for line, code in frame.loc[nameless, "INDICATOR_CODE"].items():
            report.reject(line, code, "no code or no description of its group")
        frame = frame[~nameless].assign(
            indicators=lambda rows: rows.groupby("GROUP_CODE")["GROUP_CODE"].transform("size")
        )
        for code, kinds in frame.groupby("GROUP_CODE")["PATIENT_LIST_TYPE"].unique().items():
            if len(kinds) > 1:
                report.note(f"{code}: indicators of several patient lists ({', '.join(kinds)}); the first is kept.")
        groups = frame[~frame.duplicated("GROUP_CODE")]
        report.note_count("groups of indicators", len(groups))
        yield RecordRows(
            model="RegisterGroup",
            line=groups.index.to_numpy(),
            columns={
                "code": groups["GROUP_CODE"].str.slice(0, 10).to_numpy(),
                "name": groups["GROUP_DESCRIPTION"].str.slice(0, 200).to_numpy(),
                "domain": groups["DOMAIN_DESCRIPTION"].str.slice(0, 100).to_numpy(),
                "list_type": groups["PATIENT_LIST_TYPE"].str.slice(0, 6).to_numpy(),
                "indicators": groups["indicators"].to_numpy(),
            },
            key=("code",),
        )


def practice_notes(frame, code, *, subject, period, text) -> RecordRows:
    """Notes on practices as records of PracticeNote; `text` is one for each row."""
    return RecordRows(
        model="PracticeNote",
        line=frame.index.to_numpy(),
        columns={
            "practice_code": frame[code].to_numpy(),
            "subject": everywhere(frame, subject.value),
            "period": everywhere(frame, period),
            "text": np.array([words[:300] for words in text], dtype=object),
        },
        key=("practice_code", "text"),
    )


class ValidationOutcomes(QofFile):
    """Practices whose figures the publisher had to treat apart: they closed, were inactive, or claimed by hand."""

    key = "qof-validation-outcomes"
    title = "practice validation outcomes"
    columns = ["PRACTICE_CODE", "VALIDATION_RULE", "RULE_DESCRIPTION"]
    marks = {"PRACTICE_CODE", "VALIDATION_RULE"}

    def rows(self, material, context):
        frame = english_practices(read_text(material, self.columns, context.report), "PRACTICE_CODE", context.report)
        rules = frame.groupby(["VALIDATION_RULE", "RULE_DESCRIPTION"]).size()
        for (rule, description), number in rules.items():
            context.report.note_count(f"practices under rule {rule}, {description}", int(number))
        text = [
            f"Validation rule {rule}: {description}"
            for rule, description in zip(frame["VALIDATION_RULE"], frame["RULE_DESCRIPTION"], strict=True)
        ]
        yield practice_notes(
            frame, "PRACTICE_CODE", subject=PracticeNote.Subject.VALIDATION, period=qof_year(material), text=text
        )


class OrganisationReference(QofFile):
    """The points that each practice could achieve. Kept where they are fewer than for the others."""

    key = "qof-organisation-reference"
    title = "organisation reference"
    columns = ["PRACTICE_CODE", "REVISED_MAXIMUM_POINTS"]
    marks = {"PRACTICE_CODE", "REVISED_MAXIMUM_POINTS"}

    def rows(self, material, context):
        report = context.report
        frame = english_practices(read_text(material, self.columns, report), "PRACTICE_CODE", report)
        frame = without_duplicates(frame, "PRACTICE_CODE", report)
        points, missing, unreadable = as_numbers(frame["REVISED_MAXIMUM_POINTS"])
        with np.errstate(invalid="ignore"):
            bad = unreadable | (missing != "") | (points < 0)
        for line, code in frame.loc[bad, "PRACTICE_CODE"].items():
            report.reject(line, code, "REVISED_MAXIMUM_POINTS is no number of points")
        frame, points = frame[~bad], points[~bad]
        most = points.max() if len(points) else 0
        fewer = points < most
        report.skip(f"practices with the full {most:g} points", int((~fewer).sum()))
        report.note(
            "Kept are practices that could achieve fewer points than the others: indicators that do not apply to them "
            "are not in their figures."
        )
        text = [f"Could achieve {number:g} of {most:g} points" for number in points[fewer]]
        yield practice_notes(
            frame[fewer], "PRACTICE_CODE", subject=PracticeNote.Subject.POINTS, period=qof_year(material), text=text
        )
