"""Live feeds before anything is stored: an answer is read and validated, the drop folder, limits, fictional sources."""

import fcntl
import json
import os
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import redis

from lsoa.feeds import demo
from lsoa.feeds.answers import Answer, FeedFailed, FeedRefused
from lsoa.feeds.file_drop import FileDrop
from lsoa.feeds.limits import SourceLimits
from lsoa.feeds.reader import read_answer

from .feed_answers import ALERT, body, reading

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def read(content, subject="ae_attendances", form="json"):
    return read_answer(Answer(content.encode(), form, "x", "a.json"), subject, NOW)


# Reading an answer


def test_json_and_csv_of_the_same_readings_are_the_same():
    row = reading(now=NOW, place_name="Test Hospital", unit="patients")
    table = ",".join(row) + "\r\n" + ",".join(str(cell) for cell in row.values()) + "\r\n"
    found = read(body(row))
    assert found == read("\ufeff" + table, form="csv") and not found.problems
    (one,) = found.readings
    assert (one.measure, one.value, one.unit, one.place_name) == ("attendances", 12, "patients", "Test Hospital")
    assert one.observed_at == NOW - timedelta(minutes=5)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"value": "many"}, "value: expected a number, found 'many'"),
        ({"value": None}, "value: expected a number, found nothing"),
        ({"value": True}, "value: expected a number"),
        ({"value": -1}, "value: expected 0 to 20000, found '-1'"),
        ({"value": 1e9}, "value: expected 0 to 20000"),
        (
            {"measure": "mood"},
            "measure: expected one of attendances, waiting, waits_over_4h, waits_over_12h, found 'mood'",
        ),
        ({"unit": "minutes"}, "unit: expected 'patients', found 'minutes'"),
        ({"observed_at": "2026-11-21T11:00:00"}, "observed_at: expected a time with its zone"),
        ({"observed_at": "yesterday"}, "observed_at: expected a time such as"),
        ({"observed_at": "2026-11-22T11:00:00+00:00"}, "observed_at: expected a time from 2025-10-17 to now"),
        ({"place_code": "<b>"}, "place_code: expected a code of letters and digits"),
        ({"place_name": ["a"]}, "place_name: expected text, found 'list'"),
    ],
)
def test_a_bad_reading_is_named_and_the_good_ones_stay(fields, said):
    found = read(body(reading(now=NOW), reading(now=NOW, minutes=9) | fields))
    assert (len(found.readings), found.refused) == (1, 1)
    assert found.problems[0].startswith("reading 2, ") and said in found.problems[0]


def test_the_line_of_a_bad_reading_in_csv_is_named():
    table = "observed_at,measure,value\n2026-11-21T11:00:00Z,waiting,1\n2026-11-21T11:00:00Z,attendances,x\n"
    assert read(table, form="csv").problems == ["line 3, value: expected a number, found 'x'"]


@pytest.mark.parametrize(
    ("content", "form", "said"),
    [
        ('{"readings": [', "json", "line 1: expected complete JSON"),
        ("[]", "json", "expected an object with a list 'readings', found a list"),
        ('{"rows": []}', "json", "found an object with rows"),
        ("[" * 100_000, "json", "brackets within brackets, too deep"),
        ('{"readings": NaN}', "json", "NaN, which is no number"),
        ("time,what\n1,2\n", "csv", "line 1: expected the heading 'measure', found time, what"),
        ("", "csv", "line 1: expected the heading"),
        ('observed_at,measure,value\n"a,b\n', "csv", "expected comma-separated values"),
        (body(reading(now=NOW, value="x")), "json", "expected readings, found none: reading 1, value"),
        (body(*[0] * 20_001), "json", "at most 20,000 readings"),
    ],
)
def test_an_answer_that_is_no_table_of_readings_is_refused_whole(content, form, said):
    with pytest.raises(FeedRefused) as refusal:
        read(content, form=form)
    assert said in str(refusal.value)


def test_the_same_reading_twice_counts_once_and_two_that_differ_are_told():
    found = read(body(reading(now=NOW), reading(now=NOW), reading(now=NOW, value=13)))
    assert (len(found.readings), found.refused) == (1, 1)
    assert "expected 12 as said before" in found.problems[0]


def test_weather_alerts_have_the_fields_of_the_common_alerting_protocol():
    (alert,) = read(body(ALERT, key="alerts"), "weather_alerts").readings
    assert (alert.measure, alert.value, alert.text) == ("Cold weather", 3, "Amber cold-health alert. Snow.")
    assert alert.valid_until == datetime(2026, 11, 23, 8, tzinfo=UTC)
    with pytest.raises(FeedRefused, match="severity: expected Minor, Moderate"):
        read(body(ALERT | {"severity": "Red"}, key="alerts"), "weather_alerts")
    with pytest.raises(FeedRefused, match="expires: expected a time after"):
        read(body(ALERT | {"expires": ALERT["sent"]}, key="alerts"), "weather_alerts")


# The drop folder


@pytest.fixture
def drop(tmp_path):
    """`drop(name, content, age=...)` puts a file into the folder; `drop.fetch()` looks."""

    class Drop:
        root = tmp_path

        def __call__(self, name, content="{}", age=60):
            path = tmp_path / "live" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(content)
            moment = NOW.timestamp() - age
            os.utime(path, (moment, moment))
            return path

        def fetch(self, fingerprint="", processed=(), location="live", **options):
            folder = FileDrop(location, root=tmp_path, now=NOW.timestamp(), **options)
            return folder.fetch(fingerprint, frozenset(processed))

    return Drop()


def test_the_newest_complete_file_wins(drop):
    drop("a.json", "old", age=100)
    drop("b.CSV", "new", age=50)
    answer = drop.fetch()
    assert (answer.name, answer.content, answer.form) == ("b.CSV", b"new", "csv")
    assert drop.fetch(processed=[answer.fingerprint]) is None


@pytest.mark.parametrize("name", ["b.json.part", "b.tmp", ".b.json", "~b.json", "b.xml"])
def test_files_in_the_making_are_left_alone(drop, name):
    drop("a.json", "old", age=100)
    drop(name, "new", age=50)
    assert drop.fetch().name == "a.json"


def test_locked_young_empty_and_linked_files_are_left_alone(drop, tmp_path):
    drop("a.json", "old", age=100)
    drop("b.json", "locked by a file beside it", age=50)
    drop("b.json.lock", "", age=50)
    drop("c.json", "just written", age=1)
    drop("d.json", "", age=50)
    (tmp_path / "secret.json").write_text("secret")
    (tmp_path / "live" / "e.json").symlink_to(tmp_path / "secret.json")
    with drop("f.json", "held", age=50).open() as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        assert drop.fetch().name == "a.json"
    assert drop.fetch().name == "f.json"


def test_a_folder_without_a_file_outside_the_root_or_missing_is_told(drop, tmp_path):
    with pytest.raises(FeedFailed, match="no folder live"):
        drop.fetch()
    (tmp_path / "live").mkdir()
    with pytest.raises(FeedFailed, match="no complete file"):
        drop.fetch()
    for location in ("../..", "/etc"):
        with pytest.raises(FeedFailed, match="outside"):
            drop.fetch(location=location)
    drop("a.json", "x" * 50)
    with pytest.raises(FeedRefused, match="at most 10 bytes"):
        drop.fetch(most_bytes=10)


# Limits, in Redis


@pytest.fixture
def limits(settings):
    client = redis.Redis.from_url(settings.REDIS_URL)
    made = SourceLimits(client, "tests", str(uuid.uuid4()), burst=2, every=10, threshold=2, base=60, longest=200)
    yield made
    made.forget()
    client.close()


def test_a_bucket_gives_its_tokens_and_then_one_at_a_time(limits):
    assert [limits.take(1000), limits.take(1000)] == [0, 0]
    assert limits.take(1000) == pytest.approx(10)
    assert limits.take(1004) == pytest.approx(6)
    assert limits.take(1010.5) == 0
    assert [limits.take(2000), limits.take(2000), limits.take(2000) > 0] == [0, 0, True]


def test_a_breaker_opens_longer_each_time_and_lets_one_attempt_through(limits):
    assert (limits.failed(1000), limits.enter(1000)) == (0, 0)
    assert (limits.failed(1001), limits.enter(1002)) == (60, 59)
    # When the rest is over one attempt goes through, and only one.
    assert (limits.enter(1061), limits.enter(1061.5) > 0) == (0, True)
    assert (limits.failed(1062), limits.failed(1063), limits.failed(1064)) == (120, 200, 200)
    limits.succeeded()
    assert (limits.enter(1065), limits.failed(1066)) == (0, 0)


# The demonstration


@pytest.mark.parametrize("subject", demo.SUBJECTS)
def test_fictional_sources_speak_the_documented_layout(subject):
    found = read_answer(Answer(json.dumps(demo.contents(subject, NOW)).encode(), "json", "x"), subject, NOW)
    assert found.readings and not found.refused
    assert all("fictional" in (one.place_name + one.text).lower() for one in found.readings)


def test_fictional_files_replace_each_other(tmp_path):
    for minute in range(5):
        demo.write_all(tmp_path, NOW + timedelta(minutes=minute))
    assert len(list((tmp_path / demo.folder_of("staff_absence")).iterdir())) == demo.KEPT_FILES
