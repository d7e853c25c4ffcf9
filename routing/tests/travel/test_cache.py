"""Legs in Redis: what is written comes back, survives a restart, and a dead Redis harms nothing."""

import logging

import numpy as np
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from routing.travel import GreatCircleProvider, LegCache, OsrmSource, Profile, TravelTimes
from routing.travel.cache import RECORD, Scope
from routing.travel.provider import NO_ANSWER, NOT_ASKED, Legs

from .servers import NOON

SCOPE = Scope("osrm", "car", "any", "1")
POINTS = np.array([(-1.9 + k / 1000, 52.48) for k in range(30)])


def some_legs(rows, columns, seed=1):
    seconds = np.random.default_rng(seed).integers(NOT_ASKED, 5000, (rows, columns)).astype(np.int32)
    return Legs(seconds, np.where(seconds > 0, seconds * 10, seconds))


def everything(legs):
    return np.ones(legs.seconds.shape, dtype=bool)


def test_what_is_written_comes_back(cache):
    places, legs = cache.places(POINTS), some_legs(30, 30)
    cache.write(SCOPE, places, places, legs, everything(legs))
    found = cache.read(SCOPE, places[::-1], places)
    assert (found.seconds == legs.seconds[::-1]).all()
    assert (found.metres == legs.metres[::-1]).all()


@hypothesis_settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(blocks=st.lists(st.tuples(st.integers(0, 29), st.integers(1, 30), st.integers(0, 29), st.integers(1, 30))))
def test_blocks_add_up_and_the_later_counts(cache, blocks):
    scope = Scope("osrm", "car", "any", str(np.random.default_rng().integers(1 << 60)))
    places, expected = cache.places(POINTS), Legs.blank(30, 30)
    for number, (top, height, left, width) in enumerate(blocks):
        at = np.s_[top : top + height, left : left + width]
        legs = some_legs(*expected.seconds[at].shape, seed=number)
        fresh = np.random.default_rng(number).random(legs.seconds.shape) < 0.7
        cache.write(scope, places[at[0]], places[at[1]], legs, fresh)
        kept = fresh & (legs.seconds != NOT_ASKED)
        expected.seconds[at] = np.where(kept, legs.seconds, expected.seconds[at])
    assert (cache.read(scope, places, places).seconds == expected.seconds).all()


def test_scopes_are_apart(cache):
    places, legs = cache.places(POINTS), some_legs(30, 30)
    cache.write(SCOPE, places, places, legs, everything(legs))
    for other in (Scope("osrm", "foot", "any", "1"), Scope("osrm", "car", "any", "2"), Scope("osrm", "car", "h", "1")):
        assert (cache.read(other, places, places).seconds == NOT_ASKED).all()


def test_no_answer_is_kept_and_not_asked_is_not(cache, redis_client):
    places = cache.places(POINTS[:2])
    legs = Legs(*(np.array([[NOT_ASKED, NO_ANSWER]], dtype=np.int32),) * 2)
    cache.write(SCOPE, places[:1], places, legs, everything(legs))
    assert cache.read(SCOPE, places[:1], places).seconds.tolist() == [[NOT_ASKED, NO_ANSWER]]
    (key,) = redis_client.scan_iter(f"{cache._prefix}:*")
    assert redis_client.strlen(key) == RECORD.itemsize


def test_redis_holds_no_place_in_clear(cache, redis_client):
    places, legs = cache.places(POINTS), some_legs(30, 30)
    cache.write(SCOPE, places, places, legs, everything(legs))
    whole = np.rint(POINTS * 1e5).astype("<i4")
    stored = b"".join(key + redis_client.get(key) for key in redis_client.scan_iter(f"{cache._prefix}:*"))
    assert not any(number.tobytes() in stored for number in whole[:, 0])
    other = LegCache(redis_client, prefix="x", secret=b"another")
    assert not set(other.places(POINTS).tolist()) & set(places.tolist())


def test_rows_end_some_time_after_they_began(cache, redis_client):
    places, legs = cache.places(POINTS), some_legs(30, 30)
    cache.write(SCOPE, places[:1], places, Legs(legs.seconds[:1], legs.metres[:1]), everything(legs)[:1])
    (key,) = redis_client.scan_iter(f"{cache._prefix}:*")
    assert 13 * 24 * 3600 < redis_client.ttl(key) <= 14 * 24 * 3600
    redis_client.expire(key, 100)
    cache.write(SCOPE, places[:1], places, Legs(legs.seconds[:1], legs.metres[:1]), everything(legs)[:1])
    assert redis_client.ttl(key) <= 100, "adding to a row does not prolong it"


def test_a_damaged_row_is_asked_for_again(cache, redis_client):
    places, legs = cache.places(POINTS), some_legs(30, 30)
    cache.write(SCOPE, places, places, legs, everything(legs))
    key = next(redis_client.scan_iter(f"{cache._prefix}:*"))
    redis_client.append(key, b"?")
    found = cache.read(SCOPE, places, places)
    assert (found.seconds == NOT_ASKED).all(axis=1).sum() == 1


def test_large_matrices_go_past_the_cache(client_of, redis_client, server):
    cache = LegCache(redis_client, prefix="test-large", secret=b"x", most_points=5)
    TravelTimes([OsrmSource({Profile.CAR: client_of()})], cache=cache).matrix(POINTS[:6], NOON)
    assert list(redis_client.scan_iter("test-large:*")) == []


def test_legs_survive_a_restart_of_redis(own_redis):
    cache = LegCache(own_redis.client, prefix="her", secret=b"x")
    places, legs = cache.places(POINTS), some_legs(30, 30)
    cache.write(SCOPE, places, places, legs, everything(legs))
    own_redis.stop()
    own_redis.start()
    assert (cache.read(SCOPE, places, places).seconds == legs.seconds).all()


def test_a_dead_redis_is_no_cache_said_once(own_redis, client_of, server, caplog):
    cache = LegCache(own_redis.client, prefix="her", secret=b"x")
    times = TravelTimes([OsrmSource({Profile.CAR: client_of()})], cache=cache, estimates=GreatCircleProvider())
    own_redis.stop()
    with caplog.at_level(logging.WARNING):
        matrices = [times.matrix(POINTS, NOON) for _ in range(3)]
    assert not any(matrix.estimated.any() for matrix in matrices)
    assert [record.getMessage() for record in caplog.records] == ["travel_cache_unavailable: ConnectionError"]
    assert server.count("table") == 3
