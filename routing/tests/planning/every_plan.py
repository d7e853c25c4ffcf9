"""Every way to give the visits of a tiny problem to people in every order, for comparison with searches."""

import itertools

from routing.planning.check import check
from routing.planning.solution import Route, Solution, VisitStop


def every_order(problem):
    """Visit ids in order by staff id, for each choice of as many able people as a visit needs, or nobody."""
    people = [person.id for person in problem.staff]
    choices = [
        [
            (),
            *itertools.combinations([p.id for p in problem.staff if problem.may_serve(p, visit)], visit.staff_required),
        ]
        for visit in problem.visits
    ]
    for chosen in itertools.product(*choices):
        given = {
            name: [visit.id for visit, servers in zip(problem.visits, chosen, strict=True) if name in servers]
            for name in people
        }
        for orders in itertools.product(*(itertools.permutations(given[name]) for name in people)):
            yield dict(zip(people, orders, strict=True))


def rank(verdict):
    """(required visits unserved, unserved by tier, cost); None where another rule is broken."""
    missing = sum(violation.rule == "required" for violation in verdict.violations)
    return (missing, *verdict.rank) if missing == len(verdict.violations) else None


def best_rank(problem):
    """The rank of the best of all plans, with the times that the judge finds."""
    ranks = []
    for orders in every_order(problem):
        routes = [Route(name, [VisitStop(visit) for visit in order]) for name, order in orders.items() if order]
        ranks.append(rank(check(problem, Solution(routes))))
    return min(found for found in ranks if found)
