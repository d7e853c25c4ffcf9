"""Starts put off on all routes at once, so that people who meet somebody set off later instead of waiting on the way.

Lateness, the order of stops and the last start of each day stay as they are. Waiting between the first and the last
visit is then the least that is possible with these last starts: the latest starts are the greatest ones that keep every
leg, window and link (difference constraints, lowered from their bounds until nothing changes).
"""

from .legs import depart_latest
from .problem import Problem
from .solution import BreakStop, Route
from .timetable import legs_of, same_lateness, with_starts


def put_off_together(problem: Problem, routes: dict[str, Route]) -> dict[str, Route]:
    """Routes with times that keep every rule, by staff id: the same ones with later starts and breaks."""
    now = {stop.visit: stop.start for route in routes.values() for stop in route.stops if not _is_break(stop)}
    latest = {name: max(start, same_lateness(problem.visit_by_id[name], start)) for name, start in now.items()}
    for route in routes.values():
        if route.visits:
            latest[route.visits[-1]] = now[route.visits[-1]]
    ties = [link for link in problem.links if link.first in latest and link.second in latest]
    before = None
    while before != latest:
        before = dict(latest)
        for link in ties:
            if link.min_gap is not None:
                latest[link.first] = min(latest[link.first], latest[link.second] - link.min_gap)
            if link.max_gap is not None:
                latest[link.second] = min(latest[link.second], latest[link.first] + link.max_gap)
        for name, route in routes.items():
            _lower(problem, problem.staff_by_id[name], route, latest)
    return {name: _put_off(problem, problem.staff_by_id[name], route, latest) for name, route in routes.items()}


def _is_break(stop):
    return isinstance(stop, BreakStop)


def _lower(problem, person, route, latest):
    """Lowers the latest starts of a route to what its legs allow."""
    names, legs = route.visits, legs_of(route)
    for position in range(len(names) - 2, -1, -1):
        visit = problem.visit_by_id[names[position]]
        leave = _leave(problem, person, route, legs[position + 1], position, latest)[0]
        latest[visit.id] = min(latest[visit.id], leave - visit.service)


def _leave(problem, person, route, pauses, position, latest):
    """(latest departure from a visit for the next one's latest start, breaks of that leg at their latest)."""
    here, there = (problem.visit_by_id[name] for name in route.visits[position : position + 2])
    travel = problem.duration_of(person).item(here.location, there.location)
    start = latest[there.id]
    if len(pauses) == 1 and person.breaks[pauses[0].index].place == "stop":
        pause = pauses[0]
        length, windows = pause.leave - pause.start, person.breaks[pause.index].windows
        leave = next(stop.leave for stop in route.stops if getattr(stop, "visit", None) == here.id)
        arrived = pause.start >= leave + travel
        last = max(closes for opens, closes in windows if opens <= pause.start <= closes)
        begins = min(last, start - length - (0 if arrived else travel))
        return begins - (travel if arrived else 0), [BreakStop(pause.index, begins, begins + length)]
    spans = [(p.start, p.leave, person.breaks[p.index].place != "stop") for p in pauses]
    leave = depart_latest(start, travel, spans)
    return (min(leave, pauses[0].start) if pauses else leave), pauses


def _put_off(problem, person, route, latest):
    """The route with the latest starts, and breaks between visits as late as they allow."""
    legs = legs_of(route)
    for position in range(len(route.visits) - 1):
        legs[position + 1] = _leave(problem, person, route, legs[position + 1], position, latest)[1]
    visits = iter([stop for stop in route.stops if not _is_break(stop)])
    stops = [*legs[0]]
    for leg in legs[1:]:
        stops += [next(visits), *leg]
    names = [problem.visit_by_id[name] for name in route.visits]
    return with_starts(problem, person, Route(route.staff, stops), names, latest)
