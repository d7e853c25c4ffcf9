"""One error page for people; API addresses get problem details (RFC 9457) even when no view was reached."""

import structlog
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import connection
from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.permissions import PLATFORM_PERMISSIONS, roles_with

from .problems import problem_response

API_PREFIXES = ("/api/", "/ogc/")
# The page about the API stands where people look for it.
PAGE = "/api/"


def is_api(request) -> bool:
    """Whether a program asks, which gets problem details and no page."""
    return request.path.startswith(API_PREFIXES) and request.path != PAGE


def _answer(request, status, title, detail, **more):
    if is_api(request):
        return problem_response(request=request, status=status, title=title, detail=detail)
    return _page(request, f"errors/{status}.html", {"detail": detail, **more}, status)


def _page(request, template, values, status):
    """With the navigation of whoever is signed in, which asks the database.

    An ASGI server makes these pages in any thread of its pool, not in the request's: what is opened there, nobody else
    would close.
    """
    was_open = connection.connection is not None
    try:
        return render(request, template, values, status=status)
    finally:
        if not was_open and not connection.in_atomic_block:
            connection.close()


def bad_request(request, exception=None):
    if isinstance(exception, RequestDataTooBig):
        # Django's own words tell the name of a setting.
        said = str(exception) if str(exception).startswith("What was sent") else "What was sent is too large."
        return _answer(request, 413, "Too large", said)
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        why = "The form has more fields or files than are taken at once."
        return _answer(request, 400, "Bad request", why, why=why)
    # A BadRequest is worded for whoever asked; anything else may hold what belongs into the log.
    why = f" {exception}" if type(exception) is BadRequest else ""
    # The page has the first sentence for its heading.
    return _answer(request, 400, "Bad request", f"The request could not be understood.{why}", why=why.strip())


def permission_denied(request, exception=None):
    # The exception names the missing permission; anything else it may hold stays in the log.
    detail = str(exception or "") or "You do not have the role that this needs."
    return _answer(request, 403, "Not allowed", detail, **_who_has(getattr(exception, "permission", None)))


def _who_has(permission) -> dict:
    """For the page: which roles have a right, and who gives it."""
    if permission is None:
        return {}
    if permission in PLATFORM_PERMISSIONS:
        return {"giver": "Only platform administrators can do this: those who run this service for all organisations."}
    return {"roles": [role.label for role in roles_with(permission)]}


def csrf_failure(request, reason=""):
    """A form without its secret: the page stood open while somebody signed in anew, or cookies are off."""
    if is_api(request):
        return _answer(request, 403, "Not allowed", "The request came without the secret of its form (CSRF).")
    return _page(request, "errors/403_csrf.html", {}, 403)


def not_found(request, exception=None):
    return _answer(request, 404, "Not found", "There is nothing at this address, or it is not yours to see.")


def server_error(request):
    """Rendered without context processors: the database may be what failed. The reference is the log's request id."""
    if is_api(request):
        return problem_response(
            request=request, status=500, title="Server error", detail="Something went wrong on our side."
        )
    reference = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    page = render_to_string("errors/500.html", {"reference": reference})
    return HttpResponseServerError(page, headers={"X-Request-ID": reference} if reference else None)
