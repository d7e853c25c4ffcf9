"""What makes no sense is refused in words: never a server error, always in the form that the asker reads."""

import pytest
from rest_framework.test import APIClient

POLICY = "Content-Security-Policy"
PROBLEM = "application/problem+json"
DEEP = "[" * 100_000
NOT_OBJECTS = ["[]", "null", '"text"', "1", "{", DEEP, '{"team": "\\ud800", "email": "\\ud800", "refresh": "\\ud800"}']


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        *("/areas/%00/", "/search/?q=a%00b", "/explore/?q=a%00b", "/explore/area-panel/?code=%00", "/audit/%00/1/"),
        *("/audit/accounts.user/%00/", "/api/v1/areas/search/?q=ab%00", "/api/v1/route-plans/%00/", "/%00"),
    ],
)
def test_a_nul_character_in_an_address_is_refused(client_as, address):
    answer = client_as("auditor", "planner").get(address)
    assert answer.status_code == 400
    assert "holds a NUL character" in answer.content.decode()
    assert (answer["Content-Type"] == PROBLEM) == address.startswith("/api/")


@pytest.mark.django_db
def test_a_page_number_of_thousands_of_digits_is_a_page_number(client_as):
    assert client_as("analyst").get("/explore/", {"page": "9" * 5_000}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("given", [{"sort": "9" * 23}, {"sort": "-1"}, {"range": f"{'9' * 23}:1:2"}])
def test_an_indicator_of_digits_alone_is_none(client_as, given):
    assert client_as("analyst").get("/explore/", given).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("body", NOT_OBJECTS, ids=lambda body: body[:12])
@pytest.mark.parametrize("address", ["token/", "token/refresh/", "route-plans/"])
def test_the_api_takes_one_json_object(api_client_as, address, body):
    client = api_client_as("planner") if address == "route-plans/" else APIClient()
    answer = client.post(f"/api/v1/{address}", body, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)


@pytest.mark.django_db
def test_every_operation_of_the_api_says_in_which_form_it_refuses(api_client_as):
    client = api_client_as("planner")
    schema = client.get("/api/v1/schema/?format=json").json()
    problem = schema["components"]["schemas"]["Problem"]
    operations = [each for methods in schema["paths"].values() for each in methods.values()]
    assert len(operations) > 40
    for each in operations:
        refusals = [answer for status, answer in each["responses"].items() if status.startswith("4")]
        assert refusals and all(PROBLEM in answer["content"] for answer in refusals), each["operationId"]
    refused = client.post("/api/v1/route-plans/", {}, format="json").json()
    assert set(refused) == set(problem["properties"])
    assert set(refused["errors"][0]) == set(problem["properties"]["errors"]["items"]["properties"])


@pytest.mark.django_db
def test_a_demo_account_with_a_nul_character_is_unknown(client, settings):
    settings.DEMO_MODE = True
    assert client.post("/demo-sign-in/", {"account": "viewer\0@aldermoor.example"}).status_code == 404


@pytest.mark.django_db
def test_refusals_before_any_view_carry_the_content_policy_too(client, client_as):
    strict = type(client)(enforce_csrf_checks=True)
    refused = [
        client.get("/accounts/login/", headers={"host": "evil.example"}),
        client.get("/search/?q=%00"),
        client.get("/nothing/"),
        strict.post("/accounts/login/", {}),
        client_as("viewer").get("/members/"),
    ]
    assert [answer.status_code for answer in refused] == [400, 400, 404, 403, 403]
    for answer in refused:
        assert "default-src 'none'" in answer[POLICY]


THING = "9b9a4a1e-1111-4111-8111-111111111111"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "back"),
    [
        (f"/plans/{THING}/optimise/", f"/plans/{THING}/"),
        (f"/teams/{THING}/shifts/3/remove/", f"/teams/{THING}/"),
        (f"/teams/{THING}/staff/{THING}/skills/", f"/teams/{THING}/staff/{THING}/"),
        ("/plans/alerts/3/noted/", "/plans/"),
    ],
)
def test_an_address_of_a_form_shows_the_way_to_the_page_it_is_on(client_as, address, back):
    """Signing in again after a session ended in the middle of a form leads there."""
    answer = client_as("planner").get(address)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert f'href="{back}"' in answer.content.decode()
