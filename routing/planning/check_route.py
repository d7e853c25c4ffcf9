"""The judge's part for one person's day: times, windows, breaks, skills, capacity."""

from dataclasses import dataclass, field

from .legs import arrive_earliest, depart_latest
from .problem import Problem, Staff, Visit, lateness
from .solution import BreakStop, Route


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule, with the person and the visit it concerns (None where it concerns neither)."""

    rule: str
    staff: str | None
    visit: str | None
    detail: str


@dataclass(slots=True)
class RouteFacts:
    """What a route amounts to. `driven`: sum of the objective's matrix; `drive`, `waiting`, `idle`, `service`:
    seconds.
    """

    starts: list[tuple[str, int]] = field(default_factory=list)
    late: list[tuple[str, int]] = field(default_factory=list)
    driven: int = 0
    drive: int = 0
    service: int = 0
    waiting: int = 0
    idle: int = 0
    overtime: int = 0
    overtime_cost: float = 0
    breaks_missed_cost: float = 0
    departs: int | None = None
    returns: int | None = None


class _Walk:
    """Goes along one route, stop by stop."""

    def __init__(self, problem: Problem, person: Staff, violations):
        self.problem, self.person, self.violations = problem, person, violations
        self.facts = RouteFacts(idle=person.shift[1] - person.shift[0])
        self.seconds, self.objective = problem.duration_of(person), problem.driven_of(person)
        self.place = person.start
        self.clock = None  # free since; None: not departed
        self.pauses = []  # of the leg under way
        self.taken = {}
        self.all_pauses = []
        self.first_start = self.later_drive = 0
        self.load = 0

    def broken(self, rule, detail, visit=None):
        self.violations.append(Violation(rule, self.person.id, visit, detail))

    def pause(self, stop: BreakStop):
        if stop.index >= len(self.person.breaks):
            self.broken("unknown", f"has no break {stop.index}")
            return
        rule = self.person.breaks[stop.index]
        if stop.index in self.taken:
            self.broken("break", f"takes break {stop.index} twice")
        self.taken[stop.index] = True
        if stop.start is None or stop.leave is None:
            self.broken("time", f"break {stop.index} has no time that can be computed")
            return
        if not any(opens <= stop.start <= closes for opens, closes in rule.windows):
            self.broken("break", f"break {stop.index} starts at {stop.start}, outside its windows")
        if stop.leave - stop.start < rule.duration:
            self.broken("break", f"break {stop.index} lasts {stop.leave - stop.start} s instead of {rule.duration} s")
        busy = self.pauses[-1][1] if self.pauses else self.clock
        if busy is None:
            if stop.start < self.person.shift[0]:
                self.broken("shift", f"break {stop.index} starts before the shift")
        elif stop.start < busy:
            self.broken("time", f"break {stop.index} starts at {stop.start}, while busy until {busy}")
            return  # nobody drives round a break that cannot be: what follows is judged without it
        span = (stop.start, stop.leave, rule.place != "stop")
        self.pauses.append(span)
        self.all_pauses.append(span)

    def visit(self, stop):
        visit = self.problem.visit_by_id.get(stop.visit)
        if visit is None:
            self.broken("unknown", f"no visit has the id {stop.visit!r}", stop.visit)
            return
        if stop.start is None or stop.arrive is None or stop.leave is None:
            self.broken("time", "has no time that can be computed", visit.id)
            return
        travel = self.drive_to(visit.location)
        if self.clock is None:
            self.depart(visit, stop, travel)
        else:
            self.later_drive += travel
            earliest, _ = arrive_earliest(self.clock, travel, self.pauses)
            if stop.arrive < earliest:
                self.broken("time", f"arrives at {stop.arrive}, {earliest} is the earliest possible", visit.id)
            elif stop.start < earliest:
                self.broken("time", f"starts at {stop.start} before the earliest arrival {earliest}", visit.id)
        if stop.start < stop.arrive:
            self.broken("time", f"starts at {stop.start} before arriving at {stop.arrive}", visit.id)
        elif self.pauses and stop.start < self.pauses[-1][1]:
            self.broken("time", f"starts at {stop.start} during a break", visit.id)
        if stop.leave - stop.start < visit.service:
            self.broken("time", f"lasts {stop.leave - stop.start} s instead of {visit.service} s", visit.id)
        self.window(visit, stop.start)
        self.people(visit)
        self.facts.starts.append((visit.id, stop.start))
        self.facts.service += visit.service
        self.load += visit.demand
        self.clock, self.pauses = stop.leave, []

    def drive_to(self, location):
        """Seconds to the next place; the leg counts in the objective."""
        if self.place is None or location is None:
            self.place = location
            return 0
        travel = self.seconds.item(self.place, location)
        self.facts.drive += travel
        self.facts.driven += self.objective.item(self.place, location)
        self.place = location
        return travel

    def depart(self, visit, stop, travel):
        opens = self.person.shift[0]
        self.first_start = stop.start
        over = [pause for pause in self.pauses if pause[1] <= stop.start]  # a later one is named as a broken rule
        self.facts.departs = depart_latest(stop.start, travel, over)
        if self.facts.departs < opens:
            self.broken(
                "shift", f"departs at {self.facts.departs} at the latest, the shift starts at {opens}", visit.id
            )
            return
        earliest, _ = arrive_earliest(opens, travel, self.pauses)
        if stop.arrive < min(earliest, _arrival_of(opens, travel, self.pauses, stop.arrive)):
            self.broken("time", f"arrives at {stop.arrive}, {earliest} is the earliest possible", visit.id)

    def window(self, visit: Visit, start):
        pin = visit.pinned
        if pin and pin.start is not None and start != pin.start:
            self.broken("pin", f"starts at {start}, pinned to {pin.start}", visit.id)
        late = lateness(visit, start)
        if late is None:
            self.broken("window", f"starts at {start}, before its first window opens", visit.id)
        elif late and visit.late_cost is None:
            rule = "end" if visit.window_at == "end" else "window"
            self.broken(rule, f"starts at {start}, {late} s after its window", visit.id)
        elif late:
            self.facts.late.append((visit.id, late))
            if visit.late_max is not None and late > visit.late_max:
                self.broken("late", f"is {late} s late, at most {visit.late_max} s are allowed", visit.id)

    def people(self, visit: Visit):
        person = self.person
        if not visit.skills <= person.skills:
            self.broken("skill", f"lacks {', '.join(sorted(visit.skills - person.skills))}", visit.id)
        if visit.only_staff is not None and person.id not in visit.only_staff:
            self.broken("staff", "is not among the only staff for this visit", visit.id)
        if person.id in visit.not_staff:
            self.broken("staff", "is excluded from this visit", visit.id)

    def finish(self):
        """Return, end of the day, and what counts for the day as a whole."""
        person, facts = self.person, self.facts
        if not facts.starts:
            return facts  # nobody's day: breaks are not owed
        travel = self.drive_to(person.end)
        self.later_drive += travel
        facts.returns, ends = arrive_earliest(self.clock, travel, self.pauses)
        self.overtime(ends)
        worked = facts.service + self.later_drive
        paused = sum(
            max(0, end - max(start, self.first_start)) for start, end, _ in self.all_pauses if start < facts.returns
        )
        facts.waiting = max(0, facts.returns - self.first_start - worked - paused)
        facts.idle = facts.departs - person.shift[0] + facts.waiting + max(0, person.shift[1] - facts.returns)
        for index, rule in enumerate(person.breaks):
            if index not in self.taken:
                if rule.required:
                    self.broken("break", f"break {index} is missing")
                facts.breaks_missed_cost += rule.missed_cost
        self.limits()
        return facts

    def overtime(self, ends):
        person, facts = self.person, self.facts
        over = max(0, ends - person.shift[1])
        facts.overtime, facts.overtime_cost = over, over * person.overtime_cost
        if over > person.overtime:
            allowed = f", {person.overtime} s overtime are allowed" if person.overtime else ""
            self.broken("shift", f"ends at {ends}, {over} s after the shift{allowed}")

    def limits(self):
        person, facts = self.person, self.facts
        if person.max_duration is not None and facts.returns - facts.departs > person.max_duration:
            detail = f"is out for {facts.returns - facts.departs} s, at most {person.max_duration} s are allowed"
            self.broken("duration", detail)
        if person.max_drive is not None and facts.drive > person.max_drive:
            self.broken("drive", f"drives {facts.drive} s, at most {person.max_drive} s are allowed")
        if person.max_visits is not None and len(facts.starts) > person.max_visits:
            self.broken("max_visits", f"has {len(facts.starts)} visits, at most {person.max_visits} are allowed")
        bound = self.problem.capacity.get(person.id)
        if bound is not None and self.load > bound:
            self.broken("capacity", f"carries {self.load}, at most {bound}")


def _arrival_of(depart, travel, pauses, arrive):
    """Earliest arrival when only the breaks that start before a stated arrival count."""
    return arrive_earliest(depart, travel, [pause for pause in pauses if pause[0] < arrive])[0]


def check_route(problem: Problem, person: Staff, route: Route, violations: list[Violation]) -> RouteFacts:
    """Walks along the route, adds what is broken to `violations`, returns the facts of the day."""
    walk = _Walk(problem, person, violations)
    for stop in route.stops:
        if isinstance(stop, BreakStop):
            walk.pause(stop)
        else:
            walk.visit(stop)
    return walk.finish()
