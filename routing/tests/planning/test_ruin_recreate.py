"""Ruin and recreate: exact about every rule that it states, repeatable, never worse than where it began."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthequiroute.testing.property_tests import examples
from routing.planning.check import check
from routing.planning.engines import SolveOptions, UnsupportedFeature, get_engine, solve
from routing.planning.engines.greedy import first_orders
from routing.planning.instances import home_visits
from routing.planning.problem import Break, Link, Pin, Problem, Staff, Visit, Weights
from routing.planning.ruin_recreate.rules import unit_and_prices, unsupported_features
from routing.planning.solution import Route, Solution, VisitStop

from .small_days import problems

STEPS = SolveOptions(seconds=20, iterations=300)


def plain(problem, keep_tiers=True):
    """The problem without what the arrays cannot state."""
    people = []
    for person in problem.staff:
        pauses = [replace(b, place="anywhere", windows=b.windows[:1]) for b in person.breaks if b.required][:1]
        pauses += [replace(b, missed_cost=0) for b in person.breaks if not b.required]
        bounded = None if any(b.required for b in pauses) else person.max_duration
        people.append(replace(person, breaks=tuple(pauses), max_duration=bounded, overtime_cost=0))
    visits = [
        replace(
            v, staff_required=1, late_cost=None, late_max=None, windows=v.windows[:1] if not pinned(v) else v.windows
        )
        for v in problem.visits
    ]
    if not keep_tiers:
        visits = [replace(v, tier=None) for v in visits]
    weights = Weights(problem.weights.travel, 0, problem.weights.max_late, 0)
    return replace(problem, staff=tuple(people), visits=tuple(visits), links=(), weights=weights)


def pinned(visit):
    return visit.pinned is not None and visit.pinned.start is not None


def charged(problem, verdict):
    """What the search counts: the judged cost with the prices of leaving out in place of the prizes."""
    scale, prices = unit_and_prices(problem)
    rest = verdict.cost.total - verdict.cost.prizes
    return round(rest * scale) + sum(prices[name] for name in verdict.unserved)


@examples(60)
@given(problems(most_visits=6))
def test_every_answer_passes_the_judge_at_the_cost_that_the_search_counted(problem):
    problem = plain(problem)
    assert unsupported_features(problem) == []
    from routing.planning.ruin_recreate.search import Search

    search = Search(problem, seed=3)
    search.first_plan()
    search.run(200, share=0.5)
    search.exchange()
    plan = Solution([Route(name, [VisitStop(v) for v in order]) for name, order in search.orders.items()])
    verdict = check(problem, plan)
    assert {violation.rule for violation in verdict.violations} <= {"required"}
    assert search.best == charged(problem, verdict)


@st.composite
def lines_of_visits(draw):
    """A person, visits in an order, and one more visit that could stand anywhere between them."""
    problem = plain(draw(problems(most_visits=6, most_staff=1)), keep_tiers=False)
    visits = tuple(replace(v, required=False, prize=10**6) for v in problem.visits)
    person = problem.staff[0]
    bound = draw(st.none() | st.integers(5, 60))
    if not any(b.required for b in person.breaks):
        person = replace(person, max_duration=bound)
    shift = (person.shift[0], person.shift[1] + draw(st.integers(0, 60)))
    return replace(problem, visits=visits, staff=(replace(person, shift=shift),))


@examples(150)
@given(lines_of_visits(), st.randoms(use_true_random=False))
def test_a_visit_is_accepted_exactly_where_the_slow_timetable_accepts_it(problem, random):
    from routing.planning.engines.greedy import Days
    from routing.planning.ruin_recreate import columns as c
    from routing.planning.ruin_recreate.search import Search

    *numbers, extra = random.sample(range(len(problem.visits)), len(problem.visits))
    person, days = problem.staff[0], Days(problem)
    order, served = [], []
    for number in numbers:
        longer = [*served, problem.visits[number]]
        if can_do(problem, days, person, longer):
            order, served = [*order, number], longer
    names = [visit.id for visit in served]
    search = Search(problem)
    search.follow({person.id: names})
    assert search.orders.get(person.id, []) == names
    stops = [len(problem.visits), *order]
    for position, stop in enumerate(stops):
        longer = [*served[:position], problem.visits[extra], *served[position:]]
        wanted = can_do(problem, days, person, longer)
        assert search.arrays.visit[extra, c.ABLE] or not wanted
        following = search.state.stop[stop, c.NEXT]
        assert search.allows(extra, 0, stop, following) == wanted


def can_do(problem, days, person, visits):
    bound = problem.capacity.get(person.id)
    return (
        all(problem.may_serve(person, visit) for visit in visits)
        and (person.max_visits is None or len(visits) <= person.max_visits)
        and (bound is None or sum(visit.demand for visit in visits) <= bound)
        and days.fits(person, visits)
    )


def test_the_same_seed_and_steps_give_the_same_plan_however_time_is_cut():
    problem = home_visits(40, 4, seed=7, tightness=1.2)
    options = SolveOptions(seconds=60, seed=5, iterations=2000)
    once, again = (solve(problem, options, "ruin-recreate") for _ in range(2))
    assert once.orders == again.orders
    assert once.cost == again.cost
    other = solve(problem, replace(options, seed=6), "ruin-recreate")
    assert other.orders != once.orders


def test_a_plan_to_begin_from_is_never_made_worse():
    problem = home_visits(60, 6, seed=8, tightness=1.1)
    good = solve(problem, SolveOptions(seconds=60, iterations=4000), "ruin-recreate")
    for steps in (0, 1, 50):
        options = SolveOptions(seconds=60, iterations=steps, start=good.orders, seed=9)
        assert solve(problem, options, "ruin-recreate").cost.total <= good.cost.total


def test_a_plan_to_begin_from_that_breaks_rules_loses_only_what_breaks_them():
    problem = home_visits(20, 2, seed=1)
    start = {problem.staff[0].id: [visit.id for visit in problem.visits]}
    solution = solve(problem, SolveOptions(seconds=20, iterations=0, start=start), "ruin-recreate")
    assert solution.feasible


@pytest.mark.parametrize("start", [{"n01": ["nobody"]}, {"stranger": ["v001"]}, {"n01": ["v001"], "n02": ["v001"]}])
def test_a_plan_to_begin_from_that_belongs_elsewhere_is_refused(start):
    with pytest.raises(ValueError, match="plan to begin from"):
        solve(home_visits(5, 2), SolveOptions(start=start), "ruin-recreate")


def test_no_exchange_serves_an_urgent_visit_by_dropping_lower_ones():
    problem = home_visits(60, 4, seed=5, tightness=1.5, tiers=True)
    solution = get_engine("ruin-recreate").solve(problem, SolveOptions(seconds=60, iterations=3000))
    left = [problem.visit_by_id[entry.visit] for entry in solution.unserved]
    assert left
    orders = {person.id: solution.orders.get(person.id, []) for person in problem.staff}
    for visit in left:
        for name, served in orders.items():
            droppable = [None, *(other for other in served if problem.visit_by_id[other].tier > visit.tier)]
            for dropped in droppable:
                rest = [other for other in served if other != dropped]
                for place in range(len(rest) + 1):
                    plan = Solution([Route(name, [VisitStop(v) for v in [*rest[:place], visit.id, *rest[place:]]])])
                    assert not check(replace(problem, staff=(problem.staff_by_id[name],)), plan).feasible


def test_a_required_visit_goes_before_any_number_of_others():
    matrix = np.array([[0, 10, 3000], [10, 0, 3000], [3000, 3000, 0]])
    person = Staff("n1", 0, 0, (0, 8000))
    easy = [Visit(f"v{i}", 1, 600, prize=10**6, required=False) for i in range(8)]
    problem = Problem((person,), (*easy, Visit("far", 2, 1500, required=True)), matrix)
    solution = solve(problem, STEPS, "ruin-recreate")
    assert solution.feasible
    assert "far" in solution.orders["n1"]


def test_an_unused_person_is_sent_out_where_only_several_visits_together_are_worth_it():
    matrix = np.array([[0, 100], [100, 0]])
    visits = tuple(Visit(f"v{i}", 1, 10, prize=50, required=False) for i in range(6))
    problem = Problem((Staff("n1", 0, 0, (0, 1000)),), visits, matrix)
    solution = solve(problem, STEPS, "ruin-recreate")
    assert solution.cost.total == 200
    assert len(solution.orders["n1"]) == 6


def test_a_search_is_stopped_at_once_and_keeps_its_best_plan():
    problem = home_visits(100, 10, seed=1)
    asked = []
    solution = solve(
        problem, SolveOptions(seconds=600, should_stop=lambda: asked.append(1) or len(asked) > 2), "ruin-recreate"
    )
    assert solution.stopped == "stopped"
    assert check(problem, solution).feasible


def test_a_few_steps_are_better_than_the_plain_first_plan():
    problem = home_visits(150, 15, seed=2)
    solution = solve(problem, SolveOptions(seconds=60, iterations=300), "ruin-recreate")
    slow = check(problem, Solution([Route(n, [VisitStop(v) for v in o]) for n, o in first_orders(problem).items()]))
    assert solution.cost.total < slow.cost.total


def test_nobody_and_nothing_and_impossible_visits_are_answered():
    day = home_visits(6, 2, seed=1)
    for odd in (replace(day, staff=()), replace(day, visits=()), replace(day, staff=(), visits=())):
        solution = solve(odd, STEPS, "ruin-recreate")
        assert solution.routes == []
        assert len(solution.unserved) == len(odd.visits)
    impossible = (
        replace(day.visits[0], skills=frozenset({"dialysis"})),
        replace(day.visits[1], windows=((0, 60),)),
        replace(day.visits[2], pinned=Pin(start=5)),
        replace(day.visits[3], only_staff=frozenset()),
        replace(day.visits[4], service=90_000),
    )
    solution = solve(replace(day, visits=(*impossible, day.visits[5])), STEPS, "ruin-recreate")
    assert [route.visits for route in solution.routes] == [[day.visits[5].id]]


def test_legs_that_nobody_can_drive_may_be_of_any_length():
    day = home_visits(12, 2, seed=3)
    duration = day.duration.copy()
    duration[:, day.visits[0].location] = 1 << 40
    problem = replace(day, duration=duration)
    solution = solve(problem, STEPS, "ruin-recreate")
    assert solution.feasible
    assert day.visits[0].id in {left.visit for left in solution.unserved}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"links": (Link("v001", "v002", together=True),)}, "links"),
        ({"weights": Weights(max_idle=1)}, "max_idle"),
        ({"weights": Weights(waiting=1)}, "waiting"),
        ({"visit": {"staff_required": 2}}, "staff_required"),
        ({"visit": {"late_cost": 1}}, "late"),
        ({"visit": {"windows": ((0, 10), (20, 30))}}, "several windows"),
        ({"person": {"breaks": (Break(60, ((0, 9),), place="stop"),)}}, "stop"),
        ({"person": {"breaks": (Break(60, ((0, 9),)), Break(60, ((0, 9),)))}}, "more than one"),
        ({"person": {"breaks": (Break(60, ((0, 9), (20, 30))),)}}, "windows for a break"),
        ({"person": {"breaks": (Break(60, ((0, 9),), required=False, missed_cost=5),)}}, "missed"),
        ({"person": {"max_duration": 9000}}, "max_duration"),
        ({"person": {"overtime": 60, "overtime_cost": 1}}, "overtime"),
        ({"person": {"shift": (0, 1 << 40)}, "duration": 1 << 40}, "legs"),
    ],
)
def test_what_the_arrays_cannot_state_is_refused_by_name(change, named):
    problem = home_visits(5, 2, seed=1)
    if "visit" in change:
        problem = replace(problem, visits=(replace(problem.visits[0], **change["visit"]), *problem.visits[1:]))
    if "person" in change:
        problem = replace(problem, staff=(replace(problem.staff[0], **change["person"]), *problem.staff[1:]))
    if "duration" in change:
        problem = replace(problem, duration=np.full_like(problem.duration, change["duration"]))
    problem = replace(problem, **{key: change[key] for key in ("links", "weights") if key in change})
    with pytest.raises(UnsupportedFeature, match=named):
        solve(problem, STEPS, "ruin-recreate")
