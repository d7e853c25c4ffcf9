from dataclasses import replace

import numpy as np
import pytest

from routing.planning.engines import SolveOptions, solve
from routing.planning.instances import home_visits
from routing.planning.problem import Break, Pin, Problem, Staff, Visit
from routing.planning.reasons import LABELS, explain_unserved, impossible_visits
from routing.planning.solution import Route, Solution, Unserved, VisitStop

HOUR = 3600
EIGHT, FOUR = 8 * HOUR, 16 * HOUR
ANNE = Staff("anne", 0, 0, (EIGHT, FOUR), frozenset({"wound"}), breaks=(Break(1800, ((12 * HOUR, 13 * HOUR),)),))
BILL = Staff("bill", 0, 0, (EIGHT, 12 * HOUR), frozenset({"physio"}))
MATRIX = np.full((3, 3), 600)
MATRIX[0, 2] = MATRIX[2, 0] = 5 * HOUR


def reason_of(*, staff=(ANNE, BILL), **visit):
    visit = Visit(**{"id": "v", "location": 1, "service": 1800, "prize": 1, "required": False, **visit})
    return impossible_visits(Problem(staff, (visit,), MATRIX)).get("v")


@pytest.mark.parametrize(
    ("visit", "code", "words"),
    [
        ({"skills": frozenset({"dialysis"})}, "skill", "Nobody on shift has dialysis"),
        ({"skills": frozenset({"wound", "physio"})}, "skill", "physio, wound together"),
        ({"not_staff": frozenset({"anne", "bill"})}, "staff", "excluded"),
        ({"pinned": Pin(staff="bill"), "skills": frozenset({"wound"})}, "staff", "kept for somebody else"),
        ({"staff_required": 3}, "staff", "Needs 3 people"),
        ({"service": 9 * HOUR}, "service", "540 min; the longest shift of those able has 480 min"),
        (
            {"skills": frozenset({"physio"}), "windows": ((13 * HOUR, 15 * HOUR),)},
            "window",
            "Nobody with physio works 13:00 to 15:00",
        ),
        ({"windows": ((6 * HOUR, 7 * HOUR), (17 * HOUR, 18 * HOUR))}, "window", "06:00 to 07:00 or 17:00 to 18:00"),
        ({"location": 2}, "unreachable", "drive there"),
        ({"windows": ((EIGHT, EIGHT + 300),)}, "unreachable", "drive there"),
    ],
)
def test_what_no_plan_can_serve_is_known_before_solving(visit, code, words):
    reason = reason_of(**visit)
    assert reason.code == code
    assert words in reason.detail
    assert code in LABELS


def test_without_staff_nobody_is_said_to_lack_a_skill():
    reason = reason_of(staff=())
    assert (reason.code, reason.detail) == ("staff", "Nobody is on shift.")


def test_what_can_be_served_has_no_reason():
    assert reason_of() is None
    assert reason_of(windows=((15 * HOUR, 15 * HOUR + 300),)) is None
    assert reason_of(windows=((6 * HOUR, 7 * HOUR),), late_cost=1) is None


def test_somebody_whose_break_cannot_be_taken_cannot_go_out():
    evening = replace(ANNE, shift=(14 * HOUR, 20 * HOUR))
    assert reason_of(staff=(evening,)).code == "unreachable"


def kept_out(visits, orders, staff):
    problem = Problem(staff, visits, np.full((2, 2), 600))
    routes = [Route(name, [VisitStop(v) for v in order]) for name, order in orders.items()]
    served = {v for order in orders.values() for v in order}
    return explain_unserved(problem, Solution(routes, [Unserved(v.id) for v in visits if v.id not in served]))


def long_visit(name, **more):
    return Visit(**{"id": name, "location": 1, "service": 2 * HOUR, "prize": 9 * HOUR, "required": False, **more})


def test_a_full_day_a_cap_a_tier_and_a_price_are_told_apart():
    short = replace(BILL, shift=(EIGHT, EIGHT + 3 * HOUR))
    one, two = long_visit("one"), long_visit("two")
    assert kept_out((one, two), {"bill": ["one"]}, (short,))[0].reason == "full"
    assert kept_out((one, two), {"bill": ["one"]}, (replace(BILL, max_visits=1),))[0].reason == "max_visits"
    tiered = (replace(one, tier=1), replace(two, tier=2))
    assert kept_out(tiered, {"bill": ["one"]}, (short,))[0].reason == "tier"
    assert kept_out((replace(one, prize=5),), {}, (short,))[0].reason == "prize"
    assert kept_out((one,), {}, (short,))[0].reason == "search"


def test_every_unserved_visit_of_a_full_day_has_a_reason_the_most_urgent_first():
    problem = home_visits(60, 4, seed=5, tightness=1.6, tiers=True)
    solution = solve(problem, SolveOptions(seconds=1))
    tiers = [problem.visit_by_id[left.visit].tier for left in solution.unserved]
    assert tiers == sorted(tiers)
    assert len(tiers) > 3
    assert all(left.reason in LABELS and left.detail.endswith(".") for left in solution.unserved)
