"""About the data, and the accessibility statement."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import requires
from accounts.permissions import Permission
from lsoa.models import Dataset
from priorities.models import ScoreRun


@require_safe
@requires(Permission.VIEW_AREAS)
def about_data(request):
    """Every dataset in force: who published it, which release, under which licence, what was refused."""
    datasets = Dataset.objects.public().in_force().order_by("publisher", "title", "-release")
    context = {"datasets": datasets, "run": ScoreRun.objects.latest_finished()}
    return render(request, "portal/about_data.html", context)


@login_not_required
@require_safe
def accessibility(request):
    return render(request, "portal/accessibility.html")
