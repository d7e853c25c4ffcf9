"""How often the API may be asked: by a key, a person, an organisation, an address; what holds while Redis is away."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisAway
from rest_framework.test import APIClient

from accounts.tests.api_keys import client_with, make_key

AREAS = "/api/v1/areas/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def maker(make_user):
    return make_user(roles=["administrator"])


def statuses(client, times, path=AREAS, **extra):
    return [client.get(path, **extra).status_code for _ in range(times)]


def test_a_key_has_the_limit_that_it_was_given(maker, organisation, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    _, text = make_key(maker, organisation, requests_per_minute=3)
    _, other = make_key(maker, organisation, requests_per_minute=3)
    client = client_with(text)
    assert statuses(client, 5) == [200] * 3 + [429] * 2
    answer = client.get(AREAS)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "60"
    assert (answer["RateLimit-Policy"], answer["RateLimit"]) == ('"key";q=3;w=60', '"key";r=0;t=60')
    assert statuses(client_with(other), 1) == [200]
    time_machine.shift(timedelta(seconds=60))
    assert statuses(client, 4) == [200] * 3 + [429]


def test_answers_say_what_is_left(maker, organisation, api_client_as, settings):
    _, text = make_key(maker, organisation, requests_per_minute=100)
    client = client_with(text)
    client.get(AREAS)
    answer = client.get(AREAS)
    assert answer["RateLimit-Policy"] == '"key";q=100;w=60'
    assert answer["RateLimit"].startswith('"key";r=98;t=')
    # Of several limits the tightest.
    settings.API_LIMIT_PERSON, settings.API_LIMIT_ORGANISATION = 1000, 10
    assert api_client_as("viewer").get(AREAS)["RateLimit-Policy"] == '"organisation";q=10;w=60'


def test_a_person_counts_over_session_and_tokens(api_client_as, client_as, settings):
    settings.API_LIMIT_PERSON = 4
    person = api_client_as("viewer")
    assert statuses(person, 2) == [200, 200]
    assert statuses(client_as(user=person.user), 3) == [200, 200, 429]
    assert statuses(api_client_as("viewer"), 1) == [200]


def test_an_organisation_counts_over_its_people_and_keys(
    maker, organisation, other_organisation, api_client_as, settings
):
    settings.API_LIMIT_ORGANISATION = 3
    _, text = make_key(maker, organisation)
    assert statuses(client_with(text), 2) == [200, 200]
    assert statuses(api_client_as("viewer"), 2) == [200, 429]
    assert statuses(api_client_as("viewer", organisation=other_organisation), 1) == [200]


def test_refused_calls_of_an_address_are_counted_whatever_they_bring(maker, organisation, settings):
    settings.API_LIMIT_ADDRESS = 3
    _, text = make_key(maker, organisation)
    assert statuses(APIClient(), 1) == [401]
    assert statuses(client_with("her_aaaaaaaa_" + "0" * 64), 1) == [401]
    assert statuses(client_with(text), 1, path="/api/v1/route-plans/") == [403]
    answer = client_with(text).get(AREAS)
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert answer["RateLimit"].startswith('"address";r=0;t=')
    # Others are not held up, and good calls do not count.
    assert statuses(client_with(text), 5, REMOTE_ADDR="203.0.113.9") == [200] * 5


def test_pages_know_nothing_of_these_limits(client_as, settings):
    settings.API_LIMIT_PERSON = settings.API_LIMIT_ADDRESS = 1
    assert statuses(client_as("viewer"), 3, path="/roles/") == [200] * 3


class TestWithoutRedis:
    @pytest.fixture
    def redis_is_away(self, monkeypatch):
        """As `ForgetfulCache` behaves while Redis is away: nothing is found, and counting raises."""

        def away(*args, **kwargs):
            raise RedisAway("away")

        monkeypatch.setattr(type(cache._connections[cache._alias]), "incr", away)

    def test_nobody_signs_in_by_password(self, redis_is_away, caplog):
        for path, body in (("", {"email": "a@example.org", "password": "x"}), ("refresh/", {"refresh": "x"})):
            answer = APIClient().post(f"/api/v1/token/{path}", body)
            assert (answer.status_code, answer["Retry-After"]) == (503, "30")
            assert answer["Content-Type"] == "application/problem+json"
        assert "sign_in_limits_not_counted" in caplog.text

    def test_whoever_is_known_goes_on_and_the_log_says_so(self, redis_is_away, maker, organisation, caplog):
        _, text = make_key(maker, organisation, requests_per_minute=1)
        answer = client_with(text).get(AREAS)
        assert answer.status_code == 200
        assert "RateLimit" not in answer
        errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
        assert any("api_limits_not_counted" in message for message in errors)
        assert statuses(APIClient(), 1) == [401]
