"""Live feeds: collecting, last good readings, who sees and changes what."""

import os
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.audit import SystemActor
from accounts.models import AuditEvent
from lsoa import feed_tasks, services
from lsoa.feeds.subjects import SUBJECTS
from lsoa.models import Feed, FeedReading
from lsoa.presenters.feeds import age_words, feed_board

from .feed_answers import ALERT, body, reading
from .loopback import loopback

ACTOR = SystemActor("test")


# Collecting


@pytest.fixture
def folder(tmp_path, settings):
    settings.FEED_DROP_ROOT = tmp_path
    # Limits are kept in Redis by the folder's name, also after the test.
    made = tmp_path / str(uuid.uuid4())
    made.mkdir()
    return made


@pytest.fixture
def make_feed(db, folder):
    def make(name="Test A&E", **fields):
        standard = {"subject": "ae_attendances", "provider": "file", "location": folder.name}
        return services.create_feed(by=ACTOR, name=name, **standard | fields)

    return make


def put(folder, content, name="a.json", age=30):
    path = folder / name
    path.write_text(content)
    moment = timezone.now().timestamp() - age
    os.utime(path, (moment, moment))


def collect(feed, **options):
    Feed.objects.filter(pk=feed.pk).update(due_at=None)
    outcome = services.collect_feed(feed=feed, by=ACTOR, **options)
    feed.refresh_from_db()
    return outcome


def test_readings_are_stored_and_the_same_file_is_read_once(make_feed, folder):
    feed = make_feed()
    put(folder, body(reading(12), reading(14, minutes=20)))
    assert (collect(feed).state, FeedReading.objects.count()) == ("read", 2)
    assert feed.succeeded_at and not feed.failures and len(feed.processed) == 1
    assert collect(feed).state == "unchanged"
    stored = FeedReading.objects.first()
    assert (stored.value, stored.unit, stored.place_code) == (12, "patients", "ZZ1")


def test_a_correction_replaces_the_reading_of_the_same_time_and_place(make_feed, folder):
    feed, moment = make_feed(), timezone.now()
    put(folder, body(reading(12, now=moment)))
    collect(feed)
    put(folder, body(reading(15, now=moment)), name="b.json", age=20)
    collect(feed)
    assert list(FeedReading.objects.values_list("value", flat=True)) == [15]


def test_a_source_that_fails_keeps_its_last_good_readings_and_says_why(make_feed, folder):
    feed = make_feed()
    put(folder, body(reading(12)))
    collect(feed)
    put(folder, '{"readings": [', name="b.json", age=20)
    outcome = collect(feed)
    assert outcome.state == "failed" and "expected complete JSON" in feed.last_error
    assert (feed.failures, FeedReading.objects.count()) == (1, 1)
    (card,) = feed_board(None)[0].cards
    assert (card.state, card.age) == ("failing", "5 minutes ago")
    assert card.tried.startswith("Last tried just now, failed once: line 1: expected complete JSON")
    put(folder, body(reading(13, minutes=1)), name="c.json", age=10)
    assert collect(feed).state == "read" and not feed.failures
    actions = AuditEvent.objects.filter(target_id=str(feed.pk)).order_by("sequence").values_list("action", flat=True)
    assert list(actions) == ["feed.created", "feed.failed", "feed.recovered"]


def test_refused_readings_are_counted_beside_the_good_ones(make_feed, folder):
    feed = make_feed()
    put(folder, body(reading(12), reading("x", minutes=9)))
    assert "1 reading, 1 refused: reading 2, value" in collect(feed).message
    assert (feed.refused, len(feed.problems)) == (1, 1)


def test_a_failing_source_hinders_no_other_and_rests_longer_each_time(make_feed, folder):
    other = f"{folder.name}-other"
    (folder.parent / other).mkdir()
    good, bad = make_feed("Good"), make_feed("Bad", location=other)
    put(folder, body(reading(12)))
    outcomes = services.collect_feeds(feeds=[bad, good], by=ACTOR)
    assert [outcome.state for outcome in outcomes] == ["failed", "read"]
    collect(bad)
    assert collect(bad).state == "failed"
    assert collect(bad).state == "resting"
    assert bad.failures == 3 and bad.due_at > timezone.now()
    # A person may ask all the same.
    assert collect(bad, now_or_never=True).state == "failed"


def test_a_source_is_not_asked_more_often_than_its_bucket_allows(make_feed, folder):
    feed = make_feed()
    put(folder, body(reading(12)))
    states = [collect(feed, now_or_never=True).state for _ in range(6)]
    assert states == ["read", *["unchanged"] * 4, "resting"]


def test_a_mistake_of_ours_is_a_failure_of_that_feed_alone(make_feed, folder, monkeypatch):
    feed = make_feed()
    put(folder, body(reading(12)))
    monkeypatch.setitem(SUBJECTS, "ae_attendances", None)
    assert collect(feed).state == "failed"
    assert feed.last_error == "Unexpected: AttributeError."


def test_without_redis_the_feed_says_so(make_feed, folder, settings):
    feed = make_feed()
    settings.REDIS_URL = "unix:///nowhere.sock"
    assert "Redis, which keeps the limits, could not be reached" in collect(feed).message


def test_a_web_address_is_collected_and_a_busy_server_is_left_in_peace(make_feed, settings):
    settings.FEED_PRIVATE_HOSTS = ["127.0.0.1"]
    with loopback() as server:
        address = server.answer("/a", body(reading(12)), headers={"ETag": '"one"'})
        feed = make_feed(provider="http", location=address)
        assert (collect(feed).state, feed.fingerprint) == ("read", 'etag:"one"')
        server.answer("/a", b"", status=304)
        assert collect(feed).state == "unchanged"
        server.answer("/a", b"", status=503, headers={"Retry-After": "5000"})
        assert collect(feed).state == "failed" and FeedReading.objects.count() == 1
        assert feed.due_at > timezone.now() + timedelta(seconds=4_000)


def test_only_due_feeds_are_handed_out_and_each_is_claimed_once(make_feed, folder):
    put(folder, body(reading(12)))
    due, later, off = make_feed("Due"), make_feed("Later"), make_feed("Off")
    Feed.objects.filter(pk=later.pk).update(due_at=timezone.now() + timedelta(hours=1))
    services.switch_feed(feed=off, enabled=False, by=ACTOR)
    assert feed_tasks.hand_out() == 1
    assert FeedReading.objects.filter(feed=due).exists() and FeedReading.objects.exclude(feed=due).count() == 0
    assert feed_tasks.hand_out() == 0
    assert services.collect_feed(feed=due, by=ACTOR).state == "not_due"


def test_old_readings_go_but_alerts_that_last_stay(make_feed, settings):
    settings.FEED_READINGS_DAYS = 30
    feed, now = make_feed(subject="weather_alerts"), timezone.now()
    for days, lasts in ((40, 5), (40, -5), (5, None)):
        until = None if lasts is None else now + timedelta(days=lasts)
        fields = {"measure": f"Cold {days} {lasts}", "value": 1, "valid_until": until}
        FeedReading.objects.create(feed=feed, observed_at=now - timedelta(days=days), fetched_at=now, **fields)
    assert services.forget_old_readings(by=ACTOR) == 1
    assert sorted(FeedReading.objects.values_list("measure", flat=True)) == ["Cold 40 5", "Cold 5 None"]


def test_the_command_collects_and_says_what_became_of_each(make_feed, folder):
    make_feed("First")
    put(folder, body(reading(12)))
    out = StringIO()
    call_command("collect_feeds", stdout=out)
    assert out.getvalue() == "First: read. 1 reading\n"
    out = StringIO()
    call_command("collect_feeds", stdout=out)
    assert out.getvalue() == "no feed is due\n"
    with pytest.raises(CommandError, match="no feed that is switched on has the name Second"):
        call_command("collect_feeds", "Second")
    (folder / "a.json").unlink()
    with pytest.raises(CommandError, match="1 of 1 failed"):
        call_command("collect_feeds", "First", stdout=StringIO())


# Who changes and sees what


def test_only_platform_administrators_change_feeds(make_user, platform_administrator, make_feed):
    fields = {"name": "New", "subject": "staff_absence", "provider": "file", "location": "live"}
    with pytest.raises(PermissionDenied):
        services.create_feed(by=make_user(roles=["administrator"]), **fields)
    feed = services.create_feed(by=platform_administrator, **fields)
    services.change_feed(feed=feed, by=platform_administrator, location="other")
    services.change_feed(feed=feed, by=platform_administrator, location="other")
    services.switch_feed(feed=feed, enabled=False, by=platform_administrator)
    actions = AuditEvent.objects.filter(target_id=str(feed.pk)).order_by("sequence").values_list("action", flat=True)
    assert list(actions) == ["feed.created", "feed.changed", "feed.disabled"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"location": "/etc"}, "location"),
        ({"location": "../up"}, "location"),
        ({"provider": "http", "location": "ftp://example.org/a"}, "location"),
        ({"provider": "pigeon"}, "provider"),
        ({"subject": "moods"}, "subject"),
        ({"interval_seconds": 5}, "__all__"),
        ({"name": ""}, "name"),
    ],
)
def test_a_feed_that_cannot_be_is_refused_by_field(make_feed, fields, field):
    with pytest.raises(ValidationError) as refusal:
        make_feed(**fields)
    assert field in refusal.value.message_dict


def test_an_organisations_feed_is_seen_by_it_alone(make_feed, client_as, organisation, other_organisation):
    make_feed("Everybody's source")
    make_feed("Our source", organisation=organisation)
    address = reverse("feeds")
    ours = client_as("viewer").get(address).content.decode()
    theirs = client_as("viewer", organisation=other_organisation).get(address).content.decode()
    assert "Our source" in ours and "Everybody&#x27;s source" in ours
    assert "Our source" not in theirs and "Everybody&#x27;s source" in theirs
    assert "Switch off" not in ours


def test_the_page_shows_values_age_state_and_trend(make_feed, folder, client_as, django_capture_on_commit_callbacks):
    feed = make_feed(is_fictional=True, stale_after_seconds=600)
    put(folder, body(reading(12, place_name="Test Hospital"), reading(14, minutes=20)))
    collect(feed)
    client = client_as("viewer")
    page = client.get(reverse("feeds")).content.decode()
    for words in ("Test Hospital", "12 patients", "5 minutes ago", "Up to date", "Fictional", "2 readings from 12 to"):
        assert words in page
    assert 'hx-trigger="every 30s"' in page and f'href="{reverse("feeds")}"' in page
    FeedReading.objects.update(observed_at=F("observed_at") - timedelta(hours=3))
    with django_capture_on_commit_callbacks(execute=True):
        services.change_feed(feed=feed, name="Renamed", by=ACTOR)
    panel = client.get(reverse("feeds-panel")).content.decode()
    assert "<html" not in panel and "Renamed" in panel
    assert "Out of date" in panel and "3 hours ago" in panel


def test_alerts_in_force_are_listed_by_severity(make_feed, folder, client_as):
    feed, now = make_feed(subject="weather_alerts"), timezone.now()
    times = {"sent": now.isoformat(), "expires": (now + timedelta(days=1)).isoformat()}
    over = {"sent": (now - timedelta(days=2)).isoformat(), "expires": (now - timedelta(days=1)).isoformat()}
    rows = [ALERT | times | {"severity": "Minor", "event": "Wind"}, ALERT | times, ALERT | over | {"event": "Heat"}]
    put(folder, body(*rows, key="alerts"))
    collect(feed)
    page = client_as("viewer").get(reverse("feeds")).content.decode()
    assert page.index("Amber cold-health alert. Snow.") < page.index("Wind") and "Heat" not in page
    assert "Severe" in page


def test_an_administrator_adds_changes_asks_and_switches_a_feed(
    platform_client, folder, django_capture_on_commit_callbacks
):
    form = {"name": "Ours", "subject": "ae_attendances", "provider": "file", "location": folder.name}
    form |= {"interval_minutes": "0.1", "stale_after_minutes": "60"}
    page = platform_client.post(reverse("feed-add"), form)
    assert page.status_code == 422 and "at least half a minute" in page.content.decode()
    page = platform_client.post(reverse("feed-add"), form | {"interval_minutes": "5", "location": "/etc"})
    assert page.status_code == 422 and "Give a folder below" in page.content.decode()
    platform_client.post(reverse("feed-add"), form | {"interval_minutes": "5"})
    feed = Feed.objects.get()
    assert (feed.interval_seconds, feed.stale_after_seconds) == (300, 3_600)
    put(folder, body(reading(12)))
    page = platform_client.post(reverse("feed-collect", args=[feed.pk]), follow=True).content.decode()
    assert "1 reading" in page and "12 patients" in page
    platform_client.post(reverse("feed-edit", args=[feed.pk]), form | {"interval_minutes": "5", "name": "Other"})
    with django_capture_on_commit_callbacks(execute=True):
        platform_client.post(reverse("feed-switch", args=[feed.pk]), {"enabled": "0"})
    page = platform_client.get(reverse("feeds")).content.decode()
    feed.refresh_from_db()
    assert (feed.name, feed.is_enabled) == ("Other", False) and "Switched off" in page


@pytest.mark.parametrize(
    ("age", "words"),
    [
        ({"seconds": 40}, "just now"),
        ({"minutes": 1}, "1 minute ago"),
        ({"minutes": 119}, "119 minutes ago"),
        ({"hours": 2}, "2 hours ago"),
        ({"hours": 47}, "47 hours ago"),
        ({"days": 2}, "2 days ago"),
    ],
)
def test_ages_in_words(age, words):
    assert age_words(timedelta(**age)) == words
