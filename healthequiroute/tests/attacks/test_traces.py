"""Whoever is refused is seen: in the trail where they have signed in, in the log anyway, and never with what they
tried.
"""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import audit
from accounts.models import AuditEvent, Membership
from accounts.presenters import action_text
from lsoa import services
from lsoa.models import Patch
from routing.models import Team

# What is tried holds it, and no log and no event may.
SECRET = "Gwendolen"
pytestmark = pytest.mark.django_db


def lines(caplog, event) -> list[str]:
    """Lines of the log about an event; nothing that was logged or recorded holds what was tried."""
    trail = str(list(AuditEvent.objects.values()))
    assert SECRET not in caplog.text + trail
    return [line for line in caplog.text.splitlines() if re.search(rf"'event': '{event}'|\b{event}\b", line)]


def refusals():
    return list(AuditEvent.objects.filter(action="access.refused").order_by("sequence"))


def test_trying_ids_leaves_one_event_for_each_kind_of_address(client_as, organisation):
    client = client_as("planner")
    for _ in range(5):
        assert client.get(f"/plans/{uuid4()}/").status_code == 404
    assert client.get(f"/teams/{uuid4()}/").status_code == 404
    assert client.get("/members/").status_code == 403
    events = refusals()
    assert [(event.details["address"], event.details["status"]) for event in events] == [
        ("plan", 404),
        ("team", 404),
        ("members", 403),
    ]
    for event in events:
        assert event.actor_id == audit.pseudonym_of(client.user)
        assert event.organisation_id == organisation.pk
    assert action_text("access.refused") == "Was refused: not found, or not theirs"


def test_so_does_the_api(api_client_as):
    client = api_client_as("planner")
    tried = str(uuid4())
    assert client.get(f"/api/v1/route-plans/{tried}/").status_code == 404
    (event,) = refusals()
    assert event.details == {"address": "route-plan-detail", "method": "GET", "status": 404}
    assert tried not in str(vars(event))


def test_a_misspelt_address_and_somebody_unknown_are_in_the_log_alone(client, client_as, caplog):
    assert client_as("planner").get("/plams/").status_code == 404
    assert client.get("/api/v1/areas/").status_code == 401
    assert refusals() == []
    assert client.get("/api/v1/docs/").status_code in (401, 403)


def test_forged_forms_are_in_the_log(client_as, caplog):
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = client_as("planner").cookies
    assert forged.post("/organisation/", {"organisation": "x"}).status_code == 403
    assert "access_refused" in caplog.text
    assert [event.details["address"] for event in refusals()] == ["switch-organisation"]


def test_fields_that_nobody_offered(client_as, api_client_as, make_user, caplog):
    """Forms and serializers leave them out: the log says which, and not what they held."""
    membership = Membership.objects.get(user=make_user(["viewer"]))
    form = {"roles": ["analyst"], "is_superuser": SECRET, "organisation_id": SECRET}
    client_as("administrator").post(f"/members/{membership.pk}/", form)
    (line,) = lines(caplog, "fields_not_offered")
    assert "member-edit" in line and "['is_superuser', 'organisation_id']".replace("'", "") in line.replace("'", "")
    caplog.clear()
    body = {"team": str(uuid4()), "approved_by": SECRET}
    api_client_as("planner").post("/api/v1/route-plans/", body, format="json")
    (line,) = lines(caplog, "fields_not_offered")
    assert "route-plan-list" in line and "approved_by" in line


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (f'{{"a": "{SECRET}", "b": ' + "[" * 60 + "]" * 60 + "}", "application/json", 400),
        (f'{{"a": "{SECRET}"', "application/json", 400),
        (f"<a>{SECRET}</a>", "text/xml", 415),
    ],
    ids=["deep", "broken", "other type"],
)
def test_bodies_that_are_not_taken(api_client_as, caplog, body, kind, status):
    answer = api_client_as("planner").post("/api/v1/route-plans/", body, content_type=kind)
    assert answer.status_code == status
    (line,) = lines(caplog, "request_refused")
    assert "route-plan-list" in line and str(status) in line


def test_questions_with_sql_in_them(api_client_as, caplog):
    asked = f"'; DROP TABLE accounts_user; -- {SECRET}"
    answer = api_client_as("planner").get("/api/v1/route-plans/", {"team": asked, "day": asked})
    assert answer.status_code == 400
    assert len(lines(caplog, "request_refused")) == 1


@pytest.mark.parametrize("scheme", ["Bearer eyJhbGciOiJub25lIn0.e30.", "Api-Key her_", "Bearer "])
def test_credentials_that_prove_nothing(caplog, scheme):
    answer = Client().get("/api/v1/areas/", headers={"authorization": scheme + SECRET})
    assert answer.status_code == 401
    (line,) = lines(caplog, "request_refused")
    assert "area-list" in line and "401" in line and "eyJ" not in caplog.text


def test_a_method_that_is_none(client_as, caplog):
    assert client_as("planner").post("/plans/", {"_method": "DELETE", "x": SECRET}).status_code == 405
    assert len(lines(caplog, "request_refused")) == 1


@pytest.mark.parametrize("to", ["https://{}.example/", "//{}.example", "/\\{}.example", "javascript:{}"])
def test_ways_out_of_the_portal(client, settings, caplog, to):
    settings.DEMO_MODE = True
    from accounts import demo

    demo.create_demo_accounts(by=audit.SystemActor("tests"))
    form = {"account": demo.ACCOUNTS[0].email, "next": to.format(SECRET)}
    assert client.post(reverse("demo-sign-in"), form)["Location"] == "/"
    assert len(lines(caplog, "redirect_refused")) == 1


@pytest.mark.parametrize("host", ["169.254.169.254", "127.0.0.1:6379", "[::ffff:10.0.0.1]", "0x7f.1"])
def test_a_feed_that_leads_inside(platform_administrator, caplog, host):
    """Its location is refused when it is asked: the log says so each time, the trail the first time."""
    place = {"provider": "http", "location": f"http://{host}/{SECRET}"}
    feed = services.create_feed(name="Inside", subject="staff_absence", by=platform_administrator, **place)
    assert services.collect_feed(feed=feed, by=platform_administrator, now_or_never=True).state == "failed"
    assert AuditEvent.objects.filter(action="feed.failed", target_id=str(feed.pk)).count() == 1
    assert "feed_failed" in caplog.text and SECRET not in caplog.text


def test_files_that_are_not_taken(client_as, organisation, caplog):
    patch = Patch.objects.create(organisation=organisation, name="Somewhere")
    team = Team.objects.create(organisation=organisation, name="Nurses", patch=patch)
    file = SimpleUploadedFile(f"{SECRET}.csv", f"PK\x03\x04{SECRET}".encode(), content_type="text/csv")
    answer = client_as("administrator", "planner").post(f"/teams/{team.pk}/rota/files/", {"file": file})
    assert answer.status_code in (400, 422)
    (line,) = lines(caplog, "file_refused")
    assert "rota-upload" in line
