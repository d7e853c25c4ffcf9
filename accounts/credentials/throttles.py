"""How often somebody may ask the API, in one place.

A limit counts in a window that begins with the first request in it and lasts a minute, so that no two requests of a
minute fall apart by the clock; who comes early in two windows may ask twice as often for a moment, which is harmless
to what these limits protect (docs/adr/0031-limits-of-the-api.md).
"""

import hashlib
import math
import time
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.exceptions import APIException
from rest_framework.throttling import BaseThrottle

from ..access import request_organisation
from ..client_address import counted_address

log = structlog.get_logger(__name__)
WINDOW = 60


class LimitsUnknown(APIException):
    """Redis is away, and without it nobody can say how often a password was tried."""

    status_code = 503
    default_detail = "Signing in is not possible for the moment. Try again in half a minute."
    wait = 30


@dataclass(frozen=True)
class Limit:
    """At most `requests` a minute of one caller. `name` is what answers call the limit."""

    name: str
    caller: str
    requests: int

    @property
    def key(self) -> str:
        # Addresses of people and machines go to the cache as digests only.
        return f"limit:{self.name}:{hashlib.sha256(self.caller.encode()).hexdigest()[:32]}"


@dataclass(frozen=True)
class Counted:
    """A limit after a request: how many are left, and for how many seconds the window still lasts."""

    limit: Limit
    left: int
    seconds: int

    @property
    def is_exceeded(self) -> bool:
        return self.left < 0


def count(limit: Limit) -> Counted:
    """Count one request, whichever process answers it. RedisError or OSError when Redis is away."""
    now = time.time()
    since = cache.get_or_set(f"{limit.key}:since", now, WINDOW)
    key = f"{limit.key}:{since}"
    try:
        asked = cache.incr(key)
    except ValueError:
        asked = 1 if cache.add(key, 1, WINDOW + 1) else cache.incr(key)
    return Counted(limit, limit.requests - asked, _seconds_left(since, now))


def look(limit: Limit) -> Counted:
    """How the limit stands, without counting. While Redis is away nothing seems to be counted."""
    since = cache.get(f"{limit.key}:since")
    if since is None:
        return Counted(limit, limit.requests, WINDOW)
    asked = cache.get(f"{limit.key}:{since}") or 0
    return Counted(limit, limit.requests - asked, _seconds_left(since, time.time()))


def _seconds_left(since, now) -> int:
    return max(1, math.ceil(since + WINDOW - now))


class LimitThrottle(BaseThrottle):
    """Counts a request against `limits(request)`; the tightest one is told in the answer's headers."""

    def limits(self, request) -> list[Limit]:
        raise NotImplementedError

    def without_redis(self, error) -> bool:
        """What is answered when nobody can count: the caller is known, only capacity is at stake, so work goes on."""
        log.error("api_limits_not_counted", error=type(error).__name__)
        return True

    def allow_request(self, request, view) -> bool:
        limits = self.limits(request)
        try:
            counted = [count(limit) for limit in limits]
        except (RedisError, OSError) as error:
            return self.without_redis(error)
        tell(request._request, counted)
        self._wait = max((each.seconds for each in counted if each.is_exceeded), default=None)
        return self._wait is None

    def wait(self):
        return self._wait


class CallerThrottle(LimitThrottle):
    """Every call that is not anonymous: the key or the person, and the organisation that it acts in."""

    def limits(self, request):
        key = getattr(request._request, "api_key", None)
        if key is not None:
            limits = [Limit("key", str(key.pk), key.requests_per_minute)]
        elif request.user.is_authenticated:
            limits = [Limit("person", str(request.user.pk), settings.API_LIMIT_PERSON)]
        else:
            # Refused calls are counted by address, before and after any view (healthequiroute.api_limits).
            return []
        organisation = request_organisation(request)
        if organisation is not None:
            limits.append(Limit("organisation", str(organisation.pk), settings.API_LIMIT_ORGANISATION))
        return limits


class SignInThrottle(LimitThrottle):
    """Of the addresses where somebody proves who they are: without counting, passwords could be tried for ever."""

    def without_redis(self, error):
        log.error("sign_in_limits_not_counted", error=type(error).__name__)
        raise LimitsUnknown


class AddressThrottle(SignInThrottle):
    """Attempts from one client address. A whole trust may be behind one, so this is not the narrow limit."""

    def limits(self, request):
        return [Limit("sign-in-address", counted_address(request), 60)]


class AccountThrottle(SignInThrottle):
    """Attempts at one account from one client address, whether or not there is such an account."""

    def limits(self, request):
        email = str(request.data.get("email", "")).strip().lower()
        return [Limit("sign-in-account", f"{counted_address(request)} {email}", 5)]


class RenewalThrottle(SignInThrottle):
    def limits(self, request):
        return [Limit("renewal-address", counted_address(request), 60)]


def refused_calls(request) -> Limit:
    """Calls from an address that were refused: no credentials, wrong ones, or none for what was asked."""
    return Limit("address", counted_address(request), settings.API_LIMIT_ADDRESS)


def tell(django_request, counted: list[Counted]) -> None:
    """Remember the tightest limit for the headers of the answer."""
    known = [*getattr(django_request, "limits_counted", []), *counted]
    django_request.limits_counted = sorted(known, key=lambda each: each.left / each.limit.requests)


def headers(django_request) -> dict[str, str]:
    """`RateLimit-Policy` (allowed) and `RateLimit` (left), after draft-ietf-httpapi-ratelimit-headers-10."""
    counted = getattr(django_request, "limits_counted", None)
    if not counted:
        return {}
    tightest = counted[0]
    name = tightest.limit.name
    return {
        "RateLimit-Policy": f'"{name}";q={tightest.limit.requests};w={WINDOW}',
        "RateLimit": f'"{name}";r={max(0, tightest.left)};t={tightest.seconds}',
    }
