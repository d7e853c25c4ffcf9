"""A round of a day under way as it is stored: what has begun keeps the times that it was planned for."""

from dataclasses import replace
from itertools import pairwise

from routing.planning.problem import Problem, Staff
from routing.planning.replanning import Day
from routing.planning.solution import BreakStop, Route, VisitStop

from .day import StandingDay


def as_planned(route: Route, standing: StandingDay, day: Day) -> Route:
    """A round of the whole day as it is stored: what has begun at its planned times, where they leave time for what
    comes next, else at the times at which it was; when a visit that goes on ends is told as it is. What came of visits
    is in their records.
    """
    if route.staff not in standing.stored:
        return route
    stored = {_key(stop): stop for stop in standing.stored[route.staff].stops}
    begun = {_key(stop) for stop in day.positions[route.staff].begun}
    problem = standing.built.problem
    stops = list(route.stops)
    # From the end: whether planned times fit depends on what comes after them.
    for at in reversed(range(len(stops))):
        stop = stops[at]
        if _key(stop) in begun and _key(stop) in stored:
            planned = stored[_key(stop)]
            is_over = (route.staff, _key(stop)) in standing.over or isinstance(stop, BreakStop)
            leave = planned.leave if is_over else max(planned.start, stop.leave)
            latest = _latest_end(problem, problem.staff_by_id[route.staff], planned, stops[at + 1 :])
            if latest is None or (leave if not is_over else planned.start) <= latest:
                stops[at] = replace(planned, leave=leave if latest is None else min(leave, latest))
    return Route(route.staff, stops) if _in_order(stops) else route


def _key(stop):
    return stop.visit if isinstance(stop, VisitStop) else stop.index


def _in_order(stops) -> bool:
    return all(one.start <= two.start and one.leave <= _begins(two) for one, two in pairwise(stops))


def _begins(stop) -> int:
    return getattr(stop, "arrive", None) or stop.start


def _latest_end(problem: Problem, person: Staff, stop, following) -> int | None:
    """When a stop has to end for what comes next: its beginning, and the way to the next visit. None: nothing comes."""
    if not following:
        return None
    latest = _begins(following[0])
    ahead = next((each for each in following if isinstance(each, VisitStop)), None)
    if isinstance(stop, VisitStop) and ahead is not None:
        paused = sum(each.leave - each.start for each in following[: following.index(ahead)])
        places = problem.visit_by_id[stop.visit].location, problem.visit_by_id[ahead.visit].location
        latest = min(latest, _begins(ahead) - problem.duration_of(person).item(*places) - paused)
    return latest
