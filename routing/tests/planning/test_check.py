"""Every rule of the contract, broken one at a time, and the parts of the cost."""

from dataclasses import replace

import numpy as np
import pytest

from routing.planning.check import check
from routing.planning.instances import home_visits
from routing.planning.problem import Break, Link, Pin, Problem, Staff, Visit, Weights
from routing.planning.solution import BreakStop, Route, Solution, Unserved, VisitStop

LUNCH = Break(duration=30, windows=((100, 160),))
ANNE = Staff("anne", start=0, end=0, shift=(0, 400), skills=frozenset({"wound"}), breaks=(LUNCH,))
BILL = Staff("bill", start=0, end=None, shift=(0, 400))
ONE = Visit("one", location=1, service=20, windows=((20, 60),), skills=frozenset({"wound"}), prize=500, required=False)
TWO = Visit("two", location=2, service=30, windows=((80, 120), (180, 220)), prize=700, required=False)
# Places: base, one, two; ten apart, but twenty from one to two.
MATRIX = np.array([[0, 10, 10], [10, 0, 20], [10, 20, 0]])
DAY = Problem(staff=(ANNE, BILL), visits=(ONE, TWO), duration=MATRIX, distance=MATRIX * 100)


def plan(*stops, staff="anne", others=()):
    return Solution([Route(staff, list(stops)), *others])


GOOD = (VisitStop("one", 20, 20, 40), BreakStop(0, 100, 130), VisitStop("two", 60, 180, 210))


def rules(problem, solution):
    return [(v.rule, v.staff, v.visit) for v in check(problem, solution).violations]


def test_a_good_plan_is_feasible_and_costs_its_travel():
    verdict = check(DAY, plan(*GOOD))
    assert verdict.feasible
    assert verdict.cost.total == verdict.cost.travel == 40
    facts = verdict.facts["anne"]
    assert (facts.departs, facts.returns, facts.drive, facts.service) == (10, 220, 40, 50)
    assert facts.waiting == 180 - 40 - 20 - 30
    assert facts.idle == 10 + facts.waiting + 180


def test_the_objective_may_be_distance():
    assert check(replace(DAY, objective="distance"), plan(*GOOD)).cost.travel == 4000


@pytest.mark.parametrize(
    ("problem", "stops", "expected"),
    [
        (DAY, [VisitStop("one", 20, 70, 90), *GOOD[1:]], ("window", "anne", "one")),
        (DAY, [VisitStop("one", 10, 10, 30), *GOOD[1:]], ("window", "anne", "one")),
        (DAY, [VisitStop("one", 20, 20, 30), *GOOD[1:]], ("time", "anne", "one")),
        (DAY, [VisitStop("one", 5, 20, 40), *GOOD[1:]], ("time", "anne", "one")),
        (DAY, [*GOOD[:2], VisitStop("two", 59, 180, 210)], ("time", "anne", "two")),
        (DAY, [GOOD[0], BreakStop(0, 161, 191), VisitStop("two", 60, 191, 221)], ("break", "anne", None)),
        (DAY, [GOOD[0], BreakStop(0, 100, 129), GOOD[2]], ("break", "anne", None)),
        (DAY, [GOOD[0], GOOD[2]], ("break", "anne", None)),
        (DAY, [GOOD[0], BreakStop(1, 100, 130), BreakStop(0, 130, 160), GOOD[2]], ("unknown", "anne", None)),
        (DAY, [*GOOD, VisitStop("one", 220, 220, 240)], ("twice", "anne", "one")),
        (DAY, [*GOOD, VisitStop("three", 230, 230, 240)], ("unknown", "anne", "three")),
    ],
)
def test_stated_times_are_checked(problem, stops, expected):
    assert expected in rules(problem, plan(*stops))


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ({"shift": (11, 400)}, ("shift", "anne", "one")),
        ({"shift": (0, 219)}, ("shift", "anne", None)),
        ({"skills": frozenset()}, ("skill", "anne", "one")),
        ({"max_visits": 1}, ("max_visits", "anne", None)),
        ({"max_duration": 209}, ("duration", "anne", None)),
        ({"max_drive": 39}, ("drive", "anne", None)),
        ({"shift": (0, 210), "overtime": 9}, ("shift", "anne", None)),
    ],
)
def test_limits_of_a_person(person, expected):
    problem = replace(DAY, staff=(replace(ANNE, **person), BILL))
    assert rules(problem, plan(*GOOD)) == [expected]


def test_limits_that_are_just_kept():
    person = replace(ANNE, shift=(10, 210), overtime=10, overtime_cost=3, max_visits=2, max_duration=210, max_drive=40)
    verdict = check(replace(DAY, staff=(person, BILL), capacity={"anne": 0}), plan(*GOOD))
    assert verdict.feasible
    assert verdict.cost.overtime == 30


@pytest.mark.parametrize(
    ("visit", "expected"),
    [
        ({"only_staff": frozenset({"bill"})}, ("staff", "anne", "two")),
        ({"not_staff": frozenset({"anne"})}, ("staff", "anne", "two")),
        ({"pinned": Pin(staff="bill")}, ("pin", None, "two")),
        ({"pinned": Pin(start=181)}, ("pin", "anne", "two")),
        ({"staff_required": 2}, ("double", None, "two")),
        ({"windows": ((80, 200),), "window_at": "end"}, ("end", "anne", "two")),
        ({"windows": ((80, 120),), "late_cost": 1, "late_max": 59}, ("late", "anne", "two")),
    ],
)
def test_wishes_of_a_visit(visit, expected):
    problem = replace(DAY, visits=(ONE, replace(TWO, **visit)))
    assert rules(problem, plan(*GOOD)) == [expected]


def test_capacity():
    problem = replace(DAY, visits=(replace(ONE, demand=2), replace(TWO, demand=3)))
    assert rules(replace(problem, capacity={"anne": 4}), plan(*GOOD)) == [("capacity", "anne", None)]
    assert rules(replace(problem, capacity={"anne": 5}), plan(*GOOD)) == []


def test_required_visits_prizes_and_tiers():
    problem = replace(DAY, visits=(replace(ONE, tier=1), replace(TWO, tier=2, required=True)))
    verdict = check(problem, Solution([]))
    assert [(v.rule, v.visit) for v in verdict.violations] == [("required", "two")]
    assert verdict.cost.prizes == verdict.cost.total == 1200
    assert verdict.unserved_by_tier == {1: 1, 2: 1}
    assert check(problem, plan(*GOOD)).rank < verdict.rank


def test_lateness_counts_from_the_window_meant():
    late = replace(TWO, late_cost=2, late_max=None)
    problem = replace(DAY, visits=(ONE, late), weights=Weights(max_late=5))
    verdict = check(problem, plan(GOOD[0], VisitStop("two", 60, 150, 180), BreakStop(0, 180, 210)))
    assert verdict.cost.late == 2 * 30  # of the window that closed at 120
    assert verdict.cost.max_late == 5 * 30
    verdict = check(problem, plan(*GOOD[:2], VisitStop("two", 60, 230, 260)))
    assert verdict.cost.late == 2 * 10  # of the window that closed at 220


def test_a_break_may_interrupt_a_drive_but_not_when_it_belongs_to_a_stop():
    far = replace(DAY, duration=np.array([[0, 10, 10], [10, 0, 80], [10, 80, 0]]))
    stops = [VisitStop("one", 20, 20, 40), BreakStop(0, 100, 130), VisitStop("two", 150, 180, 210)]
    assert rules(far, plan(*stops)) == []
    stops[2] = VisitStop("two", 149, 180, 210)
    assert rules(far, plan(*stops)) == [("time", "anne", "two")]
    stops[2] = VisitStop("two", 150, 180, 210)
    at_stop = replace(ANNE, breaks=(replace(LUNCH, place="stop"),))
    assert rules(replace(far, staff=(at_stop, BILL)), plan(*stops)) == [("time", "anne", "two")]
    stops[2] = VisitStop("two", 210, 210, 240)
    assert rules(replace(far, staff=(at_stop, BILL)), plan(*stops)) == []


def test_breaks_before_departure_and_after_the_return():
    early = replace(ANNE, breaks=(replace(LUNCH, windows=((0, 5),)),))
    stops = [BreakStop(0, 0, 30), VisitStop("one", 40, 40, 60)]
    assert rules(replace(DAY, staff=(early, BILL)), plan(*stops)) == []
    assert ("time", "anne", "one") in rules(
        replace(DAY, staff=(early, BILL)), plan(stops[0], VisitStop("one", 39, 40, 60))
    )
    after = [VisitStop("one", 20, 20, 40), BreakStop(0, 150, 180)]
    verdict = check(DAY, plan(*after))
    assert verdict.feasible
    assert verdict.facts["anne"].returns == 50
    short = replace(DAY, staff=(replace(ANNE, shift=(0, 179)), BILL))
    assert rules(short, plan(*after)) == [("shift", "anne", None)]


def test_a_break_that_may_be_missed_costs_what_it_costs():
    wanted = replace(ANNE, breaks=(replace(LUNCH, required=False, missed_cost=77),))
    verdict = check(replace(DAY, staff=(wanted, BILL)), plan(GOOD[0], GOOD[2]))
    assert verdict.feasible
    assert verdict.cost.breaks == 77


def test_nobody_who_stays_at_home_owes_a_break():
    assert check(DAY, plan()).feasible
    assert check(DAY, Solution([])).cost.total == 1200


def test_double_handed_visits_start_together_and_earn_their_prize_once():
    both = replace(TWO, staff_required=2, preferred_staff=frozenset({"anne"}), preference_cost=9)
    problem = replace(DAY, visits=(ONE, both))
    other = Route("bill", [VisitStop("two", 180, 180, 210)])
    verdict = check(problem, plan(*GOOD, others=[other]))
    assert verdict.feasible
    assert verdict.cost.prizes == 0
    assert verdict.cost.preference == 9
    other.stops[0] = VisitStop("two", 180, 181, 211)
    assert rules(problem, plan(*GOOD, others=[other])) == [("double", None, "two")]
    assert rules(DAY, plan(*GOOD, others=[other])) == [("twice", None, "two")]


def test_links():
    def broken(**link):
        return rules(replace(DAY, links=(Link("one", "two", **link),)), plan(*GOOD))

    assert broken(min_gap=160, max_gap=160, same_staff=True, together=True) == []
    assert broken(min_gap=161) == [("link", None, "two")]
    assert broken(max_gap=159) == [("link", None, "two")]
    assert broken(different_staff=True) == [("link", "anne", "two")]
    apart = replace(DAY, links=(Link("one", "two", same_staff=True),))
    other = Route("bill", [VisitStop("two", 80, 80, 110)])
    alone = plan(VisitStop("one", 20, 20, 40), BreakStop(0, 100, 130), others=[other])
    assert rules(apart, alone) == [("link", None, "two")]


def test_links_bind_only_what_is_served_except_together():
    served = plan(VisitStop("one", 20, 20, 40), BreakStop(0, 100, 130))
    assert rules(replace(DAY, links=(Link("one", "two", min_gap=999, same_staff=True),)), served) == []
    assert rules(replace(DAY, links=(Link("one", "two", together=True),)), served) == [("link", None, "two")]


def test_unknown_and_repeated_names():
    assert rules(DAY, plan(*GOOD, staff="carla")) == [("unknown", "carla", None)]
    assert ("twice", "anne", None) in rules(DAY, plan(*GOOD, others=[Route("anne", [])]))
    listed = plan(*GOOD)
    listed.unserved = [Unserved("one"), Unserved("nobody")]
    assert rules(DAY, listed) == [("twice", None, "one"), ("unknown", None, "nobody")]


def test_weights_scale_the_parts():
    weights = Weights(travel=2, waiting=3, max_idle=1)
    verdict = check(replace(DAY, weights=weights), plan(*GOOD))
    assert verdict.cost.travel == 80
    assert verdict.cost.waiting == 3 * 90
    assert verdict.cost.idle == 400  # of Bill, who stays at home


def test_nobody_idles_at_lunch():
    late = replace(ONE, windows=((135, 200),))
    day = replace(DAY, visits=(late, TWO))
    before = check(day, plan(BreakStop(0, 100, 130), VisitStop("one", 150, 150, 170))).facts["anne"]
    assert (before.departs, before.idle) == (140, 400 - 20 - 20 - 30)
    after = check(DAY, plan(GOOD[0], BreakStop(0, 100, 130))).facts["anne"]
    assert (after.returns, after.idle) == (50, 400 - 20 - 20 - 30)
    # Lunch at the door leaves five seconds of waiting there, which is nobody's rest.
    door = replace(DAY, staff=(replace(ANNE, breaks=(replace(LUNCH, place="stop"),)), BILL), visits=(late, TWO))
    waits = check(door, plan(BreakStop(0, 100, 130), VisitStop("one", 100, 135, 155))).facts["anne"]
    assert (waits.departs, waits.waiting, waits.idle) == (90, 0, 400 - 20 - 20 - 30)


def test_an_open_route_ends_at_its_last_visit():
    verdict = check(DAY, plan(VisitStop("two", 80, 80, 110), staff="bill"))
    assert verdict.feasible
    assert verdict.cost.travel == 10
    assert verdict.facts["bill"].returns == 110


def test_times_left_out_are_computed_with_breaks_where_they_fit():
    verdict = check(DAY, plan(VisitStop("one"), VisitStop("two")))
    assert verdict.feasible
    assert [type(stop).__name__ for stop in verdict.routes[0].stops] == ["VisitStop", "VisitStop", "BreakStop"]
    assert verdict.routes[0].stops[1] == VisitStop("two", 60, 80, 110)


def test_a_break_listed_without_time_keeps_its_place():
    verdict = check(DAY, plan(VisitStop("one"), BreakStop(0), VisitStop("two")))
    assert verdict.feasible
    assert verdict.routes[0].stops[1:] == [BreakStop(0, 100, 130), VisitStop("two", 60, 180, 210)]


def test_computed_times_keep_links_between_routes():
    problem = replace(DAY, visits=(ONE, replace(TWO, staff_required=2)), links=(Link("one", "two", min_gap=170),))
    verdict = check(problem, plan(VisitStop("one"), VisitStop("two"), others=[Route("bill", [VisitStop("two")])]))
    assert verdict.feasible
    assert {stop.start for route in verdict.routes for stop in route.stops if getattr(stop, "visit", "") == "two"} == {
        190
    }


def test_computed_times_depart_late_where_the_day_is_bounded():
    person = replace(ANNE, max_duration=120, breaks=())
    late = replace(TWO, windows=((180, 220),))
    verdict = check(
        replace(DAY, staff=(person, BILL), visits=(replace(ONE, windows=((20, 160),)), late)),
        plan(VisitStop("one"), VisitStop("two")),
    )
    assert verdict.feasible
    assert verdict.facts["anne"].returns - verdict.facts["anne"].departs == 90


def test_a_thousand_visits_are_judged_completely():
    problem = home_visits(1000, 100, seed=1)
    orders = [[visit.id for visit in problem.visits[i::100]] for i in range(100)]
    verdict = check(
        problem, Solution([Route(f"n{i + 1:02d}", [VisitStop(v) for v in o]) for i, o in enumerate(orders)])
    )
    assert verdict.unserved == []
    assert not verdict.feasible
