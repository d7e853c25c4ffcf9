"""The day as it stands at `now`: what is frozen, who is where, and what has lost its place."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from routing.planning.check import check
from routing.planning.io import check_references
from routing.planning.problem import Problem, Staff, Travel, Visit
from routing.planning.solution import Route, Solution, VisitStop
from routing.planning.timetable import best_label

from .disruption import Disruption, Late, NewLegs, NoAccess, Overrun, Sick, UnfitDisruption, Urgent
from .position import Position, earliest_home, position_of

# Seconds by which a break may be late.
LATEST_BREAK = 86_400


@dataclass(frozen=True)
class Day:
    """Everything that re-planning needs to know.

    `original`: the problem as it was, with new visits. `problem`: the same with what has happened in it (visits called
    off, rules that cannot be kept any more, each named in `relaxed`); plans of the whole day are judged by it.
    `positions`: by staff id. `planned`: start by staff id for each visit of the plan that has not begun. `affected`:
    people whose own remaining day cannot simply stay as it is. `gone`: people who do no more today; `leaves_off`: when
    somebody stops, by staff id. `loose`: visits that nobody has, `called_off`: visits not to be done today,
    `left_before`: visits that the plan had left out.
    """

    original: Problem
    problem: Problem
    disruption: Disruption
    positions: dict[str, Position]
    planned: dict[str, dict[str, int]]
    affected: frozenset[str]
    gone: frozenset[str]
    loose: tuple[str, ...]
    called_off: tuple[str, ...]
    left_before: tuple[str, ...]
    relaxed: tuple[str, ...] = ()
    leaves_off: dict[str, int] = field(default_factory=dict)

    @property
    def now(self) -> int:
        return self.disruption.now

    @cached_property
    def begun(self) -> dict[str, dict[str, int]]:
        """Starts by staff id of the visits done or started."""
        starts: dict[str, dict[str, int]] = {}
        for name, position in self.positions.items():
            for stop in position.visits_begun:
                starts.setdefault(stop.visit, {})[name] = stop.start
        return starts

    @property
    def working(self) -> list[Staff]:
        """Those who can still be asked, in the order of the problem."""
        return [person for person in self.problem.staff if person.id not in self.gone]


def day_of(problem: Problem, plan: Solution, disruption: Disruption) -> Day:
    """The day at `disruption.now`. Times that the plan leaves out are computed. Raises UnfitDisruption."""
    routes = {route.staff: route for route in _timed(problem, plan)}
    _check_fits(problem, routes, disruption)
    original = _with_urgent(problem, disruption.of_kind(Urgent))
    positions = _positions(problem, routes, disruption)
    called_off = _called_off(problem, disruption)
    sick = {event.staff: _since(event, disruption.now) for event in disruption.of_kind(Sick)}
    gone = frozenset(name for name, since in sick.items() if since <= disruption.now)
    planned: dict[str, dict[str, int]] = {}
    for name, position in positions.items():
        for stop in position.visits_ahead:
            if stop.visit not in called_off:
                planned.setdefault(stop.visit, {})[name] = stop.start
    affected = _affected(disruption, positions, called_off) | set(sick)
    loose = [name for name, starts in planned.items() if set(starts) <= gone]
    loose += [event.visit.id for event in disruption.of_kind(Urgent)]
    positions = {name: _without(position, called_off) for name, position in positions.items()}
    amended, relaxed = _bearable(_without_visits(original, called_off), positions, sick, disruption.now)
    served = {stop.visit for route in routes.values() for stop in route.stops if isinstance(stop, VisitStop)}
    return Day(
        original=original,
        problem=amended,
        disruption=disruption,
        positions=positions,
        planned=planned,
        affected=frozenset(affected) - gone,
        gone=gone,
        loose=tuple(loose),
        called_off=called_off,
        left_before=tuple(v.id for v in problem.visits if v.id not in served and v.id not in called_off),
        relaxed=tuple(relaxed),
        leaves_off=sick,
    )


def _timed(problem, plan):
    """The plan's routes with times, and an empty one for everybody without. A plan that breaks rules is none."""
    verdict = check(problem, plan)
    broken = [violation for violation in verdict.violations if violation.rule != "required"]
    if broken:
        first = " ".join(str(part) for part in (broken[0].staff, broken[0].visit, broken[0].detail) if part)
        raise UnfitDisruption(f"the plan breaks {len(broken)} rules, the first: {broken[0].rule}: {first}")
    known = {route.staff for route in verdict.routes}
    return [*verdict.routes, *(Route(person.id) for person in problem.staff if person.id not in known)]


def _since(event, now):
    return now if event.since is None else max(event.since, now)


def _check_fits(problem, routes, disruption):
    """What the disruption names is there, and what overruns lasts longer than planned."""
    leaves = {stop.visit: stop.leave for route in routes.values() for stop in route.stops if hasattr(stop, "visit")}
    for event in disruption.of_kind(Overrun):
        if event.visit in leaves and event.until < leaves[event.visit]:
            raise UnfitDisruption(
                f"{event.visit} is planned until {leaves[event.visit]}, so {event.until} is no overrun"
            )
    for event in disruption.events:
        person, visit = getattr(event, "staff", None), getattr(event, "visit", None)
        if person is not None and person not in problem.staff_by_id:
            raise UnfitDisruption(f"no staff member has the id {person!r}")
        if isinstance(event, Urgent):
            if event.visit.id in problem.visit_by_id:
                raise UnfitDisruption(f"the urgent visit needs an id of its own: {event.visit.id!r} is taken")
        elif visit is not None and visit not in problem.visit_by_id:
            raise UnfitDisruption(f"no visit has the id {visit!r}")


def _with_urgent(problem, events):
    for event in events:
        size = len(problem.duration)
        if event.visit.location > size or (event.visit.location == size and event.duration_to is None):
            raise UnfitDisruption(f"the place {event.visit.location} of {event.visit.id} is not in the matrix")
        if event.visit.location == size:
            problem = _with_place(problem, event, size)
        problem = replace(problem, visits=(*problem.visits, event.visit))
    check_references(problem)
    return problem


def _with_place(problem, event, size):
    """The problem with one more place; rows to and from it have one number for each place there was."""

    def grown(matrix, to, back, what):
        if to is None or back is None or len(to) != size or len(back) != size:
            raise UnfitDisruption(f"{event.visit.id} needs {what} to and from each of the {size} places")
        matrix = np.asarray(matrix)
        return np.block([[matrix, np.array(to)[:, None]], [np.array(back)[None, :], np.zeros((1, 1), matrix.dtype)]])

    def both(travel, legs, how=""):
        seconds = grown(travel.duration, legs.duration_to, legs.duration_from, f"seconds{how}")
        if travel.distance is None:
            return Travel(seconds)
        return Travel(seconds, grown(travel.distance, legs.distance_to, legs.distance_from, f"metres{how}"))

    whole = both(problem, event)
    profiles = {
        name: both(travel, event.profiles.get(name, NewLegs()), f" by the profile {name!r}")
        for name, travel in problem.profiles.items()
    }
    return replace(problem, duration=whole.duration, distance=whole.distance, profiles=profiles)


def _positions(problem, routes, disruption):
    until = {event.visit: event.until for event in disruption.of_kind(Overrun)}
    for event in disruption.of_kind(NoAccess):
        until[event.visit] = disruption.now if event.leaves is None else event.leaves
    late = {event.staff: (event.until, event.before) for event in disruption.of_kind(Late)}
    positions = {
        name: position_of(problem, problem.staff_by_id[name], route, disruption.now, until=until, late=late.get(name))
        for name, route in routes.items()
    }
    begun = {stop.visit for position in positions.values() for stop in position.visits_begun}
    for event in disruption.of_kind(Overrun):
        if event.visit not in begun:
            raise UnfitDisruption(f"{event.visit} has not begun at {disruption.now}, so it cannot overrun")
    return {person.id: positions[person.id] for person in problem.staff}


def _called_off(problem, disruption):
    return tuple(event.visit for event in disruption.of_kind(NoAccess))


def _affected(disruption, positions, called_off):
    """People who are late or held up, and those who lose a visit."""
    affected = {event.staff for event in disruption.of_kind(Late)}
    overrun = {event.visit for event in disruption.of_kind(Overrun)}
    for name, position in positions.items():
        if any(stop.visit in overrun for stop in position.visits_begun):
            affected.add(name)
        if any(stop.visit in called_off for stop in (*position.visits_begun, *position.visits_ahead)):
            affected.add(name)
    return affected


def _without(position, called_off):
    def kept(stops):
        return tuple(stop for stop in stops if getattr(stop, "visit", None) not in called_off)

    return replace(position, begun=kept(position.begun), ahead=kept(position.ahead))


def _without_visits(problem, names):
    if not names:
        return problem
    return replace(
        problem,
        visits=tuple(visit for visit in problem.visits if visit.id not in names),
        links=tuple(link for link in problem.links if link.first not in names and link.second not in names),
    )


def _bearable(problem, positions, sick, now):
    """The problem without the rules that nobody can keep any more, and a sentence for each of them."""
    relaxed, staff = [], []
    for person in problem.staff:
        position = positions[person.id]
        if person.id in sick:
            staff.append(_of_the_sick(person))
        else:
            staff.append(
                _with_late_return(problem, _with_late_breaks(problem, person, position, relaxed), position, relaxed)
            )
    pinned_to_gone = {
        visit.id
        for visit in problem.visits
        if visit.pinned and sick.get(visit.pinned.staff, now + 1) <= now and not _is_begun(positions, visit.id)
    }
    relaxed += [f"{name} is no longer kept for the person who is away" for name in sorted(pinned_to_gone)]
    begun = {stop.visit for position in positions.values() for stop in position.visits_begun}
    halves = {
        ({link.first, link.second} - begun).pop()
        for link in problem.links
        if link.together and len({link.first, link.second} & begun) == 1
    }
    visits = tuple(
        replace(visit, pinned=None if visit.pinned.start is None else replace(visit.pinned, staff=None))
        if visit.id in pinned_to_gone
        else visit
        for visit in problem.visits
    )
    # What goes together with a visit that has begun is required, and if it cannot be had the begun one stands.
    visits = tuple(replace(visit, required=True) if visit.id in halves else visit for visit in visits)
    links = tuple(
        replace(link, together=False) if {link.first, link.second} & begun else link for link in problem.links
    )
    return replace(problem, staff=tuple(staff), visits=visits, links=links), relaxed


def _is_begun(positions, name):
    return any(stop.visit == name for position in positions.values() for stop in position.visits_begun)


def _of_the_sick(person):
    """Nobody who is sick owes a break, or a way home within the shift."""
    breaks = tuple(replace(pause, required=False, missed_cost=0) for pause in person.breaks)
    return replace(person, breaks=breaks, end=None)


def _with_late_return(problem, person, position, relaxed):
    """The overtime and length of day that are used in any case, with nothing more to do but breaks and the way back."""
    if position.departed is None:
        return person
    last = _alone(problem, person, position)
    late = (position.free if last is None else last.clock) - person.shift[1]
    if late > person.overtime:
        relaxed.append(f"{person.id} cannot be done before {person.shift[1] + late}, {late} s after the shift")
        person = replace(person, overtime=late)
    out = earliest_home(problem, person, position) - position.departed
    if person.max_duration is not None and out > person.max_duration:
        relaxed.append(f"{person.id} is out for longer than {person.max_duration} s")
        person = replace(person, max_duration=out)
    return person


def _with_late_breaks(problem, person, position, relaxed):
    """Breaks that can no longer be taken within their windows may be taken after them."""
    owed = [i for i, pause in enumerate(person.breaks) if pause.required and i not in position.spent]
    past = [i for i in owed if position.free > max(closes for _, closes in person.breaks[i].windows)]
    if not past and position.departed is not None and _alone(problem, person, position) is None:
        past = owed
    for index in past:
        relaxed.append(f"{person.id} takes break {index} after its window")
        pause = person.breaks[index]
        late = replace(pause, windows=(*pause.windows, (position.free, position.free + LATEST_BREAK)))
        person = replace(person, breaks=(*person.breaks[:index], late, *person.breaks[index + 1 :]))
    return person


def _alone(problem, person, position):
    """The shortest rest of the day with nothing but the way back and the breaks still owed: a label, or None."""
    if position.place is None:
        return None
    owed = tuple(p for i, p in enumerate(person.breaks) if p.required and i not in position.spent)
    closes = max(position.free, person.shift[1])
    unbounded = replace(
        person,
        start=position.place,
        shift=(position.free, closes),
        breaks=owed,
        overtime=LATEST_BREAK * 8,
        overtime_cost=1,
        max_duration=None,
    )
    return best_label(problem, unbounded, [Visit("", position.place)], {})
