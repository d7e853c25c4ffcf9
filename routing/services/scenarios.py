"""Copies of a plan to try something in: one more nurse, a longer shift, another window. They take nobody's time."""

from datetime import datetime
from math import ceil

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from routing.civil_time import moment_of
from routing.models import (
    Depot,
    PlanAdjustment,
    PlanState,
    PlanVersion,
    RoutePlan,
    RouteStop,
    Shift,
    Skill,
    StaffMember,
    StaffSkill,
    UnservedVisit,
)
from routing.models.people import DayEnd, TravelProfile
from routing.planning.remedies import KINDS
from routing.planning.solution import Remedy
from routing.problem_building import remedy_of
from routing.problem_building.travel import departure, main_of
from routing.travel_sources import travel_times

from . import adjustments
from .plans import PlanStateError, check_plan_limit, locked
from .proposals import record_stored_version

COPIED_STATES = (
    *(PlanState.DRAFT, PlanState.PROPOSED, PlanState.APPROVED, PlanState.REJECTED),
    *PlanState.published(),
)
SHORTEST_SHIFT, LONGEST_SHIFT = 30 * 60, 16 * 3600
MOST_MADE_UP = 5
COPIED = (
    *("organisation", "team", "day", "intake", "seconds_allowed", "seed", "engine", "is_travel_estimated", "travel"),
    *("cost", "equity", "trace", "holds_core20", "shares_work", "optimised_at"),
)
SHIFT_FIELDS = ("day", "starts_at", "ends_at", "break_minutes", "break_earliest", "break_latest")
PERSON_FIELDS = (
    *("team", "display_name", "base", "home_postcode", "home", "starts_from", "ends_at", "travel_profile"),
    *("max_visits", "overtime_minutes", "max_drive_minutes", "works_alone"),
)


@transaction.atomic
def copy_as_scenario(*, plan: RoutePlan, by, name: str = "") -> RoutePlan:
    """A copy of the plan to try something in: the same visits, what was fixed in it, and its routes if it has any.

    PlanStateError while it is being optimised. A scenario of a scenario is one of the same original.
    """
    plan = locked(plan)
    if plan.state not in COPIED_STATES:
        raise PlanStateError(f"A plan that is {plan.get_state_display().lower()} cannot be copied.")
    check_plan_limit(plan.organisation)
    original = plan.scenario_of or plan
    number = original.scenarios.count() + 1
    scenario = RoutePlan.objects.create(
        **{field: getattr(plan, field) for field in COPIED},
        name=(name.strip() or f"{original.name[:100]}, scenario {number}")[:120],
        state=PlanState.DRAFT if plan.optimised_at is None else PlanState.PROPOSED,
        scenario_of=original,
        created_by=by if hasattr(by, "email") else None,
    )
    scenario.visits.set(plan.visits.all())
    people = _copy_people(plan, scenario)
    _copy_adjustments(plan, scenario, people)
    if scenario.optimised_at is not None:
        _copy_routes(plan, scenario, people)
        record_stored_version(scenario, origin=PlanVersion.Origin.COPIED, summary=f"Copied from {plan.name}.", by=by)
    audit.record(
        action="plan.copied_as_scenario",
        by=by,
        organisation=plan.organisation,
        target=scenario,
        details={"from": str(plan.pk), "version": plan.version},
    )
    return scenario


@transaction.atomic
def add_made_up_person(
    *,
    plan: RoutePlan,
    name: str,
    base: Depot,
    skills=(),
    starts_at: datetime,
    ends_at: datetime,
    travel_profile: str = TravelProfile.CAR,
    by,
) -> StaffMember:
    """One more person for a scenario: exists in it alone, with a shift (and no break) on its day.

    ValidationError for a base or skill of another organisation, or a shift that is no shift of that day; PlanStateError
    when the plan is no scenario, or cannot be changed.
    """
    plan = adjustments.scenario_only(adjustments.adjustable(plan))
    if plan.extra_people.count() >= MOST_MADE_UP:
        raise ValidationError(f"A scenario has at most {MOST_MADE_UP} people who are made up.")
    _check_made_up(plan, base, skills, starts_at, ends_at)
    person = StaffMember.objects.create(
        team=plan.team,
        reference=_free_reference(plan.team),
        display_name=name.strip()[:100] or "One more nurse",
        base=base,
        travel_profile=travel_profile,
        only_in=plan,
    )
    StaffSkill.objects.bulk_create(StaffSkill(staff=person, skill=skill) for skill in skills)
    Shift.objects.create(staff=person, day=plan.day, starts_at=starts_at, ends_at=ends_at, break_minutes=0)
    audit.record(
        action="plan.person_made_up",
        by=by,
        organisation=plan.organisation,
        target=plan,
        details={"minutes": round((ends_at - starts_at).total_seconds() / 60), "skills": len(skills)},
    )
    return person


def _check_made_up(plan, base, skills, starts_at, ends_at):
    for thing in (base, *skills):
        if thing.organisation_id != plan.organisation_id:
            raise ValidationError(f"{thing} does not belong to {plan.organisation}.")
    for moment in (starts_at, ends_at):
        adjustments.check_moment(plan, moment)
    if not SHORTEST_SHIFT <= (ends_at - starts_at).total_seconds() <= LONGEST_SHIFT:
        raise ValidationError("A shift lasts from half an hour to 16 hours, and ends after it starts.")


@transaction.atomic
def change_made_up_person(
    *,
    plan: RoutePlan,
    staff: StaffMember,
    name: str,
    base: Depot,
    skills=(),
    starts_at: datetime,
    ends_at: datetime,
    travel_profile: str,
    by,
) -> StaffMember:
    """Other hours, base, skills or way of travelling for somebody made up; the scenario is to be optimised again then.
    Raises as `add_made_up_person`, and ValidationError for anybody else.
    """
    plan = adjustments.scenario_only(adjustments.adjustable(plan))
    if staff.only_in_id != plan.pk:
        raise ValidationError(f"{staff} is not made up for this scenario.")
    _check_made_up(plan, base, skills, starts_at, ends_at)
    staff.display_name, staff.base, staff.travel_profile = (
        name.strip()[:100] or staff.display_name,
        base,
        travel_profile,
    )
    staff.save()
    staff.skill_records.all().delete()
    StaffSkill.objects.bulk_create(StaffSkill(staff=staff, skill=skill) for skill in skills)
    staff.shifts.update(starts_at=starts_at, ends_at=ends_at)
    audit.record(
        action="plan.made_up_person_changed",
        by=by,
        organisation=plan.organisation,
        target=plan,
        details={"minutes": round((ends_at - starts_at).total_seconds() / 60), "skills": len(skills)},
    )
    return staff


@transaction.atomic
def remove_made_up_person(*, plan: RoutePlan, staff: StaffMember, by) -> None:
    """Takes a made-up person out of a scenario, with the visits they have in it. ValidationError for anybody else."""
    plan = adjustments.scenario_only(adjustments.adjustable(plan))
    if staff.only_in_id != plan.pk:
        raise ValidationError(f"{staff} is not made up for this scenario.")
    for assignment in plan.assignments.filter(staff=staff):
        visits = [stop.visit for stop in assignment.stops.select_related("visit") if stop.visit]
        assignment.delete()
        served = set(RouteStop.objects.filter(assignment__plan=plan).values_list("visit", flat=True))
        UnservedVisit.objects.bulk_create(
            UnservedVisit(plan=plan, visit=visit, reason="search", detail="Not planned since; optimise again.")
            for visit in visits
            if visit.pk not in served
        )
    staff.shifts.all().delete()
    staff.delete()
    audit.record(action="plan.made_up_person_removed", by=by, organisation=plan.organisation, target=plan)


@transaction.atomic
def try_remedy(*, left_out: UnservedVisit, number: int, by) -> RoutePlan:
    """A scenario of the plan with one remedy (its index among those stated) of a visit left out.

    ValidationError for a number that the visit does not have, or a remedy that was stated before remedies could be
    tried; else as `copy_as_scenario`.
    """
    if not 0 <= number < len(left_out.remedies):
        raise ValidationError("This visit has no such remedy any more.")
    stored = left_out.remedies[number]
    remedy = remedy_of(stored)
    if remedy.kind not in KINDS:
        raise ValidationError("This remedy cannot be tried. Optimise the plan again first.")
    scenario = copy_as_scenario(plan=left_out.plan, by=by)
    _Trial(scenario, left_out.visit, remedy, stored, by).make()
    return scenario


class _Trial:
    """One remedy put into a scenario, as what people can read and take away again wherever that is possible."""

    def __init__(self, plan, visit, remedy: Remedy, stored: dict, by):
        self.plan, self.visit, self.remedy, self.stored, self.by = plan, visit, remedy, stored, by

    def make(self):
        kind = self.remedy.kind
        if kind == "add":
            return
        if kind == "shift_end":
            self._longer_shift()
        elif kind in ("window_end", "window_start"):
            self._other_window()
        elif kind in ("pin_start", "pin_staff"):
            self._other_pin()
        elif kind == "move":
            self._others_wait()
        elif kind in ("extra", "second"):
            self._one_more()
        else:
            adjustments.try_change(plan=self.plan, visit=self.visit, remedy=self.stored, by=self.by)

    @property
    def _why(self) -> str:
        return f"For {self.visit.reference}."

    def _person(self, reference) -> StaffMember:
        person = StaffMember.objects.filter(team=self.plan.team_id, reference=reference).first()
        if person is None:
            raise ValidationError(f"{reference} is not in the team any more.")
        return person

    def _longer_shift(self):
        staff = self._person(self.remedy.staff)
        known = self.plan.adjustments.filter(kind=PlanAdjustment.Kind.SHIFT_EXTENDED, staff=staff).first()
        minutes = ceil(self.remedy.amount / 60) + (known.minutes if known else 0)
        adjustments.extend_shift(plan=self.plan, staff=staff, minutes=minutes, reason=self._why, by=self.by)

    def _other_window(self):
        known = self.plan.adjustments.filter(kind=PlanAdjustment.Kind.WINDOW_CHANGED, visit=self.visit).first()
        opens, closes = (known.starts_at, known.ends_at) if known else (self.visit.window_start, self.visit.window_end)
        if opens is None:
            raise ValidationError(f"{self.visit} has no window any more.")
        bound = moment_of(self.plan.day, self.remedy.bound)
        opens, closes = (opens, bound) if self.remedy.kind == "window_end" else (bound, closes)
        adjustments.change_window(
            plan=self.plan, visit=self.visit, starts_at=opens, ends_at=closes, reason=self._why, by=self.by
        )

    def _other_pin(self):
        pin = self.plan.adjustments.filter(kind=PlanAdjustment.Kind.VISIT_PINNED, visit=self.visit).first()
        staff, starts_at = (pin.staff, pin.starts_at) if pin else (None, None)
        if self.remedy.kind == "pin_staff":
            staff = self._person(self.remedy.staff)
        else:
            starts_at = moment_of(self.plan.day, self.remedy.bound)
        adjustments.pin_visit(
            plan=self.plan, visit=self.visit, staff=staff, starts_at=starts_at, reason=self._why, by=self.by
        )

    def _others_wait(self):
        for visit in self.plan.visits.filter(reference__in=self.remedy.moved):
            adjustments.exclude_visit(
                plan=self.plan, visit=visit, reason=f"Waits for another day, for {self.visit.reference}.", by=self.by
            )

    def _one_more(self):
        base, is_reckoned = self._base()
        profile = main_of(self.plan.travel.get("profiles", ()))
        opens, closes = self.remedy.shift
        if not is_reckoned:  # the time on the way is not in these hours yet
            there, back = _way_between(self.plan, base, self.visit, profile)
            opens, closes = max(0, opens - there), closes + back
        starts_at, ends_at = (
            moment_of(self.plan.day, second) for second in (opens, max(closes, opens + SHORTEST_SHIFT))
        )
        codes = set(self.visit.skills.values_list("code", flat=True))
        add_made_up_person(
            plan=self.plan,
            name="One more nurse",
            base=base,
            travel_profile=str(profile),
            skills=list(Skill.objects.for_organisation(self.plan.organisation).filter(code__in=codes)),
            starts_at=starts_at,
            ends_at=ends_at,
            by=self.by,
        )

    def _base(self) -> tuple[Depot, bool]:
        """Where one more person begins, and whether the hours of the remedy hold the way from there: the base of
        whoever begins where it was reckoned from, else the base of most of the team.
        """
        like = StaffMember.objects.filter(team=self.plan.team_id, reference=self.remedy.staff or "").first()
        if self.remedy.kind == "extra" and like is not None:
            return like.base, like.starts_from == DayEnd.BASE
        return _usual_base(self.plan), False


def _way_between(plan, base, visit, profile) -> tuple[int, int]:
    """Seconds from the base to the visit and back, rounded up to minutes."""
    points = np.array([[point.x, point.y] for point in (base.point, visit.point)])
    duration = travel_times().matrix(points, departure(plan.day), profile).duration
    return tuple(60 * ceil(duration.item(*leg) / 60) for leg in ((0, 1), (1, 0)))


def _usual_base(plan) -> Depot:
    """The base of most of the team."""
    bases = [person.base for person in plan.team.staff.active().select_related("base")]
    if not bases:
        raise ValidationError(f"Nobody is in {plan.team}.")
    return max(bases, key=lambda base: (bases.count(base), str(base.pk)))


def _free_reference(team) -> str:
    taken = set(team.staff.values_list("reference", flat=True))
    return next(name for number in range(1, len(taken) + 2) if (name := f"extra-{number}") not in taken)


def _copy_people(plan, scenario) -> dict:
    """People made up for a plan that is a scenario itself, anew: key of the copy by key of the original."""
    copies = {}
    for person in plan.extra_people.all():
        copy = StaffMember.objects.create(
            **{field: getattr(person, field) for field in PERSON_FIELDS},
            reference=_free_reference(plan.team),
            only_in=scenario,
        )
        skills = [StaffSkill(staff=copy, skill_id=each.skill_id) for each in person.skill_records.all()]
        StaffSkill.objects.bulk_create(skills)
        for shift in person.shifts.all():
            Shift.objects.create(staff=copy, **{field: getattr(shift, field) for field in SHIFT_FIELDS})
        copies[person.pk] = copy.pk
    return copies


def _copy_adjustments(plan, scenario, people):
    PlanAdjustment.objects.bulk_create(
        PlanAdjustment(
            plan=scenario,
            staff_id=people.get(each.staff_id, each.staff_id),
            **{
                name: getattr(each, name)
                for name in ("kind", "visit_id", "starts_at", "ends_at", "minutes", "remedy", "reason", "made_by")
            },
        )
        for each in plan.adjustments.all()
    )


def _copy_routes(plan, scenario, people):
    shifts = {shift.staff_id: shift.pk for shift in Shift.objects.filter(staff__in=people.values())}
    stops = []
    for assignment in plan.assignments.prefetch_related("stops"):
        old_stops = list(assignment.stops.all())
        assignment.pk, assignment._state.adding, assignment.plan = None, True, scenario
        assignment.pk = assignment._meta.pk.get_default()
        assignment.staff_id = people.get(assignment.staff_id, assignment.staff_id)
        assignment.shift_id = shifts.get(assignment.staff_id, assignment.shift_id)
        assignment.save(force_insert=True)
        for stop in old_stops:
            stop.pk, stop.assignment = None, assignment
            stops.append(stop)
    RouteStop.objects.bulk_create(stops)
    UnservedVisit.objects.bulk_create(
        UnservedVisit(
            plan=scenario, visit_id=each.visit_id, reason=each.reason, detail=each.detail, remedies=each.remedies
        )
        for each in plan.unserved.all()
    )
