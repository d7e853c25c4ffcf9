"""Core20 at least as well covered as elsewhere, and the work shared out: asked for on the page, kept by the search."""

from datetime import time
from functools import partial

import pytest
from django.utils import timezone

from healthequiroute.testing.shared import shared
from routing import optimisation, services, tasks
from routing.equitable_search import search_with_wishes
from routing.models import PlanState, RoutePlan, Visit
from routing.planning.engines import SolveOptions
from routing.problem_building import build_problem

from . import factories as make

pytestmark = pytest.mark.django_db

STEADY = SolveOptions(seconds=60, iterations=80)


@pytest.fixture
@shared
def team(organisation):
    """One person for about ten of twelve visits: some must be left out. Core20 visits are all of the last tier."""
    areas = make.town((1,) * 12, (1, 2, 1, 2, 1, 6, 7, 8, 9, 10, 10, 10))
    return make.team(organisation, areas, people=1, starts=time(7), ends=time(17))


@pytest.fixture
@shared
def plan(team):
    plan = make.draft_plan(team, count=12)
    # For a search that leaves out as few as possible, the long visits in Core20 are the first to go.
    Visit.objects.filter(imd_decile__lte=2).update(minutes=90, tier=3, window_start=None, window_end=None)
    Visit.objects.filter(imd_decile__gt=2).update(minutes=45, tier=3, window_start=None, window_end=None)
    return plan


def asked(plan, **wishes):
    RoutePlan.objects.filter(pk=plan.pk).update(**wishes)
    plan.refresh_from_db()
    return plan


def test_without_the_lever_core20_loses_and_with_it_it_does_not(plan):
    plain, without = search_with_wishes(build_problem(plan), STEADY)
    assert without.core20 < without.rest
    built = build_problem(asked(plan, holds_core20=True))
    solution, wishes = search_with_wishes(built, STEADY)
    assert wishes.is_reached == (wishes.gap >= 0)
    assert wishes.is_reached
    assert wishes.core20 >= wishes.rest
    again, _ = search_with_wishes(built, STEADY)
    assert solution.orders == again.orders
    assert {name for orders in plain.orders.values() for name in orders} != {
        name for orders in solution.orders.values() for name in orders
    }


def test_the_plan_says_whether_it_was_reached_and_what_it_cost(plan, make_user, client_as, monkeypatch):
    planner = client_as("planner")
    # Steps instead of seconds: a machine that does other things as well finds the same.
    monkeypatch.setattr(optimisation, "search", partial(optimisation.search, iterations=STEADY.iterations))
    RoutePlan.objects.update(seconds_allowed=60)
    answer = planner.post(f"/plans/{plan.pk}/wishes/", {"holds_core20": "on"})
    assert answer.status_code == 302
    plan.refresh_from_db()
    assert (plan.holds_core20, plan.shares_work, plan.state) == (True, False, PlanState.OPTIMISING)
    tasks.optimise(str(plan.job_id))
    plan.refresh_from_db()
    assert plan.state == PlanState.PROPOSED
    assert plan.price["lever"]["reached"]
    assert plan.price["version"] == plan.version
    page = planner.get(f"/plans/{plan.pk}/").content.decode()
    assert "Reached: Core20 homes are covered at least as well as others." in page
    assert "against the best plan without it" in page
    assert "All equity measures of this plan" in page


def test_progress_names_the_search(plan, make_user, monkeypatch):
    told = []
    plan = asked(plan, holds_core20=True, shares_work=True)
    report = optimisation.SearchReport(None, seconds=2, visits=12)
    monkeypatch.setattr(report, "begin_stage", told.append)
    monkeypatch.setattr(report, "should_stop", lambda: False)
    optimisation.search(build_problem(plan), seconds=60, seed=1, iterations=40, report=report)
    assert told[0] == "Core20 at least as high as elsewhere: search 1 of at most 5"
    assert told[-1] == "Sharing out the work"
    assert {"lever", "sharing"} <= set(report.wishes.as_dict())


def test_what_cannot_be_reached_is_said(plan, organisation):
    rare = services.create_skill(organisation=organisation, code="rare", name="Rare", by=make.SETUP)
    for visit in Visit.objects.filter(imd_decile__lte=2):
        visit.skills.set([rare])
    solution, wishes = search_with_wishes(build_problem(asked(plan, holds_core20=True)), STEADY)
    assert not wishes.is_reached
    assert wishes.as_dict()["lever"]["reached"] is False
    assert wishes.core20 == 0
    assert solution.orders  # the others are served all the same


def test_a_new_plan_can_ask_for_both(team, client_as):
    form = {"team": team.pk, "source": "priorities", "count": 4, "seconds": 10, "name": ""}
    form |= {"day_day": 23, "day_month": 11, "day_year": 2026, "holds_core20": "on", "shares_work": "on"}
    answer = client_as("planner").post("/plans/new/", form)
    assert answer.status_code == 302
    plan = RoutePlan.objects.get()
    assert (plan.holds_core20, plan.shares_work) == (True, True)


def test_a_decided_plan_keeps_its_wishes(plan, client_as, make_user):
    decided = {"state": PlanState.APPROVED, "approved_by": make_user(["approver"]), "approved_at": timezone.now()}
    RoutePlan.objects.filter(pk=plan.pk).update(**decided)
    answer = client_as("planner").post(f"/plans/{plan.pk}/wishes/", {"shares_work": "on"}, follow=True)
    plan.refresh_from_db()
    assert not plan.shares_work
    assert answer.status_code == 200
    assert client_as("analyst").post(f"/plans/{plan.pk}/wishes/").status_code == 403
