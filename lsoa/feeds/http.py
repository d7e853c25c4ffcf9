"""An address that answers with JSON or CSV. Nothing that a server sends may harm: size, time and place are bounded."""

import hashlib
import http.client
import ssl
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from accounts.outgoing.connections import PinnedHttp, PinnedHttps, ended_after

from .addresses import Address, parse_address, resolve
from .answers import CSV, JSON, Answer, FeedBusy, FeedFailed, FeedRefused

MOST_REDIRECTS = 3
LONGEST_WAIT = 86_400
CHUNK = 16_384
AGENT = "HealthEquiRoute/1.0 (feeds)"
FORMS = {"application/json": JSON, "text/json": JSON, "text/csv": CSV, "application/csv": CSV}
REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True)
class Http:
    """`location` is an http or https address. `seconds` bounds the whole answer, not only each pause in it."""

    location: str
    private_hosts: frozenset[str] = frozenset()
    most_bytes: int = 5_000_000
    seconds: float = 20
    clock: Callable[[], float] = time.monotonic
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def fetch(self, fingerprint: str, processed: frozenset[str]) -> Answer | None:
        """The answer; None when the server says (or its bytes show) that it is the one of the fingerprint, which is
        an ETag, a date of change or a hash. Raises FeedFailed."""
        ends = self.clock() + self.seconds
        address = parse_address(self.location)
        for _ in range(MOST_REDIRECTS + 1):
            outcome = self._ask(address, fingerprint, ends)
            if not isinstance(outcome, str):
                return None if outcome is not None and outcome.fingerprint == fingerprint else outcome
            address = self._redirected(address, outcome)
        raise FeedFailed(f"{address.host} sends one from address to address without an end.")

    def _redirected(self, address: Address, location: str) -> Address:
        base = f"{address.source}{address.target}"
        try:
            joined = urljoin(base, location)
        except ValueError as error:
            raise FeedFailed(f"{address.host} sends one on to {location[:100]!r}, which is no address.") from error
        new = parse_address(joined)
        if new.source != address.source:
            raise FeedFailed(f"{address.host} sends one on to {new.source}; redirects to other hosts are not followed.")
        return new

    def _ask(self, address, fingerprint, ends) -> Answer | str | None:
        """An answer, the address of a redirect, or None for "not modified"."""
        connection = self._connection(address, ends)
        with ended_after(connection, ends - self.clock()) as over:
            try:
                connection.request("GET", address.target, headers=_headers(fingerprint))
                response = connection.getresponse()
                if over.is_set():
                    # The headers were cut off: what there is of them says nothing.
                    raise TimeoutError
                return self._outcome(address, response, ends)
            except (OSError, http.client.HTTPException) as error:
                raise self._failure(address, error, over.is_set()) from error

    def _failure(self, address, error, cut: bool) -> FeedFailed:
        """What went wrong below HTTP, in words."""
        host = address.host
        if cut or isinstance(error, TimeoutError):
            return FeedFailed(f"{host} took longer than {self.seconds:g} seconds.")
        if isinstance(error, ssl.SSLCertVerificationError):
            return FeedFailed(f"The certificate of {host} was refused: {error.verify_message}.")
        if isinstance(error, http.client.IncompleteRead | http.client.RemoteDisconnected | ConnectionResetError):
            return FeedFailed(f"{host} broke off in the middle of its answer.")
        if isinstance(error, http.client.HTTPException):
            return FeedFailed(f"{host} did not answer as a web server does.")
        words = getattr(error, "strerror", None) or type(error).__name__
        return FeedFailed(f"{host} could not be reached: {words}.")

    def _connection(self, address, ends):
        ip = resolve(address, self.private_hosts)
        left = max(0.1, ends - self.clock())
        kind = PinnedHttps if address.scheme == "https" else PinnedHttp
        options = {"context": self.tls} if address.scheme == "https" else {}
        connection = kind(address.host, address.port, timeout=left, **options)
        # The name was checked for this IP: asking again could give another one.
        connection.ip = ip
        return connection

    def _outcome(self, address, response, ends):
        if response.status == 304:
            return None
        if response.status in REDIRECTS:
            location = response.getheader("Location")
            if not location:
                raise FeedFailed(f"{address.host} answered {response.status} without saying where to.")
            return location
        if response.status in (429, 503):
            wait = _retry_after(response.getheader("Retry-After"))
            raise FeedBusy(f"{address.host} answered {response.status} {response.reason}.", wait)
        if response.status != 200:
            raise FeedFailed(f"{address.host} answered {response.status} {response.reason}.")
        form = self._form(address, response)
        content = self._body(address, response, ends)
        return Answer(content, form, _fingerprint(response, content), address.target[:100])

    def _form(self, address, response) -> str:
        stated = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
        form = FORMS.get(stated) or (JSON if stated.endswith("+json") else None)
        if form is None:
            raise FeedRefused(where=address.host, expected="JSON or CSV", found=stated or "no content type")
        return form

    def _body(self, address, response, ends) -> bytes:
        """All bytes, unpacked, within size and time; a body that ends early is an error."""
        length = _digits(response.getheader("Content-Length"))
        if length is not None and length > self.most_bytes:
            raise self._too_large(address)
        packing = (response.getheader("Content-Encoding") or "identity").strip().lower()
        if packing not in ("identity", "gzip"):
            raise FeedRefused(where=address.host, expected="no packing or gzip", found=packing)
        unpack = zlib.decompressobj(wbits=31) if packing == "gzip" else None
        out, received = bytearray(), 0
        while True:
            if self.clock() > ends:
                raise TimeoutError
            part = response.read1(CHUNK)
            if not part:
                break
            received += len(part)
            out += self._unpacked(address, unpack, part, self.most_bytes - len(out) + 1) if unpack else part
            if len(out) > self.most_bytes:
                raise self._too_large(address)
        if (length is not None and received < length) or (unpack is not None and not unpack.eof):
            raise http.client.IncompleteRead(bytes(0))
        return bytes(out)

    def _unpacked(self, address, unpack, part, most) -> bytes:
        try:
            return unpack.decompress(part, most)
        except zlib.error as error:
            raise FeedRefused(where=address.host, expected="gzip", found="damaged bytes") from error

    def _too_large(self, address) -> FeedRefused:
        return FeedRefused(where=address.host, expected=f"at most {self.most_bytes:,} bytes", found="more")


def _headers(fingerprint: str) -> dict[str, str]:
    headers = {"User-Agent": AGENT, "Accept": "application/json, text/csv", "Accept-Encoding": "gzip"}
    if fingerprint.startswith("etag:"):
        headers["If-None-Match"] = fingerprint.removeprefix("etag:")
    elif fingerprint.startswith("date:"):
        headers["If-Modified-Since"] = fingerprint.removeprefix("date:")
    return headers


def _fingerprint(response, content: bytes) -> str:
    etag, changed = response.getheader("ETag"), response.getheader("Last-Modified")
    for kind, value in (("etag", etag), ("date", changed)):
        if value and len(value) <= 120 and value.isprintable():
            return f"{kind}:{value}"
    return f"hash:{hashlib.sha256(content).hexdigest()}"


def _digits(text: str | None) -> float | None:
    """The number in a header, however many digits it has; None for anything else, such as a raised two."""
    stripped = (text or "").strip()
    return float(stripped) if stripped.isascii() and stripped.isdigit() else None


def _retry_after(text: str | None) -> float:
    """Seconds of a Retry-After header (RFC 9110, 10.2.3): a number or a date; 60 when it says nothing usable."""
    seconds = _digits(text)
    if seconds is not None:
        return min(seconds, LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text or "")
    except (TypeError, ValueError, OverflowError):
        return 60.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), LONGEST_WAIT)
