"""Changes by hand: what each does, what it costs, and that nothing is stored that the judge would refuse."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthequiroute.testing.property_tests import examples
from routing.editing import (
    Draft,
    EditError,
    Effect,
    Improve,
    Move,
    MoveBreak,
    PutIn,
    Reorder,
    SetStart,
    Swap,
    TakeOut,
    alternatives,
    best_places,
)
from routing.editing.timing import set_by_hand
from routing.planning.check import check
from routing.planning.instances import home_visits
from routing.planning.instances_linked import district_day
from routing.planning.problem import ALWAYS, Break, Problem, Staff, Visit
from routing.planning.solution import BreakStop, Route, Solution, VisitStop
from routing.planning.trials import untimed

from .planning.made_plans import made_plan
from .random_edits import random_edit

MINUTE, HOUR = 60, 3600
NINE, NOON = 9 * HOUR, 12 * HOUR
SHIFT = (8 * HOUR, 16 * HOUR)


def line(*visits, staff=("ann", "ben"), links=(), breaks=()):
    """Places along a road, ten minutes from one to the next; visit `vN` stands at place N, everybody starts at 0."""
    import numpy as np

    places = np.arange(8)
    road = np.abs(places[:, None] - places) * 10 * MINUTE
    people = tuple(
        each if isinstance(each, Staff) else Staff(each, 0, 0, shift=SHIFT, breaks=tuple(breaks)) for each in staff
    )
    return Problem(people, tuple(visits), road, road * 10, links=tuple(links))


def at(place, *, name=None, opens=None, closes=None, **more):
    window = ALWAYS if opens is None else (opens, closes)
    return Visit(name or f"v{place}", place, 30 * MINUTE, (window,), prize=1, required=False, **more)


def draft(problem, **orders):
    return Draft(problem, Solution(check(problem, untimed(orders)).routes))


def orders(proposal):
    return {route.staff: route.visits for route in proposal.verdict.routes if route.visits}


def start(proposal, visit):
    return next(
        s.start for r in proposal.verdict.routes for s in r.stops if isinstance(s, VisitStop) and s.visit == visit
    )


def test_a_visit_moves_to_another_person_at_the_place_that_was_asked_for():
    plan = draft(line(at(1), at(2), at(3)), ann=["v1", "v2"], ben=["v3"])
    moved = plan.proposed(Move("v2", "ben", 0))
    assert orders(moved) == {"ann": ["v1"], "ben": ["v2", "v3"]}
    assert moved.feasible
    effect = Effect(plan.problem, moved)
    assert effect.after.drive - effect.before.drive == -20 * MINUTE
    assert effect.after.metres == effect.before.metres - 12_000
    assert set(effect.rounds) == {"ann", "ben"}
    assert [(each.visit, set(each.before), set(each.after)) for each in effect.shifted if each.visit == "v2"] == [
        ("v2", {"ann"}, {"ben"})
    ]


def test_without_a_place_the_best_one_of_the_person_is_taken():
    plan = draft(line(at(1), at(2), at(3), at(4)), ann=["v4"], ben=["v1", "v2", "v3"])
    moved = plan.proposed(Move("v4", "ben"))
    assert len(orders(moved)["ben"]) == 4
    assert Effect(plan.problem, moved).after.drive == 80 * MINUTE


def test_within_a_round_later_stops_follow():
    plan = draft(line(at(1), at(2), at(3)), ann=["v1", "v2", "v3"])
    moved = plan.proposed(Move("v3", "ann", 0))
    assert orders(moved) == {"ann": ["v3", "v1", "v2"]}
    assert start(moved, "v1") == start(moved, "v3") + 50 * MINUTE


def test_two_visits_change_places():
    plan = draft(line(at(1), at(2), at(3)), ann=["v1", "v2"], ben=["v3"])
    assert orders(plan.proposed(Swap("v1", "v3"))) == {"ann": ["v3", "v2"], "ben": ["v1"]}
    assert orders(plan.proposed(Swap("v1", "v2")))["ann"] == ["v2", "v1"]


def test_a_visit_is_taken_out_and_put_in_again():
    plan = draft(line(at(1), at(2), tier_one := at(3, tier=1)), ann=["v1", "v3"], ben=["v2"])
    out = plan.proposed(TakeOut("v3"))
    assert out.feasible and out.verdict.unserved == ["v3"]
    assert Effect(plan.problem, out).after.unserved_by_tier == {1: 1}
    without = Draft(plan.problem, out.solution())
    back = without.proposed(PutIn(tier_one.id))
    assert not back.verdict.unserved and back.feasible
    assert orders(without.proposed(PutIn("v3", "ann", (("ann", 0),))))["ann"] == ["v3", "v1"]
    assert orders(without.proposed(Move("v3", "ben", 1)))["ben"] == ["v2", "v3"]


def test_a_start_that_is_set_stays_while_the_round_around_it_changes():
    plan = draft(line(at(1), at(2), at(3)), ann=["v1", "v2"], ben=["v3"])
    later = plan.proposed(SetStart("v2", NINE + 30 * MINUTE))
    assert start(later, "v2") == NINE + 30 * MINUTE and start(later, "v1") < NINE
    kept = Draft(plan.problem, later.solution())
    assert set_by_hand(plan.problem, kept.routes["ann"]) == ({"v2": NINE + 30 * MINUTE}, {})
    after = kept.proposed(Move("v3", "ann", 0))
    assert start(after, "v2") >= NINE + 30 * MINUTE
    assert start(kept.proposed(TakeOut("v1")), "v2") == NINE + 30 * MINUTE
    assert start(kept.proposed(SetStart("v2", None)), "v2") == start(plan.proposed(TakeOut("v3")), "v2")


def test_a_start_that_cannot_be_reached_is_refused_with_the_earliest():
    plan = draft(line(at(1), at(2)), ann=["v1", "v2"])
    early = plan.proposed(SetStart("v2", 8 * HOUR + 15 * MINUTE))
    assert [violation.rule for violation in early.broken] == ["pin"]


def test_a_break_moves_to_a_place_or_a_time():
    lunch = Break(30 * MINUTE, ((11 * HOUR, 13 * HOUR),))
    plan = draft(line(at(1), at(2, opens=NOON, closes=14 * HOUR), breaks=[lunch]), ann=["v1", "v2"])
    after = plan.proposed(MoveBreak("ann", place=2))
    assert after.feasible
    route = after.verdict.routes[0]
    assert isinstance(route.stops[-1], BreakStop)
    timed = plan.proposed(MoveBreak("ann", start=11 * HOUR + 20 * MINUTE))
    assert timed.feasible
    assert [stop.start for stop in timed.verdict.routes[0].stops if isinstance(stop, BreakStop)] == [11 * HOUR + 1200]
    late = plan.proposed(MoveBreak("ann", start=14 * HOUR))
    assert "break" in {violation.rule for violation in late.broken}
    # What was set stays when another visit is taken out.
    kept = Draft(plan.problem, timed.solution()).proposed(TakeOut("v1"))
    assert [stop.start for stop in kept.verdict.routes[0].stops if isinstance(stop, BreakStop)] == [11 * HOUR + 1200]


def test_a_round_is_put_into_another_and_into_a_better_order():
    visits = [at(place) for place in (1, 2, 3, 4, 5)]
    plan = draft(line(*visits), ann=["v3", "v1", "v5", "v2", "v4"])
    assert orders(plan.proposed(Reorder("ann", ("v1", "v2", "v3", "v4", "v5"))))["ann"][0] == "v1"
    better = plan.proposed(Improve("ann"))
    assert better.feasible
    assert Effect(plan.problem, better).after.drive == 100 * MINUTE
    with pytest.raises(EditError, match="No better order"):
        Draft(plan.problem, better.solution()).proposed(Improve("ann"))


def test_a_move_that_breaks_a_rule_says_so_and_offers_the_nearest_place_that_does_not():
    problem = line(at(1, opens=8 * HOUR, closes=8 * HOUR + 15 * MINUTE), at(2), at(3), at(4))
    plan = draft(problem, ann=["v1", "v2"], ben=["v3", "v4"])
    late = plan.proposed(Move("v1", "ben", 2))
    assert not late.feasible
    assert {violation.rule for violation in late.broken} == {"window"}
    offered = alternatives(plan, late)
    assert (offered[0].staff, offered[0].place) == ("ben", 0)
    assert all(place.proposal.feasible for place in offered)


def test_the_best_places_cost_what_they_say():
    plan = draft(line(at(1), at(2), at(5), at(6)), ann=["v1", "v6"], ben=["v2", "v5"])
    best = best_places(plan, "v6")
    assert best and len(best) <= 3
    costs = [place.proposal.verdict.cost.total for place in best]
    assert costs == sorted(costs)
    assert best[0].staff == "ben" and costs[0] == plan.standing.cost.total - 80 * MINUTE


def test_both_halves_of_a_visit_for_two_start_together():
    problem = line(at(1), at(2), at(3, name="both", staff_required=2), staff=("ann", "ben", "cat"))
    plan = draft(problem, ann=["v1", "both"], ben=["both"], cat=["v2"])
    moved = plan.proposed(Move("both", "cat", 1, "ann"))
    assert orders(moved) == {"ann": ["v1"], "ben": ["both"], "cat": ["v2", "both"]}
    assert moved.feasible
    with pytest.raises(EditError, match="say whose part"):
        plan.proposed(Move("both", "cat", 1))
    assert orders(plan.proposed(TakeOut("both"))) == {"ann": ["v1"], "cat": ["v2"]}


@pytest.mark.parametrize(
    "edit, why",
    [
        (Move("nobody", "ann", 0), "no visit nobody"),
        (Move("v1", "zoe", 0), "zoe does not work"),
        (Move("v1", "ann", 0), "is there already"),
        (Move("v1", "ann", 9), "no place 10"),
        (Move("v1", "ann", 0, "ben"), "not in the round of ben"),
        (PutIn("v1"), "in a round already"),
        (TakeOut("v3"), "is not in a round"),
        (Swap("v1", "v1"), "two different"),
        (SetStart("v3", NINE), "is not in a round"),
        (MoveBreak("ann", place=0), "no such break"),
        (Reorder("ann", ("v1",)), "each once"),
        (Reorder("ann", ("v1", "v2")), "the same"),
        (Improve("ben"), "has no visits"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(edit, why):
    plan = draft(line(at(1), at(2), at(3)), ann=["v1", "v2"])
    with pytest.raises(EditError, match=why):
        plan.proposed(edit)


@examples(120)
@given(st.integers(0, 10_000), st.booleans())
def test_what_a_preview_says_is_what_the_judge_says_of_the_stored_plan(seed, linked):
    """Changes follow each other on the plan as each of them left it; those that break a rule are not kept."""
    dice = random.Random(seed)
    problem = district_day(12, 3, seed=seed % 50) if linked else home_visits(12, 3, seed=seed % 50, tiers=True)
    plan = Draft(problem, untimed(made_plan(problem, seed)))
    for _ in range(4):
        try:
            proposal = plan.proposed(random_edit(dice, plan))
        except EditError:
            continue
        stored = check(problem, proposal.solution())
        assert stored.cost == proposal.verdict.cost
        assert stored.unserved_by_tier == proposal.verdict.unserved_by_tier
        if proposal.feasible:
            assert [v for v in stored.violations if v.rule != "required"] == []
        untouched = plan.orders.keys() - proposal.retimed
        now = {route.staff: route for route in proposal.verdict.routes}
        assert all(now.get(name) == plan.routes.get(name) for name in untouched)
        Effect(problem, proposal).shifted  # noqa: B018
        if proposal.feasible:
            plan = Draft(problem, proposal.solution())
            assert not [v for v in plan.standing.violations if v.rule != "required"]


def test_a_round_of_one_route_is_not_needed():
    """A plan without any route may be filled by hand."""
    plan = Draft(line(at(1), at(2)), Solution([Route("ann", [])]))
    assert orders(plan.proposed(PutIn("v1", "ann", (("ann", 0),)))) == {"ann": ["v1"]}
