"""Puts the organisation that a request acts in on the request."""

SESSION_KEY = "organisation_id"
# API clients with several memberships name the organisation in this header.
HEADER = "X-Organisation"


def organisation_for(request, user):
    """The chosen organisation of the user if they are a member of it, else their first; None without membership."""
    if not user.is_authenticated or not user.may_act:
        return None
    memberships = list(user.memberships.active().select_related("organisation"))
    by_id = {str(membership.organisation_id): membership.organisation for membership in memberships}
    if HEADER in request.headers:
        # A header that names somebody else's organisation is refused, not replaced by another one.
        return by_id.get(request.headers[HEADER])
    chosen = request.session.get(SESSION_KEY) if hasattr(request, "session") else None
    return by_id.get(chosen) or next(iter(by_id.values()), None)


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
