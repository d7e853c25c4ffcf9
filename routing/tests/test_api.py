"""REST: route plans and stops."""

from datetime import timedelta

import pytest

from healthequiroute.testing.shared import shared
from routing import tasks
from routing.civil_time import today
from routing.models import PlanState, RoutePlan, UnservedVisit

from . import factories as make

pytestmark = pytest.mark.django_db

PLANS = "/api/v1/route-plans/"
DAY = today() + timedelta(days=1)


@pytest.fixture
@shared
def team(organisation):
    return make.team(organisation, day=DAY)


def test_from_create_to_approve(team, api_client_as):
    planner, approver = api_client_as("planner"), api_client_as("approver")
    answer = planner.post(PLANS, {"team": team.pk, "day": DAY, "count": 5, "seconds": 1}, format="json")
    assert answer.status_code == 201, answer.content
    plan = answer.json()
    assert (plan["state"], plan["visit_count"]) == ("draft", 5)
    answer = planner.post(f"{PLANS}{plan['id']}/optimize/")
    assert answer.status_code == 202
    assert answer.json()["job"]["state"] == "queued"
    tasks.optimise(answer.json()["job"]["id"])
    shown = approver.get(f"{PLANS}{plan['id']}/").json()
    assert shown["state"] == "proposed"
    assert shown["job"]["progress"] == 100
    stops = approver.get(f"/api/v1/assignments/{shown['assignments'][0]['id']}/stops/").json()
    assert [stop["sequence"] for stop in stops] == list(range(1, len(stops) + 1))
    assert sum(stop["visit"] is None for stop in stops) == 1
    assert all(stop["visit"] is None or -2.1 < stop["longitude"] < -1.8 for stop in stops)
    answer = approver.post(f"{PLANS}{plan['id']}/approve/", {"reason": ""}, format="json")
    assert answer.status_code == 200
    assert answer.json()["state"] == "approved"


def test_lists_are_paged_filtered_and_scoped(team, api_client_as, other_organisation):
    draft, proposed = make.draft_plan(team, day=DAY), make.proposed_plan(team, day=DAY)
    analyst = api_client_as("analyst")
    assert analyst.get(PLANS).json()["count"] == 2
    assert [plan["id"] for plan in analyst.get(PLANS, {"state": "proposed"}).json()["results"]] == [str(proposed.pk)]
    assert analyst.get(PLANS, {"day": "2020-01-01"}).json()["count"] == 0
    stranger = api_client_as("analyst", organisation=other_organisation)
    assert stranger.get(PLANS).json()["count"] == 0
    assert stranger.get(f"{PLANS}{draft.pk}/").status_code == 404
    assignment = proposed.assignments.first()
    assert stranger.get(f"/api/v1/assignments/{assignment.pk}/stops/").status_code == 404


@pytest.mark.parametrize(
    ("action", "role"),
    [("optimize", "approver"), ("optimize", "analyst"), ("approve", "planner"), ("reject", "planner")],
)
def test_actions_ask_for_the_same_permissions_as_the_pages(team, api_client_as, action, role):
    plan = make.draft_plan(team, day=DAY)
    answer = api_client_as(role).post(f"{PLANS}{plan.pk}/{action}/", {"reason": "x"}, format="json")
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_reading_needs_a_token_and_the_permission(team, client, api_client_as):
    assert client.get(PLANS).status_code == 401
    assert api_client_as("viewer").get(PLANS).status_code == 403


def test_a_wrong_state_is_a_conflict(team, api_client_as):
    plan = make.draft_plan(team, day=DAY)
    answer = api_client_as("approver").post(f"{PLANS}{plan.pk}/approve/", {}, format="json")
    assert answer.status_code == 409
    assert answer.json()["detail"] == "Only a proposed plan can be decided; this one is draft."


def test_a_missing_reason_is_a_problem_with_a_pointer(team, api_client_as):
    plan = make.proposed_plan(team, day=DAY)
    visit = plan.visits.filter(tier=1).first()
    UnservedVisit.objects.create(plan=plan, visit=visit, reason="full")
    approver = api_client_as("approver")
    answer = approver.post(f"{PLANS}{plan.pk}/approve/", {}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"].startswith("/reason")
    assert approver.post(f"{PLANS}{plan.pk}/approve/", {"reason": 5}, format="json").status_code == 400
    assert approver.post(f"{PLANS}{plan.pk}/reject/", {"reason": "No"}, format="json").json()["state"] == "rejected"


@pytest.mark.parametrize(
    "changes", [{"count": 0}, {"count": 10_001}, {"day": "tomorrow"}, {"seconds": 601}, {"team": "x"}, {"team": None}]
)
def test_wrong_values_are_refused(team, api_client_as, changes):
    body = {"team": str(team.pk), "day": str(DAY), "count": 5} | changes
    answer = api_client_as("planner").post(PLANS, body, format="json")
    assert answer.status_code == 400
    assert not RoutePlan.objects.exists()


def test_a_team_of_another_organisation_does_not_exist_here(team, api_client_as, other_organisation):
    planner = api_client_as("planner", organisation=other_organisation)
    body = {"team": str(team.pk), "day": str(DAY), "count": 5}
    assert planner.post(PLANS, body, format="json").status_code == 400


def test_a_patch_without_priorities_is_told(organisation, api_client_as):
    from priorities.models import PriorityScore

    team = make.team(organisation, day=DAY)
    PriorityScore.objects.all().delete()
    answer = api_client_as("planner").post(PLANS, {"team": str(team.pk), "day": str(DAY), "count": 5}, format="json")
    assert answer.status_code == 400
    assert "has a priority yet" in answer.content.decode()


def test_deciding_twice_is_a_conflict(team, api_client_as):
    plan = make.proposed_plan(team, day=DAY)
    approver = api_client_as("approver")
    assert approver.post(f"{PLANS}{plan.pk}/approve/", {"reason": "ok"}, format="json").status_code == 200
    assert approver.post(f"{PLANS}{plan.pk}/approve/", {"reason": "ok"}, format="json").status_code == 409
    plan.refresh_from_db()
    assert plan.state == PlanState.APPROVED


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "9999-12-31"])
def test_a_day_that_nobody_plans_is_refused(team, api_client_as, day):
    answer = api_client_as("planner").post(PLANS, {"team": team.pk, "day": day, "count": 5}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/day"


@pytest.mark.parametrize("reason", ["a\0b", "x" * 2_001, 5, ["x"]])
def test_a_reason_that_cannot_be_kept_is_refused(team, api_client_as, reason):
    plan = make.proposed_plan(team, day=DAY)
    answer = api_client_as("approver").post(f"{PLANS}{plan.pk}/reject/", {"reason": reason}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/reason"
    plan.refresh_from_db()
    assert plan.state == PlanState.PROPOSED
