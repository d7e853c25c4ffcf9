"""Demand against capacity by skill and half-day: an interval argument that never claims too much.

What must lie inside an interval whatever the plan (the least overlap over all allowed starts) against what the people
with the skills have there (shift with overtime, less the least overlap of breaks that must be taken). Each visit
also needs a drive to it, at least the shortest from anywhere; the first drive of each person may lie outside.
"""

from dataclasses import dataclass

import numpy as np

from .problem import Problem
from .remedy_words import clock, length, listed
from .slack import start_bounds

NOON = 12 * 3600
TWO_DAYS = 48 * 3600
# In larger problems drives are left out of the bound: the shortest way to each place would take a minute to find.
MOST_PLACES = 3_000
MOST_SKILL_SETS = 40


@dataclass(frozen=True, slots=True)
class Interval:
    """Part of the day, with its name in a sentence."""

    name: str
    opens: int
    closes: int


def short_capacity(problem: Problem, spans, hopeless):
    """Findings (prechecks.Finding) with code "capacity", for each set of skills at most one: the worst part of
    the day.
    """
    from .prechecks import Finding

    found = []
    visits = [visit for visit in problem.visits if visit.id not in hopeless]
    if not visits or not problem.staff:
        return found
    ways = _shortest_ways(problem, visits)
    intervals = _intervals(problem)
    overlaps = {each: _overlaps(problem, visits, each) for each in intervals}
    for skills in _skill_sets(visits):
        people = [person for person in problem.staff if skills <= person.skills]
        asked = np.array([skills <= visit.skills for visit in visits], dtype=bool)
        worst = None
        for interval in intervals:
            short = _shortage(problem, visits, asked, people, interval, overlaps[interval], ways)
            if short and (worst is None or short[0] > worst[0][0]):
                worst = short, interval
        if worst:
            found.append(_finding(Finding, visits, skills, people, *worst))
    return _without_repeats(found)


def _finding(finding, visits, skills, people, short, interval):
    lost, demand, capacity, concerned = short
    who = f" with {listed(sorted(skills))}" if skills else ""
    needing = f" that need {listed(sorted(skills))}" if skills else ""
    names = tuple(visits[index].id for index in concerned)
    detail = (
        f"{interval.name}: {len(names)} visits{needing} take at least "
        f"{length(demand)}, travel included; {_count(people)}{who} {'has' if len(people) == 1 else 'have'} "
        f"{length(max(0, capacity))}. At least {lost} cannot be planned."
    )
    time = f"{length(demand - capacity)} more of people's time{who} {interval.name.lower()}"
    return finding("capacity", detail, names, (time, "Other time windows", "Another day for some"), lost)


def _count(people):
    return "one person" if len(people) == 1 else f"{len(people)} people"


def _without_repeats(found):
    """One finding where the same visits are short for several sets of skills."""
    seen, kept = set(), []
    for finding in sorted(found, key=lambda each: -each.least_unserved):
        if finding.visits not in seen:
            seen.add(finding.visits)
            kept.append(finding)
    return kept


def _skill_sets(visits):
    """Nothing at all, each skill, and the sets that visits ask for together."""
    sets = {frozenset()} | {frozenset({skill}) for visit in visits for skill in visit.skills}
    sets |= {visit.skills for visit in visits}
    return sorted(sets, key=lambda skills: (len(skills), sorted(skills)))[:MOST_SKILL_SETS]


def _intervals(problem):
    dawn = min(person.shift[0] for person in problem.staff)
    dusk = max(person.shift[1] + person.overtime for person in problem.staff)
    if 0 <= dawn < NOON < dusk <= TWO_DAYS:
        middle = NOON
        names = "In the morning", "In the afternoon"
    else:
        middle = (dawn + dusk) // 2
        names = f"Before {clock(middle)}", f"From {clock(middle)}"
    return [Interval(names[0], dawn, middle), Interval(names[1], middle, dusk), Interval("On the day", dawn, dusk)]


def _overlap(start, duration, interval):
    return max(0, min(start + duration, interval.closes) - max(start, interval.opens))


def _overlaps(problem, visits, interval):
    """Seconds of each visit that lie in the interval whatever the plan. The overlap of a moving visit rises, stays and
    falls, so it is least at an end of its window.
    """
    dawn = min(person.shift[0] for person in problem.staff)
    dusk = max(person.shift[1] + person.overtime for person in problem.staff)
    least = np.zeros(len(visits), dtype=np.int64)
    for index, visit in enumerate(visits):
        ends = [
            _overlap(start, visit.service, interval)
            for opens, closes in start_bounds(visit)
            for start in (max(opens, dawn), min(closes, dusk - visit.service))
            if max(opens, dawn) <= min(closes, dusk - visit.service)
        ]
        least[index] = min(ends, default=0)
    return least


def _shortest_ways(problem, visits):
    """Seconds of the shortest drive to each visit from any other place of the day, however anybody travels."""
    places = sorted(
        {visit.location for visit in problem.visits}
        | {person.start for person in problem.staff if person.start is not None}
    )
    if len(places) > MOST_PLACES:
        return np.zeros(len(visits), dtype=np.int64)
    at = [visit.location for visit in visits]
    legs = np.min([matrix[np.ix_(places, at)] for matrix in problem.durations], axis=0).astype(np.int64)
    counts = {}
    for visit in problem.visits:
        counts[visit.location] = counts.get(visit.location, 0) + visit.staff_required
    starts = {person.start for person in problem.staff}
    for column, place in enumerate(at):
        if counts[place] == 1 and place not in starts:  # nobody comes from the same place
            legs[places.index(place), column] = 1 << 40
    ways = legs.min(axis=0) if places else np.zeros(len(visits), dtype=np.int64)
    return np.where(ways >= 1 << 40, 0, ways)


def _capacity(person, interval):
    """Seconds that a person who goes out has for visits and drives in the interval."""
    opens, closes = person.shift[0], person.shift[1] + person.overtime
    free = max(0, min(closes, interval.closes) - max(opens, interval.opens))
    for pause in person.breaks:
        if pause.required:
            ends = [
                _overlap(start, pause.duration, interval)
                for first, last in pause.windows
                for start in (max(first, opens), min(last, closes - pause.duration))
                if max(first, opens) <= min(last, closes - pause.duration)
            ]
            free -= min(ends, default=0)
    free = max(0, free)
    return free if person.max_duration is None else min(free, person.max_duration)


def _shortage(problem, visits, asked, people, interval, overlaps, ways):
    """(visits that cannot be planned at least, seconds asked, seconds there, indexes of the visits), or None."""
    chosen = np.flatnonzero(asked & (overlaps > 0))
    if not len(chosen) or not people:
        return None
    times = np.array([visits[index].staff_required for index in chosen], dtype=np.int64)
    service = np.array([visits[index].service for index in chosen], dtype=np.int64)
    inside = overlaps[chosen] == service
    drive = np.where(inside, ways[chosen], 0)
    outside = [
        person for person in people if person.start is None or person.shift[0] < interval.opens
    ]  # their first drive may lie before the interval, or there is none
    demand = overlaps[chosen] * times + drive * times
    first = np.sort(np.repeat(drive, times))[::-1][: len(outside)].sum()
    capacity = sum(_capacity(person, interval) for person in people)
    excess = int(demand.sum() - first) - capacity
    if excess <= 0:
        return None
    lost, left = 0, excess
    for amount in np.sort(demand)[::-1]:
        lost, left = lost + 1, left - int(amount)
        if left <= 0:
            break
    return lost, int(demand.sum() - first), capacity, chosen.tolist()
