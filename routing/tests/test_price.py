"""What equity costs: the same day once more without it, in the background, and the plan itself untouched."""

import pytest
from django.utils import timezone

from accounts.models import Job, JobState
from healthequiroute.testing.shared import shared
from routing import services, tasks
from routing.models import RoutePlan, Visit
from routing.pricing import price_of
from routing.problem_building import build_problem

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
@shared
def plan(organisation):
    """Far-away Core20 homes of the first tier, and many near ones of the last."""
    areas = make.town((3,) * 5 + (0,) * 7, (1,) * 5 + (8, 8, 9, 9, 10, 10, 10))
    team = make.team(organisation, areas, people=2)
    plan = make.draft_plan(team, count=12)
    Visit.objects.update(window_start=None, window_end=None, clinical_limit=None)
    Visit.objects.filter(tier=1).update(minutes=120)
    Visit.objects.exclude(tier=1).update(minutes=60)
    built = build_problem(plan)
    from routing.optimisation import search

    solution = search(built, seconds=60, seed=1, iterations=80)
    return services.store_solution(plan=plan, built=built, solution=solution, by=make.SETUP)


def test_more_visits_are_served_without_equity_and_core20_pays(plan):
    found = price_of(build_problem(plan), seconds=60, iterations=80)
    assert found["served"][0] > found["served"][1]
    assert found["ratio_change"] is None or found["ratio_change"] >= 0
    assert found["core20"][0] < found["core20"][1]
    assert found["price"] is not None
    again = price_of(build_problem(plan), seconds=60, iterations=80)
    assert {**again, "seconds": 0} == {**found, "seconds": 0}


def test_the_button_queues_it_and_the_page_tells(plan, client_as):
    planner = client_as("planner")
    RoutePlan.objects.update(seconds_allowed=1)
    assert "Work out the price of equity" in planner.get(f"/plans/{plan.pk}/").content.decode()
    planner.post(f"/plans/{plan.pk}/price/")
    plan.refresh_from_db()
    assert "being worked out" in planner.get(f"/plans/{plan.pk}/").content.decode()
    planner.post(f"/plans/{plan.pk}/price/")
    assert Job.objects.filter(kind=services.PRICE_KIND).count() == 1
    before = list(plan.assignments.values_list("pk", flat=True))
    tasks.price(str(plan.price_job_id))
    plan.refresh_from_db()
    assert plan.price_job.state == JobState.SUCCEEDED
    assert plan.price["without"]["served"][0] >= plan.price["without"]["served"][1]
    assert list(plan.assignments.values_list("pk", flat=True)) == before
    page = planner.get(f"/plans/{plan.pk}/").content.decode()
    assert "Without equity" in page
    assert "Equity costs" in page


def test_it_follows_every_optimisation_by_itself(plan, make_user):
    RoutePlan.objects.update(seconds_allowed=1)
    plan = services.optimise_plan(plan=plan, by=make_user(["planner"]))
    tasks.optimise(str(plan.job_id))
    plan.refresh_from_db()
    assert plan.price_job.state == JobState.QUEUED
    assert plan.price_job.created_by is None


def test_routes_that_changed_meanwhile_are_not_priced(plan):
    plan = services.queue_price(plan=plan, by=make.SETUP)
    found = {"price": 0.1}
    assert not services.store_price(plan=plan, job=plan.price_job, version=plan.version + 1, found=found, by=make.SETUP)
    plan.refresh_from_db()
    assert "without" not in plan.price


def test_a_worker_that_dies_leaves_the_plan_as_it_is(plan, client_as):
    plan = services.queue_price(plan=plan, by=make.SETUP)
    ended = {"state": JobState.INTERRUPTED, "started_at": timezone.now(), "finished_at": timezone.now()}
    Job.objects.filter(pk=plan.price_job_id).update(**ended)
    page = client_as("planner").get(f"/plans/{plan.pk}/").content.decode()
    assert "could not be worked out; you can try again" in page
    assert "Work out the price of equity" in page


def test_a_draft_has_no_price(plan, client_as, organisation):
    draft = RoutePlan.objects.create(organisation=organisation, team=plan.team, day=plan.day, name="Draft")
    answer = client_as("planner").post(f"/plans/{draft.pk}/price/", follow=True)
    assert "Only a plan with routes can be compared" in answer.content.decode()
    assert client_as("viewer").post(f"/plans/{plan.pk}/price/").status_code == 403


def test_how_a_few_visits_fared_is_not_told(plan):
    Visit.objects.filter(pk__in=list(Visit.objects.filter(tier=1).values_list("pk", flat=True)[:2])).update(
        imd_decile=9
    )
    found = price_of(build_problem(plan), seconds=60, iterations=20)
    assert found["core20"] == found["rest"] == found["ratios"] == [None, None]
    assert found["served"][1] > 0
