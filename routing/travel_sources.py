"""Travel times as configured: which road networks are asked, with the cache in Redis. See docs/travel.md."""

from functools import lru_cache

import redis
from django.conf import settings

from .travel import (
    CircuitBreaker,
    GreatCircleProvider,
    JsonClient,
    LegCache,
    OsrmSource,
    Profile,
    RateLimit,
    RouteApiSource,
    TravelTimes,
    ValhallaSource,
)

REDIS_SECONDS = 2


def travel_times() -> TravelTimes:
    """The configured TravelProvider, one for the whole process, so that its connections and breakers are shared."""
    names = [name for name in dir(settings) if name.startswith(("TRAVEL_", "OSRM_", "VALHALLA_", "OS_API_"))]
    return _made(tuple((name, _hashable(getattr(settings, name))) for name in sorted(names)), settings.REDIS_URL)


@lru_cache(maxsize=4)
def _made(values: tuple, redis_url: str) -> TravelTimes:
    configured = dict(values)
    networks = [name for name in configured["TRAVEL_PROVIDER"] if name != GreatCircleProvider.name]
    if not networks:
        return TravelTimes([], estimates=GreatCircleProvider())
    cache = LegCache(
        redis.Redis.from_url(redis_url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS),
        prefix=settings.CACHES["default"].get("KEY_PREFIX") or "her",
        secret=f"travel cache {settings.SECRET_KEY}".encode(),
        seconds=configured["TRAVEL_CACHE_DAYS"] * 24 * 3600,
    )
    sources = [_SOURCES[name](configured, cache) for name in networks]
    return TravelTimes(sources, cache=cache, estimates=GreatCircleProvider())


def _osrm(configured, cache) -> OsrmSource:
    addresses = {
        Profile.CAR: configured["OSRM_URL_CAR"],
        Profile.BICYCLE: configured["OSRM_URL_BICYCLE"],
        Profile.FOOT: configured["OSRM_URL_FOOT"],
    }
    return OsrmSource(
        {profile: _client(url, f"osrm:{profile}", configured, cache) for profile, url in addresses.items() if url},
        side=configured["OSRM_TABLE_LIMIT"],
        snap_metres=configured["TRAVEL_SNAP_METRES"],
        data_version=configured["OSRM_DATA_VERSION"],
    )


def _valhalla(configured, cache) -> ValhallaSource:
    return ValhallaSource(
        _client(configured["VALHALLA_URL"], "valhalla", configured, cache),
        pairs=configured["VALHALLA_MATRIX_PAIRS"],
        snap_metres=configured["TRAVEL_SNAP_METRES"],
        traffic=configured["VALHALLA_TRAFFIC"],
    )


def _route_api(configured, cache) -> RouteApiSource:
    key = {"key": configured["OS_API_KEY"]}
    return RouteApiSource(
        _client(configured["OS_API_URL"], "ordnance-survey", configured, cache, headers=key),
        RateLimit(configured["OS_API_PER_MINUTE"]),
        most_legs=configured["OS_API_LEGS"],
        attribution=configured["OS_API_ATTRIBUTION"],
    )


_SOURCES = {"osrm": _osrm, "valhalla": _valhalla, "ordnance-survey": _route_api}


def _client(url, name, configured, cache, **options) -> JsonClient:
    breaker = CircuitBreaker(f"{name}:{url}", shared=cache)
    return JsonClient(url, breaker=breaker, seconds=configured["TRAVEL_SECONDS"], **options)


def _hashable(value):
    return tuple(value) if isinstance(value, list) else value
