"""Made-up days of home care with links between visits, for measurements and tests. Deterministic by seed; nobody real
is in them.

`home_care`: the kind of day that the literature on home health care routing compares on (after the description in
Mankowska, Meisel and Bierwirth, 2014): soft windows without limit, visits that two people do at once or one after the
other, cost = a third each of travel, total lateness and largest lateness. `district_day`: a day of an NHS team with
everything that the contract can state, for the correctness of searches more than for comparison.
"""

import random
from dataclasses import replace

import numpy as np

from .instances import HOUR, SKILLS, home_visits
from .problem import Break, Link, Pin, Problem, Staff, Visit, Weights

SIDE = 100  # of the square, in minutes of travel
DAY = 600  # minutes
KINDS = 6  # of service; each person is qualified for at most three, half of them for 1-3, half for 4-6
TWOFOLD = 0.3  # share of patients who need two services
SIMULTANEOUS = 0.5  # share of those whose services start together


def home_care(patients: int = 25, staff: int = 5, seed: int = 1) -> Problem:
    """A day of minutes: every visit is required, windows of two hours may be missed at a cost."""
    source = random.Random(f"home-care {patients} {staff} {seed}")
    places = [(SIDE / 2, SIDE / 2)] + [(source.uniform(0, SIDE), source.uniform(0, SIDE)) for _ in range(patients)]
    points = np.array(places)
    legs = np.rint(np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))).astype(np.int64)
    people = tuple(
        Staff(f"n{i + 1:02d}", start=0, end=0, shift=(0, 1 << 30), skills=_qualified(source, i)) for i in range(staff)
    )
    held = sorted(set().union(*(person.skills for person in people)))
    visits, links = [], []
    for i in range(patients):
        opens = source.randint(0, DAY - 120)
        first = _service(source, f"p{i + 1:03d}", i + 1, opens, held)
        visits.append(first)
        if source.random() < TWOFOLD:
            second = _second(source, first, people)
            if second:
                visits.append(second)
                links.append(_order(source, first, second))
    third = 1 / 3
    visits = tuple(replace(visit, late_cost=third) for visit in visits)
    return Problem(people, visits, legs, legs, tuple(links), weights=Weights(travel=third, max_late=third))


def _qualified(source, index):
    half = range(1, 4) if index % 2 == 0 else range(4, 7)
    return frozenset(str(kind) for kind in source.sample(half, source.randint(1, 3)))


def _service(source, name, place, opens, held):
    return Visit(
        name,
        place,
        service=source.randint(10, 20),
        windows=((opens, opens + 120),),
        skills=frozenset({source.choice(held)}),
        late_cost=1,
    )


def _second(source, first, people):
    """Another service for the same patient that somebody else can do; None where nobody else can."""
    able = {person.id for person in people if first.skills <= person.skills}
    kinds = sorted(
        kind
        for kind in set().union(*(person.skills for person in people)) - first.skills
        if {person.id for person in people if kind in person.skills} - able or len(able) > 1
    )
    if not kinds:
        return None
    kind = source.choice(kinds)
    others = {person.id for person in people if kind in person.skills}
    if len(others | able) < 2:
        return None
    return replace(first, id=f"{first.id}b", skills=frozenset({kind}), service=source.randint(10, 20))


def _order(source, first, second):
    if source.random() < SIMULTANEOUS:
        return Link(first.id, second.id, 0, 0, different_staff=True)
    least = source.randint(0, 30)
    return Link(first.id, second.id, least, least + source.randint(0, 60), different_staff=True)


def district_day(visits: int = 40, staff: int = 6, seed: int = 1, *, tiers: bool = False) -> Problem:
    """A day of `home_visits` with double-handed visits, pairs, several windows, lateness, breaks, overtime, wishes."""
    plain = home_visits(visits, staff, seed, tiers=tiers)
    source = random.Random(f"district-day {visits} {staff} {seed}")
    people = tuple(_busier(source, person) for person in plain.staff)
    work = [_richer(source, visit, people) for visit in plain.visits]
    links = []
    for first, second in zip(work[::5], work[1::5], strict=False):
        links.append(_pair(source, first, second))
    return replace(
        plain,
        staff=people,
        visits=tuple(work),
        links=tuple(links),
        weights=Weights(travel=1, waiting=source.choice((0, 0.25)), max_late=source.choice((0, 1))),
    )


def _busier(source, person):
    """With overtime at a cost, a second break that may be missed, and now and then bounds on the day."""
    breaks = [replace(pause, place=source.choice(("anywhere", "stop"))) for pause in person.breaks]
    if breaks and source.random() < 0.5:
        opens = person.shift[0] + 90 * 60
        breaks.append(Break(600, ((opens, opens + HOUR),), required=False, missed_cost=300))
    return replace(
        person,
        breaks=tuple(breaks),
        overtime=source.choice((0, 0, 1800)),
        overtime_cost=2,
        max_duration=source.choice((None, None, person.shift[1] - person.shift[0] - 900)),
        max_drive=source.choice((None, None, 3 * HOUR)),
        end=source.choice((person.end, person.end, person.end, None)),
    )


def _richer(source, visit, people):
    """One in eight for two people, one in four soft, one in ten with a second window, some with wishes or pins."""
    changes, names = {}, [person.id for person in people]
    opens, closes = visit.windows[0]
    skilled = [person.id for person in people if visit.skills <= person.skills]
    if source.random() < 0.125 and len(skilled) > 2:
        changes["staff_required"] = 2
    if closes - opens < 4 * HOUR:
        if source.random() < 0.6:
            changes |= {"late_cost": source.choice((0.5, 1, 2)), "late_max": source.choice((None, HOUR))}
        if source.random() < 0.25 and closes + 2 * HOUR < 17 * HOUR:
            changes["windows"] = ((opens, closes), (closes + HOUR, closes + 2 * HOUR))
    if source.random() < 0.2 and skilled:
        changes |= {"preferred_staff": frozenset({source.choice(skilled)}), "preference_cost": 600}
    if source.random() < 0.1 and len(skilled) > 2:
        changes["not_staff"] = frozenset({source.choice(names)})
    if source.random() < 0.04 and skilled and "staff_required" not in changes:
        changes["pinned"] = Pin(staff=source.choice(skilled))
    if source.random() < 0.03:
        changes |= {"pinned": Pin(start=(opens + 1800) // 900 * 900), "late_cost": None, "late_max": None}
    return replace(visit, demand=1 + ("wound" in visit.skills), **changes)


def _pair(source, first, second):
    """Tied visits: a gap in minutes, the same or different people, both or neither."""
    kind = source.choice(("gap", "gap", "same", "different", "together"))
    if kind == "gap":
        return Link(first.id, second.id, min_gap=source.choice((0, HOUR)), max_gap=source.choice((None, 5 * HOUR)))
    return Link(
        first.id,
        second.id,
        same_staff=kind == "same" and first.skills | second.skills <= set(SKILLS[:2]),
        different_staff=kind == "different",
        together=kind == "together",
    )
