"""What a load starts from: a file, packed or not, or the words after a scheme such as `synthetic:seed=7`."""

import csv
import gzip
import hashlib
import io
import zipfile
import zlib
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from .base import Refused

HEAD_BYTES = 65_536
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"


class FileMaterial:
    """A file by its path. Looks inside gzip and single-member zip; never trusts the name for what is inside."""

    options: dict[str, str] = {}

    def __init__(self, path: Path):
        self.path = Path(path)
        self.name = self.path.name

    def __str__(self):
        return str(self.path)

    @cached_property
    def sha256(self) -> str:
        """Hash of the bytes on disk, which names the file in the dataset."""
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    @cached_property
    def packing(self) -> str:
        """ "gzip", "zip", "workbook" or ""."""
        with self.path.open("rb") as stream:
            magic = stream.read(4)
        if magic[:2] == GZIP:
            return "gzip"
        if magic != ZIP:
            return ""
        try:
            with zipfile.ZipFile(self.path) as archive:
                return "workbook" if "xl/workbook.xml" in archive.namelist() else "zip"
        except zipfile.BadZipFile:
            return "zip"

    def open(self) -> BinaryIO:
        """The unpacked bytes as a stream; a truncated or damaged packing raises Refused while reading."""
        if self.packing == "gzip":
            return _RefusingStream(gzip.open(self.path, "rb"), self.name)
        if self.packing == "zip":
            return _RefusingStream(self._only_member(), self.name)
        return self.path.open("rb")

    def _only_member(self):
        try:
            archive = zipfile.ZipFile(self.path)
            names = [name for name in archive.namelist() if not name.endswith("/")]
            if len(names) == 1:
                return archive.open(names[0])
        except zipfile.BadZipFile as error:
            raise Refused(expected="a complete zip archive", found=f"a damaged one ({error})") from error
        raise Refused(expected="a zip archive with one file in it", found=f"{len(names)} files")

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

    def check_packing(self) -> None:
        """Raises Refused when a packed file ends before its headings do: no adapter could have recognised it."""
        if self.packing in ("gzip", "zip") and len(self.head) < HEAD_BYTES:
            self.read()

    @cached_property
    def kind(self) -> str:
        """ "workbook", "geojson", "csv" or "other"."""
        if self.packing == "workbook":
            return "workbook"
        start = self.head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
        if start == b"{":
            return "geojson" if b'"FeatureCollection"' in self.head else "other"
        return "csv" if self.columns else "other"

    @cached_property
    def columns(self) -> list[str]:
        """Headings of a CSV file (byte order mark and blanks around names removed); empty when there are none."""
        if self.packing == "workbook" or b"\0" in self.head[:1024]:
            return []
        try:
            text = self.head.decode("utf-8-sig", errors="ignore")
            first = next(csv.reader(io.StringIO(text, newline="")), [])
        except csv.Error:
            return []
        return [name.strip() for name in first] if len(first) > 1 else []


class _RefusingStream(io.BufferedIOBase):
    """Reads through a packing and says in our own words when it is damaged."""

    def __init__(self, inner, name):
        self._inner, self._name = inner, name

    def readable(self):
        return True

    def read(self, size=-1):
        try:
            return self._inner.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
            raise Refused(expected="a complete packed file", found=f"a truncated or damaged one ({error})") from error

    def read1(self, size=-1):
        return self.read(size)

    def readinto(self, buffer):
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self):
        self._inner.close()
        super().close()


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
