"""Where the Django admin may be reached from (ADMIN_ALLOWED_NETWORKS)."""

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import Http404
from django.urls import reverse
from redis.exceptions import RedisError

from .. import audit
from ..client_address import client_address, counted_address
from .networks import is_within

log = structlog.get_logger(__name__)
# An event a minute for each person or address is enough to be seen, and cannot fill the trail.
EVENT_SECONDS = 60


class AdminNetworksMiddleware:
    """From elsewhere the administration does not exist: 404, and an event. Stands below sign-in, before any view."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        networks = settings.ADMIN_ALLOWED_NETWORKS
        if networks and _is_admin(request) and not is_within(client_address(request), networks):
            _record(request)
            raise Http404("Not from this address.")
        return self.get_response(request)


def _is_admin(request) -> bool:
    return request.path_info.startswith(reverse("admin:index"))


def _record(request) -> None:
    person = request.user if request.user.is_authenticated else None
    if _is_new(person.pk if person else counted_address(request)):
        actor = person or audit.SystemActor("admin")
        audit.record(action="admin.refused_address", by=actor, target=person)
    # The address itself is personal data: it is not kept.
    log.warning("admin_refused_address", signed_in=person is not None)


def _is_new(who) -> bool:
    try:
        return cache.add(f"admin-refused:{who}", True, EVENT_SECONDS)
    except (RedisError, OSError):
        # Rather one event too many than none.
        log.warning("admin_refusals_not_counted")
        return True
