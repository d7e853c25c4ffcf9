"""One person's round as it stands: what has begun and when, what is ahead, and what goes differently from the plan."""

from dataclasses import dataclass, replace

from routing.planning.problem import Problem, Staff
from routing.planning.replanning import Late, Overrun
from routing.planning.solution import BreakStop, Route, Stop, VisitStop

from .records import Known


@dataclass
class Begun:
    """A visit that has begun: its place in the stored round, and when it began and ended, or is expected to."""

    index: int
    visit: str
    start: int
    leave: int
    stored: VisitStop


class StandingRound:
    """`stops` are the round as it stands; `events` what is known to go differently; `facts` begun visits in order.

    `breaks`: (start, duration) by number of breaks behind the person; `legs`: seconds by visit, of drives that took
    less than planned; `opens`: when the shift begins.
    """

    def __init__(self, problem: Problem, person: Staff, route: Route, known: Known):
        self.problem, self.person, self.route, self.known = problem, person, route, known
        self.breaks: dict[int, tuple[int, int]] = {}
        self.legs: dict[str, int] = {}
        self.opens = person.shift[0]
        self.events: list = []
        self.facts = self._facts()
        latest = max((fact.index for fact in self.facts), default=-1)
        begun = {fact.index for fact in self.facts}
        self.rest = [
            (index, stop)
            for index, stop in enumerate(route.stops)
            if index not in begun and (isinstance(stop, VisitStop) or index > latest)
        ]
        self.stops: list[Stop] = list(route.stops)
        if not self._is_as_planned:
            self._rewrite()

    @property
    def begun_visits(self) -> list[str]:
        return [fact.visit for fact in self.facts]

    @property
    def _is_as_planned(self) -> bool:
        """Whether the stored times say all there is."""
        said = any(name == self.person.id for name, _ in self.known.parts)
        cut = any(fact.visit in self.known.left for fact in self.facts)
        return not said and not cut and self.person.id not in self.known.since

    def _facts(self) -> list[Begun]:
        visits = [(index, stop) for index, stop in enumerate(self.route.stops) if isinstance(stop, VisitStop)]
        last, self.late = self._last_heard(visits)
        facts = [self._fact(index, stop) for index, stop in visits if self._has_begun(stop, last)]
        return sorted(facts, key=lambda fact: (fact.start, fact.index))

    def _last_heard(self, visits):
        """The visit of the newest record, where it is not over, and how late the person was."""
        heard = [(self._part(stop), stop) for _, stop in visits if self._part(stop)]
        if not heard:
            return None, 0
        part, stop = max(heard, key=lambda each: each[0].left or each[0].arrived)
        if part.left is None:
            return stop, max(0, part.arrived - stop.start)
        return None, max(0, part.left - stop.leave)

    def _part(self, stop):
        return self.known.parts.get((self.person.id, stop.visit))

    def _has_begun(self, stop, under_way) -> bool:
        if self._part(stop):
            return True
        if stop.start > self.known.since.get(self.person.id, self.known.now):
            return False
        if under_way is not None and stop.start >= under_way.start:
            return False
        return stop.start + self.late <= self.known.now

    def _fact(self, index, stop) -> Begun:
        part, now = self._part(stop), self.known.now
        service, planned = self.problem.visit_by_id[stop.visit].service, stop.leave - stop.start
        if part is None:
            start, leave = stop.start + self.late, stop.leave + self.late
        else:
            arrived = part.left - service if part.arrived is None else part.arrived
            start = min(arrived, now)
            # Planned to last longer than it takes: somebody said until when.
            told = stop.leave if planned > service else start
            leave = max(start, min(part.left, now)) if part.left is not None else max(start + service, told, now)
        if stop.visit in self.known.left:
            leave = max(start, min(leave, self.known.left[stop.visit]))
        return Begun(index, stop.visit, start, leave, stop)

    def _rewrite(self):
        """The round with what has begun as it was, and events for what the rest of the plan cannot bear."""
        held = False
        if self.facts:
            last = self.facts[-1]
            ends, bound = last.leave, self._latest_end(last)
            if ends > bound:
                self.events.append(Overrun(last.visit, ends))
                held = True
            self._end_by(min(ends, bound))
        free = max([self.known.now, *(fact.leave for fact in self.facts)])
        ahead = [stop for _, stop in self.rest if isinstance(stop, VisitStop)]
        if ahead and ahead[0].start <= self.known.now and not held:
            self.events.append(Late(self.person.id, free, ahead[0].visit))
        self.stops = [*self._behind(), *(replace(stop) for _, stop in self.rest)]

    def _latest_end(self, last: Begun) -> int:
        """When the last visit begun may end at the latest for the rest to stay as planned."""
        following = next((i for i, (_, stop) in enumerate(self.rest) if isinstance(stop, VisitStop)), None)
        pauses = [stop for _, stop in self.rest[:following] if isinstance(stop, BreakStop)]
        paused = sum(stop.leave - stop.start for stop in pauses)
        if following is None:
            latest = self.person.shift[1] + self.person.overtime - self._drive(last.visit, None) - paused
        else:
            ahead = self.rest[following][1]
            latest = ahead.arrive - self._drive(last.visit, ahead.visit) - paused
        latest = min([latest, *(stop.start for stop in pauses)])
        followed = next((index for index, stop in self.rest if isinstance(stop, VisitStop)), len(self.route.stops))
        between = [stop for stop in self.route.stops[last.index + 1 : followed] if isinstance(stop, VisitStop)]
        # What comes next was planned to follow it: then the planned end will do, however breaks and waits lie.
        return latest if between or followed < last.index else max(latest, last.stored.leave)

    def _drive(self, visit, following) -> int:
        known = self.problem.visit_by_id
        end = self.person.end if following is None else known[following].location
        return 0 if end is None else self.problem.duration_of(self.person).item(known[visit].location, end)

    def _end_by(self, latest: int):
        """Moves what has begun before a moment, and no more than that."""
        for fact in reversed(self.facts):
            fact.leave = min(fact.leave, latest)
            fact.start = min(fact.start, fact.leave)
            latest = fact.start

    def _behind(self) -> list[Stop]:
        """Stops that have begun, with the breaks between them; drives that took less than planned are kept as such."""
        latest = max((fact.index for fact in self.facts), default=-1)
        pauses = [
            (index, stop)
            for index, stop in enumerate(self.route.stops)
            if index < latest and isinstance(stop, BreakStop)
        ]
        stops, before, place = [], None, self.person.start
        for fact in self.facts:
            taken = [stop for index, stop in pauses if index < fact.index]
            pauses = [(index, stop) for index, stop in pauses if index > fact.index]
            spent = self._pause(taken, before, fact, stops)
            self._leg(place, before, fact, spent)
            stops.append(VisitStop(fact.visit, None, fact.start, fact.leave))
            before, place = fact, self.problem.visit_by_id[fact.visit].location
        return stops

    def _pause(self, taken, before, fact, stops) -> int:
        """Adds breaks between two visits, as long as there was time; returns their seconds."""
        spent, free = 0, None if before is None else before.leave
        for stop in taken:
            duration = stop.leave - stop.start
            start = min(stop.start, fact.start)
            if free is not None:
                duration = min(duration, fact.start - free)
                start = max(free, min(stop.start, fact.start - duration))
            duration = min(duration, fact.start - start)
            self.breaks[stop.index] = (start, duration)
            stops.append(BreakStop(stop.index, start, start + duration))
            spent, free = spent + duration, start + duration
        return spent

    def _leg(self, place, before, fact, spent):
        if place is None:
            return
        needed = self.problem.duration_of(self.person).item(place, self.problem.visit_by_id[fact.visit].location)
        if before is None:
            self.opens = min(self.opens, fact.start - needed - spent)
        elif fact.start - before.leave - spent < needed:
            self.legs[fact.visit] = fact.start - before.leave - spent
