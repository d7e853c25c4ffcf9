"""Before any search: what no plan can do is said, and nothing else is."""

import json
from dataclasses import replace

import numpy as np
import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from healthequiroute.testing.property_tests import examples
from routing.planning.instances import home_visits
from routing.planning.io import problem_json
from routing.planning.prechecks import prechecks
from routing.planning.problem import Break, Link, Pin, Problem, Staff, Visit
from routing.planning.reasons import LABELS

from .made_plans import left_out, made_plan
from .small_days import problems

HOUR = 3600
EIGHT, FOUR = 8 * HOUR, 16 * HOUR
LUNCH = Break(1800, ((12 * HOUR, 13 * HOUR),))
ANNE = Staff("anne", 0, 0, (EIGHT, FOUR), frozenset({"wound"}), breaks=(LUNCH,))
BILL = Staff("bill", 0, 0, (EIGHT, 12 * HOUR), frozenset({"physio"}))
MATRIX = np.full((4, 4), 600) - 600 * np.eye(4, dtype=int)
MORNING = ((EIGHT, 11 * HOUR),)


def visit(name, **fields):
    return Visit(**{"id": name, "location": 1, "service": 1800, "prize": 1, "required": False, **fields})


def findings(visits, *, staff=(ANNE, BILL), links=()):
    return prechecks(Problem(staff, tuple(visits), MATRIX, links=tuple(links)))


def test_a_day_that_can_be_done_has_no_findings():
    assert findings([visit("a"), visit("b", skills=frozenset({"wound"}))]) == []


def test_the_same_gap_in_skills_is_told_once_with_who_would_need_them():
    (finding,) = findings([visit("a", skills=frozenset({"dialysis"})), visit("b", skills=frozenset({"dialysis"}))])
    assert (finding.code, finding.visits, finding.least_unserved) == ("skill", ("a", "b"), 2)
    assert finding.detail == "Nobody on shift has dialysis."
    assert "anne needs dialysis" in finding.remedies
    assert "bill needs dialysis" in finding.remedies


def test_longer_than_any_shift_and_out_of_every_window():
    found = findings([visit("a", service=9 * HOUR), visit("b", windows=((18 * HOUR, 19 * HOUR),))])
    assert {finding.code for finding in found} == {"service", "window"}


def test_demand_above_capacity_is_told_by_skill_and_half_day():
    wounds = [visit(f"w{i}", skills=frozenset({"wound"}), windows=MORNING, service=HOUR, location=2) for i in range(6)]
    (finding,) = findings([*wounds, visit("other")])
    assert finding.code == "capacity"
    assert finding.detail.startswith("In the morning: 6 visits that need wound take at least 360 min")
    assert "one person with wound has 240 min" in finding.detail
    assert finding.least_unserved == 2
    assert "more of people's time with wound in the morning" in finding.remedies[0]


def test_two_people_at_once_must_be_able_to_meet():
    late = replace(BILL, shift=(13 * HOUR, FOUR))
    (finding,) = findings([visit("a", staff_required=2, windows=MORNING)], staff=(ANNE, late))
    assert finding.code == "double"
    assert "only one person able can be there" in finding.detail
    assert finding.remedies
    assert findings([visit("a", staff_required=2)], staff=(ANNE, late)) == []


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (Link("a", "b", min_gap=4 * HOUR), "cannot all be planned"),
        (Link("b", "a", max_gap=-4 * HOUR), "cannot all be planned"),
        (Link("a", "b", min_gap=2 * HOUR, max_gap=HOUR), "cannot all be planned"),
        (Link("a", "b", same_staff=True, different_staff=True), "same person and by different people"),
    ],
)
def test_links_that_contradict_windows_or_each_other(link, words):
    (finding,) = findings([visit("a", windows=MORNING), visit("b", windows=MORNING)], links=[link])
    assert finding.code == "link"
    assert words in finding.detail
    assert finding.visits == ("a", "b")
    assert findings([visit("a", windows=MORNING), visit("b", windows=MORNING)], links=[Link("a", "b", HOUR)]) == []


def test_a_chain_of_gaps_is_followed_through():
    links = [Link("a", "b", min_gap=4 * HOUR), Link("b", "c", min_gap=4 * HOUR)]
    (finding,) = findings([visit("a"), visit("b"), visit("c")], links=links)
    assert finding.visits == ("a", "b", "c")
    (same,) = findings(
        [visit("a", skills=frozenset({"wound"})), visit("b", skills=frozenset({"physio"}))],
        links=[Link("a", "b", same_staff=True)],
    )
    assert "nobody can do both" in same.detail


def test_what_goes_together_falls_together():
    found = findings([visit("a", skills=frozenset({"dialysis"})), visit("b")], links=[Link("a", "b", together=True)])
    assert [(finding.code, finding.visits) for finding in found] == [("skill", ("a",)), ("link", ("b",))]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ([{"pinned": Pin(start=EIGHT), "windows": ((9 * HOUR, 10 * HOUR),)}], "outside its time window"),
        (
            [{"pinned": Pin("anne", 10 * HOUR)}, {"pinned": Pin("anne", 10 * HOUR + 1800), "location": 2}],
            "before 10:40",
        ),
    ],
)
def test_pins_that_cannot_hold(fields, words):
    (finding,) = findings([visit(f"v{i}", **each) for i, each in enumerate(fields)])
    assert finding.code == "pin"
    assert words in finding.detail


def test_more_fixed_visits_than_somebody_does():
    few = replace(ANNE, max_visits=1)
    (finding,) = findings([visit("a", pinned=Pin("anne")), visit("b", pinned=Pin("anne"))], staff=(few, BILL))
    assert finding.detail == "2 visits are fixed to anne, who does at most 1."


@examples(60)
@given(problems(most_visits=6), st.integers(0, 999))
def test_no_claim_is_false(problem, seed):
    found = prechecks(problem)
    for attempt in range(3):
        left = {visit.id for visit in left_out(problem, made_plan(problem, seed + attempt))}
        for finding in found:
            assert len(left & set(finding.visits)) >= finding.least_unserved, finding
            assert finding.code in LABELS
            assert finding.detail.endswith(".")


@pytest.mark.parametrize("tightness", [0.8, 1.0, 1.3])
def test_no_claim_is_false_on_a_full_day_of_a_team(tightness):
    from routing.planning.engines.greedy import first_orders

    problem = home_visits(50, 5, seed=7, tightness=tightness)
    left = {visit.id for visit in left_out(problem, first_orders(problem))}
    assert all(len(left & set(finding.visits)) >= finding.least_unserved for finding in prechecks(problem))


def test_solve_plan_logs_them(tmp_path, capsys):
    problem = Problem((ANNE,), (visit("a", skills=frozenset({"dialysis"})),), MATRIX)
    (tmp_path / "problem.json").write_text(json.dumps(problem_json(problem)))
    call_command("solve_plan", str(tmp_path / "problem.json"), "--engine", "greedy", "--seconds", "0.2")
    printed = capsys.readouterr()
    assert "before solving: skill: Nobody on shift has dialysis." in printed.err
    (left,) = json.loads(printed.out)["unserved"]
    assert left["remedies"][0].items() >= {"change": "anne needs dialysis", "kind": "skill", "staff": "anne"}.items()
    assert left["remedies"][0]["cost_change"] == 1200 - 1
