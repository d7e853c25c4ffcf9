"""A plan from draft to decision. A plan is a proposal: only a named approver can turn it into the day's work."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.permissions import Permission
from routing.civil_time import today
from routing.models import PlanState, RouteAssignment, RoutePlan, Shift, Visit, VisitTier
from routing.visit_files import VisitFile

from .visits import VisitIntake, import_visits, make_visits_from_priorities

SECONDS = (1, 600)
# Shifts are known for weeks ahead; a day beyond a year is a slip of the pen.
MOST_DAYS_AHEAD = 366
MOST_OF_A_REASON = 2_000


class PlanStateError(ValidationError):
    """What was asked does not fit the state the plan is in."""


class ReasonNeeded(ValidationError):
    """The decision needs a typed reason."""


def check_day(day: date) -> None:
    """ValidationError for a day that nobody plans any more, or yet. For what people ask for; tests may look back."""
    if day < today():
        raise ValidationError("The day is in the past.")
    if (day - today()).days > MOST_DAYS_AHEAD:
        raise ValidationError("The day is more than a year away.")


@transaction.atomic
def create_plan(*, organisation, team, day: date, name: str, intake: VisitIntake, seconds: int = 30, seed: int = 1, by):
    """A draft with the visits of `intake`. `seconds`: search time of the optimiser, 1 to 600. Returns the RoutePlan."""
    if team.organisation_id != organisation.pk:
        raise ValidationError(f"{team} does not belong to {organisation}.")
    if not SECONDS[0] <= seconds <= SECONDS[1]:
        raise ValidationError(f"The search time must be {SECONDS[0]} to {SECONDS[1]} seconds.")
    if not intake.visits:
        raise ValidationError("A plan needs at least one visit.")
    plan = RoutePlan.objects.create(
        organisation=organisation,
        team=team,
        day=day,
        name=name.strip() or _default_name(team, day),
        seconds_allowed=seconds,
        seed=seed,
        intake=intake.report,
        created_by=by if hasattr(by, "email") else None,
    )
    plan.visits.set(intake.visits)
    audit.record(
        action="plan.created",
        by=by,
        organisation=organisation,
        target=plan,
        details={"day": str(day), "team": str(team.pk), "visits": len(intake.visits)},
    )
    return plan


@transaction.atomic
def plan_from_priorities(*, team, day: date, count: int, name: str = "", seconds: int = 30, by) -> RoutePlan:
    """A draft with the visits that fall due in the team's patch. See `make_visits_from_priorities`."""
    intake = make_visits_from_priorities(team=team, day=day, count=count, by=by)
    return create_plan(
        organisation=team.organisation, team=team, day=day, name=name, intake=intake, seconds=seconds, by=by
    )


@transaction.atomic
def plan_from_file(*, team, day: date, file: VisitFile, name: str = "", seconds: int = 30, by) -> RoutePlan:
    """A draft with the good rows of a file; the others are listed in `plan.intake`. See `import_visits`."""
    intake = import_visits(team=team, day=day, file=file, by=by)
    return create_plan(
        organisation=team.organisation, team=team, day=day, name=name, intake=intake, seconds=seconds, by=by
    )


@transaction.atomic
def approve_plan(*, plan: RoutePlan, by, reason: str = "") -> RoutePlan:
    """The proposal becomes the day's work, in the name of an approver.

    PermissionDenied without the permission; ReasonNeeded when tier-1 visits or visits at their clinical limit
    stay unserved and no reason is given;
    PlanStateError when it is not a proposal, or when another approved plan has its people or visits.
    """
    plan = _locked_for_decision(plan, by)
    left_out = plan.unserved.filter(visit__tier=VisitTier.FIRST).count()
    overdue = plan.unserved.filter(visit__clinical_limit__lte=plan.day).exclude(visit__tier=VisitTier.FIRST).count()
    if (left_out or overdue) and not reason.strip():
        parts = [(left_out, "tier-1 "), (overdue, "overdue ")]
        words = " and ".join(f"{n} {kind}{'visit is' if n == 1 else 'visits are'}" for n, kind in parts if n)
        raise ReasonNeeded(f"{words} unserved: give a reason.")
    # Locked one by one, always in the same order: two plans with the same people or visits may be approved at the same
    # moment, and the second must see what the first has done.
    list(Shift.objects.filter(assignments__plan=plan).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    served = Visit.objects.filter(stops__assignment__plan=plan)
    states = list(served.select_for_update(of=("self",)).values_list("state", flat=True))
    if Visit.State.PLANNED in states:
        raise PlanStateError("Some of these visits are in an approved plan already. Optimise again to leave them out.")
    busy = RouteAssignment.objects.filter(shift__assignments__plan=plan, plan__state__in=PlanState.binding())
    if busy.exists():
        raise PlanStateError("Some of these people are in an approved plan already. Optimise again to leave them out.")
    served.update(state=Visit.State.PLANNED)
    _decide(plan, PlanState.APPROVED, by, reason)
    audit.record(
        action="plan.approved",
        by=by,
        organisation=plan.organisation,
        target=plan,
        details={"served": len(states), "tier_one_unserved": left_out, "reason_given": bool(reason.strip())},
    )
    return plan


@transaction.atomic
def reject_plan(*, plan: RoutePlan, by, reason: str) -> RoutePlan:
    """The proposal is turned down, in the name of an approver and with a reason. Raises as `approve_plan`."""
    plan = _locked_for_decision(plan, by)
    if not reason.strip():
        raise ReasonNeeded("Say why the plan is rejected.")
    _decide(plan, PlanState.REJECTED, by, reason)
    audit.record(action="plan.rejected", by=by, organisation=plan.organisation, target=plan)
    return plan


def _default_name(team, day) -> str:
    """Team and day; alternatives of the same day are numbered."""
    name, there = f"{team.name}, {day:%-d %B %Y}", team.plans.filter(day=day).count()
    return f"{name}, alternative {there + 1}" if there else name


def locked(plan: RoutePlan) -> RoutePlan:
    """The plan as it is now, kept for this transaction. Its team comes along."""
    return RoutePlan.objects.select_for_update(of=("self",)).select_related("team", "organisation").get(pk=plan.pk)


def _locked_for_decision(plan, by) -> RoutePlan:
    if not by.has_perm(Permission.APPROVE_PLANS.value, plan.organisation):
        raise PermissionDenied(f"This needs the permission {Permission.APPROVE_PLANS.value}.")
    plan = locked(plan)
    if plan.state != PlanState.PROPOSED:
        raise PlanStateError(f"Only a proposed plan can be decided; this one is {plan.get_state_display().lower()}.")
    return plan


def _decide(plan, state, by, reason):
    plan.state, plan.approved_by, plan.approved_at, plan.decision_reason = state, by, timezone.now(), reason.strip()
    plan.save(update_fields=["state", "approved_by", "approved_at", "decision_reason"])
