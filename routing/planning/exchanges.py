"""A last look at a plan, so that one promise always holds whatever the search did: no unserved visit could be served by
simply adding it, or by adding it in place of one visit of a lower tier.
"""

from .engines.greedy import Days
from .problem import Problem, Visit
from .reasons import impossible_visits

LAST = 1 << 30


def rank(visit: Visit) -> int:
    """Required visits come first, then tiers in order, then visits without a tier."""
    return -1 if visit.required else LAST if visit.tier is None else visit.tier


def with_simple_exchanges(problem: Problem, orders: dict[str, list[str]]) -> dict[str, list[str]]:
    """Orders (visit ids by staff id) after every such addition and exchange.

    Each exchange serves one more visit of a tier for one of a lower tier, so it comes to an end. Visits without a tier
    are added only where that costs less than their prize.
    """
    days = Days(problem, orders)
    served = {name for names in orders.values() for name in names}
    hopeless = impossible_visits(problem)
    left = [visit for visit in problem.visits if visit.id not in served and visit.id not in hopeless]
    changed = True
    while changed:
        changed = False
        for visit in sorted(left, key=lambda visit: (rank(visit), -visit.prize, visit.id)):
            dropped = _served_now(days, visit)
            if dropped is not None:
                left.remove(visit)
                left += dropped
                changed = True
                break
    return days.orders


def _served_now(days, visit):
    """Puts the visit into a day if it can; returns what was dropped for it (a list), or None where it cannot."""
    place = days.cheapest_place(visit)
    if place and (rank(visit) < LAST or days.added_cost(visit, *place) < visit.prize):
        days.insert(visit, *place)
        return []
    for dropped, person in _lower(days, visit):
        route = days.routes[person.id]
        position = route.index(dropped)
        route.remove(dropped)
        place = days.cheapest_place(visit, only=person)
        if place:
            days.insert(visit, *place)
            return [dropped]
        route.insert(position, dropped)
    return None


def _lower(days, visit):
    """(visit, person) of everything served with a lower rank by somebody able, the least urgent first."""
    pairs = [
        (other, person)
        for person in days.problem.staff
        if days.problem.may_serve(person, visit)
        for other in days.routes[person.id]
        if rank(other) > rank(visit)
    ]
    return sorted(pairs, key=lambda pair: (-rank(pair[0]), pair[0].prize, pair[0].id))
