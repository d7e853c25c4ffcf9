"""What pages show, for other programs: routes, timeline, run sheet, planned against actual, mileage."""

import json
from uuid import uuid4
from xml.etree import ElementTree

import pytest

from accounts.models import AuditEvent
from accounts.tests.files import content_of
from routing import services
from routing.models import PlanState, StaffMember
from routing.services.rounds import Recorded

from . import factories as make
from .outputs_world import eventful_plan
from .rounds_world import at, published_round

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def plan(organisation):
    return eventful_plan(organisation)


@pytest.fixture
def round_(organisation, make_user):
    made = published_round(organisation, make_user)
    for kind, minutes in (("arrived", 20), ("done", 50)):
        event = Recorded(uuid4(), kind, at(minutes), made.visits[0].pk)
        services.record_event(plan=made.plan, staff=made.staff, event=event, by=made.user, now=at(600))
    return made


def person(plan, reference="nurse-01"):
    return StaffMember.objects.get(team=plan.team, reference=reference)


def test_routes_are_those_of_the_map_and_homes_are_for_those_who_keep_the_team(plan, api_client_as, client_as):
    address = f"{API}/route-plans/{plan.pk}/routes/"
    seen = api_client_as("analyst").get(address, headers={"accept": "application/geo+json"})
    assert seen.headers["Content-Type"] == "application/geo+json"
    assert seen.json() == client_as("analyst").get(f"/plans/{plan.pk}/routes.geojson").json()
    kinds = {feature["properties"]["kind"] for feature in seen.json()["features"]}
    assert {"route", "stop", "depot", "unserved"} <= kinds
    assert "home" not in kinds
    kept = api_client_as("planner").get(address).json()
    assert "home" in {feature["properties"]["kind"] for feature in kept["features"]}


def test_what_has_not_changed_is_not_sent_again(plan, api_client_as):
    client, address = api_client_as("analyst"), f"{API}/route-plans/{plan.pk}/routes/"
    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    plan.visits.filter(reference="A").update(tier=4)
    assert client.get(address, headers={"if-none-match": first.headers["ETag"]}).status_code == 200
    assert api_client_as("planner").get(address, headers={"if-none-match": first.headers["ETag"]}).status_code == 200
    assert "private" in first.headers["Cache-Control"]


def test_the_timeline_is_a_picture_and_taking_it_is_noted(plan, api_client_as):
    answer = api_client_as("analyst").get(f"{API}/route-plans/{plan.pk}/timeline/", headers={"accept": "image/svg+xml"})
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert ElementTree.fromstring(answer.content).tag.endswith("svg")
    assert answer.headers["Content-Disposition"].endswith('-timeline.svg"')
    assert AuditEvent.objects.get(action="plan.file_taken").details["kind"] == "timeline"


def test_a_plan_without_routes_says_so(organisation, api_client_as):
    draft, client = make.draft_plan(make.team(organisation)), api_client_as("planner")
    answer = client.get(f"{API}/route-plans/{draft.pk}/timeline/")
    assert answer.status_code == 409
    assert "no routes yet" in answer.json()["detail"]
    sheet = client.get(f"{API}/route-plans/{draft.pk}/rounds/{draft.team.staff.first().pk}/sheet/")
    assert sheet.status_code == 409
    assert client.get(f"{API}/route-plans/{draft.pk}/routes/").json()["features"] == []


def test_a_run_sheet_holds_the_stops_of_one_person_in_order(plan, api_client_as):
    answer = api_client_as("analyst").get(f"{API}/route-plans/{plan.pk}/rounds/{person(plan).pk}/sheet/")
    told = answer.json()
    assert [stop["kind"] for stop in told["stops"]] == ["visit", "break", "visit"]
    assert [stop.get("visit") for stop in told["stops"]] == ["A", None, "B"]
    assert told["staff"]["reference"] == "nurse-01"
    assert told["stops"][0]["with"]
    assert told["stops"][0]["starts_at"][-6:] in ("+00:00", "+01:00")
    assert told["travel_back_seconds"] >= 0
    assert "not to be worked from" in told["standing"]
    assert told["no_access"]
    assert AuditEvent.objects.get(action="plan.file_taken").details["kind"] == "run_sheet"


def test_field_staff_have_their_own_sheet_once_it_is_published(round_, api_client_as):
    address = f"{API}/route-plans/{round_.plan.pk}/rounds/{{}}/sheet/"
    own = api_client_as(user=round_.user)
    assert own.get(address.format(round_.staff.pk)).status_code == 200
    assert own.get(address.format(round_.colleague.pk)).status_code == 404
    type(round_.plan).objects.filter(pk=round_.plan.pk).update(
        state=PlanState.APPROVED, published_at=None, published_by=None
    )
    assert own.get(address.format(round_.staff.pk)).status_code == 404


def test_planned_against_actual(round_, api_client_as):
    client, address = api_client_as("analyst"), f"{API}/route-plans/{round_.plan.pk}/actual/"
    answer = client.get(address)
    told = answer.json()
    first = next(row for row in told["visits"] if row["visit"] == "V-01" and row["arrived_at"])
    assert (first["outcome"], first["later_by_minutes"], first["actual_minutes"]) == ("done", 5.0, 30.0)
    open_one = next(row for row in told["visits"] if row["visit"] == "V-02")
    assert (open_one["outcome"], open_one["actual_minutes"]) == (None, None)
    assert (told["totals"]["visits"], told["totals"]["done"]) == (4, 1)
    # One visit in each tier: too few to tell.
    assert all(row["hidden"] and row["visits"] is None for row in told["by_tier"] if row["visits"] != 0)
    # The time at which it was asked is no news.
    assert client.get(address, headers={"if-none-match": answer.headers["ETag"]}).status_code == 304


def test_mileage_as_json_and_csv(round_, api_client_as, client_as, settings):
    settings.MILEAGE_PENCE_CAR = "45"
    keeper = api_client_as("planner")
    told = keeper.get(f"{API}/mileage/?month=2026-11").json()
    [someone] = told["people"]
    [day] = someone["days"]
    assert (someone["reference"], day["visits_reached"], day["legs"]) == (round_.staff.reference, 1, 2)
    assert someone["metres"] == day["metres"] > 0
    assert float(day["amount_pounds"]) == pytest.approx(day["metres"] / 1609.344 * 0.45, abs=0.01)
    table = keeper.get(f"{API}/mileage/csv/?month=2026-11", headers={"accept": "text/csv"})
    assert content_of(table) == content_of(client_as("planner").get("/mileage.csv?month=2026-11&notes=0"))
    own = api_client_as(user=round_.colleague_user).get(f"{API}/mileage/?month=2026-11")
    assert own.json()["people"] == []
    wrong = keeper.get(f"{API}/mileage/?month=2026-13")
    assert wrong.status_code == 400
    assert "Expected a month such as 2026-11, found 2026-13." in json.dumps(wrong.json())


def test_others_see_nothing(plan, api_client_as, other_organisation):
    addresses = [f"route-plans/{plan.pk}/{name}/" for name in ("routes", "timeline", "actual")]
    addresses.append(f"route-plans/{plan.pk}/rounds/{person(plan).pk}/sheet/")
    stranger, viewer = api_client_as("planner", organisation=other_organisation), api_client_as("viewer")
    for address in addresses:
        assert stranger.get(f"{API}/{address}").status_code == 404
        assert viewer.get(f"{API}/{address}").status_code == 403
    assert stranger.get(f"{API}/mileage/").json()["people"] == []
    assert viewer.get(f"{API}/mileage/").status_code == 403
