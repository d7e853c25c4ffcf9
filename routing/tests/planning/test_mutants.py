"""Feasible plans with one thing broken: the judge misses none and names the rule."""

import copy
import random
from dataclasses import replace

import pytest
from django.core.management import call_command

from routing.planning import bench_judge
from routing.planning.bench_judge import judge_mutants
from routing.planning.check import check
from routing.planning.engines import SolveOptions, solve
from routing.planning.instances import home_visits
from routing.planning.problem import Link
from routing.planning.solution import BreakStop, Unserved, VisitStop

from .test_contract import RULES

MUTANTS = 700  # of a day in seconds; of tiny days in ticks, with every rule, see below


@pytest.fixture(scope="module")
def planned():
    """A feasible day with two linked visits, a pin and a bounded day."""
    problem = home_visits(60, 6, seed=11, tightness=0.8)
    plan = solve(problem, SolveOptions(seconds=1))
    orders = [order for order in plan.orders.values() if len(order) > 3]
    links = (Link(orders[0][0], orders[1][1], different_staff=True, together=True), Link(*orders[0][:2], min_gap=1))
    problem = replace(problem, links=links)
    verdict = check(problem, plan)
    assert verdict.feasible
    return problem, plan


def route_with(plan, source, least=1):
    return source.choice([route for route in plan.routes if len(route.visits) >= least])


def visit_stop(route, source):
    return source.choice([stop for stop in route.stops if isinstance(stop, VisitStop)])


def shift_all(route, frm, by):
    for stop in route.stops[frm:]:
        stop.start += by
        stop.leave += by
        if isinstance(stop, VisitStop):
            stop.arrive += by


def too_early(problem, plan, source):
    route = route_with(plan, source)
    shift_all(route, 0, -source.randint(40_000, 50_000))
    return {"window", "shift", "break"}


def too_late(problem, plan, source):
    route = route_with(plan, source)
    shift_all(route, 0, source.randint(40_000, 50_000))
    return {"window", "shift", "break"}


def rushed(problem, plan, source):
    stop = visit_stop(route_with(plan, source), source)
    stop.leave -= source.randint(1, 600)
    return {"time"}


def flown(problem, plan, source):
    """Arrives before the drive can be over."""
    route = route_with(plan, source, 2)
    stops = [stop for stop in route.stops if isinstance(stop, VisitStop)]
    place = source.randrange(1, len(stops))
    before, stop = stops[place - 1], stops[place]
    legs = problem.duration[problem.visit_by_id[before.visit].location, problem.visit_by_id[stop.visit].location]
    stop.arrive = before.leave + int(legs) - source.randint(1, 30)
    return {"time"}


def without_break(problem, plan, source):
    routes = [r for r in plan.routes if any(isinstance(stop, BreakStop) for stop in r.stops)]
    route = source.choice(routes)
    route.stops = [stop for stop in route.stops if not isinstance(stop, BreakStop)]
    return {"break"}


def short_break(problem, plan, source):
    stop = source.choice([stop for route in plan.routes for stop in route.stops if isinstance(stop, BreakStop)])
    stop.leave -= source.randint(1, 1800)
    return {"break"}


def early_break(problem, plan, source):
    stop = source.choice([stop for route in plan.routes for stop in route.stops if isinstance(stop, BreakStop)])
    by = stop.start - 41_400 + source.randint(1, 3000)
    stop.start, stop.leave = stop.start - by, stop.leave - by
    return {"break"}


def copied(problem, plan, source):
    route, other = route_with(plan, source), route_with(plan, source)
    other.stops.append(copy.copy(visit_stop(route, source)))
    return {"twice"}


def listed_as_unserved(problem, plan, source):
    plan.unserved.append(Unserved(visit_stop(route_with(plan, source), source).visit))
    return {"twice"}


def unheard_of(problem, plan, source):
    visit_stop(route_with(plan, source), source).visit = "nobody"
    return {"unknown"}


def given_to_the_unskilled(problem, plan, source):
    pairs = [
        (route, other, stop)
        for route in plan.routes
        for stop in route.stops
        if isinstance(stop, VisitStop)
        for other in plan.routes
        if not problem.visit_by_id[stop.visit].skills <= problem.staff_by_id[other.staff].skills
    ]
    route, other, stop = source.choice(pairs)
    route.stops.remove(stop)
    other.stops.append(stop)
    return {"skill"}


def split_pair(problem, plan, source):
    link = problem.links[0]
    gone = source.choice([link.first, link.second])
    for route in plan.routes:
        route.stops = [stop for stop in route.stops if getattr(stop, "visit", None) != gone]
    return {"link"}


def second_route(problem, plan, source):
    plan.routes.append(copy.deepcopy(route_with(plan, source)))
    return {"twice"}


def two_swapped(problem, plan, source):
    """Two visits change places in the order but keep their times."""
    route = route_with(plan, source, 2)
    places = [i for i, stop in enumerate(route.stops) if isinstance(stop, VisitStop)]
    one, two = source.sample(places, 2)
    route.stops[one], route.stops[two] = route.stops[two], route.stops[one]
    return {"time", "shift"}


BREAKERS = [
    too_early,
    too_late,
    rushed,
    flown,
    without_break,
    short_break,
    early_break,
    copied,
    listed_as_unserved,
    unheard_of,
    given_to_the_unskilled,
    split_pair,
    second_route,
    two_swapped,
]


@pytest.mark.parametrize("breaker", BREAKERS, ids=lambda breaker: breaker.__name__)
def test_no_broken_rule_is_missed(planned, breaker):
    problem, plan = planned
    source = random.Random(breaker.__name__)
    for _ in range(MUTANTS // len(BREAKERS)):
        mutant = copy.deepcopy(plan)
        expected = breaker(problem, mutant, source)
        found = {violation.rule for violation in check(problem, mutant).violations}
        assert found & expected, f"{found} instead of {expected}"


def problem_breakers(problem, plan, source):
    """(rule, a problem under which the same plan breaks it by a hair)."""
    verdict = check(problem, plan)
    route = route_with(plan, source)
    facts, person = verdict.facts[route.staff], problem.staff_by_id[route.staff]
    stop = visit_stop(route, source)
    visit = problem.visit_by_id[stop.visit]

    def staff_with(**change):
        return replace(problem, staff=tuple(replace(p, **change) if p is person else p for p in problem.staff))

    def visits_with(**change):
        return replace(problem, visits=tuple(replace(v, **change) if v is visit else v for v in problem.visits))

    yield "max_visits", staff_with(max_visits=len(route.visits) - 1)
    yield "drive", staff_with(max_drive=facts.drive - 1)
    yield "duration", staff_with(max_duration=facts.returns - facts.departs - 1)
    yield "shift", staff_with(shift=(facts.departs + 1, person.shift[1]))
    yield "shift", staff_with(shift=(person.shift[0], facts.returns - 1))
    yield "window", visits_with(windows=((0, stop.start - 1),))
    yield "window", visits_with(windows=((stop.start + 1, 90_000),))
    yield "end", visits_with(windows=((0, stop.leave - 1),), window_at="end")
    yield "late", visits_with(windows=((0, stop.start - 60),), late_cost=1, late_max=59)
    yield "staff", visits_with(not_staff=frozenset({route.staff}))
    yield "double", visits_with(staff_required=2)
    yield "capacity", replace(visits_with(demand=7), capacity={route.staff: 6})


def test_a_plan_fails_when_a_rule_is_tightened_by_a_hair(planned):
    problem, plan = planned
    source = random.Random(1)
    for _ in range(60):
        for rule, harder in problem_breakers(problem, plan, source):
            assert rule in {violation.rule for violation in check(harder, plan).violations}


def test_the_judge_and_the_plain_telling_find_the_same_in_mutants_of_tight_days():
    """`manage.py bench judge --mutants 10000` looks longer than a test run has time for."""
    tally = judge_mutants(600, seed=7)
    assert (tally.missed, tally.invented, tally.costs_apart) == ([], [], 0)
    assert tally.mutants == 600
    assert 300 < tally.broken < 600
    assert set(tally.rules) == RULES | {"required"}


def test_the_bench_of_the_judge_says_what_was_missed_and_how_long_a_verdict_takes(capsys, monkeypatch):
    command = ["bench", "judge", "--mutants", "60", "--visits", "20"]
    call_command(*command)
    printed = capsys.readouterr().out
    assert printed.startswith("60 mutants of 3 feasible plans, ")
    assert ": 0 rules missed, 0 invented, 0 costs apart" in printed
    assert "a plan of 20 visits, " in printed
    monkeypatch.setattr(bench_judge, "check", lambda problem, plan: check(replace(problem, links=()), plan))
    call_command(*command)
    assert "missed: ('mutant " in capsys.readouterr().out
