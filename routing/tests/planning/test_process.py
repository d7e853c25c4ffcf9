"""Engines in processes of their own: whatever becomes of them, what they found is there and nobody waits for long."""

import os
import signal
import sys
from dataclasses import replace
from time import monotonic

import pytest

from routing.planning.check import check
from routing.planning.engines import SolveOptions, process
from routing.planning.engines.answer import Best
from routing.planning.engines.greedy import first_orders
from routing.planning.engines.process import Crew, Shared, Stage, solve_apart
from routing.planning.instances import home_visits

FAULTY = "routing.tests.planning.faulty_engines"
DAY = home_visits(20, 3, seed=109)
FIRST = {name: order for name, order in first_orders(DAY).items() if order}


def faulty(name):
    return f"{FAULTY}:{name}"


@pytest.fixture(autouse=True)
def _little_grace(monkeypatch):
    monkeypatch.setattr(process, "GRACE", 0.2)


def test_an_engine_apart_answers_as_it_would_here():
    solution = solve_apart(DAY, SolveOptions(seconds=20, seed=3, iterations=100), "pyvrp")
    again = solve_apart(DAY, SolveOptions(seconds=20, seed=3, iterations=100), "pyvrp")
    assert check(DAY, solution).feasible
    assert solution.stopped == ""
    assert solution.trace
    assert solution.orders == again.orders


@pytest.mark.parametrize(
    ("engine", "ended"),
    [("Raises", "failed"), ("Crashes", "crashed"), ("OutOfMemory", "crashed"), ("Hangs", "overdue")],
)
def test_whatever_becomes_of_it_the_plan_found_until_then_is_kept_and_marked(engine, ended):
    solution = solve_apart(DAY, SolveOptions(seconds=2), faulty(engine))
    assert solution.stopped == ended
    assert solution.orders == FIRST
    assert check(DAY, solution).feasible


def test_a_process_that_dies_at_once_leaves_the_start_or_nobody_visited():
    began = monotonic()
    nothing = solve_apart(DAY, SolveOptions(seconds=30), faulty("CrashesAtOnce"))
    kept = solve_apart(DAY, SolveOptions(seconds=30, start=FIRST), faulty("CrashesAtOnce"))
    assert nothing.stopped == kept.stopped == "crashed"
    assert nothing.routes == []
    assert len(nothing.unserved) == 20
    assert kept.orders == FIRST
    assert monotonic() - began < 30


def test_a_plan_that_breaks_rules_is_left_aside():
    solution = solve_apart(DAY, SolveOptions(seconds=5), faulty("BreaksRules"))
    assert solution.orders == FIRST
    assert solution.rejected > 0


def test_a_killed_process_loses_no_plan():
    best = Best(DAY, SolveOptions(seconds=30), "test")
    with Crew(DAY) as crew:
        worker = crew.hire()
        worker.run([Stage(faulty("Hangs"))], 30)

        def kill(progress):
            os.kill(worker.process.pid, signal.SIGKILL)

        best.options = replace(best.options, on_progress=kill)
        crew.follow(best)
    assert worker.state == "crashed"
    assert "SIGKILL" in worker.detail
    assert best.solution.orders == FIRST


@pytest.mark.parametrize("engine", ["Crashes", "Raises", "Hangs"])
def test_what_is_left_of_the_stages_goes_on_from_the_best_plan(engine):
    best = Best(DAY, SolveOptions(seconds=60), "test")
    with Crew(DAY) as crew:
        worker = crew.hire()
        worker.run([Stage(faulty(engine), until=0.02), Stage("pyvrp", iterations=100)], 60)
        crew.follow(best)
    assert worker.state == "finished"
    assert best.solution.cost.total < check(DAY, process.Solution(list(worker_routes(FIRST)))).cost.total


def worker_routes(orders):
    from routing.planning.solution import Route, VisitStop

    return (Route(name, [VisitStop(visit) for visit in order]) for name, order in orders.items())


def test_a_wish_to_stop_is_heard_soon_even_where_the_engine_hears_nothing():
    seen = []
    began = monotonic()
    solution = solve_apart(
        DAY, SolveOptions(seconds=60, on_progress=seen.append, should_stop=lambda: bool(seen)), faulty("Hangs")
    )
    assert solution.stopped == "stopped"
    assert solution.orders == FIRST
    assert monotonic() - began < 30


def test_processes_end_with_their_parent_and_with_the_crew():
    with Crew(DAY) as crew:
        orphan, other = crew.hire(), crew.hire(warm=["pyvrp"])
        orphan.connection.close()
        assert orphan.process.wait(timeout=30) == 0
    assert other.process.poll() is not None


def test_arrays_are_shared_and_the_child_knows_nothing_of_django():
    shared = Shared(DAY)
    assert len(shared.index) == 3  # the head, both matrices
    shared.close()
    with Crew(DAY) as crew:
        worker = crew.hire()
        worker.run([Stage("routing.tests.planning.test_process:Loaded")], 20)
        crew.follow(Best(DAY, SolveOptions(seconds=20), "test"))
    assert worker.detail == "routing.tests.planning.test_process:Loaded failed: RuntimeError: none"


class Loaded:
    """Says which of Django, numba and the foreign engines a child loads without being asked to."""

    def solve(self, problem, options):
        heavy = {"django", "numba", "pyvrp", "vroom", "ortools"} & set(sys.modules)
        raise RuntimeError(", ".join(sorted(heavy)) or "none")
