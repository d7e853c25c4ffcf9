"""Files that were made to do harm, or that nobody would make: refused in words, within bounds of memory."""

import gzip
import zipfile
from contextlib import closing

import pytest

from lsoa.sources import workbook
from lsoa.sources.base import Refused
from lsoa.sources.material import FileMaterial

from .test_reading import book, pairs, parse, parse_material, parse_or_check, repacked, written, zipped


def test_an_encoding_that_makes_no_text_is_refused_and_a_mark_in_the_file_counts_more(tmp_path):
    path = written(tmp_path, b"code,n\nA,1\n")
    for name in ("base64", "zlib", "undefined", "idna", "a\0b", "nonsense"):
        with pytest.raises(Refused, match="expected an encoding such as utf-8"):
            FileMaterial(path, options={"encoding": name}).check_packing()
    marked = written(tmp_path, "code,n\nÉ,1\n".encode("utf-16"), "marked.csv")
    for name in ("utf-16", "windows-1252"):
        assert pairs(parse(marked, encoding=name)[0]) == [(2, "É", 1)]
    bare = written(tmp_path, "code,n\nA,1\n".encode("utf-16-le"), "bare.csv")
    with (
        closing(FileMaterial(bare, options={"encoding": "utf-16"}).open_text()) as stream,
        pytest.raises(Refused, match="expected text in UTF-16, found"),
    ):
        stream.read(100)


def test_when_no_row_is_whole_the_first_that_is_not_is_named(tmp_path):
    with pytest.raises(Refused, match="found none: 2 others, the first in line 2: more than 2 cells"):
        parse(written(tmp_path, b"code,n\nA,1,\nB,2,\n"))


def test_a_packed_archive_and_names_that_are_there_twice_are_refused(tmp_path):
    inner = zipped(tmp_path, {"a.csv": "code,n\nA,1\n"}).read_bytes()
    for data in (inner, gzip.compress(b"code,n\nA,1\n")):
        with pytest.raises(Refused, match="an archive in an archive"):
            FileMaterial(written(tmp_path, gzip.compress(data), "twice.gz")).check_packing()
    path = tmp_path / "same.zip"
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "code,n\nA,1\n")
        archive.writestr("a.csv", "code,n\nA,2\n")
    with pytest.raises(Refused, match="each name once in the archive, found 'a.csv' twice"):
        parse_or_check(path)


def test_names_are_shown_without_what_a_terminal_would_obey(tmp_path):
    path = zipped(tmp_path, {"a\x1b[2J\n.csv": "code,n\nA,1\n", f"{'b' * 400}.csv": "code,n\nB,2\n"})
    one, two = FileMaterial(path).tables()
    assert one.name == "f.zip:a?[2J?.csv" and pairs(parse_material(one)[0]) == [(2, "A", 1)]
    assert len(two.name) == 300 and pairs(parse_material(two)[0]) == [(2, "B", 2)]


def test_a_workbook_whose_shared_texts_unfold_is_refused(tmp_path, monkeypatch):
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 51))
    sheet = f"<worksheet><sheetData>{cells}</sheetData></worksheet>"
    plain = book(tmp_path, [["code", "n"]])
    path = repacked(tmp_path, plain, lambda name, data: sheet if name.endswith("sheet1.xml") else data)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", f"<sst><si><t>{'x' * 3_000}</t></si></sst>")
    FileMaterial(path).check_packing()
    monkeypatch.setattr(workbook, "MAX_TEXT", 100_000)
    with pytest.raises(Refused, match="50 cells that share texts of up to 3,000 letters"):
        FileMaterial(path).check_packing()
    monkeypatch.setattr(workbook, "MAX_CELL_TEXT", 2_000)
    with pytest.raises(Refused, match="cells of up to 2,000 letters"):
        FileMaterial(path).check_packing()
