"""What every call of the API meets outside its view: the limit of refused calls, headers, the count of a key's use."""

import math

import structlog
from redis.exceptions import RedisError

from accounts.credentials import throttles, usage

from .errors import is_api
from .problems import problem_response

log = structlog.get_logger(__name__)
# Not known, or not allowed: whoever is refused here never came as far as the limits of the view.
REFUSED = (401, 403)


class ApiLimitsMiddleware:
    """Addresses from which too many calls were refused get 429 before anything looks at their credentials.

    Views cannot do that: what refuses a caller comes before their limits.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not is_api(request):
            return self.get_response(request)
        limit = throttles.refused_calls(request)
        before = throttles.look(limit)
        response = _too_many(request, before) if before.left <= 0 else self._answered(request, limit)
        for name, value in throttles.headers(request).items():
            response[name] = value
        return response

    def _answered(self, request, limit):
        response = self.get_response(request)
        if response.status_code in REFUSED:
            try:
                throttles.tell(request, [throttles.count(limit)])
            except (RedisError, OSError) as error:
                # 256 random bits are not guessed, and passwords have limits of their own, which refuse in this case.
                log.error("api_limits_not_counted", error=type(error).__name__)
        key = getattr(request, "api_key", None)
        if key is not None:
            usage.count(key, status=response.status_code, operation=_operation(request))
        return response


def _operation(request) -> str:
    match = request.resolver_match
    return f"{request.method} {match.view_name}" if match else ""


def _too_many(request, counted):
    throttles.tell(request, [counted])
    detail = f"Too many calls from this address were refused. Try again in {counted.seconds} seconds."
    response = problem_response(request=request, status=429, title="Too many requests", detail=detail)
    response["Retry-After"] = str(math.ceil(counted.seconds))
    return response
