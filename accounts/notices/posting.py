"""One request to an endpoint. Where it leads is checked when it is saved and again at each connection, which goes to
the address that was checked; redirects are not followed; time and size of the answer are bounded.
"""

import http.client
import socket
import ssl
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from ..outgoing.addresses import is_loopback, is_public
from ..outgoing.connections import PinnedHttp, PinnedHttps, ended_after

AGENT = "HealthEquiRoute/1.0 (webhooks)"
# Of an answer no more than this is read, and none of it is kept.
MOST_ANSWER = 65_536
LONGEST_ADDRESS = 500
LONGEST_WAIT = 86_400


class AddressRefused(ValueError):
    """An address that webhooks do not go to; the message says why, for the person who typed it."""


@dataclass(frozen=True)
class Answer:
    """`status`: None when there was no answer. `wait`: seconds that the endpoint asked for, or None."""

    ok: bool
    status: int | None
    words: str
    milliseconds: int
    wait: float | None = None
    timed_out: bool = False


def check_address(url: str) -> None:
    """AddressRefused unless it is an https address without a name or password, whose host is on the internet now."""
    _pinned(*_parts(url))


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send it and say what came of it; nothing is raised."""
    started = time.monotonic()

    def answer(ok, status, words, **more):
        spent = round(1000 * (time.monotonic() - started))
        return Answer(ok, status, words, spent, **more)

    try:
        scheme, host, port, target = _parts(url)
        ip = _pinned(scheme, host, port, target)
    except AddressRefused as refusal:
        return answer(False, None, str(refusal)[:200])
    connection = _connection(scheme, host, port, ip)
    given = {"User-Agent": AGENT, "Content-Type": "application/json", **headers}
    with ended_after(connection, settings.WEBHOOK_SECONDS) as over:
        try:
            connection.request("POST", target, body=body, headers=given)
            response = connection.getresponse()
            if over.is_set():
                raise TimeoutError
            response.read(MOST_ANSWER)
            return answer(*_outcome(response), wait=_retry_after(response))
        except (OSError, http.client.HTTPException) as error:
            cut = over.is_set() or isinstance(error, TimeoutError)
            return answer(False, None, _failure(error, cut), timed_out=cut)


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise AddressRefused("This is not an address.") from error
    if len(url) > LONGEST_ADDRESS or any(ord(character) < 33 or ord(character) > 126 for character in url.strip()):
        raise AddressRefused(f"An address has at most {LONGEST_ADDRESS} characters, none of them a blank.")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise AddressRefused("Enter an address that starts with https://")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("Names and passwords must not stand in the address.")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname.lower(), port or {"https": 443, "http": 80}[parts.scheme], target


def _pinned(scheme, host, port, target) -> str:
    """The IP address to connect to."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused(f"The host {host} is not known.") from error
    ips = list(dict.fromkeys(info[4][0] for info in found))
    if settings.WEBHOOK_LOOPBACK and all(is_loopback(ip) for ip in ips):
        return ips[0]
    if not all(is_public(ip) for ip in ips):
        raise AddressRefused(f"{host} is not on the internet: webhooks do not go to private addresses.")
    if scheme != "https":
        raise AddressRefused("Enter an address that starts with https://")
    return ips[0]


def _connection(scheme, host, port, ip):
    if scheme == "https":
        tls = ssl.create_default_context()
        connection = PinnedHttps(host, port, timeout=settings.WEBHOOK_SECONDS, context=tls)
    else:
        connection = PinnedHttp(host, port, timeout=settings.WEBHOOK_SECONDS)
    connection.ip = ip
    return connection


def _outcome(response) -> tuple[bool, int, str]:
    status = response.status
    if 200 <= status < 300:
        return True, status, "Taken"
    if 300 <= status < 400:
        return False, status, "Redirects are not followed: enter the address that it leads to"
    if status == 410:
        return False, status, "The endpoint says that it is gone"
    return False, status, "Refused" if status < 500 else "The endpoint had a fault"


def _failure(error: Exception, cut: bool) -> str:
    if cut:
        return f"No answer within {settings.WEBHOOK_SECONDS} seconds"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"Its certificate was refused: {error.verify_message}"[:200]
    if isinstance(error, http.client.HTTPException | ConnectionResetError):
        return "It broke off, or did not answer as a web server does"
    return f"It could not be reached: {getattr(error, 'strerror', None) or type(error).__name__}"[:200]


def _retry_after(response) -> float | None:
    """Seconds of Retry-After (RFC 9110, 10.2.3) where an endpoint asks for time."""
    if response.status not in (429, 503):
        return None
    text = (response.getheader("Retry-After") or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if timezone.is_naive(moment):
        return None
    return min(max(0.0, (moment - timezone.now()).total_seconds()), LONGEST_WAIT)
