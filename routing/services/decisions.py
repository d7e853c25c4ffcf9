"""Approving and rejecting: only a named approver turns a proposal into the day's work, and says for each visit of tier
1 or at its clinical limit that is left out why it can be.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.permissions import Permission
from routing.broken_rules import broken_rules
from routing.models import (
    Disruption,
    PlanAdjustment,
    PlanState,
    RouteAssignment,
    RoutePlan,
    Shift,
    UnservedVisit,
    Visit,
)
from routing.plan_editing import present
from routing.planning.replanning import UnfitDisruption
from routing.problem_building import NothingToPlan, build_problem, solution_of
from routing.standing_day import standing_day

from .deferrals import defer_visit, take_deferral_back
from .plan_news import tell_decided
from .plans import MOST_DAYS_AHEAD, PlanStateError, ReasonNeeded, check_seen, locked
from .proposals import SolutionRefused, accepted

MOST_NAMED = 5  # visits that a message names
MOST_OF_A_DECISION = 500
Kind = UnservedVisit.Decision
# Nothing more is to be done for these: no plan takes them again.
ENDS_THE_VISIT = (Kind.HANDED_OVER, Kind.NOT_NEEDED)


class PlanBroken(PlanStateError):
    """The judge refuses the plan as it stands now. `messages`: what to do, then each broken rule."""

    def __init__(self, lines):
        super().__init__(["The plan no longer works. Optimise it again, or correct the following.", *lines])


@dataclass(frozen=True)
class Deferral:
    """What is decided about a visit left out. `kind`: an UnservedVisit.Decision; `to`: the day it waits for."""

    kind: str
    reason: str
    to: date | None = None

    def checked(self, plan: RoutePlan) -> "Deferral":
        """Itself, tidied. ReasonNeeded without a reason; ValidationError for a kind or a day that cannot be."""
        if self.kind not in Kind.values:
            raise ValidationError(f"{self.kind!r} is no decision; known are {', '.join(Kind.values)}.")
        reason = self.reason.strip()
        if not reason:
            raise ReasonNeeded("Give a reason for the decision.")
        if len(reason) > MOST_OF_A_DECISION:
            raise ValidationError(f"A reason has at most {MOST_OF_A_DECISION} characters; this one has {len(reason)}.")
        if self.kind != Kind.DEFERRED and self.to is not None:
            raise ValidationError("Only a visit that is deferred has a day to which it is deferred.")
        if self.kind == Kind.DEFERRED:
            if self.to is None:
                raise ValidationError("Say to which day the visit is deferred.")
            if not 1 <= (self.to - plan.day).days <= MOST_DAYS_AHEAD:
                raise ValidationError(f"A visit is deferred to a day within a year after {plan.day:%-d %B %Y}.")
        return Deferral(self.kind, reason, self.to)


@transaction.atomic
def approve_plan(
    *,
    plan: RoutePlan,
    by,
    reason: str = "",
    decisions: dict[str, Deferral] | None = None,
    for_all: Deferral | None = None,
    seen: int | None = None,
) -> RoutePlan:
    """The proposal becomes the day's work, in the name of an approver.

    `decisions`: by reference of a visit left out; `for_all`: for those that need one and have none of their own. A
    `reason` alone is the same decision ("other") for all of them. `seen`: the version that the approver looked at.

    PermissionDenied without the permission; ReasonNeeded when visits of tier 1 or at their clinical limit stay unserved
    and nothing is decided about them; PlanBroken when the judge refuses the plan as things are now; PlanStateError when
    it is not a proposal, builds on what is only tried, or when another approved plan has its people or visits;
    PlanChangedMeanwhile when the plan is at another version than `seen`.
    """
    plan = locked_for_decision(plan, by, seen)
    if for_all is None and reason.strip():
        for_all = Deferral(Kind.OTHER, reason.strip()[:MOST_OF_A_DECISION])
    _check_not_made_up(plan)
    decided = _decide_left_out(plan, by, decisions or {}, for_all)
    served = _take_visits(plan)
    check_holds(plan)
    Visit.objects.filter(pk__in=served).update(state=Visit.State.PLANNED)
    for visit in Visit.objects.filter(pk__in=served, deferred_as__isnull=False).distinct():
        take_deferral_back(visit=visit, by=by, if_planned_leave_it=True)
    _settle(plan, PlanState.APPROVED, by, reason)
    tell_decided(plan, by)
    audit.record(
        action="plan.approved",
        by=by,
        organisation=plan.organisation,
        target=plan,
        details={
            "served": len(served),
            "tier_one_unserved": plan.unserved.filter(visit__tier=1).count(),
            "reason_given": bool(reason.strip()),
            **({"decisions": decided} if decided else {}),
        },
    )
    return plan


@transaction.atomic
def reject_plan(*, plan: RoutePlan, by, reason: str, seen: int | None = None) -> RoutePlan:
    """The proposal is turned down, in the name of an approver and with a reason. Raises as `approve_plan`."""
    plan = locked_for_decision(plan, by, seen)
    if not reason.strip():
        raise ReasonNeeded("Say why the plan is rejected.")
    _settle(plan, PlanState.REJECTED, by, reason)
    tell_decided(plan, by)
    audit.record(action="plan.rejected", by=by, organisation=plan.organisation, target=plan)
    return plan


def check_holds(plan: RoutePlan) -> None:
    """PlanBroken when the judge finds a broken rule in the stored routes, with people, visits and rota as of now, or
    when a visit came to the plan since, so that nobody knows whether it fits.
    """
    try:
        built = build_problem(plan)
    except NothingToPlan as error:
        raise PlanBroken([str(error)]) from error
    lines = [
        f"{visit.reference} came to the plan since: it is neither on a round nor left out." for visit in _new(plan)
    ]
    lines += _broken(plan, built)
    if lines:
        raise PlanBroken(lines)


def _broken(plan, built) -> list[str]:
    """By the day under way where what happened was taken in: a plan that was mended and withdrawn again."""
    if plan.disruptions.filter(state=Disruption.State.APPLIED).exists():
        try:
            standing = standing_day(plan, present(plan))
        except UnfitDisruption as error:
            return [str(error)]
        built, solution = replace(built, problem=standing.problem), standing.solution
    else:
        solution = solution_of(built)
    try:
        accepted(built, solution)
    except SolutionRefused as error:
        return broken_rules(built, error.broken)
    return []


def _new(plan):
    """Open visits of the plan that its last answer did not know."""
    known = plan.visits.filter(stops__assignment__plan=plan).values("pk")
    left_out = plan.unserved.values("visit")
    return plan.visits.filter(state=Visit.State.OPEN).exclude(pk__in=known).exclude(pk__in=left_out)


def locked_for_decision(plan: RoutePlan, by, seen: int | None = None) -> RoutePlan:
    """The plan, locked. PermissionDenied, PlanStateError when it is no proposal, or not the version `seen`."""
    permit(by, Permission.APPROVE_PLANS, plan)
    plan = locked(plan)
    if plan.state != PlanState.PROPOSED:
        raise PlanStateError(f"Only a proposed plan can be decided; this one is {plan.get_state_display().lower()}.")
    check_seen(plan, seen)
    return plan


def permit(by, permission: Permission, plan: RoutePlan) -> None:
    """PermissionDenied for a person who may not do this to a plan of that organisation."""
    if not by.has_perm(permission.value, plan.organisation):
        raise PermissionDenied(f"This needs the permission {permission.value}.")


def free_decided(plan: RoutePlan, by) -> None:
    """Takes back what was decided about visits left out: they are open again, and those made for the day to which they
    were deferred go. PlanStateError where one of these is planned there already.
    """
    for left in plan.unserved.filter(decision=Kind.DEFERRED).select_related("visit__organisation"):
        take_deferral_back(visit=left.visit, by=by)
    ended = plan.unserved.filter(decision__in=ENDS_THE_VISIT).values("visit")
    Visit.objects.filter(pk__in=ended, state=Visit.State.CANCELLED).update(state=Visit.State.OPEN)
    plan.unserved.exclude(decision="").update(
        decision="", decided_by=None, decided_at=None, decision_reason="", deferred_to=None
    )


def _check_not_made_up(plan):
    """What a scenario only tries cannot become anybody's work."""
    people = ", ".join(plan.extra_people.values_list("display_name", flat=True))
    if people:
        raise PlanStateError(
            f"This scenario has people who are made up: {people}. It shows what they would change and cannot be "
            "approved. Add them to the team with a shift, and plan the day again."
        )
    tried = plan.adjustments.filter(kind=PlanAdjustment.Kind.REMEDY).select_related("visit")
    if tried:
        names = ", ".join(sorted({each.visit.reference for each in tried}))
        raise PlanStateError(
            f"This scenario tries a change that has not been made for real (for {names}). Make the change in the team"
            " or at the visit first, and plan the day again."
        )


def _decide_left_out(plan, by, decisions, for_all) -> dict:
    """Numbers of decisions by kind. ReasonNeeded when some are missing."""
    left_out = {left.visit.reference: left for left in plan.unserved.select_related("visit")}
    unknown = [reference for reference in decisions if reference not in left_out]
    if unknown:
        raise ValidationError(f"{', '.join(sorted(unknown))}: not among the visits that this plan leaves out.")
    needing = set(plan.unserved.needing_a_decision().exclude(reason="planned").values_list("pk", flat=True))
    chosen = {left.pk: (left, decisions.get(reference)) for reference, left in left_out.items()}
    undecided = [left.visit for left, own in chosen.values() if left.pk in needing and own is None]
    if undecided and for_all is None:
        raise ReasonNeeded(_undecided(undecided))
    numbers = Counter()
    for left, own in chosen.values():
        deferral = own or (for_all if left.pk in needing else None)
        if deferral is not None:
            _store_decision(left, deferral.checked(plan), by)
            numbers[deferral.kind] += 1
    return dict(numbers)


def _undecided(visits) -> str:
    tier_one = sum(visit.tier == 1 for visit in visits)
    parts = [(tier_one, "tier-1 "), (len(visits) - tier_one, "overdue ")]
    words = " and ".join(f"{n} {kind}{'visit is' if n == 1 else 'visits are'}" for n, kind in parts if n)
    names = sorted(visit.reference for visit in visits)
    more = len(names) - MOST_NAMED
    listed = ", ".join(names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
    return f"{words} unserved: give a reason for {listed}."


def _store_decision(left, deferral, by):
    left.decision, left.decision_reason, left.deferred_to = deferral.kind, deferral.reason, deferral.to
    left.decided_by, left.decided_at = by, timezone.now()
    left.save(update_fields=["decision", "decision_reason", "deferred_to", "decided_by", "decided_at"])
    if deferral.kind in ENDS_THE_VISIT:
        Visit.objects.filter(pk=left.visit_id, state=Visit.State.OPEN).update(state=Visit.State.CANCELLED)
    elif deferral.kind == Kind.DEFERRED:
        defer_visit(visit=left.visit, to=deferral.to, by=by)


def _take_visits(plan) -> list:
    """Keys of the visits on the routes, locked. PlanStateError when another approved plan has them, or the people.

    Locked one by one, always in the same order: two plans with the same people or visits may be approved at the same
    moment, and the second must see what the first has done.
    """
    list(Shift.objects.filter(assignments__plan=plan).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    served = Visit.objects.filter(stops__assignment__plan=plan).order_by("pk").select_for_update(of=("self",))
    states = dict(served.values_list("pk", "state"))
    if Visit.State.PLANNED in states.values():
        raise PlanStateError("Some of these visits are in an approved plan already. Optimise again to leave them out.")
    busy = RouteAssignment.objects.filter(shift__assignments__plan=plan, plan__state__in=PlanState.binding())
    if busy.exists():
        raise PlanStateError("Some of these people are in an approved plan already. Optimise again to leave them out.")
    return list(states)


def _settle(plan, state, by, reason):
    plan.state, plan.approved_by, plan.approved_at, plan.decision_reason = state, by, timezone.now(), reason.strip()
    plan.returned_by, plan.returned_at, plan.returned_reason = None, None, ""
    plan.save(
        update_fields=[
            *("state", "approved_by", "approved_at", "decision_reason"),
            *("returned_by", "returned_at", "returned_reason"),
        ]
    )
