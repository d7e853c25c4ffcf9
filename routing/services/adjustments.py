"""What a person fixes in one plan: the next optimisation keeps to it, and so must every change by hand.

In a plan that is published or in progress only what is so already can be fixed: its rounds keep to what is fixed at any
moment, or the day could not be mended any more.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from routing.civil_time import clock, seconds_into
from routing.models import PlanAdjustment, PlanState, RoutePlan, RouteStop, StaffMember, Visit
from routing.plan_editing import present
from routing.planning.replanning import UnfitDisruption
from routing.problem_building import NothingToPlan
from routing.standing_day import standing_day

from .plans import PlanStateError, locked

Kind = PlanAdjustment.Kind
ADJUSTABLE = (PlanState.DRAFT, PlanState.PROPOSED, PlanState.REJECTED, *PlanState.running())
MOST_OF_A_NOTE = 200
DAY_SECONDS = 36 * 3600  # a night shift ends on the next day
MOST_MINUTES = 480


@transaction.atomic
def pin_visit(
    *,
    plan: RoutePlan,
    visit: Visit,
    staff: StaffMember | None = None,
    starts_at: datetime | None = None,
    reason: str = "",
    by,
) -> PlanAdjustment:
    """Keeps a visit with a person, at a time, or both; in place of an earlier pin of the visit.

    ValidationError for a visit or person that the plan does not have, a time outside its day, or neither person nor
    time, and for a visit of a published plan that has begun or is elsewhere now; PlanStateError when the plan is being
    optimised or approved.
    """
    plan = adjustable(plan)
    _check_visit(plan, visit)
    if staff is None and starts_at is None:
        raise ValidationError("Say with whom or at which time the visit is kept.")
    if staff is not None:
        _check_person(plan, staff)
    if starts_at is not None:
        check_moment(plan, starts_at)
    _check_is_so(plan, visit, staff, starts_at)
    return _put(plan, Kind.VISIT_PINNED, by, reason, visit=visit, values={"staff": staff, "starts_at": starts_at})


@transaction.atomic
def unpin(*, plan: RoutePlan, visit: Visit, by) -> None:
    """Takes the pin of a visit away, if it has one. PlanStateError as `pin_visit`."""
    _take_away(adjustable(plan), by, kind=Kind.VISIT_PINNED, visit=visit)


@transaction.atomic
def exclude_visit(*, plan: RoutePlan, visit: Visit, reason: str = "", by) -> PlanAdjustment:
    """Leaves a visit out on purpose; a pin of it goes. Raises as `pin_visit`; ValidationError for one that is on a
    round of a published plan: see `leave_out`.
    """
    plan = adjustable(plan)
    _check_visit(plan, visit)
    if plan.state in PlanState.running() and visit.stops.filter(assignment__plan=plan).exists():
        raise ValidationError(f"{visit} is on a round: take it out first.")
    _take_away(plan, by, kind=Kind.VISIT_PINNED, visit=visit)
    return _put(plan, Kind.VISIT_EXCLUDED, by, reason, visit=visit)


@transaction.atomic
def include_visit(*, plan: RoutePlan, visit: Visit, by) -> None:
    """Takes a visit that was left out on purpose in again. PlanStateError as `pin_visit`."""
    _take_away(adjustable(plan), by, kind=Kind.VISIT_EXCLUDED, visit=visit)


@transaction.atomic
def exclude_person(*, plan: RoutePlan, staff: StaffMember, reason: str = "", by) -> PlanAdjustment:
    """Plans without a person; visits that were kept with them are free again. Raises as `pin_visit`; ValidationError
    for somebody who has a round in a published plan.
    """
    plan = adjustable(plan)
    _check_person(plan, staff)
    if plan.state in PlanState.running() and plan.assignments.filter(staff=staff).exists():
        raise ValidationError(
            f"{staff} has a round in this plan: give the visits to others first, or say what happened to {staff}."
        )
    _take_away(plan, by, kind=Kind.VISIT_PINNED, staff=staff)
    return _put(plan, Kind.PERSON_EXCLUDED, by, reason, staff=staff)


@transaction.atomic
def include_person(*, plan: RoutePlan, staff: StaffMember, by) -> None:
    """Plans with a person again. PlanStateError as `pin_visit`."""
    _take_away(adjustable(plan), by, kind=Kind.PERSON_EXCLUDED, staff=staff)


@transaction.atomic
def lock_round(*, plan: RoutePlan, staff: StaffMember, by) -> list[PlanAdjustment]:
    """Keeps each visit of a person's day with them, at the time it has now. Others may still be added in between.

    ValidationError when they have no visits in the plan; else as `pin_visit`. A double-handed visit is kept at its time
    only, since it has more than one person. What has begun needs no keeping.
    """
    plan = adjustable(plan)
    _check_person(plan, staff)
    stops = list(
        RouteStop.objects.filter(assignment__plan=plan, assignment__staff=staff, visit__isnull=False).select_related(
            "visit"
        )
    )
    begun = _begun(plan)
    stops = [stop for stop in stops if stop.visit.reference not in begun]
    if not stops:
        raise ValidationError(f"{staff} has no visits in this plan{' that have not begun' if begun else ''}.")
    return [
        _put(
            plan,
            Kind.VISIT_PINNED,
            by,
            "Whole day kept.",
            visit=stop.visit,
            values={"staff": staff if stop.visit.staff_required == 1 else None, "starts_at": stop.starts_at},
        )
        for stop in stops
    ]


@transaction.atomic
def unlock_round(*, plan: RoutePlan, staff: StaffMember, by) -> None:
    """Takes away every pin that keeps a visit with a person. PlanStateError as `pin_visit`."""
    _take_away(adjustable(plan), by, kind=Kind.VISIT_PINNED, staff=staff)


@transaction.atomic
def extend_shift(*, plan: RoutePlan, staff: StaffMember, minutes: int, reason: str = "", by) -> PlanAdjustment:
    """Tries a shift that ends so many minutes (1 to 480) later, in a scenario. Raises as `pin_visit`."""
    plan = scenario_only(adjustable(plan))
    _check_person(plan, staff)
    if not 1 <= minutes <= MOST_MINUTES:
        raise ValidationError(f"A shift can be longer by 1 to {MOST_MINUTES} minutes.")
    return _put(plan, Kind.SHIFT_EXTENDED, by, reason, staff=staff, values={"minutes": minutes})


@transaction.atomic
def change_window(
    *, plan: RoutePlan, visit: Visit, starts_at: datetime, ends_at: datetime, reason: str = "", by
) -> PlanAdjustment:
    """Tries another window (earliest and latest start) of a visit, in a scenario. Raises as `pin_visit`."""
    plan = scenario_only(adjustable(plan))
    _check_visit(plan, visit)
    for moment in (starts_at, ends_at):
        check_moment(plan, moment)
    if ends_at < starts_at:
        raise ValidationError(f"The window ends at {clock(ends_at)}, before it starts at {clock(starts_at)}.")
    values = {"starts_at": starts_at, "ends_at": ends_at}
    return _put(plan, Kind.WINDOW_CHANGED, by, reason, visit=visit, values=values)


@transaction.atomic
def try_change(*, plan: RoutePlan, visit: Visit, remedy: dict, by) -> PlanAdjustment:
    """Tries a remedy (as it is kept with a visit left out) that no other adjustment can say, in a scenario."""
    plan = scenario_only(adjustable(plan))
    _check_visit(plan, visit)
    made = plan.adjustments.create(kind=Kind.REMEDY, visit=visit, remedy=remedy, made_by=_person(by))
    _record("plan.adjusted", plan, by, made)
    return made


@transaction.atomic
def remove_adjustment(*, plan: RoutePlan, adjustment: PlanAdjustment, by) -> None:
    """Takes one thing away that was fixed. ValidationError when it belongs to another plan; else as `pin_visit`."""
    plan = adjustable(plan)
    if adjustment.plan_id != plan.pk:
        raise ValidationError("This belongs to another plan.")
    _take_away(plan, by, pk=adjustment.pk)


def check_adjustment(adjustment: PlanAdjustment) -> None:
    """Whether what is fixed in a plan could be fixed now, as after taking its removal back.

    PlanStateError when nothing can be fixed in the plan any more, ValidationError where people work by a plan that says
    otherwise by now.
    """
    plan = adjustable(adjustment.plan)
    if adjustment.kind == Kind.VISIT_PINNED:
        _check_is_so(plan, adjustment.visit, adjustment.staff, adjustment.starts_at)
    elif plan.state in PlanState.running():
        stops = RouteStop.objects.filter(assignment__plan=plan)
        if adjustment.kind == Kind.VISIT_EXCLUDED and stops.filter(visit=adjustment.visit).exists():
            raise ValidationError(f"{adjustment.visit} is on a round by now.")
        if adjustment.kind == Kind.PERSON_EXCLUDED and stops.filter(assignment__staff=adjustment.staff).exists():
            raise ValidationError(f"{adjustment.staff} has a round by now.")


def adjustable(plan: RoutePlan) -> RoutePlan:
    """The plan, locked. PlanStateError when nothing can be fixed in it any more."""
    plan = locked(plan)
    if plan.state not in ADJUSTABLE:
        raise PlanStateError(f"Nothing can be fixed in a plan that is {plan.get_state_display().lower()}.")
    return plan


def _check_is_so(plan, visit, staff, starts_at):
    """In a plan whose rounds people work by a visit is kept as it is."""
    if plan.state not in PlanState.running():
        return
    if visit.reference in _begun(plan):
        raise ValidationError(f"{visit} has begun: it stays where it is.")
    stops = list(visit.stops.filter(assignment__plan=plan).select_related("assignment__staff"))
    if not stops:
        raise ValidationError(f"{visit} is in no round: put it in first.")
    if staff is not None and staff.pk not in {stop.assignment.staff_id for stop in stops}:
        raise ValidationError(f"{visit} is on the round of {stops[0].assignment.staff}: move it first.")
    if starts_at is not None and starts_at != stops[0].starts_at:
        raise ValidationError(f"{visit} starts at {clock(stops[0].starts_at)}: change its start first.")


def _begun(plan) -> set[str]:
    """References of visits of a day under way that have begun. PlanStateError where the day cannot be read."""
    if plan.state not in PlanState.running():
        return set()
    try:
        begun = standing_day(plan, present(plan)).begun
    except (NothingToPlan, UnfitDisruption) as error:
        raise PlanStateError(str(error)) from error
    return {visit for visits in begun.values() for visit in visits}


def scenario_only(plan: RoutePlan) -> RoutePlan:
    """The plan itself. PlanStateError when it is no scenario."""
    if plan.scenario_of_id is None:
        raise PlanStateError("This can be tried in a scenario only. Copy the plan as a scenario first.")
    return plan


def _check_visit(plan, visit):
    if not plan.visits.filter(pk=visit.pk).exists():
        raise ValidationError(f"{visit} is not a visit of this plan.")


def _check_person(plan, staff):
    if staff.team_id != plan.team_id or staff.only_in_id not in (None, plan.pk):
        raise ValidationError(f"{staff} is not in the team of this plan.")


def check_moment(plan: RoutePlan, moment: datetime) -> None:
    """ValidationError for a moment that is not on the plan's day, or in the night after it."""
    if not 0 <= seconds_into(plan.day, moment) <= DAY_SECONDS:
        raise ValidationError(f"The time must be on the plan's day, {plan.day:%-d %B %Y}.")


def _put(plan, kind, by, reason, *, visit=None, staff=None, values=None) -> PlanAdjustment:
    if len(reason.strip()) > MOST_OF_A_NOTE:
        raise ValidationError(f"A reason has at most {MOST_OF_A_NOTE} characters.")
    about = {"visit": visit} if visit else {"staff": staff, "visit": None}
    made, _ = PlanAdjustment.objects.update_or_create(
        plan=plan,
        kind=kind,
        **about,
        defaults={"reason": reason.strip(), "made_by": _person(by), **(values or {})},
    )
    _record("plan.adjusted", plan, by, made)
    return made


def _take_away(plan, by, **which):
    for adjustment in plan.adjustments.filter(**which):
        _record("plan.adjustment_removed", plan, by, adjustment)
        adjustment.delete()


def _person(by):
    return by if hasattr(by, "email") else None


def _record(action, plan, by, adjustment):
    """References and places stay out of the audit trail; the kind and the keys are enough to find them."""
    details = {"kind": adjustment.kind}
    for name in ("visit_id", "staff_id"):
        if getattr(adjustment, name):
            details[name.removesuffix("_id")] = str(getattr(adjustment, name))
    if adjustment.minutes:
        details["minutes"] = adjustment.minutes
    audit.record(action=action, by=by, organisation=plan.organisation, target=plan, details=details)
