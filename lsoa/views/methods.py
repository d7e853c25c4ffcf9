"""How figures are worked out, and how well."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import requires
from accounts.permissions import Permission

from ..presenters.methods import MethodPage


@require_safe
@requires(Permission.VIEW_AREAS)
def prevalence(request):
    """How registers reach areas; `?release=` names the year."""
    page = MethodPage(request.GET.get("release", "")[:40])
    return render(request, "lsoa/method_prevalence.html", {"page": page})
