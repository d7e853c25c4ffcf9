"""A plan as a problem, and the rows behind its references."""

import time as clocks
from dataclasses import dataclass, field

import numpy as np

from routing.continuity import usual_carers
from routing.models import RoutePlan, Shift, Visit
from routing.planning.problem import Problem
from routing.travel import Profile, RouteLeg, TravelProvider, TravelUnavailable
from routing.travel_sources import travel_times

from .adjustments import adjusted, adjustments_of, set_aside_of, without_the_excluded
from .people import named_people, staff_of, working_shifts
from .tasks import asking_what_is_possible, links_of, task_of
from .travel import PlanTravel, as_legs, departure, places_of, travel_of

# Lines along the roads are fetched within so many seconds in all.
DRAWING_SECONDS = 20
NOBODY: frozenset[str] = frozenset()


class NothingToPlan(ValueError):
    """The plan has no visits or nobody to do them; the message says which."""


@dataclass
class PlanProblem:
    """A plan as a problem, and the rows behind its references. `taken`: visits that an approved plan already holds;
    `set_aside`: visits that are not to be planned, each with the reason.
    """

    plan: RoutePlan
    problem: Problem
    travel: PlanTravel
    shifts: dict[str, Shift]
    visits: dict[str, Visit]
    provider: TravelProvider
    points: np.ndarray
    taken: list[Visit] = field(default_factory=list)
    set_aside: list[tuple[Visit, str]] = field(default_factory=list)
    lines: dict[str, tuple[RouteLeg, ...]] = field(default_factory=dict)

    @property
    def asks(self) -> RoutePlan:
        """What says which wishes the search is to keep."""
        return self.plan

    @property
    def is_travel_estimated(self) -> bool:
        return self.travel.is_any_estimated

    @property
    def travel_summary(self) -> dict:
        """What the plan keeps of where its travel times came from."""
        return {
            "provider": self.travel.provider,
            "data_version": self.travel.data_version,
            "attribution": self.travel.attribution,
            "profiles": [str(profile) for profile in self.travel.by_profile],
            "notes": list(self.travel.notes),
        }

    def profile_of(self, staff: str) -> Profile:
        """How a person travels, by reference."""
        return Profile(self.shifts[staff].staff.travel_profile)

    def draw(self, routes) -> None:
        """Fetch the lines of routes along the roads, for `assignment_of`. What cannot be had in time stays straight."""
        known = {profile for profile in self.travel.by_profile if self.travel.has_ways(profile)}
        until = clocks.monotonic() + DRAWING_SECONDS
        for route in routes:
            profile = self.profile_of(route.staff)
            if not route.visits or profile not in known or clocks.monotonic() > until:
                continue
            person = self.problem.staff_by_id[route.staff]
            places = [person.start, *(self.problem.visit_by_id[visit].location for visit in route.visits), person.end]
            try:
                found = self.provider.route(self.points[places], departure(self.plan.day), profile)
            except TravelUnavailable:
                # The map shows straight lines, and says so.
                known.discard(profile)
                continue
            self.lines[route.staff] = found.legs


def build_problem(
    plan: RoutePlan, travel_provider=None, *, visits: list[Visit] | None = None, extra: tuple[Visit, ...] = ()
) -> PlanProblem:
    """Everything an engine needs to know about the plan. NothingToPlan without open visits or working staff.

    `visits`: all of the plan's `for_display()`, where they were read already. `extra`: visits that might be added.
    """
    adjustments = adjustments_of(plan)
    of_plan = sorted(plan.visits.for_display() if visits is None else visits, key=lambda visit: visit.reference)
    of_plan += [visit for visit in extra if visit not in of_plan]
    held = _held(plan)
    taken = [visit for visit in of_plan if visit.state == Visit.State.PLANNED and visit.pk not in held]
    visits = [visit for visit in of_plan if visit.state == Visit.State.OPEN or visit.pk in held]
    shifts, visits = without_the_excluded(adjustments, working_shifts(plan), visits)
    set_aside = set_aside_of(adjustments, of_plan, held)
    aside = {visit.pk for visit, _ in set_aside}
    taken = [visit for visit in taken if visit.pk not in aside]
    if not visits:
        raise NothingToPlan("The plan has no open visits.")
    if not shifts:
        raise NothingToPlan(f"Nobody of {plan.team} is free to work on {plan.day:%A %-d %B %Y}. Add shifts first.")
    people = [shift.staff for shift in shifts]
    starts, ends, homes, points = _places(people, visits)
    provider = travel_provider or travel_times()
    profiles = tuple(sorted({Profile(person.travel_profile) for person in people}))
    travel = travel_of(provider, points, plan.day, profiles)
    preferred, excluded = _preferred(plan, visits, people), named_people(visits, "excluded_staff")
    problem = Problem(
        staff=tuple(map(staff_of, shifts, [plan.day] * len(shifts), starts, ends, [travel.main] * len(shifts))),
        visits=tuple(
            task_of(visit, plan.day, place, preferred.get(visit.reference, NOBODY), excluded.get(visit.pk, NOBODY))
            for visit, place in zip(visits, homes, strict=True)
        ),
        **as_legs(travel),
        links=links_of(visits),
    )
    problem = asking_what_is_possible(adjusted(problem, adjustments, plan.day))
    return PlanProblem(
        plan=plan,
        problem=problem,
        travel=travel,
        shifts={shift.staff.reference: shift for shift in shifts},
        visits={visit.reference: visit for visit in visits},
        provider=provider,
        points=points,
        taken=taken,
        set_aside=set_aside,
    )


def _places(people, visits) -> tuple[list[int], list[int], list[int], np.ndarray]:
    """Where people start, where they end and where visits are, as rows of the points, and these (`places_of`)."""
    starts, ends = [each.start_point for each in people], [each.end_point for each in people]
    places, points = places_of([*starts, *ends, *(visit.point for visit in visits)])
    number = len(people)
    return places[:number], places[number : 2 * number], places[2 * number :], points


def _held(plan) -> set:
    """Visits that are the plan's own to plan although they are taken: its own once it is approved; for a scenario,
    those of the plan that it is a copy of.
    """
    holder = plan if plan.is_binding else plan.scenario_of
    if holder is None or not holder.is_binding:
        return set()
    return set(Visit.objects.filter(stops__assignment__plan=holder).values_list("pk", flat=True))


def _preferred(plan, visits, people) -> dict[str, frozenset[str]]:
    """Who should come, by reference of the visit: the people who were named, else the usual carer; if at work."""
    at_work = {person.reference for person in people}
    carers = usual_carers(plan.team, plan.day, [visit.reference for visit in visits])
    preferred = {visit: frozenset({carer}) for visit, carer in carers.items()}
    named = named_people(visits, "preferred_staff")
    preferred |= {visit.reference: named[visit.pk] for visit in visits if visit.pk in named}
    return {visit: names & at_work for visit, names in preferred.items() if names & at_work}
