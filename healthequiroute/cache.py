"""The cache of pages: what it cannot give is worked out anew, so that no page ends where Redis does."""

from functools import cache

import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

from accounts.kept_answers import aside

log = structlog.get_logger(__name__)


class _SharedClient(RedisCacheClient):
    """Connections and clients of a process, for all its threads; Django makes new ones for each thread, and under ASGI
    every request is a thread. Safe for threads and forks, as redis-py's pools are.
    """

    def __init__(self, servers, **options):
        super().__init__(servers, **options)
        self._clients = {}

    def get_client(self, key=None, *, write=False):
        index = self._get_connection_pool_index(write)
        if index not in self._clients:
            self._clients[index] = super().get_client(key, write=write)
        return self._clients[index]


@cache
def _shared(servers: tuple[str, ...]) -> _SharedClient:
    return _SharedClient(list(servers))


class ForgetfulCache(RedisCache):
    """Redis as a cache that may be away: then nothing is found and nothing is kept, and the log says so.

    `add`, `delete`, `incr` and the rest raise as ever: who uses those relies on what they answer. Takes no OPTIONS.
    """

    @property
    def _cache(self):
        return _shared(tuple(self._servers))

    def get(self, key, default=None, version=None):
        try:
            return super().get(key, default, version)
        except (RedisError, OSError) as error:
            _tell("get", error)
            return default

    def get_many(self, keys, version=None):
        try:
            return super().get_many(keys, version)
        except (RedisError, OSError) as error:
            _tell("get_many", error)
            return {}

    def get_or_set(self, key, default, *args, **options):
        worked_out = []

        def once():
            # Redis may go between the question and the answer: nothing is worked out twice.
            with aside():
                worked_out.append(default() if callable(default) else default)
            return worked_out[0]

        try:
            return super().get_or_set(key, once, *args, **options)
        except (RedisError, OSError) as error:
            _tell("get_or_set", error)
            return worked_out[0] if worked_out else once()

    def set(self, key, *args, **options):
        try:
            return super().set(key, *args, **options)
        except (RedisError, OSError) as error:
            _tell("set", error)

    def set_many(self, data, *args, **options):
        try:
            return super().set_many(data, *args, **options)
        except (RedisError, OSError) as error:
            _tell("set_many", error)
            return list(data)


def _tell(operation: str, error: Exception) -> None:
    log.warning("cache_unavailable", operation=operation, error=type(error).__name__)
