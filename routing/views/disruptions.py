"""Something happened to a published plan: say it, see what would change, use the change or not."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import jobs
from accounts.access import allowed, requires
from accounts.permissions import Permission
from routing import services
from routing.disruption_forms import DisruptionForm
from routing.models import Disruption, PlanState, RoutePlan
from routing.presenters.disruptions import KINDS, DisruptionPage

State = Disruption.State


@requires(Permission.EDIT_PLANS)
def disruption_new(request, plan_id):
    """First what kind of thing happened, then the few questions that this kind asks."""
    plan = _plan(request, plan_id)
    if plan.state not in PlanState.running():
        messages.error(request, "Only a published plan can be changed during the day.")
        return redirect("plan", plan.pk)
    kind = request.GET.get("kind", "")
    if kind not in Disruption.Kind.values:
        return render(request, "routing/disruptions/kinds.html", {"plan": plan, "kinds": KINDS})
    form = DisruptionForm(request.POST or None, plan=plan, kind=kind, initial=_asked(request))
    if request.method == "POST" and form.is_valid():
        try:
            found = services.report_disruption(plan=plan, by=request.user, **form.said)
        except ValidationError as error:
            form.add_refusal(error)
        else:
            return redirect("plan-disruption", plan.pk, found.pk)
    context = {"plan": plan, "form": form, "kind": next(each for each in KINDS if each["kind"] == kind)}
    return render(request, "routing/disruptions/form.html", context, status=422 if form.is_bound else 200)


def _asked(request) -> dict:
    """What a link from elsewhere filled in."""
    return {name: request.GET[name] for name in ("staff", "visit", "at", "minutes") if name in request.GET}


@require_safe
@requires(Permission.VIEW_PLANS)
def disruption_detail(request, plan_id, disruption_id):
    disruption = _disruption(request, plan_id, disruption_id)
    return render(request, "routing/disruptions/disruption.html", _context(request, disruption))


@require_safe
@requires(Permission.VIEW_PLANS)
def disruption_progress(request, plan_id, disruption_id):
    """The panel that replaces itself; once there is an answer, the whole page is loaded once."""
    disruption = _disruption(request, plan_id, disruption_id)
    if disruption.state != State.WORKING:
        if not request.htmx:
            return redirect("plan-disruption", plan_id, disruption_id)
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "routing/disruptions/_progress.html", _context(request, disruption))


@require_POST
@requires(Permission.EDIT_PLANS)
def disruption_stop(request, plan_id, disruption_id):
    disruption = _disruption(request, plan_id, disruption_id)
    if disruption.state == State.WORKING and disruption.job:
        jobs.request_cancel(job=disruption.job, by=request.user)
    return redirect("plan-disruption", plan_id, disruption_id)


@require_POST
@requires(Permission.EDIT_PLANS)
def disruption_again(request, plan_id, disruption_id):
    disruption = _disruption(request, plan_id, disruption_id)
    try:
        services.work_out_again(disruption=disruption, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("plan-disruption", plan_id, disruption_id)


@require_POST
@requires(Permission.EDIT_PLANS)
def disruption_apply(request, plan_id, disruption_id):
    disruption = _disruption(request, plan_id, disruption_id)
    chosen, absent = request.POST.get("alternative", ""), request.POST.get("absent") == "yes"
    try:
        services.apply_disruption(disruption=disruption, alternative=chosen, absent=absent, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("plan-disruption", plan_id, disruption_id)
    messages.success(request, "The plan is changed. People whose round changes have been told.")
    return redirect("plan-disruption", plan_id, disruption_id)


@require_POST
@requires(Permission.EDIT_PLANS)
def disruption_discard(request, plan_id, disruption_id):
    disruption = _disruption(request, plan_id, disruption_id)
    try:
        services.discard_disruption(disruption=disruption, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("plan-disruption", plan_id, disruption_id)
    messages.success(request, "The change is not used. The plan is as it was.")
    return redirect("plan", plan_id)


def _context(request, disruption):
    may_edit = allowed(request.user, Permission.EDIT_PLANS, request.organisation)
    may_keep_teams = allowed(request.user, Permission.MANAGE_TEAMS, request.organisation)
    page = DisruptionPage(disruption, may_edit=may_edit, may_keep_teams=may_keep_teams)
    return {"page": page, "plan": disruption.plan, "disruption": disruption}


def _plan(request, plan_id) -> RoutePlan:
    return get_object_or_404(RoutePlan.objects.for_organisation(request.organisation).with_team(), pk=plan_id)


def _disruption(request, plan_id, disruption_id) -> Disruption:
    """The organisation's; a search whose worker died has been told to it before anybody looks."""
    found = Disruption.objects.for_organisation(request.organisation).filter(plan=plan_id, pk=disruption_id)
    services.settle_interrupted_disruptions(disruptions=found)
    return get_object_or_404(
        found.select_related("plan__team", "plan__organisation", "staff", "visit", "job", "made_by", "settled_by")
    )
