"""Questions to a provider of identity: only to hosts that are configured, with limits on time and size.

No redirect is followed, since it could lead to any other machine that this one can reach.
"""

import contextlib
import http.client
import json
import socket
import ssl
import threading
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from .providers import LOOPBACK, IdentityProvider, host_and_port
from .refusals import Refusal, Refused

MOST_BYTES = 200_000


def ask(provider: IdentityProvider, address: str, *, form: dict | None = None, headers: dict | None = None):
    """(status, JSON object) of a GET, or of a POST of `form`. Refused when it is not safe, or not an object."""
    parts = checked_address(provider, address)
    connection, over = _connection(parts), threading.Event()
    try:
        connection.connect()
    except OSError as error:
        connection.close()
        raise Refused(Refusal.SLOW if isinstance(error, TimeoutError) else Refusal.UNREACHABLE) from error
    # Each pause has its own limit; an answer that trickles is ended by this one. The connection lets go of its socket
    # when the headers are read, so it is remembered here.
    watchdog = threading.Timer(settings.SIGN_IN_SECONDS, _cut, [connection.sock, over])
    watchdog.start()
    try:
        return _answer(connection, over, parts, form, headers or {})
    except (OSError, http.client.HTTPException) as error:
        slow = over.is_set() or isinstance(error, TimeoutError)
        raise Refused(Refusal.SLOW if slow else Refusal.UNREACHABLE) from error
    finally:
        watchdog.cancel()
        connection.close()


def checked_address(provider: IdentityProvider, address) -> object:
    """The address in parts. Refused unless it is https (http to this machine alone) and its host is configured."""
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
        host = host_and_port(parts)
    except ValueError as error:
        raise Refused(Refusal.FOREIGN_HOST) from error
    safe = parts.scheme == "https" or (parts.scheme == "http" and host[0] in LOOPBACK)
    if not safe or host not in provider.hosts or parts.username is not None or parts.fragment:
        raise Refused(Refusal.FOREIGN_HOST)
    return parts


def _connection(parts) -> http.client.HTTPConnection:
    host, port = host_and_port(parts)
    seconds = settings.SIGN_IN_SECONDS
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=seconds, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=seconds)


def _answer(connection, over, parts, form, headers):
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", **headers}
    if form is None:
        connection.request("GET", target, headers=headers)
    else:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST", target, body=urlencode(form), headers=headers)
    response = connection.getresponse()
    if 300 <= response.status < 400:
        raise Refused(Refusal.REDIRECTED)
    content = response.read(MOST_BYTES + 1)
    if over.is_set():
        # An answer without a length ends where it was cut.
        raise TimeoutError
    if len(content) > MOST_BYTES:
        raise Refused(Refusal.TOO_LARGE)
    if response.length:
        # Fewer bytes than were announced: the answer was cut off.
        raise http.client.IncompleteRead(content)
    return response.status, _object(content)


def _object(content: bytes) -> dict:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Refused(Refusal.ANSWER) from error
    if not isinstance(found, dict):
        raise Refused(Refusal.ANSWER)
    return found


def _cut(sock, over) -> None:
    over.set()
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
