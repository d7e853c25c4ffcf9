"""New times for the rounds that a change reaches; every other round keeps the times it has.

A start that is later than it need be, and a break that is not where it would be by itself, were set by somebody. They
are kept where the change lets them; where it does not, they give way, and the preview shows the new times.
"""

from dataclasses import dataclass, field, replace

from routing.planning.check import Verdict, check
from routing.planning.check_route import check_route
from routing.planning.missing_times import with_times
from routing.planning.problem import Pin, Problem, Staff
from routing.planning.solution import BreakStop, Route, Solution, VisitStop
from routing.planning.timetable import legs_of, timed_route
from routing.planning.trials import Trials

# Broken by plans that are for an approver to decide on, not by a change of hands.
FOR_THE_APPROVER = "required"


@dataclass(frozen=True, slots=True)
class BreakWish:
    """Break `index` after `place` visits, or at `start`."""

    index: int
    place: int | None
    start: int | None


@dataclass
class Change:
    """What an edit comes to. `orders`: visit ids by staff id, of the rounds whose order changes; `starts`: asked starts
    by visit id; `breaks`: asked breaks by staff id; `released`: visits whose set start is forgotten.
    """

    orders: dict[str, list[str]] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)
    breaks: dict[str, BreakWish] = field(default_factory=dict)
    released: set[str] = field(default_factory=set)
    reached: set[str] = field(default_factory=set)


def broken_rules(verdict: Verdict) -> list:
    """What keeps a plan from being stored."""
    return [violation for violation in verdict.violations if violation.rule != FOR_THE_APPROVER]


def changed_plan(problem: Problem, routes: dict[str, Route], change: Change) -> tuple[Verdict, frozenset[str]]:
    """The judge's verdict on the plan after the change, with all its times, and the staff ids whose rounds were timed
    anew.

    `routes`: the plan as it stands by staff id. The first way of timing that breaks no rule is taken: with what was set
    by hand kept, then without, then with linked rounds left at their times. Where each breaks one, the first is shown.
    """
    orders = {name: route.visits for name, route in routes.items()} | change.orders
    asked = _with_starts(problem, change.starts)
    touched = set(change.orders) | set(change.breaks) | change.reached
    reached = _reached(problem, routes, orders, touched)
    held = _Held(asked, routes, orders, reached, change)
    ways = [(reached, True)]
    if held:
        ways.append((reached, False))
    if reached != touched:
        ways.append((frozenset(touched), False))
    first = None
    for people, keeping in ways:
        timing = held.kept_in(asked) if keeping else asked
        laid = _laid_out(timing, routes, orders, people, change)
        verdict = check(asked, Solution(laid))
        if not broken_rules(verdict):
            return verdict, frozenset(people)
        first = first or (verdict, timing)
    verdict, timing = first
    return check(asked, Solution(_least_broken(asked, timing, verdict.routes, reached, change))), frozenset(reached)


def _with_starts(problem, starts):
    if not starts:
        return problem
    visits = [
        replace(visit, pinned=Pin(visit.pinned.staff if visit.pinned else None, starts[visit.id]))
        if visit.id in starts
        else visit
        for visit in problem.visits
    ]
    return replace(problem, visits=tuple(visits))


def _reached(problem, routes, orders, touched):
    """Those whose times may hang on the change."""
    if not problem.links and all(visit.staff_required == 1 for visit in problem.visits):
        return frozenset(touched)
    before = {name: route.visits for name, route in routes.items()}
    known = {name for name in touched if name in problem.staff_by_id}
    found = set(touched)
    for plan in (before, orders):
        trials = Trials(problem, {name: visits for name, visits in plan.items() if name in problem.staff_by_id})
        found |= trials.reach(known, ())
    return frozenset(found)


def _laid_out(problem, routes, orders, people, change) -> list[Route]:
    """Every round: those of `people` timed anew, the others as they are."""
    laid = []
    for name, visits in orders.items():
        if not visits:
            continue
        if name not in problem.staff_by_id:
            laid.append(_less(routes[name], visits))
        elif name in people:
            laid.append(_untimed(problem, name, visits, routes, change.breaks.get(name)))
        else:
            laid.append(routes[name])
    return with_times(_with_wishes(problem, change), laid)


def _less(route, visits):
    """A round of somebody the problem does not know, without what was taken from it."""
    return Route(route.staff, [s for s in route.stops if isinstance(s, BreakStop) or s.visit in visits])


def _untimed(problem, name, visits, routes, wish) -> Route:
    stops = [VisitStop(visit) for visit in visits]
    if wish is None or wish.place is None:
        return Route(name, stops)
    legs = [[] for _ in range(len(visits) + 1)]
    for leg, pauses in enumerate(legs_of(routes[name])):
        legs[min(leg, len(visits))] += [pause.index for pause in pauses if pause.index != wish.index]
    legs[wish.place].append(wish.index)
    placed = [BreakStop(index) for index in legs[0]]
    for stop, leg in zip(stops, legs[1:], strict=True):
        placed += [stop, *(BreakStop(index) for index in leg)]
    return Route(name, placed)


def _with_wishes(problem, change):
    """Breaks that are asked for at a time fit nowhere else."""
    timed = {name: {wish.index: wish.start} for name, wish in change.breaks.items() if wish.start is not None}
    return _with_breaks_at(problem, timed)


def _with_breaks_at(problem: Problem, starts: dict[str, dict[int, int]]) -> Problem:
    if not starts:
        return problem
    staff = [_breaks_at(person, starts.get(person.id, {})) for person in problem.staff]
    return replace(problem, staff=tuple(staff))


def _breaks_at(person: Staff, starts) -> Staff:
    if not starts:
        return person
    breaks = [
        replace(pause, windows=((starts[index], starts[index]),)) if index in starts else pause
        for index, pause in enumerate(person.breaks)
    ]
    return replace(person, breaks=tuple(breaks))


class _Held:
    """What was set by hand in the rounds of `people`: starts by visit id, breaks by staff id."""

    def __init__(self, problem, routes, orders, people, change):
        self.starts, self.breaks = {}, {}
        tied = {name for link in problem.links for name in (link.first, link.second)}
        tied |= {visit.id for visit in problem.visits if visit.staff_required > 1}
        for name in sorted(people):
            if name not in problem.staff_by_id or name not in routes:
                continue
            starts, breaks = set_by_hand(problem, routes[name])
            stay = set(orders[name]) - tied - change.released - set(change.starts)
            self.starts |= {visit: start for visit, start in starts.items() if visit in stay}
            if breaks and name not in change.breaks:
                self.breaks[name] = breaks

    def __bool__(self):
        return bool(self.starts or self.breaks)

    def kept_in(self, problem: Problem) -> Problem:
        """The problem with nothing held starting before its set time."""
        if not self:
            return problem
        visits = tuple(
            _not_before(visit, self.starts[visit.id]) if visit.id in self.starts else visit for visit in problem.visits
        )
        return _with_breaks_at(replace(problem, visits=visits), self.breaks)


def _not_before(visit, start):
    windows = tuple((max(opens, start), closes) for opens, closes in visit.start_windows if closes >= start)
    # Set past its window: what keeps it there cannot be said by a window, and lateness costs anyway.
    return replace(visit, windows=windows, window_at="start") if windows else visit


def set_by_hand(problem: Problem, route: Route) -> tuple[dict[str, int], dict[int, int]]:
    """(starts by visit id that are later than they need be, starts of breaks that would be elsewhere by themselves)."""
    person = problem.staff_by_id[route.staff]
    if not all(name in problem.visit_by_id for name in route.visits) or not route.visits:
        return {}, {}
    visits = [problem.visit_by_id[name] for name in route.visits]
    stated = {stop.visit: stop.start for stop in route.stops if isinstance(stop, VisitStop)}
    pauses = {stop.index: stop.start for stop in route.stops if isinstance(stop, BreakStop)}
    free = timed_route(problem, person, visits)
    breaks = {}
    if free is None or {s.index: s.start for s in free.stops if isinstance(s, BreakStop)} != pauses:
        breaks = pauses
        person = _breaks_at(person, pauses)
    held = {}
    for _ in range(len(visits) + 1):
        free = timed_route(problem, person, visits, release=held)
        if free is None:
            return {}, {}
        later = next(
            (s.visit for s in free.stops if isinstance(s, VisitStop) and s.start < stated[s.visit]),
            None,
        )
        if later is None:
            break
        held[later] = stated[later]
    return held, breaks


def _least_broken(problem, timing, routes, people, change) -> list[Route]:
    """For rounds that cannot be timed: the breaks where they break fewest rules, so that what is shown is the matter
    itself and not that of a break without a place.
    """
    return [
        _best_effort(problem, timing, route, change.breaks.get(route.staff)) if route.staff in people else route
        for route in routes
    ]


def _best_effort(problem, timing, route, wish):
    person = problem.staff_by_id.get(route.staff)
    if person is None or not person.breaks or not route.visits:
        return route
    owed = {index for index, pause in enumerate(person.breaks) if pause.required}
    if wish is None and owed <= {stop.index for stop in route.stops if isinstance(stop, BreakStop)}:
        return route
    if wish is not None and wish.place is not None:
        return route
    options = [route]
    for leg in range(len(route.visits) + 1):
        stops = [VisitStop(visit) for visit in route.visits]
        stops[leg:leg] = [_asked_break(person, index, wish) for index in sorted(owed)]
        options += with_times(timing, [Route(route.staff, stops)])
    return min(options, key=lambda option: _faults(problem, person, option))


def _asked_break(person, index, wish):
    if wish is None or wish.index != index:
        return BreakStop(index)
    return BreakStop(index, wish.start, wish.start + person.breaks[index].duration)


def _faults(problem, person, route):
    violations = []
    facts = check_route(problem, person, route, violations)
    return len(violations), facts.returns if facts.returns is not None else 0
