"""A list as CSV, sent while it is read.

UTF-8 with a byte order mark, without which Excel for Windows reads other letters (programs: `encoding="utf-8-sig"`);
commas; lines end as RFC 4180 has it. Dates are ISO 8601; instants carry their offset; shares are from 0 to 1.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime, time

from .columns import FORMULA_STARTS, harmless
from .listing import ROWS_A_PIECE, ListFile

# Between cells of a line that is no row, and what would be a formula there.
CUT = re.compile(rf"([,;])\s*([{re.escape(''.join(FORMULA_STARTS))}\"])")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def csv_pieces(listed: ListFile, *, notes: bool = True) -> Iterator[bytes]:
    """With notes, they come first, each line after "# " (`pandas.read_csv(..., comment="#")`); without, the heading is
    the first line.
    """
    yield BYTE_ORDER_MARK
    if notes:
        yield _notes(listed)
    lines = [[column.heading for column in listed.columns]]
    for cells in listed.cells():
        lines.append([_cell(value) for value in cells])
        if len(lines) >= ROWS_A_PIECE:
            yield _written(lines)
            lines = []
    if lines:
        yield _written(lines)


def _notes(listed) -> bytes:
    sentences = [f"{heading}: {text}" for heading, text in listed.sentences()]
    sentences += [f"Column {heading} ({kind}): {meaning}" for heading, kind, meaning in listed.column_notes()]
    return "".join(f"# {_split_harmlessly(sentence)}\r\n" for sentence in sentences).encode()


def _split_harmlessly(sentence: str) -> str:
    """One line; where a spreadsheet cuts it into cells, none of them begins as a formula does."""
    return CUT.sub(r"\1 '\2", " ".join(sentence.split()))


def _written(lines) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(lines)
    return buffer.getvalue().encode()


def _cell(value):
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    if isinstance(value, float):
        # The shortest text that reads back the same; whole ones without a fraction.
        return repr(value).removesuffix(".0")
    return value
