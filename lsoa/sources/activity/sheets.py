"""Sheets of NHS England's workbooks (.xls and .xlsx): a table that starts in column B under a block of words."""

import pandas as pd
import python_calamine

from ..base import Refused

OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The headings stand in row 14; an edition may have a line more or less above them.
HEADING_ROWS = 40


def is_workbook(material) -> bool:
    return material.kind == "workbook" or material.head.startswith(OLD_WORKBOOK)


def read_sheet(material, name: str) -> list[list] | None:
    """The rows of a sheet from row 1 and column A on; None when the workbook has no such sheet (or is none).
    The workbook is parsed once for one material."""
    kept = material.__dict__.setdefault("_activity_sheets", {})
    if name not in kept:
        kept[name] = _parse(material, name) if is_workbook(material) else None
    return kept[name]


def _parse(material, name):
    try:
        book = python_calamine.load_workbook(material.path)
        return book.get_sheet_by_name(name).to_python(skip_empty_area=False) if name in book.sheet_names else None
    except (python_calamine.CalamineError, OSError, ValueError):
        return None


def heading_row(rows: list[list] | None, wanted: set[str]) -> int | None:
    """Index of the first row that has all the wanted headings (blanks around them do not count)."""
    for place, row in enumerate((rows or [])[:HEADING_ROWS]):
        if wanted <= {str(cell).strip() for cell in row}:
            return place
    return None


def table_below(rows: list[list], place: int, headings: list[str]) -> pd.DataFrame:
    """The named columns of the rows below the headings, blank rows left out; index = row in the sheet (from 1)."""
    titles = [str(cell).strip() for cell in rows[place]]
    absent = [heading for heading in headings if heading not in titles]
    if absent:
        raise Refused(
            expected=f"the heading {absent[0]!r} in row {place + 1}", found=", ".join(filter(None, titles))[:300]
        )
    columns = [titles.index(heading) for heading in headings]
    body = {}
    for number, row in enumerate(rows[place + 1 :], start=place + 2):
        cells = [row[column] if column < len(row) else "" for column in columns]
        if any(str(cell).strip() for cell in cells):
            body[number] = cells
    return pd.DataFrame.from_dict(body, orient="index", columns=headings, dtype=object)


def cell_beside(rows: list[list], label: str) -> str:
    """The words to the right of a label such as "Period:" above the table; "" when it is not there."""
    for row in rows[:HEADING_ROWS]:
        cells = [str(cell).strip() for cell in row]
        if label in cells:
            return next((cell for cell in cells[cells.index(label) + 1 :] if cell), "")
    return ""
