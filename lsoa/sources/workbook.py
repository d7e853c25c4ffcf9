"""Workbooks (xlsx, and xls of before 2007), measured before they are read: few bytes can claim a billion cells."""

import re
import struct
import xml.parsers.expat
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import python_calamine

from .base import Refused
from .compound import Broken, read_stream
from .packing import DAMAGED, MIB, open_zip

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What makes a zip archive a workbook; the second is the binary kind (xlsb), which nobody publishes.
PARTS = ("xl/workbook.xml", "xl/workbook.bin")
MAX_BYTES = 512 * MIB
# The largest published sheet (IoD File 7) has 1.9 million.
MAX_CELLS = 5_000_000
MAX_SHEETS = 200
# Excel itself ends there.
MAX_CELL_TEXT = 32_767
# A text that stands in the file once may be the content of a million cells: what a sheet unfolds to at most.
MAX_TEXT = 1024 * MIB
LOCKED = "EncryptedPackage".encode("utf-16-le")
# Sheets up to this size are measured by their bytes, see `_scan_plainly`.
PLAIN_BYTES = 128 * 1024 * 1024
NOT_PLAIN = (b"&#", b"<!", b"='", b't="e"', b":c ", b":c>", b":row ", b"\0")
SPACED = re.compile(rb"\s=|=\s")
CELL = re.compile(rb"<c[\s/>]")
ADDRESSED = re.compile(rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"')
PLACE = re.compile(r"^([A-Z]{1,3})([1-9][0-9]{0,6})$")


@dataclass
class Extent:
    """How far a sheet reaches (rows and columns from A1), how many cells share their text, and the text of its error
    cells by (row, column) from 0."""

    rows: int = 0
    columns: int = 0
    # Cells whose text stands in the table of shared strings.
    shared: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)

    def reach(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
        if self.rows * self.columns > MAX_CELLS:
            raise Refused(
                expected=f"a sheet of up to {MAX_CELLS:,} cells",
                found=f"{self.rows:,} rows by {self.columns:,} columns",
            )


def sheet_names(path: Path, extents: dict[str, Extent]) -> list[str]:
    """Names of the sheets in their order, once `measure` has found the file harmless. Raises Refused."""
    with _calamine(path) as book:
        return list(book.sheet_names)


def sheet_rows(path: Path, name: str, extents: dict[str, Extent]) -> list[list]:
    """All rows of a sheet from A1 on, equally wide: text, int, float, bool, date or datetime; '' where empty; error
    cells as their text ("#REF!"). `extents` is what `measure` said. Raises Refused."""
    with _calamine(path) as book:
        if name not in book.sheet_names:
            raise Refused(expected=f"the sheet {name!r}", found=", ".join(book.sheet_names)[:200])
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    for (row, column), text in extents.get(name, Extent()).errors.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = text
    return rows


@contextmanager
def _calamine(path: Path):
    try:
        yield python_calamine.load_workbook(path)
    except Refused:
        raise
    except (python_calamine.CalamineError, OSError, ValueError, EOFError) as error:
        raise Refused(expected="a complete workbook", found=f"a damaged one ({str(error)[:150]})") from error
    except BaseException as error:
        # A failed assertion inside the reader, written in Rust, is not an Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise Refused(expected="a complete workbook", found="one that cannot be read") from error


def measure(path: Path) -> dict[str, Extent]:
    """The extent of every sheet by name. Raises Refused for what is too large, locked or damaged."""
    with path.open("rb") as stream:
        magic = stream.read(8)
    return _measure_old(path) if magic == OLE else _measure_new(path)


def _measure_old(path: Path) -> dict[str, Extent]:
    """BIFF: every cell record begins with its row and column ([MS-XLS] 2.4)."""
    data = path.read_bytes()
    if LOCKED in data:
        raise Refused(expected="a workbook without a password", found="an encrypted one")
    try:
        records = read_stream(data, ("Workbook", "Book"), limit=MAX_BYTES)
    except Broken as error:
        raise Refused(expected="a complete workbook", found=f"a damaged one ({error})") from error
    extent, position, sheets = Extent(), 0, 0
    while position + 4 <= len(records):
        kind, length = struct.unpack_from("<HH", records, position)
        body = position + 4
        position = body + length
        if kind == 0x0809:  # BOF: another sheet
            extent, sheets = Extent(), sheets + 1
            if sheets > MAX_SHEETS:
                raise Refused(expected=f"a workbook of up to {MAX_SHEETS} sheets", found="more")
        elif kind == 0x002F:  # FILEPASS
            raise Refused(expected="a workbook without a password", found="an encrypted one")
        elif kind in CELLS and length >= 4 and body + 4 <= len(records):
            row, column = struct.unpack_from("<HH", records, body)
            extent.reach(row, column)
            if kind in SPANS and length >= 6 and position <= len(records):
                extent.reach(row, struct.unpack_from("<H", records, position - 2)[0])
    return {}


# NUMBER, LABELSST, RK, MULRK, LABEL, BOOLERR, FORMULA, BLANK, MULBLANK, RSTRING, DIMENSIONS excluded: it only claims.
CELLS = {0x0203, 0x00FD, 0x027E, 0x00BD, 0x0204, 0x0205, 0x0006, 0x0201, 0x00BE, 0x00D6}
SPANS = {0x00BD, 0x00BE}


def _measure_new(path: Path) -> dict[str, Extent]:
    archive = open_zip(path)
    _check_size(path, archive)
    try:
        if PARTS[0] not in archive.namelist():
            raise Refused(expected="a workbook saved as .xlsx", found="a binary one (.xlsb)")
        names = _sheet_parts(archive)
        found, longest = {}, 0
        for info in archive.infolist():
            if info.filename.lower().endswith((".xml", ".rels")) or info.filename in names:
                extent = _scan_sheet(archive, info)
                found[names.get(info.filename, info.filename)] = extent
            if info.filename.lower().endswith("sharedstrings.xml"):
                longest = max(longest, _longest_string(archive, info))
        for extent in found.values():
            if extent.shared * longest > MAX_TEXT:
                raise Refused(
                    expected=f"sheets that unfold to up to {MAX_TEXT // MIB:,} MiB of text",
                    found=f"{extent.shared:,} cells that share texts of up to {longest:,} letters",
                )
        return found
    except (*DAMAGED, KeyError, NotImplementedError, OSError) as error:
        raise Refused(expected="a complete workbook", found=f"a damaged one ({error})") from error


def _check_size(path: Path, archive: zipfile.ZipFile) -> None:
    """Unpack every part and count: what the archive says about its own sizes proves nothing."""
    total = 0
    with path.open("rb") as stream:
        for info in archive.infolist():
            # Where the list of parts was damaged, this may lie before the file.
            stream.seek(max(info.header_offset, 0))
            header = stream.read(30)
            if len(header) < 30:
                raise Refused(expected="a complete workbook", found=f"a damaged one (no header of {info.filename!r})")
            stream.seek(sum(struct.unpack("<HH", header[26:30])), 1)
            total += _unpacked_size(stream, info, MAX_BYTES - total)
            if total > MAX_BYTES:
                raise Refused(
                    expected=f"a workbook of up to {MAX_BYTES // MIB:,} MiB unpacked", found="one that is larger"
                )


def _unpacked_size(stream, info, limit: int) -> int:
    if info.compress_type == zipfile.ZIP_STORED:
        return info.compress_size
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise Refused(expected="a workbook packed by DEFLATE", found=f"method {info.compress_type}")
    unpack, left, size = zlib.decompressobj(-15), info.compress_size, 0
    try:
        while left > 0 and not unpack.eof and size <= limit:
            piece = stream.read(min(left, 65_536))
            if not piece:
                break
            left -= len(piece)
            while piece and size <= limit:
                size += len(unpack.decompress(piece, MIB))
                piece = unpack.unconsumed_tail
    except zlib.error as error:
        raise Refused(expected="a complete workbook", found=f"a damaged one ({error})") from error
    return size


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Part name -> sheet name, by workbook.xml and its relationships."""
    sheets, targets = [], {}

    def sheet(tag, attributes):
        if _local(tag) == "sheet":
            key = next((value for name, value in attributes.items() if _local(name) == "id"), "")
            sheets.append((attributes.get("name", ""), key))
            if len(sheets) > MAX_SHEETS:
                raise Refused(expected=f"a workbook of up to {MAX_SHEETS} sheets", found="more")

    def relationship(tag, attributes):
        if _local(tag) == "Relationship":
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    _parse(archive.open(PARTS[0]), sheet)
    if "xl/_rels/workbook.xml.rels" in archive.namelist():
        _parse(archive.open("xl/_rels/workbook.xml.rels"), relationship)
    return {targets[key]: name for name, key in sheets if key in targets}


class _NotASheet(Exception):
    """Ends the scan of a part that holds no cells."""


def _scan_sheet(archive: zipfile.ZipFile, info) -> Extent:
    """How far the cells of one part reach. Cells without an address follow one another."""
    plain = _scan_plainly(archive, info)
    if plain is not None:
        return plain
    extent, here = Extent(), [-1, -1]
    current, in_error, depth = [], [False], [0]

    def start(tag, attributes):
        name = _local(tag)
        if depth[0] == 0 and name != "worksheet":
            raise _NotASheet
        depth[0] += 1
        if name == "row":
            number = attributes.get("r", "")
            here[0] = int(number) - 1 if number.isdecimal() and len(number) < 8 else here[0] + 1
            here[1] = -1
        elif name == "c":
            match = PLACE.match(attributes.get("r", ""))
            if match:
                here[0], here[1] = int(match.group(2)) - 1, _column(match.group(1))
            else:
                here[1] += 1
            extent.reach(max(here[0], 0), here[1])
            extent.shared += attributes.get("t") == "s"
            in_error[0] = attributes.get("t") == "e"
            current.clear()

    def end(tag):
        if in_error[0] and _local(tag) == "c":
            extent.errors[max(here[0], 0), here[1]] = "".join(current)[:20] or "#ERROR!"
            in_error[0] = False

    def text(data):
        if in_error[0]:
            current.append(data)

    try:
        _parse(archive.open(info), start, end, text)
    except _NotASheet:
        return Extent()
    return extent


def _scan_plainly(archive: zipfile.ZipFile, info) -> Extent | None:
    """The same for sheets as programs write them, thirty times as fast; None for all others.

    Nothing may stand in the part that would make its bytes mean something else than they say: no other encoding, no
    character references, comments or sections, no prefixes, no single quotes, no room around equals signs, no cell
    without an address, no error.
    """
    if info.file_size > PLAIN_BYTES:
        return None
    with archive.open(info) as stream:
        data = stream.read(PLAIN_BYTES + 1)
    head = data[:1024]
    if len(data) > PLAIN_BYTES or b"<worksheet" not in head or (b"encoding=" in head and b"UTF-8" not in head.upper()):
        return None
    if any(mark in data for mark in NOT_PLAIN) or SPACED.search(data):
        return None
    places = ADDRESSED.findall(data)
    if len(places) != len(CELL.findall(data)):
        return None
    extent = Extent(shared=data.count(b't="s"'))
    if places:
        columns = {letters for letters, _ in places}
        extent.reach(max(int(row) for _, row in places) - 1, max(_column(letters.decode()) for letters in columns))
    return extent


def _longest_string(archive: zipfile.ZipFile, info) -> int:
    """Letters of the longest shared string. Raises Refused for one that is longer than a cell can be."""
    length = longest = 0

    def start(tag, attributes):
        nonlocal length
        length = 0 if _local(tag) == "si" else length

    def text(data):
        nonlocal length, longest
        length += len(data)
        longest = max(longest, length)
        if longest > MAX_CELL_TEXT:
            raise Refused(expected=f"cells of up to {MAX_CELL_TEXT:,} letters", found="a longer one")

    _parse(archive.open(info), start, None, text)
    return longest


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _parse(stream, start, end=None, text=None) -> None:
    parser = xml.parsers.expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text

    def declared(*_):
        raise Refused(expected="a workbook", found="one whose XML declares entities")

    parser.EntityDeclHandler = declared
    try:
        with stream:
            parser.ParseFile(stream)
    except xml.parsers.expat.ExpatError as error:
        raise Refused(expected="a complete workbook", found=f"a damaged one ({error})") from error
