"""Times for a route whose order is known: the earliest start of every visit, with the breaks put where they cost
least.

A label is one way to have come so far. Labels that are both later and dearer than another with the same breaks taken
are dropped, so a single route with hard windows and any number of breaks is timed exactly. Late costs are traded
against waiting for a later window in the same way. Links between routes are kept by missing_times, which raises
earliest starts.
"""

from dataclasses import dataclass

from .legs import arrive_earliest, depart_latest, take_break
from .problem import Problem, Staff, Visit
from .solution import BreakStop, Route, VisitStop

# Up to so many breaks a day are tried in every order on a leg; more are taken in the order in which they are listed.
BREAKS_PERMUTED = 3


@dataclass(slots=True)
class Label:
    """A way to have reached a point of the route: `clock` free for the next leg, the breaks taken (a bit each), cost
    so far.
    """

    clock: int
    cost: float
    taken: int
    before: "Label | None"
    pauses: tuple  # (break index, start) on the leg just driven
    start: int  # of service at the visit just done


def timed_route(
    problem: Problem, person: Staff, visits, *, release=None, fixed_breaks=None, depart_from=None
) -> Route | None:
    """The route of `person` over `visits` (Visit objects in order) with all times, or None where no times keep every
    rule.

    `release`: earliest starts by visit id. `fixed_breaks`: for each leg (one more than visits) the indexes of the
    breaks to be taken on it; None: breaks go where they fit. `depart_from`: earliest departure, else the shift's
    start. Checked here: windows, lateness, pinned starts, shift and overtime, breaks. The rest is the judge's.
    """
    label = best_label(problem, person, visits, release or {}, fixed_breaks, depart_from)
    return None if label is None else _route(problem, person, visits, label)


def best_label(problem, person, visits, release, fixed_breaks=None, depart_from=None) -> Label | None:
    """The cheapest, then earliest, way through the whole route; None if there is none."""
    depart = person.shift[0] if depart_from is None else max(depart_from, person.shift[0])
    labels = [Label(depart, 0, 0, None, (), depart)]
    place, matrix = person.start, problem.duration_of(person)
    for position, visit in enumerate(visits):
        travel = matrix.item(place, visit.location) if place is not None else 0
        floor = release.get(visit.id)
        reached = []
        for label in labels:
            for clock, taken, pauses in _drives(person, label, travel, fixed_breaks and fixed_breaks[position]):
                for start, late in _starts(visit, clock, floor):
                    reached.append(Label(start + visit.service, label.cost + late, taken, label, pauses, start))
        labels = _undominated(reached)
        if not labels:
            return None
        place = visit.location
    travel = 0 if person.end is None or place is None or not visits else matrix.item(place, person.end)
    return _finish(person, labels, travel, fixed_breaks and fixed_breaks[len(visits)])


def _finish(person, labels, travel, wanted):
    closes, required = person.shift[1], 0
    for index, pause in enumerate(person.breaks):
        required |= pause.required << index
    best = least = None
    for label in labels:
        for clock, taken, pauses in _drives(person, label, travel, wanted):
            over = max(0, clock - closes)
            if over > person.overtime or taken & required != required:
                continue
            missed = sum(p.missed_cost for i, p in enumerate(person.breaks) if not taken >> i & 1)
            cost = label.cost + over * person.overtime_cost + missed
            # Breaks after the return do not count for the length of the day.
            returned = clock if person.max_duration is None else _returned(person, label, travel, pauses)
            rank = cost, returned, clock
            if least is None or rank < least:
                best, least = Label(clock, cost, taken, label, pauses, clock), rank
    return best


def _returned(person, label, travel, pauses):
    spans = [(at, at + person.breaks[i].duration, person.breaks[i].place != "stop") for i, at in pauses]
    return arrive_earliest(label.clock, travel, spans)[0]


def _drives(person, label, travel, wanted):
    """Ways to drive a leg, (clock, breaks taken, pauses): without and with the breaks that are still to be taken."""
    state = (label.clock, travel, label.taken, ())
    if wanted is not None:
        ways = [state]
        for index in wanted:
            ways = [following for way in ways for following in _with_break(person, way, index, travel)]
    elif label.taken + 1 == 1 << len(person.breaks):
        ways = [state]
    else:
        ways = _with_breaks(person, state, travel)
    for clock, left, taken, pauses in ways:
        yield clock + left, taken, pauses


def _with_breaks(person, state, travel):
    """The state itself and all that follow from it by taking breaks, in any order where there are few."""
    ways, pending = [state], [state]
    fixed_order = len(person.breaks) > BREAKS_PERMUTED
    while pending:
        state = pending.pop()
        for index in range(len(person.breaks)):
            ahead = fixed_order and state[3] and state[3][-1][0] > index
            if not state[2] >> index & 1 and not ahead:
                following = _with_break(person, state, index, travel)
                ways += following
                pending += following
    return ways


def _with_break(person, state, index, travel):
    clock, left, taken, pauses = state
    return [
        (free, still, taken | 1 << index, (*pauses, (index, start)))
        for start, free, still in take_break(clock, left, travel, person.breaks[index])
    ]


def _starts(visit: Visit, clock, floor):
    """Possible (start, late cost) of a visit from `clock` on, the earliest first."""
    if floor is not None and floor > clock:
        clock = floor
    pinned = visit.pinned.start if visit.pinned else None
    if pinned is not None:
        if clock > pinned:
            return
        clock = pinned
    for opens, closes in visit.start_windows:
        start = max(clock, opens)
        if pinned is not None and start > pinned:
            return
        if start <= closes:
            yield start, 0
            return
        if visit.late_cost is None:
            continue
        following = [later for later, _ in visit.start_windows if opens < later <= start]
        late = start - closes
        if not following and (visit.late_max is None or late <= visit.late_max):
            yield start, late * visit.late_cost


def _undominated(labels):
    if len(labels) < 2:
        return labels
    kept = []
    for label in sorted(labels, key=lambda item: (item.clock, item.cost)):
        if not any(other.taken == label.taken and other.cost <= label.cost for other in kept):
            kept.append(label)
    return kept


def _route(problem, person, visits, label):
    """The stops of the way that ends in `label`, with arrivals worked out from the breaks."""
    chain = []
    while label is not None:
        chain.append(label)
        label = label.before
    chain.reverse()
    stops, place, matrix = [], person.start, problem.duration_of(person)
    for position, step in enumerate(chain[1:]):
        pauses = [BreakStop(index, start, start + person.breaks[index].duration) for index, start in step.pauses]
        stops += pauses
        if position == len(visits):
            break
        visit = visits[position]
        travel = matrix.item(place, visit.location) if place is not None else 0
        spans = [(p.start, p.leave, person.breaks[p.index].place != "stop") for p in pauses]
        if position == 0:
            arrive = first_arrival(step.start, travel, spans)
        else:
            arrive = arrive_earliest(chain[position].clock, travel, spans)[0]
        stops.append(VisitStop(visit.id, arrive, step.start, step.start + visit.service))
        place = visit.location
    return Route(person.id, stops)


def first_arrival(start, travel, spans):
    """Nobody waits before the first door: the departure is put off until the arrival meets the start of service."""
    latest = depart_latest(start, travel, spans)
    return arrive_earliest(latest, travel, [span for span in spans if span[0] >= latest])[0]


def retimed_later(problem: Problem, person: Staff, route: Route, held=frozenset()) -> Route:
    """The same route with every start put off as far as possible while each lateness, break and the end of the day
    stay as they are, and the starts of the visits `held` (ids).

    That is the shortest working day for these windows and breaks: the departure is the latest possible one.
    """
    visits = [problem.visit_by_id[name] for name in route.visits]
    if not visits:
        return route
    legs = legs_of(route)
    following, place, matrix = None, person.end, problem.duration_of(person)
    starts = {}
    for position in range(len(visits) - 1, -1, -1):
        visit = visits[position]
        pauses = [(p.start, p.leave, person.breaks[p.index].place != "stop") for p in legs[position + 1]]
        current = route_start(route, visit.id)
        if following is None or visit.id in held:
            latest = current
        else:
            travel = matrix.item(visit.location, place)
            latest = depart_latest(following, travel, pauses) - visit.service
            if pauses:  # breaks keep their times, so service must end before the first of them
                latest = min(latest, pauses[0][0] - visit.service)
            latest = min(latest, same_lateness(visit, current))
        starts[visit.id] = following = max(current, latest)
        place = visit.location
    return with_starts(problem, person, route, visits, starts)


def same_lateness(visit, start):
    """The latest start with the same lateness: the end of the window, or `start` itself when late or pinned."""
    if visit.pinned and visit.pinned.start is not None:
        return start
    return max([closes for opens, closes in visit.start_windows if opens <= start <= closes], default=start)


def with_starts(problem, person, route, visits, starts):
    """A route with these starts by visit id, its breaks as they are, and arrivals to match."""
    stops, clock, place, matrix = [], None, person.start, problem.duration_of(person)
    for leg, visit in zip(legs_of(route), visits, strict=False):
        spans = [(p.start, p.leave, person.breaks[p.index].place != "stop") for p in leg]
        travel = matrix.item(place, visit.location) if place is not None else 0
        start = starts[visit.id]
        arrive = first_arrival(start, travel, spans) if clock is None else arrive_earliest(clock, travel, spans)[0]
        stops += leg
        clock, place = start + visit.service, visit.location
        stops.append(VisitStop(visit.id, arrive, start, clock))
    return Route(route.staff, stops + legs_of(route)[len(visits)])


def legs_of(route: Route):
    """The break stops before each visit, and after the last: one list more than there are visits."""
    legs = [[]]
    for stop in route.stops:
        if isinstance(stop, VisitStop):
            legs.append([])
        else:
            legs[-1].append(stop)
    return legs


def route_start(route, visit_id):
    return next(stop.start for stop in route.stops if isinstance(stop, VisitStop) and stop.visit == visit_id)
