"""How far people drove: the planned way by road to every place they reached, and back. Nothing is measured.

A drive counts when the person recorded anything at its end, also where nobody opened; a stop that was never reached
does not. The way back counts once any place was reached. The way is that of the plan, from the stop before: where stops
in between were not reached, the day says so, since the real way was another.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from routing.models import PlanState, RouteAssignment, RouteStop, TravelProfile, VisitRecord

METRES_PER_MILE = 1609.344
# A way on foot is nobody's mileage.
CLAIMED = (TravelProfile.CAR, TravelProfile.BICYCLE)


@dataclass(frozen=True)
class DayLine:
    """One round. `missed`: stops that were not reached; `is_estimated`: whether any way is not one by road."""

    assignment: RouteAssignment
    metres: int
    reached: int
    missed: int
    is_estimated: bool

    @property
    def day(self) -> date:
        return self.assignment.plan.day

    @property
    def profile(self) -> str:
        return self.assignment.staff.travel_profile

    @property
    def miles(self) -> float:
        return self.metres / METRES_PER_MILE


def mileage_of(people, *, first: date, last: date) -> dict:
    """Day lines by person, of rounds that were driven between two civil days, both included. `people`: a queryset of
    StaffMember; those without a line are left out.
    """
    assignments = (
        RouteAssignment.objects.filter(
            staff__in=people,
            staff__travel_profile__in=CLAIMED,
            plan__state__in=[PlanState.IN_PROGRESS, PlanState.CLOSED],
            plan__day__range=(first, last),
        )
        .select_related("plan__team", "staff__team")
        .prefetch_related(Prefetch("stops", queryset=RouteStop.objects.defer("path")))
        .defer("return_path")
        .order_by("staff__display_name", "staff", "plan__day")
    )
    reached = _reached(assignments)
    lines = defaultdict(list)
    for assignment in assignments:
        line = _line(assignment, reached[assignment.plan_id, assignment.staff_id])
        if line.reached:
            lines[assignment.staff].append(line)
    return dict(lines)


def _reached(assignments: Iterable[RouteAssignment]) -> dict:
    """Visits at which somebody recorded that they were there, by plan and person."""
    records = VisitRecord.objects.filter(plan__in={assignment.plan_id for assignment in assignments})
    found = defaultdict(set)
    for plan, staff, visit, arrived, outcome in records.values_list("plan", "staff", "visit", "arrived_at", "outcome"):
        if arrived is not None or outcome:
            found[plan, staff].add(visit)
    return found


def _line(assignment, reached) -> DayLine:
    stops = [stop for stop in assignment.stops.all() if stop.visit_id is not None]
    driven = [stop for stop in stops if stop.visit_id in reached]
    way_back = assignment.travel_metres - sum(stop.travel_metres for stop in stops)
    return DayLine(
        assignment=assignment,
        metres=sum(stop.travel_metres for stop in driven) + (way_back if driven else 0),
        reached=len(driven),
        missed=len(stops) - len(driven),
        is_estimated=assignment.is_return_estimated or any(stop.is_travel_estimated for stop in driven),
    )
