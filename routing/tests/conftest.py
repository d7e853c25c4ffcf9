"""A Redis that may go away in a test."""

import shutil

import pytest

from healthequiroute.testing.own_redis import OwnRedis


@pytest.fixture
def own_redis(tmp_path_factory):
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    own = OwnRedis(tmp_path_factory.mktemp("r"))
    own.start()
    yield own
    own.stop()
    own.client.close()
