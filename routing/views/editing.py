"""Changing a plan by hand: choose, look, keep. Works with links and forms alone; scripts ask for the same addresses."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import requires
from accounts.permissions import Permission
from routing import services
from routing.editing import EditError, NothingBetter
from routing.models import RoutePlan
from routing.plan_editing import OpenPlan, why_not_editable
from routing.plan_verdicts import why_unfit
from routing.planning.replanning import UnfitDisruption
from routing.presenters.editing import EditPage
from routing.problem_building import NothingToPlan

from .plans import version_seen


@require_safe
@requires(Permission.EDIT_PLANS)
def plan_edit(request, plan_id):
    """The rounds, with a visit or a round chosen."""
    return _show(request, _plan(request, plan_id))


@require_safe
@requires(Permission.EDIT_PLANS)
def plan_edit_preview(request, plan_id):
    """What a change would do. Nothing is stored."""
    plan = _plan(request, plan_id)
    if request.GET.get("version", str(plan.version)) != str(plan.version):
        return _show(request, plan, error=services.CHANGED_MEANWHILE, status=409)
    return _show(request, plan, look=True)


@require_POST
@requires(Permission.EDIT_PLANS)
def plan_edit_keep(request, plan_id):
    """Store the change that was looked at."""
    plan = _plan(request, plan_id)
    version = request.POST.get("version", "")
    try:
        opened = OpenPlan.to_look_at(plan)
        plan, proposal = services.apply_edit(
            plan=plan,
            edit=opened.edit_from(request.POST),
            version=int(version) if version.isdecimal() else -1,
            by=request.user,
        )
    except (EditError, NothingToPlan, UnfitDisruption) as error:
        return _show(request, plan, error=_words(error, plan), status=422)
    except services.EditRefused:
        return _show(request, plan, look=True, status=422)
    except services.PlanStateError as error:
        return _show(request, _plan(request, plan_id), error=error.messages[0], status=409)
    return _back(plan, visit=getattr(proposal.edit, "visit", ""), kept=plan.version)


@require_POST
@requires(Permission.EDIT_PLANS)
def plan_edit_undo(request, plan_id):
    """Back to the version before the last change."""
    plan = _plan(request, plan_id)
    try:
        plan = services.undo_change(plan=plan, seen=version_seen(request), by=request.user)
    except services.PlanStateError as error:
        return _show(request, _plan(request, plan_id), error=" ".join(error.messages), status=409)
    return _back(plan, kept=plan.version)


@require_POST
@requires(Permission.EDIT_PLANS)
def plan_edit_fix(request, plan_id):
    """Keep a visit where it is, free it, leave it out on purpose, or take it in again."""
    plan = _plan(request, plan_id)
    visit = plan.visits.filter(reference=request.POST.get("visit", "")).first()
    if visit is None:
        return _show(request, plan, error="Say which visit of this plan is meant.", status=422)
    what, version = request.POST.get("what", ""), request.POST.get("version", "")
    try:
        if what == "pin":
            _pin(plan, visit, request)
        elif what == "unpin":
            services.unpin(plan=plan, visit=visit, by=request.user)
        elif what == "leave_out":
            number = int(version) if version.isdecimal() else -1
            plan = services.leave_out(plan=plan, visit=visit, version=number, by=request.user)
            return _back(plan, kept=plan.version)
        elif what == "take_in":
            services.include_visit(plan=plan, visit=visit, by=request.user)
    except services.EditRefused as error:
        return _show(request, plan, error=" ".join(error.messages), status=422)
    except EditError as error:
        return _show(request, plan, error=_words(error, plan), status=422)
    except ValidationError as error:
        status = 409 if isinstance(error, services.PlanStateError) else 422
        return _show(request, _plan(request, plan_id), error=" ".join(error.messages), status=status)
    return _back(plan, visit=visit.reference, fixed=what)


def _pin(plan, visit, request):
    """With its person, and at its time where that is asked for too. A double-handed visit is kept at its time only."""
    stop = visit.stops.filter(assignment__plan=plan).select_related("assignment__staff").order_by("pk").first()
    if stop is None:
        raise ValidationError(f"{visit} is in no round.")
    with_time = visit.staff_required > 1 or "time" in request.POST
    services.pin_visit(
        plan=plan,
        visit=visit,
        staff=stop.assignment.staff if visit.staff_required == 1 else None,
        starts_at=stop.starts_at if with_time else None,
        by=request.user,
    )


def _show(request, plan, *, look=False, error="", status=200):
    """The page; `look`: with the change that the request describes."""
    why = why_not_editable(plan)
    if why:
        return _away(request, plan, why)
    ask = (request.POST if request.method == "POST" else request.GET).dict()
    try:
        opened = OpenPlan.to_look_at(plan)
    except (NothingToPlan, UnfitDisruption) as problem:
        return _away(request, plan, " ".join(why_unfit(plan, problem)))
    proposal, news = None, ""
    if look and not error:
        try:
            proposal = opened.draft.proposed(opened.edit_from(ask))
        except NothingBetter as found:
            news = opened.refused(found)
        except EditError as refused:
            error, status = opened.refused(refused), 422
    page = EditPage(
        opened,
        ask,
        proposal=proposal,
        error=error,
        news=news,
        kept=_kept(plan, ask),
        may_undo=services.undo_target(plan) is not None,
    )
    if not request.htmx:
        return render(request, "routing/edit/page.html", {"page": page, "plan": plan}, status=status)
    answer = render(request, "routing/edit/_workspace.html", {"page": page, "plan": plan}, status=status)
    if request.method == "POST":
        # A refusal stands at the address of the page: nobody could load that of the form again, or come back to it.
        answer["HX-Push-Url"] = reverse("plan-edit", args=[plan.pk])
    return answer


def _away(request, plan, why):
    """To the plan's own page, which says why there is nothing to change here."""
    messages.error(request, why)
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": reverse("plan", args=[plan.pk])})
    return redirect("plan", plan.pk)


def _kept(plan, ask):
    """The version that was just made, where the address names it and it is still the newest."""
    if ask.get("kept") != str(plan.version):
        return None
    return plan.versions.filter(number=plan.version).first()


def _words(error, plan):
    if isinstance(error, EditError):
        return OpenPlan.to_look_at(plan).refused(error)
    return " ".join(why_unfit(plan, error))


def _back(plan, **query):
    chosen = urlencode({name: value for name, value in query.items() if value})
    return HttpResponseRedirect(f"{reverse('plan-edit', args=[plan.pk])}{'?' + chosen if chosen else ''}")


def _plan(request, plan_id) -> RoutePlan:
    plans = RoutePlan.objects.for_organisation(request.organisation)
    services.settle_interrupted_plans(plans=plans.filter(pk=plan_id))
    return get_object_or_404(plans.with_team(), pk=plan_id)
