"""The day as it goes on if nobody changes anything: the rest of every round in its order, with the times it will have.

Where somebody runs late, what cannot be kept in time any more is allowed as it will be and no later: a plan of the
whole day that changes nothing keeps the rules then, and one that makes it worse breaks them. What is allowed is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from routing.planning.check import Verdict, Violation, check
from routing.planning.missing_times import with_times
from routing.planning.problem import Problem
from routing.planning.solution import BreakStop, Route, Solution, VisitStop
from routing.planning.timetable import timed_route
from routing.planning.trials import Trials

from .allowances import with_allowances
from .day import Day
from .kept_times import kept_times
from .subproblem import breaks_left, plan_from, problem_from

# What is late makes other rounds late where visits are linked: so many times that is followed.
ROUNDS = 4
# Broken by plans that are for an approver to decide on.
FOR_THE_APPROVER = "required"


@dataclass(frozen=True)
class GoingOn:
    """`day`: with what is allowed in its problem. `rest`: the remaining problem of everybody who works, `routes` their
    rounds in it, with times. `known`: rules that are broken if nothing changes, with `was`, the problem and the verdict
    in which they were found.
    """

    day: Day
    rest: Problem
    routes: list[Route]
    known: tuple[Violation, ...] = ()
    was: tuple[Problem, Verdict] | None = None

    def whole(self, routes: Iterable[Route]) -> Solution:
        """The plan of the whole day for these rounds of the rest."""
        return plan_from(self.day, Solution(list(routes)))


def going_on(day: Day) -> GoingOn:
    """The day from `day.now` on. What is broken and has nothing to do with times (a skill that was lost since) is left
    to the judge.
    """
    known, was = (), None
    for _ in range(ROUNDS):
        rest = problem_from(day, reconsider=True, changes_cost=False)
        rest = with_last_visits(day, rest, (_ahead(day, person) for person in rest.staff))
        routes = rounds_ahead(day, rest)
        ahead, verdict = check(rest, Solution(routes)), check(day.problem, plan_from(day, Solution(routes)))
        broken = _broken(ahead, verdict)
        if was is None:
            known, was = tuple(broken), (day.problem, verdict)
        eased = with_allowances(day.problem, verdict, broken)
        if eased is day.problem:
            # What the whole day keeps: a limit that the rest counts from a departure for a visit called off since.
            only = [each for each in ahead.violations if each.staff not in day.leaves_off]
            rest = with_allowances(rest, ahead, only)
            break
        day = replace(day, problem=eased)
    return GoingOn(day, rest, routes, known, was)


def with_last_visits(day: Day, rest: Problem, rounds: Iterable[Route]) -> Problem:
    """The remaining problem with time for what people who go away in the course of the day begin before that in these
    rounds: they finish it, and then they have their way home.
    """
    if not day.leaves_off:
        return rest
    rounds = [each for each in rounds if each.visits]
    through = {each.staff for each in rounds if _last_start(each) < day.leaves_off.get(each.staff, -1)}
    if not through:
        return rest
    verdict = check(rest, Solution(rounds))
    late = [each for each in verdict.violations if each.rule == "shift" and each.staff in through]
    return with_allowances(rest, verdict, late)


def _last_start(planned: Route) -> float:
    """When the last visit of a round begins; never where that is not said."""
    starts = [stop.start for stop in planned.stops if isinstance(stop, VisitStop)]
    return float("inf") if starts[-1] is None else starts[-1]


def _broken(*verdicts: Verdict) -> list[Violation]:
    """Each rule once that one of them finds broken, by person and visit."""
    found = {}
    for verdict in verdicts:
        for violation in verdict.violations:
            if violation.rule != FOR_THE_APPROVER:
                found.setdefault((violation.rule, violation.staff, violation.visit), violation)
    return list(found.values())


def rounds_ahead(day: Day, rest: Problem) -> list[Route]:
    """What people have ahead as rounds of `rest`, the remaining problem: at the planned times where these hold, else as
    near to them as rules allow, else as early as they can be.
    """
    planned = [route for person in rest.staff if (route := _ahead(day, person)).visits]
    routes = with_times(rest, planned)
    late = _late(rest, routes)
    if not late:
        return routes
    orders = {route.staff: route.visits for route in routes}
    people = Trials(rest, orders).reach(late, ())
    before, floors = {route.staff: route for route in planned}, {}
    for _ in range(ROUNDS):
        timing = _not_before(rest, floors)
        routes = [_timed(day, timing, before[each.staff]) if each.staff in people else each for each in routes]
        more = _held_up(rest, routes)
        if all(floors.get(name, start - 1) >= start for name, start in more.items()):
            break
        floors |= more
    return routes


def _ahead(day, person) -> Route:
    """The planned rest of a round, its breaks counted among those that are left."""
    left, position = breaks_left(day, day.problem.staff_by_id[person.id]), day.positions[person.id]
    stops, has_departed = [], position.departed is not None
    for stop in position.ahead:
        if isinstance(stop, BreakStop):
            stops.append(BreakStop(left.index(stop.index), stop.start, stop.leave))
        else:
            first = has_departed and not any(isinstance(other, VisitStop) for other in stops)
            stops.append(VisitStop(stop.visit, None if first else stop.arrive, stop.start, stop.leave))
    return Route(person.id, stops)


def _late(problem, routes) -> set[str]:
    """People whose rounds cannot be kept as they are."""
    broken = [each for each in check(problem, Solution(routes)).violations if each.rule != FOR_THE_APPROVER]
    people = {violation.staff for violation in broken}
    visits = {violation.visit for violation in broken if violation.staff is None}
    return {route.staff for route in routes if route.staff in people or visits & set(route.visits)}


def _timed(day, problem, planned: Route) -> Route:
    person = problem.staff_by_id[planned.staff]
    visits = [problem.visit_by_id[name] for name in planned.visits]
    if timed_route(problem, person, visits) is not None:
        wanted = {name: day.planned.get(name, {}).get(person.id) for name in planned.visits}
        return kept_times(problem, person, planned, wanted, day.disruption.tolerance)
    untimed = [BreakStop(s.index) if isinstance(s, BreakStop) else VisitStop(s.visit) for s in planned.stops]
    return with_times(problem, [Route(planned.staff, untimed)])[0]


def _not_before(problem, floors):
    if not floors:
        return problem
    visits = tuple(_from(visit, floors[visit.id]) if visit.id in floors else visit for visit in problem.visits)
    return replace(problem, visits=visits)


def _from(visit, start):
    windows = tuple((max(opens, start), max(closes, start)) for opens, closes in visit.start_windows)
    return replace(visit, windows=windows, window_at="start")


def _held_up(problem, routes) -> dict[str, int]:
    """Earliest starts of visits that wait for others: the other half of a double-handed visit, a linked one."""
    starts = {}
    for route in routes:
        for stop in route.stops:
            if isinstance(stop, VisitStop):
                starts.setdefault(stop.visit, []).append(stop.start)
    floors = {name: max(each) for name, each in starts.items() if min(each) < max(each)}
    for link in problem.links:
        if link.first not in starts or link.second not in starts:
            continue
        first, second = max(starts[link.first]), min(starts[link.second])
        if link.min_gap is not None and second < first + link.min_gap:
            floors[link.second] = max(floors.get(link.second, 0), first + link.min_gap)
        if link.max_gap is not None and second - link.max_gap > first:
            floors[link.first] = max(floors.get(link.first, 0), second - link.max_gap)
    return floors
