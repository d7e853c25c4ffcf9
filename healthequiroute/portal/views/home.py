"""Home: what needs me today."""

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import organisation_suspended
from accounts.jobs import mark_interrupted

from ..presenters.home import HomePage


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
