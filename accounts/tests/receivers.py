"""Servers on this machine for tests: one that takes webhooks, one that takes emails."""

import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller


@dataclass
class Received:
    path: str
    headers: dict
    body: bytes


@dataclass
class Receiver:
    """Answers with the statuses in `answers` one after the other, then with 204. `before` runs for each request."""

    answers: list = field(default_factory=list)
    seen: list[Received] = field(default_factory=list)
    before: object = None
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    trickle: bool = False

    def __enter__(self):
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                content = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.seen.append(Received(self.path, dict(self.headers), content))
                if receiver.before is not None:
                    receiver.before(receiver)
                try:
                    self._answer()
                except OSError:
                    # Whoever asked has had enough: that is what some tests are about.
                    self.close_connection = True

            def _answer(self):
                if receiver.trickle:
                    receiver.drip(self.wfile)
                    return
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(receiver.body)))
                self.end_headers()
                self.wfile.write(receiver.body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        return self

    def drip(self, out) -> None:
        """A byte now and then, without an end, until the other side hangs up."""
        out.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.stopped.wait(0.05):
            out.write(b"x")
            out.flush()

    def __exit__(self, *_):
        self.stopped.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class MailServer:
    """`refuse`: addresses that it will not take. `away` makes it say that it cannot just now. `letters`: what came."""

    def __init__(self):
        self.refuse, self.letters, self.away = set(), [], False

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.away:
            return "451 Try again later"
        if address in self.refuse:
            return f"550 <{address}>: user unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        letter = message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append((envelope.rcpt_tos, letter))
        return "250 Taken"

    def __enter__(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.controller.start()
        self.port = self.controller.port
        return self

    def __exit__(self, *_):
        self.controller.stop()


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
