"""Compound files ([MS-CFB]), the container of workbooks before 2007: just enough to read one stream out of them."""

import struct

FREE = 0xFFFFFFFA  # and above: marks, not sectors
HEADER = 512


class Broken(ValueError):
    """A container that contradicts itself."""


def read_stream(data: bytes, names: tuple[str, ...], *, limit: int) -> bytes:
    """The bytes of the first stream with one of these names, at most `limit`. Raises Broken."""
    if len(data) < HEADER:
        raise Broken("it ends within its header")
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or small_shift != 6:
        raise Broken("sectors of an unknown size")
    size = 1 << shift
    fat = _allocation(data, size)
    first_directory, cutoff, first_small = struct.unpack_from("<I4xII", data, 48)
    entries = _entries(_chain(data, fat, first_directory, size, limit))
    start, length = next(((s, n) for name, s, n in entries if name in names), (None, 0))
    if start is None:
        raise Broken("it holds no workbook")
    if length > limit:
        raise Broken("its workbook is too large")
    if length >= cutoff:
        return _chain(data, fat, start, size, length)[:length]
    small_fat = _chain(data, fat, first_small, size, limit)
    table = struct.unpack(f"<{len(small_fat) // 4}I", small_fat)
    root = next(((s, n) for name, s, n in entries if name == "Root Entry"), (None, 0))
    if root[0] is None:
        raise Broken("it has no root")
    container = _chain(data, fat, root[0], size, limit)
    return _chain(container, table, start, 64, length, offset=0)[:length]


def _allocation(data: bytes, size: int) -> tuple[int, ...]:
    """The sector allocation table: which sector follows which."""
    sectors = [number for number in struct.unpack_from("<109I", data, 76) if number < FREE]
    following, remaining = struct.unpack_from("<II", data, 68)
    while remaining and following < FREE:
        start = HEADER * (size // 512) + following * size
        if start + size > len(data):
            raise Broken("it ends within its allocation table")
        *more, following = struct.unpack_from(f"<{size // 4}I", data, start)
        sectors += [number for number in more if number < FREE]
        remaining -= 1
    blocks = [data[size * (number + 1) : size * (number + 2)] for number in sectors]
    table = b"".join(blocks)
    return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])


def _chain(data: bytes, table, first: int, size: int, limit: int, offset: int | None = None) -> bytes:
    """The sectors from `first` on, joined; those behind the header unless `offset` says otherwise."""
    offset = size if offset is None else offset
    out, total, seen = [], 0, 0
    while first < FREE and total < limit:
        if first >= len(table) or seen > len(table):
            raise Broken("its sectors do not follow one another")
        block = data[offset + first * size : offset + (first + 1) * size]
        out.append(block)
        total += size
        seen += 1
        first = table[first]
    return b"".join(out)


def _entries(directory: bytes) -> list[tuple[str, int, int]]:
    """(name, first sector, length) of every entry."""
    entries = []
    for position in range(0, len(directory) - 127, 128):
        (length,) = struct.unpack_from("<H", directory, position + 64)
        name = directory[position : position + max(min(length, 64) - 2, 0)].decode("utf-16-le", errors="replace")
        start, size = struct.unpack_from("<II", directory, position + 116)
        entries.append((name, start, size))
    return entries
