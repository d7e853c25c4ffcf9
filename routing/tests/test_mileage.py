"""Mileage: the legs between the places that were reached, in the order in which they were, by person and month."""

from uuid import uuid4

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.files import csv_rows
from routing import services
from routing.models import RouteStop
from routing.problem_building.travel import departure
from routing.services.rounds import Recorded
from routing.travel import Profile
from routing.travel_sources import travel_times

from .factories import DAY
from .rounds_world import BACK_METRES, METRES, at, published_round

pytestmark = pytest.mark.django_db
MONTH = "?month=2026-11"


@pytest.fixture
def world(organisation, make_user):
    made = published_round(organisation, make_user)
    for kind, minutes, visit in (("set_off", 0, None), ("arrived", 15, 0), ("done", 45, 0), ("no_access", 61, 1)):
        record(made, kind, minutes, visit)
    return made


def record(world, kind, minutes, visit):
    visit = None if visit is None else world.visits[visit].pk
    event = Recorded(uuid4(), kind, at(minutes), visit, reason="no_answer")
    services.record_event(plan=world.plan, staff=world.staff, event=event, by=world.user, now=at(600))


def rows(client, address="/mileage.csv" + MONTH):
    answer = client.get(address)
    assert answer.headers["Content-Type"].startswith("text/csv")
    return csv_rows(answer)


def test_drives_without_access_count_and_stops_that_were_not_reached_do_not(world, client_as):
    [line] = rows(client_as(user=world.user))
    # As planned to the second place; from there nobody had planned a way back, which is asked for.
    metres = 2 * METRES + way(world.visits[1].point, world.staff.end_point)
    assert line["kilometres"] == f"{metres / 1000:.1f}"
    assert (line["visits_reached"], line["visits_not_reached"], line["day"]) == ("2", "1", "2026-11-23")
    assert (line["legs"], line["legs_not_as_planned"]) == ("3", "1")
    assert line["miles"] == f"{metres / 1609.344:.1f}"
    assert (line["pence_per_mile"], line["amount_pounds"]) == ("", "")
    assert line["counted"].startswith("legs between recorded places, in recorded order")


def test_a_round_as_planned_has_the_distances_of_the_plan(world, client_as):
    record(world, "done", 150, 2)
    [line] = rows(client_as(user=world.user))
    assert line["kilometres"] == f"{(3 * METRES + BACK_METRES) / 1000:.1f}"
    assert (line["legs_not_as_planned"], line["visits_not_reached"]) == ("0", "0")


def test_legs_are_counted_in_the_order_in_which_places_were_reached(organisation, make_user, client_as):
    world = published_round(organisation, make_user)
    for kind, minutes, visit in (("arrived", 5, 2), ("done", 35, 2), ("arrived", 50, 0), ("done", 70, 0)):
        record(world, kind, minutes, visit)
    [line] = rows(client_as(user=world.user))
    first, third = world.visits[0].point, world.visits[2].point
    staff = world.staff
    metres = way(staff.start_point, third) + way(third, first) + way(first, staff.end_point)
    assert line["kilometres"] == f"{metres / 1000:.1f}"
    assert (line["legs"], line["legs_not_as_planned"], line["visits_not_reached"]) == ("3", "3", "1")


def test_each_leg_is_marked_that_is_estimated(world, client_as):
    RouteStop.objects.filter(assignment__staff=world.staff).update(is_travel_estimated=False)
    client = client_as(user=world.user)
    [line] = rows(client)
    # Two legs by road; the way back from elsewhere than planned is a straight line with a detour.
    assert (line["legs_estimated"], line["way"]) == ("1", "partly_estimated")
    page = client.get("/mileage/" + MONTH).content.decode()
    assert "partly estimated" in page
    assert "1 of 3 legs" in page
    assert "in the order they were recorded" in page


def test_a_place_reached_before_somebody_else_took_it_over_counts(world, client_as):
    visit = world.move_first_visit()
    [line] = rows(client_as(user=world.user))
    assert line["visits_reached"] == "2"
    metres = (
        way(world.staff.start_point, visit.point)
        + way(visit.point, world.visits[1].point)
        + way(world.visits[1].point, world.staff.end_point)
    )
    assert line["kilometres"] == f"{metres / 1000:.1f}"


def test_many_rounds_cost_as_many_questions_to_the_database_as_few(world, client_as, django_assert_num_queries):
    keeper = client_as("planner")
    with CaptureQueriesContext(connection) as few:
        assert len(rows(keeper)) == 1
    event = Recorded(uuid4(), "arrived", at(62), world.others_visit.pk)
    services.record_event(plan=world.plan, staff=world.colleague, event=event, by=world.colleague_user, now=at(600))
    with django_assert_num_queries(len(few)):
        assert len(rows(keeper)) == 2


def way(start, end) -> int:
    matrix = travel_times().matrix(np.array([start.coords, end.coords]), departure(DAY), Profile.CAR)
    return int(matrix.distance[0, 1])


def test_an_amount_is_shown_where_a_rate_is_set(world, client_as, settings):
    settings.MILEAGE_PENCE_CAR = "45"
    client = client_as(user=world.user)
    [line] = rows(client)
    metres = 2 * METRES + way(world.visits[1].point, world.staff.end_point)
    assert line["amount_pounds"] == f"{metres / 1609.344 * 0.45:.2f}"
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
