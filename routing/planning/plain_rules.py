"""The rules a second time, slowly and plainly: walks through every tick, shares no code with the judge.

Only for measuring the judge (tests, `manage.py bench judge`), on days of a few hundred ticks. `broken_rules` judges a
plan whose times are all stated. `cheapest_times` finds the least soft cost of a route by trying everything.
"""

import heapq
from itertools import count

from .solution import BreakStop


def spare_ticks(frm, to, pauses):
    """Ticks in [frm, to) outside all pauses."""
    return [t for t in range(frm, to) if not any(start <= t < end for start, end, _ in pauses)]


def drive_fits(frm, to, travel, pauses):
    """Whether a drive of `travel` ticks fits between: interrupted by "anywhere" breaks only."""
    blocks, edge = [], frm
    for start, end, interrupts in pauses:
        if not interrupts:
            blocks.append((edge, min(start, to)))
            edge = max(frm, end)
    blocks.append((edge, to))
    return any(len(spare_ticks(a, b, pauses)) >= travel and a <= to for a, b in blocks if a <= b)


def earliest_arrival(leave, travel, pauses):
    return next(t for t in range(leave, leave + 400) if drive_fits(leave, t, travel, pauses))


def latest_departure(start, travel, pauses):
    return next(t for t in range(start, start - 400, -1) if drive_fits(t, start, travel, pauses))


def travel_by(problem, person):
    """What holds the matrices of one person: the problem itself, or one of its profiles."""
    return problem if person.profile is None else problem.profiles[person.profile]


def late_by(visit, start):
    """Lateness; None before the first window opens."""
    shift = visit.service if visit.window_at == "end" else 0
    opened = [closes - shift for opens, closes in sorted(visit.windows) if opens <= start]
    return max(0, start - opened[-1]) if opened else None


def broken_rules(problem, plan):
    """(set of (rule, staff, visit), dict of cost parts) of a plan with all times stated."""
    broken, cost = set(), dict.fromkeys(("travel", "prizes", "late", "preference", "overtime", "breaks"), 0)
    waiting, idle, lateness, served = 0, {p.id: p.shift[1] - p.shift[0] for p in problem.staff}, {}, {}
    _names(problem, plan, broken)
    for route in plan.routes:
        person = next((p for p in problem.staff if p.id == route.staff), None)
        if person is None:
            continue
        day = _Day(problem, person, route, broken)
        for name, start in day.starts:
            if person.id in served.setdefault(name, {}):
                broken.add(("twice", person.id, name))
            served[name][person.id] = start
        if day.starts:
            waiting += day.waiting
            idle[person.id] = day.idle
            cost["travel"] += day.driven * problem.weights.travel
            cost["overtime"] += day.over * person.overtime_cost
            cost["breaks"] += day.missed
            for name, late in day.late:
                lateness[name] = max(late, lateness.get(name, 0))
    for left in plan.unserved:
        if served.get(left.visit):
            broken.add(("twice", None, left.visit))
    done = {}
    for visit in problem.visits:
        starts = served.get(visit.id, {})
        if not starts and visit.required:
            broken.add(("required", None, visit.id))
        if len(starts) > visit.staff_required:
            broken.add(("twice", None, visit.id))
        if 0 < len(starts) < visit.staff_required or (visit.staff_required > 1 and len({*starts.values()}) > 1):
            broken.add(("double", None, visit.id))
        if len(starts) >= visit.staff_required:
            done[visit.id] = starts
        else:
            cost["prizes"] += visit.prize
        if starts and visit.pinned and visit.pinned.staff and visit.pinned.staff not in starts:
            broken.add(("pin", None, visit.id))
        if visit.id in done and visit.preferred_staff and any(name not in visit.preferred_staff for name in starts):
            cost["preference"] += visit.preference_cost
    for name, late in lateness.items():
        cost["late"] += late * next(v for v in problem.visits if v.id == name).late_cost
    cost["waiting"] = waiting * problem.weights.waiting
    cost["idle"] = max(idle.values()) * problem.weights.max_idle
    cost["max_late"] = max(lateness.values(), default=0) * problem.weights.max_late
    for link in problem.links:
        _link(link, done, broken)
    return broken, cost


def _names(problem, plan, broken):
    """Names that the problem does not have, and people with more than one route."""
    people, visits = [p.id for p in problem.staff], [v.id for v in problem.visits]
    named = [route.staff for route in plan.routes]
    for name in named:
        if name not in people:
            broken.add(("unknown", name, None))
        elif named.count(name) > 1:
            broken.add(("twice", name, None))
    for left in plan.unserved:
        if left.visit not in visits:
            broken.add(("unknown", None, left.visit))


def _link(link, done, broken):
    one, two = done.get(link.first), done.get(link.second)
    if link.together and bool(one) != bool(two):
        broken.add(("link", None, link.first if two else link.second))
    if one and two:
        gaps = [b - a for a in one.values() for b in two.values()]
        if link.min_gap is not None and any(gap < link.min_gap for gap in gaps):
            broken.add(("link", None, link.second))
        if link.max_gap is not None and any(gap > link.max_gap for gap in gaps):
            broken.add(("link", None, link.second))
        if link.same_staff and not one.keys() & two.keys():
            broken.add(("link", None, link.second))
        if link.different_staff and one.keys() & two.keys():
            broken.add(("link", min(one.keys() & two.keys()), link.second))


class _Day:
    """One person's route, stop by stop: ticks of what it took, and the rules that it breaks, in `broken`."""

    def __init__(self, problem, person, route, broken):
        self.broken, self.person, self.problem = broken, person, problem
        self.starts, self.late, self.breaks, self.taken = [], [], [], []
        self.driven = self.drive = self.served = self.load = 0
        place, leave, pauses = self.walk(route)
        if self.starts:
            self.end(self.leg(place, person.end), leave, pauses)

    def walk(self, route):
        """Every stop. Where the last visit was, when it ended, and the breaks taken since."""
        person, visits = self.person, {v.id: v for v in self.problem.visits}
        place, leave, pauses = person.start, None, []
        for stop in route.stops:
            if isinstance(stop, BreakStop):
                if stop.index >= len(person.breaks):
                    self.mark("unknown")
                    continue
                busy = pauses[-1][1] if pauses else leave
                self.pause(stop, busy)
                if busy is None or stop.start >= busy:
                    pauses.append((stop.start, stop.leave, person.breaks[stop.index].place == "anywhere"))
                    self.breaks.append(pauses[-1])
                continue
            if stop.visit not in visits:
                self.mark("unknown", stop.visit)
                continue
            visit = visits[stop.visit]
            self.arrive(stop, visit, self.leg(place, visit.location), leave, pauses)
            self.service(stop, visit, pauses)
            place, leave, pauses = visit.location, stop.leave, []
        return place, leave, pauses

    def arrive(self, stop, visit, legs, leave, pauses):
        """`leave`: None before the first visit."""
        if leave is None:
            self.depart(stop, visit, legs[0], pauses)
            self.first_start, self.first_leg = stop.start, legs[0]
        else:
            earliest = earliest_arrival(leave, legs[0], pauses)
            if stop.arrive < earliest or stop.start < earliest:
                self.mark("time", visit.id)
            self.drive += legs[0]
        self.driven += legs[1]

    def end(self, legs, leave, pauses):
        """The way home, and what holds for the day as a whole."""
        person, drive = self.person, self.drive + legs[0]
        self.driven += legs[1]
        returns = earliest_arrival(leave, legs[0], pauses)
        ends = max([returns] + [end for _, end, _ in pauses])
        self.over = max(0, ends - person.shift[1])
        paused = sum(1 for t in range(self.first_start, returns) for a, b, _ in self.breaks if a <= t < b)
        self.waiting = max(0, returns - self.first_start - self.served - drive - paused)
        at_hand = range(person.shift[0], max(returns, person.shift[1]))
        resting = sum(1 for a, b, _ in self.breaks for t in range(a, b) if t in at_hand)
        self.idle = len(at_hand) - self.first_leg - drive - self.served - resting
        self.missed = sum(p.missed_cost for i, p in enumerate(person.breaks) if i not in self.taken)
        if self.over > person.overtime:
            self.mark("shift")
        if any(p.required and i not in self.taken for i, p in enumerate(person.breaks)):
            self.mark("break")
        if person.max_duration is not None and returns - self.departs > person.max_duration:
            self.mark("duration")
        if person.max_drive is not None and self.first_leg + drive > person.max_drive:
            self.mark("drive")
        if person.max_visits is not None and len(self.starts) > person.max_visits:
            self.mark("max_visits")
        if self.load > self.problem.capacity.get(person.id, self.load):
            self.mark("capacity")

    def mark(self, rule, visit=None):
        self.broken.add((rule, self.person.id, visit))

    def leg(self, here, there):
        if here is None or there is None:
            return 0, 0
        travel = travel_by(self.problem, self.person)
        matrix = travel.duration if self.problem.objective == "duration" else travel.distance
        return int(travel.duration[here, there]), int(matrix[here, there])

    def pause(self, stop, busy):
        rule = self.person.breaks[stop.index]
        if (
            stop.index in self.taken
            or stop.leave - stop.start < rule.duration
            or not any(a <= stop.start <= b for a, b in rule.windows)
        ):
            self.mark("break")
        self.taken.append(stop.index)
        if busy is None and stop.start < self.person.shift[0]:
            self.mark("shift")
        if busy is not None and stop.start < busy:
            self.mark("time")

    def depart(self, stop, visit, travel, pauses):
        self.departs = latest_departure(stop.start, travel, [p for p in pauses if p[1] <= stop.start])
        if self.departs < self.person.shift[0]:
            self.mark("shift", visit.id)
        elif stop.arrive < earliest_arrival(self.person.shift[0], travel, [p for p in pauses if p[0] < stop.arrive]):
            self.mark("time", visit.id)

    def service(self, stop, visit, pauses):
        person = self.person
        if (
            stop.start < stop.arrive
            or (pauses and stop.start < pauses[-1][1])
            or stop.leave < stop.start + visit.service
        ):
            self.mark("time", visit.id)
        if visit.pinned and visit.pinned.start is not None and stop.start != visit.pinned.start:
            self.mark("pin", visit.id)
        late = late_by(visit, stop.start)
        if late is None:
            self.mark("window", visit.id)
        elif late and visit.late_cost is None:
            self.mark("end" if visit.window_at == "end" else "window", visit.id)
        elif late:
            self.late.append((visit.id, late))
            if visit.late_max is not None and late > visit.late_max:
                self.mark("late", visit.id)
        if not visit.skills <= person.skills:
            self.mark("skill", visit.id)
        if person.id in visit.not_staff or (visit.only_staff is not None and person.id not in visit.only_staff):
            self.mark("staff", visit.id)
        self.starts.append((visit.id, stop.start))
        self.served += visit.service
        self.load += visit.demand


def cheapest_times(problem, person, visits):
    """Least late, overtime and missed-break cost of visits in this order, None where no times fit; every tick is
    tried.

    State: (tick, stops done, ticks driven on the leg, breaks taken). Once the last leg is driven the day may end.
    """
    places = [person.start, *(visit.location for visit in visits), person.end]
    seconds = travel_by(problem, person).duration
    legs = [0 if a is None or b is None else int(seconds[a, b]) for a, b in zip(places, places[1:], strict=False)]
    order, best = count(), {}
    queue = [(0, next(order), person.shift[0], 0, 0, frozenset())]
    while queue:
        cost, _, tick, done, driven, taken = heapq.heappop(queue)
        state = (tick, done, driven, taken)
        if done > len(visits):
            return cost
        if best.get(state, cost + 1) <= cost or tick > person.shift[1] + person.overtime:
            continue
        best[state] = cost
        for step in _steps(person, visits, legs, cost, *state):
            heapq.heappush(queue, (step[0], next(order), *step[1:]))
    return None


def _steps(person, visits, legs, cost, tick, done, driven, taken):
    yield cost, tick + 1, done, driven, taken
    if driven < legs[done]:
        yield cost, tick + 1, done, driven + 1, taken
    for index, pause in enumerate(person.breaks):
        standing = driven in (0, legs[done]) or pause.place == "anywhere"
        if index not in taken and standing and any(a <= tick <= b for a, b in pause.windows):
            yield cost, tick + pause.duration, done, driven, taken | {index}
    if driven < legs[done]:
        return
    if done == len(visits):
        missing = [pause for index, pause in enumerate(person.breaks) if index not in taken]
        if not any(pause.required for pause in missing):
            over = max(0, tick - person.shift[1])
            total = cost + over * person.overtime_cost + sum(pause.missed_cost for pause in missing)
            yield total, tick, done + 1, 0, taken
        return
    visit = visits[done]
    late = late_by(visit, tick)
    pin = visit.pinned.start if visit.pinned else None
    if late is None or (pin is not None and pin != tick) or (late and visit.late_cost is None):
        return
    if visit.late_max is None or late <= visit.late_max or visit.late_cost is None:
        yield cost + late * (visit.late_cost or 0), tick + visit.service, done + 1, 0, taken
