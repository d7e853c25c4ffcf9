"""Times for changed days that keep to the plan: nobody is put forward or back whose visit can start when it was to."""

from routing.planning.problem import Problem, Staff
from routing.planning.solution import Route, Solution, VisitStop
from routing.planning.timetable import best_label, timed_route

from .day import Day


def with_kept_times(day: Day, remaining: Problem, answer: Solution) -> Solution:
    """The answer to a remaining problem with each start as near to the planned one as rules and order allow.

    Days with visits that are bound to other days (links, several people) keep their times.
    """
    bound = {name for link in remaining.links for name in (link.first, link.second)}
    bound |= {visit.id for visit in remaining.visits if visit.staff_required > 1}
    routes = []
    for route in answer.routes:
        person = remaining.staff_by_id[route.staff]
        if route.visits and not bound & set(route.visits) and person.max_duration is None:
            planned = {name: day.planned.get(name, {}).get(person.id) for name in route.visits}
            route = kept_times(remaining, person, route, planned, day.disruption.tolerance)
        routes.append(route)
    return Solution(routes)


def kept_times(problem: Problem, person: Staff, route: Route, planned: dict[str, int | None], tolerance: int) -> Route:
    """The route in its order with few visits beyond `tolerance` seconds of their planned start (None: free to move).

    Starts are held back to the planned time one after the other; each hold stays where the day is still possible, costs
    no lateness or overtime, and moves no other visit.
    """
    visits = [problem.visit_by_id[name] for name in route.visits]
    label = best_label(problem, person, visits, {})
    if label is None:
        return route
    cost, all_held = label.cost, {name: start for name, start in planned.items() if start is not None}
    label = best_label(problem, person, visits, all_held)
    if label is not None and label.cost <= cost:
        timed = timed_route(problem, person, visits, release=all_held)
        if not _moved(timed, planned, tolerance):
            return timed
    release: dict[str, int] = {}
    best = timed_route(problem, person, visits)
    worst = _moved(best, planned, tolerance)
    for visit in visits:
        wanted = planned[visit.id]
        if wanted is None:
            continue
        for floor in (wanted, wanted - tolerance):
            tried = {**release, visit.id: floor}
            label = best_label(problem, person, visits, tried)
            if label is None or label.cost > cost:
                continue
            timed = timed_route(problem, person, visits, release=tried)
            moved = _moved(timed, planned, tolerance)
            if moved <= worst:
                release, best, worst = tried, timed, moved
                break
    return best


def _moved(route, planned, tolerance):
    return sum(
        abs(stop.start - planned[stop.visit]) > tolerance
        for stop in route.stops
        if isinstance(stop, VisitStop) and planned[stop.visit] is not None
    )
