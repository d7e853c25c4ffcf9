"""A mended plan held against the day as it is now: what has begun since must be in it as it began."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from routing.models import Disruption
from routing.planning.check import Verdict
from routing.planning.io import parse_solution
from routing.planning.replanning import Day, UnfitDisruption, day_of
from routing.planning.solution import Solution, Unserved, VisitStop
from routing.problem_building import NothingToPlan, PlanProblem
from routing.standing_day import as_planned, standing_day

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
    verdict = replace(verdict, routes=[as_planned(route, happened.standing, day) for route in verdict.routes])
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


def _with_called_off(each: Mended) -> Mended:
    """A visit that nobody can do today is left out, with that reason; one that somebody went to stays where it was."""
    name = each.happened.called_off
    if not name or any(name in route.visits for route in each.solution.routes):
        return each
    each.solution.unserved.append(Unserved(name, CALLED_OFF, CALLED_OFF_DETAIL))
    return replace(each, verdict=replace(each.verdict, unserved=[*each.verdict.unserved, name]))
