"""JSON over HTTP with time limits, one connection kept per thread, and a circuit breaker.

Addresses hold places of people: they appear in no message and no log.
"""

import http.client
import threading
import time
from urllib.parse import urlsplit

import orjson

from .breaker import CircuitBreaker
from .provider import TravelUnavailable

CHUNK = 1 << 16
# What a server that closed a kept connection meanwhile looks like.
GONE = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError, ConnectionAbortedError)


class JsonClient:
    """Asks one server. `seconds` bounds a whole request, `connect_seconds` the connection, `most_bytes` the answer."""

    def __init__(self, url, *, breaker=None, seconds=30.0, connect_seconds=2.0, headers=None, most_bytes=256 << 20):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the address of a travel server must begin with http:// or https:// and name a host")
        self._secure = parts.scheme == "https"
        self._host, self._port, self._base = parts.hostname, parts.port, parts.path.rstrip("/")
        self.breaker = breaker or CircuitBreaker(f"{parts.hostname}:{parts.port or parts.scheme}")
        self._seconds, self._connect_seconds, self._most_bytes = seconds, connect_seconds, most_bytes
        self._headers = {"Accept": "application/json", "User-Agent": "HealthEquiRoute", **(headers or {})}
        self._local = threading.local()

    def get(self, path: str):
        """(status, decoded answer) of GET. Statuses from 500 on, and whatever is not JSON: TravelUnavailable."""
        return self._ask("GET", path, None)

    def post(self, path: str, body):
        """(status, decoded answer) of POST with a JSON body."""
        return self._ask("POST", path, orjson.dumps(body))

    def close(self):
        """Close this thread's connection; the next request opens another."""
        self._drop()

    def _ask(self, method, path, body):
        self.breaker.before()
        try:
            status, content = self._exchange(method, path, body)
            answer = _decoded(status, content)
        except TravelUnavailable:
            self._fail()
            raise
        except TimeoutError:
            self._fail()
            raise TravelUnavailable(f"it did not answer within {self._seconds:g} s") from None
        except (OSError, http.client.HTTPException) as error:
            self._fail()
            # The text of some of these errors repeats what was sent.
            raise TravelUnavailable(f"it cannot be reached ({type(error).__name__})") from None
        except BaseException:
            self._fail()
            raise
        self.breaker.succeeded()
        return status, answer

    def _fail(self):
        self._drop()
        self.breaker.failed()

    def _exchange(self, method, path, body):
        deadline = time.monotonic() + self._seconds
        connection, is_kept = self._connection()
        try:
            return self._once(connection, method, path, body, deadline)
        except GONE:
            if not is_kept:
                raise
        self._drop()
        connection, _ = self._connection()
        return self._once(connection, method, path, body, deadline)

    def _once(self, connection, method, path, body, deadline):
        headers = self._headers if body is None else self._headers | {"Content-Type": "application/json"}
        connection.sock.settimeout(self._seconds)
        connection.request(method, self._base + path, body, headers)
        response = connection.getresponse()
        parts, size = [], 0
        while chunk := response.read1(CHUNK):
            parts.append(chunk)
            size += len(chunk)
            if size > self._most_bytes:
                raise TravelUnavailable("its answer is larger than allowed")
            if time.monotonic() > deadline:
                raise TimeoutError
        closes = response.will_close
        response.close()
        if closes:
            self._drop()
        return response.status, b"".join(parts)

    def _connection(self):
        """(connected, whether it was kept from before)."""
        kept = getattr(self._local, "connection", None)
        if kept is not None and kept.sock is not None:
            return kept, True
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=self._connect_seconds)
        try:
            connection.connect()
        except TimeoutError:
            raise TravelUnavailable("it cannot be reached (no connection in time)") from None
        self._local.connection = connection
        return connection, False

    def _drop(self):
        connection = getattr(self._local, "connection", None)
        self._local.connection = None
        if connection is not None:
            connection.close()


def _decoded(status, content):
    if status >= 500:
        raise TravelUnavailable(f"it answered with HTTP {status}")
    if status == 429:
        raise TravelUnavailable("it refuses more requests for now (HTTP 429)")
    if status in (401, 403):
        raise TravelUnavailable(f"it refuses the key, or there is none (HTTP {status})")
    try:
        answer = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise TravelUnavailable(f"it did not answer in JSON (HTTP {status})") from None
    if not isinstance(answer, dict | list):
        raise TravelUnavailable("it answered with something else than was asked")
    return answer
