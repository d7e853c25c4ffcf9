"""Who is asking: sign-in required by default, and the organisation that a request acts in."""

from urllib.parse import urlencode

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponse
from django.shortcuts import resolve_url

from .safe_redirects import safe_address

SESSION_KEY = "organisation_id"
# API clients with several memberships name the organisation in this header.
HEADER = "X-Organisation"


def organisation_for(request, user):
    """The chosen organisation of the user if they are a member of it, else their first; None without membership.

    A suspended one is the answer where it was chosen or where there is no other: its pages say that it is suspended.
    """
    if not user.is_authenticated or not user.may_act:
        return None
    memberships = list(user.memberships.active().select_related("organisation"))
    if user.limit is not None:
        # An API key acts in its own organisation, wherever else its maker belongs.
        memberships = [each for each in memberships if each.organisation_id == user.limit.organisation_id]
    # Read once: the second factor asks for their roles (accounts.sessions.second_factor).
    user.remember(memberships)
    request.roles_found = user.pk, {role for membership in memberships for role in membership.roles}
    by_id = {str(membership.organisation_id): membership.organisation for membership in memberships}
    request.belongs_to_several = len(by_id) > 1
    if HEADER in request.headers:
        # A header that names somebody else's organisation is refused, not replaced by another one.
        return by_id.get(request.headers[HEADER])
    chosen = request.session.get(SESSION_KEY) if hasattr(request, "session") else None
    first = sorted(by_id.values(), key=lambda organisation: organisation.is_suspended)
    return by_id.get(chosen) or next(iter(first), None)


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Sends people to sign in, and tells scripts (map tiles, polls) with 401 that the session has ended.

    A redirect would hand a script the sign-in page: HTMX would swap it into a panel, and the form token that comes with
    it would replace the one of a sign-in page that is open.
    """

    def handle_no_permission(self, request, view_func):
        is_script = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
        if not (request.htmx or is_script):
            return super().handle_no_permission(request, view_func)
        response = HttpResponse("Your session has ended. Sign in again.", status=401, content_type="text/plain")
        if request.htmx:
            # The whole page goes to sign in, and comes back to where the person was.
            back = safe_address(request, request.htmx.current_url).partition("#")[0]
            response["HX-Redirect"] = f"{resolve_url(self.get_login_url(view_func))}?{urlencode({'next': back})}"
        return response


class OrganisationMiddleware:
    """Sets `request.organisation` (an Organisation or None) for signed-in requests that reach a view."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.organisation = None
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        # Here rather than in __call__: static files and unknown addresses never cost a query.
        request.organisation = organisation_for(request, request.user)
        request._organisation_found_for = request.user.pk
