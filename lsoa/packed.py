"""Answers that are compressed once, kept, and sent as often as they are asked for."""

import gzip
from dataclasses import dataclass

import brotli
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

# Brotli beyond this takes ten times as long for a few hundredths.
QUALITY = 7


@dataclass(frozen=True)
class Packed:
    """The same bytes, compressed in both ways that browsers take."""

    zipped: bytes
    brotlied: bytes


def pack(data: bytes) -> Packed:
    """Compress; the same data are the same bytes, so no time stamp."""
    return Packed(gzip.compress(data, compresslevel=6, mtime=0), brotli.compress(data, quality=QUALITY))


def packed_response(request, packed: Packed, content_type: str) -> HttpResponse:
    """The smallest form that the browser says it can read."""
    accepted = {part.split(";")[0].strip() for part in request.headers.get("Accept-Encoding", "").split(",")}
    if "br" in accepted:
        response = HttpResponse(packed.brotlied, content_type=content_type)
        response["Content-Encoding"] = "br"
    elif "gzip" in accepted:
        response = HttpResponse(packed.zipped, content_type=content_type)
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(gzip.decompress(packed.zipped), content_type=content_type)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def not_modified(request, etag: str) -> HttpResponse | None:
    """304 where the browser has exactly this already; compressing makes an entity tag weak on its way."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if etag in known or f"W/{etag}" in known or known == ["*"]:
        return HttpResponse(status=304)
    return None
