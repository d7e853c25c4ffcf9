"""A list as an Excel workbook: the rows as a named table with typed cells, then a sheet of notes.

The list comes first, since people and programs look at the first sheet. Text is written as text: nothing is ever a
formula. Column headings stay in view, and screen readers find them (a table with a heading row).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from itertools import chain, islice

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table, TableStyleInfo

from .columns import NUMBERS, Kind, written
from .listing import PORTAL, ListFile

# Excel takes no longer text in a cell.
MOST_LETTERS = 32_767
# Rows that tell how wide the columns are to be, and how wide at most (in characters).
SAMPLE, WIDEST, NARROWEST = 200, 60, 9
FORMATS = {
    Kind.TEXT: "@",
    Kind.CODE: "@",
    Kind.WHOLE: "#,##0",
    Kind.DECIMAL: "General",
    Kind.PERCENT: "0.0%",
    Kind.DATE: "dd/mm/yyyy",
    Kind.TIME: "hh:mm",
    Kind.MOMENT: "dd/mm/yyyy hh:mm",
    Kind.MONEY: "£#,##0.00",
    Kind.YES_NO: "@",
}


def write_xlsx(listed: ListFile, file) -> None:
    """Write the workbook into a binary file."""
    write_book(listed.title, [listed], file)


def write_book(title: str, lists: Sequence[ListFile], file) -> None:
    """Several lists as sheets of one workbook, then their notes; names of lists tell the sheets apart."""
    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = title, PORTAL
    book.properties.language = "en-GB"
    for listed in lists:
        _rows(book.create_sheet(_sheet_name(listed)), listed)
    notes = book.create_sheet("Notes")
    for listed in lists:
        _notes(notes, listed)
    book.save(file)


def _rows(sheet, listed) -> None:
    cells = listed.cells()
    sample = list(islice(cells, SAMPLE))
    for place, column in enumerate(listed.columns):
        texts = [column.heading, *(written(row[place], column.kind) for row in sample)]
        longest = max(len(line) for text in texts for line in (text.splitlines() or [""]))
        # The arrow of the table's filter takes room beside a heading.
        width = max(NARROWEST, len(column.heading) + 4, longest + 2)
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(WIDEST, width)
    sheet.freeze_panes = "B2" if len(listed.columns) > 1 else "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    sheet.append([_text(sheet, column.heading, bold=True) for column in listed.columns])
    number = 0
    for row in chain(sample, cells):
        sheet.append(list(_typed(sheet, row, listed.columns)))
        number += 1
    if number:
        # `add_table` warns that columns must be given, which they are.
        sheet.tables.add(_table(listed, number))


def _typed(sheet, row, columns) -> Iterator:
    for value, column in zip(row, columns, strict=True):
        if value is None:
            yield None
        elif isinstance(value, str):
            # "[c]" and the like also stand in columns of numbers.
            yield _text(sheet, value, right=column.kind in NUMBERS)
        else:
            cell = WriteOnlyCell(sheet, value=_without_zone(value))
            cell.number_format = FORMATS[column.kind]
            yield cell


def _without_zone(value):
    # Workbooks know no time zones; the notes say whose time it is.
    return value.replace(tzinfo=None) if isinstance(value, (datetime, time)) else value


def _text(sheet, value: str, *, bold=False, right=False) -> WriteOnlyCell:
    clean = ILLEGAL_CHARACTERS_RE.sub("", value)[:MOST_LETTERS]
    cell = WriteOnlyCell(sheet, value=clean)
    # Set after the value: openpyxl takes "=..." for a formula and "#N/A" for an error otherwise.
    cell.data_type = "s"
    cell.number_format = "@"
    if bold:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    elif right:
        cell.alignment = Alignment(horizontal="right")
    return cell


def _table(listed, number) -> Table:
    ref = f"A1:{get_column_letter(len(listed.columns))}{number + 1}"
    table = Table(displayName=_table_name(listed), ref=ref)
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    table._initialise_columns()
    for column, described in zip(listed.columns, table.tableColumns, strict=True):
        described.name = ILLEGAL_CHARACTERS_RE.sub("", column.heading)
    return table


def _notes(sheet, listed) -> None:
    for letter, width in (("A", 26), ("B", 18), ("C", 90)):
        sheet.column_dimensions[letter].width = width
    for heading, text in listed.sentences():
        sheet.append([_text(sheet, heading, bold=True), None, _text(sheet, text)])
    sheet.append([])
    sheet.append([_text(sheet, heading, bold=True) for heading in ("Column", "Kind", "Meaning")])
    for line in listed.column_notes():
        sheet.append([_text(sheet, each) for each in line])
    sheet.append([])


def _sheet_name(listed) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", listed.name.replace("-", " ")).strip().capitalize()[:31] or "List"


def _table_name(listed) -> str:
    return "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", f"list {listed.name}"))[:200]
