"""Plans: list, create, one plan, its progress, decision, routes and run sheets."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import jobs, streams
from accounts.access import allowed, requires
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission
from routing import services
from routing.forms import PlanForm
from routing.life_forms import DecisionForm
from routing.lists.plans import plan_list_file
from routing.models import PlanState, RoutePlan, Team
from routing.presenters import SCENARIOS, PlanPage, ProgressPanel, plan_rows, state_choices
from routing.source_forms import FROM_CASELOAD, FROM_FILE

PER_PAGE = 25


@require_safe
@requires(Permission.VIEW_PLANS)
def plan_list(request):
    plans = RoutePlan.objects.for_organisation(request.organisation)
    services.settle_interrupted_plans(plans=plans)
    state = request.GET.get("state", "")
    state = state if state in (*PlanState.values, SCENARIOS) else ""
    chosen = plans.scenarios() if state == SCENARIOS else plans.filter(state=state) if state else plans
    chosen = chosen.listed().with_counts()
    if kind := asked_kind(request):
        filters = [f"Show: {choice['text']}" for choice in state_choices(state) if state and choice["is_current"]]
        return list_file_response(request, plan_list_file(request.organisation, plan_rows(chosen), filters), kind)
    page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": plan_rows(page.object_list),
        "state": state,
        "choices": state_choices(state),
        "query": f"state={state}" if state else "",
        "list_label": "Plans",
        "may_create": allowed(request.user, Permission.EDIT_PLANS, request.organisation),
    }
    return render(request, "routing/plan_list.html", context)


@requires(Permission.EDIT_PLANS)
def plan_create(request):
    form = PlanForm(
        request.POST or None, request.FILES or None, organisation=request.organisation, initial=_wanted(request.GET)
    )
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("plan", _create(form, request.user).pk)
        except ValidationError as error:
            form.add_error(None, error.messages)
    has_team = Team.objects.for_organisation(request.organisation).exists()
    status = 422 if form.is_bound else 200
    return render(request, "routing/plan_form.html", {"form": form, "has_team": has_team}, status=status)


def _wanted(asked) -> dict:
    """What a link to the form has chosen already."""
    return {name: asked[name] for name in ("team", "source") if name in asked}


def _create(form, by) -> RoutePlan:
    data = form.cleaned_data
    common = {"team": data["team"], "day": data["day"], "name": data["name"], "seconds": data["seconds"], "by": by}
    if data["source"] == FROM_CASELOAD:
        plan = services.plan_from_caseload(**common)
    elif data["source"] == FROM_FILE:
        plan = services.plan_from_file(file=data["visit_file"], **common)
    else:
        plan = services.plan_from_priorities(count=data["count"], **common)
    return services.set_wishes(plan=plan, by=by, **form.wishes)


@require_safe
@requires(Permission.VIEW_PLANS)
def plan_detail(request, plan_id):
    return _show(request, settled_plan(request, plan_id))


def _show(request, plan, form=None, status=200):
    page = PlanPage(
        plan,
        may_optimise=allowed(request.user, Permission.OPTIMISE_PLANS, request.organisation),
        may_decide=allowed(request.user, Permission.APPROVE_PLANS, request.organisation),
        may_edit=allowed(request.user, Permission.EDIT_PLANS, request.organisation),
        may_publish=allowed(request.user, Permission.PUBLISH_PLANS, request.organisation),
    )
    form = form or (DecisionForm(plan=plan) if page.can_decide else None)
    if form is not None:
        page.decide_with(form)
    return render(request, "routing/plan.html", {"page": page, "plan": plan, "form": form}, status=status)


@require_safe
@requires(Permission.VIEW_PLANS)
def plan_progress(request, plan_id):
    """The panel that replaces itself every second; once the plan is settled, the whole page is loaded once."""
    plan = settled_plan(request, plan_id)
    if plan.state != PlanState.OPTIMISING:
        if not request.htmx:
            return redirect("plan", plan.pk)
        return HttpResponse(headers={"HX-Refresh": "true"})
    return HttpResponse(_progress(request, plan))


def _progress(request, plan) -> str:
    panel = ProgressPanel(plan, may_stop=allowed(request.user, Permission.OPTIMISE_PLANS, request.organisation))
    return render_to_string("routing/_progress.html", {"panel": panel, "plan": plan}, request)


@require_safe
@requires(Permission.VIEW_PLANS)
def plan_stream(request, plan_id):
    """The same panel, sent whenever it says something else, for as long as the search goes on."""
    plan = settled_plan(request, plan_id)
    if plan.state != PlanState.OPTIMISING or plan.job is None:
        return streams.ended()

    def read() -> streams.News:
        now = settled_plan(request, plan_id)
        if now.state != PlanState.OPTIMISING or now.job_id != plan.job_id:
            return streams.News(is_over=True)
        return streams.News(streams.mark_of(now.job), _progress(request, now))

    def may_watch(user) -> bool:
        return allowed(user, Permission.VIEW_PLANS, request.organisation)

    return streams.stream(request, job_id=plan.job_id, read=read, may_watch=may_watch)


@require_POST
@requires(Permission.OPTIMISE_PLANS)
def plan_optimise(request, plan_id):
    plan = settled_plan(request, plan_id)
    try:
        services.optimise_plan(plan=plan, seen=version_seen(request), by=request.user)
    except services.PlanStateError as error:
        messages.error(request, error.messages[0])
        return redirect("plan", plan.pk)
    return redirect(f"{reverse('plan', args=[plan.pk])}#plan-state")


@require_POST
@requires(Permission.OPTIMISE_PLANS)
def plan_stop(request, plan_id):
    plan = settled_plan(request, plan_id)
    if plan.state == PlanState.OPTIMISING and plan.job:
        jobs.request_cancel(job=plan.job, by=request.user)
        settled_plan(request, plan_id)
    return redirect("plan", plan.pk)


@require_POST
@requires(Permission.APPROVE_PLANS)
def plan_decide(request, plan_id):
    plan = settled_plan(request, plan_id)
    form = DecisionForm(request.POST, plan=plan)
    if form.is_valid():
        approves = form.cleaned_data["decision"] == DecisionForm.APPROVE
        try:
            _decide(plan, form, approves, request)
        except services.ReasonNeeded as error:
            form.add_error("reason", error.messages[0])
        except services.PlanBroken as error:
            form.add_error(None, error.messages)
        except services.PlanChangedMeanwhile as error:
            # What was typed stays, beside the plan as it is now.
            form.add_error(None, error.messages)
            return _show(request, settled_plan(request, plan_id), form, status=409)
        except services.PlanStateError as error:
            messages.error(request, error.messages[0])
            return redirect("plan", plan.pk)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, f"{plan.name} is {'approved' if approves else 'rejected'}.")
            return redirect("plan", plan.pk)
    return _show(request, settled_plan(request, plan_id), form, status=422)


def _decide(plan, form, approves, request):
    common = {"plan": plan, "by": request.user, "reason": form.cleaned_data["reason"], "seen": version_seen(request)}
    if approves:
        services.approve_plan(decisions=form.decisions, for_all=form.for_all, **common)
    else:
        services.reject_plan(**common)


def version_seen(request) -> int | None:
    """The version of the plan that the sender of a form looked at; None where the form does not say."""
    version = request.POST.get("version", "")
    return int(version) if version.isdecimal() and len(version) <= 6 else None


def settled_plan(request, plan_id) -> RoutePlan:
    """The organisation's plan; an optimisation whose worker died has been told to it before anybody looks."""
    plans = RoutePlan.objects.for_organisation(request.organisation)
    services.settle_interrupted_plans(plans=plans.filter(pk=plan_id))
    plan = get_object_or_404(plans.with_team(), pk=plan_id)
    # Known already: what reads either of them would ask for it again.
    plan.organisation = plan.team.organisation = request.organisation
    return plan
