"""A new visit put into a plan at a promised place: nothing else changes its person or its order."""

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.permissions import Permission
from routing.civil_time import clock, moment_of, today
from routing.models import PlanState, PlanVersion, RoutePlan, Visit
from routing.planning.problem import Problem
from routing.planning.remedies import orders_with
from routing.planning.replanning import Sick, UnfitDisruption
from routing.planning.solution import Remedy, Route, Solution, VisitStop
from routing.problem_building import NothingToPlan, PlanProblem, build_problem, stored_solution
from routing.standing_day import standing_day

from .decisions import permit
from .new_visits import NewVisit, create_visit
from .plans import PlanStateError, locked
from .proposals import SolutionRefused, accepted, record_version, store_routes
from .round_news import named, tell_of_rounds

# A visit is promised from its planned start on, and at most so much later. Set by judgement.
PROMISE_SECONDS = 2 * 3600
# Plans that a booking may still be put into. One under way is mended instead.
OPEN_STATES = (PlanState.PROPOSED, PlanState.APPROVED, PlanState.PUBLISHED)


class SlotGone(PlanStateError):
    """The plan has changed since the slots were looked for."""


@transaction.atomic
def book_slot(
    *, plan: RoutePlan, asked: NewVisit, places: tuple[tuple[str, int], ...], start: int, latest: int, version: int, by
) -> Visit:
    """The visit, in the plan after so many visits of each of these people (`places`). Returns the Visit.

    `start`, `latest`: seconds of the day between which it may begin; where the booking has no window of its own, this
    stretch is promised, two hours at most. A proposed plan takes it directly; an approved or published one as mended.
    PermissionDenied; SlotGone where the plan is not at `version` any more, or the place is not free; ValidationError as
    `create_visit`.
    """
    permit(by, Permission.EDIT_PLANS, plan)
    plan = locked(plan)
    if plan.state not in OPEN_STATES:
        raise SlotGone(f"Nothing is booked into a plan that is {plan.get_state_display().lower()}.")
    if plan.version != version:
        raise SlotGone("The plan has changed since: look for slots again.")
    if plan.day <= today():
        raise SlotGone("You can book from tomorrow on. For today, choose “Something happened”.")
    if asked.window is None:
        promised = start, max(start, min(latest, start + PROMISE_SECONDS))
        asked = replace(asked, window=tuple(moment_of(plan.day, each) for each in promised))
    visit = create_visit(team=plan.team, day=plan.day, asked=asked, by=by)
    built, solution, verdict = _judged(plan, visit, places)
    plan.visits.add(visit)
    if plan.is_binding:
        visit.state = Visit.State.PLANNED
        visit.save(update_fields=["state"])
    built.draw(verdict.routes)
    store_routes(plan, built, solution, verdict)
    begins = next(begin for fact in verdict.facts.values() for name, begin in fact.starts if name == visit.reference)
    names = ", ".join(str(built.shifts[name].staff) for name, _ in places)
    summary = f"{visit.reference} booked: {names} at {clock(moment_of(plan.day, begins))}."
    origin = PlanVersion.Origin.REPLANNED if plan.is_binding else PlanVersion.Origin.MOVED
    record_version(plan, solution, verdict, origin=origin, summary=summary, by=by)
    told = _tell(plan, [name for name, _ in places])
    audit.record(
        action="visit.booked",
        by=by,
        organisation=plan.organisation,
        target=plan,
        details={"visit": visit.reference, "version": plan.version, "told": told},
    )
    return visit


def bookable(plan: RoutePlan, visit: Visit) -> tuple[PlanProblem, Problem]:
    """The plan with a visit more, and its problem without that visit. Changes of a published plan hold on: people who
    are away get nothing more to do. NothingToPlan, UnfitDisruption as `standing_day`.
    """
    if plan.state not in PlanState.published():
        built = build_problem(plan, extra=(visit,))
        visits = tuple(other for other in built.problem.visits if other.id != visit.reference)
        return built, replace(built.problem, visits=visits)
    standing = standing_day(plan, 0, extra=(visit,))
    away = {event.staff for event in standing.events if isinstance(event, Sick)}
    staff = tuple(
        replace(person, max_visits=_has(standing, person.id)) if person.id in away else person
        for person in standing.problem.staff
    )
    return standing.built, replace(standing.problem, staff=staff)


def _has(standing, name) -> int:
    return len(standing.stored[name].visits) if name in standing.stored else 0


def _judged(plan, visit, places):
    """The problem with the visit, the whole plan with it at its place, and the verdict."""
    try:
        built, problem = bookable(plan, visit)
    except (NothingToPlan, UnfitDisruption) as error:
        raise SlotGone(str(error)) from error
    problem = replace(problem, visits=(*problem.visits, built.problem.visit_by_id[visit.reference]))
    stored = stored_solution(plan)
    routes = {route.staff: route for route in stored.routes}
    orders = {person.id: routes[person.id].visits if person.id in routes else [] for person in built.problem.staff}
    _check_places(orders, places)
    orders = orders_with(orders, Remedy("", 0, "add", visit.reference, places=tuple(places)))
    changed = {name for name, _ in places}
    kept = [route for route in stored.routes if route.staff not in changed]
    new = [Route(name, [VisitStop(each) for each in orders[name]]) for name in sorted(changed)]
    solution = Solution([*kept, *new], engine=plan.engine or "booking")
    try:
        verdict = accepted(replace(built, problem=problem), solution)
    except SolutionRefused as error:
        raise SlotGone("This place is not free any more: look for slots again.") from error
    left = set(verdict.unserved)
    if visit.reference in left:
        raise SlotGone("This place is not free any more: look for slots again.")
    solution.unserved = [entry for entry in stored.unserved if entry.visit in left]
    return built, solution, verdict


def _check_places(orders, places):
    for name, place in places:
        if name not in orders:
            raise SlotGone(f"{name} does not work in this plan any more: look for slots again.")
        if not 0 <= place <= len(orders[name]):
            raise ValidationError("This place is not one of the round.")


def _tell(plan, people) -> int:
    """Only of a round that field staff see already."""
    if plan.state not in PlanState.published():
        return 0
    return tell_of_rounds(plan, named(plan, people), f"Your round on {plan.day:%A %-d %B} has a visit more.")
