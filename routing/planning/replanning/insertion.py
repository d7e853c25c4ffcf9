"""The first try with few people: visits are put into the days of some where they fit, nothing else is moved about."""

from dataclasses import dataclass

from routing.planning.engines.greedy import Days, urgency
from routing.planning.problem import Problem

from .day import Day


@dataclass(frozen=True)
class Placed:
    """Orders (visit ids by staff id) of a remaining problem, and the visits that found no place in them."""

    orders: dict[str, list[str]]
    left: tuple[str, ...]


def planned_orders(day: Day, problem: Problem) -> dict[str, list[str]]:
    """The planned order of each person's visits that are still to be done, for the people of a remaining problem."""
    inside = problem.visit_by_id
    return {
        person.id: [stop.visit for stop in day.positions[person.id].visits_ahead if stop.visit in inside]
        for person in problem.staff
    }


def insert_all(day: Day, *problems: Problem) -> Placed:
    """The planned days without what does not fit any more, then every visit at its cheapest place, urgent ones first.

    `problems`: the same remaining problem from its strictest form (`gentle`) to the one that counts, tried in turn.
    Visits bound to others are put nowhere: that is for engines which know links.
    """
    counts = problems[-1]
    bound = {name for link in counts.links for name in (link.first, link.second)}
    bound |= {visit.id for visit in counts.visits if visit.staff_required > 1}
    orders, left = planned_orders(day, counts), ()
    for problem in problems:
        days = Days(problem, orders)
        _shed(days)
        held = {visit.id for visits in days.routes.values() for visit in visits}
        waiting = [visit for visit in problem.visits if visit.id not in held and visit.id not in bound]
        for visit in sorted(waiting, key=lambda visit: urgency(problem, visit)):
            place = days.cheapest_place(visit)
            if place:
                days.insert(visit, *place)
                held.add(visit.id)
        orders = days.orders
        left = tuple(visit.id for visit in counts.visits if visit.id not in held)
        if not left:
            break
    return Placed(orders, left)


def _shed(days):
    """Takes visits out of days that are impossible, the least urgent first, those that mend a day alone before that."""
    for person in days.problem.staff:
        visits = days.routes[person.id]
        while visits and not _stands(days, person, visits):
            least = sorted(visits, key=lambda visit: urgency(days.problem, visit), reverse=True)
            mends = (v for v in least if _stands(days, person, [other for other in visits if other is not v]))
            visits.remove(next(mends, least[0]))


def _stands(days, person, visits):
    if not visits:
        return True
    problem = days.problem
    bound = problem.capacity.get(person.id)
    return (
        all(problem.may_serve(person, visit) for visit in visits)
        and (person.max_visits is None or len(visits) <= person.max_visits)
        and (bound is None or sum(visit.demand for visit in visits) <= bound)
        and days.fits(person, visits)
    )
