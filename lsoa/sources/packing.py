"""Opening files and archives without trusting them: damaged, locked and hostile packings are refused in words."""

import gzip
import io
import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from .base import Refused

MIB = 1024 * 1024
# The postcode lookup of the whole country is 1.3 GiB unpacked; nothing else comes near.
MAX_UNPACKED = 4096 * MIB
# Published tables shrink to a twentieth at most; DEFLATE itself ends at 1:1032. Small files are never a danger.
MAX_RATIO = 200
RATIO_COUNTS_FROM = 64 * MIB
# The postcode lookup comes with a file for each of 124 postcode areas.
MAX_MEMBERS = 500
# What archives carry along and nobody means.
JUNK = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|\._)")
TABLE_SUFFIXES = (".csv", ".txt", ".tsv", ".json", ".geojson")
ARCHIVE_STARTS = (b"\x1f\x8b", b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ")
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)


def open_gzip(path: Path) -> "RefusingStream":
    """The unpacked bytes of a gzip file."""
    return RefusingStream(gzip.open(path, "rb"), packed=path.stat().st_size)


def open_member(path: Path, member: str | None = None) -> "RefusingStream":
    """One file of a zip archive: the named one, else the only one, else the only CSV. Raises Refused."""
    archive = open_zip(path)
    name = member or only_table(archive)
    info = archive.getinfo(name)
    try:
        inner = archive.open(info)
    except (*DAMAGED, NotImplementedError) as error:
        raise Refused(
            expected="a complete zip archive", found=f"{name!r}, which cannot be unpacked ({error})"
        ) from error
    stream = RefusingStream(inner, packed=max(info.compress_size, 1))
    start = stream.peek(6)
    if start.startswith(ARCHIVE_STARTS):
        raise Refused(expected="a table in the archive", found=f"{name!r}, which is an archive itself")
    return stream


def open_zip(path: Path) -> zipfile.ZipFile:
    """The archive, its list of files checked. Raises Refused for damaged and locked ones and for names that lead out
    of it. Nothing is ever written to disk under a name from inside."""
    try:
        archive = zipfile.ZipFile(path)
        infos = archive.infolist()
    # A damaged directory makes zipfile fail in many ways, none of them ours.
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, OverflowError) as error:
        raise Refused(expected="a complete zip archive", found=f"a damaged one ({error})") from error
    if len(infos) > MAX_MEMBERS:
        raise Refused(expected=f"an archive of up to {MAX_MEMBERS:,} files", found=f"{len(infos):,}")
    names = set()
    for info in infos:
        name = info.filename
        if name in names:
            raise Refused(expected="each name once in the archive", found=f"{name[:100]!r} twice")
        names.add(name)
        if PurePosixPath(name).is_absolute() or ".." in re.split(r"[/\\]", name) or re.match(r"^([A-Za-z]:|\\)", name):
            raise Refused(expected="names of files within the archive", found=f"{name[:100]!r}, which leads out of it")
        if info.flag_bits & 0x1:
            raise Refused(expected="an archive without a password", found=f"{name[:100]!r}, which is encrypted")
    return archive


def member_names(archive: zipfile.ZipFile) -> list[str]:
    """The files of an archive without directories and what systems leave in it."""
    return [info.filename for info in archive.infolist() if not info.is_dir() and not JUNK.search(info.filename)]


def only_table(archive: zipfile.ZipFile) -> str:
    """The name of the file that the archive is about. Raises Refused when that is not clear."""
    names = member_names(archive)
    if len(names) == 1:
        return names[0]
    tables = [name for name in names if name.lower().endswith(TABLE_SUFFIXES[0])]
    if len(tables) == 1:
        return tables[0]
    listed = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    raise Refused(expected="a zip archive with one table in it", found=f"{len(names)} files ({listed[:200]})")


class RefusingStream(io.BufferedIOBase):
    """Reads through a packing; says in our own words when it is damaged, and stops when it grows out of bounds."""

    def __init__(self, inner, *, packed: int):
        self._inner, self._packed = inner, packed
        self._count, self._peeked = 0, b""

    def readable(self):
        return True

    def peek(self, size: int) -> bytes:
        """The next bytes, which stay to be read."""
        self._peeked += self._unpack(size - len(self._peeked)) if size > len(self._peeked) else b""
        return self._peeked[:size]

    def read(self, size=-1):
        size = -1 if size is None else size
        if size < 0:
            # In pieces, so that a bomb is noticed before it fills the memory.
            return b"".join(iter(lambda: self.read(8 * MIB), b""))
        data, self._peeked = self._peeked[:size], self._peeked[size:]
        return data + self._unpack(size - len(data)) if len(data) < size else data

    def _unpack(self, size):
        try:
            data = self._inner.read(size)
        except DAMAGED as error:
            raise Refused(expected="a complete packed file", found=f"a truncated or damaged one ({error})") from error
        self._count += len(data)
        if self._count > MAX_UNPACKED:
            raise Refused(expected=f"a file of up to {MAX_UNPACKED // MIB:,} MiB unpacked", found="one that is larger")
        if self._count > RATIO_COUNTS_FROM and self._count > MAX_RATIO * self._packed:
            raise Refused(
                expected=f"a file that unpacks to up to {MAX_RATIO} times its size",
                found=f"more than {self._count // MIB:,} MiB from {self._packed:,} bytes",
            )
        return data

    def read1(self, size=-1):
        return self.read(size if size and size > 0 else MIB)

    def readinto(self, buffer):
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self):
        self._inner.close()
        super().close()
