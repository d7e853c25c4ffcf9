"""Compresses pages on their way; what programs read: `api_answers`."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from gzip import GzipFile
from secrets import randbelow

from asgiref.sync import sync_to_async
from django.middleware.gzip import GZipMiddleware
from django.utils.text import StreamingBuffer

from .errors import is_api

KINDS = ("text/html", "application/json", "application/geo+json")
# Pages that show what has to be kept: passwords and second factors, keys of programs, secrets of webhooks.
SECRETS = ("/accounts/", "/admin/", "/api-keys/", "/webhooks/")
# What browsers say of a page that was asked for from one of ours, or by its address (W3C Fetch Metadata).
OWN_DOING = ("same-origin", "none")


class PageCompressionMiddleware(GZipMiddleware):
    """Pages that the portal itself, or the person, asked for.

    Compression gives a secret away to whoever can put texts beside it and watch how long many answers are (BREACH:
    Gluck, Harris and Prado 2013). So what another site asked for is sent as it is: Sec-Fetch-Site says so, scripts
    cannot change it, and browsers that do not send it get plain pages. Beyond that, the form token is masked anew in
    every answer, Django adds up to a hundred random bytes to each (Heal the BREACH: Palacios and others 2022), and
    pages of SECRETS, answers to forms and streams stay as they are.
    """

    def process_response(self, request, response):
        if request.method != "GET" or response.streaming or is_api(request):
            return response
        if request.headers.get("Sec-Fetch-Site") not in OWN_DOING or request.path_info.startswith(SECRETS):
            return response
        if not response.get("Content-Type", "").startswith(KINDS):
            return response
        return super().process_response(request, response)


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
