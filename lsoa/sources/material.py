"""What a load starts from: a file, packed or not, or the words after a scheme such as `synthetic:seed=7`."""

import codecs
import hashlib
import io
import os
import zipfile
import zlib
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from . import workbook
from .base import Refused
from .delimited import Utf8Stream, delimiter_of, first_rows, mark_of
from .packing import ARCHIVE_STARTS, TABLE_SUFFIXES, member_names, open_gzip, open_member, open_zip

HEAD_BYTES = 65_536
# How far down a sheet its headings may stand.
HEAD_ROWS = 40
# Letters of a name that are shown.
MOST_NAME = 300
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"


def _state(stat: os.stat_result) -> tuple:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


class FileMaterial:
    """A file by its path, or one file (`member`) of a zip archive. Looks inside gzip and zip; never trusts the name
    for what is inside. `options` are what the person who loads it says about it: crs, encoding, vintage."""

    def __init__(self, path: Path, member: str | None = None, options: dict[str, str] | None = None):
        self.path, self.member = Path(path), member
        name = self.path.name if member is None else f"{self.path.name}:{member}"
        # Shown to people and written to terminals: an archive may hold any name.
        self.name = "".join(letter if letter.isprintable() else "?" for letter in name)[:MOST_NAME]
        self.options = dict(options or {})
        # What the file was like when it was hashed.
        self._hashed: tuple | None = None

    def __str__(self):
        return str(self.path) if self.member is None else f"{self.path}:{self.member}"

    @cached_property
    def sha256(self) -> str:
        """Hash of the bytes on disk (and of the member's name), which names the file in the dataset."""
        with self.path.open("rb") as stream:
            self._hashed = _state(os.fstat(stream.fileno()))
            digest = hashlib.file_digest(stream, "sha256")
        if self.member is not None:
            digest.update(self.member.encode())
        return digest.hexdigest()

    def check_unchanged(self) -> None:
        """Refused when the file is another one than was hashed: its rows would stand under the wrong name."""
        try:
            changed = self._hashed is not None and _state(self.path.stat()) != self._hashed
        except OSError:
            changed = True
        if changed:
            raise Refused(expected="a file that stays as it is", found="that it was changed while it was read")

    @cached_property
    def packing(self) -> str:
        """ "gzip", "zip", "workbook" or ""."""
        with self.path.open("rb") as stream:
            magic = stream.read(8)
        if magic[:2] == GZIP:
            return "gzip"
        if magic == workbook.OLE:
            return "workbook"
        if magic[:4] != ZIP:
            return ""
        try:
            with zipfile.ZipFile(self.path) as archive:
                return "workbook" if set(workbook.PARTS) & set(archive.namelist()) else "zip"
        # Whatever is wrong with it is said when it is opened.
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
            return "zip"

    @cached_property
    def member_names(self) -> list[str]:
        """The files of a zip archive; empty for everything else. Raises Refused for a damaged or hostile one."""
        return member_names(open_zip(self.path)) if self.packing == "zip" else []

    def tables(self) -> list["FileMaterial"]:
        """This material, or one for each table of a zip archive that holds several."""
        try:
            names = [name for name in self.member_names if name.lower().endswith(TABLE_SUFFIXES[:1])]
        except Refused:
            return [self]
        if self.member is not None or len(names) < 2 or self.kind == "shapefile":
            return [self]
        return [FileMaterial(self.path, name, self.options) for name in names]

    def open(self) -> BinaryIO:
        """The unpacked bytes as a stream; a truncated, damaged or swelling packing raises Refused while reading."""
        if self.packing == "gzip":
            return open_gzip(self.path)
        if self.packing == "zip":
            return open_member(self.path, self.member)
        return self.path.open("rb")

    def open_text(self) -> Utf8Stream:
        """The text as bytes in UTF-8, without byte order mark. Raises Refused for bytes that are no such text."""
        return Utf8Stream(self.open(), self.encoding, mark_of(self.head)[0])

    def read(self) -> bytes:
        """All unpacked bytes. Raises Refused for a truncated packing."""
        with self.open() as stream:
            return stream.read()

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB, unpacked; what there is of them when the packing is damaged."""
        try:
            if self.packing == "gzip":
                with self.path.open("rb") as stream:
                    return zlib.decompressobj(wbits=31).decompress(stream.read(HEAD_BYTES), HEAD_BYTES)
            with self.open() as stream:
                return stream.read(HEAD_BYTES)
        except (Refused, zlib.error):
            return b""

    @cached_property
    def encoding(self) -> str:
        """What the person or the byte order mark declares, else UTF-8. Raises Refused for a name nobody knows."""
        declared = self.options.get("encoding")
        mark, marked = mark_of(self.head)
        # A mark is part of the file; what a person says holds for all files of a folder.
        if mark or not declared:
            return marked
        try:
            # Codecs that pack or encipher bytes have a name as well, but make no text.
            b"a".decode(declared, errors="ignore")
            return codecs.lookup(declared).name
        except (LookupError, ValueError) as error:
            raise Refused(expected="an encoding such as utf-8 or windows-1252", found=repr(declared)) from error

    def check_packing(self) -> None:
        """Raises Refused when it is damaged, locked or no readable text: then no adapter could have recognised it."""
        if self.packing == "workbook":
            workbook.sheet_names(self.path, self._extents)
        elif self.packing in ("gzip", "zip") and len(self.head) < HEAD_BYTES and self.kind != "shapefile":
            self.read()
        start = self.head[:200]
        if self.packing == "gzip" and start.startswith(ARCHIVE_STARTS):
            raise Refused(expected="a table in the packed file", found="an archive in an archive")
        if self.encoding == "utf-8" and len(start) > 8 and not any(start[1::2]) and all(start[::2]):
            raise Refused(expected="text in UTF-8", found="byte 2 is 0x00, as in UTF-16 without a byte order mark")

    @cached_property
    def kind(self) -> str:
        """ "workbook", "geojson", "shapefile" (in a zip), "csv" or "other"."""
        if self.packing == "workbook":
            return "workbook"
        try:
            if self.member is None and any(name.lower().endswith(".shp") for name in self.member_names):
                return "shapefile"
        except Refused:
            return "other"
        start = self.head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
        if start == b"{":
            return "geojson" if b'"FeatureCollection"' in self.head else "other"
        return "csv" if self.columns else "other"

    @cached_property
    def _head_text(self) -> str:
        mark, _ = mark_of(self.head)
        try:
            text = self.head.removeprefix(mark).decode(self.encoding, errors="ignore")
        except Refused:
            return ""
        # Text may hold a stray NUL further down, which costs its line; a file that begins with one is no text.
        return "" if "\0" in text.partition("\n")[0] else text

    @cached_property
    def delimiter(self) -> str:
        """What stands between the cells."""
        return delimiter_of(self._head_text)

    @cached_property
    def first_rows(self) -> list[tuple[int, list[str]]]:
        """(line on which the row ends, its cells) of the first rows of text."""
        return [] if self.packing == "workbook" else first_rows(self._head_text, self.delimiter)

    @cached_property
    def heading_place(self) -> int:
        """Position in `first_rows` of the headings: the first row with two filled cells. Titles above have one."""
        rows = (n for n, (_, cells) in enumerate(self.first_rows) if sum(cell != "" for cell in cells) > 1)
        return next(rows, -1)

    @cached_property
    def columns(self) -> list[str]:
        """Headings of a text table (byte order mark and blanks around names removed); empty when there are none."""
        return self.first_rows[self.heading_place][1] if self.heading_place >= 0 else []

    @cached_property
    def sheet_names(self) -> list[str]:
        """Sheets of a workbook; empty when it is none or cannot be read (`check_packing` then says why)."""
        if self.packing != "workbook":
            return []
        try:
            return workbook.sheet_names(self.path, self._extents)
        except Refused:
            return []

    def sheet(self, name: str) -> list[list]:
        """All rows of a sheet from A1 on (the first is line 1), equally wide: text, numbers, bool, date or datetime;
        '' where empty, error cells as their text. Raises Refused."""
        return workbook.sheet_rows(self.path, name, self._extents)

    @cached_property
    def _extents(self) -> dict[str, workbook.Extent]:
        return workbook.measure(self.path)

    @cached_property
    def sheet_heads(self) -> dict[str, list[list]]:
        """The first rows of every sheet that can be read."""
        return {name: self._sheet_head(name) for name in self.sheet_names}

    def _sheet_head(self, name):
        try:
            return self.sheet(name)[:HEAD_ROWS]
        except Refused:
            return []


class SpecMaterial:
    """`scheme:name=value,name=value`: for sources that make their rows themselves."""

    kind, columns, head = "spec", [], b""

    def __init__(self, text: str):
        self.name = text
        self.scheme, _, rest = text.partition(":")
        pairs = [part.partition("=") for part in rest.split(",") if part]
        self.options = {name.strip(): value.strip() for name, _, value in pairs}
        self.content_key = text

    def __str__(self):
        return self.name

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content_key.encode()).hexdigest()

    def open(self):
        return io.BytesIO()

    def check_packing(self) -> None:
        """Nothing is packed."""

    def check_unchanged(self) -> None:
        """There is no file that could change."""
