"""The lever: the same engine, Core20 at least as well served as the others, and what that costs."""

from dataclasses import replace

import numpy as np
import pytest

from routing.planning.check import check
from routing.planning.engines import SolveOptions, engine_names
from routing.planning.equity.lever import core20_at_least
from routing.planning.instances import home_visits
from routing.planning.problem import Problem, Staff, Visit

STEADY = SolveOptions(seconds=60, solution_limit=30, iterations=300)


def a_town(core20_prize=500):
    """One person with time for four visits; two Core20 visits lie far away, four others nearby."""
    places = np.array([0, 0, 0, 0, 0, 900, 900])
    duration = np.abs(places[:, None] - places[None, :]) + 60
    visits = [Visit(f"near{i}", i, 1800, prize=3_000, required=False) for i in (1, 2, 3, 4)]
    visits += [Visit(f"far{i}", i, 1800, prize=core20_prize, required=False) for i in (5, 6)]
    person = Staff("n1", 0, 0, (0, 4 * 1800 + 2 * 960 + 60 * 5))
    return Problem((person,), tuple(visits), duration), {v.id: 1 if v.id[0] == "f" else 3 for v in visits}


@pytest.mark.parametrize("engine", ["greedy", "ortools"])
def test_core20_is_served_at_least_as_well_and_the_price_is_told(engine):
    problem, quintiles = a_town()
    outcome = core20_at_least(problem, quintiles, STEADY, engine)
    assert outcome.efficiency.ratio == 0
    assert outcome.reached
    assert outcome.equity.gap >= 0
    assert outcome.price.travel_minutes[1] > outcome.price.travel_minutes[0]
    assert outcome.price.price > 0
    assert outcome.price.ratio_change == outcome.equity.ratio
    assert check(problem, outcome.equity.solution).feasible
    assert outcome.equity.solution.cost.prizes == check(problem, outcome.equity.solution).cost.prizes
    assert 2 <= len(outcome.steps) <= 5


def test_a_plan_that_is_fair_already_is_searched_once():
    problem, quintiles = a_town(core20_prize=30_000)
    outcome = core20_at_least(problem, quintiles, STEADY, "ortools")
    assert outcome.reached
    assert outcome.equity is outcome.efficiency
    assert outcome.price.price == 0
    assert len(outcome.steps) == 1


def test_what_cannot_be_reached_is_said():
    problem, quintiles = a_town()
    nobody = [replace(v, skills=frozenset({"rare"})) if v.id[0] == "f" else v for v in problem.visits]
    outcome = core20_at_least(replace(problem, visits=tuple(nobody)), quintiles, STEADY, "greedy")
    assert not outcome.reached
    assert outcome.equity.gap < 0
    assert len(outcome.steps) == 2


def test_nothing_to_compare_is_kept_as_it_is():
    problem, _ = a_town()
    outcome = core20_at_least(problem, {}, STEADY, "greedy")
    assert outcome.reached
    assert outcome.equity.ratio is None


def test_the_slack_is_allowed():
    problem, quintiles = a_town()
    assert core20_at_least(problem, quintiles, STEADY, "greedy", epsilon=1).equity.factor == 1


def test_stopped_early_it_gives_the_best_so_far():
    problem, quintiles = a_town()
    seen = []
    stopping = replace(STEADY, should_stop=lambda: bool(seen), on_progress=seen.append)
    outcome = core20_at_least(problem, quintiles, stopping, "greedy")
    assert not outcome.reached
    assert len(outcome.steps) == 1
    assert seen


def test_the_same_seed_and_iterations_give_the_same_plans():
    problem = home_visits(40, 3, seed=101, tightness=1.3)
    quintiles = {visit.id: 1 if i % 4 == 0 else 3 for i, visit in enumerate(problem.visits)}
    engine = "ruin-recreate" if "ruin-recreate" in engine_names() else "ortools"
    both = [core20_at_least(problem, quintiles, STEADY, engine) for _ in range(2)]
    assert both[0].steps == both[1].steps
    assert both[0].equity.solution.orders == both[1].equity.solution.orders
    if both[0].reached:
        assert both[0].equity.gap >= 0
