"""From an approved plan to a closed one: published to field staff, begun, closed; and the ways back."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.permissions import Permission
from routing.civil_time import today
from routing.models import PlanState, RoutePlan, Visit

from .decisions import check_holds, free_decided, permit
from .plan_news import tell_published, tell_waiting
from .plans import MOST_OF_A_REASON, PlanStateError, ReasonNeeded, locked
from .round_news import on_rounds, tell_of_rounds

NIGHT = audit.SystemActor("routing:night")
PUBLICATION = ("published_by", "published_at")
APPROVAL = ("approved_by", "approved_at", "decision_reason")
RETURN = ("returned_by", "returned_at", "returned_reason")


@transaction.atomic
def publish_plan(*, plan: RoutePlan, by) -> RoutePlan:
    """Field staff see their rounds from now on, and those who have an account are told.

    PermissionDenied without the permission; PlanStateError when it is not approved; PlanBroken when the judge refuses
    it as things are now.
    """
    permit(by, Permission.PUBLISH_PLANS, plan)
    plan = _in_state(plan, PlanState.APPROVED, "published")
    check_holds(plan)
    plan.state, plan.published_by, plan.published_at = PlanState.PUBLISHED, by, timezone.now()
    plan.returned_by, plan.returned_at, plan.returned_reason = None, None, ""
    plan.save(update_fields=["state", *PUBLICATION, *RETURN])
    told = tell_of_rounds(plan, on_rounds(plan), f"Your round for {plan.day:%A %-d %B} is published.")
    tell_published(plan, by)
    _record("plan.published", plan, by, {"version": plan.version, "told": told})
    return plan


@transaction.atomic
def withdraw_publication(*, plan: RoutePlan, by, reason: str) -> RoutePlan:
    """Back to approved, before anybody has set off. ReasonNeeded without a reason; else as `publish_plan`."""
    permit(by, Permission.PUBLISH_PLANS, plan)
    plan = _in_state(plan, PlanState.PUBLISHED, "withdrawn")
    if plan.round_events.exists():
        raise PlanStateError("Somebody has begun a round of this plan already: it cannot be withdrawn any more.")
    plan.state, plan.published_by, plan.published_at = PlanState.APPROVED, None, None
    _give_back(plan, by, reason)
    plan.save(update_fields=["state", *PUBLICATION, *RETURN])
    news = f"Your round for {plan.day:%A %-d %B} is withdrawn: wait for the new one."
    told = tell_of_rounds(plan, on_rounds(plan), news)
    _record("plan.publication_withdrawn", plan, by, {"told": told})
    return plan


@transaction.atomic
def reopen_plan(*, plan: RoutePlan, by, reason: str) -> RoutePlan:
    """Back from approved to proposed: its visits and people are free again, and what was decided about visits left out
    is taken back. Raises as `withdraw_publication`, with the permission to approve.
    """
    permit(by, Permission.APPROVE_PLANS, plan)
    plan = _in_state(plan, PlanState.APPROVED, "opened again")
    _give_back(plan, by, reason)
    held = Visit.objects.filter(pk__in=Visit.objects.filter(stops__assignment__plan=plan).values("pk"))
    freed = held.filter(state=Visit.State.PLANNED).update(state=Visit.State.OPEN)
    free_decided(plan, by)
    plan.state, plan.approved_by, plan.approved_at, plan.decision_reason = PlanState.PROPOSED, None, None, ""
    plan.save(update_fields=["state", *APPROVAL, *RETURN])
    tell_waiting(plan, by)
    _record("plan.reopened", plan, by, {"visits_freed": freed})
    return plan


@transaction.atomic
def begin_plan(*, plan: RoutePlan, by, at: datetime | None = None) -> RoutePlan:
    """The first of its people has set off (`at`, else now). Does nothing when the plan is in progress already;
    PlanStateError when it is not published.
    """
    plan = locked(plan)
    if plan.state == PlanState.IN_PROGRESS:
        return plan
    if plan.state != PlanState.PUBLISHED:
        raise PlanStateError(f"Only a published plan can begin; this one is {plan.get_state_display().lower()}.")
    plan.state, plan.started_at = PlanState.IN_PROGRESS, at or timezone.now()
    plan.save(update_fields=["state", "started_at"])
    _record("plan.begun", plan, by, {})
    return plan


@transaction.atomic
def close_plan(*, plan: RoutePlan, by) -> RoutePlan:
    """The day is over. What was done stays done; what was not is open again, and is due since it first was.

    PermissionDenied without the permission to publish; PlanStateError when it is not published or in progress, or when
    its day is still to come.
    """
    if not isinstance(by, audit.SystemActor):
        permit(by, Permission.PUBLISH_PLANS, plan)
    plan = locked(plan)
    if plan.state not in PlanState.running():
        raise PlanStateError(f"Only a published plan can be closed; this one is {plan.get_state_display().lower()}.")
    if plan.state == PlanState.PUBLISHED and plan.day > today():
        raise PlanStateError("The day of this plan is still to come: withdraw its publication instead.")
    held = Visit.objects.filter(pk__in=Visit.objects.filter(stops__assignment__plan=plan).values("pk"))
    done = held.filter(state=Visit.State.DONE).count()
    unfinished = Q(state=Visit.State.PLANNED) | Q(state=Visit.State.NO_ACCESS)
    reopened = held.filter(unfinished).update(state=Visit.State.OPEN)
    plan.state, plan.closed_at = PlanState.CLOSED, timezone.now()
    plan.closed_by = by if isinstance(by, User) else None
    plan.save(update_fields=["state", "closed_by", "closed_at"])
    _record("plan.closed", plan, by, {"done": done, "not_done": reopened})
    return plan


def close_past_plans(*, before: date, by=NIGHT) -> list[RoutePlan]:
    """Close every published plan of a day before that civil day; returns them. Each in a transaction of its own."""
    past = RoutePlan.objects.running().filter(day__lt=before).order_by("day")
    closed = []
    for plan in past:
        try:
            closed.append(close_plan(plan=plan, by=by))
        except PlanStateError:
            # Somebody closed it between the list and its turn.
            continue
    return closed


def _in_state(plan, state: PlanState, done: str) -> RoutePlan:
    plan = locked(plan)
    if plan.state != state:
        is_now = plan.get_state_display().lower()
        raise PlanStateError(f"Only a plan that is {state.label.lower()} can be {done}; this one is {is_now}.")
    return plan


def _give_back(plan, by, reason):
    reason = reason.strip()
    if not reason:
        raise ReasonNeeded("Say why.")
    plan.returned_by, plan.returned_at, plan.returned_reason = by, timezone.now(), reason[:MOST_OF_A_REASON]


def _record(action, plan, by, details):
    audit.record(action=action, by=by, organisation=plan.organisation, target=plan, details=details)
