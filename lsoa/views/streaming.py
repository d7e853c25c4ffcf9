"""CSV downloads that are sent while they are read."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse
from django.utils.text import slugify

from lsoa.exports.streaming import download
from lsoa.exports.tables import safe_cell

ROWS_A_PIECE = 1_000


def csv_response(request, name: str, headings: list[str], rows: Iterable[Iterable]) -> StreamingHttpResponse:
    """All rows as a CSV file (UTF-8 with a byte order mark, as spreadsheets need it), never in memory as a whole."""
    pieces = (piece.encode() for piece in _pieces(headings, rows))
    return download(request, pieces, f"{slugify(name)[:100] or 'data'}.csv")


def _pieces(headings, rows) -> Iterator[str]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(headings)
    for number, row in enumerate(rows, 1):
        writer.writerow([_cell(value) for value in row])
        if number % ROWS_A_PIECE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _cell(value):
    if isinstance(value, float):
        # As it is held, so that it compares equal to what was published: 92.735 and not 92.73500000000001.
        return repr(value).removesuffix(".0")
    return safe_cell(value)
