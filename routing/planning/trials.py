"""A plan with one change, judged: only the days that the change can reach are judged again."""

from dataclasses import replace
from functools import cached_property

from .check import Verdict, check
from .problem import Problem, Visit
from .remedies import apply_remedy, orders_with
from .slack import Days
from .solution import Remedy, Route, Solution, VisitStop


def untimed(orders) -> Solution:
    """A plan of which only the order is given."""
    return Solution([Route(name, [VisitStop(visit) for visit in visits]) for name, visits in orders.items() if visits])


class Trials:
    """Changes to one plan. `orders`: visit ids in order by staff id; `routes`: the same with the times that the plan
    states, where it does.
    """

    def __init__(self, problem: Problem, orders: dict[str, list[str]], routes: list[Route] = ()):
        self.problem = problem
        self.stated = {route.staff: route for route in routes}
        self.orders = {person.id: list(orders.get(person.id, ())) for person in problem.staff}
        self.row_of = {person.id: row for row, person in enumerate(problem.staff)}
        self._costs = {}
        links = {}
        for link in problem.links:
            links.setdefault(link.first, []).append(link.second)
            links.setdefault(link.second, []).append(link.first)
        self.linked = links

    @cached_property
    def routes(self) -> dict[str, list[Visit]]:
        known = self.problem.visit_by_id
        return {name: [known[visit] for visit in visits] for name, visits in self.orders.items()}

    @cached_property
    def days(self) -> Days:
        """A row for each person, in the order of the problem."""
        return Days(self.problem, [(person, self.routes[person.id]) for person in self.problem.staff])

    @cached_property
    def served_by(self) -> dict[str, list[str]]:
        """Staff ids by visit id."""
        served = {}
        for name, visits in self.orders.items():
            for visit in visits:
                served.setdefault(visit, []).append(name)
        return served

    @cached_property
    def is_joint(self) -> bool:
        """Whether parts of the cost are a maximum over everybody, so that days cannot be judged apart."""
        return bool(self.problem.weights.max_late or self.problem.weights.max_idle)

    def reach(self, names, visits) -> frozenset[str]:
        """Staff whose times may hang on changes to these people's days and to these visits."""
        if self.is_joint:
            return frozenset(self.orders)
        found, pending = set(), {name for name in names if name in self.orders}
        pending |= {name for visit in visits for name in self._tied(visit)}
        while pending:
            name = pending.pop()
            found.add(name)
            pending |= {other for visit in self.orders[name] for other in self._tied(visit)} - found
        return frozenset(found)

    def _tied(self, visit):
        served = self.served_by.get(visit, ())
        if visit not in self.linked:
            return served
        return [*served, *(name for other in self.linked[visit] for name in self.served_by.get(other, ()))]

    def effect(self, remedy: Remedy) -> tuple[float, float] | None:
        """Judged cost, and travel cost, with the remedy applied less those now; None where a rule would be broken."""
        names = self._reach_of(remedy)
        verdict = self.verdict(remedy, names)
        if verdict is None:
            return None
        now = self._cost_now(names, remedy.visit)
        return verdict.cost.total - now.total, verdict.cost.travel - now.travel

    def verdict(self, remedy: Remedy, names=None) -> Verdict | None:
        """The judge's verdict on the days that the remedy reaches, with it applied; None where a rule would be
        broken.
        """
        names = names or self._reach_of(remedy)
        part = apply_remedy(self._part(names, remedy.visit, every_link=remedy.kind == "gap"), remedy)
        orders = orders_with({name: self.orders[name] for name in names}, remedy)
        verdict = self._sound(part, untimed(orders), remedy)
        if verdict is None and len(names) > 1 and self.stated:
            # Times that a search found for linked visits may hold where the earliest ones do not.
            kept = [self._as_stated(name, visits) for name, visits in orders.items() if visits]
            verdict = self._sound(part, Solution(kept), remedy)
        return verdict

    def _reach_of(self, remedy):
        return self.reach([staff for staff, _ in remedy.places], [remedy.visit, *remedy.moved])

    @staticmethod
    def _sound(problem, plan, remedy):
        verdict = check(problem, plan)
        broken = any(violation.rule != "required" for violation in verdict.violations)
        return None if broken or remedy.visit in verdict.unserved else verdict

    def _as_stated(self, name, visits):
        if name in self.stated and visits == self.orders[name]:
            return self.stated[name]
        return untimed({name: visits}).routes[0]

    def judged(self, remedy: Remedy) -> Remedy | None:
        """The remedy with its judged cost, or None where it does not serve the visit."""
        effect = self.effect(remedy)
        if effect is None:
            return None
        remedy.cost_change, remedy.travel_change = effect
        return remedy

    def _cost_now(self, names, visit):
        key = names, visit
        if key not in self._costs:
            plan = Solution([self._as_stated(name, self.orders[name]) for name in names if self.orders[name]])
            self._costs[key] = check(self._part(names, visit), plan).cost
        return self._costs[key]

    def _part(self, names, visit, *, every_link=False):
        """The problem of these people, the visits on their days, the visit itself and all that is linked to these."""
        problem = self.problem
        if self.is_joint:
            return problem
        wanted = {other for name in names for other in self.orders[name]} | {visit}
        links = problem.links
        if links:
            wanted |= {other for name in wanted for other in self.linked.get(name, ())}
        if links and not every_link:  # a remedy names its link by number
            links = tuple(link for link in links if link.first in wanted and link.second in wanted)
        return replace(
            problem,
            staff=tuple(problem.staff_by_id[name] for name in sorted(names, key=self.row_of.get)),
            visits=tuple(problem.visit_by_id[name] for name in sorted(wanted)),
            links=links,
            capacity={name: bound for name, bound in problem.capacity.items() if name in names},
        )
