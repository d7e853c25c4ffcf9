"""The day's page of a plan: live while people are out, afterwards the plan against what happened."""

import csv
import io

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed, requires
from accounts.permissions import Permission
from routing import services
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
    rows = ActualPage(plan, now=timezone.now()).csv_rows()
    return csv_answer(rows, f"planned-and-actual-{slugify(plan.team.name)}-{plan.day}.csv")


@require_POST
@requires(Permission.EDIT_PLANS)
def round_alert_noted(request, alert_id):
    alert = get_object_or_404(RoundAlert.objects.for_organisation(request.organisation), pk=alert_id)
    services.note_alert(alert=alert, by=request.user)
    return redirect("plan-actual", alert.plan_id)


def csv_answer(rows, name: str) -> HttpResponse:
    """A CSV file to keep. Cells that a spreadsheet would run as a formula are made plain text."""
    text = io.StringIO()
    csv.writer(text).writerows([_plain(cell) for cell in row] for row in rows)
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _plain(cell):
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell


def _plan(request, plan_id) -> RoutePlan:
    return get_object_or_404(RoutePlan.objects.for_organisation(request.organisation).with_team(), pk=plan_id)
