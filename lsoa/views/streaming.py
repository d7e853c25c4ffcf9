"""CSV downloads that are sent while they are read."""

import csv
import io
from collections.abc import Iterable, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils.text import slugify

ROWS_A_PIECE = 1_000
# A spreadsheet takes cells that begin so for formulas.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_response(request, name: str, headings: list[str], rows: Iterable[Iterable]) -> StreamingHttpResponse:
    """All rows as a CSV file (UTF-8 with a byte order mark, as spreadsheets need it), never in memory as a whole."""
    pieces = _pieces(headings, rows)
    if isinstance(request, ASGIRequest):
        pieces = _in_thread(pieces)
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slugify(name)[:100] or "data"}.csv"'
    return response


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
    if value is None:
        return ""
    if isinstance(value, float):
        # As it is held, so that it compares equal to what was published: 92.735 and not 92.73500000000001.
        return repr(value).removesuffix(".0")
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


async def _in_thread(pieces):
    """A plain iterator would be gathered in memory before the first byte leaves an ASGI server."""
    end = object()
    while (piece := await sync_to_async(next)(pieces, end)) is not end:
        yield piece
