"""The problem in which what has begun is a fact: no rule is broken by what nobody can change any more."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from routing.planning.problem import ALWAYS, Break, Link, Problem, Staff, Travel, Visit
from routing.planning.solution import BreakStop

from .rounds import StandingRound


def as_it_happened(
    problem: Problem, rounds: Mapping[str, StandingRound], away: Mapping[str, int], returns: Mapping[str, int]
) -> Problem:
    """`away`: people who went home, by staff id. `returns`: when each stored round ends, in seconds."""
    begun = {fact.visit: fact for each in rounds.values() for fact in each.facts}
    served = {name: each for name, each in rounds.items() if each.route.stops}
    holders: dict[str, set[str]] = {}
    for name, each in served.items():
        for visit in each.route.visits:
            holders.setdefault(visit, set()).add(name)
    starts = {stop.visit: stop.start for each in served.values() for stop in each.route.stops if hasattr(stop, "visit")}
    starts |= {name: fact.start for name, fact in begun.items()}
    happened = replace(
        problem,
        staff=tuple(
            _person(person, served.get(person.id), returns.get(person.id), person.id in away)
            for person in problem.staff
        ),
        visits=tuple(_visit(visit, begun.get(visit.id), holders.get(visit.id, set())) for visit in problem.visits),
        links=tuple(filter(None, (_link(link, begun, starts) for link in problem.links))),
    )
    return _with_short_drives(happened, served)


def _person(person: Staff, standing: StandingRound | None, returns: int | None, is_away: bool) -> Staff:
    if standing is None:
        return person
    taken = {stop.index: stop for stop in standing.stops if isinstance(stop, BreakStop)}
    breaks = tuple(_break(pause, taken.get(index), standing.breaks.get(index)) for index, pause in _numbered(person))
    overtime = person.overtime
    if returns is not None and not is_away:
        overtime = max(overtime, returns - person.shift[1])
    opens, closes = min(standing.opens, person.shift[0]), person.shift[1]
    return replace(person, breaks=breaks, overtime=overtime, shift=(opens, closes))


def _numbered(person):
    return list(enumerate(person.breaks))


def _break(pause: Break, stop: BreakStop | None, behind: tuple[int, int] | None) -> Break:
    if stop is None:
        return replace(pause, required=False)
    if behind is not None:
        return replace(pause, duration=behind[1], windows=((behind[0], behind[0]),))
    if any(opens <= stop.start <= closes for opens, closes in pause.windows):
        return pause
    return replace(pause, windows=(*pause.windows, (stop.start, stop.start)))


def _visit(visit: Visit, fact, holders) -> Visit:
    if visit.pinned is not None and visit.pinned.staff is not None and holders and visit.pinned.staff not in holders:
        visit = replace(visit, pinned=replace(visit.pinned, staff=None))
    if fact is None:
        return visit
    return replace(
        visit,
        service=fact.leave - fact.start,
        windows=(ALWAYS,),
        late_cost=None,
        late_max=None,
        pinned=None,
        skills=frozenset(),
        only_staff=None,
        not_staff=frozenset(),
    )


def _link(link: Link, begun, starts) -> Link | None:
    """None where both ends have begun. With an open end it binds, but for a gap that what has begun made another."""
    if link.first in begun and link.second in begun:
        return None
    if link.first not in begun and link.second not in begun:
        return link
    if link.first not in starts or link.second not in starts:
        return replace(link, together=False)
    gap = starts[link.second] - starts[link.first]
    return replace(
        link,
        together=False,
        min_gap=None if link.min_gap is None else min(link.min_gap, gap),
        max_gap=None if link.max_gap is None else max(link.max_gap, gap),
    )


def _with_short_drives(problem: Problem, rounds) -> Problem:
    """Drives that took less than planned: the visit stands at a place of its own, as near as it was."""
    places = {visit.id: visit.location for visit in problem.visits}
    for each in rounds.values():
        before = None
        for fact in each.facts:
            if fact.visit in each.legs:
                problem = _nearer(problem, places[before.visit], places[fact.visit], each.legs[fact.visit])
                places[fact.visit] = len(problem.duration) - 1
            before = fact
    visits = tuple(replace(visit, location=places[visit.id]) for visit in problem.visits)
    return replace(problem, visits=visits)


def _nearer(problem, start, end, seconds):
    """A place more, like `end` but so many seconds from `start`."""

    def grown(matrix, leg=None):
        if matrix is None:
            return None
        index = [*range(len(matrix)), end]
        larger = np.array(matrix)[np.ix_(index, index)]
        if leg is not None:
            larger[start, -1] = leg
        return larger

    profiles = {
        name: Travel(grown(travel.duration, seconds), grown(travel.distance))
        for name, travel in problem.profiles.items()
    }
    return replace(
        problem, duration=grown(problem.duration, seconds), distance=grown(problem.distance), profiles=profiles
    )
