"""Times that a plan leaves out, computed; times that it states are kept as they are, right or wrong.

A route that states no time at all is timed as well as possible; where it lists no break either, its breaks are put
where they fit. A route that states some times gets the earliest possible others. What stays impossible is for the
judge to name.
"""

from .legs import arrive_earliest, depart_latest, drive, take_break
from .problem import Problem, Staff, lateness
from .solution import BreakStop, Route, VisitStop
from .timetable import first_arrival, legs_of, retimed_later, route_start, timed_route

LINK_ROUNDS = 300
SHORTENING_ROUNDS = 8
DEPARTURES_TRIED = 32


def is_timed(route: Route) -> bool:
    return all(
        stop.start is not None and stop.leave is not None and (isinstance(stop, BreakStop) or stop.arrive is not None)
        for stop in route.stops
    )


def with_times(problem: Problem, routes: list[Route]) -> list[Route]:
    """The routes in the same order, each stop with its times. Routes of unknown staff or with unknown visits stay as
    they are.
    """
    untimed = [i for i, route in enumerate(routes) if not is_timed(route)]
    if not untimed:
        return routes
    answer, free = list(routes), []
    for i in untimed:
        route = routes[i]
        person = problem.staff_by_id.get(route.staff)
        known = all(name in problem.visit_by_id for name in route.visits)
        sound = all(s.index < len(person.breaks) for s in route.stops if isinstance(s, BreakStop)) if person else False
        if not known or not sound or not route.visits:
            continue
        if _states_nothing(route):
            free.append(i)
            answer[i] = _free(problem, person, route)
        else:
            answer[i] = _filled_in(problem, person, route)
    tied = _Ties(problem, routes, answer, free).timed() if free else ()
    for i in free:
        if i not in tied:
            answer[i] = shorter_day(problem, problem.staff_by_id[answer[i].staff], routes[i], answer[i])
    return answer


def _states_nothing(route):
    return all(
        stop.start is None and stop.leave is None and getattr(stop, "arrive", None) is None for stop in route.stops
    )


def _free(problem, person, route, release=None, depart_from=None, strict=False):
    """A route without times, timed; None where impossible and `strict`, else the earliest times regardless of rules."""
    visits = [problem.visit_by_id[name] for name in route.visits]
    listed = None
    if len(route.stops) > len(visits):
        listed = [[stop.index for stop in leg] for leg in legs_of(route)]
    timed = timed_route(problem, person, visits, release=release, fixed_breaks=listed, depart_from=depart_from)
    if timed is None and not strict:
        timed = _filled_in(problem, person, route)
    return timed


def _filled_in(problem: Problem, person: Staff, route: Route) -> Route:
    """Walks along the route, keeps what is stated and takes the earliest possible for the rest."""
    stops, spans, free, place = [], [], person.shift[0], person.start
    matrix = problem.duration_of(person)
    following = [problem.visit_by_id[name].location for name in route.visits] + [person.end]
    done = 0
    for stop in route.stops:
        unknown = place is None or following[done] is None
        travel = 0 if unknown else matrix.item(place, following[done])
        if isinstance(stop, BreakStop):
            stop = _filled_break(person.breaks[stop.index], stop, *drive(free, travel, spans)[:2], travel)
            spans.append(_span(person, stop))
        else:
            visit = problem.visit_by_id[stop.visit]
            stop = _filled_visit(visit, stop, arrive_earliest(free, travel, spans), spans, travel, is_first=not done)
            spans, free, place = [], stop.leave, visit.location
            done += 1
        stops.append(stop)
    return Route(route.staff, stops)


def _filled_break(pause, stop, clock, left, travel):
    start = stop.start
    if start is None:
        ways = take_break(clock, left, travel, pause)
        start = min(ways, key=lambda way: way[1] + way[2])[0] if ways else clock  # the earliest arrival
    return BreakStop(stop.index, start, start + pause.duration if stop.leave is None else stop.leave)


def _filled_visit(visit, stop, reached, spans, travel, *, is_first):
    arrive, start = stop.arrive, stop.start
    if start is None:
        start = _earliest(visit, max(reached[1], reached[0] if arrive is None else arrive))
    if arrive is None:
        arrive = first_arrival(start, travel, spans) if is_first else reached[0]
    return VisitStop(stop.visit, arrive, start, start + visit.service if stop.leave is None else stop.leave)


def _earliest(visit, clock):
    """The earliest start from `clock` on that is allowed, else `clock` itself."""
    if visit.pinned and visit.pinned.start is not None:
        return max(clock, visit.pinned.start)
    for opens, closes in visit.start_windows:
        start = max(clock, opens)
        late = lateness(visit, start)
        if start <= closes or (visit.late_cost is not None and (visit.late_max is None or late <= visit.late_max)):
            return start
    return clock


class _Ties:
    """Routes that gaps and double-handed visits tie to one another; `answer` is changed in place."""

    def __init__(self, problem, routes, answer, free):
        self.problem, self.routes, self.answer = problem, routes, answer
        self.where = {}
        for i, route in enumerate(answer):
            for name in route.visits:
                self.where.setdefault(name, []).append(i)
        self.pairs = _gaps(problem, self.where)
        self.held = {name for pair in self.pairs for name in pair[:2]}
        self.tied = {i for name in self.held for i in self.where[name]}
        self.release = {i: {} for i in free}

    def timed(self):
        """Puts off starts in free routes until they keep together, then departures. Returns the tied routes."""
        self._keep_together()
        for _ in range(SHORTENING_ROUNDS):
            excess = self._excess()
            if not excess:
                break
            before = list(self.answer)
            if not (all(self._depart_later(i, by) for i, by in excess.items()) and self._keep_together()):
                self.answer[:] = before
                break
        for i in self._waiting():
            self.answer[i] = self._later(i)
        return self.tied

    def _keep_together(self):
        """Whether starts could be raised until every pair holds, or no more can be raised."""
        for _ in range(LINK_ROUNDS):
            raised = _raises(self.pairs, self.where, self.answer, self.release)
            if not all(self._retimed(i) for i in raised):
                return False
            if not raised:
                break
        return True

    def _retimed(self, i):
        person = self.problem.staff_by_id[self.answer[i].staff]
        timed = _free(self.problem, person, self.routes[i], self.release[i], strict=True)
        if timed is not None:
            self.answer[i] = timed
        return timed is not None

    def _waiting(self):
        """Free tied routes that had better begin later."""
        people = self.problem.staff_by_id
        ours = sorted(self.tied & self.release.keys())
        return [i for i in ours if _later_is_better(self.problem, people[self.answer[i].staff], self.answer[i])]

    def _later(self, i):
        """The route with all but the tied starts put off."""
        person = self.problem.staff_by_id[self.answer[i].staff]
        return retimed_later(self.problem, person, self.answer[i], self.held)

    def _excess(self):
        """Seconds by which days are longer than allowed, by route."""
        found = {}
        for i in self._waiting():
            person = self.problem.staff_by_id[self.answer[i].staff]
            if person.max_duration is not None:
                over = day_length(self.problem, person, self._later(i)) - person.max_duration
                if over > 0:
                    found[i] = over
        return found

    def _depart_later(self, i, by):
        """Whether the first visit of a route could be put off, tied or not."""
        first = self.answer[i].visits[0]
        self.release[i][first] = route_start(self._later(i), first) + by
        return self._retimed(i)


def _gaps(problem, where):
    """(first, second, least gap, largest gap) of every pair of starts that bind each other."""
    pairs = [
        (link.first, link.second, link.min_gap, link.max_gap)
        for link in problem.links
        if (link.min_gap is not None or link.max_gap is not None) and link.first in where and link.second in where
    ]
    return pairs + [(name, name, 0, 0) for name, at in where.items() if len(at) > 1]


def _raises(pairs, where, answer, release):
    """Raises earliest starts that a pair asks for; returns the routes to time again."""
    starts = {}
    for name in {name for pair in pairs for name in pair[:2]}:
        starts[name] = {
            i: stop.start for i in where[name] for stop in answer[i].stops if getattr(stop, "visit", None) == name
        }
    raised = set()

    def raise_to(name, least):
        for i, start in starts[name].items():
            if i in release and start is not None and start < least and release[i].get(name, start) < least:
                release[i][name] = least
                raised.add(i)

    for first, second, least, largest in pairs:
        first_starts = [s for s in starts[first].values() if s is not None]
        second_starts = [s for s in starts[second].values() if s is not None]
        if not first_starts or not second_starts:
            continue
        if least is not None:
            raise_to(second, max(first_starts) + least)
        if largest is not None:
            raise_to(first, max(second_starts) - largest)
    return raised


def shorter_day(problem, person, asked, route):
    """A later departure where waiting costs or the length of the day is bounded; else the route as it is."""
    if not _later_is_better(problem, person, route):
        return route
    best = retimed_later(problem, person, route)
    if person.max_duration is None or day_length(problem, person, best) <= person.max_duration:
        return best
    # With several windows another choice of windows may give a shorter day: try later departures.
    first, last = departure(problem, person, best), best.stops[-1].leave
    for step in range(1, DEPARTURES_TRIED + 1):
        depart = first + (last - first) * step // DEPARTURES_TRIED
        timed = _free(problem, person, asked, depart_from=depart, strict=True)
        if timed is None:
            break
        timed = retimed_later(problem, person, timed)
        if day_length(problem, person, timed) < day_length(problem, person, best):
            best = timed
    return best


def _later_is_better(problem, person, route):
    """Whether waiting costs or the length of the day is bounded, and all starts are known."""
    weights = problem.weights
    bounded = weights.waiting or weights.max_idle or person.max_duration is not None
    return bounded and all(stop.start is not None for stop in route.stops)


def departure(problem, person, route):
    """The latest possible departure from the start place for the stated first start."""
    visit = problem.visit_by_id[route.visits[0]]
    travel = 0 if person.start is None else problem.duration_of(person).item(person.start, visit.location)
    first = next(stop for stop in route.stops if isinstance(stop, VisitStop))
    return depart_latest(first.start, travel, _spans(person, legs_of(route)[0]))


def day_length(problem, person, route):
    """Seconds from the latest possible departure to the return."""
    last = [stop for stop in route.stops if isinstance(stop, VisitStop)][-1]
    place = problem.visit_by_id[last.visit].location
    travel = 0 if person.end is None else problem.duration_of(person).item(place, person.end)
    returned = arrive_earliest(last.leave, travel, _spans(person, legs_of(route)[-1]))[0]
    return returned - departure(problem, person, route)


def _spans(person, pauses):
    return [_span(person, pause) for pause in pauses]


def _span(person, pause):
    return pause.start, pause.leave, person.breaks[pause.index].place != "stop"
