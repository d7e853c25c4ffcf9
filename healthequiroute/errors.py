"""One error page for people; API addresses get problem details (RFC 9457) even when no view was reached."""

from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

from .problems import problem_response

API_PREFIX = "/api/"


def _answer(request, status, title, detail):
    if request.path.startswith(API_PREFIX):
        return problem_response(request=request, status=status, title=title, detail=detail)
    return render(request, f"errors/{status}.html", {"detail": detail}, status=status)


def bad_request(request, exception=None):
    return _answer(request, 400, "Bad request", "The request could not be understood.")


def permission_denied(request, exception=None):
    # The exception names the missing permission; anything else it may hold stays in the log.
    return _answer(request, 403, "Not allowed", str(exception or "") or "You do not have the role that this needs.")


def csrf_failure(request, reason=""):
    """A form without its secret: the page stood open while somebody signed in anew, or cookies are off."""
    if request.path.startswith(API_PREFIX):
        return _answer(request, 403, "Not allowed", "The request came without the secret of its form (CSRF).")
    return render(request, "errors/403_csrf.html", status=403)


def not_found(request, exception=None):
    return _answer(request, 404, "Not found", "There is nothing at this address, or it is not yours to see.")


def server_error(request):
    """Rendered without context processors: the database may be what failed."""
    if request.path.startswith(API_PREFIX):
        return problem_response(
            request=request, status=500, title="Server error", detail="Something went wrong on our side."
        )
    return HttpResponseServerError(render_to_string("errors/500.html"))
