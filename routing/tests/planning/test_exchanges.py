"""Whatever plan comes in, nothing simple is left undone afterwards."""

import random

import pytest

from routing.planning.check import check
from routing.planning.engines.answer import judged
from routing.planning.engines.greedy import Days, first_orders
from routing.planning.exchanges import LAST, rank, with_simple_exchanges
from routing.planning.instances import home_visits
from routing.planning.solution import Route, Solution, VisitStop


def upside_down(problem):
    """Orders filled with the least urgent visits first."""
    days = Days(problem)
    for visit in sorted(problem.visits, key=lambda visit: (-rank(visit), visit.id)):
        place = days.cheapest_place(visit)
        if place:
            days.insert(visit, *place)
    return days.orders


def simple_gains(problem, orders):
    """Unserved visits that one addition, or one exchange for a lower tier, would serve: every place is judged."""
    served = {name for names in orders.values() for name in names}
    for visit in problem.visits:
        if visit.id in served:
            continue
        for name, names in orders.items():
            lower = [other for other in names if rank(problem.visit_by_id[other]) > rank(visit)]
            for dropped in [None, *lower]:
                rest = [other for other in names if other != dropped]
                for place in range(len(rest) + 1):
                    route = [VisitStop(other) for other in [*rest[:place], visit.id, *rest[place:]]]
                    if check(problem, Solution([Route(name, route)])).feasible:
                        yield visit.id


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_plan_that_forgot_the_urgent_is_put_right(seed):
    problem = home_visits(24, 2, seed, tightness=1.6, tiers=True)
    orders = upside_down(problem)
    before = judged(problem, orders, "test")[1]
    assert before.unserved_by_tier[1] + before.unserved_by_tier[2] > 0
    assert list(simple_gains(problem, orders))
    better = with_simple_exchanges(problem, orders)
    after = judged(problem, better, "test")[1]
    assert after.rank < before.rank
    assert list(simple_gains(problem, better)) == []


def test_without_tiers_visits_are_added_only_where_they_are_worth_it():
    problem = home_visits(24, 3, seed=1, tightness=0.8)
    orders = first_orders(problem)
    source = random.Random(1)
    kept = {name: [v for v in names if source.random() < 0.6] for name, names in orders.items()}
    before, after = (judged(problem, o, "test")[1] for o in (kept, with_simple_exchanges(problem, kept)))
    assert after.cost.total < before.cost.total
    assert len(after.unserved) < len(before.unserved)
    assert all(rank(visit) == LAST for visit in problem.visits)
