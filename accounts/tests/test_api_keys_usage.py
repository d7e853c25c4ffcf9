"""How much a key is used: counted at each answer, on the key's page a minute later."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisAway

from accounts import tasks
from accounts.credentials import keys, usage
from accounts.job_news import redis_client
from accounts.models import ApiKeyUsage, Notification
from accounts.tests.api_keys import client_with, make_key

AREAS = "/api/v1/areas/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_counters(settings):
    """Others count in the same Redis at the same time."""
    settings.HUEY = {**settings.HUEY, "name": f"test-{uuid4().hex}"}
    yield
    redis_client().delete(usage._counters(), f"{usage._counters()}:taken")


@pytest.fixture
def maker(make_user):
    return make_user(roles=["administrator"])


def rows(key):
    found = Counter()
    for row in key.usage.all():
        found[row.day, row.status] += row.requests
    return dict(found)


def test_requests_are_counted_by_operation(maker, organisation, client_as):
    key, text = make_key(maker, organisation)
    client = client_with(text)
    for path in (AREAS, AREAS, "/api/v1/route-plans/", "/ogc/collections", "/api/v1/nothing/"):
        client.get(path)
    client.post(AREAS)
    usage.flush()
    found = {(row.operation, row.status): row.requests for row in key.usage.all()}
    assert found == {
        ("GET area-list", 200): 2,
        ("GET route-plan-list", 403): 1,
        ("GET ogc-collections", 200): 1,
        ("POST area-list", 405): 1,
    }
    page = client_as(user=maker).get(f"/api-keys/{key.pk}/").content.decode()
    assert "GET area-list" in page


def test_what_a_version_before_had_counted_is_brought(maker, organisation):
    key, _ = make_key(maker, organisation)
    redis_client().hincrby(usage._counters(), f"{key.pk} {timezone.localdate().isoformat()} 200", 3)
    usage.flush()
    assert [(row.operation, row.requests) for row in key.usage.all()] == [("", 3)]


def test_requests_are_counted_by_day_and_status(maker, organisation, time_machine):
    noon = timezone.now().replace(hour=12)
    time_machine.move_to(noon, tick=False)
    key, text = make_key(maker, organisation, requests_per_minute=2)
    other, other_text = make_key(maker, organisation)
    client = client_with(text)
    for path in (AREAS, "/api/v1/route-plans/", AREAS, AREAS):
        client.get(path)
    client_with(other_text).get(AREAS)
    assert not ApiKeyUsage.objects.exists()
    tasks.bring_api_key_usage.call_local()
    today = timezone.localdate()
    assert rows(key) == {(today, 200): 2, (today, 403): 1, (today, 429): 1}
    assert rows(other) == {(today, 200): 1}
    # What comes later is added, the next day stands by itself.
    time_machine.shift(timedelta(minutes=2))
    client.get(AREAS)
    usage.flush()
    usage.flush()
    time_machine.shift(timedelta(days=1))
    client.get(AREAS)
    usage.flush()
    assert rows(key)[today, 200] == 3
    assert rows(key)[today + timedelta(days=1), 200] == 1


def test_what_a_dead_worker_had_taken_is_not_lost(maker, organisation):
    key, text = make_key(maker, organisation)
    client_with(text).get(AREAS)
    redis_client().rename(usage._counters(), f"{usage._counters()}:taken")
    client_with(text).get(AREAS)
    usage.flush()
    usage.flush()
    assert sum(rows(key).values()) == 2


def test_a_key_that_is_gone_holds_nobody_up(maker, organisation):
    (gone, text), (key, other) = make_key(maker, organisation), make_key(maker, organisation)
    for each in (text, other):
        client_with(each).get(AREAS)
    gone.delete()
    assert usage.flush() == 1
    assert sum(rows(key).values()) == 1


def test_without_redis_the_answer_comes_all_the_same(maker, organisation, monkeypatch, caplog):
    _, text = make_key(maker, organisation)

    def away():
        raise RedisAway("away")

    monkeypatch.setattr(usage, "redis_client", away)
    assert client_with(text).get(AREAS).status_code == 200
    assert "api_key_usage_not_counted" in caplog.text


def test_old_counts_are_forgotten(maker, organisation):
    key, _ = make_key(maker, organisation)
    today = timezone.localdate()
    for days in (0, 89, 91):
        ApiKeyUsage.objects.create(key=key, day=today - timedelta(days=days), status=200, requests=1)
    tasks.look_after_api_keys.call_local()
    assert {row.day for row in key.usage.all()} == {today, today - timedelta(days=89)}


def test_the_maker_is_told_two_weeks_before_the_end_and_once(maker, organisation, time_machine):
    key, _ = make_key(maker, organisation, name="Ward board")
    revoked, _ = make_key(maker, organisation)
    keys.revoke_key(key=revoked, by=maker)
    end = key.expires_at
    time_machine.move_to(end - timedelta(days=14, minutes=1))
    assert keys.warn_of_expiry() == 0
    time_machine.move_to(end - timedelta(days=14) + timedelta(minutes=1))
    assert [keys.warn_of_expiry(), keys.warn_of_expiry()] == [1, 0]
    told = Notification.objects.get(user=maker)
    assert "Ward board" in told.text
    assert told.url == f"/api-keys/{key.pk}/"
