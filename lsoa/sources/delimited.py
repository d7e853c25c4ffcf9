"""Delimited text, record by record, before anybody parses it: which lines are whole, and where each one stands.

Bytes in blocks go through numpy: a record ends at a line break outside quotation marks. Records that are too short, too
long or misquoted are left out and named by their line in the file; the others are handed on as they are.
"""

import codecs
import csv
import io
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .base import Refused
from .packing import MIB

BLOCK = 8 * MIB
# Far above any published line (the longest has 9 kB), far below what would fill the memory.
MAX_RECORD = 256 * 1024
MAX_BAD_RECORDS = 50_000
MAX_MISQUOTED = 200
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
QUOTE, NEWLINE, RETURN, NUL, SPACE, TAB = b'"\n\r\0 \t'


@dataclass(frozen=True)
class Block:
    """Whole records as UTF-8 with the line (from 1) of each; `bad` are (line, reason) of those left out."""

    data: bytes
    lines: np.ndarray
    bad: list[tuple[int, str]]


def mark_of(head: bytes) -> tuple[bytes, str]:
    """(byte order mark, encoding that it declares); without a mark it is UTF-8."""
    return next(((mark, name) for mark, name in ENCODINGS.items() if head.startswith(mark)), (b"", "utf-8"))


def delimiter_of(text: str) -> str:
    """What stands between the cells: the sign that gives most of them in the middling line; a comma when none does."""
    lines = text.splitlines()[:20]
    counts = {sign: [len(row) for row in csv.reader(lines, delimiter=sign)] or [0] for sign in DELIMITERS}
    return max(DELIMITERS, key=lambda sign: (statistics.median_high(counts[sign]), max(counts[sign]), sign == ","))


def first_rows(text: str, delimiter: str, limit: int = 20) -> list[tuple[int, list[str]]]:
    """(line on which the row ends, its cells) of the first rows."""
    reader, rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), []
    try:
        for row in reader:
            rows.append((reader.line_num, [cell.strip() for cell in row]))
            if len(rows) == limit:
                break
    except csv.Error:
        pass
    return rows


class Utf8Stream:
    """The bytes of a stream as UTF-8 without byte order mark, whatever encoding they are in. `read(size)` may give a
    few bytes more or less. Raises Refused with the position of the first byte that the encoding does not have."""

    def __init__(self, stream, encoding: str, mark: bytes):
        self._stream, self._encoding, self._mark = stream, encoding, mark
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._position = 0
        self._line = 1

    def read(self, size: int) -> bytes:
        raw = self._stream.read(size)
        if self._position == 0 and raw.startswith(self._mark):
            self._position, raw = len(self._mark), raw[len(self._mark) :]
        if self._encoding == "utf-8" and not self._decoder.getstate()[0] and raw.isascii():
            self._position += len(raw)
            self._line += raw.count(b"\n")
            return raw
        kept = len(self._decoder.getstate()[0])
        try:
            text = self._decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            raise self._refusal(error, kept) from error
        except ValueError as error:
            raise Refused(expected=f"text in {self._encoding.upper()}", found=str(error)) from error
        self._position += len(raw)
        self._line += text.count("\n")
        data = text.encode()
        # Nothing decoded yet, but more to come: an empty answer would mean the end.
        return data or (self.read(size) if raw else b"")

    def close(self) -> None:
        self._stream.close()

    def _refusal(self, error, kept):
        place = self._position - kept + error.start + 1
        before = error.object[: error.start].decode(self._encoding, errors="replace")
        found = " ".join(f"0x{byte:02X}" for byte in error.object[error.start : error.start + 1])
        return Refused(
            expected=f"text in {self._encoding.upper()}",
            found=f"byte {place:,} (line {self._line + before.count(chr(10)):,}) is {found}, which is not",
        )


def read_blocks(stream, *, delimiter: str, cells: int, skip_lines: int, size: int = BLOCK) -> Iterator[Block]:
    """Blocks of whole records with exactly `cells` cells, from behind the first `skip_lines` lines.

    `stream` gives UTF-8. Raises Refused for a line without end and for a file with hardly a whole record.
    """
    rest, line, skipped, misquoted, bad = b"", 1, 0, 0, 0
    while True:
        piece = stream.read(size)
        data = rest + piece
        if piece and data.endswith(b"\r"):
            # Whether a line feed follows is in the next piece.
            data, held = data[:-1], b"\r"
        else:
            held = b""
        data = data.replace(b"\r\n", b"\n")
        if b"\n" not in data and data.count(b"\r") > 1:
            raise Refused(expected="a line feed at the end of each line", found="carriage returns alone")
        if not piece and data and not data.endswith(b"\n"):
            data += b"\n"
        while skipped < skip_lines and (end := data.find(b"\n")) >= 0:
            data, skipped, line = data[end + 1 :], skipped + 1, line + 1
        if not data or skipped < skip_lines:
            rest = data + held
            if not piece:
                return
            _check_length(rest, line, size)
            continue
        scan = _Scan(data, delimiter, line)
        yield from scan.blocks(cells)
        misquoted += scan.misquoted
        bad += scan.bad
        _check_counts(misquoted, bad, scan, cells)
        rest, line = data[scan.end :] + held, scan.next_line
        if not piece:
            if rest.strip():
                raise Refused(expected="quotation marks in pairs", found=f"one in line {line:,} that is never closed")
            return
        _check_length(rest, line, size)


def _check_length(rest, line, size):
    if len(rest) > max(MAX_RECORD, size):
        raise Refused(expected=f"lines of up to {MAX_RECORD:,} bytes", found=f"line {line:,} with more than {size:,}")


def _check_counts(misquoted, bad, scan, cells):
    if misquoted > MAX_MISQUOTED:
        raise Refused(
            expected="quotation marks around whole cells",
            found=f"more than {MAX_MISQUOTED} lines with one out of place, the last of them {scan.last_misquoted:,}",
        )
    if bad > MAX_BAD_RECORDS:
        raise Refused(expected=f"rows of {cells} cells", found=f"more than {MAX_BAD_RECORDS:,} others ({scan.example})")


class _Scan:
    """One piece of text from the start of a record. After `blocks`: `end` bytes of it were whole records."""

    def __init__(self, data: bytes, delimiter: str, line: int):
        self.data, self.delimiter, self.next_line = data, ord(delimiter), line
        self.end = self.misquoted = self.bad = self.last_misquoted = 0
        self.example = ""

    def blocks(self, cells: int) -> Iterator[Block]:
        while True:
            array = np.frombuffer(self.data, np.uint8, offset=self.end)
            newlines = np.flatnonzero(array == NEWLINE)
            inside, wrong = self._inside_quotes(array)
            stops = newlines if inside is None else newlines[~inside[newlines]]
            if wrong is not None:
                # Everything from the record with the misplaced mark on is scanned again, one line further.
                stops = stops[stops < wrong]
            if len(stops):
                yield self._block(array, inside, newlines, stops, cells)
            if wrong is None:
                return
            stop = self.data.find(b"\n", self.end)
            if stop < 0:
                return
            self.misquoted, self.last_misquoted = self.misquoted + 1, self.next_line
            reason = "a quotation mark out of place"
            yield Block(b"", np.empty(0, int), [(self.next_line, reason)])
            self.end, self.next_line = stop + 1, self.next_line + 1
            if self.misquoted > MAX_MISQUOTED or self.end >= len(self.data):
                return

    def _inside_quotes(self, array):
        """(mask of bytes within quotation marks or None when there are none, position of the first wrong mark)."""
        quotes = np.flatnonzero(array == QUOTE)
        if not len(quotes):
            return None, None
        inside = np.zeros(len(array) + 1, dtype=np.int8)
        inside[quotes[0::2] + 1] += 1
        inside[quotes[1::2]] -= 1
        inside = np.cumsum(inside, dtype=np.int8)[:-1].astype(bool)
        opening, closing = quotes[0::2], quotes[1::2]
        # A mark opens a cell at its start or follows the one that closed (a doubled mark); the same backwards.
        before = np.where(opening > 0, array[opening - 1], NEWLINE)
        good_open = (before == self.delimiter) | (before == NEWLINE)
        good_open[1:] |= opening[1:] == closing[: len(opening) - 1] + 1
        last = closing == len(array) - 1
        after = np.where(last, NEWLINE, array[np.minimum(closing + 1, len(array) - 1)])
        good_close = (after == self.delimiter) | (after == NEWLINE)
        good_close[: len(opening) - 1] |= (opening[1:] == closing[: len(opening) - 1] + 1)[: len(good_close)]
        if good_open.all() and good_close.all():
            return inside, None
        wrong = [opening[int(np.argmin(good_open))]] if not good_open.all() else []
        # A pair that closes wrongly is wrong from where it opened.
        wrong += [opening[int(np.argmin(good_close))]] if not good_close.all() else []
        return inside, int(min(wrong))

    def _block(self, array, inside, newlines, stops, cells) -> Block:
        """The records that end at `stops`, checked; moves `end` and `next_line` behind them."""
        length = int(stops[-1]) + 1
        array = array[:length]
        starts = np.concatenate([[0], stops[:-1] + 1])
        lines = self.next_line + np.searchsorted(newlines, starts)
        delimiters = np.flatnonzero(array == self.delimiter)
        if inside is not None:
            delimiters = delimiters[~inside[delimiters]]
        found = np.diff(np.searchsorted(delimiters, np.concatenate([starts, [length]]))) + 1
        content = ~np.isin(array, [self.delimiter, SPACE, TAB, NEWLINE, RETURN, QUOTE])
        blank = np.add.reduceat(content, starts, dtype=np.int64) == 0
        keep = ~blank
        bad = []
        for mask, reason in (
            (found > cells, f"more than {cells} cells"),
            (found < cells, "{found} cells instead of {cells}"),
            (stops - starts > MAX_RECORD, f"more than {MAX_RECORD:,} bytes"),
            (self._holding(array, starts, NUL), "a NUL character"),
            (self._holding(array, starts, RETURN), "a carriage return within the line"),
        ):
            mask = mask & keep
            keep &= ~mask
            places = np.flatnonzero(mask)
            self.bad += len(places)
            places = places[: MAX_BAD_RECORDS + 1]
            bad += [(int(lines[n]), reason.format(found=found[n], cells=cells)) for n in places]
        if bad and not self.example:
            self.example = f"line {bad[0][0]:,}: {bad[0][1]}"
        data = self.data[self.end : self.end + length]
        if not keep.all():
            data = array[np.repeat(keep, np.diff(np.concatenate([starts, [length]])))].tobytes()
        self.end += length
        self.next_line += int(np.searchsorted(newlines, length))
        return Block(data, lines[keep], sorted(bad))

    @staticmethod
    def _holding(array, starts, byte):
        places = np.flatnonzero(array == byte)
        mask = np.zeros(len(starts), dtype=bool)
        mask[np.searchsorted(starts, places, side="right") - 1] = True
        return mask
