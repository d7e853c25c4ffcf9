"""English indices of deprivation 2025, File 1 (xlsx): rank and decile of the Index of Multiple Deprivation."""

import numpy as np
import pandas as pd
import python_calamine

from lsoa.models import Dataset

from .base import Refused, Release, Source, Stage
from .rows import ValueRows
from .tables import as_numbers, check_vintage_2021, english_rows, extent_of

SHEET = "IMD25"
CODE, NAME = "LSOA code (2021)", "LSOA name (2021)"
RANK = "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)"
# Published cut at 80 characters, without the closing "s)"; File 3 has it in full.
DECILE = "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOA"


class IoD2025File1(Source):
    key = "iod2025-file1"
    stage = Stage.VALUES

    def recognises(self, material):
        return material.kind == "workbook" and SHEET in _sheet_names(material)

    def release(self, material):
        return Release(
            title="English indices of deprivation 2025, File 1: Index of Multiple Deprivation",
            publisher="Ministry of Housing, Communities and Local Government",
            release="2025",
            standing=Dataset.Standing.OFFICIAL,
        )

    def rows(self, material, context):
        table = python_calamine.load_workbook(material.path).get_sheet_by_name(SHEET).to_python()
        if len(table) < 2:
            raise Refused(expected="rows below the headings", found="none")
        headings = [str(cell).strip() for cell in table[0]]
        _check_vintage(headings)
        places = {column: _place(headings, column) for column in (CODE, NAME, RANK, DECILE)}
        columns = {name: [row[place] for row in table[1:]] for name, place in places.items()}
        frame = pd.DataFrame(columns, index=np.arange(2, len(table) + 1), dtype=object)
        frame = english_rows(frame, CODE, context.report)
        check_vintage_2021(frame[CODE])
        context.extent = extent_of(frame[CODE].to_list(), frame[NAME])
        for indicator, column in (("imd_rank", RANK), ("imd_decile", DECILE)):
            yield _values(frame, indicator, column, context.report)


def _sheet_names(material) -> list[str]:
    try:
        return python_calamine.load_workbook(material.path).sheet_names
    except (python_calamine.CalamineError, OSError):
        return []


def _check_vintage(headings):
    if CODE not in headings:
        code_heading = next((heading for heading in headings if heading.startswith("LSOA code")), "no LSOA code")
        raise Refused(expected=f"the heading {CODE!r}", found=repr(code_heading))


def _place(headings, wanted) -> int:
    """Position of a heading, which the publisher may have cut at 80 characters."""
    for place, heading in enumerate(headings):
        if heading == wanted or heading[:80] == wanted[:80]:
            return place
    raise Refused(expected=f"the heading {wanted!r}", found=", ".join(headings)[:200])


def _values(frame, indicator, column, report) -> ValueRows:
    value, reason, unreadable = as_numbers(frame[column])
    for line, code, cell in zip(
        frame.index[unreadable], frame.loc[unreadable, CODE], frame.loc[unreadable, column], strict=True
    ):
        report.reject(line, code, f"{indicator}: {str(cell)[:40]!r} is not a number")
    keep = ~unreadable
    return ValueRows(
        indicator=indicator,
        period="2025",
        line=frame.index.to_numpy()[keep],
        code=frame[CODE].to_numpy()[keep],
        value=value[keep],
        reason=reason[keep],
    )
