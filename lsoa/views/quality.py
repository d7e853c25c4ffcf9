"""All datasets at a glance, every check with its last result, and alerts."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed, requires
from accounts.permissions import Permission

from .. import services
from ..models import QualityAlert
from ..presenters.quality import QualityPage


@require_safe
@requires(Permission.VIEW_AREAS)
def quality(request):
    """The quality page; `?resolved=1` adds the alerts that are over."""
    page = QualityPage(request.organisation, with_resolved=request.GET.get("resolved") == "1")
    may_act = allowed(request.user, Permission.LOAD_DATA)
    return render(request, "lsoa/quality.html", {"page": page, "may_act": may_act})


@require_POST
@requires(Permission.LOAD_DATA)
def acknowledge(request, pk):
    alert = get_object_or_404(QualityAlert.objects.visible_to(request.organisation), pk=pk)
    services.acknowledge_alert(alert=alert, by=request.user)
    messages.success(request, "You have taken note. The alert stays until its check passes.")
    return redirect("data-quality")


@require_POST
@requires(Permission.LOAD_DATA)
def check_now(request):
    """Have all checks run in the background."""
    services.queue_checks(by=request.user)
    messages.success(request, "The checks run in the background. Their results show here in a minute or two.")
    return redirect("data-quality")
