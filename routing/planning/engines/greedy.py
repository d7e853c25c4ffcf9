"""A first plan within a second: the most urgent visits first, each where it adds least travel and all rules hold."""

from routing.planning.engines.answer import Best
from routing.planning.engines.base import SolveOptions
from routing.planning.missing_times import day_length
from routing.planning.problem import Problem
from routing.planning.solution import Solution
from routing.planning.timetable import best_label, retimed_later, timed_route


class GreedyEngine:
    """Best insertion in order of urgency; no search. Also the first plan of other engines."""

    name = "greedy"

    def unsupported(self, problem: Problem) -> list[str]:
        return unsupported_features(problem)

    def solve(self, problem: Problem, options: SolveOptions) -> Solution:
        best = Best(problem, options, self.name)
        best.offer(first_orders(problem, best.should_stop))
        return best.finished()


def unsupported_features(problem: Problem) -> list[str]:
    """What insertion into single routes cannot state."""
    features = []
    if any(visit.staff_required > 1 for visit in problem.visits):
        features.append("visits by several staff together (staff_required)")
    if problem.links:
        features.append("links between visits")
    return features


def urgency(problem: Problem, visit):
    """Sort key: required, then by tier, few able staff, short windows, high prize."""
    able = sum(problem.may_serve(person, visit) for person in problem.staff)
    room = sum(closes - opens for opens, closes in visit.windows)
    tier = visit.tier if visit.tier is not None else 1 << 30
    return (not visit.required, tier, -visit.prize if visit.tier is None else 0, able, room, -visit.prize, visit.id)


def first_orders(problem: Problem, should_stop=lambda: False) -> dict[str, list[str]]:
    """Visit ids in order by staff id; what fits nowhere is left out."""
    days = Days(problem)
    for visit in sorted(problem.visits, key=lambda visit: urgency(problem, visit)):
        if should_stop():
            break
        place = days.cheapest_place(visit)
        if place:
            days.insert(visit, *place)
    return days.orders


class Days:
    """Routes as lists of visits to which single visits can be added."""

    def __init__(self, problem: Problem, orders=None):
        self.problem = problem
        self.routes = {
            p.id: [problem.visit_by_id[name] for name in (orders or {}).get(p.id, ())] for p in problem.staff
        }

    @property
    def orders(self):
        return {name: [visit.id for visit in visits] for name, visits in self.routes.items()}

    def insert(self, visit, person, position):
        self.routes[person.id].insert(position, visit)

    def cheapest_place(self, visit, only=None):
        """(person, position) with the least added travel and preference cost where every rule holds, or None.

        `only`: the one person whose day is looked at.
        """
        for _, order, position in sorted(self.places(visit)):
            person = self.problem.staff[order]
            if only is not None and person is not only:
                continue
            visits = self.routes[person.id]
            if self.fits(person, [*visits[:position], visit, *visits[position:]]):
                return person, position
        return None

    def added_cost(self, visit, person, position):
        """Travel and preference cost that the visit adds at a place."""
        order = self.problem.staff.index(person)
        return next(cost for cost, *place in self.places(visit) if place == [order, position])

    def places(self, visit):
        """(added cost, index of the person, position) of every place that skills and counts allow."""
        problem = self.problem
        for order, person in enumerate(problem.staff):
            visits = self.routes[person.id]
            if not problem.may_serve(person, visit) or not self._has_room(person, visit, visits):
                continue
            driven = problem.driven_of(person)
            dislike = visit.preference_cost if visit.preferred_staff and person.id not in visit.preferred_staff else 0
            stops = [person.start, *(other.location for other in visits), person.end]
            for position in range(len(visits) + 1):
                before, after = stops[position], stops[position + 1]
                there = 0 if before is None else driven.item(before, visit.location)
                onward = 0 if after is None else driven.item(visit.location, after)
                saved = 0 if before is None or after is None or not visits else driven.item(before, after)
                yield (there + onward - saved) * problem.weights.travel + dislike, order, position

    def _has_room(self, person, visit, visits):
        if person.max_visits is not None and len(visits) >= person.max_visits:
            return False
        bound = self.problem.capacity.get(person.id)
        return bound is None or sum(other.demand for other in visits) + visit.demand <= bound

    def fits(self, person, visits):
        """Whether some times keep every rule of this person's day."""
        if person.max_drive is not None and self._drive(person, visits) > person.max_drive:
            return False
        if person.max_duration is None:
            return best_label(self.problem, person, visits, {}) is not None
        route = timed_route(self.problem, person, visits)
        if route is None:
            return False
        return day_length(self.problem, person, retimed_later(self.problem, person, route)) <= person.max_duration

    def _drive(self, person, visits):
        stops = [person.start, *(visit.location for visit in visits), person.end]
        stops = [stop for stop in stops if stop is not None]
        matrix = self.problem.duration_of(person)
        return sum(matrix.item(a, b) for a, b in zip(stops, stops[1:], strict=False))
