"""A plan in which everything happens that files have to tell: two people at one visit, a gap between two, a window that
is missed, work past the shift, a home, a break, a visit left out.
"""

from datetime import time, timedelta

from django.contrib.gis.geos import LineString, Point
from django.utils import timezone

from accounts.tests.factories import UserFactory
from routing.civil_time import instant, today
from routing.models import (
    PlanState,
    RouteAssignment,
    RoutePlan,
    RouteStop,
    Shift,
    StaffMember,
    UnservedVisit,
    Visit,
    VisitLink,
)

from . import factories as make

DAY = today() + timedelta(days=1)
HOME = (-1.912, 52.4412)


def eventful_plan(organisation, *, day=DAY, state=PlanState.PROPOSED) -> RoutePlan:
    """Nurse 01: A at 09:00 (with the other), break, B at 13:30, half an hour late. The other: A at 09:00, C at 15:50,
    and home at 17:00, past the shift. D is left out.
    """
    areas = make.town()
    team = make.team(organisation, areas, people=2, day=day)
    first, second = StaffMember.objects.filter(team=team).order_by("reference")
    second.home, second.ends_at = Point(*HOME, srid=4326), "home"
    second.overtime_minutes, second.display_name = 60, "Zora, B; \\ Begum"
    second.save()
    plan = RoutePlan.objects.create(
        organisation=organisation, team=team, day=day, name="=Eventful day", optimised_at=timezone.now(), version=3
    )
    visits = {reference: _visit(plan, areas[place], reference, day) for place, reference in enumerate("ABCD")}
    Visit.objects.filter(reference="A").update(staff_required=2)
    Visit.objects.filter(reference="B").update(
        window_start=instant(day, time(11)), window_end=instant(day, time(13)), late_minutes=60
    )
    VisitLink.objects.create(first=visits["A"], second=visits["B"], min_gap_minutes=120)
    one, two = _day(plan, first, "08:40", "14:20"), _day(plan, second, "08:40", "17:00")
    _stop(one, 1, visits["A"], "08:55", "09:00", "09:30", is_by_road=True)
    _stop(one, 2, None, "12:00", "12:00", "12:30")
    _stop(one, 3, visits["B"], "13:30", "13:30", "14:00")
    _stop(two, 1, visits["A"], "09:00", "09:00", "09:30")
    _stop(two, 2, visits["C"], "15:40", "15:50", "16:20")
    UnservedVisit.objects.create(plan=plan, visit=visits["D"], reason="full", detail="+ nobody is free")
    return _in_state(plan, state)


def _visit(plan, area, reference, day) -> Visit:
    visit = Visit.objects.create(
        organisation=plan.organisation,
        team=plan.team,
        reference=reference,
        day=day,
        area=area,
        postcode="ZZ1 1AA",
        point=area.centroid,
        minutes=30,
        tier=1 if reference == "A" else 3,
        imd_decile=1 if reference == "A" else None,
        source=Visit.Source.MANUAL,
    )
    plan.visits.add(visit)
    return visit


def _day(plan, staff, departs, returns) -> RouteAssignment:
    return RouteAssignment.objects.create(
        plan=plan,
        staff=staff,
        shift=Shift.objects.get(staff=staff),
        departs_at=_at(plan.day, departs),
        returns_at=_at(plan.day, returns),
        travel_seconds=45 * 60,
        travel_metres=20_000,
        service_seconds=3600,
    )


def _stop(assignment, sequence, visit, arrives, starts, leaves, *, is_by_road=False):
    times = {"arrives_at": arrives, "starts_at": starts, "leaves_at": leaves}
    path = LineString((-1.925, 52.46), (-1.93, 52.455), tuple(visit.point.coords), srid=4326) if is_by_road else None
    RouteStop.objects.create(
        assignment=assignment,
        sequence=sequence,
        visit=visit,
        travel_seconds=15 * 60 if visit else 0,
        travel_metres=5_000 if visit else 0,
        is_travel_estimated=visit is not None and not is_by_road,
        path=path,
        **{name: _at(assignment.plan.day, text) for name, text in times.items()},
    )


def _at(day, text):
    return instant(day, time.fromisoformat(text))


def _in_state(plan, state) -> RoutePlan:
    """Names and times that the database asks of a state."""
    changes, now = {"state": state}, timezone.now()
    if state in PlanState.decided():
        changes |= {"approved_by": UserFactory(), "approved_at": now}
    if state in PlanState.published():
        changes |= {"published_by": UserFactory(), "published_at": now}
    if state == PlanState.IN_PROGRESS:
        changes |= {"started_at": now}
    RoutePlan.objects.filter(pk=plan.pk).update(**changes)
    return RoutePlan.objects.with_team().get(pk=plan.pk)
