"""/api/v1/priorities/: lists, one area, history, explanation, recalculation; who may ask."""

import pytest

from accounts.audit import SystemActor
from accounts.models import Job
from lsoa.models import Patch
from priorities import services
from priorities.tests.factories import WORST, make_areas, make_dataset, make_figures

SYSTEM = SystemActor("test:priorities")
URL = "/api/v1/priorities/"
pytestmark = pytest.mark.django_db


def codes(response):
    assert response.status_code == 200, response.content
    return [row["code"] for row in response.json()["results"]]


def test_lists_current_scores_most_urgent_first(api_client_as, areas):
    answer = api_client_as("viewer").get(URL).json()
    assert answer["count"] == 24
    priorities = [row["priority"] for row in answer["results"]]
    assert priorities == sorted(priorities, reverse=True)


def test_filters(api_client_as, areas, organisation):
    client = api_client_as("viewer")
    assert areas[2].code in codes(client.get(URL, {"priority": 3}))
    assert areas[0].code not in codes(client.get(URL, {"priority": [2, 3]}))
    assert areas[3].code in codes(client.get(URL, {"provisional": "true"}))
    core20 = codes(client.get(URL, {"core20": "true"}))
    assert areas[1].code in core20 and areas[0].code not in core20
    assert codes(client.get(URL, {"authority": "E99999999"})) == []
    patch = Patch.objects.create(organisation=organisation, name="North", slug="north")
    patch.areas.add(areas[2])
    assert codes(client.get(URL, {"patch": "north"})) == [areas[2].code]


def test_the_patch_of_another_organisation_does_not_exist(api_client_as, areas, other_organisation):
    Patch.objects.create(organisation=other_organisation, name="South", slug="south")
    assert api_client_as("viewer").get(URL, {"patch": "south"}).status_code == 404


def test_an_unknown_class_is_a_problem_with_a_pointer(api_client_as, areas):
    answer = api_client_as("viewer").get(URL, {"priority": 7})
    assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"


def test_one_area_with_components_rules_and_factors(api_client_as, areas):
    answer = api_client_as("viewer").get(f"{URL}{areas[2].code}/").json()
    assert answer["priority_label"] == "Urgent" and answer["visit_minutes"] == 85
    root = answer["components"][0]
    assert (root["attribute"], root["class_name"], root["rule"]) == ("PRIORITY", "urgent", 47)
    assert len(answer["components"]) == 8 and len(answer["contributing_factors"]) == 12
    assert answer["review"] == "within 48 hours"


def test_an_unknown_area_and_an_area_without_score_are_not_found(api_client_as, areas):
    client = api_client_as("viewer")
    assert client.get(f"{URL}E01999999/").status_code == 404
    unscored = make_areas({})[0]
    assert client.get(f"{URL}{unscored.code}/").status_code == 404


def test_explanation_as_json_and_text(api_client_as, areas):
    client = api_client_as("viewer")
    data = client.get(f"{URL}{areas[1].code}/explain/").json()
    text = client.get(f"{URL}{areas[1].code}/explain/", {"as": "text"})
    assert data["headline"] == "Priority: standard"
    assert text["Content-Type"].startswith("text/plain") and data["summary"] in text.content.decode()
    empty = client.get(f"{URL}{areas[3].code}/explain/").json()
    assert empty["is_provisional"] and len(empty["missing"]) == 12


def test_history_lists_every_run(api_client_as, areas):
    make_figures({areas[0]: WORST}, make_dataset(release="2026"))
    services.score_areas(by=SYSTEM)
    history = api_client_as("viewer").get(f"{URL}{areas[0].code}/history/").json()["results"]
    assert [row["priority_label"] for row in history] == ["Urgent", "Routine"]
    assert [row["in_force"] for row in history] == [True, False]
    assert history[0]["change"]["because"] == "data" and history[1]["change"] is None
    assert history[0]["change"]["text"].startswith("Rose from routine to urgent because of new figures.")
    changed = codes(api_client_as("viewer").get(URL, {"changed": "true"}))
    assert changed == [areas[0].code]


def test_recalculation_is_for_platform_administrators(api_client_as, areas, platform_administrator):
    for role in ("viewer", "planner", "approver", "administrator"):
        assert api_client_as(role).post(f"{URL}recalculate/").status_code == 403
    answer = api_client_as(user=platform_administrator).post(f"{URL}recalculate/")
    assert answer.status_code == 202
    assert Job.objects.get(pk=answer.json()["job"]).kind == services.SCORE_KIND


def test_strangers_and_people_without_membership_get_nothing(client, api_client_as, areas):
    assert client.get(URL).status_code in (401, 403)
    assert api_client_as().get(URL).status_code == 403


def test_a_list_costs_the_same_number_of_queries_for_any_number_of_areas(
    api_client_as, areas, django_assert_max_num_queries
):
    client = api_client_as("viewer")
    with django_assert_max_num_queries(8):
        client.get(URL)
