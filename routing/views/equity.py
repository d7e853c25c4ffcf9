"""Equity of a plan, a week, four weeks: page and file; what a plan is to keep, and what equity costs it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import allowed, requires
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission
from routing import services
from routing.equity_forms import PeriodForm
from routing.equity_reading import equity_of_period
from routing.lists.equity import equity_list
from routing.models import Team
from routing.presenters.equity import EquityPage
from routing.readings import people_in_figures
from routing.source_forms import WISHES
from routing.views.plans import settled_plan


@require_safe
@requires(Permission.VIEW_PLANS)
def equity(request):
    form = PeriodForm(request.GET, organisation=request.organisation)
    asked = form.cleaned_data.get("asked") if form.is_valid() else None
    page = EquityPage(_found(request, asked)) if asked else None
    context = {
        "page": page,
        "form": form if form.errors else form.shown(asked),
        "has_team": Team.objects.for_organisation(request.organisation).exists(),
        "may_create": allowed(request.user, Permission.EDIT_PLANS, request.organisation),
    }
    return render(request, "routing/equity.html", context, status=422 if form.errors else 200)


@require_safe
@requires(Permission.VIEW_PLANS)
def equity_download(request):
    form = PeriodForm(request.GET, organisation=request.organisation)
    if not form.is_valid() or form.cleaned_data.get("asked") is None:
        errors = [text for texts in form.errors.values() for text in texts]
        return HttpResponse(" ".join(errors) or "There is no plan yet.", status=422, content_type="text/plain")
    found = _found(request, form.cleaned_data["asked"])
    return list_file_response(request, equity_list(found), asked_kind(request) or "csv")


def _found(request, asked):
    """The figures; workloads stand under people's names."""
    found = equity_of_period(asked)
    audit.record_reading(request, "equity", people_in_figures(found.loads.by_staff, request.organisation))
    return found


@require_POST
@requires(Permission.OPTIMISE_PLANS)
def plan_wishes(request, plan_id):
    """Say what the plan is to keep, and have it optimised with that."""
    plan = settled_plan(request, plan_id)
    wishes = {name: bool(request.POST.get(name)) for name in WISHES}
    try:
        plan = services.set_wishes(plan=plan, by=request.user, **wishes)
        services.optimise_plan(plan=plan, by=request.user)
    except services.PlanStateError as error:
        messages.error(request, error.messages[0])
    return redirect("plan", plan_id)


@require_POST
@requires(Permission.OPTIMISE_PLANS)
def plan_price(request, plan_id):
    """Have the same day planned without equity, in the background."""
    plan = settled_plan(request, plan_id)
    try:
        services.queue_price(plan=plan, by=request.user)
        messages.success(request, "The same day is being planned without equity. This plan does not change.")
    except services.PlanStateError as error:
        messages.error(request, error.messages[0])
    return redirect("plan", plan_id)
