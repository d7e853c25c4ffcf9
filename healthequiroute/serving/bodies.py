"""Bodies of requests are counted and timed while they arrive, before Django keeps them.

Django under ASGI takes a body whole before it looks at the address, the session or DATA_UPLOAD_MAX_MEMORY_SIZE, and the
parsers of DRF never ask for that setting. A body of any type and without any announced length therefore ends here.
"""

import asyncio
import json
import time
from http.cookies import CookieError, SimpleCookie
from importlib import import_module

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import connections

from .sizes import is_door, most_bytes, too_much

log = structlog.get_logger(__name__)
# Between two pieces of a body.
PIECE_SECONDS = 20
# A body must come at least as fast as this, after a first minute. A poor mobile connection sends 50 times as much.
LEAST_BYTES_A_SECOND = 1_000
FIRST_SECONDS = 60
MOST_ADDRESS_BYTES = 8 * 1024


class Refused(Exception):
    """A request that is answered here. `status` and `words` are the answer."""

    def __init__(self, status: int, words: str):
        self.status, self.words = status, words
        super().__init__(words)


class MeasuredBodies:
    """An ASGI application around another one (docs/hardening.md)."""

    def __init__(self, application):
        self.application = application

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.application(scope, receive, send)
        started = False

        async def noticing(message):
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            body = await self._body(scope, receive)
            return await self.application(scope, body, noticing)
        except Refused as refusal:
            log.warning("request_refused", status=refusal.status, why=refusal.words)
            if started:
                raise
            return await _answer(scope, refusal, send)

    async def _body(self, scope, receive):
        """`receive`, which counts. Raises Refused for what the headers alone show."""
        announced = _announced(scope)
        if announced == 0:
            return receive
        path = scope["path"]
        signed_in = not is_door(path) or await sync_to_async(_is_signed_in, thread_sensitive=False)(_cookies(scope))
        limit = most_bytes(path, signed_in=signed_in)
        if announced is not None and announced > limit:
            raise Refused(413, too_much(limit))
        return _Counted(receive, limit)


class _Counted:
    """Hands pieces on until they are too many or too slow."""

    def __init__(self, receive, limit):
        self.receive, self.limit = receive, limit
        self.bytes, self.complete, self.began = 0, False, time.monotonic()

    async def __call__(self):
        if self.complete:
            # From here on it only waits for the client to go away.
            return await self.receive()
        try:
            message = await asyncio.wait_for(self.receive(), PIECE_SECONDS)
        except TimeoutError:
            raise Refused(408, "The rest of the request did not come.") from None
        if message["type"] != "http.request":
            return message
        self.bytes += len(message.get("body", b""))
        self.complete = not message.get("more_body", False)
        if self.bytes > self.limit:
            raise Refused(413, too_much(self.limit))
        seconds = time.monotonic() - self.began
        if not self.complete and seconds > FIRST_SECONDS and self.bytes < LEAST_BYTES_A_SECOND * seconds:
            raise Refused(408, "The request came too slowly.")
        return message


def _announced(scope) -> int | None:
    """Bytes of the body according to the headers; None where it comes in chunks. Raises Refused.

    Two ways to say where a body ends are one too many: servers on the way could each believe another one (RFC 9112, 6.1
    and 11.2).
    """
    if len(scope.get("raw_path", b"")) + len(scope.get("query_string", b"")) > MOST_ADDRESS_BYTES:
        raise Refused(414, "The address is too long.")
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    codings = [value for name, value in scope["headers"] if name == b"transfer-encoding"]
    if len(lengths) + len(codings) > 1:
        raise Refused(400, "The request says more than once how long it is.")
    if codings and codings[0].strip().lower() != b"chunked":
        raise Refused(400, "The request is coded in a way that is not taken here.")
    if sum(name == b"host" for name, _ in scope["headers"]) > 1:
        raise Refused(400, "The request names more than one host.")
    if not lengths:
        return None if codings else 0
    if not (lengths[0].isdigit() and len(lengths[0]) < 20):
        raise Refused(400, "The length of the request is no number.")
    return int(lengths[0])


def _cookies(scope) -> SimpleCookie:
    try:
        return SimpleCookie(b"; ".join(v for n, v in scope["headers"] if n == b"cookie").decode("latin-1"))
    except CookieError:
        return SimpleCookie()


def _is_signed_in(cookies) -> bool:
    """Whether the session is somebody's. Their right to send something is asked by the view, as always."""
    cookie = cookies.get(settings.SESSION_COOKIE_NAME)
    if cookie is None:
        return False
    try:
        return SESSION_KEY in import_module(settings.SESSION_ENGINE).SessionStore(cookie.value)
    finally:
        # This thread serves no request that would close it.
        connections.close_all()


async def _answer(scope, refusal, send):
    """In the form that the asker reads, and without a word about the server."""
    if scope["path"].startswith("/api/"):
        kind = b"application/problem+json"
        body = {"type": "about:blank", "title": "Refused", "status": refusal.status, "detail": refusal.words}
        text = json.dumps(body | {"instance": scope["path"]})
    else:
        kind, text = b"text/plain; charset=utf-8", refusal.words
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(text.encode())).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        # What is left of the body must not be read as the next request.
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
