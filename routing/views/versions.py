"""Versions of a plan: the list, one of them, two side by side; undo, redo, restore."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed, requires
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission
from routing import services
from routing.lists.plans import comparison_list, version_list
from routing.models import RoutePlan
from routing.presenters.comparison import Comparison
from routing.presenters.life import LifePanel
from routing.presenters.plans import state_tag
from routing.presenters.versions import VersionFacts, VersionList

from .plans import settled_plan, version_seen


@require_safe
@requires(Permission.VIEW_PLANS)
def plan_versions(request, plan_id):
    plan = settled_plan(request, plan_id)
    versions = VersionList(plan)
    if kind := asked_kind(request):
        return list_file_response(request, version_list(plan, versions.rows), kind)
    context = {
        "plan": plan,
        "tag": state_tag(plan),
        "list": versions,
        "life": LifePanel(plan, may_edit=_may_edit(request)),
        "others": _others(request, plan).exclude(pk=plan.pk).filter(version__gte=1),
    }
    return render(request, "routing/versions.html", context)


@require_safe
@requires(Permission.VIEW_PLANS)
def plan_version(request, plan_id, number):
    plan = settled_plan(request, plan_id)
    version = get_object_or_404(plan.versions.select_related("plan", "made_by"), number=number)
    context = {
        "plan": plan,
        "version": version,
        "facts": VersionFacts(version),
        "life": LifePanel(plan, may_edit=_may_edit(request)),
    }
    return render(request, "routing/version.html", context)


@require_safe
@requires(Permission.VIEW_PLANS)
def plan_compare(request, plan_id):
    """`from` and `to`: numbers of versions, the newest where left out; `with`: another plan that `from` is of."""
    plan = settled_plan(request, plan_id)
    other = _other(request, plan)
    right = _version(plan, request.GET.get("to"), plan.version)
    default = other.version if other.pk != plan.pk else max(plan.version - 1, 1)
    left = _version(other, request.GET.get("from"), default)
    context = {"plan": plan, "other": other, "left": left, "right": right}
    if left and right:
        context["comparison"] = Comparison(left, right)
        if kind := asked_kind(request):
            return list_file_response(request, comparison_list(plan, context["comparison"]), kind)
    return render(request, "routing/compare.html", context)


@require_POST
@requires(Permission.EDIT_PLANS)
def plan_undo(request, plan_id):
    return _go(request, plan_id, services.undo_change, "The last change is undone.")


@require_POST
@requires(Permission.EDIT_PLANS)
def plan_redo(request, plan_id):
    return _go(request, plan_id, services.redo_change, "The change is there again.")


@require_POST
@requires(Permission.EDIT_PLANS)
def plan_restore(request, plan_id, number):
    return _go(
        request, plan_id, services.restore_version, f"The routes of version {number} are there again.", number=number
    )


def _go(request, plan_id, service, done, **values):
    plan = settled_plan(request, plan_id)
    try:
        service(plan=plan, seen=version_seen(request), by=request.user, **values)
    except ValidationError as error:
        for line in error.messages:
            messages.error(request, line)
    else:
        messages.success(request, done)
    return redirect("plan", plan.pk)


def _may_edit(request) -> bool:
    return allowed(request.user, Permission.EDIT_PLANS, request.organisation)


def _others(request, plan):
    """Plans that can be set beside this one: of the same day and team."""
    return RoutePlan.objects.for_organisation(request.organisation).filter(team=plan.team_id, day=plan.day)


def _other(request, plan) -> RoutePlan:
    wanted = request.GET.get("with") or str(plan.pk)
    try:
        return get_object_or_404(_others(request, plan), pk=wanted)
    except ValidationError as error:
        raise Http404(f"{wanted!r} is no plan.") from error


def _version(plan, asked, default):
    """The version asked for, else `default`; None where the plan has none at all."""
    if asked in (None, ""):
        return plan.versions.select_related("plan").filter(number=default).first()
    if not asked.isdecimal() or len(asked) > 6:
        raise Http404(f"{asked!r} is no number of a version.")
    return get_object_or_404(plan.versions.select_related("plan"), number=int(asked))
