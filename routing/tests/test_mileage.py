"""Mileage: what was driven by plan to the places that were reached, by person and month."""

import csv
import io
from uuid import uuid4

import pytest

from routing import services
from routing.services.rounds import Recorded

from .rounds_world import BACK_METRES, METRES, at, published_round

pytestmark = pytest.mark.django_db
MONTH = "?month=2026-11"


@pytest.fixture
def world(organisation, make_user):
    made = published_round(organisation, make_user)
    for kind, minutes, visit in (("set_off", 0, None), ("arrived", 15, 0), ("done", 45, 0), ("no_access", 61, 1)):
        event = Recorded(
            uuid4(), kind, at(minutes), None if visit is None else made.visits[visit].pk, reason="no_answer"
        )
        services.record_event(plan=made.plan, staff=made.staff, event=event, by=made.user, now=at(600))
    return made


def rows(client, address="/mileage.csv" + MONTH):
    answer = client.get(address)
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_drives_without_access_count_and_stops_that_were_not_reached_do_not(world, client_as):
    [line] = rows(client_as(user=world.user))
    metres = 2 * METRES + BACK_METRES
    assert line["kilometres"] == f"{metres / 1000:.1f}"
    assert (line["visits_reached"], line["visits_not_reached"], line["day"]) == ("2", "1", "2026-11-23")
    assert line["miles"] == f"{metres / 1609.344:.1f}"
    assert (line["pence_per_mile"], line["amount_pounds"]) == ("", "")


def test_an_amount_is_shown_where_a_rate_is_set(world, client_as, settings):
    settings.MILEAGE_PENCE_CAR = "45"
    client = client_as(user=world.user)
    [line] = rows(client)
    assert line["amount_pounds"] == f"{14_000 / 1609.344 * 0.45:.2f}"
    page = client.get("/mileage/" + MONTH).content.decode()
    assert f"£{line['amount_pounds']}" in page
    assert "1 stop not reached" in page


def test_bicycles_are_counted_apart_and_walks_not_at_all(world, client_as):
    world.staff.travel_profile = "bicycle"
    world.staff.save()
    keeper = client_as("planner")
    assert "By bicycle" in keeper.get("/mileage/" + MONTH).content.decode()
    assert [line["travels_by"] for line in rows(keeper)] == ["bicycle"]
    world.staff.travel_profile = "foot"
    world.staff.save()
    assert rows(keeper) == []


def test_everybody_sees_what_is_theirs(world, client_as, other_organisation):
    name = world.staff.display_name
    assert name in client_as("planner").get("/mileage/" + MONTH).content.decode()
    assert name in client_as(user=world.user).get("/mileage/" + MONTH).content.decode()
    assert rows(client_as(user=world.colleague_user)) == []
    assert rows(client_as("planner", organisation=other_organisation)) == []
    assert client_as("analyst").get("/mileage/").status_code == 403


def test_other_months_are_empty_and_no_month_is_this_one(world, client_as):
    client = client_as(user=world.user)
    assert rows(client, "/mileage.csv?month=2026-10") == []
    assert "No round was driven in December 2025" in client.get("/mileage/?month=2025-12").content.decode()
    for wrong in ("2026-13", "x", "0001-01", "9999-12"):
        assert client.get(f"/mileage/?month={wrong}").headers["Location"] == "/mileage/"
