"""Redis may go away: pages go on without the cache, and whoever looks after the service is told."""

import pytest
from django.core.cache import caches
from redis.exceptions import RedisError


@pytest.fixture
def away(settings):
    """The cache of the portal, at an address where nobody listens."""
    settings.CACHES = {
        "default": {"BACKEND": "healthequiroute.cache.ForgetfulCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    return caches["default"]


def test_what_is_not_found_is_worked_out_once(away):
    asked = []
    assert away.get_or_set("a", lambda: asked.append(1) or 7, 60) == 7
    assert len(asked) == 1
    assert away.get_many(["a", "b"]) == {}
    assert away.set_many({"a": 1}) == ["a"]
    away.set("a", 1)
    assert away.get("a", "nothing") == "nothing"


def test_what_others_rely_on_is_not_made_up(away):
    with pytest.raises(RedisError):
        away.add("a", 1)


@pytest.mark.django_db
def test_home_stays_and_the_health_check_fails(away, client_as):
    assert client_as("planner").get("/").status_code == 200
    answer = client_as("planner").get("/health/ready")
    assert (answer.status_code, answer.json()["parts"]["cache"]) == (503, "unreachable")
