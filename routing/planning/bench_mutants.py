"""Feasible plans with one thing changed, for `bench judge`: in the plan, or in a number of the problem."""

import copy
from dataclasses import replace

from .solution import BreakStop, Route, Unserved, VisitStop


def mutant(source, problem, plan):
    """(problem, plan) with one random change; the originals stay as they are."""
    changed = copy.deepcopy(plan)
    change = source.choice(CHANGES)
    harder = change(source, problem, changed)
    return (problem if harder is None else harder), changed


def _stop(source, plan, kind=VisitStop | BreakStop):
    """(route, position) of a random stop."""
    places = [(r, i) for r in plan.routes for i, stop in enumerate(r.stops) if isinstance(stop, kind)]
    return source.choice(places) if places else (None, None)


def _move(stop, by):
    for key in ("arrive", "start", "leave"):
        if hasattr(stop, key):
            setattr(stop, key, getattr(stop, key) + by)


def _by(source):
    return source.choice([-1, 1]) * source.choice([1, 1, 1, 2, 3, 5, 12, 40])


def moved_stop(source, problem, plan):
    route, i = _stop(source, plan)
    if route:
        _move(route.stops[i], _by(source))


def moved_tail(source, problem, plan):
    route, i = _stop(source, plan)
    if route:
        by = _by(source)
        for stop in route.stops[i:]:
            _move(stop, by)


def moved_day(source, problem, plan):
    if plan.routes:
        by = _by(source)
        for stop in source.choice(plan.routes).stops:
            _move(stop, by)


def moved_time(source, problem, plan):
    route, i = _stop(source, plan)
    if route:
        stop = route.stops[i]
        key = source.choice([key for key in ("arrive", "start", "leave") if hasattr(stop, key)])
        setattr(stop, key, getattr(stop, key) + _by(source))


def removed(source, problem, plan):
    route, i = _stop(source, plan, source.choice([VisitStop, BreakStop]))
    if route:
        del route.stops[i]


def swapped(source, problem, plan):
    route, i = _stop(source, plan)
    if route:
        j = source.randrange(len(route.stops))
        route.stops[i], route.stops[j] = route.stops[j], route.stops[i]


def renamed(source, problem, plan):
    """Two visits change places but not times, or a visit gets another's or nobody's name."""
    (route, i), (other, j) = _stop(source, plan, VisitStop), _stop(source, plan, VisitStop)
    if route:
        one, two = route.stops[i], other.stops[j]
        if source.random() < 0.5:
            one.visit, two.visit = two.visit, one.visit
        else:
            one.visit = source.choice([*(visit.id for visit in problem.visits), "nowhere"])


def handed_over(source, problem, plan):
    """A stop at its time in another's day, or in both."""
    route, i = _stop(source, plan, VisitStop)
    if not route:
        return
    stop = route.stops[i]
    if source.random() < 0.6:
        route.stops.remove(stop)
    name = source.choice([person.id for person in problem.staff])
    day = next((other for other in plan.routes if other.staff == name), None)
    if day is None:
        day = Route(name)
        plan.routes.append(day)
    later = [k for k, other in enumerate(day.stops) if other.start >= stop.start]
    day.stops.insert(later[0] if later else len(day.stops), copy.copy(stop))


def other_person(source, problem, plan):
    if plan.routes:
        route = source.choice(plan.routes)
        names = [person.id for person in problem.staff]
        other = source.choice(plan.routes)
        if source.random() < 0.5:
            route.staff, other.staff = other.staff, route.staff
        else:
            route.staff = source.choice([*names, "nobody"])


def second_route(source, problem, plan):
    if plan.routes:
        plan.routes.append(copy.deepcopy(source.choice(plan.routes)))


def listed(source, problem, plan):
    plan.unserved.append(Unserved(source.choice([*(visit.id for visit in problem.visits), "nowhere"])))


def added_break(source, problem, plan):
    route, i = _stop(source, plan)
    if route:
        start = route.stops[i].leave
        index = source.randint(0, len(problem.staff_by_id[route.staff].breaks))
        route.stops.insert(i + 1, BreakStop(index, start, start + source.randint(0, 5)))


def harder_staff(source, problem, plan):
    """One number of one person's day changes by a tick or two."""
    by = source.choice([1, 1, 2])
    person = source.choice(problem.staff)
    change = source.choice(
        ["opens", "closes", "overtime", "max_visits", "max_drive", "max_duration", "skills", "break", "profile"]
    )
    opens, closes = person.shift
    if change == "opens":
        harder = {"shift": (min(opens + by, closes), closes)}
    elif change == "closes":
        harder = {"shift": (opens, max(opens, closes - by))}
    elif change == "skills":
        harder = {"skills": frozenset(sorted(person.skills)[1:])}
    elif change == "profile":
        harder = {"profile": source.choice([None, *problem.profiles])}
    elif change == "break":
        harder = {"breaks": tuple(replace(pause, duration=pause.duration + by) for pause in person.breaks)}
    else:
        bound = getattr(person, change)
        harder = {change: bound and max(0, bound - by)}
    return replace(problem, staff=tuple(replace(p, **harder) if p is person else p for p in problem.staff))


def harder_visit(source, problem, plan):
    """One wish of one visit changes by a tick or a person."""
    visit, person = source.choice(problem.visits), source.choice(problem.staff)
    opens, closes = visit.windows[0]
    pin = visit.pinned and replace(visit.pinned, start=visit.pinned.start and visit.pinned.start + 1)
    harder = source.choice(
        [
            {"service": visit.service + 1},
            {"demand": visit.demand + 1},
            {"windows": ((min(opens + 1, closes), closes), *visit.windows[1:])},
            {"windows": ((opens, max(opens, closes - 1)), *visit.windows[1:])},
            {"late_max": visit.late_max and visit.late_max - 1},
            {"late_cost": None},
            {"skills": visit.skills | {source.choice("abcd")}},
            {"staff_required": visit.staff_required + 1},
            {"not_staff": visit.not_staff | {person.id}},
            {"only_staff": (visit.only_staff or frozenset(p.id for p in problem.staff)) - {person.id}},
            {"pinned": pin},
            {"required": True},
        ]
    )
    return replace(problem, visits=tuple(replace(v, **harder) if v is visit else v for v in problem.visits))


def harder_rest(source, problem, plan):
    """A longer leg of somebody, a smaller capacity, another gap."""
    choice = source.choice(["leg", "capacity", "link"])
    if choice == "capacity" and problem.capacity:
        name = source.choice(sorted(problem.capacity))
        return replace(problem, capacity=problem.capacity | {name: max(0, problem.capacity[name] - 1)})
    if choice == "link" and problem.links:
        link = source.choice(problem.links)
        harder = replace(
            link,
            min_gap=None if link.min_gap is None else link.min_gap + 1,
            max_gap=None if link.max_gap is None else link.max_gap - 1,
        )
        return replace(problem, links=tuple(harder if other is link else other for other in problem.links))
    way = source.choice([None, *problem.profiles])
    longer = (problem.duration if way is None else problem.profiles[way].duration).copy()
    longer[source.randrange(len(longer)), source.randrange(len(longer))] += source.choice([1, 1, 2])
    if way is None:
        return replace(problem, duration=longer)
    return replace(problem, profiles=problem.profiles | {way: replace(problem.profiles[way], duration=longer)})


CHANGES = (
    moved_stop, moved_stop, moved_tail, moved_day, moved_time, moved_time, removed, swapped, renamed, handed_over,
    other_person, second_route, listed, added_break, harder_staff, harder_staff, harder_visit, harder_visit,
    harder_rest,
)  # fmt: skip
