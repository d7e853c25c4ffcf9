"""Large plans in parts: judged, never worse than their beginning, the same for the same seed, and hard to kill."""

import os
import random
import signal
import time
from dataclasses import replace

import numpy as np
import pytest

from routing.planning import engines
from routing.planning.check import check
from routing.planning.decomposition import clustering, rounds
from routing.planning.decomposition import pool as pool_module
from routing.planning.decomposition.borders import Borders
from routing.planning.decomposition.parts import part_problem
from routing.planning.decomposition.pool import Pool
from routing.planning.decomposition.work import Request, search
from routing.planning.engines import EngineFault, SolveOptions, UnsupportedFeature, get_engine, solve
from routing.planning.engines.decomposed import DecomposedEngine
from routing.planning.engines.greedy import GreedyEngine, first_orders
from routing.planning.instances import home_visits
from routing.planning.places import PlaceTravel
from routing.planning.problem import Link, Weights
from routing.planning.solution import Route, Solution, VisitStop

ENOUGH = 600  # seconds: such tests are bounded by iterations, or by being stopped


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Parts of 15 to 30 visits, so that a day of a hundred falls into several."""
    for name, value in {"FEWEST": 15, "TARGET": 22, "MOST": 30}.items():
        monkeypatch.setattr(clustering, name, value)


@pytest.fixture
def problem():
    return home_visits(90, 9, seed=301, tightness=1.05, tiers=True)


def rank(problem, solution):
    verdict = check(problem, solution)
    assert verdict.feasible, verdict.violations[:3]
    return verdict.rank


def test_the_same_seed_and_iterations_give_the_same_plan_on_any_number_of_processes(problem):
    alone, together = (
        solve(problem, SolveOptions(seconds=ENOUGH, seed=5, workers=workers, iterations=3000), "decomposed")
        for workers in (1, 2)
    )
    assert alone.orders == together.orders
    assert alone.cost == together.cost


def test_the_plan_is_judged_and_never_worse_than_its_first(problem):
    seen = []
    options = SolveOptions(seconds=ENOUGH, iterations=2000, on_progress=seen.append)
    solution = get_engine("decomposed").solve(problem, options)
    first = get_engine("decomposed").solve(problem, SolveOptions(seconds=ENOUGH, iterations=0))
    ranks = [rank(problem, progress.solution) for progress in seen]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[0] == rank(problem, first)
    assert rank(problem, solution) == ranks[-1] < ranks[0]
    assert solution.engine == "decomposed"
    assert [cost for _, cost in solution.trace] == [progress.cost for progress in seen]


def test_a_plan_to_begin_from_is_never_made_worse(problem):
    begun = solve(problem, SolveOptions(seconds=ENOUGH, iterations=1500, seed=2), "ruin-recreate")
    options = SolveOptions(seconds=ENOUGH, iterations=500, start=begun.orders)
    assert rank(problem, get_engine("decomposed").solve(problem, options)) <= rank(problem, begun)


def test_an_empty_plan_to_begin_from_is_filled(problem):
    options = SolveOptions(seconds=ENOUGH, iterations=200, start={})
    solution = get_engine("decomposed").solve(problem, options)
    assert len(solution.unserved) < len(problem.visits) / 2


def test_a_plan_to_begin_from_that_breaks_rules_is_an_error(problem):
    start = {problem.staff[0].id: [visit.id for visit in problem.visits]}
    with pytest.raises(EngineFault, match="breaks"):
        get_engine("decomposed").solve(problem, SolveOptions(seconds=5, start=start))


def test_it_stops_when_asked_and_keeps_its_best_plan(problem):
    seen = []
    options = SolveOptions(seconds=ENOUGH, workers=2, on_progress=seen.append, should_stop=lambda: len(seen) > 0)
    solution = solve(problem, options, "decomposed")
    assert solution.stopped == "stopped"
    assert solution.seconds < ENOUGH / 2
    assert rank(problem, solution) <= rank(problem, seen[0].solution)


def test_an_exception_of_the_listener_comes_through_and_leaves_no_process(problem):
    class Cancelled(Exception):
        pass

    def listen(progress):
        raise Cancelled

    with pytest.raises(Cancelled):
        solve(problem, SolveOptions(seconds=ENOUGH, workers=2, on_progress=listen, iterations=1), "decomposed")


def test_links_and_visits_for_two_are_kept_across_borders():
    source = random.Random(4)
    problem = home_visits(60, 8, seed=302, tightness=0.8)
    names = [visit.id for visit in problem.visits]
    links = tuple(Link(*source.sample(names, 2), min_gap=0, together=i % 2 == 0) for i in range(6))
    visits = tuple(replace(v, staff_required=2) if source.random() < 0.1 else v for v in problem.visits)
    problem = replace(problem, visits=visits, links=links)
    solution = solve(problem, SolveOptions(seconds=ENOUGH, iterations=600), "decomposed")
    rank(problem, solution)
    assert solution.rejected == 0
    assert len(solution.unserved) < 15


def test_weights_on_the_worst_day_never_make_the_whole_worse():
    problem = replace(home_visits(60, 8, seed=303, tightness=0.8), weights=Weights(max_idle=3))
    seen = []
    options = SolveOptions(seconds=ENOUGH, iterations=400, on_progress=seen.append)
    solution = get_engine("decomposed").solve(problem, options)
    assert [p.cost for p in seen] == sorted((p.cost for p in seen), reverse=True)
    assert solution.cost.total == check(problem, solution).cost.total


def test_what_no_engine_can_state_is_refused_by_name(problem, monkeypatch):
    monkeypatch.setattr(rounds, "ENGINES", ("greedy",))
    linked = replace(problem, links=(Link("v001", "v002", together=True),))
    with pytest.raises(UnsupportedFeature, match="decomposed.*links"):
        solve(linked, SolveOptions(seconds=1), "decomposed")


def test_empty_days_are_answered():
    problem = home_visits(5, 2)
    nobody = solve(replace(problem, staff=()), SolveOptions(seconds=1), "decomposed")
    assert len(nobody.unserved) == 5
    nothing = solve(replace(problem, visits=()), SolveOptions(seconds=1), "decomposed")
    assert nothing.feasible
    assert nothing.routes == []


def test_a_part_whose_engine_fails_has_a_plain_first_plan(problem, monkeypatch, caplog):
    class Here(GreedyEngine):
        """Known to this process, not to those that search."""

    monkeypatch.setitem(engines._factories, "here", Here)
    monkeypatch.setattr(rounds, "ENGINES", ("here", "greedy"))
    solution = solve(problem, SolveOptions(seconds=ENOUGH, iterations=10), "decomposed")
    assert len(solution.unserved) < len(problem.visits) / 2
    rank(problem, solution)
    assert "no engine 'here'" in caplog.text
    assert "no first plan" in caplog.text


def parts(problem, number):
    visits, staff = [v.id for v in problem.visits], [p.id for p in problem.staff]
    return [
        Request(i, "greedy", part_problem(problem, visits[i::number], staff[i::number]), seconds=5)
        for i in range(number)
    ]


def test_a_process_that_dies_loses_nothing(problem):
    wanted, killed = parts(problem, 4), []

    def kill_one():
        busy = [worker for worker in pool._workers if worker.request]
        if busy and not killed:
            os.kill(busy[0].process.pid, signal.SIGKILL)
            killed.append(busy[0].request[0].key)
        return False

    with Pool(2) as pool:
        answers = pool.run(wanted, until=time.monotonic() + 60, should_stop=kill_one)
    assert killed
    assert [(a.key, a.orders) for a in answers] == [(r.key, search(r).orders) for r in wanted]
    assert pool.lost == []


def test_a_part_that_kills_every_process_is_left_as_it_was(problem, monkeypatch):
    ask = pool_module._Worker.ask

    def ask_and_die(worker, taken, seconds):
        if taken[0].key == 0:
            worker.process.kill()
            worker.process.wait()
        ask(worker, taken, seconds)

    monkeypatch.setattr(pool_module._Worker, "ask", ask_and_die)
    with Pool(2) as pool:
        answers = pool.run(parts(problem, 3), until=time.monotonic() + 60, should_stop=lambda: False)
    assert [answer.key for answer in answers] == [1, 2]
    assert pool.lost == [0]


def test_no_process_is_left_behind(problem):
    with Pool(2) as pool:
        processes = [worker.process for worker in pool._workers]
        pool.run(parts(problem, 2), until=time.monotonic() + 60, should_stop=lambda: True)
    assert all(process.poll() is not None for process in processes)


def test_an_answer_that_is_not_better_is_told_as_such(problem):
    wanted = parts(problem, 3)[0]
    first = first_orders(wanted.problem)
    routes = {name: Route(name, [VisitStop(visit) for visit in visits]) for name, visits in first.items()}
    answer = search(replace(wanted, beat=routes))
    assert answer.before == answer.after
    assert not answer.better
    assert search(replace(wanted, beat={})).better


@pytest.fixture
def begun(problem):
    """A plan of the whole day, judged."""
    return get_engine("greedy").solve(problem, SolveOptions(seconds=ENOUGH))


def starts_of(solution):
    return {s.visit: s.start for route in solution.routes for s in route.stops if isinstance(s, VisitStop)}


def test_neighbourhoods_share_nobody_and_nothing_and_reach_everybody(problem, begun):
    borders = Borders(problem)
    orders, reached = begun.orders, set()
    for number in range(1, 6):
        found = borders.round(orders, starts_of(begun), number, seed=1)
        staff = [name for each in found for name in each.staff]
        visits = [name for each in found for name in each.visits]
        assert len(staff) == len(set(staff))
        assert len(visits) == len(set(visits))
        for each in found:
            assert {v for name in each.staff for v in orders.get(name, ())} <= set(each.visits)
        reached |= set(staff)
    assert reached >= set(orders)
    assert borders.round(orders, starts_of(begun), 3, seed=1) == borders.round(orders, starts_of(begun), 3, seed=1)


def test_an_unserved_visit_is_offered_to_several_neighbourhoods():
    problem = home_visits(120, 12, seed=304, tightness=1.6, tiers=True)
    begun = get_engine("greedy").solve(problem, SolveOptions(seconds=ENOUGH))
    borders, offered = Borders(problem), {}
    left = {entry.visit for entry in begun.unserved}
    assert left
    for number in range(1, 9):
        for each in borders.round(begun.orders, starts_of(begun), number, seed=1):
            for name in left & set(each.visits):
                offered.setdefault(name, set()).update(each.staff)
    tiers = [problem.visit_by_id[name].tier for name in left]
    urgent = [name for name in left if problem.visit_by_id[name].tier == min(tiers)]
    for name in urgent:
        able = {p.id for p in problem.staff if problem.may_serve(p, problem.visit_by_id[name])}
        assert offered.get(name, set()) & able, name


def test_what_is_bound_to_somebody_outside_is_frozen():
    problem = home_visits(40, 6, seed=305, tightness=0.7)
    visits = tuple(replace(v, staff_required=2) if i % 9 == 0 else v for i, v in enumerate(problem.visits))
    single = replace(problem, visits=visits[:36])
    orders = {p.id: [] for p in single.staff}
    names = list(orders)
    for i, visit in enumerate(single.visits):
        for name in names[i % 6 : i % 6 + visit.staff_required] or names[:2]:
            orders[name].append(visit.id)
    starts = {visit.id: 30_000 + 60 * i for i, visit in enumerate(single.visits)}
    for number in range(1, 9):
        for each in Borders(single).round(orders, starts, number, seed=2):
            for name, (person, start) in each.frozen.items():
                assert single.visit_by_id[name].staff_required == 2
                assert person in each.staff
                assert start == starts[name]
            inside = set(each.staff)
            for name in each.visits:
                servers = {p for p, mine in orders.items() if name in mine}
                assert name in each.frozen or servers <= inside


def test_thousands_of_places_need_no_matrix():
    """A part reads its own places only."""
    problem = home_visits(2100, 20, seed=306)
    assert isinstance(problem.duration, PlaceTravel)
    few = [visit.id for visit in problem.visits[:40]]
    small = part_problem(problem, few, [problem.staff[0].id])
    assert small.duration.shape == (41, 41)
    plan = Solution([Route(problem.staff[0].id, [VisitStop(name) for name in few[:5]])])
    assert check(small, plan).cost.travel == check(problem, plan).cost.travel


def test_an_engine_of_its_own_pool_is_asked_through_the_same_door(problem):
    class Here(Pool):
        used = 0

        def run(self, *args, **kwargs):
            Here.used += 1
            return super().run(*args, **kwargs)

    engine = DecomposedEngine(lambda options: Here(1))
    solution = solve(problem, SolveOptions(seconds=ENOUGH, iterations=100), engine)
    assert Here.used > 2
    assert np.isfinite(solution.cost.total)
