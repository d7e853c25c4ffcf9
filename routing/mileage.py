"""How far people travelled: from place to place in the order in which they recorded being there, out and back.

Nothing is measured. A place counts where the person recorded anything at it, also where nobody opened; the way back
counts once any place was reached. A leg that the plan had, from the same place to the same place, has the plan's
distance; any other has the distance that the travel provider gives for it today, in the person's way of travelling.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q

from routing.models import PlanState, RouteAssignment, RoutePlan, RouteStop, StaffMember, TravelProfile, VisitRecord

from .leg_distances import Distance, LegDistances

METRES_PER_MILE = 1609.344
# A way on foot is nobody's mileage.
CLAIMED = (TravelProfile.CAR, TravelProfile.BICYCLE)
START, END = "start", "end"


@dataclass(frozen=True)
class Leg:
    """From one place to the next: identifiers of visits, START or END."""

    origin: object
    destination: object
    distance: Distance
    is_planned: bool


@dataclass(frozen=True)
class DayLine:
    """One round as it was travelled. `missed`: planned stops that were not reached."""

    plan: RoutePlan
    staff: StaffMember
    legs: tuple[Leg, ...]
    missed: int

    @property
    def day(self) -> date:
        return self.plan.day

    @property
    def profile(self) -> str:
        return self.staff.travel_profile

    @property
    def metres(self) -> int:
        return sum(leg.distance.metres for leg in self.legs)

    @property
    def miles(self) -> float:
        return self.metres / METRES_PER_MILE

    @property
    def reached(self) -> int:
        return len(self.legs) - 1

    @property
    def other(self) -> int:
        """Legs that the plan did not have."""
        return sum(not leg.is_planned for leg in self.legs)

    @property
    def estimated(self) -> int:
        """Legs whose distance is no way by road."""
        return sum(leg.distance.is_estimated for leg in self.legs)


@dataclass
class _Day:
    """One person's part in one plan."""

    plan: RoutePlan
    staff: StaffMember
    records: list[VisitRecord]
    assignment: RouteAssignment | None  # none where all of it went to others before the end

    @property
    def stops(self) -> list[RouteStop]:
        return [stop for stop in self.assignment.stops.all() if stop.visit_id is not None] if self.assignment else []

    def planned(self) -> dict:
        """Distances by (origin, destination)."""
        found, origin, out = {}, START, 0
        for stop in self.stops:
            found[origin, stop.visit_id] = Distance(stop.travel_metres, stop.is_travel_estimated)
            origin, out = stop.visit_id, out + stop.travel_metres
        if self.stops:
            found[origin, END] = Distance(self.assignment.travel_metres - out, self.assignment.is_return_estimated)
        return found

    def places(self) -> list[tuple[object, object]]:
        """(identifier, point) in the order in which they were reached; of one moment, in planned order."""
        order = {stop.visit_id: number for number, stop in enumerate(self.stops)}
        records = sorted(self.records, key=lambda record: (_reached_at(record), order.get(record.visit_id, len(order))))
        visits = [(record.visit_id, record.visit.point) for record in records]
        return [(START, self.staff.start_point), *visits, (END, self.staff.end_point)]


def mileage_of(people, *, first: date, last: date) -> dict[StaffMember, list[DayLine]]:
    """Day lines by person, of rounds that were travelled between two civil days, both included. `people`: a queryset
    of StaffMember; those without a line are left out.
    """
    days = _days(_records(people, first, last))
    distances = LegDistances()
    for day in days:
        planned, places = day.planned(), day.places()
        for (origin, start), (destination, end) in zip(places, places[1:], strict=False):
            if (origin, destination) not in planned:
                distances.want(day.staff.travel_profile, day.plan.day, start, end)
    distances.find()
    lines = defaultdict(list)
    for day in days:
        lines[day.staff].append(_line(day, distances))
    return dict(lines)


def _records(people, first, last):
    """What was recorded at places, by people with a claim."""
    return (
        VisitRecord.objects.filter(
            ~Q(outcome="") | Q(arrived_at__isnull=False),
            staff__in=people,
            staff__travel_profile__in=CLAIMED,
            plan__state__in=[PlanState.IN_PROGRESS, PlanState.CLOSED],
            plan__day__range=(first, last),
        )
        .select_related("plan__team", "staff__team", "staff__base", "visit")
        .order_by("staff__display_name", "staff", "plan__day", "plan")
    )


def _days(records: Iterable[VisitRecord]) -> list[_Day]:
    found = {}
    for record in records:
        key = record.plan_id, record.staff_id
        found.setdefault(key, _Day(record.plan, record.staff, [], None)).records.append(record)
    assignments = (
        RouteAssignment.objects.filter(plan__in={plan for plan, _ in found}, staff__in={staff for _, staff in found})
        .prefetch_related(Prefetch("stops", queryset=RouteStop.objects.defer("path")))
        .defer("return_path")
    )
    for assignment in assignments:
        if (assignment.plan_id, assignment.staff_id) in found:
            found[assignment.plan_id, assignment.staff_id].assignment = assignment
    return list(found.values())


def _reached_at(record: VisitRecord) -> datetime:
    return record.arrived_at or record.finished_at


def _line(day: _Day, distances: LegDistances) -> DayLine:
    planned, places, legs = day.planned(), day.places(), []
    for (origin, start), (destination, end) in zip(places, places[1:], strict=False):
        known = planned.get((origin, destination))
        distance = known or distances.of(day.staff.travel_profile, day.plan.day, start, end)
        legs.append(Leg(origin, destination, distance, known is not None))
    reached = {record.visit_id for record in day.records}
    missed = sum(stop.visit_id not in reached for stop in day.stops)
    return DayLine(day.plan, day.staff, tuple(legs), missed)
