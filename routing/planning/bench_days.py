"""Tiny days with a feasible plan that keeps many rules by a hair: what `bench judge` breaks.

A day is made loosely, filled by random insertion, and then tightened step by step around its plan: each step (a
shorter shift, a pin, a link, a skill ...) stays only where the plan still passes the judge.
"""

from dataclasses import replace

import numpy as np

from .check import check
from .problem import Break, Link, Pin, Problem, Staff, Travel, Visit
from .solution import Route, Solution, VisitStop

LAST = 120  # ticks of the longest day
SKILLS = ("a", "b", "c")


def tight_day(source) -> tuple[Problem, Solution]:
    """(problem, feasible plan with all times stated) drawn from a random.Random."""
    problem = _loose(source)
    orders = _filled(source, problem)
    plan = _timed(problem, orders)
    served = {name for route in plan.routes for name in route.visits}
    visits = [replace(v, required=v.id in served and source.random() < 0.5) for v in problem.visits]
    problem = replace(problem, visits=tuple(visits))
    for _ in range(20):
        tighter = source.choice(TIGHTENINGS)(source, problem, plan)
        if tighter is not None and check(tighter, plan).feasible:
            problem = tighter
    return problem, plan


def _loose(source):
    places, people = source.randint(2, 5), source.randint(1, 4)
    default, profiles = _travel(source, places, 9), {}
    staff = [_person(source, f"n{i}", places) for i in range(people)]
    if source.random() < 0.5:
        profiles["foot"] = _travel(source, places, 14)
        staff = [replace(person, profile=source.choice([None, "foot"])) for person in staff]
    return Problem(
        staff=tuple(staff),
        visits=tuple(_visit(source, f"v{i}", places) for i in range(source.randint(2, 3 * people + 1))),
        duration=default.duration,
        distance=default.distance,
        objective=source.choice(["duration", "distance"]),
        profiles=profiles,
    )


def _travel(source, places, slowest):
    legs = [[0 if a == b else source.randint(1, slowest) for a in range(places)] for b in range(places)]
    far = [[0 if a == b else source.randint(1, 99) for a in range(places)] for b in range(places)]
    return Travel(np.array(legs), np.array(far))


def _person(source, name, places):
    breaks = []
    for _ in range(source.choice([0, 1, 1, 2])):
        opens = source.randint(0, 60)
        windows = [(opens, opens + source.randint(5, 40))]
        if source.random() < 0.3:
            windows.append((windows[0][1] + 5, windows[0][1] + 15))
        kind = source.choice(["anywhere", "stop"])
        breaks.append(Break(source.randint(1, 8), tuple(windows), source.random() < 0.7, source.randint(0, 5), kind))
    end = [None, *range(places)]
    starts = source.randint(0, 10)
    skills = frozenset(skill for skill in SKILLS if source.random() < 0.6)
    return Staff(name, source.choice(end), source.choice(end), (starts, LAST), skills, breaks=tuple(breaks))


def _visit(source, name, places):
    opens = source.randint(0, 60)
    windows = [(opens, opens + source.randint(10, 60))]
    if source.random() < 0.2:
        windows.append((windows[0][1] + 6, windows[0][1] + 30))
    return Visit(
        name,
        source.randrange(places),
        source.randint(0, 6),
        tuple(windows),
        staff_required=source.choice([1, 1, 1, 1, 2]),
        prize=source.randint(0, 50),
        required=False,
        demand=source.randint(0, 3),
    )


def _filled(source, problem):
    orders = {person.id: [] for person in problem.staff}
    for visit in problem.visits:
        for _ in range(6):
            if visit.staff_required > len(orders):
                break
            tried = {name: list(order) for name, order in orders.items()}
            for name in source.sample(sorted(tried), visit.staff_required):
                tried[name].insert(source.randint(0, len(tried[name])), visit.id)
            if check(problem, _bare(tried)).feasible:
                orders = tried
                break
    return orders


def _bare(orders):
    return Solution([Route(name, [VisitStop(visit) for visit in order]) for name, order in orders.items() if order])


def _timed(problem, orders):
    return Solution(check(problem, _bare(orders)).routes)


def _staff_with(problem, person, **change):
    return replace(problem, staff=tuple(replace(p, **change) if p.id == person.id else p for p in problem.staff))


def _visit_with(problem, visit, **change):
    return replace(problem, visits=tuple(replace(v, **change) if v.id == visit.id else v for v in problem.visits))


def _some_stop(source, problem, plan):
    """(visit, its stop, person) of a served visit."""
    found = [
        (problem.visit_by_id[stop.visit], stop, problem.staff_by_id[route.staff])
        for route in plan.routes
        for stop in route.stops
        if isinstance(stop, VisitStop)
    ]
    return source.choice(found) if found else None


def tighter_person(source, problem, plan):
    """A bound of somebody's day at, or a tick or two above, what the plan needs."""
    routes = [route for route in plan.routes if route.visits]
    if not routes:
        return None
    route = source.choice(routes)
    person, facts = problem.staff_by_id[route.staff], check(problem, plan).facts[route.staff]
    opens, closes = person.shift
    spare = source.choice([0, 0, 1, 2])
    end = facts.returns + spare
    load = sum(problem.visit_by_id[name].demand for name in route.visits)
    change = source.choice(
        [
            {"max_visits": len(route.visits) + (spare > 1)},
            {"max_drive": facts.drive + spare},
            {"max_duration": facts.returns - facts.departs + spare},
            {"shift": (max(opens, facts.departs - spare), closes)},
            {"shift": (opens, max(end, opens))},
            {"shift": (opens, max(opens, end - 4)), "overtime": 4, "overtime_cost": 2},
            None,
        ]
    )
    if change is None:
        return replace(problem, capacity=problem.capacity | {person.id: load + (spare > 1)})
    return _staff_with(problem, person, **change)


def tighter_window(source, problem, plan):
    """A window close around the start, at the start or the end of service, or one that is missed by a bounded time."""
    some = _some_stop(source, problem, plan)
    if some is None:
        return None
    visit, stop, _ = some
    before, after = source.choice([0, 1, 5]), source.choice([0, 1, 5])
    if source.random() < 0.3:
        late = source.randint(1, 8)
        opens = stop.start - late - source.randint(0, 5)
        windows = ((opens, stop.start - late),)
        return _visit_with(problem, visit, windows=windows, late_cost=2, late_max=late + source.choice([0, 1]))
    if source.random() < 0.4:
        windows = ((stop.start - before, stop.start + visit.service + after),)
        return _visit_with(problem, visit, windows=windows, window_at="end")
    windows = ((stop.start - before, stop.start + after), (stop.start + after + 9, stop.start + after + 15))
    return _visit_with(problem, visit, windows=windows[: source.randint(1, 2)])


def tighter_people(source, problem, plan):
    """Skills, allowed, excluded and pinned people that the plan respects."""
    some = _some_stop(source, problem, plan)
    if some is None:
        return None
    visit, stop, person = some
    others = [other.id for other in problem.staff if other.id != person.id]
    doing = {route.staff for route in plan.routes if visit.id in route.visits}
    change = source.choice(
        [
            {"skills": frozenset(source.sample(sorted(person.skills), min(1, len(person.skills))))},
            {"only_staff": frozenset(doing)},
            {"only_staff": frozenset(doing | set(source.sample(others, min(1, len(others)))))},
            {"not_staff": frozenset(set(others) - doing)},
            {"pinned": Pin(person.id, None)},
            {"pinned": Pin(None, stop.start)},
            {"preferred_staff": frozenset({person.id}), "preference_cost": 3},
        ]
    )
    return _visit_with(problem, visit, **change)


def tighter_links(source, problem, plan):
    """A link between two visits that the plan keeps."""
    if len(problem.visits) < 2:
        return None
    first, second = source.sample([visit.id for visit in problem.visits], 2)
    starts = {stop.visit: stop.start for route in plan.routes for stop in route.stops if isinstance(stop, VisitStop)}
    if first not in starts or second not in starts:
        link = Link(first, second, together=True)
    else:
        gap = starts[second] - starts[first]
        link = source.choice(
            [
                Link(first, second, min_gap=gap - source.choice([0, 1])),
                Link(first, second, max_gap=gap + source.choice([0, 1])),
                Link(first, second, same_staff=True),
                Link(first, second, different_staff=True),
                Link(first, second, together=True),
            ]
        )
    return replace(problem, links=(*problem.links, link))


TIGHTENINGS = (tighter_person, tighter_person, tighter_window, tighter_window, tighter_people, tighter_links)
