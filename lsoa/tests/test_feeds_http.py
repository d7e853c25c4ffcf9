"""Web addresses as sources, asked over a real connection: what servers do wrong, and what must not be asked."""

import gzip
import json
import socket
import threading

import pytest

from lsoa.feeds.addresses import parse_address, resolve
from lsoa.feeds.answers import FeedBusy, FeedFailed, FeedRefused
from lsoa.feeds.http import Http

from .loopback import loopback

BODY = json.dumps({"readings": []}).encode()
LOCAL = frozenset({"127.0.0.1"})


@pytest.fixture
def server():
    with loopback() as running:
        yield running


def ask(location, fingerprint="", **options):
    return Http(location, private_hosts=LOCAL, **options).fetch(fingerprint, frozenset())


def test_an_answer_and_the_same_again_by_its_etag(server):
    address = server.answer("/a", BODY, headers={"ETag": '"one"'})
    answer = ask(address)
    assert (answer.content, answer.form, answer.fingerprint) == (BODY, "json", 'etag:"one"')
    server.answer("/a", b"", status=304)
    assert ask(address, answer.fingerprint) is None
    assert server.asked[-1][1]["If-None-Match"] == '"one"'


def test_a_changed_etag_is_a_new_answer(server):
    address = server.answer("/a", BODY, headers={"ETag": '"two"'})
    assert ask(address, 'etag:"one"').fingerprint == 'etag:"two"'


def test_the_same_again_by_its_date_or_by_its_bytes(server):
    date = "Sat, 21 Nov 2026 08:00:00 GMT"
    address = server.answer("/a", BODY, headers={"Last-Modified": date})
    assert ask(address).fingerprint == f"date:{date}"
    assert ask(address, f"date:{date}") is None
    assert server.asked[-1][1]["If-Modified-Since"] == date
    address = server.answer("/b", BODY)
    assert ask(address, ask(address).fingerprint) is None


@pytest.mark.parametrize("form", ["text/csv; charset=utf-8", "application/csv"])
def test_csv_is_known_by_its_content_type(server, form):
    assert ask(server.answer("/a", "a,b", headers={"Content-Type": form})).form == "csv"


@pytest.mark.parametrize("status", [404, 500, 401])
def test_a_refusal_of_the_server_is_told(server, status):
    with pytest.raises(FeedFailed, match=f"127.0.0.1 answered {status}"):
        ask(server.answer("/a", b"", status=status))


@pytest.mark.parametrize(("text", "seconds"), [("120", 120), ("Sat, 21 Nov 2020 08:00:00 GMT", 0), ("soon", 60)])
def test_a_server_that_asks_for_patience_is_given_it(server, text, seconds):
    with pytest.raises(FeedBusy) as busy:
        ask(server.answer("/a", b"", status=429, headers={"Retry-After": text}))
    assert busy.value.retry_after == seconds


def test_a_body_that_ends_early_is_no_answer(server):
    with pytest.raises(FeedFailed, match="broke off in the middle"):
        ask(server.answer("/a", BODY, length=len(BODY) + 10))


def test_a_body_larger_than_agreed_is_not_read_to_its_end(server):
    with pytest.raises(FeedRefused, match="at most 1,000 bytes"):
        ask(server.answer("/a", b"x" * 2_000), most_bytes=1_000)
    endless = threading.Event()

    def respond(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while not endless.is_set():
            handler.wfile.write(b"400\r\n" + b"x" * 1_024 + b"\r\n")

    server.answers["/b"] = respond
    with pytest.raises(FeedRefused, match="at most 100,000 bytes"):
        ask(server.address("/b"), most_bytes=100_000)
    endless.set()


def test_a_small_packed_answer_that_unpacks_to_a_huge_one_is_refused(server):
    bomb = gzip.compress(b"0" * 20_000_000)
    assert len(bomb) < 30_000
    with pytest.raises(FeedRefused, match="at most 1,000,000 bytes"):
        ask(server.answer("/a", bomb, headers={"Content-Encoding": "gzip"}), most_bytes=1_000_000)


def test_packed_answers_are_unpacked_and_damaged_ones_refused(server):
    packed = gzip.compress(BODY)
    assert ask(server.answer("/a", packed, headers={"Content-Encoding": "gzip"})).content == BODY
    with pytest.raises(FeedFailed, match="broke off"):
        ask(server.answer("/b", packed[:-9], headers={"Content-Encoding": "gzip"}))
    with pytest.raises(FeedRefused, match="damaged"):
        ask(server.answer("/c", b"not packed", headers={"Content-Encoding": "gzip"}))


@pytest.mark.parametrize("form", ["text/html", None])
def test_a_page_instead_of_data_is_refused(server, form):
    with pytest.raises(FeedRefused, match="expected JSON or CSV"):
        ask(server.answer("/a", "<html>", headers={"Content-Type": form}))


def test_redirects_stay_with_the_host(server):
    address = server.answer("/old", b"", status=302, headers={"Location": "/new"})
    server.answer("/new", BODY)
    assert ask(address).content == BODY
    address = server.answer("/away", b"", status=302, headers={"Location": "http://169.254.169.254/secrets"})
    with pytest.raises(FeedFailed, match="redirects to other hosts are not followed"):
        ask(address)
    address = server.answer("/file", b"", status=302, headers={"Location": "file:///etc/passwd"})
    with pytest.raises(FeedFailed, match="https:// or http://"):
        ask(address)
    address = server.answer("/circle", b"", status=302, headers={"Location": "/circle"})
    with pytest.raises(FeedFailed, match="without an end"):
        ask(address)


def test_a_server_that_says_nothing_or_drips_is_left_after_the_agreed_time(server):
    over = threading.Event()

    def silent(handler):
        over.wait(20)

    def dripping(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        while not over.wait(0.05):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    server.answers |= {"/silent": silent, "/dripping": dripping}
    for path in ("/silent", "/dripping"):
        with pytest.raises(FeedFailed, match=r"took longer than 0\.4 seconds"):
            ask(server.address(path), seconds=0.4)
    over.set()


def test_a_closed_port_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(FeedFailed, match="could not be reached: Connection refused"):
        ask(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.1.2.3", "192.168.0.1", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]", "0.0.0.0"],
)
def test_private_addresses_are_not_asked_unless_a_setting_names_the_host(host):
    address = parse_address(f"http://{host}/a")
    with pytest.raises(FeedFailed, match="private address"):
        resolve(address, frozenset())
    assert resolve(address, frozenset({address.host}))


@pytest.mark.parametrize(
    "text",
    ["ftp://example.org/", "file:///etc/passwd", "http://user:secret@example.org/", "http://", "http://a b/", "x"],
)
def test_addresses_that_are_none(text):
    with pytest.raises(FeedFailed):
        parse_address(text)
