"""Routes as rows, assignments and stops, and rows as routes again."""

from datetime import date

import numpy as np
from django.contrib.gis.geos import LineString
from django.db.models import Prefetch

from routing.civil_time import moment_of, seconds_into
from routing.models import RouteAssignment, RoutePlan, RouteStop, Visit
from routing.planning.solution import BreakStop, Route, Solution, Unserved, VisitStop
from routing.travel import RouteLeg
from routing.travel.lines import simplified

from .adjustments import remedy_of
from .building import PlanProblem

# Lines on the map: nowhere further from the road than this.
LINE_METRES = 5


def assignment_of(built: PlanProblem, route: Route, facts) -> tuple[RouteAssignment, list[RouteStop]]:
    """Unsaved rows of one route. `facts`: the judge's RouteFacts of it (departure, return, driven seconds).

    Drives have their line where `built.draw` found one along the roads.
    """
    day, person, shift = built.plan.day, built.problem.staff_by_id[route.staff], built.shifts[route.staff]
    assignment = RouteAssignment(plan=built.plan, staff=shift.staff, shift=shift)
    profile = built.profile_of(route.staff)
    seconds, metres = built.problem.duration_of(person), built.problem.distance_of(person)
    stops, place, lines = [], person.start, iter(built.lines.get(route.staff, ()))
    for sequence, stop in enumerate(route.stops, start=1):
        row = RouteStop(assignment=assignment, sequence=sequence)
        if isinstance(stop, BreakStop):
            row.arrives_at = row.starts_at = moment_of(day, stop.start)
            row.is_travel_estimated = False
        else:
            location = built.problem.visit_by_id[stop.visit].location
            row.visit = built.visits[stop.visit]
            row.arrives_at, row.starts_at = moment_of(day, stop.arrive), moment_of(day, stop.start)
            row.travel_seconds, row.travel_metres = seconds.item(place, location), metres.item(place, location)
            row.is_travel_estimated = built.travel.is_estimated(profile, place, location)
            row.path = _path(next(lines, None), row.is_travel_estimated)
            place = location
        row.leaves_at = moment_of(day, stop.leave)
        stops.append(row)
    home = (place, person.end)
    assignment.is_return_estimated = built.travel.is_estimated(profile, *home)
    assignment.return_path = _path(next(lines, None), assignment.is_return_estimated)
    assignment.departs_at = moment_of(day, facts.departs)
    assignment.returns_at = moment_of(day, facts.returns)
    assignment.service_seconds = sum(built.problem.visit_by_id[visit].service for visit in route.visits)
    assignment.travel_seconds = sum(row.travel_seconds for row in stops) + seconds.item(home)
    assignment.travel_metres = sum(row.travel_metres for row in stops) + metres.item(home)
    return assignment, stops


def solution_of(built: PlanProblem) -> Solution:
    """The plan's routes as they are stored, with their times. People and visits that the problem does not know any more
    are named all the same: the judge finds them. Without the list of visits left out, see `stored_solution`.
    """
    return Solution(routes=_routes_of(built.plan), unserved=[], engine=built.plan.engine)


def stored_solution(plan: RoutePlan) -> Solution:
    """A plan's rows as they are, routes and visits left out, whatever may have changed around it since."""
    return Solution(routes=_routes_of(plan), unserved=left_out_of(plan), engine=plan.engine)


def _routes_of(plan: RoutePlan) -> list[Route]:
    references = Visit.objects.only("reference")  # unscoped: of the plan's own stops
    assignments = plan.assignments.select_related("staff").prefetch_related(
        Prefetch("stops__visit", queryset=references)
    )
    return [route_of(assignment, plan.day) for assignment in assignments]


def route_of(assignment: RouteAssignment, day: date) -> Route:
    """One person's rows as a route, in seconds of the day."""
    route, breaks = Route(assignment.staff.reference), 0
    for stop in assignment.stops.all():
        arrive, start, leave = (
            seconds_into(day, moment) for moment in (stop.arrives_at, stop.starts_at, stop.leaves_at)
        )
        if stop.visit is None:
            route.stops.append(BreakStop(breaks, start, leave))
            breaks += 1
        else:
            route.stops.append(VisitStop(stop.visit.reference, arrive, start, leave))
    return route


def left_out_of(plan: RoutePlan) -> list[Unserved]:
    """The visits that the plan leaves out, with reasons and remedies, as they are stored."""
    return [
        Unserved(left.visit.reference, left.reason, left.detail, [remedy_of(each) for each in left.remedies])
        for left in plan.unserved.select_related("visit")
    ]


def _path(leg: RouteLeg | None, is_estimated: bool) -> LineString | None:
    if leg is None or leg.estimated or is_estimated:
        return None
    return LineString(np.round(simplified(leg.line, LINE_METRES), 6).tolist(), srid=4326)
