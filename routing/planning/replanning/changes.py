"""Who changes, and which visits move: the plan before against the plan after."""

from dataclasses import dataclass

from routing.planning.solution import Solution, VisitStop

from .day import Day

PERSON, TIME, PLACED, LEFT_OUT = "person", "time", "placed", "left out"


@dataclass(frozen=True, slots=True)
class Move:
    """A visit that moves: to other people (`kind` "person"), in time beyond the tolerance ("time"), into the plan
    ("placed") or out of it ("left out"). `before`, `after`: start in seconds by staff id.
    """

    visit: str
    kind: str
    before: dict[str, int]
    after: dict[str, int]


@dataclass(frozen=True)
class Changes:
    """All moves, and for each person whose remaining day changes how many of them concern them.

    `people` includes those who are gone; `others` are the rest, whose days the search keeps few.
    """

    moves: tuple[Move, ...]
    people: dict[str, int]
    others: tuple[str, ...]


def changes_of(day: Day, plan: Solution) -> Changes:
    """What a plan of the whole day (with times) changes in the planned rest of the day."""
    after: dict[str, dict[str, int]] = {}
    for route in plan.routes:
        for stop in route.stops:
            if isinstance(stop, VisitStop) and stop.visit not in day.begun:
                after.setdefault(stop.visit, {})[route.staff] = stop.start
    moves, people = [], {}
    for visit in day.problem.visits:
        move = _move(day, visit.id, day.planned.get(visit.id, {}), after.get(visit.id, {}))
        if move is None:
            continue
        moves.append(move)
        for name in _concerned(day, move):
            people[name] = people.get(name, 0) + 1
    ordered = {person.id: people[person.id] for person in day.problem.staff if person.id in people}
    return Changes(tuple(moves), ordered, tuple(name for name in ordered if name not in day.gone))


def _move(day, name, before, after):
    if not before and not after:
        return None
    if not before or not after:
        return Move(name, LEFT_OUT if before else PLACED, before, after)
    if set(before) != set(after):
        return Move(name, PERSON, before, after)
    if any(abs(after[staff] - start) > day.disruption.tolerance for staff, start in before.items()):
        return Move(name, TIME, before, after)
    return None


def _concerned(day, move):
    """Whose day a move changes: those who lose or gain the visit, and those who keep it at another time."""
    return {
        name
        for name in set(move.before) | set(move.after)
        if name not in move.before
        or name not in move.after
        or abs(move.after[name] - move.before[name]) > day.disruption.tolerance
    }
