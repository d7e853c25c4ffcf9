"""The audit trail of the organisation."""

from django.core.paginator import Paginator
from django.shortcuts import render

from .. import audit
from ..access import requires
from ..forms import AuditFilterForm
from ..models import AuditEvent
from ..permissions import Permission
from ..presenters import audit_rows, chain_panel, object_name

PER_PAGE = 50


@requires(Permission.VIEW_AUDIT)
def trail(request):
    """Every event of the organisation, newest first; `?action=` filters."""
    events = AuditEvent.objects.for_organisation(request.organisation)
    form = AuditFilterForm(request.GET, actions=events.order_by().values_list("action", flat=True).distinct())
    if form.is_valid() and form.cleaned_data["action"]:
        events = events.filter(action=form.cleaned_data["action"])
    return _page(request, events, "accounts/audit.html", {"form": form})


@requires(Permission.VIEW_AUDIT)
def about_object(request, target_type, target_id):
    """What happened to one thing, as far as it happened in the organisation."""
    events = AuditEvent.objects.for_organisation(request.organisation)
    events = events.filter(target_type=target_type, target_id=target_id)
    context = {"heading": object_name(target_type, target_id), "target_id": target_id}
    return _page(request, events, "accounts/audit_object.html", context)


def _page(request, events, template, context):
    page = Paginator(events, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context |= {
        "rows": audit_rows(list(page)),
        "page": page,
        "query": query.urlencode(),
        "chain": chain_panel(audit.latest_check()),
    }
    return render(request, template, context)
