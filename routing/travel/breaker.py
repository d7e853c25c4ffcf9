"""A circuit breaker: a server that is down is left alone for a while, then asked again by one caller."""

import threading
import time
from typing import Protocol

from .provider import TravelUnavailable


class Switchboard(Protocol):
    """Where processes tell each other that a server is down."""

    def is_open(self, name: str) -> bool: ...

    def open(self, name: str, seconds: float) -> None: ...

    def close(self, name: str) -> None: ...


class CircuitBreaker:
    """After `failures` in a row nothing is let through for `seconds`; then one trial decides.

    `shared` tells other processes, so that a dozen workers do not all find out for themselves.
    """

    def __init__(
        self, name: str, *, failures: int = 3, seconds: float = 30, clock=time.monotonic, shared: Switchboard = None
    ):
        self.name, self.failures, self.seconds = name, failures, seconds
        self._clock, self._shared, self._lock = clock, shared, threading.Lock()
        self._failed, self._open_until, self._on_trial = 0, 0.0, False

    def before(self):
        """Call before each request. TravelUnavailable while the circuit is open."""
        with self._lock:
            if self._failed >= self.failures:
                wait = self._open_until - self._clock()
                if wait > 0 or self._on_trial:
                    raise TravelUnavailable(self._text(max(wait, 1)))
                self._on_trial = True
                return
        if self._shared and self._shared.is_open(self.name):
            raise TravelUnavailable(self._text(self.seconds))

    def succeeded(self):
        """The server answered."""
        with self._lock:
            was_open, self._failed, self._on_trial = self._failed >= self.failures, 0, False
        if was_open and self._shared:
            self._shared.close(self.name)

    def failed(self):
        """The server did not answer, or not in its language."""
        with self._lock:
            self._failed, self._on_trial = self._failed + 1, False
            opens = self._failed >= self.failures
            if opens:
                self._open_until = self._clock() + self.seconds
        if opens and self._shared:
            self._shared.open(self.name, self.seconds)

    def _text(self, seconds):
        return f"it has not answered lately and is left alone for up to {seconds:.0f} s"
