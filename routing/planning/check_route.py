"""The judge's part for one person's day: times, windows, breaks, skills, capacity."""

from dataclasses import dataclass, field

from .legs import arrive_earliest, depart_latest
from .problem import Problem, Staff, Visit, lateness
from .solution import BreakStop, Route


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule, with the person and the visit it concerns (None where it concerns neither). `detail` is for the
    contract's readers; who words it otherwise finds here, in seconds of the day or in numbers, what it was made of:

    `part`: which part of the rule, where it has several. `index`: of the break. `found`: what the plan has; of a visit
    outside its window, when it starts. `limit`: what is allowed or asked for. `other`: the other visit of a link.
    `skills`: those that the person lacks.
    """

    rule: str
    staff: str | None
    visit: str | None
    detail: str
    part: str = ""
    index: int | None = None
    found: int | None = None
    limit: int | None = None
    other: str | None = None
    skills: tuple[str, ...] = ()


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

    def broken(self, rule, detail, visit=None, **data):
        self.violations.append(Violation(rule, self.person.id, visit, detail, **data))

    def pause(self, stop: BreakStop):
        index, start = stop.index, stop.start
        if index >= len(self.person.breaks):
            self.broken("unknown", f"has no break {index}", part="break", index=index)
            return
        rule = self.person.breaks[index]
        if index in self.taken:
            self.broken("break", f"takes break {index} twice", part="twice", index=index)
        self.taken[index] = True
        if start is None or stop.leave is None:
            self.broken("time", f"break {index} has no time that can be computed", part="none", index=index)
            return
        if not any(opens <= start <= closes for opens, closes in rule.windows):
            detail = f"break {index} starts at {start}, outside its windows"
            self.broken("break", detail, part="window", index=index, found=start)
        lasts = stop.leave - start
        if lasts < rule.duration:
            detail = f"break {index} lasts {lasts} s instead of {rule.duration} s"
            self.broken("break", detail, part="short", index=index, found=lasts, limit=rule.duration)
        busy = self.pauses[-1][1] if self.pauses else self.clock
        if busy is None:
            if start < self.person.shift[0]:
                detail = f"break {index} starts before the shift"
                self.broken("shift", detail, part="break", index=index, found=start, limit=self.person.shift[0])
        elif start < busy:
            detail = f"break {index} starts at {start}, while busy until {busy}"
            self.broken("time", detail, part="busy", index=index, found=start, limit=busy)
            return  # nobody drives round a break that cannot be: what follows is judged without it
        span = (start, stop.leave, rule.place != "stop")
        self.pauses.append(span)
        self.all_pauses.append(span)

    def visit(self, stop):
        visit = self.problem.visit_by_id.get(stop.visit)
        if visit is None:
            self.broken("unknown", f"no visit has the id {stop.visit!r}", stop.visit, part="visit")
            return
        if stop.start is None or stop.arrive is None or stop.leave is None:
            self.broken("time", "has no time that can be computed", visit.id, part="none")
            return
        travel = self.drive_to(visit.location)
        if self.clock is None:
            self.depart(visit, stop, travel)
        else:
            self.later_drive += travel
            earliest, _ = arrive_earliest(self.clock, travel, self.pauses)
            if stop.arrive < earliest:
                self.too_early(visit, stop, f"arrives at {stop.arrive}, {earliest} is the earliest possible", earliest)
            elif stop.start < earliest:
                self.too_early(visit, stop, f"starts at {stop.start} before the earliest arrival {earliest}", earliest)
        if stop.start < stop.arrive:
            self.too_early(visit, stop, f"starts at {stop.start} before arriving at {stop.arrive}", stop.arrive)
        elif self.pauses and stop.start < self.pauses[-1][1]:
            self.too_early(visit, stop, f"starts at {stop.start} during a break", self.pauses[-1][1])
        lasts = stop.leave - stop.start
        if lasts < visit.service:
            detail = f"lasts {lasts} s instead of {visit.service} s"
            self.broken("time", detail, visit.id, part="short", found=lasts, limit=visit.service)
        self.window(visit, stop.start)
        self.people(visit)
        self.facts.starts.append((visit.id, stop.start))
        self.facts.service += visit.service
        self.load += visit.demand
        self.clock, self.pauses = stop.leave, []

    def too_early(self, visit, stop, detail, earliest):
        self.broken("time", detail, visit.id, part="early", found=stop.start, limit=earliest)

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
            detail = f"departs at {self.facts.departs} at the latest, the shift starts at {opens}"
            self.broken("shift", detail, visit.id, part="departs", found=self.facts.departs, limit=opens)
            return
        earliest, _ = arrive_earliest(opens, travel, self.pauses)
        if stop.arrive < min(earliest, _arrival_of(opens, travel, self.pauses, stop.arrive)):
            self.too_early(visit, stop, f"arrives at {stop.arrive}, {earliest} is the earliest possible", earliest)

    def window(self, visit: Visit, start):
        pin = visit.pinned
        if pin and pin.start is not None and start != pin.start:
            detail = f"starts at {start}, pinned to {pin.start}"
            self.broken("pin", detail, visit.id, part="start", found=start, limit=pin.start)
        late = lateness(visit, start)
        if late is None:
            self.broken("window", f"starts at {start}, before its first window opens", visit.id, found=start)
        elif late and visit.late_cost is None:
            rule = "end" if visit.window_at == "end" else "window"
            self.broken(rule, f"starts at {start}, {late} s after its window", visit.id, found=start)
        elif late:
            self.facts.late.append((visit.id, late))
            if visit.late_max is not None and late > visit.late_max:
                detail = f"is {late} s late, at most {visit.late_max} s are allowed"
                self.broken("late", detail, visit.id, found=start, limit=visit.late_max)

    def people(self, visit: Visit):
        person = self.person
        if not visit.skills <= person.skills:
            lacking = tuple(sorted(visit.skills - person.skills))
            self.broken("skill", f"lacks {', '.join(lacking)}", visit.id, skills=lacking)
        if visit.only_staff is not None and person.id not in visit.only_staff:
            self.broken("staff", "is not among the only staff for this visit", visit.id, part="only")
        if person.id in visit.not_staff:
            self.broken("staff", "is excluded from this visit", visit.id, part="excluded")

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
        facts.idle = self.idle()
        for index, rule in enumerate(person.breaks):
            if index not in self.taken:
                if rule.required:
                    self.broken("break", f"break {index} is missing", part="missing", index=index)
                facts.breaks_missed_cost += rule.missed_cost
        self.limits()
        return facts

    def idle(self):
        """Seconds of the shift, and of what is worked past it, without driving, work or a break."""
        opens, closes = self.person.shift[0], max(self.person.shift[1], self.facts.returns)
        resting = sum(max(0, min(end, closes) - max(start, opens)) for start, end, _ in self.all_pauses)
        return closes - opens - self.facts.drive - self.facts.service - resting

    def overtime(self, ends):
        person, facts = self.person, self.facts
        over = max(0, ends - person.shift[1])
        facts.overtime, facts.overtime_cost = over, over * person.overtime_cost
        if over > person.overtime:
            allowed = f", {person.overtime} s overtime are allowed" if person.overtime else ""
            detail = f"ends at {ends}, {over} s after the shift{allowed}"
            self.broken("shift", detail, part="ends", found=ends, limit=person.shift[1] + person.overtime)

    def limits(self):
        person, facts, visits = self.person, self.facts, len(self.facts.starts)
        away = facts.returns - facts.departs
        if person.max_duration is not None and away > person.max_duration:
            detail = f"is out for {away} s, at most {person.max_duration} s are allowed"
            self.broken("duration", detail, found=away, limit=person.max_duration)
        if person.max_drive is not None and facts.drive > person.max_drive:
            detail = f"drives {facts.drive} s, at most {person.max_drive} s are allowed"
            self.broken("drive", detail, found=facts.drive, limit=person.max_drive)
        if person.max_visits is not None and visits > person.max_visits:
            detail = f"has {visits} visits, at most {person.max_visits} are allowed"
            self.broken("max_visits", detail, found=visits, limit=person.max_visits)
        bound = self.problem.capacity.get(person.id)
        if bound is not None and self.load > bound:
            self.broken("capacity", f"carries {self.load}, at most {bound}", found=self.load, limit=bound)


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
