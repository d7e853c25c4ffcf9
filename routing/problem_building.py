"""From rows to a planning problem and back: the only place that knows both sides.

Second 0 of a problem is the first instant of the plan's civil day. People and visits go by their references, which are
unique within a team and day, so that reasons and remedies of the planner can be read.
"""

import time as clocks
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

import numpy as np
from django.contrib.gis.geos import LineString

from routing.planning.problem import Break, Problem, Staff
from routing.planning.problem import Visit as Task
from routing.planning.reasons import impossible_visits
from routing.planning.solution import BreakStop, Route
from routing.travel import Profile, RouteLeg, TravelMatrix, TravelProvider, TravelUnavailable
from routing.travel.lines import simplified

from .civil_time import instant, moment_of, seconds_into
from .continuity import usual_carers
from .models import PlanState, RouteAssignment, RoutePlan, RouteStop, Shift, Visit, VisitTier
from .travel_sources import travel_times

# What leaving a visit out costs, in hours of travel. Tiers come first whatever the prizes; these steer within them.
PRIZE_HOURS = {VisitTier.FIRST: 72, VisitTier.SECOND: 24, VisitTier.THIRD: 8, VisitTier.FOURTH: 4}
# Each day that a visit has been put off makes it dearer to leave out by this share, within its tier. Set by judgement:
# ten days late counts twice.
AGEING_PER_DAY = 0.1
# What it is worth in seconds of travel that a person's usual carer comes. Set by judgement: ten minutes' drive.
CONTINUITY_SECONDS = 600
# Travel times of the whole day are those of this time of day.
TYPICAL_DEPARTURE = time(10, 0)
PROFILE_WORDS = {Profile.CAR: "by car", Profile.BICYCLE: "by bicycle", Profile.FOOT: "on foot"}
# Lines on the map: nowhere further from the road than this, and fetched within so many seconds in all.
LINE_METRES = 5
DRAWING_SECONDS = 20


class NothingToPlan(ValueError):
    """The plan has no visits or nobody to do them; the message says which."""


@dataclass
class PlanProblem:
    """A plan as a problem, and the rows behind its references. `taken`: visits that an approved plan already holds."""

    plan: RoutePlan
    problem: Problem
    travel: TravelMatrix
    shifts: dict[str, Shift]
    visits: dict[str, Visit]
    provider: TravelProvider
    points: np.ndarray
    profiles: tuple[Profile, ...] = (Profile.CAR,)
    taken: list[Visit] = field(default_factory=list)
    lines: dict[str, tuple[RouteLeg, ...]] = field(default_factory=dict)

    @property
    def is_travel_estimated(self) -> bool:
        return bool((self.travel.estimated & ~np.eye(len(self.travel.estimated), dtype=bool)).any())

    @property
    def travel_summary(self) -> dict:
        """What the plan keeps of where its travel times came from."""
        return {
            "provider": self.travel.provider,
            "data_version": self.travel.data_version,
            "attribution": self.travel.attribution,
            "profiles": [str(profile) for profile in self.profiles],
            "notes": list(self.travel.notes),
        }

    def draw(self, routes) -> None:
        """Fetch the lines of routes along the roads, for `assignment_of`. What cannot be had in time stays straight."""
        if self.travel.estimated[~np.eye(len(self.travel.estimated), dtype=bool)].all():
            return
        until = clocks.monotonic() + DRAWING_SECONDS
        for route in routes:
            if not route.visits or clocks.monotonic() > until:
                continue
            person = self.problem.staff_by_id[route.staff]
            places = [person.start, *(self.problem.visit_by_id[visit].location for visit in route.visits), person.end]
            profile = Profile(self.shifts[route.staff].staff.travel_profile)
            try:
                found = self.provider.route(self.points[places], _departure(self.plan.day), profile)
            except TravelUnavailable:
                # The map shows straight lines, and says so.
                return
            self.lines[route.staff] = found.legs


def working_shifts(plan: RoutePlan) -> list[Shift]:
    """One shift for each person who works that day and is not in an approved plan already; the longest of several."""
    shifts = (
        Shift.objects.for_organisation(plan.organisation)
        .of_team(plan.team)
        .on_day(plan.day)
        .exclude(assignments__plan__state=PlanState.APPROVED)
        .select_related("staff__base", "staff__team")
        .prefetch_related("staff__skills")
    )
    longest: dict = {}
    for shift in sorted(shifts, key=lambda shift: shift.ends_at - shift.starts_at):
        longest[shift.staff_id] = shift
    return sorted(longest.values(), key=lambda shift: shift.staff.reference)


def build_problem(plan: RoutePlan, travel_provider=None) -> PlanProblem:
    """Everything an engine needs to know about the plan. NothingToPlan without open visits or working staff."""
    visits = list(plan.visits.for_display().order_by("reference"))
    taken = [visit for visit in visits if visit.state == Visit.State.PLANNED]
    visits = [visit for visit in visits if visit.state == Visit.State.OPEN]
    shifts = working_shifts(plan)
    if not visits:
        raise NothingToPlan("The plan has no open visits.")
    if not shifts:
        raise NothingToPlan(f"Nobody of {plan.team} is free to work on {plan.day:%A %-d %B %Y}. Add shifts first.")
    places, points = _places([shift.staff.base.point for shift in shifts] + [visit.point for visit in visits])
    at_work = {shift.staff.reference for shift in shifts}
    carers = usual_carers(plan.team, plan.day, [visit.reference for visit in visits])
    carers = {visit: carer for visit, carer in carers.items() if carer in at_work}
    provider = travel_provider or travel_times()
    profiles = tuple(sorted({Profile(shift.staff.travel_profile) for shift in shifts}))
    travel = _slowest([provider.matrix(points, _departure(plan.day), profile) for profile in profiles], profiles)
    problem = Problem(
        staff=tuple(_staff(shift, plan.day, place) for shift, place in zip(shifts, places[: len(shifts)], strict=True)),
        visits=tuple(
            _task(visit, plan.day, place, carers.get(visit.reference))
            for visit, place in zip(visits, places[len(shifts) :], strict=True)
        ),
        duration=travel.duration,
        distance=travel.distance,
    )
    problem = _asking_what_is_possible(problem)
    return PlanProblem(
        plan=plan,
        problem=problem,
        travel=travel,
        shifts={shift.staff.reference: shift for shift in shifts},
        visits={visit.reference: visit for visit in visits},
        provider=provider,
        points=points,
        profiles=profiles,
        taken=taken,
    )


def _asking_what_is_possible(problem: Problem) -> Problem:
    """Visits at their clinical limit that nobody can do in any plan are not required of one: they are left out, with
    the reason, and the others still have their plan.
    """
    if not any(task.required for task in problem.visits):
        return problem
    hopeless = impossible_visits(problem)
    return replace(
        problem,
        visits=tuple(replace(task, required=task.required and task.id not in hopeless) for task in problem.visits),
    )


def assignment_of(built: PlanProblem, route: Route, facts) -> tuple[RouteAssignment, list[RouteStop]]:
    """Unsaved rows of one route. `facts`: the judge's RouteFacts of it (departure, return, driven seconds).

    Drives have their line where `built.draw` found one along the roads.
    """
    day, person, shift = built.plan.day, built.problem.staff_by_id[route.staff], built.shifts[route.staff]
    assignment = RouteAssignment(plan=built.plan, staff=shift.staff, shift=shift)
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
            row.travel_seconds = built.travel.duration.item(place, location)
            row.travel_metres = built.travel.distance.item(place, location)
            row.is_travel_estimated = _is_estimated(built, place, location)
            row.path = _path(next(lines, None), row.is_travel_estimated)
            place = location
        row.leaves_at = moment_of(day, stop.leave)
        stops.append(row)
    home = (place, person.end)
    assignment.is_return_estimated = _is_estimated(built, *home)
    assignment.return_path = _path(next(lines, None), assignment.is_return_estimated)
    assignment.departs_at = moment_of(day, facts.departs)
    assignment.returns_at = moment_of(day, facts.returns)
    assignment.service_seconds = sum(built.problem.visit_by_id[visit].service for visit in route.visits)
    assignment.travel_seconds = sum(row.travel_seconds for row in stops) + built.travel.duration.item(home)
    assignment.travel_metres = sum(row.travel_metres for row in stops) + built.travel.distance.item(home)
    return assignment, stops


def _departure(day: date) -> datetime:
    return instant(day, TYPICAL_DEPARTURE)


def _slowest(matrices: list[TravelMatrix], profiles) -> TravelMatrix:
    """One matrix for people who travel in different ways: of each leg the slower way, so that nobody is late for it."""
    if len(matrices) == 1:
        return matrices[0]
    choice = np.argmax([matrix.duration for matrix in matrices], axis=0)[None]
    pick = [np.take_along_axis(np.array(stack), choice, axis=0)[0] for stack in zip(*_arrays(matrices), strict=True)]
    names = " and ".join(PROFILE_WORDS[profile] for profile in profiles)
    note = f"People travel {names}: for each drive the slower of these is planned for everybody."
    return TravelMatrix(
        *pick,
        provider="+".join(dict.fromkeys(matrix.provider for matrix in matrices)),
        data_version="; ".join(dict.fromkeys(matrix.data_version for matrix in matrices)),
        attribution=" ".join(dict.fromkeys(matrix.attribution for matrix in matrices if matrix.attribution)),
        notes=(note, *dict.fromkeys(note for matrix in matrices for note in matrix.notes)),
    )


def _arrays(matrices):
    return [(matrix.duration, matrix.distance, matrix.estimated) for matrix in matrices]


def _is_estimated(built: PlanProblem, start: int, end: int) -> bool:
    return start != end and bool(built.travel.estimated[start, end])


def _path(leg: RouteLeg | None, is_estimated: bool) -> LineString | None:
    if leg is None or leg.estimated or is_estimated:
        return None
    return LineString(np.round(simplified(leg.line, LINE_METRES), 6).tolist(), srid=4326)


def _places(points) -> tuple[list[int], np.ndarray]:
    """Index of each point among the different ones, and these as an (n, 2) array of longitude and latitude."""
    indexes: dict[tuple[float, float], int] = {}
    places = [indexes.setdefault((point.x, point.y), len(indexes)) for point in points]
    return places, np.array(list(indexes))


def _staff(shift: Shift, day, place: int) -> Staff:
    breaks = ()
    if shift.break_minutes:
        window = (seconds_into(day, shift.break_earliest), seconds_into(day, shift.break_latest))
        breaks = (Break(duration=shift.break_minutes * 60, windows=(window,)),)
    return Staff(
        id=shift.staff.reference,
        start=place,
        end=place,
        shift=(seconds_into(day, shift.starts_at), seconds_into(day, shift.ends_at)),
        skills=frozenset(skill.code for skill in shift.staff.skills.all()),
        max_visits=shift.staff.max_visits,
        breaks=breaks,
    )


def _task(visit: Visit, day, place: int, carer: str | None) -> Task:
    window = {}
    if visit.window_start is not None:
        window["windows"] = ((seconds_into(day, visit.window_start), seconds_into(day, visit.window_end)),)
    return Task(
        id=visit.reference,
        location=place,
        service=visit.minutes * 60,
        skills=frozenset(skill.code for skill in visit.skills.all()),
        prize=round(PRIZE_HOURS[visit.tier] * 3600 * (1 + AGEING_PER_DAY * visit.days_deferred)),
        tier=visit.tier,
        required=visit.is_at_limit,
        preferred_staff=frozenset({carer} if carer else ()),
        preference_cost=CONTINUITY_SECONDS if carer else 0,
        **window,
    )
