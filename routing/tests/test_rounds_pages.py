"""A field worker's pages without JavaScript, and the day's page of those who watch over them."""

from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
import time_machine

from accounts.tests.files import csv_rows
from routing import services
from routing.civil_time import today
from routing.models import RoundEvent, RoutePlan, Visit, VisitRecord
from routing.services.rounds import Recorded

from . import factories as make
from .rounds_world import at, published_round

pytestmark = pytest.mark.django_db


def text(answer):
    return answer.content.decode()


@pytest.fixture
def world(organisation, make_user):
    """Today's round: the pages look at the clock."""
    return published_round(organisation, make_user, day=today())


def entry(kind, visit=None, **more):
    return {"id": str(uuid4()), "kind": kind, **({"visit": str(visit.pk)} if visit else {}), **more}


def test_a_round_from_setting_off_to_the_end_by_plain_forms(world, client_as):
    client, address = client_as(user=world.user), f"/round/{world.plan.pk}/record/"
    page = text(client.get("/round/"))
    assert 'data-stage="before"' in page
    assert all(visit.reference in page for visit in world.visits)
    assert "no-store" in client.get("/round/").headers["Cache-Control"]
    answer = client.post(address, entry("set_off"))
    assert answer.headers["Location"] == f"/round/{world.plan.pk}/"
    for visit in world.visits[:2]:
        client.post(address, entry("arrived", visit))
        assert 'data-state="arrived"' in text(client.get("/round/"))
        client.post(address, entry("done", visit))
    client.post(address, entry("no_access", world.visits[2], reason="not_home"))
    page = text(client.get("/round/"))
    assert "3 of 3 visits settled" in page
    assert " data-settled>" in page
    assert "Not at home" in page
    client.post(address, entry("safe"))
    client.post(address, entry("finished"))
    assert 'data-stage="over"' in text(client.get("/round/"))
    assert set(Visit.objects.filter(plans=world.plan).values_list("state", flat=True)) == {
        "done", "no_access", "planned"
    }  # fmt: skip


def test_a_form_that_is_sent_twice_is_kept_once(world, client_as):
    client, twice = client_as(user=world.user), entry("set_off")
    for _ in range(2):
        assert client.post(f"/round/{world.plan.pk}/record/", twice).status_code == 302
    assert RoundEvent.objects.count() == 1


def test_a_note_that_is_refused_comes_back_with_its_reason(world, client_as):
    answer = client_as(user=world.user).post(
        f"/round/{world.plan.pk}/record/", entry("note", world.visits[0], note="ring 0161 496 0000")
    )
    assert answer.status_code == 422
    assert "a telephone number" in text(answer)
    assert "ring 0161 496 0000" in text(answer)
    assert "That entry could not be read" in text(
        client_as(user=world.user).post(f"/round/{world.plan.pk}/record/", {"kind": "dancing"})
    )


def test_the_partner_of_a_double_handed_visit_is_named(organisation, make_user, client_as):
    world = published_round(organisation, make_user, day=today(), shared=True)
    page = text(client_as(user=world.user).get("/round/"))
    assert f"<dt>With</dt><dd>{world.colleague.display_name}</dd>" in page


def test_without_a_round_the_page_says_so_and_the_next_one_is_shown_early(organisation, make_user, client_as):
    assert "You have no round yet" in text(client_as("field_worker").get("/round/"))
    world = published_round(organisation, make_user, day=today() + timedelta(days=2))
    page = text(client_as(user=world.user).get("/round/"))
    assert "Not today." in page
    RoutePlan.objects.filter(pk=world.plan.pk).update(state="approved", published_by=None, published_at=None)
    assert "You have no round yet" in text(client_as(user=world.user).get("/round/"))
    assert client_as(user=world.user).get(f"/round/{world.plan.pk}/").status_code == 404


def test_a_round_whose_visits_all_moved_says_so(world, client_as):
    world.plan.versions.create(number=1, origin="optimised", routes=[{"staff": world.staff.reference, "stops": []}])
    world.plan.assignments.filter(staff=world.staff).delete()
    client = client_as(user=world.user)
    assert "Your round is empty now" in text(client.get("/round/"))
    assert "Nothing is left on your round" in text(client.get(f"/round/{world.plan.pk}/"))


def test_the_worker_is_a_script_that_anybody_may_read(client, settings):
    answer = client.get("/round/worker.js")
    assert answer.status_code in (200, 404)  # 404 before the scripts are built
    if answer.status_code == 200:
        assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]


def test_home_leads_field_staff_to_their_round(world, client_as):
    home = text(client_as(user=world.user).get("/"))
    assert "Your round today" in home
    assert 'href="/round/"' in home


# --- The day's page ---------------------------------------------------------------------------------------------------


def record_day(world, day):
    """First visit five minutes late and ten too long, second without access, third not yet."""
    for kind, minutes, number in (
        ("set_off", 0, None), ("arrived", 20, 0), ("done", 60, 0), ("no_access", 80, 1)
    ):  # fmt: skip
        visit = None if number is None else world.visits[number].pk
        event = Recorded(uuid4(), kind, at(minutes, day), visit, reason="no_answer")
        services.record_event(plan=world.plan, staff=world.staff, event=event, by=world.user, now=at(600, day))


def test_the_plan_is_held_against_what_happened(organisation, make_user, client_as):
    world = published_round(organisation, make_user)
    record_day(world, make.DAY)
    client = client_as("analyst")
    answer = client.get(f"/plans/{world.plan.pk}/actual.csv")
    lines = {row["visit"]: row for row in csv_rows(answer)}
    first, second, third = (lines[visit.reference] for visit in world.visits)
    assert (first["later_by_minutes"], first["actual_minutes"], first["planned_minutes"]) == ("5", "40", "30")
    assert (first["actual_drive_minutes"], first["planned_drive_minutes"], first["in_time"]) == ("20", "15", "yes")
    assert (second["outcome"], second["actual_minutes"]) == ("no_access", "")
    assert (third["outcome"], third["actual_start"]) == ("", "")
    page = text(client.get(f"/plans/{world.plan.pk}/actual/"))
    assert "1 of 4" in page
    assert "+10 min" in page
    # Groups of one: hidden, all of them.
    assert page.count("not shown") >= 4
    assert "Groups of fewer than eight visits, and what would give them away, are not shown." in page
    assert "every 30s" not in page


def test_live_the_latest_come_first_and_the_panel_renews_itself(world, client_as):
    VisitRecord.objects.create(plan=world.plan, staff=world.staff, visit=world.visits[0], arrived_at=at(20, today()))
    client, address = client_as("planner"), f"/plans/{world.plan.pk}/actual/"
    page = text(client.get(address))
    assert 'hx-trigger="every 30s"' in page
    panel = text(client.get(address, headers={"HX-Request": "true"}))
    assert "<html" not in panel
    assert f"At {world.visits[0].reference} since 08:20" in panel
    assert "Not set off, planned 08:00" in panel


def test_the_day_of_another_organisation_is_not_there(world, client_as, other_organisation):
    client = client_as("planner", organisation=other_organisation)
    assert client.get(f"/plans/{world.plan.pk}/actual/").status_code == 404
    assert client.get(f"/plans/{world.plan.pk}/actual.csv").status_code == 404


def test_who_runs_late_is_offered_as_something_that_happened(world, client_as):
    """Before a window is missed: the alert says when the visit is expected, and the form is filled in."""
    day = world.plan.day
    VisitRecord.objects.create(plan=world.plan, staff=world.staff, visit=world.visits[0], arrived_at=at(55, day))
    with time_machine.travel(at(60, day), tick=False):
        services.watch_rounds()
        planner = client_as("planner")
        page = unescape(text(planner.get(f"/plans/{world.plan.pk}/actual/")))
        assert "V-03 (expected 10:25)" in page
        query = f"kind=late&staff={world.staff.pk}&minutes=40"
        assert f"/plans/{world.plan.pk}/disruptions/new/?{query}" in page and "Running late: 40 minutes" in page
        form = text(planner.get(f"/plans/{world.plan.pk}/disruptions/new/?{query}"))
        assert 'value="40"' in form and f'value="{world.staff.pk}" selected' in form
        reader = text(client_as("approver").get(f"/plans/{world.plan.pk}/actual/"))
        assert "expected 10:25" in reader and "Change the plan" not in reader
