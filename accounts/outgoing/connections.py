"""Connections to the very IP address that was checked: asking for the name again could give another one."""

import contextlib
import http.client
import socket
import threading


class PinnedHttp(http.client.HTTPConnection):
    ip = ""

    def connect(self):
        self.sock = socket.create_connection((self.ip, self.port), self.timeout)


class PinnedHttps(http.client.HTTPSConnection):
    ip = ""

    def connect(self):
        plain = socket.create_connection((self.ip, self.port), self.timeout)
        try:
            self.sock = self._context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


@contextlib.contextmanager
def ended_after(connection: http.client.HTTPConnection, seconds: float):
    """Cuts the connection off after so long: each pause has its own limit, a server that sends a byte a second has
    not. Yields an Event that is set once it was cut.
    """
    over = threading.Event()
    watchdog = threading.Timer(max(0.05, seconds), _cut, [connection, over])
    watchdog.daemon = True
    watchdog.start()
    try:
        yield over
    finally:
        watchdog.cancel()
        connection.close()


def _cut(connection, over: threading.Event) -> None:
    over.set()
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
