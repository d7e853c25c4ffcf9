"""REST: say what happened, see the change, use it or not."""

import pytest

from healthequiroute.testing.shared import shared
from routing import disruptions, tasks
from routing.mending import Budget
from routing.models import Disruption, Visit

from . import factories as make
from .published_days import at, begun_by, published_plan, stops_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _short_searches(monkeypatch):
    monkeypatch.setattr(disruptions, "BUDGET", Budget(few=5, best=5, iterations=30))


@pytest.fixture
@shared
def plan(organisation):
    return published_plan(organisation)


@pytest.fixture
def address(plan):
    return f"/api/v1/route-plans/{plan.pk}/disruptions/"


def a_sick_nurse(plan):
    nurse = plan.assignments.order_by("staff__reference").first().staff
    return {"kind": "sick", "staff": nurse.reference, "at": at(plan, 10).isoformat()}


def test_from_sick_to_mended(plan, address, api_client_as):
    planner, begun = api_client_as("planner"), begun_by(plan, at(plan, 10))
    answer = planner.post(address, a_sick_nurse(plan), format="json")
    assert answer.status_code == 202, answer.content
    told = answer.json()
    assert (told["state"], told["job"]["state"]) == ("working", "queued")
    tasks.replan(told["job"]["id"])
    told = planner.get(f"{address}{told['id']}/").json()
    assert told["state"] == "proposed"
    assert len(told["answer"]["alternatives"][0]["others"]) <= 3
    applied = planner.post(f"{address}{told['id']}/apply/", {"alternative": "few", "absent": True}, format="json")
    assert applied.status_code == 200, applied.content
    assert applied.json()["state"] == "applied"
    assert begun_by(plan, at(plan, 10)) == begun
    assert planner.post(f"{address}{told['id']}/apply/", {}, format="json").status_code == 409
    assert planner.get(address).json()["count"] == 1


def test_put_aside(plan, address, api_client_as):
    planner, before = api_client_as("planner"), stops_of(plan)
    told = planner.post(address, a_sick_nurse(plan), format="json").json()
    assert planner.post(f"{address}{told['id']}/discard/").status_code == 409, "it is being worked out"
    tasks.replan(told["job"]["id"])
    assert planner.post(f"{address}{told['id']}/discard/").json()["state"] == "discarded"
    assert stops_of(plan) == before


def test_an_answer_for_an_older_version_is_worked_out_again(plan, address, api_client_as):
    planner = api_client_as("planner")
    told = planner.post(address, a_sick_nurse(plan), format="json").json()
    tasks.replan(told["job"]["id"])
    plan.version += 1
    plan.save(update_fields=["version"])
    refused = planner.post(f"{address}{told['id']}/apply/", {}, format="json")
    assert refused.status_code == 409
    assert "work it out again" in refused.json()["detail"]
    again = planner.post(f"{address}{told['id']}/again/").json()
    assert (again["state"], again["based_on"]) == ("working", plan.version)


NEW = {"postcode": "ZZ3 1AA", "minutes": 20, "tier": 1}
BAD = {
    "unknown kind": {"kind": "weather"},
    "no kind": {"kind": None},
    "no time": {"at": "soon"},
    "another day": {"at": "2020-01-01T10:00:00Z"},
    "unknown person": {"staff": "nurse-99"},
    "zero minutes": {"kind": "late", "minutes": 0},
    "minutes in words": {"kind": "late", "minutes": "many"},
    "unknown visit": {"kind": "no_access", "visit": "nothing"},
    "no place": {"kind": "urgent", "new_visit": {"minutes": 20, "tier": 1}},
    "Scotland": {"kind": "urgent", "new_visit": NEW | {"postcode": "EH1 1AA"}},
    "area of Wales": {"kind": "urgent", "new_visit": NEW | {"postcode": "", "area_code": "W01000001"}},
    "coordinates": {"kind": "urgent", "new_visit": {"longitude": 2.35, "latitude": 48.85, "minutes": 20}},
    "zero minutes there": {"kind": "urgent", "new_visit": NEW | {"minutes": 0}},
    "unknown skill": {"kind": "urgent", "new_visit": NEW | {"skills": ["flying"]}},
    "window the wrong way": {
        "kind": "urgent",
        "new_visit": NEW | {"window": ["2030-01-01T12:00:00Z", "2030-01-01T11:00:00Z"]},
    },
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_and_nothing_kept(plan, address, api_client_as, name):
    visits = Visit.objects.count()
    answer = api_client_as("planner").post(address, a_sick_nurse(plan) | BAD[name], format="json")
    assert answer.status_code == 400, answer.content
    assert not Disruption.objects.exists()
    assert Visit.objects.count() == visits


def test_a_proposal_is_not_mended(organisation, api_client_as):
    plan = make.proposed_plan(make.team(organisation))
    answer = api_client_as("planner").post(
        f"/api/v1/route-plans/{plan.pk}/disruptions/", a_sick_nurse(plan), format="json"
    )
    assert answer.status_code == 409


def test_another_organisations_plan_is_not_there(plan, address, api_client_as, other_organisation):
    stranger = api_client_as("planner", organisation=other_organisation)
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, a_sick_nurse(plan), format="json").status_code == 404


def test_readers_look_and_do_not_touch(plan, address, api_client_as):
    assert api_client_as("approver").get(address).status_code == 200
    assert api_client_as("approver").post(address, a_sick_nurse(plan), format="json").status_code == 403
