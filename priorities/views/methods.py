"""How well priorities hold, and asking for it to be worked out anew."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed, requires
from accounts.permissions import Permission

from .. import services
from ..validation.page import ValidationPage


@require_safe
@requires(Permission.VIEW_AREAS)
def priorities(request):
    """The report in force; `?report=` names another one, `?need=` the outcome whose curve is drawn."""
    page = ValidationPage(request.GET.get("report", "")[:40], request.GET.get("need", "")[:80])
    may_act = allowed(request.user, Permission.RECALCULATE)
    return render(request, "priorities/methods.html", {"page": page, "may_act": may_act})


@require_POST
@requires(Permission.RECALCULATE)
def validate(request):
    """Have the published version validated in the background."""
    try:
        services.start_validation(by=request.user)
    except services.NothingToScore as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The validation runs in the background. It shows here in a minute or two.")
    return redirect("methods-priorities")
