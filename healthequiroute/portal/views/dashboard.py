"""The figures of a patch and a period."""

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import allowed, requires
from accounts.permissions import Permission

from ..dashboard import WholeWeeks
from ..dashboard import dashboard as dashboard_of
from ..presenters.dashboard import DashboardPage
from ..query import PriorityQuery
from ..selection import Selection


@never_cache
@require_safe
@requires(Permission.VIEW_AREAS)
def dashboard(request):
    """The page; with htmx the cards alone."""
    query = PriorityQuery.from_querydict(request.GET)
    selection = Selection(PriorityQuery(patch=query.patch), request.organisation)
    may_see = allowed(request.user, Permission.VIEW_PLANS, request.organisation)
    found = dashboard_of(selection, WholeWeeks.from_querydict(request.GET), with_visits=may_see)
    page = DashboardPage(found, heat=query.heat)
    if request.htmx and not request.htmx.history_restore_request:
        response = render(request, "portal/_dashboard.html", {"page": page, "is_whole": "home" not in request.GET})
        if "home" not in request.GET:
            response["HX-Push-Url"] = page.address
        return response
    return render(request, "portal/dashboard.html", {"page": page, "is_whole": True})
