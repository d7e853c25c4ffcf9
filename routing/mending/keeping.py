"""A mended plan held against the day as it is now: what has begun since must be in it as it began."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from routing.models import Disruption
from routing.planning.check import Verdict
from routing.planning.io import parse_solution
from routing.planning.replanning import Day, UnfitDisruption, day_of
from routing.planning.solution import BreakStop, Route, Solution, Unserved, VisitStop
from routing.problem_building import NothingToPlan, PlanProblem
from routing.standing_day import standing_day

from .happened import DisruptionRefused, Happening, happening, moment_of_mending

CALLED_OFF = "no_access"
CALLED_OFF_DETAIL = "Nobody could be seen there that day."


class DayMovedOn(ValueError):
    """More has begun, or was recorded, than the mended plan knows: it has to be worked out again."""


@dataclass(frozen=True)
class Mended:
    """A mended plan that still holds. `verdict`: by the day's own rules, with the times to be stored: what has begun
    keeps the times that it was planned for. `solution` has the reasons of visits left out.
    """

    happened: Happening
    day: Day
    solution: Solution
    verdict: Verdict

    @property
    def built(self):
        return self.happened.standing.built


def mended(disruption: Disruption, key: str, judge: Callable[[PlanProblem, Solution], Verdict]) -> Mended:
    """One alternative of a stored answer, judged anew. DayMovedOn where it does not fit the day any more; what the
    `judge` raises where a rule is broken.
    """
    answer = disruption.answer
    told = next((each for each in answer.get("alternatives", ()) if each["key"] == key), None)
    if told is None:
        raise DayMovedOn(f"there is no alternative {key!r}")
    solution = parse_solution(told["plan"])
    try:
        happened = happening(disruption, answer["now"])
        day = day_of(happened.standing.problem, happened.standing.solution, happened.disruption)
        _check_begun({name: each.visits_begun for name, each in day.positions.items()}, solution)
        _check_since(disruption, answer["now"], solution)
        verdict = judge(replace(happened.standing.built, problem=day.problem), solution)
    except (DisruptionRefused, UnfitDisruption, NothingToPlan) as error:
        raise DayMovedOn(str(error)) from error
    solution.unserved = [replace(entry, remedies=[]) for entry in solution.unserved]
    verdict = replace(verdict, routes=[_as_planned(route, happened, day) for route in verdict.routes])
    return _with_called_off(Mended(happened, day, solution, verdict))


def _check_since(disruption, now, solution):
    """What has begun between the answer and this very moment."""
    present = moment_of_mending(disruption)
    if present <= now:
        return
    standing = standing_day(disruption.plan, present, extra=_extra(disruption))
    _check_order(standing.begun, solution)


def _extra(disruption):
    return (disruption.visit,) if disruption.kind == Disruption.Kind.URGENT else ()


def _check_begun(begun, solution):
    """Person, order and start of everything that has begun."""
    starts = {name: [(stop.visit, stop.start) for stop in stops] for name, stops in begun.items() if stops}
    found = {
        route.staff: [(stop.visit, stop.start) for stop in route.stops if isinstance(stop, VisitStop)]
        for route in solution.routes
    }
    for name, stops in starts.items():
        if found.get(name, [])[: len(stops)] != stops:
            raise DayMovedOn(f"the round of {name} has moved on")


def _check_order(begun, solution):
    orders = solution.orders
    for name, visits in begun.items():
        if orders.get(name, [])[: len(visits)] != visits:
            raise DayMovedOn(f"the round of {name} has moved on")


def _as_planned(route: Route, happened: Happening, day: Day) -> Route:
    """The route with what has begun at its planned times, where they still follow each other; when a visit that goes on
    ends is told as it is. What came of visits is in their records.
    """
    standing = happened.standing
    if route.staff not in standing.stored:
        return route
    stored = {_key(stop): stop for stop in standing.stored[route.staff].stops}
    begun = {_key(stop) for stop in day.positions[route.staff].begun}
    stops, changed = [], False
    for stop in route.stops:
        if _key(stop) in begun and _key(stop) in stored:
            planned = stored[_key(stop)]
            is_over = (route.staff, _key(stop)) in standing.over or isinstance(stop, BreakStop)
            leave = planned.leave if is_over else max(planned.start, stop.leave)
            kept = replace(planned, leave=leave)
            changed = changed or kept != stop
            stops.append(kept)
        else:
            stops.append(stop)
    return Route(route.staff, _in_time(stops)) if changed and _in_order(stops) else route


def _key(stop):
    return stop.visit if isinstance(stop, VisitStop) else stop.index


def _in_order(stops) -> bool:
    starts = [stop.start for stop in stops]
    return starts == sorted(starts)


def _in_time(stops):
    """Nothing ends after the next thing begins: the planned end of what was over early gives way."""
    ends = [getattr(following, "arrive", None) or following.start for following in stops[1:]]
    return [
        replace(stop, leave=max(stop.start, min(stop.leave, end)))
        for stop, end in zip(stops, [*ends, stops[-1].leave], strict=True)
    ]


def _with_called_off(each: Mended) -> Mended:
    """A visit that nobody can do today is left out, with that reason; one that somebody went to stays where it was."""
    name = each.happened.called_off
    if not name or any(name in route.visits for route in each.solution.routes):
        return each
    each.solution.unserved.append(Unserved(name, CALLED_OFF, CALLED_OFF_DETAIL))
    return replace(each, verdict=replace(each.verdict, unserved=[*each.verdict.unserved, name]))
