"""What the judge says of a plan that people work by: the same on every page, with what is knowingly broken in words."""

import html
import json
from datetime import timedelta

import pytest
import time_machine

from routing import services
from routing.editing import TakeOut
from routing.models import Absence, Disruption, VisitRecord
from routing.outputs.contents import PlanContents
from routing.outputs.contract import problem_of, solution_with_verdict
from routing.plan_editing import OpenPlan
from routing.plan_verdicts import verdict_of
from routing.planning.check import check
from routing.planning.io import parse_problem, parse_solution
from routing.planning.solution import Solution
from routing.slot_finding import search_slots

from . import factories as make
from .published_days import at, published_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(organisation):
    return published_plan(organisation, people=2, count=8)


@pytest.fixture
def planner(make_user):
    return make_user(["planner"])


@pytest.fixture
def late_break(plan, planner):
    """Somebody was at a visit until long after the hours of the break; the plan was changed by hand from there."""
    assignment = next(
        each
        for each in plan.assignments.select_related("staff", "shift")
        if each.stops.filter(visit=None).exists() and each.stops.exclude(visit=None).count() > 2
    )
    shift = assignment.shift
    stops = list(assignment.stops.exclude(visit=None).select_related("visit"))
    first, gone = stops[0].visit, stops[-1].visit.reference
    now = shift.break_latest + timedelta(minutes=30)
    VisitRecord.objects.create(
        plan=plan, staff=assignment.staff, visit=first, arrived_at=shift.break_earliest - timedelta(minutes=5)
    )
    with time_machine.travel(now, tick=False):
        plan, _ = services.apply_edit(plan=plan, edit=TakeOut(gone), version=plan.version, by=planner)
        yield plan, assignment.staff


def test_a_break_that_could_not_be_kept_is_known_and_nothing_else_is_broken(late_break):
    plan, nurse = late_break
    opened = OpenPlan(plan)
    plain = check(opened.built.problem, Solution(list(opened.standing.stored.values())))
    assert "break" in {violation.rule for violation in plain.violations}
    verdict = verdict_of(plan)
    assert verdict.holds and any(line.startswith(f"Break of {nurse.display_name}") for line in verdict.known)


def test_every_page_says_the_same(late_break, client_as):
    plan, nurse = late_break
    client = client_as("planner")
    page = html.unescape(client.get(f"/plans/{plan.pk}/").content.decode())
    assert "no rule is broken but those known from the day." in page and f"Break of {nurse.display_name}" in page
    compared = html.unescape(client.get(f"/plans/{plan.pk}/compare/").content.decode())
    assert (
        "no rule is broken but those known from the day." in compared and f"Break of {nurse.display_name}" in compared
    )


def test_what_is_downloaded_is_judged_as_the_page_says(late_break):
    plan, nurse = late_break
    problem = problem_of(plan)
    told = solution_with_verdict(PlanContents(plan))
    assert told["feasible"] and "violations" not in told
    assert any(f"Break of {nurse.display_name}" in line for line in told["known"])
    assert "what has begun is a fact" in problem["comment"]
    judged = check(parse_problem(json.loads(json.dumps(problem))), parse_solution(json.loads(json.dumps(told))))
    assert judged.feasible


def test_what_will_be_broken_is_told_before_it_is(plan, client_as):
    """A visit with a window whose person is held up until after it."""
    assignment = max(plan.assignments.all(), key=lambda each: each.stops.count())
    first, *_, last = list(assignment.stops.exclude(visit=None).select_related("visit"))
    visit = last.visit
    visit.window_start, visit.window_end = last.starts_at - timedelta(minutes=30), last.starts_at
    visit.save()
    VisitRecord.objects.create(plan=plan, staff=assignment.staff, visit=first.visit, arrived_at=first.starts_at)
    with time_machine.travel(last.starts_at, tick=False):
        verdict = verdict_of(plan)
        assert not verdict.broken
        assert any(visit.reference in line and "it must start" in line for line in verdict.late)
        page = html.unescape(client_as("approver").get(f"/plans/{plan.pk}/").content.decode())
        assert "will be." in page and "The day runs late." in page
        assert visit.reference in html.unescape(client_as("planner").get(f"/plans/{plan.pk}/edit/").content.decode())


def test_a_visit_to_which_nobody_comes_is_said_to_be_so(plan):
    assignment = plan.assignments.select_related("staff").first()
    Absence.objects.create(staff=assignment.staff, first_day=plan.day, last_day=plan.day, kind="sickness")
    verdict = verdict_of(plan)
    visits = [stop.visit.reference for stop in assignment.stops.exclude(visit=None).select_related("visit")]
    assert {f"Nobody comes to {visit}: whoever has it is away." for visit in visits} == set(verdict.broken)


def test_a_plan_that_was_mended_is_published_again_and_searched_for_slots(plan, make_user):
    manager = make_user(["planner", "approver"])
    assignment = plan.assignments.select_related("staff").order_by("staff__reference").first()
    Disruption.objects.create(
        plan=plan, kind="sick", staff=assignment.staff, at=at(plan, 7), state="applied", based_on=plan.version
    )
    asked = services.NewVisit(postcode="ZZ3 1AA", minutes=20, tier=1)
    assert search_slots([plan], lambda day: asked).unusable == []
    plan = services.withdraw_publication(plan=plan, by=manager, reason="Once more.")
    services.publish_plan(plan=plan, by=manager)


def test_a_proposed_plan_that_does_not_hold_any_more_is_not_shown_as_good(organisation, client_as):
    plan = make.proposed_plan(make.team(organisation, people=2), count=4)
    client = client_as("planner")
    assert "no rule is broken." in client.get(f"/plans/{plan.pk}/").content.decode()
    staff = plan.assignments.first().staff
    Absence.objects.create(staff=staff, first_day=plan.day, last_day=plan.day, kind="sickness")
    page = html.unescape(client.get(f"/plans/{plan.pk}/").content.decode())
    assert "no rule is broken" not in page and f"{staff.display_name} is absent on that day" in page
