"""Going back and forth between the versions of a plan. Nothing is lost: each way back is a new version itself."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from routing.broken_rules import broken_rules
from routing.editing import EditError
from routing.models import PlanState, PlanVersion, RoutePlan
from routing.planning.io import parse_solution
from routing.planning.solution import Solution, Unserved
from routing.problem_building import NothingToPlan, build_problem

from .day_changes import store_changed_day
from .decisions import PlanBroken
from .editing import BY_HAND, opened_for
from .plans import PlanStateError, check_seen, locked
from .proposals import SolutionRefused, accepted, record_version, store_routes

# A plan in these states may still get other routes; one that is approved is opened again first.
CHANGEABLE = (PlanState.PROPOSED, PlanState.REJECTED, *PlanState.running())


class CannotComeBack(PlanStateError):
    """The routes of a version do not fit a day under way. `messages`: that, then why, line by line."""

    def __init__(self, number: int, lines):
        super().__init__([f"Version {number} cannot come back: what has begun stays as it is.", *lines])


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


def undo_target(plan: RoutePlan, history: History | None = None) -> int | None:
    """The version that undo leads to; None where there is nothing to undo. What was approved is not undone: a plan that
    is published goes back to the version that was approved, and no further. `history`: where it was read already.
    """
    target = (history or history_of(plan)).undo_to
    if target is None or plan.state not in PlanState.running():
        return target
    approved = plan.versions.filter(made_at__lte=plan.approved_at).order_by("-number").first()
    return None if approved is not None and target < approved.number else target


def undo_change(*, plan: RoutePlan, seen: int | None = None, by) -> RoutePlan:
    """Back to the routes before the last change. Raises as `restore_version`; PlanStateError with nothing to undo."""
    check_seen(plan, seen)
    _check_changeable(plan)
    target = undo_target(plan)
    if target is None:
        raise PlanStateError("There is no earlier version to go back to.")
    return restore_version(plan=plan, number=target, by=by)


def redo_change(*, plan: RoutePlan, seen: int | None = None, by) -> RoutePlan:
    """Forth again to what was undone last. Raises as `restore_version`; PlanStateError with nothing to redo."""
    check_seen(plan, seen)
    target = history_of(plan).redo_to
    if target is None:
        raise PlanStateError("Nothing was undone since the last change.")
    return restore_version(plan=plan, number=target, by=by)


@transaction.atomic
def restore_version(*, plan: RoutePlan, number: int, seen: int | None = None, by) -> RoutePlan:
    """The routes of an earlier version as the newest one. Of a plan that is published or in progress, the rest of the
    day goes back, and people whose rounds change are told. `seen`: the version that the planner looked at.

    ValidationError for a number that the plan does not have; PlanBroken with the judge's words when these routes do not
    hold any more, CannotComeBack when the day under way does not let them; PlanStateError when the plan is approved, or
    was changed by somebody else meanwhile; PermissionDenied for a day under way.
    """
    _check_changeable(plan)
    check_seen(plan, seen)
    version = plan.versions.filter(number=number).first()
    if version is None:
        raise ValidationError(f"The plan has no version {number}.")
    if plan.state in PlanState.running():
        return _restored_under_way(plan, version, by)
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
    plan = _locked_as_read(plan)
    plan.state = PlanState.PROPOSED
    plan.approved_by, plan.approved_at, plan.decision_reason = None, None, ""
    store_routes(plan, built, solution, verdict)
    record_version(plan, solution, verdict, by=by, **_as_restored(number))
    _record(plan, number, by)
    return plan


def _locked_as_read(plan) -> RoutePlan:
    """The plan, locked. PlanStateError where it cannot be changed any more, or somebody has since it was read."""
    read, plan = plan.version, locked(plan)
    _check_changeable(plan)
    if plan.version != read:
        raise PlanStateError("Somebody else has changed the plan in the meantime. Look again before you go back.")
    return plan


def _restored_under_way(plan, version, by) -> RoutePlan:
    """The version's rounds from now on: what has begun must be in it as it began."""
    plan = _locked_as_read(plan)
    opened = opened_for(plan, by)
    try:
        verdict = opened.draft.laid(solution_of_version(version))
    except EditError as error:
        raise CannotComeBack(version.number, [opened.refused(error)]) from error
    broken = opened.broken(verdict)
    if broken:
        raise CannotComeBack(version.number, broken)
    gone = Unserved("", BY_HAND, f"Not in version {version.number}, whose routes hold again.")
    told = store_changed_day(plan, opened, verdict, gone=gone, by=by, **_as_restored(version.number))
    _record(plan, version.number, by, told=told)
    return plan


def _as_restored(number):
    summary = f"The routes of version {number} again."
    return {"origin": PlanVersion.Origin.RESTORED, "summary": summary, "undoes": number}


def _record(plan, number, by, **more):
    audit.record(
        action="plan.version_restored",
        by=by,
        organisation=plan.organisation,
        target=plan,
        details={"restored": number, "version": plan.version, **more},
    )


def solution_of_version(version: PlanVersion) -> Solution:
    """What the version keeps, as the planner knows it."""
    solution = parse_solution({"routes": version.routes, "unserved": version.unserved})
    solution.engine = version.engine
    return solution


def _check_changeable(plan):
    if plan.state not in CHANGEABLE:
        raise PlanStateError(f"The routes of a plan that is {plan.get_state_display().lower()} cannot be changed back.")
