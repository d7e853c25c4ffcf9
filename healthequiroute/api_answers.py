"""What every answer of the API has: its version, an ETag where its view gave none, what is announced to end, gzip."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from gzip import GzipFile
from hashlib import md5
from secrets import randbelow

from asgiref.sync import sync_to_async
from django.middleware.gzip import GZipMiddleware
from django.urls import reverse
from django.utils.text import StreamingBuffer

from .api_document.versions import DEPRECATED, VERSION
from .conditional import is_known, not_modified
from .errors import is_api

JSON = ("application/json", "application/geo+json", "application/schema+json", "application/vnd.oai.openapi")
COMPRESSED = (*JSON, "application/problem+json", "text/csv", "image/svg+xml", "application/gpx+xml")
# Below this, an answer and its refusal weigh the same.
SMALLEST = 200


class ApiAnswersMiddleware:
    """Outside the limits, so that refused calls have a version as well."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not is_api(request):
            return response
        response["API-Version"] = VERSION
        _announce(request, response)
        return _conditional(request, response)


def _announce(request, response) -> None:
    """Say that the operation ends, where that was announced."""
    if not DEPRECATED or request.resolver_match is None:
        return
    deprecation = DEPRECATED.get(_operation(request))
    if deprecation is not None:
        told = deprecation.headers(request.build_absolute_uri(reverse("using-the-api")))
        if "Link" in response:
            told["Link"] = f"{response['Link']}, {told['Link']}"
        for name, value in told.items():
            response[name] = value


def _operation(request) -> str:
    """The name of the address and the method, as `area-list:get`."""
    return f"{request.resolver_match.view_name}:{request.method.lower()}"


def _conditional(request, response):
    """An ETag made of the answer itself, where the view knew none: it saves the way, not the work."""
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or response.streaming:
        return response
    if not response.get("Content-Type", "").startswith(JSON):
        return response
    if "ETag" not in response:
        if request.method == "HEAD":
            return response
        response["ETag"] = f'W/"{md5(response.content, usedforsecurity=False).hexdigest()}"'
    if not is_known(request, response["ETag"]):
        return response
    unchanged = not_modified(response["ETag"])
    for name in ("API-Version", "Cache-Control", "Content-Location", "Vary", "RateLimit", "RateLimit-Policy"):
        if name in response:
            unchanged[name] = response[name]
    return unchanged


class ApiGzipMiddleware(GZipMiddleware):
    """Compresses what programs read: answers to GET below the API's addresses, in forms that hold no secret.

    Compression and a secret beside a text that somebody else chose give the secret away (BREACH, Gluck, Harris, Prado
    2013). Tokens are answers to POST and stay as they are; so do pages, whose forms have secrets. Django adds some
    random bytes to each answer on top.
    """

    def process_response(self, request, response):
        if request.method != "GET" or not is_api(request):
            return response
        if not response.get("Content-Type", "").startswith(COMPRESSED):
            return response
        plain = response.streaming_content if response.streaming and response.is_async else None
        response = super().process_response(request, response)
        if plain is not None and response.get("Content-Encoding") == "gzip":
            response.streaming_content = compressed(plain, self.max_random_bytes)
        return response


async def compressed(pieces: AsyncIterator[bytes], most_random_bytes: int) -> AsyncIterator[bytes]:
    """The pieces as one gzip stream.

    Django makes each piece a stream of its own. RFC 1952 lets streams follow one another, but curl, and GDAL with it,
    take the end of the first for the end of the answer, and hang up.
    """
    buffer = StreamingBuffer()
    name = b"a" * randbelow(most_random_bytes)
    async with aclosing(pieces):
        with GzipFile(filename=name, mode="wb", compresslevel=6, fileobj=buffer, mtime=0) as stream:
            async for piece in pieces:
                await sync_to_async(stream.write)(piece)
                if told := buffer.read():
                    yield told
    yield buffer.read()
