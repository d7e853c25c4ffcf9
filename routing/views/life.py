"""A plan's life after the decision: publish, withdraw, reopen, close."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import requires
from accounts.permissions import Permission
from routing import services
from routing.life_forms import ReasonForm

from .plans import settled_plan


@require_POST
@requires(Permission.PUBLISH_PLANS)
def plan_publish(request, plan_id):
    return _change(request, plan_id, services.publish_plan, "is published: field staff see their rounds.")


@require_POST
@requires(Permission.PUBLISH_PLANS)
def plan_withdraw(request, plan_id):
    return _take_back(
        request, plan_id, services.withdraw_publication, "is withdrawn: field staff do not see it any more."
    )


@require_POST
@requires(Permission.PUBLISH_PLANS)
def plan_close(request, plan_id):
    return _change(request, plan_id, services.close_plan, "is closed: visits that were not done are open again.")


@require_POST
@requires(Permission.APPROVE_PLANS)
def plan_reopen(request, plan_id):
    return _take_back(request, plan_id, services.reopen_plan, "is a proposal again: its visits and people are free.")


def _take_back(request, plan_id, service, done):
    form = ReasonForm(request.POST)
    if not form.is_valid():
        plan = settled_plan(request, plan_id)
        messages.error(request, " ".join(form.errors["reason"]))
        return redirect("plan", plan.pk)
    return _change(request, plan_id, service, done, reason=form.cleaned_data["reason"])


def _change(request, plan_id, service, done, **values):
    plan = settled_plan(request, plan_id)
    try:
        service(plan=plan, by=request.user, **values)
    except (services.PlanStateError, services.ReasonNeeded) as error:
        for line in error.messages:
            messages.error(request, line)
    else:
        messages.success(request, f"{plan.name} {done}")
    return redirect("plan", plan.pk)
