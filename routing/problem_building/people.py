"""Shifts as the planner's staff."""

from collections import defaultdict

from django.db.models import Q

from routing.civil_time import seconds_into
from routing.models import PlanState, RouteAssignment, RoutePlan, Shift, Visit
from routing.planning.problem import Break, Staff
from routing.travel import Profile

# A second of overtime weighs as much as two seconds of travel within paid time. Set by judgement.
OVERTIME_COST = 2


def working_shifts(plan: RoutePlan) -> list[Shift]:
    """One shift for each person who works that day and is not in an approved plan already; the longest of several.

    What a plan that is approved itself holds counts for it; so does, for a scenario, what its original holds.
    """
    shifts = _free_shifts(plan).select_related("staff__base", "staff__team")
    longest: dict = {}
    for shift in sorted(
        shifts.prefetch_related("staff__skill_records__skill"), key=lambda shift: shift.ends_at - shift.starts_at
    ):
        longest[shift.staff_id] = shift
    return sorted(longest.values(), key=lambda shift: shift.staff.reference)


def named_people(visits: list[Visit], field: str) -> dict:
    """References of the people whom the visits name in `preferred_staff` or `excluded_staff`, by key of the visit.

    The rows between are read: a hundred visits with a list of people each cost more than the rest of a problem.
    """
    between = getattr(Visit, field).through
    named = defaultdict(set)
    for visit, person in between.objects.filter(visit__in=visits).values_list("visit_id", "staffmember__reference"):
        named[visit].add(person)
    return {visit: frozenset(people) for visit, people in named.items()}


def number_at_work(plan: RoutePlan) -> int:
    """How many people `working_shifts` finds."""
    return _free_shifts(plan).order_by().values("staff").distinct().count()


def _free_shifts(plan):
    of_plan = Q(pk__in=Shift.objects.for_plan(plan).values("pk")) | Q(pk__in=_in_use(plan))
    return Shift.objects.for_organisation(plan.organisation).filter(of_plan).exclude(assignments__in=_taken(plan))


def _in_use(plan):
    """Shifts that a published plan uses, whoever has fallen ill since: what their people have done stands."""
    used = Shift.objects.filter(assignments__plan=plan) if plan.state in PlanState.published() else Shift.objects.none()
    return used.values("pk")


def staff_of(shift: Shift, day, start: int, end: int, main: Profile) -> Staff:
    """`start`, `end`: places in the matrix. `main`: the way of travelling that the default matrix has."""
    person, breaks = shift.staff, ()
    if shift.break_minutes:
        window = (seconds_into(day, shift.break_earliest), seconds_into(day, shift.break_latest))
        breaks = (Break(duration=shift.break_minutes * 60, windows=(window,)),)
    return Staff(
        id=person.reference,
        start=start,
        end=end,
        shift=(seconds_into(day, shift.starts_at), seconds_into(day, shift.ends_at)),
        skills=person.skill_codes(day),
        max_visits=person.max_visits,
        breaks=breaks,
        overtime=person.overtime_minutes * 60,
        overtime_cost=OVERTIME_COST if person.overtime_minutes else 0,
        profile=None if person.travel_profile == main else person.travel_profile,
        max_drive=None if person.max_drive_minutes is None else person.max_drive_minutes * 60,
    )


def _taken(plan):
    own = {plan.pk} if plan.is_binding or plan.scenario_of_id is None else {plan.pk, plan.scenario_of_id}
    return RouteAssignment.objects.filter(plan__state__in=PlanState.binding()).exclude(plan__in=own)
