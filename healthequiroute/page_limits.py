"""How much one person may ask of the pages: points a minute, in one table of what each address costs.

The API has limits of its own (accounts.credentials.throttles), and trying passwords narrower ones (allauth's).
"""

import hashlib
import math
import time

import structlog
from django.conf import settings
from django.core.cache import cache
from django.shortcuts import render
from redis.exceptions import RedisError

from accounts.client_address import counted_address

from .errors import is_api

log = structlog.get_logger(__name__)
WINDOW = 60
# What the probes of a load balancer ask counts for nothing.
FREE = {"health-live", "health-ready", "favicon"}
# By name of the address; every other page costs one point.
COSTS = {
    # Files that are made of many rows.
    **dict.fromkeys(("export-areas", "dataset-figures-csv", "dataset-rejects-csv", "equity-csv", "mileage-csv"), 60),
    **dict.fromkeys(("plan-stops-csv", "plan-actual-csv", "plan-problem", "plan-solution", "plan-run-sheets"), 20),
    # Many words are compared with many names.
    **dict.fromkeys(("search", "search-suggestions"), 3),
}
# Signing in, and finding out who has an account.
SIGN_IN = ("account_login", "account_reset_password_from_key", "account_reauthenticate", "demo-sign-in")
POST_COSTS = dict.fromkeys(SIGN_IN, 60) | dict.fromkeys(
    # Files that are read.
    ("load-data", "own-indicator-add", "own-indicator-replace", "rota-upload", "caseload-import", "plan-create"),
    60,
)


def cost(name: str, method: str) -> int:
    """Points that a request to this address costs."""
    if method == "POST":
        return POST_COSTS.get(name, 5)
    return COSTS.get(name, 1)


class PageLimitsMiddleware:
    """Answers 429 to whoever asks for more than their points allow; below AuthenticationMiddleware.

    While Redis is away nobody is counted: people go on working, and the log says so.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.url_name or ""
        if is_api(request) or name in FREE:
            return None
        signed_in = request.user.is_authenticated
        who = f"person {request.user.pk}" if signed_in else f"address {counted_address(request)}"
        allowed = settings.PAGE_LIMIT_PERSON if signed_in else settings.PAGE_LIMIT_ADDRESS
        try:
            asked, seconds = _count(who, cost(name, request.method))
        except (RedisError, OSError) as error:
            log.error("page_limits_not_counted", error=type(error).__name__)
            return None
        if asked <= allowed:
            return None
        log.warning("page_limit_reached", signed_in=signed_in, address=name)
        answer = render(request, "errors/429.html", {"seconds": seconds}, status=429)
        answer["Retry-After"] = str(seconds)
        return answer


def _count(who: str, points: int) -> tuple[int, int]:
    """Points asked for in this minute with these, and seconds until the next one."""
    now = time.time()
    # Addresses and people go to the cache as digests only.
    key = f"pages:{hashlib.sha256(who.encode()).hexdigest()[:32]}:{int(now // WINDOW)}"
    seconds = max(1, math.ceil(WINDOW - now % WINDOW))
    if cache.add(key, points, 2 * WINDOW):
        return points, seconds
    try:
        return cache.incr(key, points), seconds
    except ValueError:
        # It ran out between the two.
        return points, seconds
