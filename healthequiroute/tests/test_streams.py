"""Answers that are sent while they are made, through the server that the portal runs under: whole or visibly broken."""

import gc
import logging
import socket
import threading
import zlib
from contextlib import contextmanager

import pytest
import requests
import uvicorn
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from accounts.list_files.streaming import download
from healthequiroute.asgi import application
from healthequiroute.serving.worker import Worker

PIECES = [b"code,name\r\n", b"E01000001,City\r\n" * 5_000, b"E01000002,Ring\r\n"]
GZIP = {"Accept-Encoding": "gzip"}
WAIT_SECONDS = 60
closed = threading.Event()
threads: dict[str, int] = {}


def whole():
    yield from PIECES


def broken():
    yield PIECES[0]
    raise OSError("The disk is gone.")


def endless():
    try:
        while True:
            yield PIECES[1]
    finally:
        threads["closes"] = threading.get_ident()
        closed.set()


def view(pieces):
    return login_not_required(lambda request: download(request, pieces(), "areas.csv"))


urlpatterns = [path(f"api/v1/{each.__name__}/", view(each)) for each in (whole, broken, endless)]


@contextmanager
def served():
    """The address of the portal's application under uvicorn, in a thread of this process."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = uvicorn.Server(uvicorn.Config(application, log_config=None, **Worker.CONFIG_KWARGS))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        threads["serves"] = thread.ident
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}/api/v1"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def address(settings, transactional_db):
    settings.ROOT_URLCONF = __name__
    with served() as url:
        yield url


def raw(url, headers=None):
    answer = requests.get(url, headers={"Accept-Encoding": "identity"} | (headers or {}), stream=True, timeout=60)
    return answer, answer.raw.read(decode_content=False)


def test_pieces_arrive_as_they_were_made(address):
    answer, content = raw(f"{address}/whole/")
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert content == b"".join(PIECES)


def test_what_is_compressed_is_one_stream(address):
    """Of several one behind the other, curl reads the first, tells of a broken answer and hangs up; so does GDAL."""
    answer, content = raw(f"{address}/whole/", GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    stream = zlib.decompressobj(wbits=31)
    assert stream.decompress(content) == b"".join(PIECES)
    assert stream.eof
    assert stream.unused_data == b""
    assert len(content) < len(b"".join(PIECES)) / 20


def test_the_same_content_has_not_always_the_same_length(address):
    # Some random bytes stand against guessing a secret from the length (BREACH).
    assert len({len(raw(f"{address}/whole/", GZIP)[1]) for _ in range(8)}) > 1


# Django leaves the (empty) body of a request open whose answer broke.
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
@pytest.mark.parametrize("headers", [{}, GZIP], ids=["plain", "gzip"])
def test_a_fault_in_the_middle_is_logged_and_never_looks_like_an_end(address, caplog, monkeypatch, headers):
    # The server tells it too, with all that it held open; we want our own line, which has the id of the request.
    monkeypatch.setattr(logging.getLogger("uvicorn.error"), "disabled", True)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        answer = requests.get(f"{address}/broken/", headers=headers, stream=True, timeout=60)
        assert answer.status_code == 200
        assert not answer.content
    told = [(each.levelname, str(each.msg)) for each in caplog.records if "streaming_failed" in str(each.msg)]
    assert [level for level, _ in told] == ["ERROR"]
    assert "The disk is gone." in told[0][1]
    assert told[0][1].count("request_id") == 1
    gc.collect()


@pytest.mark.parametrize("headers", [{}, GZIP], ids=["plain", "gzip"])
def test_whoever_goes_away_leaves_nothing_open(address, headers):
    closed.clear()
    answer = requests.get(f"{address}/endless/", headers=headers, stream=True, timeout=60)
    assert answer.raw.read(100)
    answer.close()
    assert closed.wait(WAIT_SECONDS)
    # Closing a file or a cursor may take its time, which others would wait for.
    assert threads["closes"] != threads["serves"]
