"""What equity costs a plan, and what became of what people asked for: kept with the plan, never changing its routes."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit, jobs
from accounts.models import JobState
from routing.models import PlanState, RoutePlan

from .plans import PlanStateError, locked

PRICE_KIND = "routing.price"
PRICEABLE = (PlanState.PROPOSED, PlanState.REJECTED, *PlanState.binding())


@transaction.atomic
def set_wishes(*, plan: RoutePlan, holds_core20: bool, shares_work: bool, by) -> RoutePlan:
    """What the next optimisation is to keep. PlanStateError while it runs, and once the plan is decided."""
    plan = locked(plan)
    if plan.state not in (PlanState.DRAFT, PlanState.PROPOSED, PlanState.REJECTED):
        raise PlanStateError(f"A plan that is {plan.get_state_display().lower()} cannot be optimised differently.")
    if (plan.holds_core20, plan.shares_work) == (holds_core20, shares_work):
        return plan
    plan.holds_core20, plan.shares_work = holds_core20, shares_work
    plan.save(update_fields=["holds_core20", "shares_work"])
    audit.record(
        action="plan.wishes_set",
        by=by,
        organisation=plan.organisation,
        target=plan,
        details={"holds_core20": holds_core20, "shares_work": shares_work},
    )
    return plan


@transaction.atomic
def record_wishes(*, plan: RoutePlan, wishes: dict, by) -> RoutePlan:
    """What became of them in the plan's newest version, in place of what was known of an earlier one."""
    plan = locked(plan)
    plan.price = {"version": plan.version, **wishes}
    plan.save(update_fields=["price"])
    if wishes:
        audit.record(action="plan.wishes_told", by=by, organisation=plan.organisation, target=plan)
    return plan


@transaction.atomic
def queue_price(*, plan: RoutePlan, by) -> RoutePlan:
    """Have the same day planned without equity, behind all other work. Nothing is queued while that is under way.

    PlanStateError for a plan without routes.
    """
    plan = locked(plan)
    if plan.state not in PRICEABLE or plan.optimised_at is None:
        raise PlanStateError("Only a plan with routes can be compared with a plan without equity.")
    if is_priced_now(plan):
        return plan
    plan.price_job = jobs.enqueue(
        kind=PRICE_KIND,
        title=f"Price of equity of {plan.name}",
        payload={"plan": str(plan.pk)},
        by=by,
        organisation=plan.organisation,
        url=reverse("plan", args=[plan.pk]),
    )
    plan.save(update_fields=["price_job"])
    return plan


def is_priced_now(plan: RoutePlan) -> bool:
    """Whether a comparison waits or runs."""
    return plan.price_job is not None and plan.price_job.state not in JobState.finished()


@transaction.atomic
def store_price(*, plan: RoutePlan, job, version: int, found: dict, by) -> bool:
    """Keep the comparison with the plan. False, and nothing is changed, where the plan has other routes since, or waits
    for another comparison.
    """
    plan = locked(plan)
    if plan.price_job_id != job.pk or plan.version != version:
        return False
    kept = plan.price if plan.price.get("version") == version else {}
    plan.price = {**kept, "version": version, "without": {**found, "at": timezone.now().isoformat()}}
    plan.save(update_fields=["price"])
    audit.record(action="plan.priced", by=by, organisation=plan.organisation, target=plan)
    return True
