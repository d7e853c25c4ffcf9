"""Sources that mean harm or are broken: whatever they send, the feed says so and nothing else stops."""

import json
import os
import uuid
from datetime import timedelta

import pytest
import redis
from django.urls import reverse
from django.utils import timezone

from accounts.audit import SystemActor
from lsoa import services
from lsoa.feeds.answers import Answer, FeedFailed, FeedRefused
from lsoa.feeds.file_drop import FileDrop
from lsoa.feeds.http import Http
from lsoa.feeds.reader import read_answer
from lsoa.models import FeedReading

from .loopback import loopback

ACTOR = SystemActor("test")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LOCAL = frozenset({"127.0.0.1"})


@pytest.fixture
def server():
    with loopback() as running:
        yield running


@pytest.fixture
def collect(db, server, settings):
    """Collect an answer of these bytes (a whole response where it is given raw); returns what became of it."""
    settings.FEED_PRIVATE_HOSTS = ["127.0.0.1"]

    def run(content=None, *, raw=None, subject="ae_attendances"):
        path = f"/{uuid.uuid4()}"
        if raw is None:
            server.answer(path, content)
        else:
            server.answers[path] = lambda handler: _send(handler, raw)
        feed = services.create_feed(
            by=ACTOR, name=f"Test {path}", subject=subject, provider="http", location=server.address(path)
        )
        try:
            return services.collect_feed(feed=feed, by=ACTOR, now_or_never=True)
        finally:
            # The bucket is kept in Redis by the address of the server, whose port another test may get.
            client = redis.Redis.from_url(settings.REDIS_URL)
            for key in client.scan_iter(f"*127.0.0.1:{server.port}*"):
                client.delete(key)
            client.close()

    return run


def _send(handler, raw):
    handler.wfile.write(raw)
    handler.close_connection = True


def reading(**fields):
    at = timezone.now() - timedelta(minutes=5)
    return {"observed_at": at.isoformat(), "measure": "attendances", "value": 3} | fields


def ask(server, raw, path="/a", **options):
    server.answers[path] = lambda handler: _send(handler, raw)
    return Http(server.address(path), private_hosts=LOCAL, **options).fetch("", frozenset())


def test_half_a_character_in_a_reading_is_refused_with_its_place(collect):
    outcome = collect(json.dumps({"readings": [reading(), reading(place_name="\ud800 Hospital", place_code="ZZ1")]}))
    assert (outcome.state, outcome.readings, outcome.feed.refused) == ("read", 1, 1)
    assert "reading 2, place_name: expected whole characters" in outcome.feed.problems[0]


@pytest.mark.parametrize(
    "answer",
    [
        {"content": json.dumps({"\ud800": 1, "\0": 2})},
        {"raw": b"HTTP/1.1 500 a\x00b\xff\r\nContent-Length: 0\r\n\r\n"},
        {"raw": b"HTTP/1.1 200 OK\r\nContent-Type: te\x00xt\r\nContent-Length: 0\r\n\r\n"},
    ],
    ids=["names of members", "reason of a status", "type of the content"],
)
def test_what_no_database_can_hold_is_replaced_where_a_source_is_quoted(collect, answer):
    outcome = collect(**answer)
    assert outcome.state == "failed" and "\ufffd" in outcome.feed.last_error


def test_an_alert_without_an_end_stops_no_page(collect, client_as):
    alert = {"sent": timezone.now().isoformat(), "event": "Cold", "severity": "Minor"}
    # A moment of the year 10000 in UTC: it can be stored, and never be read back.
    outcome = collect(
        json.dumps({"alerts": [alert | {"expires": "9999-12-31T23:59:59-12:00"}]}), subject="weather_alerts"
    )
    assert outcome.state == "failed" and "expires: expected a time within 366 days" in outcome.message
    assert not FeedReading.objects.exists()
    assert client_as("viewer").get(reverse("feeds")).status_code == 200


@pytest.mark.parametrize("length", [b"\xb2", b"9" * 5_000, b"-1", b"0x2"])
def test_a_length_that_is_none_or_beyond_measure_is_no_mistake_of_ours(server, length):
    raw = HEAD + b"Content-Length: " + length + b"\r\n\r\n{}"
    if len(length) > 9:
        with pytest.raises(FeedRefused, match="at most 5,000,000 bytes"):
            ask(server, raw)
    else:
        assert ask(server, raw).content == b"{}"


def test_patience_asked_for_in_letters_is_a_minute(server):
    with pytest.raises(FeedFailed, match="answered 503") as busy:
        ask(server, b"HTTP/1.1 503 x\r\nRetry-After: \xb2\r\nContent-Length: 0\r\n\r\n")
    assert busy.value.retry_after == 60


def test_redirects_to_what_is_no_address_are_told(server):
    with pytest.raises(FeedFailed, match="which is no address"):
        ask(server, b"HTTP/1.1 302 x\r\nLocation: http://[::1/\r\nContent-Length: 0\r\n\r\n")


def test_letters_beyond_ascii_in_an_address_are_sent_as_their_bytes(server):
    server.answer("/m%C3%A4rz.json?q=%20a", b"{}")
    answer = Http(f"{server.address()}märz.json?q=%20a", private_hosts=LOCAL).fetch("", frozenset())
    assert answer.content == b"{}"


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: 1\r\n" % number for number in range(300)) + b"\r\n",
    ],
    ids=["another protocol", "an endless header", "endless headers"],
)
def test_what_is_no_web_server_is_told_in_words(server, raw):
    with pytest.raises(FeedFailed, match="did not answer as a web server does"):
        ask(server, raw)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "line 1: expected complete JSON, found the end of the answer"),
        ("<!doctype html>", "line 1: expected complete JSON, found '<!doctype html>' at column 1"),
        ("null", "found null"),
        ("[]", "found a list"),
        ("{}", "found an object with nothing in it"),
        ('{"readings": [NaN]}', "found NaN, which is no number"),
        ('{"readings": [' + "9" * 5_000 + "]}", "found a number of 5,000 digits"),
        ("[" * 200_000, "found brackets within brackets, too deep"),
    ],
)
def test_what_was_found_instead_of_readings_is_said_in_words(content, said):
    with pytest.raises(FeedRefused) as refused:
        read_answer(Answer(content.encode(), "json", "x"), "ae_attendances", timezone.now())
    assert said in str(refused.value)


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_time(tmp_path, monkeypatch):
    (tmp_path / "live").mkdir()
    path = tmp_path / "live" / "a.json"
    path.write_text('{"readings": []}')
    os.utime(path, (1, 1))
    drop = FileDrop("live", root=tmp_path, now=1_000)
    assert drop.fetch("", frozenset()).name == "a.json"
    truly = os.fstat

    def meanwhile(descriptor):
        """A writer that asks for no lock, between the first look and the second."""
        state = truly(descriptor)
        with path.open("a") as stream:
            stream.write(" ")
        return state

    monkeypatch.setattr("lsoa.feeds.file_drop.os.fstat", meanwhile)
    with pytest.raises(FeedFailed, match="no complete file"):
        drop.fetch("", frozenset())
