"""About the data, and the accessibility statement."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import requires
from accounts.permissions import Permission
from lsoa.models import Dataset
from priorities.models import ScoreRun

from ..statement import results
from ..statement.known import KNOWN


@require_safe
@requires(Permission.VIEW_AREAS)
def about_data(request):
    """Every dataset in force: who published it, which release, under which licence, what was refused."""
    context = {"datasets": _in_force(), "run": ScoreRun.objects.latest_finished()}
    return render(request, "portal/about_data.html", context)


@require_safe
@requires(Permission.VIEW_AREAS)
def about_data_panel(request):
    """The files in force as a table, for the panel under figures."""
    return render(request, "portal/_about_data_table.html", {"datasets": _in_force()})


def _in_force():
    return Dataset.objects.public().in_force().order_by("publisher", "title", "-release")


@login_not_required
@require_safe
def accessibility(request):
    """The statement of the Regulations of 2018, from what the last recorded walk over all pages found."""
    return render(request, "portal/accessibility.html", {"results": results.committed(), "known": KNOWN})
