"""Fair sharing of work: no visit is lost, nobody's fullest day grows, and the drive stays within bounds."""

import pytest

from routing.planning.check import check
from routing.planning.engines import SolveOptions, get_engine
from routing.planning.equity.sharing import MOST_MORE_TRAVEL, share_work
from routing.planning.instances import home_visits

STEADY = SolveOptions(seconds=60, iterations=150)


def a_day(seed, visits=14, people=3):
    problem = home_visits(visits, people, seed=seed, tightness=0.5 + 0.1 * (seed % 5))
    first = get_engine("ruin-recreate").solve(problem, STEADY)
    contracted = {person.id: person.shift[1] - person.shift[0] for person in problem.staff}
    return problem, first, contracted


def drive(verdict):
    return sum(fact.drive for fact in verdict.facts.values())


@pytest.mark.parametrize("seed", range(201, 221))
def test_nothing_is_lost_and_the_fullest_day_never_grows(seed):
    problem, first, contracted = a_day(seed)
    before = check(problem, first)
    shared = share_work(problem, first, contracted, STEADY, "rich", solves=3)
    after = check(problem, shared.solution)
    assert [v.rule for v in after.violations if v.rule != "required"] == []
    assert after.unserved == before.unserved
    assert shared.after.largest <= shared.before.largest
    assert shared.after.in_order <= shared.before.in_order
    assert drive(after) <= drive(before) * (1 + MOST_MORE_TRAVEL)
    assert shared.improved == (shared.after.in_order < shared.before.in_order)


def test_a_lopsided_day_is_shared_out():
    problem, first, contracted = a_day(202)
    shares = [share_work(problem, first, contracted, STEADY, "rich", most_more_travel=1.0) for _ in range(2)]
    assert shares[0].improved
    assert shares[0].after.largest < shares[0].before.largest
    assert shares[0].solution.orders == shares[1].solution.orders
    assert shares[0].steps == shares[1].steps


def test_no_more_travel_than_allowed():
    problem, first, contracted = a_day(202)
    shared = share_work(problem, first, contracted, STEADY, "rich", most_more_travel=0.0)
    assert drive(check(problem, shared.solution)) <= drive(check(problem, first))


def test_an_engine_that_cannot_state_it_is_not_asked():
    problem, first, contracted = a_day(203)
    shared = share_work(problem, first, contracted, STEADY, "vroom")
    assert shared.refused
    assert shared.solution is first
    assert not shared.improved


def test_stopped_at_once_the_plan_stays():
    problem, first, contracted = a_day(204)
    stopped = SolveOptions(seconds=60, iterations=50, should_stop=lambda: True)
    assert share_work(problem, first, contracted, stopped, "rich").steps == []
