"""Where one person is at a moment of their planned day, and what of it is behind them."""

from dataclasses import dataclass

from routing.planning.legs import arrive_earliest, depart_latest, drive
from routing.planning.problem import Problem, Staff
from routing.planning.solution import BreakStop, Route, Stop, VisitStop


@dataclass(frozen=True)
class Position:
    """A person at `now`. `place`: index in the matrix where they are once what is under way is finished (None: the day
    begins at the first visit); `free`: seconds, when that is; `departed`: when they set out, None before that.

    `begun`: stops done or started, with their actual times, in order; `ahead`: planned stops not begun. `driven`:
    seconds, the drive under way included. `spent`: breaks taken or begun, as indexes.
    """

    place: int | None
    free: int
    departed: int | None
    begun: tuple[Stop, ...]
    ahead: tuple[Stop, ...]
    driven: int = 0
    spent: frozenset[int] = frozenset()

    @property
    def visits_begun(self) -> list[VisitStop]:
        return [stop for stop in self.begun if isinstance(stop, VisitStop)]

    @property
    def visits_ahead(self) -> list[VisitStop]:
        return [stop for stop in self.ahead if isinstance(stop, VisitStop)]


def position_of(problem: Problem, person: Staff, route: Route, now: int, *, until=None, late=None) -> Position:
    """The person's position at `now` on a route with times.

    `until`: actual end by visit id of visits that last longer (or end earlier) than planned. `late`: (earliest arrival
    or freedom, visit not yet reached or None). A drive under way is finished; drives are begun at once after a stop,
    as the judge has it, and the first one as late as the planned arrival allows.
    """
    until = until or {}
    begun, ahead = _split(route, now, until, late and late[1])
    visits = [stop for stop in begun if isinstance(stop, VisitStop)]
    spent = frozenset(stop.index for stop in begun if isinstance(stop, BreakStop))
    leg = _Leg(problem, person, begun, ahead)
    place, free, under_way = leg.state(now)
    if late:
        free = max(free, late[0])
    departed = None
    if visits:
        departed = depart_latest(visits[0].start, leg.first_travel, _spans(person, _before_first(begun)))
    elif under_way:
        departed = leg.leaves
    driven = leg.driven_before + (leg.travel if under_way else 0)
    return Position(place, free, departed, tuple(begun), tuple(ahead), driven, spent)


def _split(route, now, until, not_reached):
    """Stops begun (with their actual end) and stops ahead: nothing has begun after what ends later than planned."""
    begun = []
    for i, stop in enumerate(route.stops):
        name = getattr(stop, "visit", None)
        if stop.start > now or (name is not None and name == not_reached):
            return begun, route.stops[i:]
        if name in until:
            begun.append(VisitStop(name, stop.arrive, stop.start, max(until[name], stop.start)))
            if until[name] > min(now, stop.leave):
                return begun, route.stops[i + 1 :]
        else:
            begun.append(stop)
    return begun, []


class _Leg:
    """The drive (and its breaks) between what is begun and what is ahead."""

    def __init__(self, problem, person, begun, ahead):
        self.person, self.matrix = person, problem.duration_of(person)
        visits = [problem.visit_by_id[stop.visit] for stop in begun if isinstance(stop, VisitStop)]
        places = [person.start, *(visit.location for visit in visits)]
        legs = [self._seconds(a, b) for a, b in zip(places, places[1:], strict=False)]
        self.first_travel, self.driven_before = (legs[0] if legs else 0), sum(legs)
        self.has_begun = bool(visits)
        self.following = next((stop for stop in ahead if isinstance(stop, VisitStop)), None)
        self.place = places[-1]
        self.next_place = person.end
        if self.following is not None:
            self.next_place = problem.visit_by_id[self.following.visit].location
        self.travel = self._seconds(self.place, self.next_place)
        self.pauses = _spans(person, _since_last(begun))
        self.pauses_ahead = _spans(person, _before_first(ahead))
        self.leaves = self._leaves(begun, visits)

    def _seconds(self, a, b):
        return 0 if a is None or b is None else self.matrix.item(a, b)

    def _leaves(self, begun, visits):
        """When the drive of this leg begins, breaks aside; None where nobody sets out at all."""
        if visits:
            return [stop for stop in begun if isinstance(stop, VisitStop)][-1].leave
        if self.following is None:
            return None
        spans = [*self.pauses, *self.pauses_ahead]
        return depart_latest(
            self.following.arrive, self.travel, [span for span in spans if span[0] < self.following.arrive]
        )

    def state(self, now):
        """(place, free, whether a drive is under way or over) at `now`."""
        earliest = max([now, *(end for _, end, _ in self.pauses)])
        if self.leaves is None or (not self.has_begun and self.leaves >= now):
            return self.place, max(earliest, self.person.shift[0]), False
        if self.next_place is None or self.place is None:
            return self.place, max(earliest, self.leaves), False
        clock, left, arrival = drive(self.leaves, self.travel, self.pauses)
        if arrival is not None or not left:
            return self.next_place, max(now, clock), True
        waits = any(start < clock + left and not interrupts for start, _, interrupts in self.pauses_ahead)
        if left == self.travel and (clock >= now or waits):
            return self.place, max(now, clock), False
        return self.next_place, max(now, clock + left), True


def _since_last(stops):
    """The breaks after the last visit."""
    pauses = []
    for stop in stops:
        pauses = [] if isinstance(stop, VisitStop) else [*pauses, stop]
    return pauses


def _before_first(stops):
    """The breaks before the first visit."""
    pauses = []
    for stop in stops:
        if isinstance(stop, VisitStop):
            break
        pauses.append(stop)
    return pauses


def _spans(person, pauses):
    return [(stop.start, stop.leave, person.breaks[stop.index].place != "stop") for stop in pauses]


def earliest_home(problem: Problem, person: Staff, position: Position) -> int:
    """When the person could be back with nothing more to do, breaks aside (seconds)."""
    if position.departed is None or position.place is None or person.end is None:
        return position.free
    return arrive_earliest(position.free, problem.duration_of(person).item(position.place, person.end), [])[0]
