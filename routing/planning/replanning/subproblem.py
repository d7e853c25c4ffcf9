"""The rest of the day as an ordinary problem for any engine, and the way back to a plan of the whole day.

The problem holds only people whose days may change. They begin where they are, when they are free, with what is left of
their breaks and limits. Everything else (what has begun, and the remaining days of everybody else) is settled: links to
it become windows and staff of the open visits. A visit that moves to another person costs more than any travel and less
than any visit, stated as a preference for whoever has it in the plan.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from routing.planning.problem import Pin, Problem, Staff, Visit
from routing.planning.solution import BreakStop, Route, Solution, VisitStop
from routing.planning.tiers import LadderTooHigh, largest_cost, price_of_leaving_out
from routing.planning.timetable import timed_route

from .day import Day
from .settled import bound_by, narrowed

# What a change is worth in travel (seconds) where exact strict steps would not fit into 64 bits.
CHANGE_HOURS = 12


def problem_from(
    day: Day,
    changing: Collection[str] | None = None,
    *,
    gentle: bool = False,
    reconsider: bool = False,
    changes_cost: bool = True,
) -> Problem:
    """The remaining problem of the people `changing` (staff ids; None: everybody who still works).

    `gentle`: visits that they have in the plan keep to their planned start within the tolerance. `reconsider`: visits
    that the plan had left out may be taken up. `changes_cost` False: keeping the plan is worth nothing of its own, and
    whoever should come is as the visits have it.
    """
    changing = {person.id for person in day.working if changing is None or person.id in changing}
    settled = settled_starts(day, changing)
    names = open_visits(day, changing) + (list(day.left_before) if reconsider else [])
    inside = set(names)
    by_visit = _settled_links(day.problem, inside, settled)
    visits = [_open_visit(day, day.problem.visit_by_id[name], changing, by_visit, settled) for name in names]
    if gentle:
        visits = [_near_plan(day, visit, changing) for visit in visits]
    remaining = replace(
        day.problem,
        staff=tuple(_rest_of_shift(day, person) for person in day.working if person.id in changing),
        visits=tuple(_with_all_tiers(visits)),
        links=tuple(link for link in day.problem.links if link.first in inside and link.second in inside),
        capacity=_capacity(day, changing),
    )
    return _with_price_of_change(day, remaining) if changes_cost else remaining


def open_visits(day: Day, changing: Collection[str]) -> list[str]:
    """Visits to be placed: those of the people who may change and of those who are gone, and new ones."""
    loose = set(day.loose)
    movable = set(changing) | day.gone
    return [v.id for v in day.problem.visits if v.id in loose or movable & set(day.planned.get(v.id, ()))]


def settled_starts(day: Day, changing: Collection[str]) -> dict[str, dict[str, int]]:
    """Starts by staff id of visits that stand: what has begun, and what people outside `changing` have ahead."""
    settled = {name: dict(starts) for name, starts in day.begun.items()}
    movable = set(changing) | day.gone
    for name, starts in day.planned.items():
        if not movable & set(starts):
            settled[name] = dict(starts)
    return settled


def _settled_links(problem, inside, settled):
    by_visit: dict[str, list] = {}
    for link in problem.links:
        for name, other in ((link.first, link.second), (link.second, link.first)):
            if name in inside and other not in inside and other in settled:
                by_visit.setdefault(name, []).append(link)
    return by_visit


def _open_visit(day, visit: Visit, changing, links, settled):
    """The visit as the remaining problem has it: fewer people where some of them stand, and no names of people outside.

    A half of a double-handed visit starts with the other half.
    """
    standing = {name: start for name, start in day.planned.get(visit.id, {}).items() if name not in changing | day.gone}
    if standing:
        pin = visit.pinned.staff if visit.pinned and visit.pinned.staff not in standing else None
        visit = replace(
            visit,
            staff_required=visit.staff_required - len(standing),
            pinned=Pin(pin, min(standing.values())),
            required=False,
        )
    if visit.id in links:
        visit = bound_by(visit, links[visit.id], settled)
    return _among(visit, changing)


def _among(visit, changing):
    pinned = visit.pinned
    only = visit.only_staff
    if pinned is not None and pinned.staff is not None and pinned.staff not in changing:
        pinned, only = replace(pinned, staff=None), frozenset()
    return replace(
        visit,
        pinned=pinned if pinned is not None and (pinned.staff, pinned.start) != (None, None) else None,
        only_staff=None if only is None else only & changing,
        not_staff=visit.not_staff & changing,
        preferred_staff=visit.preferred_staff & changing,
        preference_cost=visit.preference_cost if visit.preferred_staff & changing else 0,
    )


def _near_plan(day, visit, changing):
    starts = [start for name, start in day.planned.get(visit.id, {}).items() if name in changing]
    if not starts:
        return visit
    return narrowed(visit, min(starts) - day.disruption.tolerance, max(starts) + day.disruption.tolerance)


def _rest_of_shift(day, person: Staff) -> Staff:
    position = day.positions[person.id]
    closes, latest = person.shift[1], person.shift[1] + person.overtime
    bound = person.max_duration
    if position.departed is not None and bound is not None:
        latest, bound = min(latest, position.departed + bound), None
    if person.id in day.leaves_off:
        closes = latest = min(latest, day.leaves_off[person.id])
    closes = min(closes, latest)
    opens = max(position.free, person.shift[0])
    done = len(position.visits_begun)
    return replace(
        person,
        start=position.place,
        shift=(opens, max(opens, closes)),
        overtime=max(0, latest - max(opens, closes)),
        max_duration=bound,
        max_drive=None if person.max_drive is None else max(0, person.max_drive - position.driven),
        max_visits=None if person.max_visits is None else max(0, person.max_visits - done),
        breaks=tuple(person.breaks[index] for index in breaks_left(day, person)),
    )


def breaks_left(day: Day, person: Staff) -> list[int]:
    """Indexes of the person's breaks that are not taken yet, in order."""
    return [index for index in range(len(person.breaks)) if index not in day.positions[person.id].spent]


def _capacity(day, changing):
    load = Counter()
    for name in changing:
        load[name] = sum(day.problem.visit_by_id[s.visit].demand for s in day.positions[name].visits_begun)
    return {name: max(0, bound - load[name]) for name, bound in day.problem.capacity.items() if name in changing}


def _with_all_tiers(visits):
    """Everybody who has a visit in the plan is served before changes are counted: visits without a tier come last."""
    lowest = max([visit.tier for visit in visits if visit.tier is not None], default=0) + 1
    return [visit if visit.tier is not None else replace(visit, tier=lowest) for visit in visits]


def _with_price_of_change(day, remaining: Problem) -> Problem:
    """Preference for whoever has the visit, above travel and lateness together where exact sums allow."""
    price = int(largest_cost(remaining)) + 1
    stated = _preferring(day, remaining, price)
    try:
        price_of_leaving_out(stated)
    except LadderTooHigh:
        return _preferring(day, remaining, CHANGE_HOURS * 3600 * max(1, int(remaining.weights.travel)))
    return stated


def _preferring(day, remaining, price):
    working = {person.id for person in remaining.staff}
    visits = []
    for visit in remaining.visits:
        holders = frozenset(day.planned.get(visit.id, ())) & working
        visits.append(replace(visit, preferred_staff=holders, preference_cost=price) if holders else visit)
    return replace(remaining, visits=tuple(visits))


def plan_from(day: Day, answer: Solution, changing: Collection[str] | None = None) -> Solution:
    """The plan of the whole day for an answer to `problem_from` with the same people: frozen stops, the days of those
    who stay as they are, and the answer's stops. A double-handed visit left with too few people is dropped whole.
    """
    changing = {person.id for person in day.working if changing is None or person.id in changing}
    found = {route.staff: route.stops for route in answer.routes}
    routes = []
    for person in day.problem.staff:
        position = day.positions[person.id]
        if person.id in changing:
            rest = _rest(day, person, found.get(person.id, []))
        else:
            rest = [] if person.id in day.gone else [_copy(stop) for stop in position.ahead]
        stops = [*(_copy(stop) for stop in position.begun), *rest]
        if any(isinstance(stop, VisitStop) for stop in stops):
            routes.append(Route(person.id, stops))
    return Solution(_without_halves(day, routes))


def _rest(day, person, stops):
    """The answer's stops with the break numbers of the whole day; the first arrival follows from the stop before."""
    left = breaks_left(day, person)
    rest, has_departed = [], day.positions[person.id].departed is not None
    for stop in stops:
        if isinstance(stop, BreakStop):
            rest.append(BreakStop(left[stop.index], stop.start, stop.leave))
        else:
            first = has_departed and not any(isinstance(other, VisitStop) for other in rest)
            rest.append(VisitStop(stop.visit, None if first else stop.arrive, stop.start, stop.leave))
    if has_departed and not any(isinstance(stop, VisitStop) for stop in rest):
        return _breaks_alone(day, person, left)
    return rest


def _breaks_alone(day, person, left):
    """Breaks of somebody on the way who has nothing more to do: as planned where only they are ahead, else where they
    fit in before the end of the shift.
    """
    position = day.positions[person.id]
    if person.id not in day.affected and position.ahead and not position.visits_ahead:
        return [_copy(stop) for stop in position.ahead]
    if not left or position.place is None or person.id in day.leaves_off:
        return []
    # Timed as a day with nothing but a stop where the person is.
    here = Visit("", position.place)
    timed = timed_route(day.problem, _rest_of_shift(day, person), [here])
    if timed is None:  # breaks after the return do not count for the length of the day
        unbounded = replace(person, max_duration=None)
        timed = timed_route(day.problem, _rest_of_shift(day, unbounded), [here])
    stops = timed.stops if timed else []
    return [BreakStop(left[stop.index], stop.start, stop.leave) for stop in stops if isinstance(stop, BreakStop)]


def _copy(stop):
    return replace(stop)


def _without_halves(day, routes):
    """Drops what cannot stand: a visit with too few people, and one whose other end (`together`) is left out."""
    while True:
        numbers = Counter(name for route in routes for name in set(route.visits))
        halves = {name for name, n in numbers.items() if n < day.problem.visit_by_id[name].staff_required}
        for link in day.problem.links:
            if link.together and (link.first in numbers) != (link.second in numbers):
                halves.add(link.first if link.first in numbers else link.second)
        halves -= set(day.begun)
        if not halves:
            return [route for route in routes if route.visits]
        for route in routes:
            route.stops = [stop for stop in route.stops if getattr(stop, "visit", None) not in halves]
