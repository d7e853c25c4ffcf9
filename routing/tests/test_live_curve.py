"""The search as people see it: a curve with axes, a sentence that is true, tiers, what is done and for how long."""

from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Job, JobState
from routing.models import PlanState, RoutePlan
from routing.optimisation import SearchReport
from routing.planning.engines.base import Progress
from routing.planning.solution import Solution, Unserved
from routing.presenters.curve import CostCurve
from routing.presenters.progress import ProgressPanel

TRACE = [[0.4, 720_000], [1.0, 540_000], [12.0, 360_000]]


def drawn(curve) -> str:
    template = Template(
        "{% load her_charts %}{% chart_lines c.series x=c.x y=c.y title=c.title description=c.sentence %}"
    )
    return template.render(Context({"c": curve}))


def test_the_sentence_says_cost_saving_and_age():
    running = CostCurve(TRACE, seconds=30, elapsed=15.5)
    assert (
        running.sentence
        == "The best plan costs 100.0 hours, 50% less than the first; 2 improvements, the last 3.5 seconds ago."
    )
    over = CostCurve(TRACE)
    assert over.sentence.endswith("2 improvements, the last after 12 seconds.")
    assert CostCurve([]).sentence == "There is no plan yet."
    assert CostCurve([[0.4, 3600]]).sentence == "The first plan came after 0.4 seconds and costs 1.0 hours."


def test_improvements_below_each_other_can_be_told_apart():
    rows = CostCurve([[1, 20_200], [2, 20_150], [3, 20_100]]).rows
    assert [row["cost"] for row in rows] == ["5.58 hours", "5.60 hours", "5.61 hours"]


def test_a_cost_that_had_to_rise_for_what_else_was_asked_is_not_called_a_saving():
    assert "more than the first, for what else was asked" in CostCurve([[1, 3600], [2, 7200]]).sentence


def test_a_steep_fall_goes_by_powers_of_ten_and_says_so():
    steep = CostCurve([[0, 3_600_000], [5, 36_000]], seconds=10, elapsed=6)
    assert "powers of ten" in steep.note
    assert [text for _, text in steep.y["ticks"]] == ["10 h", "100 h", "1,000 h"]
    assert CostCurve(TRACE).note == ""


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 600), st.integers(0, 10**9)), min_size=2, max_size=20),
    st.integers(1, 600),
)
def test_any_trace_can_be_drawn_between_its_axes(trace, seconds):
    curve = CostCurve(sorted(trace), seconds=seconds, elapsed=seconds)
    svg = drawn(curve)
    ElementTree.fromstring(svg)
    assert "nan" not in svg
    low, high = curve.y["low"], curve.y["high"]
    assert all(low <= level <= high for _, level in curve.series[0]["points"])
    assert 2 <= len(curve.y["ticks"]) <= 20
    assert len(curve.x["ticks"]) <= 8


def panel(**changes) -> ProgressPanel:
    result = {
        "elapsed": 12.0,
        "seconds": 30,
        "best": {"served": 7, "unserved": 1, "elapsed": 3.2, "cost": 100, "tiers": {"1": [3, 3], "4": [4, 5]}},
        "trace": TRACE,
    }
    job = Job(state=JobState.RUNNING, progress=40, message="7 of 8 visits placed", result=result | changes)
    return ProgressPanel(RoutePlan(state=PlanState.OPTIMISING, job=job))


def test_the_panel_says_how_long_and_what_is_served_by_tier():
    facts = dict(panel().facts)
    assert facts["Time"] == "12 of 30 seconds, at most 18 seconds left"
    assert [(row["tier"], row["served"], row["total"]) for row in panel().tiers] == [("1", 3, 3), ("4", 4, 5)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"best": {}}, "looks for a first plan"),
        ({}, "puts each back where it costs least"),
        ({"elapsed": 28.0}, "polishes the best plan"),
    ],
)
def test_the_panel_says_what_the_search_does(changes, words):
    assert words in panel(**changes).doing


def test_the_search_counts_served_visits_by_tier():
    report = SearchReport(None, seconds=10, visits=3)
    report.tiers = {"A": 1, "B": 1, "C": 4}
    report.improved(Progress(0.5, 10, 1, Solution(routes=[], unserved=[Unserved("B")])))
    assert report.best["tiers"] == {"1": [1, 2], "4": [1, 1]}
