"""Lists as files: what is in them, read back by other programs than those that wrote them."""

import csv
import io
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pypdf
import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from weasyprint.urls import FatalURLFetchingError

from accounts.list_files import Column, Kind, ListFile, Notes
from accounts.list_files.answers import write
from accounts.list_files.columns import plain, written
from accounts.list_files.csv_file import csv_pieces
from accounts.list_files.pdf_file import pdf_of
from accounts.small_numbers import count_of

COLUMNS = (
    Column("who", "A name"),
    Column("code", "A code", Kind.CODE),
    Column("visits", "Visits", Kind.WHOLE),
    Column("share", "Share of visits", Kind.PERCENT),
    Column("day", "A day", Kind.DATE),
    Column("at", "An instant", Kind.MOMENT),
    Column("from", "A time of day", Kind.TIME),
    Column("paid", "Pounds", Kind.MONEY),
    Column("core20", "Whether it is", Kind.YES_NO),
)
EVIL = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://e")', "\uff1d1", "#N/A", "a\x0bb"]


def a_row(**more) -> dict:
    row = {
        "who": "Zoë Łukasz", "code": "0012", "visits": 1234, "share": 0.5, "day": date(2026, 7, 1),
        "at": datetime(2026, 7, 1, 8, 5, tzinfo=UTC), "from": time(9, 30), "paid": Decimal("12.40"), "core20": True,
    }  # fmt: skip
    return row | more


def listed(rows, **more) -> ListFile:
    notes = Notes(
        "Made up for tests", ["Role: Planner"], "planners", counts="visits", more=["Areas are LSOAs of 2021."]
    )
    return ListFile("things", "Things of a test", COLUMNS, rows, notes, place="East Nurses", **more)


def made(one: ListFile, kind: str) -> io.BytesIO:
    file = io.BytesIO()
    write(one, kind, file)
    return io.BytesIO(file.getvalue())


def csv_of(one: ListFile, **options) -> list[list[str]]:
    text = b"".join(csv_pieces(one, **options)).decode("utf-8-sig")
    return list(csv.reader(line for line in io.StringIO(text, newline="") if not line.startswith("# ")))


def test_csv_holds_what_other_programs_read():
    heading, row = csv_of(listed([a_row()]))
    assert heading == [column.heading for column in COLUMNS]
    assert row == [
        "Zoë Łukasz", "0012", "1234", "0.5", "2026-07-01", "2026-07-01T09:05:00+01:00", "09:30", "12.40", "yes"
    ]  # fmt: skip


def test_csv_begins_with_its_notes_unless_they_are_not_wanted():
    content = b"".join(csv_pieces(listed([a_row()])))
    assert content.startswith(b"\xef\xbb\xbf# Title: Things of a test\r\n")
    for words in ("Source: Made up", "Filter: Role: Planner", "Who may see it: planners", "LSOAs of 2021", "1 to 7"):
        assert words.encode() in content
    assert b"".join(csv_pieces(listed([a_row()]), notes=False)).startswith(b"\xef\xbb\xbfwho,code,")


def test_excel_has_typed_cells_a_table_and_notes():
    book = load_workbook(made(listed([a_row(), a_row(who=None, visits=None)]), "xlsx"))
    sheet, notes = book.worksheets
    first = {cell.value: sheet.cell(2, cell.column) for cell in sheet[1]}
    assert first["visits"].value == 1234 and first["visits"].data_type == "n"
    assert first["share"].number_format == "0.0%" and first["paid"].number_format == "£#,##0.00"
    assert first["day"].value == datetime(2026, 7, 1) and first["at"].value == datetime(2026, 7, 1, 9, 5)
    assert first["code"].value == "0012"
    assert sheet.freeze_panes == "B2" and [table.ref for table in sheet.tables.values()] == ["A1:I3"]
    assert sheet.cell(3, 1).value is None and sheet.cell(3, 3).value is None
    assert notes.title == "Notes"
    assert {"Source", "Filter", "Who may see it", "Small numbers"} <= {row[0].value for row in notes.iter_rows()}
    assert book.properties.title == "Things of a test"


def test_another_reader_of_excel_agrees():
    rows = CalamineWorkbook.from_filelike(made(listed([a_row()]), "xlsx")).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "who" and rows[1][:4] == ["Zoë Łukasz", "0012", 1234.0, 0.5]


@pytest.mark.parametrize("text", EVIL)
def test_nothing_is_a_formula(text):
    one = listed([a_row(who=text)])
    cell = load_workbook(made(one, "xlsx")).worksheets[0].cell(2, 1)
    assert cell.data_type == "s" and cell.value.strip() == text.replace("\x0b", "").strip()
    shown = csv_of(one)[1][0]
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d"))


def test_hidden_numbers_stay_hidden_in_every_kind():
    # Like no part of a day or an hour, which stand in the file as well.
    one = listed([a_row(visits=count_of(3)), a_row(visits=count_of(98_763))])
    assert [row[2] for row in csv_of(one)[1:]] == ["[c]", "98765"]
    sheet = load_workbook(made(one, "xlsx")).worksheets[0]
    assert [sheet.cell(row, 3).value for row in (2, 3)] == ["[c]", 98_765]
    text = "".join(page.extract_text() for page in pypdf.PdfReader(made(one, "pdf")).pages).replace(",", "")
    assert "[c]" in text and "98765" in text and "98763" not in text


def test_pdf_says_that_it_is_accessible_and_what_it_is():
    reader = pypdf.PdfReader(made(listed([a_row(who=f"Person {number}") for number in range(60)]), "pdf"))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"] == "en-GB"
    assert reader.metadata.title == "Things of a test"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 1 and "Who" in pages[1]
    assert f"Page 2 of {len(pages)}" in pages[1] and "Made up for tests" in "".join(pages[-2:])


def test_pdf_fetches_nothing():
    with pytest.raises(FatalURLFetchingError):
        pdf_of('<html lang="en"><title>x</title><img alt="x" src="http://127.0.0.1/x.png"></html>')
    with pytest.raises(FatalURLFetchingError):
        pdf_of('<html lang="en"><title>x</title><img alt="x" src="file:///etc/hostname"></html>')


def test_an_empty_list_is_a_file_too():
    one = listed([])
    assert len(csv_of(one)) == 1
    assert load_workbook(made(one, "xlsx")).worksheets[0].max_row == 1
    assert "Nothing matches" in pypdf.PdfReader(made(one, "pdf")).pages[0].extract_text()


def test_names_of_files_say_what_where_and_when():
    made_at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert listed([], made_at=made_at).file_name("csv") == "things-east-nurses-2026-11-22.csv"
    assert listed([], period="2026-10").file_name("xlsx") == "things-east-nurses-2026-10.xlsx"


def test_a_heading_stands_once():
    with pytest.raises(ValueError, match="twice"):
        ListFile("x", "X", (Column("a", "A"), Column("A", "A")), [], Notes("Tests"))


def test_not_a_number_is_blank():
    assert plain(float("nan"), Kind.DECIMAL) is None


def test_notes_hold_no_formula_either_where_a_spreadsheet_cuts_them():
    notes = Notes("Tests", ['Team: East,=HYPERLINK(1);+2,"-3'])
    one = ListFile("x", "A,@B", (Column("a", "A,=B"),), [], notes)
    for line in b"".join(csv_pieces(one)).decode("utf-8-sig").splitlines():
        for cell in re.split("[,;]", line):
            assert not cell.strip().strip('"').startswith(("=", "+", "@", "-")), line


@pytest.mark.parametrize(
    ("share", "told"), [(0.07105, "7.1%"), (0.055, "5.5%"), (0.0004, "0.04%"), (0, "0.0%"), (1, "100.0%")]
)
def test_shares_on_paper_have_one_place(share, told):
    assert written(share, Kind.PERCENT) == told
