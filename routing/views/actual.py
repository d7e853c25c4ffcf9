"""The day's page of a plan: live while people are out, afterwards the plan against what happened."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed, requires
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission
from routing import services
from routing.lists.plans import actual_list
from routing.models import RoundAlert, RoutePlan
from routing.presenters.actual import ActualPage


@require_safe
@requires(Permission.VIEW_PLANS)
def plan_actual(request, plan_id):
    """The whole page, or for HTMX the live panel that replaces itself."""
    plan = _plan(request, plan_id)
    may_note = allowed(request.user, Permission.EDIT_PLANS, request.organisation)
    page = ActualPage(plan, now=timezone.now(), may_note=may_note)
    template = "routing/actual/_live.html" if request.htmx else "routing/actual/page.html"
    return render(request, template, {"page": page, "plan": plan})


@require_safe
@requires(Permission.VIEW_PLANS)
def plan_actual_csv(request, plan_id):
    plan = _plan(request, plan_id)
    listed = actual_list(plan, ActualPage(plan, now=timezone.now()))
    return list_file_response(request, listed, asked_kind(request) or "csv")


@require_POST
@requires(Permission.EDIT_PLANS)
def round_alert_noted(request, alert_id):
    alert = get_object_or_404(RoundAlert.objects.for_organisation(request.organisation), pk=alert_id)
    services.note_alert(alert=alert, by=request.user)
    return redirect("plan-actual", alert.plan_id)


def _plan(request, plan_id) -> RoutePlan:
    return get_object_or_404(RoutePlan.objects.for_organisation(request.organisation).with_team(), pk=plan_id)
