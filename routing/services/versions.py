"""Going back and forth between the versions of a plan. Nothing is lost: each way back is a new version itself."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from routing.broken_rules import broken_rules
from routing.models import PlanState, PlanVersion, RoutePlan
from routing.planning.io import parse_solution
from routing.planning.solution import Solution
from routing.problem_building import NothingToPlan, build_problem

from .decisions import PlanBroken
from .plans import PlanStateError, locked
from .proposals import SolutionRefused, accepted, record_version, store_routes

# A plan in these states may still get other routes; one that is approved is opened again first.
CHANGEABLE = (PlanState.PROPOSED, PlanState.REJECTED)


@dataclass
class History:
    """What undo and redo lead to: numbers of versions whose routes were not taken from another one."""

    done: list[int] = field(default_factory=list)
    undone: list[int] = field(default_factory=list)

    @property
    def undo_to(self) -> int | None:
        return self.done[-2] if len(self.done) > 1 else None

    @property
    def redo_to(self) -> int | None:
        return self.undone[-1] if self.undone else None


def history_of(plan: RoutePlan) -> History:
    """The versions replayed as an editor does: a new change forgets what was undone before it.

    A version that takes routes back from version n is an undo where n came just before, a redo where n was undone last,
    else a change of its own.
    """
    history, source = History(), {}
    for number, undoes in plan.versions.order_by("number").values_list("number", "undoes"):
        source[number] = number if undoes is None else source.get(undoes, undoes)
        target = source[number]
        if undoes is not None and target == history.undo_to:
            history.undone.append(history.done.pop())
        elif undoes is not None and target == history.redo_to:
            history.done.append(history.undone.pop())
        else:
            history.done.append(target)
            history.undone.clear()
    return history


def undo_change(*, plan: RoutePlan, by) -> RoutePlan:
    """Back to the routes before the last change. Raises as `restore_version`; PlanStateError with nothing to undo."""
    target = history_of(plan).undo_to
    if target is None:
        raise PlanStateError("There is no earlier version to go back to.")
    return restore_version(plan=plan, number=target, by=by)


def redo_change(*, plan: RoutePlan, by) -> RoutePlan:
    """Forth again to what was undone last. Raises as `restore_version`; PlanStateError with nothing to redo."""
    target = history_of(plan).redo_to
    if target is None:
        raise PlanStateError("Nothing was undone since the last change.")
    return restore_version(plan=plan, number=target, by=by)


@transaction.atomic
def restore_version(*, plan: RoutePlan, number: int, by) -> RoutePlan:
    """The routes of an earlier version as the newest one.

    ValidationError for a number that the plan does not have; PlanBroken with the judge's words when these routes do not
    hold any more; PlanStateError when the plan is approved, or was changed by somebody else meanwhile.
    """
    _check_changeable(plan)
    version = plan.versions.filter(number=number).first()
    if version is None:
        raise ValidationError(f"The plan has no version {number}.")
    try:
        built = build_problem(plan)
    except NothingToPlan as error:
        raise PlanBroken([str(error)]) from error
    solution = solution_of_version(version)
    solution.unserved = [left for left in solution.unserved if left.visit in built.problem.visit_by_id]
    try:
        verdict = accepted(built, solution)
    except SolutionRefused as error:
        raise PlanBroken(broken_rules(built, error.broken)) from error
    # Before the plan is locked: a road network may take its time.
    built.draw(verdict.routes)
    seen, plan = plan.version, locked(plan)
    _check_changeable(plan)
    if plan.version != seen:
        raise PlanStateError("Somebody else has changed the plan meanwhile. Look again before you go back.")
    plan.state = PlanState.PROPOSED
    plan.approved_by, plan.approved_at, plan.decision_reason = None, None, ""
    store_routes(plan, built, solution, verdict)
    record_version(
        plan,
        solution,
        verdict,
        origin=PlanVersion.Origin.RESTORED,
        summary=f"The routes of version {number} again.",
        by=by,
        undoes=number,
    )
    audit.record(
        action="plan.version_restored",
        by=by,
        organisation=plan.organisation,
        target=plan,
        details={"restored": number, "version": plan.version},
    )
    return plan


def solution_of_version(version: PlanVersion) -> Solution:
    """What the version keeps, as the planner knows it."""
    solution = parse_solution({"routes": version.routes, "unserved": version.unserved})
    solution.engine = version.engine
    return solution


def _check_changeable(plan):
    if plan.state not in CHANGEABLE:
        raise PlanStateError(f"The routes of a plan that is {plan.get_state_display().lower()} cannot be changed back.")
