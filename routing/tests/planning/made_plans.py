"""Feasible plans of tiny days for tests, built by the judge alone: slow, plain, and for every rule it knows."""

import random

from routing.planning.check import check
from routing.planning.trials import untimed


def keeps_the_rules(problem, orders):
    """Whether the judge finds no broken rule but visits left out that must be served."""
    return {violation.rule for violation in check(problem, untimed(orders)).violations} <= {"required"}


def ways_to_add(problem, orders, visit):
    """Every plan with the visit at one place, or at two or more days' places where it needs as many people."""
    ways = [orders]
    for _ in range(visit.staff_required):
        ways = [more for way in ways for more in _added_once(problem, way, visit.id)]
    seen = []
    for way in ways:
        if way not in seen:
            seen.append(way)
    return seen


def _added_once(problem, orders, name):
    first = 0
    for index, person in enumerate(problem.staff):  # people in order, so that no pair comes twice
        if name in orders.get(person.id, ()):
            first = index + 1
    for person in problem.staff[first:]:
        visits = orders.get(person.id, [])
        for place in range(len(visits) + 1):
            yield {**orders, person.id: [*visits[:place], name, *visits[place:]]}


def made_plan(problem, seed, share=1.0):
    """Orders by staff id: visits in random order, each put at the first of its places that keeps the rules."""
    source = random.Random(seed)
    orders = {person.id: [] for person in problem.staff}
    visits = list(problem.visits)
    source.shuffle(visits)
    for visit in visits:
        ways = ways_to_add(problem, orders, visit)
        source.shuffle(ways)
        if source.random() < share:
            orders = next((way for way in ways if keeps_the_rules(problem, way)), orders)
    return orders


def left_out(problem, orders):
    served = {name for visits in orders.values() for name in visits}
    return [visit for visit in problem.visits if visit.id not in served]
