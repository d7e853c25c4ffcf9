"""Changes by hand: one at a time, judged, on the version that the planner saw."""

import re

from django.db import transaction

from accounts import audit
from accounts.permissions import Permission
from routing.editing import Edit, Proposal, TakeOut
from routing.models import PlanState, PlanVersion, RoutePlan
from routing.plan_editing import OpenPlan, why_not_editable
from routing.plan_verdicts import why_unfit
from routing.planning.reasons import explain_unserved
from routing.planning.replanning import UnfitDisruption
from routing.planning.solution import Solution, Unserved
from routing.problem_building import NothingToPlan

from .adjustments import exclude_visit
from .day_changes import store_changed_day
from .decisions import permit
from .plans import PlanStateError, check_seen, locked
from .proposals import SolutionRefused, accepted, record_version, store_routes
from .round_lines import keep_lines

BY_HAND = "hand"


class EditRefused(SolutionRefused):
    """The change breaks a rule: `proposal` says what it would do, `messages` what is broken, in words."""

    def __init__(self, proposal: Proposal, messages: list[str]):
        super().__init__(" ".join(messages), proposal.broken)
        self.proposal, self.messages = proposal, messages


@transaction.atomic
def apply_edit(*, plan: RoutePlan, edit: Edit, version: int, by) -> tuple[RoutePlan, Proposal]:
    """Store the plan with one change. `version`: the one that the planner saw. Of a plan that is published or in
    progress, people whose rounds change are told.

    PlanStateError when the plan cannot be changed in its state; PlanChangedMeanwhile when it has another version;
    PermissionDenied for a day under way; EditError for what makes no sense, Frozen for what would move what has begun;
    EditRefused when a rule would be broken: such a plan is never stored.
    """
    plan = locked(plan)
    _check(plan, version)
    opened = opened_for(plan, by)
    proposal = opened.draft.proposed(edit)
    # What was asked for may break a rule although the plan that came of it breaks none: a start that cannot be reached.
    if not proposal.feasible:
        raise EditRefused(proposal, opened.broken(proposal.verdict))
    summary = opened.summary(proposal)  # while the rows that name people are those before the change
    if opened.is_under_way:
        gone = Unserved("", BY_HAND, "Taken out by hand during the day.")
        told = store_changed_day(
            plan, opened, proposal.verdict, gone=gone, origin=PlanVersion.Origin.MOVED, summary=summary, by=by
        )
        details = {"told": told}
    else:
        _store(plan, opened, proposal, summary, by)
        details = {}
    audit.record(
        action="plan.changed_by_hand",
        by=by,
        organisation=plan.organisation,
        target=plan,
        details={
            "change": re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(proposal.edit).__name__).lower(),
            "version": plan.version,
            "cost_change": round(proposal.verdict.cost.total - proposal.before.cost.total),
            **details,
        },
    )
    return plan, proposal


def opened_for(plan: RoutePlan, by) -> OpenPlan:
    """The plan laid open. PlanStateError where there is nothing to change; PermissionDenied for a day under way."""
    if plan.state in PlanState.running():
        permit(by, Permission.EDIT_PLANS, plan)
    try:
        return OpenPlan(plan)
    except (NothingToPlan, UnfitDisruption) as error:
        raise PlanStateError(" ".join(why_unfit(plan, error))) from error


def _store(plan, opened, proposal, summary, by):
    solution = proposal.solution(plan.engine)
    try:
        verdict = accepted(opened.built, solution)
    except SolutionRefused as error:
        raise EditRefused(proposal, [str(error)]) from error
    solution.unserved = _reasons(opened, solution, verdict)
    keep_lines(opened, verdict)
    store_routes(plan, opened.built, solution, verdict)
    record_version(plan, solution, verdict, origin=PlanVersion.Origin.MOVED, summary=summary, by=by)


@transaction.atomic
def leave_out(*, plan: RoutePlan, visit, version: int, reason: str = "", by) -> RoutePlan:
    """Leave a visit out on purpose, now and in later searches. Raises as `apply_edit` and `exclude_visit`."""
    plan = locked(plan)
    _check(plan, version)
    is_served = visit.stops.filter(assignment__plan=plan).exists()
    if is_served and plan.state in PlanState.running():
        # A day under way does not know what is stored once a visit on a round is excluded: it goes first.
        plan, _ = apply_edit(plan=plan, edit=TakeOut(visit.reference), version=version, by=by)
        is_served = False
    exclude_visit(plan=plan, visit=visit, reason=reason, by=by)
    if is_served:
        plan, _ = apply_edit(plan=plan, edit=TakeOut(visit.reference), version=version, by=by)
    else:
        detail = f"Left out on purpose: {reason.strip()}" if reason.strip() else "Left out on purpose."
        plan.unserved.filter(visit=visit).update(reason="excluded", detail=detail, remedies=[])
    return plan


def _check(plan, version):
    why = why_not_editable(plan)
    if why:
        raise PlanStateError(why)
    check_seen(plan, version)


def _reasons(opened, solution, verdict) -> list[Unserved]:
    """Why each visit is left out now, and what would help; those taken out by hand say so as long as they are out."""
    left = Solution(solution.routes, unserved=[Unserved(name) for name in verdict.unserved])
    earlier = {row.visit.reference for row in opened.plan.unserved.select_related("visit") if row.reason == BY_HAND}
    by_hand = earlier | set(opened.draft.served_by)
    entries = explain_unserved(opened.problem, left)
    for entry in entries:
        if entry.visit in by_hand:
            entry.reason, entry.detail = BY_HAND, "Taken out by hand."
    return entries
