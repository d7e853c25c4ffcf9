"""The reading layer: every line told by its true number, nothing hostile opened, nothing damaged read as less."""

import gzip
import io
import struct
import zipfile

import openpyxl
import pytest

from lsoa.loading.report import QualityReport
from lsoa.sources import delimited, packing, tables, workbook
from lsoa.sources.base import Refused
from lsoa.sources.material import FileMaterial
from lsoa.sources.tables import as_numbers, find_headings, iter_csv, read_csv, read_table, why_unreadable


def parse(path, columns=("code", "n"), text=("code",), **options):
    """(frame, rejects) of a text file."""
    return parse_material(FileMaterial(path, options=options), columns, text)


def parse_material(material, columns=("code", "n"), text=("code",)):
    report = QualityReport()
    frame = read_csv(material, list(columns), list(text), report)
    return frame, [(line, reason) for line, _, reason in report.rejects]


def written(tmp_path, data, name="f.csv"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def pairs(frame):
    return list(zip(frame.index, frame["code"], frame["n"], strict=True))


def test_lines_are_those_of_the_file_with_breaks_in_cells_and_blank_lines(tmp_path):
    text = 'code,name,n\nA,"one\ntwo\n\nthree",1\n\n  ,,\n,,\nB,"say ""hi"", please",2\r\nC,,3'
    frame, rejects = parse(written(tmp_path, text))
    assert pairs(frame) == [(2, "A", 1), (9, "B", 2), (10, "C", 3)]
    assert rejects == []
    frame, _ = parse(written(tmp_path, text), columns=["name", "n"])
    assert list(frame["name"].fillna("")) == ["one\ntwo\n\nthree", 'say "hi", please', ""]


def test_short_and_long_rows_are_rejected_and_not_read_as_blank(tmp_path):
    frame, rejects = parse(written(tmp_path, "code,n,m\nA,1,1\nB,2\nC,3,3,3\nD\nE,5,5\n"))
    assert pairs(frame) == [(2, "A", 1), (6, "E", 5)]
    assert rejects == [(3, "2 cells instead of 3"), (4, "more than 3 cells"), (5, "1 cells instead of 3")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('X,a"b,9', "a quotation mark out of place"),
        ('"THE "OLD" SURGERY",a,9', "a quotation mark out of place"),
        ('X,"a,9', "a quotation mark out of place"),
        ("X,a\rb,9", "a carriage return within the line"),
        ("X,a\0b,9", "a NUL character"),
        ("X," + "a" * 300_000 + ",9", "more than 262,144 bytes"),
    ],
)
def test_a_broken_line_costs_no_other(tmp_path, line, reason):
    text = f'code,name,n\nA,"x, y",1\n{line}\nB,"z",2\nC,"w",3\n'
    frame, rejects = parse(written(tmp_path, text))
    assert rejects == [(3, reason)]
    assert pairs(frame) == [(2, "A", 1), (4, "B", 2), (5, "C", 3)]


def test_blocks_end_anywhere_without_a_difference(tmp_path):
    rows = "".join(f'A{n},"text ""{n}""\r\nand é more",{n}\r\n' + ("bad\r\n" if n % 7 == 0 else "") for n in range(300))
    path = written(tmp_path, f"code,name,n\r\n{rows}", "f.csv.gz")
    path.write_bytes(gzip.compress(path.read_bytes()))
    whole, rejects = parse(path, columns=["code", "name", "n"], text=["code", "name"])
    assert len(whole) == 300 and len(rejects) == 43
    for size in (700, 1_001, 4_096):
        report = QualityReport()
        material = FileMaterial(path)
        frames = list(iter_csv(material, ["code", "name", "n"], ["code", "name"], report, block=size))
        assert len(frames) >= 3
        assert [row for frame in frames for row in frame.itertuples()] == list(whole.itertuples())
        assert [line for line, _, _ in report.rejects] == [line for line, _ in rejects]


def test_titles_semicolons_and_trailing_empty_columns(tmp_path):
    text = "Table 7;;;\n;;;\ncode;n;;\nA;1;;\nB;1234.5;;\n;;;\n"
    frame, rejects = parse(written(tmp_path, text))
    assert pairs(frame) == [(4, "A", 1), (5, "B", 1234.5)] and rejects == []
    with pytest.raises(Refused, match="decimal point in a file with semicolons, found '1,234' in line 3"):
        parse(written(tmp_path, "code;n\nA;1\nB;1,234\n"))
    frame, _ = parse(written(tmp_path, "code\tn\nA\t1\n"))
    assert pairs(frame) == [(2, "A", 1)]


def test_a_wanted_column_that_is_absent_or_there_twice(tmp_path):
    with pytest.raises(Refused, match="expected the column 'n', found code, m"):
        parse(written(tmp_path, "code,m\nA,1\n"))
    with pytest.raises(Refused, match="expected one column 'n', found 2 of them"):
        parse(written(tmp_path, "code,n,n\nA,1,2\n"))
    with pytest.raises(Refused, match="rows below the headings, found none"):
        parse(written(tmp_path, "code,n\n"))
    with pytest.raises(Refused, match="a row of headings"):
        parse(written(tmp_path, "nothing\n"))


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")]
)
def test_a_byte_order_mark_declares_the_encoding(tmp_path, encoding, mark):
    frame, _ = parse(written(tmp_path, mark + "code,n\r\nMôn,1\r\nB,2".encode(encoding)))
    assert pairs(frame) == [(2, "Môn", 1), (3, "B", 2)]


def test_other_encodings_are_refused_with_the_position_or_read_when_declared(tmp_path):
    data = "code,n\nAé,1\nMôn,2\n".encode()[:13] + "Môn,2\n".encode("cp1252")
    with pytest.raises(Refused) as refusal:
        parse(written(tmp_path, data))
    assert (refusal.value.expected, refusal.value.found) == (
        "text in UTF-8",
        "byte 15 (line 3) is 0xF4, which is not",
    )
    path = written(tmp_path, "code,n\nMôn,2\n".encode("cp1252"))
    assert pairs(parse(path, encoding="windows-1252")[0]) == [(2, "Môn", 2)]
    with pytest.raises(Refused, match="found 'klingon'"):
        parse(path, encoding="klingon")
    with pytest.raises(Refused, match="UTF-16 without a byte order mark"):
        FileMaterial(written(tmp_path, "code,n\nA,1\n".encode("utf-16-le"))).check_packing()
    with pytest.raises(Refused, match="line feed at the end of each line"):
        parse(written(tmp_path, b"code,n\rA,1\rB,2\r"))


def test_a_mark_that_is_never_closed_and_a_file_of_broken_lines(tmp_path, monkeypatch):
    with pytest.raises(Refused, match="one in line 3 that is never closed"):
        parse(written(tmp_path, 'code,n\nA,1\n"B,2\nC,3\n'))
    monkeypatch.setattr(delimited, "MAX_BAD_RECORDS", 10)
    with pytest.raises(Refused, match=r"rows of 2 cells, found more than 10 others \(line 2: 1 cells instead of 2\)"):
        parse(written(tmp_path, "code,n\n" + "A\n" * 50))
    with pytest.raises(Refused, match="more than 200 lines with one out of place"):
        parse(written(tmp_path, "code,n\n" + 'A"B,2\n' * 500))


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path):
    path = written(tmp_path, b"code,n\n" + b"A" * 3_000_000)
    report = QualityReport()
    with pytest.raises(Refused, match=r"lines of up to 262,144 bytes, found line 2 with more"):
        list(iter_csv(FileMaterial(path), ["code", "n"], ["code"], report, block=400_000))


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("1.2E+05", "rounded"),
        ("01/09/2020", "is a date"),
        ("2020-09-01 00:00:00", "is a date"),
        ("1-Sep", "is a date"),
        ("#REF!", "spreadsheet's error"),
        ("inf", "not a finite number"),
        ("0,5", "not a number"),
        ("1,23,456", "not a number"),
        ("1 234", "not a number"),
        ("0x10", "not a number"),
        ("١٢", "not a number"),
        ("nan", "not a number"),
        ("TRUE", "not a number"),
    ],
)
def test_what_is_no_number_is_said_in_words(cell, words):
    values, reasons, unreadable = as_numbers([cell, "5"])
    assert list(unreadable) == [True, False] and list(reasons) == ["", ""]
    assert words in why_unreadable(cell)


def test_numbers_as_publishers_write_them():
    cells = ["29,199", "29199.00", "113.0", " 5 ", "-0.5", "+7", ".25", "1e-05", "1,234,567.8", "", "*", "[c]", None]
    values, reasons, unreadable = as_numbers(cells)
    assert list(values[:9]) == [29199, 29199, 113, 5, -0.5, 7, 0.25, 1e-05, 1234567.8]
    assert list(reasons[9:]) == ["blank", "suppressed", "suppressed", "blank"]
    assert not unreadable.any()


def test_rounded_figures_are_seen_in_columns_of_numbers_too(tmp_path):
    frame, _ = parse(written(tmp_path, "code,n\nE1E5,1\nB,1.2E+05\nC,3e-2\n"))
    values, _, unreadable = as_numbers(frame["n"])
    assert list(unreadable) == [False, True, False] and values[2] == 0.03
    assert list(as_numbers(parse(written(tmp_path, "code,n\nA,TRUE\nB,FALSE\n"))[0]["n"])[2]) == [True, True]


def test_a_truncated_gzip_is_refused(tmp_path):
    data = gzip.compress(("code,n\n" + "".join(f"A{n},{n * 7919 % 1000}\n" for n in range(50_000))).encode())
    for size in (len(data) - 4, len(data) // 2, 40):
        with pytest.raises(Refused, match="truncated or damaged"):
            material = FileMaterial(written(tmp_path, data[:size], "f.csv.gz"))
            material.check_packing()
            parse(material.path)
    spoilt = bytearray(data)
    spoilt[len(data) // 2] ^= 0xFF
    with pytest.raises(Refused):
        parse(written(tmp_path, bytes(spoilt), "f.csv.gz"))


def zipped(tmp_path, members, name="f.zip", **options):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data, **options)
    return path


def test_the_only_table_of_an_archive_is_read_and_several_are_offered(tmp_path):
    path = zipped(tmp_path, {"a.csv": "code,n\nA,1\n", "readme.pdf": "x", "__MACOSX/._a.csv": "y"})
    assert pairs(parse(path)[0]) == [(2, "A", 1)]
    path = zipped(tmp_path, {"a.csv": "code,n\nA,1\n", "b.csv": "code,n\nB,2\n"})
    with pytest.raises(Refused, match=r"one table in it, found 2 files \(a.csv, b.csv\)"):
        parse(path)
    one, two = FileMaterial(path).tables()
    assert (one.name, two.name) == ("f.zip:a.csv", "f.zip:b.csv")
    assert one.sha256 != two.sha256 and two.columns == ["code", "n"]
    assert [material.path for material in FileMaterial(zipped(tmp_path, {"a.csv": "x"})).tables()] == [path]


@pytest.mark.parametrize("name", ["../x.csv", "/etc/x.csv", "a/../../x.csv", "C:\\x.csv", "..\\x.csv"])
def test_names_that_lead_out_of_an_archive_are_refused(tmp_path, name):
    path = zipped(tmp_path, {name: "code,n\nA,1\n"})
    with pytest.raises(Refused, match="which leads out of it"):
        parse_or_check(path)
    assert list(tmp_path.iterdir()) == [path]


def parse_or_check(path):
    material = FileMaterial(path)
    material.check_packing()
    material.read()


def test_archives_in_archives_locked_ones_and_damaged_ones_are_refused(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", "code,n\nA,1\n")
    with pytest.raises(Refused, match="which is an archive itself"):
        parse_or_check(zipped(tmp_path, {"a.zip": inner.getvalue()}))
    with pytest.raises(Refused, match="which is an archive itself"):
        parse_or_check(zipped(tmp_path, {"a.csv": gzip.compress(b"code,n\nA,1\n")}))
    data = bytearray(zipped(tmp_path, {"a.csv": "code,n\nA,1\n" * 100}).read_bytes())
    locked = data.copy()
    locked[6] |= 1
    locked[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Refused, match="without a password"):
        parse_or_check(written(tmp_path, bytes(locked), "locked.zip"))
    with pytest.raises(Refused, match="a complete zip archive"):
        parse_or_check(written(tmp_path, bytes(data[:-10]), "cut.zip"))
    data[45] ^= 0xFF
    with pytest.raises(Refused):
        parse_or_check(written(tmp_path, bytes(data), "spoilt.zip"))


def test_bombs_are_stopped_at_the_limit_that_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(packing, "RATIO_COUNTS_FROM", 1_000_000)
    text = b"code,n\n" + b"A,1\n" * 1_000_000
    for path in (
        written(tmp_path, gzip.compress(text), "f.csv.gz"),
        zipped(tmp_path, {"a.csv": text}),
    ):
        with pytest.raises(Refused, match="unpacks to up to 200 times its size"):
            parse(path)
    monkeypatch.setattr(packing, "MAX_RATIO", 10_000)
    monkeypatch.setattr(packing, "MAX_UNPACKED", 2 * packing.MIB)
    with pytest.raises(Refused, match="up to 2 MiB unpacked"):
        parse(written(tmp_path, gzip.compress(text), "f.csv.gz"))
    monkeypatch.setattr(packing, "MAX_MEMBERS", 3)
    with pytest.raises(Refused, match="an archive of up to 3 files, found 5"):
        parse_or_check(zipped(tmp_path, {f"{n}.csv": "" for n in range(5)}))


def book(tmp_path, rows, name="f.xlsx"):
    made = openpyxl.Workbook()
    made.active.title = "Data"
    for row in rows:
        made.active.append(row)
    made.save(tmp_path / name)
    return tmp_path / name


def repacked(tmp_path, path, change, name="g.xlsx"):
    """The archive with `change(member, bytes)` in place of each member."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.namelist():
            target.writestr(member, change(member, source.read(member)))
    return tmp_path / name


def test_a_workbook_gives_rows_from_line_1_with_its_errors(tmp_path):
    path = book(tmp_path, [[], ["", "code", "n"], ["", "A", 1.5], ["", "B", "=1/0"]])
    made = openpyxl.load_workbook(path)
    made["Data"]["C4"], made["Data"]["C4"].data_type = "#DIV/0!", "e"
    made.save(path)
    material = FileMaterial(path)
    assert (material.kind, material.sheet_names) == ("workbook", ["Data"])
    assert material.sheet("Data") == [["", "", ""], ["", "code", "n"], ["", "A", 1.5], ["", "B", "#DIV/0!"]]
    headings = find_headings(material, lambda cells: "code" in cells)
    assert (headings.line, headings.sheet) == (2, "Data")
    frame = read_table(material, headings, ["n", "code"], ["code"], QualityReport())
    assert list(frame.itertuples(name=None)) == [(3, 1.5, "A"), (4, "#DIV/0!", "B")]
    with pytest.raises(Refused, match="expected the sheet 'Other', found Data"):
        material.sheet("Other")


def test_a_workbook_that_claims_a_billion_cells_is_refused(tmp_path):
    path = book(tmp_path, [["code", "n"], ["A", 1]])
    far = repacked(
        tmp_path, path, lambda name, data: data.replace(b'r="B2"', b'r="XFD1048576"') if "sheet1" in name else data
    )
    with pytest.raises(Refused, match=r"up to 5,000,000 cells, found 1,048,576 rows by 16,384 columns"):
        FileMaterial(far).sheet("Data")
    with pytest.raises(Refused, match="up to 5,000,000 cells"):
        FileMaterial(far).check_packing()
    assert FileMaterial(far).sheet_names == []


def test_a_workbook_that_swells_or_declares_entities_is_refused(tmp_path, monkeypatch):
    path = book(tmp_path, [["code", "n"], ["A", 1]])
    entity = b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'
    nested = repacked(
        tmp_path, path, lambda name, data: data.replace(b"<worksheet", entity) if "sheet1" in name else data
    )
    with pytest.raises(Refused, match="declares entities"):
        FileMaterial(nested).check_packing()
    monkeypatch.setattr(workbook, "MAX_BYTES", 8 * workbook.MIB)
    large = repacked(tmp_path, path, lambda name, data: data + b" " * 9_000_000 if "sheet1" in name else data, "h.xlsx")
    # What the archive says about its sizes is changed to something harmless: the bytes are counted all the same.
    data = large.read_bytes().replace(struct.pack("<I", 9_000_000), struct.pack("<I", 10))
    with pytest.raises(Refused, match="up to 8 MiB unpacked"):
        FileMaterial(written(tmp_path, data, "i.xlsx")).check_packing()


def test_truncated_workbooks_and_other_compound_files_are_refused(tmp_path):
    data = book(tmp_path, [["code", "n"], *([f"A{n}", n] for n in range(500))]).read_bytes()
    with pytest.raises(Refused):
        FileMaterial(written(tmp_path, data[:-100], "cut.xlsx")).check_packing()
    spoilt = bytearray(data)
    spoilt[len(data) // 2] ^= 0xFF
    material = FileMaterial(written(tmp_path, bytes(spoilt), "spoilt.xlsx"))
    with pytest.raises(Refused):
        material.check_packing()
        material.sheet("Data")
    with pytest.raises(Refused, match="a complete workbook"):
        FileMaterial(written(tmp_path, workbook.OLE + b"\0" * 2_000, "f.xls")).check_packing()
    with pytest.raises(Refused, match="without a password"):
        FileMaterial(written(tmp_path, workbook.OLE + workbook.LOCKED * 50, "f.xls")).check_packing()


def test_a_file_that_is_no_table_has_no_columns(tmp_path):
    for data in (b"", b"\0\1\2", b"word\n", b"%PDF-1.4\nx\n"):
        material = FileMaterial(written(tmp_path, data))
        assert (material.kind, material.columns) == ("other", [])
        material.check_packing()
    assert tables.find_headings(material, lambda cells: True) is None or material.first_rows
