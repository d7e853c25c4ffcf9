"""Changes by hand: one at a time, judged, on the version that the planner saw."""

import re

import numpy as np
from django.db import transaction

from accounts import audit
from routing.editing import Edit, Proposal, TakeOut
from routing.models import PlanVersion, RoutePlan
from routing.plan_editing import OpenPlan, why_not_editable
from routing.planning.reasons import explain_unserved
from routing.planning.solution import Solution, Unserved
from routing.problem_building import NothingToPlan
from routing.travel import RouteLeg

from .adjustments import exclude_visit
from .plans import PlanStateError, locked
from .proposals import SolutionRefused, accepted, record_version, store_routes

BY_HAND = "hand"


class PlanChangedMeanwhile(PlanStateError):
    """The planner looked at another version than the plan has now."""


class EditRefused(SolutionRefused):
    """The change breaks a rule: `proposal` says what it would do, `messages` what is broken, in words."""

    def __init__(self, proposal: Proposal, messages: list[str]):
        super().__init__(" ".join(messages), proposal.broken)
        self.proposal, self.messages = proposal, messages


@transaction.atomic
def apply_edit(*, plan: RoutePlan, edit: Edit, version: int, by) -> tuple[RoutePlan, Proposal]:
    """Store the plan with one change. `version`: the one that the planner saw.

    PlanStateError when the plan is no proposal; PlanChangedMeanwhile when it has another version; EditError for what
    makes no sense; EditRefused when a rule would be broken: such a plan is never stored.
    """
    plan = locked(plan)
    _check(plan, version)
    try:
        opened = OpenPlan(plan)
    except NothingToPlan as error:
        raise PlanStateError(str(error)) from error
    proposal = opened.draft.proposed(edit)
    # What was asked for may break a rule although the plan that came of it breaks none: a start that cannot be reached.
    if not proposal.feasible:
        raise EditRefused(proposal, opened.broken(proposal.verdict))
    solution = proposal.solution(plan.engine)
    try:
        verdict = accepted(opened.built, solution)
    except SolutionRefused as error:
        raise EditRefused(proposal, [str(error)]) from error
    summary = opened.summary(proposal)  # while the rows that name people are those before the change
    solution.unserved = _reasons(opened, solution, verdict)
    _keep_lines(opened, verdict)
    store_routes(plan, opened.built, solution, verdict)
    record_version(plan, solution, verdict, origin=PlanVersion.Origin.MOVED, summary=summary, by=by)
    audit.record(
        action="plan.changed_by_hand",
        by=by,
        organisation=plan.organisation,
        target=plan,
        details={
            "change": re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(proposal.edit).__name__).lower(),
            "version": plan.version,
            "cost_change": round(verdict.cost.total - proposal.before.cost.total),
        },
    )
    return plan, proposal


@transaction.atomic
def leave_out(*, plan: RoutePlan, visit, version: int, reason: str = "", by) -> RoutePlan:
    """Leave a visit out on purpose, now and in later searches. Raises as `apply_edit` and `exclude_visit`."""
    plan = locked(plan)
    _check(plan, version)
    is_served = visit.stops.filter(assignment__plan=plan).exists()
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
    if plan.version != version:
        raise PlanChangedMeanwhile("Somebody changed the plan meanwhile. Here it is as it is now: look again.")


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


def _keep_lines(opened, verdict):
    """Lines along the roads: those of rounds that stay the same are kept, the others asked for."""
    built, before = opened.built, opened.draft.orders
    built.draw([route for route in verdict.routes if route.visits != before.get(route.staff)])
    for assignment in opened.plan.assignments.select_related("staff").prefetch_related("stops"):
        if assignment.staff.reference not in built.lines:
            paths = [stop.path for stop in assignment.stops.all() if stop.visit_id is not None]
            legs = (*paths, assignment.return_path)
            built.lines[assignment.staff.reference] = tuple(map(_leg, legs))


def _leg(path) -> RouteLeg:
    line = np.zeros((2, 2)) if path is None else np.array(path.coords)
    return RouteLeg(line, 0, 0, estimated=path is None)
