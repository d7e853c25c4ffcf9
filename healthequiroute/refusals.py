"""Knocking at what is not there, or not one's own, and sending what nobody takes, leaves a trace."""

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from accounts import audit

log = structlog.get_logger(__name__)
# One event for a person, an address and an answer in this time: whoever tries ids one after the other is seen, and
# cannot fill the trail.
EVENT_SECONDS = 600
# In the log alone: not known; no such method; unreadable, too large, of another kind than described.
NOT_TAKEN = (400, 401, 405, 413, 415)
UNREADABLE = 422
# Decided by services: no form of a page and no body of the API offers them, so whoever sends one is trying something.
# The administration of accounts has some, for platform administrators.
NEVER_OFFERED = frozenset(
    {"is_platform_administrator", "is_superuser", "is_staff", "organisation_id", "user_id", "created_by"}
    | {"proposed_by", "published_by", "approved_by", "permissions", "groups", "user_permissions"}
)


class RefusalsMiddleware:
    """Records `access.refused`: somebody who has signed in met 403, or 404 at an address that names a thing.

    The event says which kind of address, by its name, and never the id that was tried. Outside the views and inside
    whatever says who is asking; people who have not signed in are in the log alone. So are bodies and files that were
    not taken, fields that nobody offered, and sessions that nobody opened: by the address's name, never by content.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        match = request.resolver_match
        if match is None:
            return response
        name = match.view_name or match.route
        user = getattr(request, "user", None)
        signed_in = user is not None and user.is_authenticated
        _note_what_was_sent(request, response, name, signed_in)
        if response.status_code == 403 or (response.status_code == 404 and match.kwargs):
            log.warning("access_refused", address=name, status=response.status_code, signed_in=signed_in)
            if signed_in and _is_new(f"{user.pk}:{name}:{response.status_code}"):
                _record(request, user, name, response.status_code)
        return response


def note_fields(names, *, address: str, signed_in: bool) -> None:
    """Log which of the fields that services decide somebody has sent; they were not taken."""
    sent = sorted(NEVER_OFFERED.intersection(names))
    if sent and not address.startswith("admin:"):
        log.warning("fields_not_offered", address=address, fields=sent, signed_in=signed_in)


def _note_what_was_sent(request, response, name, signed_in) -> None:
    # Only what a view has read: nothing is read for the log.
    sent, files = getattr(request, "_post", None), getattr(request, "_files", None)
    if sent:
        note_fields(sent, address=name, signed_in=signed_in)
    if response.status_code in NOT_TAKEN:
        log.warning("request_refused", address=name, status=response.status_code, signed_in=signed_in)
    if files and response.status_code in (*NOT_TAKEN, UNREADABLE):
        log.warning("file_refused", address=name, status=response.status_code, signed_in=signed_in)
    if _planted_key(request):
        log.info("session_not_known", address=name)


def _planted_key(request) -> bool:
    """Whether the browser brought the key of a session that is over, or that somebody made up. It is not taken over."""
    session = getattr(request, "session", None)
    brought = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return bool(brought) and session is not None and session.accessed and session.session_key is None


def _record(request, user, name, status):
    details = {"address": name, "method": request.method, "status": status}
    organisation = getattr(request, "organisation", None)
    audit.record(action="access.refused", by=user, organisation=organisation, details=details)


def _is_new(what) -> bool:
    try:
        return cache.add(f"access-refused:{what}", True, EVENT_SECONDS)
    except (RedisError, OSError):
        # Rather one event too many than none.
        log.warning("refusals_not_counted")
        return True
