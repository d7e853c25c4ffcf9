"""Tiny problems whose every second can be walked through, drawn by hypothesis: a clock of about forty ticks, up to
five visits.
"""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from routing.planning.problem import Break, Link, Pin, Problem, Staff, Travel, Visit, Weights
from routing.planning.solution import BreakStop, Route, Solution, VisitStop

LAST_TICK = 40
SKILLS = ["a", "b"]


def windows(most=LAST_TICK):
    """One or two windows that do not overlap."""
    return st.lists(st.integers(0, most), min_size=2, max_size=4, unique=True).map(_paired)


def _paired(ticks):
    ticks = sorted(ticks)
    return tuple((ticks[i], ticks[i + 1]) for i in range(0, len(ticks) - 1, 2))


breaks = st.builds(
    Break,
    duration=st.integers(1, 5),
    windows=windows(30),
    required=st.booleans(),
    missed_cost=st.integers(0, 9),
    place=st.sampled_from(["anywhere", "stop"]),
)


@st.composite
def staff(draw, name, places):
    starts = draw(st.integers(0, 8))
    return Staff(
        id=name,
        start=draw(st.none() | st.integers(0, places - 1)),
        end=draw(st.none() | st.integers(0, places - 1)),
        shift=(starts, draw(st.integers(starts + 10, LAST_TICK))),
        skills=frozenset(draw(st.sets(st.sampled_from(SKILLS)))),
        max_visits=draw(st.none() | st.integers(0, 4)),
        breaks=tuple(draw(st.lists(breaks, max_size=2))),
        overtime=draw(st.sampled_from([0, 0, 6])),
        overtime_cost=draw(st.integers(0, 3)),
        max_duration=draw(st.none() | st.integers(5, 40)),
        max_drive=draw(st.none() | st.integers(0, 30)),
    )


@st.composite
def visits(draw, name, places, people):
    late = draw(st.none() | st.integers(0, 4))
    pinned = draw(
        st.none()
        | st.builds(Pin, staff=st.none() | st.sampled_from(people), start=st.none() | st.integers(0, LAST_TICK))
    )
    return Visit(
        id=name,
        location=draw(st.integers(0, places - 1)),
        service=draw(st.integers(0, 6)),
        windows=draw(windows()),
        skills=frozenset(draw(st.sets(st.sampled_from(SKILLS), max_size=1))),
        staff_required=draw(st.sampled_from([1, 1, 1, 2])),
        prize=draw(st.integers(0, 50)),
        tier=draw(st.none() | st.integers(1, 3)),
        required=draw(st.booleans()),
        only_staff=draw(st.none() | st.none() | st.sets(st.sampled_from(people)).map(frozenset)),
        not_staff=frozenset(draw(st.sets(st.sampled_from(people), max_size=1))),
        preferred_staff=frozenset(draw(st.sets(st.sampled_from(people), max_size=1))),
        preference_cost=draw(st.integers(0, 9)),
        pinned=pinned,
        demand=draw(st.integers(0, 3)),
        window_at=draw(st.sampled_from(["start", "start", "end"])),
        late_cost=late,
        late_max=None if late is None else draw(st.none() | st.integers(0, 8)),
    )


@st.composite
def travel(draw, places, slowest):
    """{} or a way of travelling, "foot", that is not the default's."""
    matrix = st.lists(st.integers(0, slowest), min_size=places * places, max_size=places * places)
    if draw(st.booleans()):
        return {}
    return {"foot": Travel(*(np.array(draw(matrix)).reshape(places, places) for _ in range(2)))}


@st.composite
def travelling(draw, people, profiles):
    """The people, each with one of the ways of travelling."""
    return tuple(replace(person, profile=draw(st.sampled_from([None, *profiles]))) for person in people)


@st.composite
def problems(draw, most_visits=5, most_staff=3, linked=True):
    """A problem that uses every feature now and then."""
    places = draw(st.integers(1, 4))
    people = [f"n{i}" for i in range(draw(st.integers(1, most_staff)))]
    names = [f"v{i}" for i in range(draw(st.integers(1, most_visits)))]
    matrix = st.lists(st.integers(0, 9), min_size=places * places, max_size=places * places)
    profiles, links = draw(travel(places, 12)), ()
    if linked and len(names) > 1:
        links = draw(st.lists(_links(names), max_size=2).map(tuple))
    return Problem(
        staff=draw(travelling([draw(staff(name, places)) for name in people], profiles)),
        visits=tuple(draw(visits(name, places, people)) for name in names),
        duration=np.array(draw(matrix)).reshape(places, places),
        distance=np.array(draw(matrix)).reshape(places, places),
        links=links,
        capacity=draw(st.dictionaries(st.sampled_from(people), st.integers(0, 8), max_size=2)),
        weights=draw(st.builds(Weights, *[st.integers(0, 3)] * 4)),
        objective=draw(st.sampled_from(["duration", "distance"])),
        profiles=profiles,
    )


def _links(names):
    gaps = st.none() | st.integers(-5, 15)
    pairs = st.lists(st.sampled_from(names), min_size=2, max_size=2, unique=True)
    return st.builds(
        lambda pair, *rest: Link(*pair, *rest), pairs, gaps, gaps, st.booleans(), st.booleans(), st.booleans()
    )


@st.composite
def plans(draw, problem):
    """Any plan of a problem with all times stated: mostly sensible in order, often breaking rules."""
    routes = []
    for person in draw(st.lists(st.sampled_from(problem.staff), unique_by=lambda p: p.id, max_size=3)):
        chosen = draw(st.lists(st.sampled_from(problem.visits), max_size=3))
        stops = [VisitStop(visit.id) for visit in chosen]
        for index in draw(st.lists(st.integers(0, len(person.breaks)), max_size=2)):
            stops.insert(draw(st.integers(0, len(stops))), BreakStop(index))
        routes.append(Route(person.id, stops))
        clock = person.shift[0] + draw(st.integers(-1, 6))
        for stop in stops:
            start = clock + draw(st.integers(0, 8))
            length = _length(problem, person, stop) + draw(st.sampled_from([0, 0, 0, 1, -1]))
            stop.start, stop.leave = start, start + max(0, length)
            if isinstance(stop, VisitStop):
                stop.arrive = start - draw(st.sampled_from([0, 0, 1, 3, -1]))
            clock = stop.leave + draw(st.sampled_from([0, 0, 2, -1]))
    return Solution(routes)


def _length(problem, person, stop):
    if isinstance(stop, VisitStop):
        return problem.visit_by_id[stop.visit].service
    return person.breaks[stop.index].duration if stop.index < len(person.breaks) else 0


def without_what(problem, *features):
    """The problem without some features, by name: what an engine under test refuses."""
    people, visits, changes = problem.staff, problem.visits, {}
    if "missable breaks" in features:
        people = [replace(p, breaks=tuple(replace(b, required=True) for b in p.breaks)) for p in people]
    if "stop breaks" in features:
        people = [replace(p, breaks=tuple(replace(b, place="anywhere") for b in p.breaks)) for p in people]
    if "double" in features:
        visits = [replace(visit, staff_required=1) for visit in visits]
    if "late" in features:
        visits = [replace(visit, late_cost=None, late_max=None) for visit in visits]
    if "links" in features:
        changes["links"] = ()
    if "weights" in features:
        changes["weights"] = Weights(problem.weights.travel)
    return replace(problem, staff=tuple(people), visits=tuple(visits), **changes)


def rarely(strategy, *, otherwise=None, one_in=4):
    """A value of `strategy` now and then, else `otherwise`."""
    return st.integers(1, one_in).flatmap(lambda n: strategy if n == 1 else st.just(otherwise))


def wide_windows():
    """One window in which something fits, or two."""
    one = st.builds(lambda opens, length: ((opens, opens + length),), st.integers(0, 20), st.integers(4, 20))
    two = st.builds(
        lambda opens, length, gap, more: ((opens, opens + length), (opens + length + gap, opens + length + gap + more)),
        st.integers(0, 10), st.integers(1, 6), st.integers(2, 8), st.integers(1, 8),
    )  # fmt: skip
    return one | one | two


@st.composite
def roomy_staff(draw, name, places):
    pauses = st.builds(
        Break,
        duration=st.integers(1, 4),
        windows=wide_windows(),
        required=st.booleans(),
        missed_cost=st.integers(0, 9),
        place=st.sampled_from(["anywhere", "stop"]),
    )
    starts = draw(st.integers(0, 4))
    return Staff(
        id=name,
        start=draw(st.integers(0, places - 1)),
        end=draw(rarely(st.none(), otherwise=0)),
        shift=(starts, draw(st.integers(starts + 18, LAST_TICK))),
        skills=frozenset({"a"} | draw(st.sets(st.sampled_from(SKILLS)))),
        max_visits=draw(rarely(st.integers(1, 4))),
        breaks=tuple(draw(rarely(st.lists(pauses, max_size=2), otherwise=[], one_in=2))),
        overtime=draw(st.sampled_from([0, 0, 6])),
        overtime_cost=draw(st.integers(0, 3)),
        max_duration=draw(rarely(st.integers(15, 40))),
        max_drive=draw(rarely(st.integers(8, 30))),
    )


@st.composite
def roomy_visits(draw, name, places, people):
    late = draw(rarely(st.integers(0, 4), one_in=2))
    pins = st.builds(Pin, staff=st.none() | st.sampled_from(people), start=st.none() | st.integers(5, 30))
    required = draw(rarely(st.just(True), otherwise=False))
    return Visit(
        id=name,
        location=draw(st.integers(0, places - 1)),
        service=draw(st.integers(0, 4)),
        windows=draw(wide_windows()),
        skills=draw(rarely(st.just(frozenset("b")), otherwise=frozenset())),
        staff_required=draw(st.sampled_from([1, 1, 1, 2])) if len(people) > 1 else 1,
        prize=draw(st.integers(10, 60)),
        tier=None,
        required=required,
        only_staff=draw(rarely(st.sets(st.sampled_from(people)).map(frozenset), one_in=8)),
        not_staff=draw(rarely(st.sampled_from(people).map(lambda n: frozenset({n})), otherwise=frozenset(), one_in=8)),
        preferred_staff=frozenset(draw(st.sets(st.sampled_from(people), max_size=1))),
        preference_cost=draw(st.integers(0, 9)),
        pinned=draw(rarely(pins, one_in=8)),
        demand=draw(st.integers(0, 3)),
        window_at=draw(st.sampled_from(["start", "start", "end"])),
        late_cost=late,
        late_max=None if late is None else draw(st.none() | st.integers(0, 8)),
    )


@st.composite
def roomy_problems(draw, most_visits=5, most_staff=3):
    """A problem that uses every feature now and then and of which a good part can be served."""
    places = draw(st.integers(1, 4))
    people = [f"n{i}" for i in range(draw(st.integers(1, most_staff)))]
    names = [f"v{i}" for i in range(draw(st.integers(2, most_visits)))]
    matrix = st.lists(st.integers(0, 5), min_size=places * places, max_size=places * places)
    profiles = draw(travel(places, 8))
    visits = [draw(roomy_visits(name, places, people)) for name in names]
    if draw(st.booleans()):
        visits = [replace(visit, tier=draw(st.none() | st.integers(1, 3))) for visit in visits]
    weights = draw(st.builds(Weights, st.integers(0, 3), *[rarely(st.integers(1, 3), otherwise=0)] * 3))
    return Problem(
        staff=draw(travelling([draw(roomy_staff(name, places)) for name in people], profiles)),
        visits=tuple(visits),
        duration=np.array(draw(matrix)).reshape(places, places),
        distance=np.array(draw(matrix)).reshape(places, places),
        links=draw(st.lists(likely_links(names), max_size=2).map(tuple)),
        capacity=draw(rarely(st.dictionaries(st.sampled_from(people), st.integers(2, 8), max_size=2), otherwise={})),
        weights=weights,
        objective=draw(st.sampled_from(["duration", "distance"])),
        profiles=profiles,
    )


def likely_links(names):
    """A link of one kind, of which the gap can be kept."""
    pairs = st.lists(st.sampled_from(names), min_size=2, max_size=2, unique=True)
    gap = st.builds(
        lambda pair, least, more: Link(*pair, least, least + more), pairs, st.integers(-4, 6), st.integers(0, 9)
    )
    least = st.builds(lambda pair, least: Link(*pair, min_gap=least), pairs, st.integers(0, 8))
    most = st.builds(lambda pair, most: Link(*pair, max_gap=most), pairs, st.integers(0, 8))
    together = st.builds(lambda pair: Link(*pair, min_gap=0, max_gap=0, together=True), pairs)
    people = st.builds(
        lambda pair, which: Link(*pair, same_staff=which == 0, different_staff=which == 1, together=which == 2),
        pairs, st.integers(0, 2),
    )  # fmt: skip
    return gap | least | most | together | people
