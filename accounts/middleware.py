"""Puts the organisation that a request acts in on the request."""

SESSION_KEY = "organisation_id"
# API clients with several memberships name the organisation in this header.
HEADER = "X-Organisation"


def organisation_for(request, user):
    """The chosen organisation of the user if they are a member of it, else their first; None without membership."""
    if not user.is_authenticated:
        return None
    memberships = list(user.memberships.active().select_related("organisation"))
    chosen = request.headers.get(HEADER) or request.session.get(SESSION_KEY)
    if chosen:
        named = [m.organisation for m in memberships if str(m.organisation_id) == chosen]
        if named or request.headers.get(HEADER):
            # A header that names somebody else's organisation is refused, not replaced by another one.
            return named[0] if named else None
    return memberships[0].organisation if memberships else None


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
