"""The judge: recomputes a plan from the problem alone, finds every broken rule and the exact cost. Imports no engine.

Every answer of an engine, every manual edit and every imported plan passes through here; nothing that fails is shown
as feasible. Times that a plan states are checked, never replaced; times left out are computed (missing_times).
Conventions beyond the contract: the departure is the latest possible one for the first start; a person leaves each
stop at once and waits at the next; a break after the return counts for the end of the shift but not for the length of
the day.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from .check_route import RouteFacts, Violation, check_route
from .missing_times import with_times
from .problem import Problem
from .solution import Cost, Route, Solution

__all__ = ["RouteFacts", "Verdict", "Violation", "check"]


@dataclass
class Verdict:
    """What the judge found. `routes`: the plan with all its times; `facts`: driven seconds and the like by staff id."""

    violations: list[Violation]
    cost: Cost
    unserved_by_tier: dict[int, int]
    routes: list[Route]
    facts: dict[str, RouteFacts]
    unserved: list[str] = field(default_factory=list)

    @property
    def feasible(self) -> bool:
        return not self.violations

    @property
    def rank(self):
        """Orders plans of one problem: unserved by tier, the first tier first, then cost."""
        return (*(count for _, count in sorted(self.unserved_by_tier.items())), self.cost.total)


def check(problem: Problem, solution: Solution) -> Verdict:
    """Judges a plan: every broken rule, every part of the cost."""
    violations = []
    routes = with_times(problem, solution.routes)
    facts, served = {}, defaultdict(dict)
    for route in routes:
        person = problem.staff_by_id.get(route.staff)
        if person is None:
            detail = f"no staff member has the id {route.staff!r}"
            violations.append(Violation("unknown", route.staff, None, detail, part="staff"))
            continue
        if route.staff in facts:
            violations.append(Violation("twice", route.staff, None, "has more than one route", part="routes"))
        fact = check_route(problem, person, route, violations)
        facts[route.staff] = fact
        for name, start in fact.starts:
            if route.staff in served[name]:
                detail = "is visited twice by the same person"
                violations.append(Violation("twice", route.staff, name, detail, part="person"))
            served[name][route.staff] = start
    _check_unserved_list(problem, solution, served, violations)
    done = _check_served(problem, served, violations)
    _check_links(problem, done, violations)
    unserved = [visit.id for visit in problem.visits if visit.id not in done]
    by_tier = Counter(problem.visit_by_id[name].tier for name in unserved)
    return Verdict(
        violations=violations,
        cost=_cost(problem, facts, done, unserved),
        unserved_by_tier={tier: by_tier[tier] for tier in problem.tiers},
        routes=routes,
        facts=facts,
        unserved=unserved,
    )


def _check_unserved_list(problem, solution, served, violations):
    for left in solution.unserved:
        if left.visit not in problem.visit_by_id:
            detail = f"no visit has the id {left.visit!r}"
            violations.append(Violation("unknown", None, left.visit, detail, part="visit"))
        elif left.visit in served:
            detail = "is on a route and in the list of unserved visits"
            violations.append(Violation("twice", None, left.visit, detail, part="unserved"))


def _check_served(problem, served, violations):
    """Numbers of staff, starts of double-handed visits, pins and required visits. Returns starts by staff of what is
    served.
    """
    done = {}
    for visit in problem.visits:
        starts = served.get(visit.id)
        if not starts:
            if visit.required:
                violations.append(Violation("required", None, visit.id, "must be served and is not"))
            continue
        asked = visit.staff_required
        if len(starts) > asked:
            detail = f"is served by {len(starts)} people and needs {asked}"
            violations.append(Violation("twice", None, visit.id, detail, part="people", found=len(starts), limit=asked))
        if len(starts) < asked:
            detail = f"needs {asked} people together and has {len(starts)}"
            broken = Violation("double", None, visit.id, detail, part="people", found=len(starts), limit=asked)
            violations.append(broken)
        else:
            done[visit.id] = starts
        if len(set(starts.values())) > 1 and asked > 1:
            violations.append(Violation("double", None, visit.id, "does not start together", part="apart"))
        pin = visit.pinned
        if pin and pin.staff is not None and pin.staff not in starts:
            violations.append(Violation("pin", None, visit.id, f"is pinned to {pin.staff}", part="staff"))
    return done


def _check_links(problem, done, violations):
    def broken(link, part, detail, staff=None, **data):
        violations.append(Violation("link", staff, link.second, detail, part=part, other=link.first, **data))

    for link in problem.links:
        first, second = done.get(link.first), done.get(link.second)
        if link.together and (first is None) != (second is None):
            served, left = (link.first, link.second) if second is None else (link.second, link.first)
            detail = f"goes together with {served}, which is served"
            violations.append(Violation("link", None, left, detail, part="together", other=served))
        if first is None or second is None:
            continue
        least, most = min(second.values()) - max(first.values()), max(second.values()) - min(first.values())
        if link.min_gap is not None and least < link.min_gap:
            detail = f"starts {least} s after {link.first}, at least {link.min_gap} s are asked for"
            broken(link, "min_gap", detail, found=least, limit=link.min_gap)
        if link.max_gap is not None and most > link.max_gap:
            detail = f"starts {most} s after {link.first}, at most {link.max_gap} s are allowed"
            broken(link, "max_gap", detail, found=most, limit=link.max_gap)
        common = set(first) & set(second)
        if link.same_staff and not common:
            broken(link, "same_staff", f"needs the person who does {link.first}")
        if link.different_staff and common:
            broken(link, "different_staff", f"needs somebody else than {link.first}", min(common))


def _cost(problem, facts, done, unserved):
    weights, cost = problem.weights, Cost()
    cost.travel = weights.travel * sum(fact.driven for fact in facts.values())
    cost.prizes = sum(problem.visit_by_id[name].prize for name in unserved)
    cost.overtime = sum(fact.overtime_cost for fact in facts.values())
    cost.breaks = sum(fact.breaks_missed_cost for fact in facts.values())
    cost.waiting = weights.waiting * sum(fact.waiting for fact in facts.values()) if weights.waiting else 0
    late = {}
    for fact in facts.values():
        for name, seconds in fact.late:
            late[name] = max(late.get(name, 0), seconds)
    cost.late = sum(problem.visit_by_id[name].late_cost * seconds for name, seconds in late.items())
    cost.max_late = weights.max_late * max(late.values(), default=0)
    cost.preference = sum(
        visit.preference_cost
        for visit in problem.visits
        if visit.preference_cost and visit.preferred_staff and not set(done.get(visit.id, ())) <= visit.preferred_staff
    )
    if weights.max_idle:
        idle = [facts[p.id].idle if p.id in facts else p.shift[1] - p.shift[0] for p in problem.staff]
        cost.idle = weights.max_idle * max(idle, default=0)
    return cost
