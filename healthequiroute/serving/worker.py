"""The worker process: uvicorn below gunicorn, with limits of its own (docs/hardening.md)."""

import re

import h11
import structlog
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn_worker import UvicornWorker

from .pool import keep_connections

log = structlog.get_logger(__name__)
# Request line and headers together. A shared view of the map has the longest address, of some 2 kB.
MOST_HEADER_BYTES = 32 * 1024
# From the connection (or the answer before) to the end of the headers.
HEADER_SECONDS = 20
# A header that goes on in the next line: given up in 2014 (RFC 7230, 3.2.4), and read differently by different servers.
FOLDED = re.compile(rb"\n[ \t]")
END_OF_HEADERS = re.compile(rb"\n\r?\n")


class PatientForSoLong(H11Protocol):
    """HTTP by h11, which reads strictly and holds only so much of a request that is not complete.

    Connections that send their headers a letter at a time are closed: uvicorn would wait for them forever.
    """

    _deadline = None

    def connection_made(self, transport):
        super().connection_made(transport)
        self._expect_headers()

    def connection_lost(self, exc):
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data):
        asked_before = self.cycle
        super().data_received(data)
        if self.cycle is not asked_before:
            self._stop_waiting()
        elif self._deadline is None and (self.cycle is None or self.cycle.response_complete):
            # The beginning of another request on a connection that was kept.
            self._expect_headers()

    def handle_events(self):
        # h11 would unfold what a proxy in front took for a header of its own, or for none.
        if self.conn.their_state is h11.IDLE:
            head = END_OF_HEADERS.split(self.conn.trailing_data[0], maxsplit=1)[0]
            if FOLDED.search(head):
                self.send_400_response("Invalid HTTP request received.")
                return
        super().handle_events()

    def send_400_response(self, msg):
        # Nothing of what came: it is no request, and may hold anything.
        log.warning("request_refused", status=400, why="not to be read as one request")
        super().send_400_response(msg)

    def _expect_headers(self):
        self._deadline = self.loop.call_later(HEADER_SECONDS, self._give_up)

    def _give_up(self):
        self._deadline = None
        if not self.transport.is_closing():
            log.warning("request_refused", status=408, why="headers that do not end")
            self.transport.close()

    def _stop_waiting(self):
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class Worker(UvicornWorker):
    CONFIG_KWARGS = {
        "loop": "auto",
        "http": PatientForSoLong,
        "h11_max_incomplete_event_size": MOST_HEADER_BYTES,
        # accounts.client_address is the only place that reads what proxies say.
        "proxy_headers": False,
        "server_header": False,
        # Nothing here speaks them.
        "ws": "none",
        "lifespan": "off",
    }

    def load_wsgi(self):
        super().load_wsgi()
        # In the process that answers, after the fork: connections and the pool's threads cannot be inherited.
        keep_connections()
        # Needs the applications, which are there only now.
        from .warming import settle, warm

        warm()
        settle()
