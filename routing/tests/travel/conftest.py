import uuid

import pytest
import redis
from django.conf import settings

from routing.travel import JsonClient, LegCache

from . import servers


@pytest.fixture
def server():
    with servers.running() as made:
        yield made


@pytest.fixture
def client_of(server):
    """`client_of(seconds=..., breaker=...)`: a client of the server, closed at the end."""
    made = []

    def make(**options):
        made.append(JsonClient(server.url, **{"seconds": 5, **options}))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def redis_client():
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5)
    yield client
    client.close()


@pytest.fixture
def cache(redis_client):
    """A cache in the Redis of the test services, under a prefix of its own that is emptied afterwards."""
    prefix = f"test-{uuid.uuid4().hex}"
    yield LegCache(redis_client, prefix=prefix, secret=b"of the tests")
    for key in redis_client.scan_iter(f"{prefix}:*"):
        redis_client.delete(key)
