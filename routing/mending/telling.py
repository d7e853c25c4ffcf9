"""Mended plans as plain values: what is stored with a disruption and shown of it. Times are seconds of the day."""

from dataclasses import asdict

import numpy as np

from routing.models.people import DayEnd
from routing.planning.check import Verdict, check
from routing.planning.io import solution_json
from routing.planning.problem import Problem
from routing.planning.replanning import Day
from routing.planning.solution import VisitStop
from routing.problem_building.rows import LINE_METRES
from routing.services.proposals import cost_parts, equity_of
from routing.travel.lines import simplified

from .answers import MendedPlan
from .happened import Happening


def told(happened: Happening, day: Day, plans: list[MendedPlan]) -> dict:
    """The answer to a disruption: the day as it was going to be, what has begun, and each mended plan."""
    standing = happened.standing
    before = check(standing.problem, standing.solution)
    changed = {name for plan in plans for name in plan.changes.people}
    return {
        "now": standing.now,
        "called_off": happened.called_off,
        "relaxed": list(day.relaxed),
        "begun": {name: [stop.visit for stop in each.visits_begun] for name, each in day.positions.items()},
        "before": _figures(happened, standing.problem, before, changed),
        "alternatives": [_alternative(happened, day, plan, changed) for plan in plans],
    }


def _alternative(happened, day, plan: MendedPlan, changed) -> dict:
    return {
        "key": plan.key,
        "plan": solution_json(plan.solution),
        "people": plan.changes.people,
        "others": list(plan.changes.others),
        "moved": [asdict(move) for move in plan.changes.moves],
        "left_out": [
            {"visit": entry.visit, "reason": entry.reason, "detail": entry.detail} for entry in plan.solution.unserved
        ],
        **_figures(happened, day.problem, plan.verdict, changed),
    }


def _figures(happened, problem: Problem, verdict: Verdict, people) -> dict:
    missing = {*verdict.unserved, *filter(None, [happened.called_off])}
    built = happened.standing.built
    served: dict[str, int] = {}
    for reference, visit in built.visits.items():
        if reference in problem.visit_by_id and reference not in missing:
            served[str(visit.tier)] = served.get(str(visit.tier), 0) + 1
    return {
        "cost": cost_parts(verdict.cost),
        "driving": sum(fact.drive for fact in verdict.facts.values()),
        "served": served,
        "equity": equity_of(built, [name for name in built.visits if name in missing or not _knows(problem, name)]),
        "days": {route.staff: _stops(problem, route) for route in verdict.routes if route.staff in people},
        "ways": _ways(happened.standing.built, [route for route in verdict.routes if route.staff in people]),
    }


def _ways(built, routes) -> dict[str, list]:
    """For the map, by person: one line along the roads for each way to a visit, and one back; null where it is not
    known. Ways from and to homes are left out: whoever may read the answer need not know where people live.
    """
    known = [route for route in routes if all(visit in built.problem.visit_by_id for visit in route.visits)]
    built.lines = {}
    built.draw(known)
    found = {}
    for route in known:
        staff = built.shifts[route.staff].staff
        lines = [_line(leg) for leg in built.lines.get(route.staff, ())]
        if lines and staff.starts_from == DayEnd.HOME:
            lines[0] = None
        if lines and staff.ends_at == DayEnd.HOME:
            lines[-1] = None
        found[route.staff] = lines
    return found


def _line(leg) -> list | None:
    return None if leg.estimated else np.round(simplified(leg.line, LINE_METRES), 6).tolist()


def _knows(problem, name):
    return name in problem.visit_by_id


def _stops(problem, route) -> list[dict]:
    """Stops with the seconds driven to each. A break has no visit."""
    person = problem.staff_by_id[route.staff]
    place, stops, duration = person.start, [], problem.duration_of(person)
    for stop in route.stops:
        if isinstance(stop, VisitStop):
            end = problem.visit_by_id[stop.visit].location
            drive = 0 if place is None else duration.item(place, end)
            place = end
            stops.append(
                {"visit": stop.visit, "arrive": stop.arrive, "start": stop.start, "leave": stop.leave, "drive": drive}
            )
        else:
            stops.append({"visit": "", "start": stop.start, "leave": stop.leave})
    return stops
