"""The practice workbook "prevalence, achievement and personalised care adjustments": registers of two years.

One sheet a group of indicators. Headings stand in row 12, what they belong to in the two rows above; each measure of
prevalence stands twice, for the year before and for the year itself.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lsoa.models import Dataset
from lsoa.sources.base import Refused, Release, Source, Stage
from lsoa.sources.practices.cells import english_practices, extent_of_codes
from lsoa.sources.practices.networks import on_one_line

from .registers import note_prevalences, register_rows, usable_registers
from .years import qof_year, year_before

PRACTICE, SUB_ICB = "Practice code", "Sub ICB Loc ODS code"
PREVALENCE, REGISTER, PERCENT = "Prevalence", "Register", "Prevalence (%)"
LIST = re.compile(r"^List size(?: aged (\d+)\+)?$")
YEAR = re.compile(r"\b20(\d\d)[-/](?:20)?(\d\d)\b")
# Prevalence is published to two decimals.
ROUNDING = 0.0051


@dataclass(frozen=True)
class Measure:
    """One year's register in a sheet: columns of register, list and published prevalence, and the type of list."""

    register: int
    size: int
    percent: int | None
    list_type: str
    year: str | None


class PracticeWorkbook(Source):
    key = "qof-workbook"
    stage = Stage.VALUES

    def recognises(self, material):
        return material.kind == "workbook" and any(
            _heading_row(rows) is not None for rows in material.sheet_heads.values()
        )

    def release(self, material):
        try:
            year = _year(material)
        except Refused:
            # An empty template names no year either: then that is what is wrong with it.
            _check_figures(_sheets(material, "", None))
            raise
        return Release(
            title="Quality and Outcomes Framework, prevalence by practice (workbook)",
            publisher="NHS England",
            release=year,
            standing=Dataset.Standing.OFFICIAL,
            vintage=None,
        )

    def rows(self, material, context):
        frames = _sheets(material, _year(material), context.report)
        _check_figures(frames)
        yield from self._usable(pd.concat(frames), context.report, context)

    def _usable(self, frame, report, context):
        totals = frame["PRACTICE_CODE"] == ""
        report.read(int(totals.sum()))
        report.skip("rows of totals and notes", int(totals.sum()))
        frame = english_practices(frame[~totals], "PRACTICE_CODE", report)
        groups = ", ".join(sorted(frame["GROUP_CODE"].unique()))
        # The workbooks of other groups are of the same release: none takes the place of another.
        context.extent = f"{extent_of_codes(frame['PRACTICE_CODE'])}: {groups}"[:100]
        for year, rows in frame.groupby("period", sort=True):
            rows = usable_registers(rows, report)
            report.note(f"Year {year}:")
            note_prevalences(rows, report)
            stated = pd.to_numeric(rows["percent"], errors="coerce")
            apart = (stated - 100 * rows["REGISTER"] / rows["PRACTICE_LIST_SIZE"]).abs() > ROUNDING
            report.note_count("published prevalences that are not register over list", int(apart.sum()))
            yield register_rows(rows, year)


def _sheets(material, year: str, report) -> list[pd.DataFrame]:
    """The registers of every sheet that has any, a frame for each sheet and year."""
    frames = []
    for name, head in material.sheet_heads.items():
        top = _heading_row(head)
        if top is None:
            continue
        measures = _measures(head[: top + 1])
        if measures:
            frames += _registers(material.sheet(name), top, name, measures, year)
        elif report is not None:
            report.note(f"Sheet {name} has no register: its figures of achievement are not kept.")
    return frames


def _check_figures(frames) -> None:
    """Raises Refused for the empty template."""
    if not any(len(frame) for frame in frames):
        raise Refused(
            expected="registers of practices below the headings", found="no figures: an empty template of the workbook"
        )


def _heading_row(rows) -> int | None:
    """Position of the row of headings, or None."""
    for place, row in enumerate(rows):
        cells = {on_one_line(cell) for cell in row}
        if PRACTICE in cells and any(cell.startswith("Sub ICB Loc") for cell in cells):
            return place
    return None


def _measures(head: list[list]) -> list[Measure]:
    """The registers below the heading "Prevalence" of the row of groups, in their order."""
    headings = [on_one_line(cell) for cell in head[-1]]
    above = [[on_one_line(cell) for cell in row] for row in head[-3:-1]]
    groups = next((row for row in above if PREVALENCE in row), None)
    if groups is None:
        return []
    start = groups.index(PREVALENCE)
    end = next((n for n in range(start + 1, len(groups)) if groups[n]), len(headings))
    found, size, list_type, year = [], None, "", None
    for column in range(start, end):
        year = next((label for row in above if (label := _label(row[column]))), year)
        if (listed := LIST.match(headings[column])) is not None:
            size, list_type = column, f"{int(listed[1]):02d}OV" if listed[1] else "TOTAL"
        elif headings[column] == REGISTER:
            if size is None:
                raise Refused(expected="the list size before each register", found=", ".join(headings[start:end]))
            after = headings[column + 1] if column + 1 < end else ""
            found.append(Measure(column, size, column + 1 if after == PERCENT else None, list_type, year))
    return found


def _label(text: str) -> str | None:
    """ "2023-24" from a heading such as "2023/24"."""
    found = YEAR.search(text)
    return f"20{found[1]}-{found[2]}" if found else None


def _registers(rows, top, group, measures, year) -> list[pd.DataFrame]:
    """A frame for each year of one sheet; index = line of the sheet. Wholly empty rows are left out."""
    practice = [on_one_line(cell) for cell in rows[top]].index(PRACTICE)
    if len(measures) > 2:
        raise Refused(expected=f"registers of two years in sheet {group}", found=f"{len(measures)} of them")
    years = [year_before(year) if year else "", year][-len(measures) :]
    frames = []
    for measure, assumed in zip(measures, years, strict=True):
        cells = [
            [row[practice], row[measure.register], row[measure.size], row[measure.percent] if measure.percent else ""]
            for row in rows[top + 1 :]
        ]
        columns = ["PRACTICE_CODE", "REGISTER", "PRACTICE_LIST_SIZE", "percent"]
        frame = pd.DataFrame(cells, columns=columns, index=np.arange(top + 2, len(rows) + 1), dtype=object)
        frame = frame.map(lambda cell: cell.strip() if isinstance(cell, str) else cell)
        frame = frame[frame.ne("").any(axis=1)]
        frames.append(
            frame.assign(
                PRACTICE_CODE=frame["PRACTICE_CODE"].astype(str),
                GROUP_CODE=group.strip().upper(),
                PATIENT_LIST_TYPE=measure.list_type,
                period=measure.year or assumed,
            )
        )
    return frames


def _year(material) -> str:
    """The year of the figures: the latest that a heading or the title sheet names, else as stated or in the name."""
    if not material.options.get("period"):
        named = [
            label
            for rows in material.sheet_heads.values()
            for row in rows[: (_heading_row(rows) or 11) + 1]
            for cell in row
            if isinstance(cell, str) and (label := _label(cell))
        ]
        if named:
            return max(named)
    return qof_year(material)
