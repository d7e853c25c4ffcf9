"""Home: what needs me today, and what changed since I last looked."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import organisation_suspended, requires
from accounts.jobs import mark_interrupted
from accounts.permissions import Permission

from ..presenters.home import HomePage
from ..saved_views import services


@never_cache
@require_safe
def home(request):
    """For everybody who is signed in. Who has neither an organisation nor the platform's rights is told what to do."""
    if request.organisation is None and not request.user.is_platform_administrator:
        return render(request, "accounts/no_membership.html", status=403)
    if request.organisation is not None and request.organisation.is_suspended and not request.user.is_superuser:
        return organisation_suspended(request)
    mark_interrupted()
    return render(request, "portal/home.html", {"home": HomePage(request.user, request.organisation)})


@require_POST
@requires(Permission.VIEW_AREAS)
def mark_seen(request):
    services.mark_as_seen(organisation=request.organisation, by=request.user)
    return _news(request)


@require_POST
@requires(Permission.VIEW_AREAS)
def take_seen_back(request):
    services.take_seen_back(organisation=request.organisation, by=request.user)
    return _news(request)


def _news(request) -> HttpResponse:
    if request.htmx:
        return render(request, "portal/_news.html", {"news": HomePage(request.user, request.organisation).news})
    return redirect("home")
