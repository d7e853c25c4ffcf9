"""Made-up working days of a community team, for measurements and tests. Deterministic by seed; nobody real is in them.

Towns and countryside around some bases; two staff in twenty work short days without lunch; a visit in four is in the
most deprived fifth. Mean demand is set against capacity by `tightness`, so that about 1 leaves some visits unservable.
"""

import random
from dataclasses import replace

import numpy as np

from .places import between
from .problem import Break, Problem, Staff, Travel, Visit

HOUR = 3600
SKILLS = ("nurse", "wound", "phlebotomy", "physio", "mental-health")
# Seconds of driving that leaving a visit out is worth, by how urgent it is: routine, soon, high, urgent.
PRIZES = {4: 4 * HOUR, 3: 8 * HOUR, 2: 24 * HOUR, 1: 72 * HOUR}
LUNCH = Break(duration=1800, windows=((41_400, 48_600),))


def home_visits(
    visits: int = 100,
    staff: int = 10,
    seed: int = 1,
    *,
    tightness: float = 0.93,
    tiers: bool = False,
    walkers: int = 0,
) -> Problem:
    """A day of `visits` for `staff`: skills, windows for two visits in five, lunch, visit caps, prizes; with `tiers`,
    tiers 1 to 4. The last `walkers` of the staff go on foot (profile "foot"), the others by car.
    """
    source = random.Random(f"home-visits {visits} {staff} {seed}")
    side = 9 * (visits / 100) ** 0.5 + 9  # kilometres
    bases = [(source.uniform(0.2, 0.8) * side, source.uniform(0.2, 0.8) * side) for _ in range(max(1, staff // 8))]
    people = _all_skilled(source, [_person(source, i, i % len(bases)) for i in range(staff)])
    places = bases + _places(source, visits, side)
    work = _fitted([_visit(source, i, len(bases) + i, tiers) for i in range(visits)], people, tightness)
    points = np.array(places)
    metres, profiles = between(points, _metres), {}
    if walkers:
        people = (*people[:-walkers], *(replace(person, profile="foot") for person in people[-walkers:]))
        profiles = {"foot": Travel(between(points, _on_foot), metres)}
    return Problem(people, tuple(work), duration=between(points, _seconds), distance=metres, profiles=profiles)


def _person(source, index, base):
    starts = source.choice((16, 17, 18)) * HOUR // 2
    short = source.random() < 0.15
    skills = {"nurse"} | {
        skill for skill, share in zip(SKILLS[1:], (0.55, 0.5, 0.3, 0.3), strict=True) if source.random() < share
    }
    return Staff(
        id=f"n{index + 1:02d}",
        start=base,
        end=base,
        shift=(starts, starts + (5 if short else 8) * HOUR),
        skills=frozenset(skills),
        max_visits=8 if short else 14,
        breaks=() if short else (LUNCH,),
    )


def _all_skilled(source, people):
    """Every skill is held by somebody, as in a team that takes such visits at all."""
    for skill in SKILLS:
        if not any(skill in person.skills for person in people):
            lucky = source.randrange(len(people))
            people[lucky] = replace(people[lucky], skills=people[lucky].skills | {skill})
    return tuple(people)


def _places(source, count, side):
    towns = [
        (source.uniform(0, side), source.uniform(0, side), source.uniform(0.6, 2.2)) for _ in range(max(4, count // 22))
    ]
    places = []
    for _ in range(count):
        if source.random() < 0.7:
            x, y, spread = source.choice(towns)
            place = (source.gauss(x, spread), source.gauss(y, spread))
            places.append(tuple(min(side, max(0, part)) for part in place))
        else:
            places.append((source.uniform(0, side), source.uniform(0, side)))
    return places


def _visit(source, index, location, tiers):
    window = (8 * HOUR, 17 * HOUR)
    if source.random() < 0.4:
        opens = source.randint(8, 15) * HOUR
        window = (opens, opens + source.choice((1, 2, 2, 3)) * HOUR)
    urgent, deprived = source.random() < 0.2, source.random() < 0.25
    tier = 1 if urgent and deprived else 2 if urgent or deprived else 3 if source.random() < 0.35 else 4
    skills = {source.choices(SKILLS, (50, 20, 15, 8, 7))[0]}
    if source.random() < 0.08:
        skills.add(source.choice(SKILLS))
    return Visit(
        id=f"v{index + 1:03d}",
        location=location,
        service=60 * source.choice((15, 20, 20, 30, 30, 30, 45, 60)),
        windows=(window,),
        skills=frozenset(skills),
        prize=PRIZES[tier],
        tier=tier if tiers else None,
        required=False,
    )


def _fitted(work, people, tightness):
    """Service times scaled so that demand is `tightness` of the working time (nine minutes of driving a visit
    assumed).
    """
    capacity = sum(p.shift[1] - p.shift[0] - sum(b.duration for b in p.breaks) for p in people)
    factor = max(0.1, (tightness * capacity - 540 * len(work)) / max(1, sum(visit.service for visit in work)))
    return [replace(visit, service=max(900, min(3600, round(visit.service * factor / 300) * 300))) for visit in work]


def _seconds(points, others):
    """Seconds by road: slow in town, faster on long legs, a minute to park."""
    road = _road(points, others)
    return np.rint(road / (18 + 22 * np.minimum(1, road / 8)) * 3600 + np.where(road > 0, 60, 0)).astype(np.int64)


def _on_foot(points, others):
    """Seconds at 5 km/h by the same ways."""
    return np.rint(_road(points, others) / 5 * 3600).astype(np.int64)


def _metres(points, others):
    return np.rint(_road(points, others) * 1000).astype(np.int64)


def _road(points, others):
    """Kilometres by road between points in kilometres."""
    return np.hypot(points[:, None, 0] - others[None, :, 0], points[:, None, 1] - others[None, :, 1]) * 1.32
