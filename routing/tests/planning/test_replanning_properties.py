"""What must hold however a day goes wrong, over small days drawn at random."""

import itertools
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from healthequiroute.testing.property_tests import examples
from routing.planning.check import check
from routing.planning.engines import SolveOptions, get_engine
from routing.planning.problem import Problem, Travel
from routing.planning.replanning import (
    Disruption,
    Late,
    NoAccess,
    Overrun,
    Sick,
    UnfitDisruption,
    Urgent,
    changes_of,
    day_of,
    going_on,
    plan_from,
    problem_from,
    replan,
)
from routing.planning.solution import BreakStop, Route, Solution, VisitStop

from .small_days import LAST_TICK, problems, visits

STEADY = SolveOptions(seconds=600, iterations=30)


@st.composite
def metric_days(draw):
    """A problem of single visits where no detour is shorter, a plan of it, a moment, and what has happened."""
    problem = draw(problems(linked=False))
    people = [person.id for person in problem.staff]
    problem = Problem(
        problem.staff,
        tuple(_single(visit) for visit in problem.visits),
        no_detours(problem.duration),
        capacity=problem.capacity,
        profiles=profiles_without_detours(problem),
    )
    plan = get_engine("greedy").solve(problem, SolveOptions())
    assume(plan.orders)
    now = draw(st.integers(0, LAST_TICK))
    event = draw(st.sampled_from(["sick", "urgent", "overrun", "no_access", "late"]))
    events = {
        "sick": lambda: Sick(draw(st.sampled_from(people)), draw(st.none() | st.integers(now, LAST_TICK))),
        "urgent": lambda: Urgent(_single(draw(visits("new", len(problem.duration), people)))),
        "overrun": lambda: _overrun(draw, plan, now),
        "no_access": lambda: NoAccess(draw(st.sampled_from([visit.id for visit in problem.visits]))),
        "late": lambda: Late(draw(st.sampled_from(people)), now + draw(st.integers(0, 9))),
    }
    return problem, plan, Disruption(now, (events[event](),), tolerance=draw(st.integers(0, 5)))


def no_detours(duration):
    """Seconds by the shortest way, none from a place to itself."""
    duration = duration.copy()
    for k, i, j in itertools.product(range(len(duration)), repeat=3):
        duration[i, j] = min(duration[i, j], duration[i, k] + duration[k, j])
    for i in range(len(duration)):
        duration[i, i] = 0
    return duration


def profiles_without_detours(problem):
    return {name: Travel(no_detours(travel.duration)) for name, travel in problem.profiles.items()}


def _single(visit):
    return replace(visit, staff_required=1, required=False)


def _overrun(draw, plan, now):
    begun = [s for r in plan.routes for s in r.stops if isinstance(s, VisitStop) and s.start <= now]
    assume(begun)
    stop = draw(st.sampled_from(begun))
    return Overrun(stop.visit, max(stop.leave, now) + draw(st.integers(0, 9)))


def stops_of(solution):
    return {route.staff: route.stops for route in solution.routes}


def mended(drawn, **options):
    problem, plan, disruption = drawn
    return replan(problem, plan, disruption, STEADY, "greedy", **options)


@given(metric_days())
@examples(60)
def test_the_outcome_is_judged_feasible_and_nothing_begun_has_moved(drawn):
    problem, plan, disruption = drawn
    answer = mended(drawn)
    verdict = check(answer.day.problem, answer.solution)
    assert verdict.feasible, verdict.violations
    after = stops_of(answer.solution)
    for name, position in answer.day.positions.items():
        if position.visits_begun:
            kept = after[name][: len(position.begun)]
            assert [_shape(stop) for stop in kept] == [_shape(stop) for stop in position.begun]
    begun = set(answer.day.begun)
    for stops in after.values():
        for stop in stops:
            if isinstance(stop, VisitStop) and stop.visit not in begun:
                assert stop.start >= disruption.now
                assert stop.visit not in answer.day.called_off
    gone = [name for name in answer.day.gone if name in after]
    assert all(len(after[name]) == len(answer.day.positions[name].begun) for name in gone)


def _shape(stop):
    return (isinstance(stop, BreakStop), getattr(stop, "visit", None), stop.start, stop.leave)


@given(metric_days())
@examples(30)
def test_whoever_does_not_change_keeps_the_day_and_the_answer_is_always_the_same(drawn):
    problem, plan, disruption = drawn
    answer = mended(drawn)
    before, after = stops_of(plan), stops_of(answer.solution)
    for person in answer.day.working:
        if person.id in answer.changes.people or person.id in answer.asked or person.id not in before:
            continue
        wanted = [s for s in before[person.id] if getattr(s, "visit", None) not in answer.day.called_off]
        assert [_shape(stop) for stop in after.get(person.id, [])] == [_shape(stop) for stop in wanted]
    again = mended(drawn)
    assert again.solution.orders == answer.solution.orders
    assert stops_of(again.solution) == after
    assert again.changes == answer.changes


@given(metric_days())
@examples(30)
def test_nobody_else_changes_where_those_affected_can_mend_it_alone(drawn):
    answer = mended(drawn)
    day = answer.day
    for others in range(2):
        for extra in itertools.combinations([p.id for p in day.working if p.id not in day.affected], others):
            people = sorted(day.affected) + list(extra)
            remaining = problem_from(day, people)
            for orders in every_order(remaining):
                found = timed(remaining, orders)
                verdict = check(day.problem, plan_from(day, found, people))
                # Somebody who falls ill later has left by then: that is a rule of the remaining problem alone.
                if (
                    verdict.feasible
                    and check(remaining, found).feasible
                    and set(verdict.unserved) <= set(day.left_before)
                ):
                    changes = changes_of(day, Solution(verdict.routes))
                    assert len(answer.changes.others) <= len(changes.others)


def every_order(problem):
    """All ways to give every visit to somebody, in any order."""
    names = [visit.id for visit in problem.visits]
    people = [person.id for person in problem.staff]
    assume(len(names) <= 3)
    if not people:
        return
    for order in itertools.permutations(names):
        for holders in itertools.product(range(len(people)), repeat=len(names)):
            if list(holders) == sorted(holders):
                yield {
                    person: [name for name, held in zip(order, holders, strict=True) if held == i]
                    for i, person in enumerate(people)
                }


def timed(problem, orders):
    routes = [Route(name, [VisitStop(visit) for visit in order]) for name, order in orders.items() if order]
    return Solution(check(problem, Solution(routes)).routes)


@given(metric_days())
@examples(50)
def test_the_remaining_problem_and_the_whole_day_agree(drawn):
    """What the judge accepts in the remaining problem it accepts in the whole day."""
    problem, plan, disruption = drawn
    day = day_of(problem, plan, disruption)
    remaining = problem_from(day)
    found = get_engine("greedy").solve(remaining, SolveOptions())
    whole = check(day.problem, plan_from(day, found))
    assert [v for v in whole.violations if v.rule != "required"] == []
    assert set(whole.unserved) >= set(check(remaining, found).unserved)


@st.composite
def linked_days(draw):
    """A day with links and visits by several people, planned by the engine that knows them."""
    problem = draw(problems())
    problem = replace(
        problem,
        duration=no_detours(problem.duration),
        distance=None,
        profiles=profiles_without_detours(problem),
        objective="duration",
        visits=tuple(replace(visit, required=False) for visit in problem.visits),
    )
    rich = get_engine("rich")
    assume(not rich.unsupported(problem))
    plan = rich.solve(problem, SolveOptions(seconds=60, iterations=20))
    assume(plan.orders)
    now = draw(st.integers(0, LAST_TICK))
    person, visit = draw(st.sampled_from(problem.staff)).id, draw(st.sampled_from(problem.visits)).id
    event = draw(st.sampled_from([Sick(person), NoAccess(visit), Late(person, now + 5)]))
    return problem, plan, Disruption(now, (event,), tolerance=2)


@given(linked_days())
@examples(30)
def test_links_and_visits_by_two_are_kept_when_a_day_is_mended(drawn):
    problem, plan, disruption = drawn
    answer = replan(problem, plan, disruption, replace(STEADY, iterations=20))
    verdict = check(answer.day.problem, answer.solution)
    assert [violation for violation in verdict.violations if violation.rule != "required"] == []
    assert not answer.not_stated


@examples(60)
@given(metric_days())
def test_a_day_that_just_goes_on_keeps_the_rules_with_what_is_allowed(drawn):
    """Whatever has happened, what is allowed is enough; nothing that has begun moves, nothing starts before now, and
    what could be kept is not allowed to be broken.
    """
    problem, plan, disruption = drawn
    day = _read_day(problem, plan, disruption)
    found = going_on(day)
    whole = found.whole(found.routes)
    for verdict in (check(found.rest, Solution(found.routes)), check(found.day.problem, whole)):
        assert not [each for each in verdict.violations if each.rule != "required"]
    orders = {route.staff: route for route in whole.routes}
    for name, position in day.positions.items():
        begun = [(stop.visit, stop.start) for stop in position.visits_begun]
        stops = [stop for stop in orders.get(name, Route(name)).stops if isinstance(stop, VisitStop)]
        assert [(stop.visit, stop.start) for stop in stops[: len(begun)]] == begun
        assert all(stop.start >= day.now for stop in stops[len(begun) :])
        if name not in day.gone:
            assert [stop.visit for stop in stops[len(begun) :]] == [stop.visit for stop in position.visits_ahead]
    if not found.known:
        assert found.day.problem is day.problem


def _read_day(problem, plan, disruption):
    try:
        return day_of(problem, plan, disruption)
    except UnfitDisruption:
        assume(False)
