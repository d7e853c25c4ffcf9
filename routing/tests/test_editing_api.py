"""Changes by hand over the API: looked at, kept, refused with the reason."""

import pytest

from healthequiroute.testing.shared import shared
from routing.models import PlanState, RoutePlan
from routing.plan_editing import OpenPlan

from . import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
@shared
def plan(organisation):
    return make.proposed_plan(make.team(organisation, people=3), count=8)


@pytest.fixture
def post(plan, api_client_as):
    client = api_client_as("planner")

    def post(**body):
        return client.post(f"/api/v1/route-plans/{plan.pk}/edits/", {"version": plan.version} | body, format="json")

    return post


@pytest.fixture
def served(plan):
    return sorted(OpenPlan(plan).draft.served_by)


def test_a_change_that_is_looked_at_is_not_stored(plan, post, served):
    answer = post(kind="take_out", visit=served[0], dry_run=True)
    assert answer.status_code == 200
    assert answer.data["feasible"] and not answer.data["is_kept"]
    assert answer.data["summary"] == f"{served[0]} taken out"
    assert answer.data["after"]["drive_seconds"] < answer.data["before"]["drive_seconds"]
    assert [each["after"] for each in answer.data["shifted"] if each["visit"] == served[0]] == [{}]
    plan.refresh_from_db()
    assert plan.version == 1


def test_a_change_is_kept_as_a_new_version(plan, post, served):
    answer = post(kind="take_out", visit=served[0])
    assert (answer.status_code, answer.data["is_kept"], answer.data["version"]) == (200, True, 2)
    assert plan.unserved.filter(visit__reference=served[0]).exists()
    again = post(kind="put_in", visit=served[0], version=2)
    assert again.status_code == 200 and again.data["version"] == 3


def test_a_rule_that_would_be_broken_is_named_with_what_could_be_done_instead(plan, post, served):
    looked_at = post(kind="set_start", visit=served[0], start="00:05", dry_run=True)
    assert looked_at.status_code == 200 and not looked_at.data["feasible"]
    answer = post(kind="set_start", visit=served[0], start="00:05")
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.data["violations"][0]["visit"] == served[0]
    instead = answer.data["alternatives"][0]
    assert post(**instead).status_code == 200


def test_another_version_or_state_is_a_conflict(plan, post, served):
    post(kind="take_out", visit=served[0])
    answer = post(kind="take_out", visit=served[1])
    assert answer.status_code == 409 and "in the meantime" in answer.data["detail"]
    RoutePlan.objects.filter(pk=plan.pk).update(state=PlanState.OPTIMISING, version=1)
    assert post(kind="take_out", visit=served[1]).status_code == 409


@pytest.mark.parametrize(
    "body, status",
    [
        ({}, 400),
        ({"kind": "juggle"}, 400),
        ({"kind": "move", "visit": "nobody", "staff": "nurse-01"}, 422),
        ({"kind": "move"}, 422),
        ({"kind": "take_out", "visit": "x", "version": "newest"}, 400),
        ({"kind": "reorder", "staff": "nurse-01", "visits": ["a"]}, 422),
        ({"kind": "set_start", "visit": "x", "start": "25:99"}, 422),
    ],
)
def test_what_makes_no_sense_is_refused(post, body, status):
    answer = post(**body)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("role, status", [("viewer", 403), ("analyst", 403), ("approver", 403), ("planner", 200)])
def test_only_those_who_may_edit_plans_do(plan, api_client_as, served, role, status):
    body = {"kind": "take_out", "visit": served[0], "version": 1, "dry_run": True}
    answer = api_client_as(role).post(f"/api/v1/route-plans/{plan.pk}/edits/", body, format="json")
    assert answer.status_code == status


def test_plans_of_others_are_not_there(plan, api_client_as, other_organisation, served):
    client = api_client_as("planner", organisation=other_organisation)
    body = {"kind": "take_out", "visit": served[0], "version": 1, "dry_run": True}
    assert client.post(f"/api/v1/route-plans/{plan.pk}/edits/", body, format="json").status_code == 404


def test_a_start_for_a_visit_of_somebody_who_is_left_out_of_the_plan_is_refused_in_words(plan, post, served):
    has_it = plan.assignments.get(stops__visit__reference=served[0]).staff
    plan.adjustments.create(kind="person_excluded", staff=has_it)
    answer = post(kind="set_start", visit=served[0], start="00:05")
    assert answer.status_code == 422, answer.content
    assert f"{has_it.display_name} is left out of this plan." in [each["detail"] for each in answer.data["violations"]]


@pytest.mark.parametrize("kind", ["juggle", "k" * 10_000, ["move"]], ids=["unknown", "long", "list"])
def test_a_change_that_there_is_not_is_refused_with_those_there_are(post, kind):
    answer = post(kind=kind, visit="x")
    assert answer.status_code == 400
    said = answer.data["errors"][0]["detail"]
    assert said.startswith("Expected one of move, swap") and f"found {str(kind)[:10]!r}"[:12] in said
    assert len(said) < 300
