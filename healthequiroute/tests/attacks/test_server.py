"""Raw bytes against the real server: requests within requests, endless and slow ones, and what it says of itself."""

import asyncio
import json
import socket
import threading
from contextlib import suppress

import pytest
import uvicorn
from asgiref.testing import ApplicationCommunicator

from healthequiroute.asgi import application as portal
from healthequiroute.serving import bodies, worker
from healthequiroute.serving.bodies import MeasuredBodies

HOST = b"Host: localhost\r\n"
LAST = HOST + b"Connection: close\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\n" + LAST + b"\r\n"


class Echo:
    """Answers what it was sent, and remembers what it was asked."""

    def __init__(self):
        self.asked = []

    async def __call__(self, scope, receive, send):
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body, more = body + message.get("body", b""), message.get("more_body", False)
        self.asked.append((scope["method"], scope["path"], body))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps({"bytes": len(body)}).encode()})


class Server:
    """The application behind the protocol and with the settings of the worker, in a thread."""

    def __init__(self, application):
        kwargs = worker.Worker.CONFIG_KWARGS | {"loop": "asyncio"}
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.uvicorn = uvicorn.Server(uvicorn.Config(application, log_config=None, access_log=False, **kwargs))
        self.thread = threading.Thread(target=self.uvicorn.run, kwargs={"sockets": [self.listening]})

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.uvicorn.should_exit = True
        self.thread.join()
        self.listening.close()

    def say(self, data: bytes) -> bytes:
        """Everything that comes back until the server closes the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            answer, hung_up = b"", (ConnectionResetError, BrokenPipeError)
            # It may hang up on what we are still sending; its answer came before.
            with suppress(*hung_up):
                connection.sendall(data)
            with suppress(*hung_up):
                while piece := connection.recv(65536):
                    answer += piece
            return answer


@pytest.fixture(scope="module")
def echo():
    return Echo()


@pytest.fixture(scope="module")
def server(echo):
    with Server(MeasuredBodies(echo)) as running:
        yield running


def asked_by(echo, server, data):
    echo.asked.clear()
    answer = server.say(data)
    return answer, list(echo.asked)


SMUGGLED = {
    "two lengths": b"Content-Length: 6\r\nContent-Length: 5\r\n\r\n0\r\n\r\nX",
    "two lengths in one": b"Content-Length: 5, 6\r\n\r\n0\r\n\r\nX",
    "length and chunks": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "chunks twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "chunks by another name": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks and gzip": b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "a space before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a tab in front": b"\tTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks in a folded line": b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "chunks behind another header": b"X-A: b\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": b"Content-Length: -1\r\n\r\n",
    "a length with a sign": b"Content-Length: +5\r\n\r\nhello",
    "a length in another script": "Content-Length: ٥\r\n\r\nhello".encode(),
    "a length in hexadecimal": b"Content-Length: 0x5\r\n\r\nhello",
    "a length of hundreds of digits": b"Content-Length: " + b"9" * 300 + b"\r\n\r\n",
    "a chunk of no size": b"Transfer-Encoding: chunked\r\n\r\nZ\r\n\r\n",
    "a chunk of a huge size": b"Transfer-Encoding: chunked\r\n\r\n" + b"F" * 40 + b"\r\n",
    "a NUL in a header": b"X-A: a\0b\r\n\r\n",
    "a bare return in a header": b"X-A: a\rContent-Length: 5\r\n\r\nhello",
    "another host": b"Host: evil.example\r\n\r\n",
}


@pytest.mark.parametrize("rest", SMUGGLED.values(), ids=SMUGGLED.keys())
def test_what_could_be_read_in_two_ways_is_refused_and_nothing_behind_it_is_read(echo, server, rest, caplog):
    answer, asked = asked_by(echo, server, b"POST /first HTTP/1.1\r\n" + HOST + rest + HIDDEN)
    assert "request_refused" in caplog.text and "hidden" not in caplog.text
    assert answer.startswith(b"HTTP/1.1 400 "), answer[:200]
    assert b"connection: close" in answer.lower()
    assert (asked, answer.count(b"HTTP/1.1 ")) == ([], 1)


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /a b HTTP/1.1",
        b"GET  /a HTTP/1.1 extra",
        b"G\0T /a HTTP/1.1",
        b"\x16\x03\x01\x02",
        b"GET /a",
    ],
)
def test_what_is_no_request_is_refused(echo, server, request_line):
    answer, asked = asked_by(echo, server, request_line + b"\r\n" + HOST + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ") and asked == []


def test_whole_requests_one_after_the_other_are_answered(echo, server):
    chunked = b"POST /b HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    plain = b"POST /a HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello"
    _, asked = asked_by(echo, server, plain + chunked + HIDDEN)
    assert asked == [("POST", "/a", b"hello"), ("POST", "/b", b"abcde"), ("GET", "/hidden", b"")]


def test_headers_without_end_are_cut_off(echo, server):
    answer, asked = asked_by(
        echo, server, b"GET / HTTP/1.1\r\n" + HOST + b"X-A: " + b"a" * 2 * worker.MOST_HEADER_BYTES
    )
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 ")) and asked == []


def test_a_long_address_is_refused(echo, server):
    address = b"/?q=" + b"a" * bodies.MOST_ADDRESS_BYTES
    answer, asked = asked_by(echo, server, b"GET " + address + b" HTTP/1.1\r\n" + HOST + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 414 ") and asked == []


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_a_body_without_announced_length_ends_where_it_is_too_long(echo, server, settings, kind):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 200_000
    headers = HOST + b"Transfer-Encoding: chunked\r\n" + (f"Content-Type: {kind}\r\n".encode() if kind else b"")
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    answer, asked = asked_by(echo, server, b"POST /search/ HTTP/1.1\r\n" + headers + b"\r\n" + chunk * 10)
    assert answer.startswith(b"HTTP/1.1 413 ") and asked == []
    assert b"too large" in answer


def test_a_body_of_announced_length_is_refused_before_it_comes(echo, server):
    answer = server.say(b"POST /api/v1/x/ HTTP/1.1\r\n" + HOST + b"Content-Length: 999999999\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")
    problem = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (problem["status"], problem["instance"]) == (413, "/api/v1/x/")


def test_slow_headers_and_slow_bodies_are_given_up(echo, server, monkeypatch):
    with monkeypatch.context() as impatient:
        impatient.setattr(worker, "HEADER_SECONDS", 0.1)
        assert server.say(b"GET / HTTP/1.1\r\nHost: ") == b""
    monkeypatch.setattr(bodies, "PIECE_SECONDS", 0.1)
    answer = server.say(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhe")
    assert answer.startswith(b"HTTP/1.1 408 ")


@pytest.fixture(scope="module")
def whole():
    with Server(portal) as running:
        yield running


def test_the_server_says_nothing_about_itself(whole):
    answer = whole.say(b"GET /health/live HTTP/1.1\r\n" + LAST + b"\r\n")
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert head.startswith(b"http/1.1 200 ")
    assert not any(
        word in head for word in (b"server:", b"x-powered-by", b"uvicorn", b"gunicorn", b"python", b"django")
    )


def test_what_a_client_claims_of_proxies_changes_nothing(whole):
    """uvicorn by itself would believe whoever connects from this machine."""
    claims = b"X-Forwarded-Proto: https\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Host: evil.example\r\n"
    answer = whole.say(b"GET /accounts/login HTTP/1.1\r\n" + LAST + claims + b"\r\n")
    assert b"evil.example" not in answer
    assert b"location: /accounts/login/" in answer.lower()


@pytest.mark.parametrize(
    "host", [b"evil.example", b"localhost@evil.example", b"localhost:80:80", b"evil.example#localhost", b"a" * 300]
)
def test_other_hosts_are_refused(whole, host):
    answer = whole.say(b"GET /accounts/login/ HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 "), answer[:100]
    assert b"Content-Security-Policy" in answer or b"Invalid HTTP request" in answer


def body_of(path, *, length, cookie=b""):
    """The status with which a body of that announced length is met at a door."""
    headers = [(b"host", b"localhost"), (b"content-length", str(length).encode()), (b"cookie", cookie)]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}

    async def ask():
        one = ApplicationCommunicator(MeasuredBodies(Echo()), scope)
        await one.send_input({"type": "http.request", "body": b"", "more_body": False})
        return (await one.receive_output())["status"]

    return asyncio.run(ask())


@pytest.mark.django_db(transaction=True)
def test_only_people_who_have_signed_in_may_send_much(client_as, settings):
    client = client_as("planner")
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}".encode()
    much, door = 100 * 1024 * 1024, "/data/load/"
    assert body_of(door, length=much, cookie=cookie) == 200
    assert body_of(door, length=much, cookie=settings.SESSION_COOKIE_NAME.encode() + b"=made-up") == 413
    assert body_of(door, length=much) == 413
    assert body_of(door, length=much * 6, cookie=cookie) == 413
    assert body_of("/members/add/", length=much, cookie=cookie) == 413
