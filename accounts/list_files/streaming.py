"""Downloads as responses that are sent while they are written, under either kind of server."""

from collections.abc import Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
PIECE = 64 * 1024


def download(request, pieces: Iterator[bytes], file_name: str, *, inline: bool = False) -> StreamingHttpResponse:
    """A streamed response; the kind of file is that of the name's ending."""
    response = StreamingHttpResponse(
        sendable(request, pieces), content_type=CONTENT_TYPES[file_name.rpartition(".")[2]]
    )
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{file_name}"'
    # What was asked for with one person's rights must not be kept for another.
    response["Cache-Control"] = "private, no-store"
    return response


def sendable(request, pieces: Iterator[bytes]):
    """The pieces in the form that the server of this request sends one by one."""
    # A plain iterator would be gathered in memory before the first byte leaves an ASGI server.
    return _in_thread(pieces) if isinstance(request, ASGIRequest) else pieces


def pieces_of(file) -> Iterator[bytes]:
    """A binary file in pieces, from its beginning; closed at the end."""
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


async def _in_thread(pieces):
    """The pieces of a synchronous iterator, each fetched in the request's own thread (with its connection)."""
    end = object()
    try:
        while (piece := await sync_to_async(next)(pieces, end)) is not end:
            yield piece
    finally:
        # Whoever goes away in the middle leaves a file or a cursor open; closing them is no work for the event loop.
        if hasattr(pieces, "close"):
            await sync_to_async(pieces.close)()
