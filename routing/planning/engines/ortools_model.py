"""A planning problem in OR-Tools' terms. One node per visit, one per place where somebody starts or ends, one for
nowhere.
"""

import itertools

import numpy as np
from ortools.constraint_solver import pywrapcp

from routing.planning.engines.nodes import Nodes, span, whole_scale
from routing.planning.problem import ALWAYS, Problem
from routing.planning.reasons import impossible_visits
from routing.planning.tiers import price_of_leaving_out
from routing.planning.timetable import best_label


class RoutingProblem:
    """The model, and the way back from its indexes to visits. Times are counted from `origin` on, so that none is
    negative.
    """

    def __init__(self, problem: Problem):
        self.problem = problem
        self.scale = whole_scale(problem)
        self.nodes = Nodes(problem)
        self.manager = pywrapcp.RoutingIndexManager(
            len(self.nodes), len(problem.staff), self.nodes.starts, self.nodes.ends
        )
        self.routing = pywrapcp.RoutingModel(self.manager)
        self.drives = [self.nodes.legs(matrix) for matrix in problem.durations]
        self.way_of = [problem.ways.index(person.profile) for person in problem.staff]
        self.origin, self.horizon = span(problem)
        self.impossible = impossible_visits(problem)
        # Somebody whose required break fits nowhere in the shift cannot be sent out at all.
        self.usable = [k for k, person in enumerate(problem.staff) if best_label(problem, person, [], {}) is not None]
        self._time()
        self._counts()
        self._costs()
        for i, visit in enumerate(problem.visits):
            self._visit(i, visit)
        for vehicle, person in enumerate(problem.staff):
            self._person(vehicle, person)

    def _time(self):
        service = np.zeros(len(self.nodes), dtype=np.int64)
        service[: len(self.problem.visits)] = [visit.service for visit in self.problem.visits]
        transits = self._by_person(drive + service[:, None] for drive in self.drives)
        self.routing.AddDimensionWithVehicleTransits(transits, self.horizon, self.horizon, False, "time")
        self.time = self.routing.GetDimensionOrDie("time")
        self.service_at = [0] * self.routing.Size()
        for i, visit in enumerate(self.problem.visits):
            self.service_at[self.manager.NodeToIndex(i)] = visit.service

    def _counts(self):
        """Bounds on numbers of visits, carried demand and seconds driven."""
        people, visits = self.problem.staff, self.problem.visits
        rest = [0] * (len(self.nodes) - len(visits))

        def bound(name, amounts, limits):
            if any(limit is not None for limit in limits):
                free = sum(amounts)
                transit = self.routing.RegisterUnaryTransitVector(amounts + rest)
                caps = [free if limit is None else limit for limit in limits]
                self.routing.AddDimensionWithVehicleCapacity(transit, 0, caps, True, name)

        bound("visits", [1] * len(visits), [person.max_visits for person in people])
        bound("demand", [visit.demand for visit in visits], [self.problem.capacity.get(person.id) for person in people])
        if any(person.max_drive is not None for person in people):
            transits = self._by_person(self.drives)
            caps = [self.horizon if person.max_drive is None else person.max_drive for person in people]
            self.routing.AddDimensionWithVehicleTransitAndCapacity(transits, 0, caps, True, "drive")

    def _by_person(self, matrices):
        """The library's number, for each person, of the matrix (one for each way of travelling) that is theirs."""
        registered = [self.routing.RegisterTransitMatrix(matrix.tolist()) for matrix in matrices]
        return [registered[way] for way in self.way_of]

    def _costs(self):
        """Travel, and once per visit the cost of somebody who is not preferred."""
        problem, weight = self.problem, self.problem.weights.travel
        legs_by = [
            np.rint(self.nodes.legs(driven) * weight * self.scale).astype(np.int64) for driven in problem.drivens
        ]
        plain = {}
        for vehicle, (person, way) in enumerate(zip(problem.staff, self.way_of, strict=True)):
            dislike = [
                round(visit.preference_cost * self.scale)
                if visit.preferred_staff and person.id not in visit.preferred_staff
                else 0
                for visit in problem.visits
            ]
            if any(dislike):
                own = legs_by[way].copy()
                own[:, : len(dislike)] += np.array(dislike)
                self.routing.SetArcCostEvaluatorOfVehicle(self.routing.RegisterTransitMatrix(own.tolist()), vehicle)
                continue
            if way not in plain:
                plain[way] = self.routing.RegisterTransitMatrix(legs_by[way].tolist())
            self.routing.SetArcCostEvaluatorOfVehicle(plain[way], vehicle)
        self.prices = price_of_leaving_out(problem, self.scale)

    def _visit(self, node, visit):
        index = self.manager.NodeToIndex(node)
        able = [k for k in self.usable if self.problem.may_serve(self.problem.staff[k], visit)]
        if visit.id in self.impossible:
            able = []
        self.routing.VehicleVar(index).SetValues([-1, *able])
        self.routing.AddDisjunction([index], self.prices[visit.id])
        if able:
            self._windows(index, visit)

    def _windows(self, index, visit):
        start = self.time.CumulVar(index)
        opens, closes = visit.start_windows[0][0], max(closes for _, closes in visit.start_windows)
        if visit.late_cost is not None:
            limit = ALWAYS[1] if visit.late_max is None else closes + visit.late_max
            if visit.late_cost and closes < min(limit, self.origin + self.horizon):
                cost = round(visit.late_cost * self.scale)
                self.time.SetCumulVarSoftUpperBound(index, max(0, closes - self.origin), cost)
            closes = limit
        self._range(start, opens, closes)
        for (_, before), (after, _) in itertools.pairwise(visit.start_windows):
            if before + 1 <= after - 1:
                start.RemoveInterval(before + 1 - self.origin, after - 1 - self.origin)
        if visit.pinned and visit.pinned.start is not None:
            self._range(start, visit.pinned.start, visit.pinned.start)

    def _range(self, variable, earliest, latest):
        """Bounds on a time. An empty range belongs to somebody who cannot be sent out: it stays unbounded."""
        low, high = max(0, earliest - self.origin), min(self.horizon, latest - self.origin)
        if low <= high and low <= variable.Max() and high >= variable.Min():
            variable.SetRange(low, high)

    def _person(self, vehicle, person):
        opens, closes = person.shift[0], person.shift[1] + person.overtime
        start, end = self.routing.Start(vehicle), self.routing.End(vehicle)
        # The library lets a break overlap the start of a route (and the end likewise), so days with breaks are held
        # open over the whole shift: waiting costs nothing here. A bounded day cannot be; there the judge weeds out.
        held = bool(person.breaks) and person.max_duration is None
        self._range(self.time.CumulVar(start), opens, opens if held else closes)
        self._range(self.time.CumulVar(end), closes if held and not person.overtime else opens, closes)
        if person.overtime and person.overtime_cost:
            cost = round(person.overtime_cost * self.scale)
            self.time.SetCumulVarSoftUpperBound(end, person.shift[1] - self.origin, cost)
        if person.max_duration is not None:
            self.time.SetSpanUpperBoundForVehicle(person.max_duration, vehicle)
        if person.breaks and vehicle in self.usable:
            intervals = [
                self._break(pause, f"break {vehicle}.{i}", opens, closes) for i, pause in enumerate(person.breaks)
            ]
            self.time.SetBreakIntervalsOfVehicle(intervals, vehicle, self.service_at)

    def _break(self, pause, name, opens, closes):
        windows = sorted(pause.windows)
        low = max(0, max(opens, windows[0][0]) - self.origin)
        high = min(self.horizon, min(closes - pause.duration, max(last for _, last in windows)) - self.origin)
        solver = self.routing.solver()
        start = solver.IntVar(low, high, f"{name} start")
        for (_, before), (after, _) in itertools.pairwise(windows):
            if before + 1 <= after - 1:
                start.RemoveInterval(before + 1 - self.origin, after - 1 - self.origin)
        return solver.FixedDurationIntervalVar(start, pause.duration, name)

    def orders(self, following):
        """Visit ids in order by staff id; `following` gives the next index of an index."""
        orders = {}
        for vehicle, person in enumerate(self.problem.staff):
            index, names = following(self.routing.Start(vehicle)), []
            while not self.routing.IsEnd(index):
                names.append(self.problem.visits[self.manager.IndexToNode(index)].id)
                index = following(index)
            orders[person.id] = names
        return orders

    def indexes(self, orders):
        """Lists of indexes, one per person, of visit ids in order by staff id."""
        node = {visit.id: i for i, visit in enumerate(self.problem.visits)}
        return [[self.manager.NodeToIndex(node[name]) for name in orders.get(p.id, ())] for p in self.problem.staff]
