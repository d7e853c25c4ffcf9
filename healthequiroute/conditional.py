"""Conditional requests (RFC 9110, 13): whoever has an answer already is told so before anything is read anew."""

from django.http import HttpResponse
from django.utils.http import parse_etags

# One's own copy may be kept, and asked about each time.
REVALIDATED = "private, no-cache"


def is_known(request, etag: str) -> bool:
    """Whether If-None-Match has this ETag; compared weakly, as for all reading (RFC 9110, 13.1.2)."""
    if request.method not in ("GET", "HEAD"):
        return False
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or etag.removeprefix("W/") in {each.removeprefix("W/") for each in known}


def not_modified(etag: str) -> HttpResponse:
    response = HttpResponse(status=304)
    response["ETag"], response["Cache-Control"] = etag, REVALIDATED
    # An answer without content has no kind either.
    del response["Content-Type"]
    return response
