"""A planning problem in PyVRP's terms.

PyVRP knows neither skills nor breaks. Who may do what is a travel profile per kind of person, and way of travelling,
in which the way to a forbidden visit takes longer than the day; a break is cut out of the day: the shift ends earlier
by its length, and so do windows that may fall after it. An order that fits the shortened day still fits once the break
is put in.
"""

import numpy as np
import pyvrp

from routing.planning.engines.nodes import Nodes, span, whole_scale
from routing.planning.problem import ALWAYS, Problem, Staff, Visit
from routing.planning.reasons import impossible_visits
from routing.planning.tiers import price_of_leaving_out
from routing.planning.timetable import best_label

# PyVRP's own mark for a forbidden leg (2^44) has been seen to hang its search: penalties are multiples of it.
DEAREST_LEG = 1 << 40
# PyVRP's sums are 64-bit. Its penalty per second of lateness must reach a good part of the highest price, or the search
# prefers late plans; times the longest conceivable lateness it must stay below this.
LARGEST_PENALTY_SUM = 1 << 61
HIGHEST_PRICE = 1 << 40
# Bytes of all travel profiles together.
MOST_PROFILE_BYTES = 1 << 30


class PyvrpProblem:
    """`data` for PyVRP, and the way between its clients and our visits. Empty days have no `data` (None)."""

    def __init__(self, problem: Problem):
        self.problem = problem
        self.scale = whole_scale(problem)
        self.nodes = Nodes(problem)
        self.origin, self.horizon = span(problem)
        self.prices = price_of_leaving_out(problem, self.scale)
        hopeless = impossible_visits(problem)
        self.clients, self.groups, self.visit_of = [], [], []
        self.clients_of = {}
        self.kinds = _kinds(problem, self._is_usable)  # lists of people whom the model cannot tell apart
        usable = [person for kind in self.kinds for person in kind]
        native = all(visit.required for visit in problem.visits) and not hopeless
        for i, visit in enumerate(problem.visits):
            able = [person for person in usable if problem.may_serve(person, visit)]
            if able and visit.id not in hopeless:
                self._visit(i, visit, able, native)
        self.data = self._build() if self.clients and self.kinds else None

    def _is_usable(self, person):
        opens, closes = self._shift(person)
        return opens <= closes and best_label(self.problem, person, [], {}) is not None

    def _visit(self, node, visit, able, native):
        """One client per window, of which one is served; a visit that fits no window is left out.

        Where all visits must be served, PyVRP is told so (`native`), else a required one has the highest price.
        """
        windows = [window for pair in _start_windows(visit) if (window := self._window(pair, able))]
        group = len(self.groups) if len(windows) > 1 else None
        mine = range(len(self.clients), len(self.clients) + len(windows))
        for opens, closes in windows:
            self.clients.append(
                pyvrp.Client(
                    node,
                    delivery=[1, visit.demand],
                    service_duration=visit.service,
                    tw_early=opens,
                    tw_late=closes,
                    prize=0 if native else self.prices[visit.id],
                    required=native and group is None,
                    group=group,
                )
            )
            self.visit_of.append(visit.id)
        if group is not None:
            self.groups.append(pyvrp.ClientGroup(list(mine), required=native))
        if windows:
            self.clients_of[visit.id] = list(mine)

    def _window(self, pair, able):
        """The window from the origin on, closed so early that everybody able can still take their breaks."""
        opens, closes = pair
        cut = min(_before_breaks(person, closes) for person in able)
        low = max(0, opens - self.origin)
        high = min(self.horizon, max(cut, min(opens, closes)) - self.origin)
        return (low, high) if low <= high else None

    def _shift(self, person):
        opens = max(0, person.shift[0] - self.origin)
        closes = min(self.horizon, person.shift[1] + person.overtime - self.origin)
        return opens, closes - _owed(person)

    def _build(self):
        bases = self.nodes.places[self.nodes.visits :]
        depots = [pyvrp.Depot(self.nodes.visits + i) for i in range(len(bases))]
        distances, durations, profile_of = self._profiles()
        types = [self._type(kind, profile) for kind, profile in zip(self.kinds, profile_of, strict=True)]
        locations = [pyvrp.Location(0, 0) for _ in self.nodes.places]
        return pyvrp.ProblemData(locations, self.clients, depots, types, distances, durations, self.groups)

    def _type(self, kind, profile):
        """The vehicle type of people who are alike. Overtime counts from the end of the shift, so that whoever may work
        overtime departs when the shift starts: PyVRP counts it by the length of the day.
        """
        person, problem = kind[0], self.problem
        number = problem.staff.index(person)
        opens, closes = self._shift(person)
        limits = {}
        if person.max_duration is not None:
            limits["shift_duration"] = max(0, person.max_duration - _owed(person))
        if _pays_overtime(person):
            limits["start_late"] = opens
            limits["shift_duration"] = max(0, closes - opens - person.overtime)
            limits["max_overtime"] = person.overtime
            limits["unit_overtime_cost"] = round(person.overtime_cost * self.scale)
        if person.max_drive is not None:
            limits["max_distance"] = round(person.max_drive * problem.weights.travel * self.scale)
        carried = sum(visit.demand for visit in problem.visits)
        return pyvrp.VehicleType(
            len(kind),
            [
                len(problem.visits) if person.max_visits is None else person.max_visits,
                problem.capacity.get(person.id, carried),
            ],
            start_depot=self.nodes.starts[number] - self.nodes.visits,
            end_depot=self.nodes.ends[number] - self.nodes.visits,
            tw_early=opens,
            tw_late=closes,
            profile=profile,
            **limits,
        )

    def _profiles(self):
        """(cost matrices, duration matrices, profile of each kind)."""
        problem, scale = self.problem, self.problem.weights.travel * self.scale
        cost_by = {
            way: np.rint(self.nodes.legs(driven) * scale).astype(np.int64)
            for way, driven in zip(problem.ways, problem.drivens, strict=True)
        }
        drive_by = dict(zip(problem.ways, map(self.nodes.legs, problem.durations), strict=True))
        dearest = max(int(cost.max(initial=1)) for cost in cost_by.values())
        dear = min(DEAREST_LEG, 2 * max(dearest * 100, *self.prices.values()))
        known, costs, drives, profile_of = {}, [], [], []
        for kind in self.kinds:
            forbidden, dislikes = _terms(problem, kind[0])
            way = kind[0].profile
            key = (forbidden.tobytes(), dislikes.tobytes(), way)
            if key not in known:
                known[key] = len(costs)
                own_cost, own_drive = cost_by[way].copy(), drive_by[way].copy()
                own_cost[:, : len(dislikes)] += np.rint(dislikes * self.scale).astype(np.int64)
                own_cost[:, forbidden] = dear
                own_drive[:, forbidden] = 2 * self.horizon + 2
                for matrix in (own_cost, own_drive):
                    np.fill_diagonal(matrix, 0)
                costs.append(own_cost)
                drives.append(own_drive)
            profile_of.append(known[key])
        return costs, drives, profile_of

    def penalties(self):
        """Parameters of the penalties for lateness and overload, high enough for the highest price."""
        usual = pyvrp.PenaltyParams()
        latest = (len(self.clients) + 2) * (2 * self.horizon + 2)
        most = max(usual.max_penalty, min(max(self.prices.values()), LARGEST_PENALTY_SUM // latest))
        return pyvrp.PenaltyParams(max_penalty=float(most))

    def orders(self, solution):
        """Visit ids in order by staff id of a PyVRP solution."""
        free = [list(kind) for kind in self.kinds]
        orders = {}
        for route in solution.routes():
            person = free[route.vehicle_type()].pop(0)
            orders[person.id] = [self.visit_of[step.idx] for step in route if step.is_client()]
        return orders

    def solution(self, orders, starts):
        """A PyVRP solution of orders; `starts` (by visit id) say which of several windows is meant."""
        routes = []
        for number, kind in enumerate(self.kinds):
            for person in kind:
                clients = [self._client(name, starts.get(name)) for name in orders.get(person.id, ())]
                clients = [client for client in clients if client is not None]
                if clients:
                    routes.append(pyvrp.Route(self.data, clients, number))
        return pyvrp.Solution(self.data, routes)

    def _client(self, name, start):
        mine = self.clients_of.get(name)
        if not mine or start is None:
            return mine and mine[0]
        return next((c for c in reversed(mine) if self.clients[c].tw_early <= start - self.origin), mine[0])


def unsupported_limits(problem: Problem) -> list[str]:
    """What the model above cannot state, beside what concerns several people at once."""
    features = []
    if any(_pays_overtime(person) and person.max_duration is not None for person in problem.staff):
        features.append("overtime together with max_duration")
    disliked = any(visit.preferred_staff and visit.preference_cost for visit in problem.visits)
    driven = problem.objective == "duration" and problem.weights.travel > 0 and not disliked
    if any(person.max_drive is not None for person in problem.staff) and not driven:
        features.append("max_drive where the objective is more than the time driven")
    size = len(problem.visits) + len({place for p in problem.staff for place in (p.start, p.end)})
    if 16 * size * size > MOST_PROFILE_BYTES:
        return [*features, f"{len(problem.visits)} visits"]
    profiles = len({(person.profile, *map(bytes, _terms(problem, person))) for person in problem.staff})
    if 16 * profiles * size * size > MOST_PROFILE_BYTES:
        features.append(f"{profiles} different sets of who may do what for {len(problem.visits)} visits")
    return features


def _pays_overtime(person):
    return bool(person.overtime and person.overtime_cost)


def _terms(problem, person):
    """(whether each visit is forbidden to a person, what each costs them for not being preferred)."""
    forbidden = np.array([not problem.may_serve(person, visit) for visit in problem.visits], dtype=bool)
    dislikes = np.array(
        [
            visit.preference_cost if visit.preferred_staff and person.id not in visit.preferred_staff else 0
            for visit in problem.visits
        ],
        dtype=float,
    )
    return np.flatnonzero(forbidden), dislikes


def _kinds(problem, is_usable):
    """People in lists of those who are alike in everything but their name."""
    kinds = {}
    for person in problem.staff:
        if is_usable(person):
            terms = tuple(part.tobytes() for part in _terms(problem, person))
            limits = (person.max_visits, problem.capacity.get(person.id), person.max_duration, person.max_drive)
            day = (person.start, person.end, person.shift, person.breaks, person.overtime, person.overtime_cost)
            kinds.setdefault((terms, limits, day, person.profile), []).append(person)
    return list(kinds.values())


def _start_windows(visit: Visit):
    if visit.pinned and visit.pinned.start is not None:
        return ((visit.pinned.start, visit.pinned.start),)
    return visit.start_windows


def _owed(person: Staff):
    return sum(pause.duration for pause in person.breaks)


def _before_breaks(person: Staff, closes):
    """The latest start that still meets `closes` when every break that may come before it has been put in.

    A break that begins no earlier than its window opens puts off only what starts after that.
    """
    if closes >= ALWAYS[1]:
        return closes
    for opens, duration in sorted(((min(b.windows)[0], b.duration) for b in person.breaks), reverse=True):
        if closes > opens:
            closes = max(opens, closes - duration)
    return closes
