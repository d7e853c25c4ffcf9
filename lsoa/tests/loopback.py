"""A real HTTP server on loopback that answers as a test says, byte for byte."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Loopback:
    """`answers` maps a path to a function that takes the request's handler; `asked` keeps (path, headers)."""

    def __init__(self, server):
        self.server = server
        self.answers, self.asked = {}, []

    @property
    def port(self) -> int:
        return self.server.server_address[1]

    def address(self, path="/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, path="/", body=b"", *, status=200, headers=None, length=None):
        """Answer a path with these bytes. `length` states another length than they have."""
        body = body if isinstance(body, bytes) else body.encode()
        stated = {"Content-Type": "application/json", "Content-Length": str(len(body) if length is None else length)}

        def respond(handler):
            handler.send_response(status)
            for name, value in (stated | (headers or {})).items():
                if value is not None:
                    handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)
            handler.close_connection = True

        self.answers[path] = respond
        return self.address(path)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """A client that hangs up is what some tests are about."""


@contextmanager
def loopback():
    """`with loopback() as server`: stopped at the end, whatever its answers still wait for."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            known.asked.append((self.path, dict(self.headers)))
            respond = known.answers.get(self.path)
            if respond is None:
                self.send_error(404)
                return
            try:
                respond(self)
            except (BrokenPipeError, ConnectionResetError):
                # The client had enough: that is what some tests are about.
                self.close_connection = True

        def log_message(self, *args):
            """Nothing on standard error."""

    server = _Server(("127.0.0.1", 0), Handler)
    known = Loopback(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
