"""The engine for everything: several searches, one answer that holds, whatever becomes of the searches."""

import subprocess
import sys
from dataclasses import replace
from time import monotonic

import pytest
from hypothesis import given

from healthequiroute.testing.property_tests import examples
from routing.planning import engines
from routing.planning.check import check
from routing.planning.engines import SolveOptions, portfolio, process, solve
from routing.planning.engines.greedy import first_orders
from routing.planning.instances import home_visits
from routing.planning.problem import Link
from routing.planning.solution import Certificate

from . import faulty_engines
from .small_days import problems
from .test_process import faulty

DAY = home_visits(40, 5, seed=110)
# So many steps and so much time that only the steps count.
LIBRARIES = {"numba", "ortools", "pyvrp"}  # loading them takes longer than a first plan may
COUNTED = SolveOptions(seconds=120, seed=2, workers=2, iterations=300)


@pytest.fixture
def own_search(monkeypatch):
    """`own_search(name)`: another search in place of our own; names of faulty_engines, or registered ones."""

    def use(name):
        if hasattr(faulty_engines, name):
            factory, name = getattr(faulty_engines, name), faulty(name)
            monkeypatch.setitem(engines._factories, name, factory)
        monkeypatch.setattr(portfolio, "OWN_SEARCHES", {name: ([], [])})
        monkeypatch.setattr(portfolio, "_is_compiled", lambda name: True)

    return use


@pytest.fixture
def no_process(monkeypatch):
    """Starting a process is an error."""
    monkeypatch.setattr(portfolio, "Crew", None)


@examples(15)
@given(problems())
def test_every_answer_passes_the_judge(problem):
    solution = solve(problem, SolveOptions(seconds=20, iterations=30), "portfolio")
    verdict = check(problem, solution)
    assert solution.engine == "portfolio"
    assert {violation.rule for violation in verdict.violations} <= {"required"}
    assert solution.feasible == verdict.feasible
    assert solution.cost == verdict.cost


def test_searches_side_by_side_improve_the_first_plan_and_ortools_certifies_the_last():
    seen = []
    solution = solve(DAY, replace(COUNTED, on_progress=seen.append), "portfolio")
    first = solve(DAY, COUNTED, "greedy")
    assert check(DAY, solution).feasible
    assert seen[0].cost == first.cost.total
    assert solution.cost.total < first.cost.total
    assert [cost for _, cost in solution.trace] == sorted((p.cost for p in seen), reverse=True)
    assert solution.certificate == Certificate("ortools", True)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_with_iterations_the_answer_is_always_the_same(workers, own_search):
    own_search("pyvrp")  # counts iterations, too, and is there without being compiled
    once, again = (solve(DAY, replace(COUNTED, workers=workers), "portfolio") for _ in range(2))
    assert once.orders == again.orders
    assert once.cost == again.cost


def test_small_days_pay_for_no_process_and_no_more_time_than_they_need(own_search, no_process):
    own_search("pyvrp")
    began = monotonic()
    solution = solve(home_visits(6, 1, seed=3), SolveOptions(seconds=600, workers=2), "portfolio")
    assert solution.feasible
    assert solution.certificate.accepted
    assert monotonic() - began < 60


def test_very_short_searches_pay_for_no_process(own_search, no_process):
    own_search("greedy")
    assert solve(DAY, SolveOptions(seconds=0.5), "portfolio").feasible


@pytest.mark.parametrize("engine", ["Crashes", "CrashesAtOnce", "OutOfMemory", "Raises", "BreaksRules"])
def test_a_search_that_goes_wrong_takes_nothing_away(engine, own_search):
    own_search(engine)
    solution = solve(DAY, COUNTED, "portfolio")
    first = solve(DAY, COUNTED, "greedy")
    assert check(DAY, solution).feasible
    assert solution.cost.total < first.cost.total  # PyVRP beside it, and the polish
    assert solution.certificate.accepted


def test_a_search_that_hangs_is_ended_at_the_end_of_the_time(own_search, monkeypatch):
    monkeypatch.setattr(process, "GRACE", 0.1)
    own_search("Hangs")
    solution = solve(DAY, SolveOptions(seconds=3, workers=2), "portfolio")
    assert check(DAY, solution).feasible
    assert solution.seconds < 60


def test_a_wish_to_stop_is_heard_and_the_best_plan_kept(own_search):
    own_search("Hangs")
    seen = []
    options = SolveOptions(seconds=300, workers=2, on_progress=seen.append, should_stop=lambda: bool(seen))
    solution = solve(DAY, options, "portfolio")
    assert solution.stopped == "stopped"
    assert solution.cost.total <= seen[-1].cost
    assert solution.seconds < 100


def test_stopped_at_once_there_is_a_plan():
    start = first_orders(DAY)
    options = SolveOptions(seconds=300, workers=2, should_stop=lambda: True)
    assert solve(DAY, options, "portfolio").feasible
    solution = solve(DAY, replace(options, start=start), "portfolio")
    assert solution.stopped == "stopped"
    assert solution.orders == {name: order for name, order in start.items() if order}
    assert solution.certificate.accepted is None


def test_an_exception_of_the_listener_comes_through_and_no_process_is_left(own_search, monkeypatch):
    class Cancelled(Exception):
        pass

    crews = []
    hire = process.Crew.hire
    monkeypatch.setattr(process.Crew, "hire", lambda crew, warm=(): (crews.append(crew), hire(crew, warm))[1])

    def listen(progress):
        if crews:  # not at the first plan, before anybody was hired
            raise Cancelled

    monkeypatch.setattr(portfolio, "unsupported_by_greedy", lambda problem: ["anything"])
    own_search("Hangs")
    with pytest.raises(Cancelled):
        solve(DAY, SolveOptions(seconds=300, workers=2, on_progress=listen), "portfolio")
    assert crews
    assert all(worker.process.poll() is not None for crew in crews for worker in crew.workers)


def test_it_begins_from_the_plan_that_it_is_given(own_search):
    own_search("greedy")
    known = solve(DAY, SolveOptions(seconds=60, iterations=500), "pyvrp")
    for seconds in (1, 5):
        again = solve(DAY, SolveOptions(seconds=seconds, workers=2, start=known.orders), "portfolio")
        assert again.cost.total <= known.cost.total
        assert again.trace[0][1] == known.cost.total


def test_what_ortools_cannot_state_is_said_in_the_certificate():
    problem = replace(home_visits(8, 2, seed=1), links=(Link("v001", "v002", min_gap=60),))
    solution = solve(problem, SolveOptions(seconds=20, iterations=50), "portfolio")
    assert check(problem, solution).feasible
    assert solution.certificate.accepted is None
    assert "links" in solution.certificate.detail


def test_days_too_large_for_one_search_are_cut_up(monkeypatch):
    class InParts:
        def unsupported(self, problem):
            return []

        def solve(self, problem, options):
            return solve(problem, options, "greedy")

    monkeypatch.setattr(portfolio, "LARGE", 30)
    monkeypatch.setitem(engines._factories, "decomposed", InParts)
    solution = solve(DAY, COUNTED, "portfolio")
    assert solution.engine == "portfolio"
    assert solution.orders == solve(DAY, COUNTED, "greedy").orders
    assert solution.certificate.accepted is None


def test_empty_days_are_answered():
    problem = home_visits(5, 2)
    assert len(solve(replace(problem, staff=()), COUNTED, "portfolio").unserved) == 5
    assert solve(replace(problem, visits=()), COUNTED, "portfolio").routes == []


@pytest.fixture
def no_plan_at_once(monkeypatch):
    """A day of which the first plan comes from the search."""
    monkeypatch.setattr(portfolio, "unsupported_by_greedy", lambda problem: ["links"])
    return home_visits(6, 2, seed=3)


def test_time_that_goes_by_before_a_short_search_is_not_taken_from_it(monkeypatch, no_process, no_plan_at_once):
    monkeypatch.setattr(portfolio, "_is_compiled", lambda name: True)
    monkeypatch.setattr(portfolio.Best, "elapsed", property(lambda self: monotonic() - self.began + 2))
    monkeypatch.setattr(portfolio.Best, "__init__", _begun_now(portfolio.Best.__init__))
    solution = solve(no_plan_at_once, SolveOptions(seconds=20, seed=1), "portfolio")
    assert len(solution.unserved) < 6


def test_a_search_without_any_time_ends_in_a_plan_all_the_same(no_process, no_plan_at_once):
    solution = solve(no_plan_at_once, SolveOptions(seconds=20, should_stop=lambda: True), "portfolio")
    assert check(no_plan_at_once, solution).feasible


def _begun_now(init):
    def begin(self, *args):
        init(self, *args)
        self.began = monotonic()

    return begin


def test_the_first_plan_waits_for_no_library_and_no_process():
    """In a process that has planned nothing yet, as a worker's first request finds it."""
    code = f"""
import sys
from routing.planning.engines import SolveOptions, get_engine
from routing.planning.engines import portfolio
from routing.planning.instances import home_visits

seen = []
def note(progress):
    seen.append([name for name in {sorted(LIBRARIES)} if name in sys.modules])

def crew(problem):
    print(seen)
    raise SystemExit(0)

portfolio.Crew = crew
get_engine("portfolio").solve(home_visits(40, 5, seed=110), SolveOptions(seconds=60, workers=2, on_progress=note))
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=process.ROOT, capture_output=True, text=True, check=False)
    assert (ran.stdout.strip(), ran.returncode) == ("[[]]", 0), ran.stderr
