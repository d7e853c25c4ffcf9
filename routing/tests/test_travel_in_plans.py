"""A plan with a road network: times and ways by road, what was estimated is said, and a network that is away harms
nothing.
"""

import json
import uuid

import pytest
import redis
from django.contrib.gis.geos import LineString, Point
from django.db import IntegrityError, transaction

from routing import services
from routing.models import RouteAssignment, RouteStop
from routing.planning.engines import SolveOptions, solve
from routing.problem_building import build_problem
from routing.travel import Profile
from routing.travel_sources import travel_times

from . import factories as make
from .travel import servers

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    """With legs kept in the Redis of the tests under a prefix of this test's own."""
    prefix = f"test-{uuid.uuid4().hex}"
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": prefix}}
    with servers.running() as made, redis.Redis.from_url(settings.REDIS_URL) as client:
        yield made
        for source in travel_times().sources:
            for each in source._clients.values():
                each.close()
        for key in client.scan_iter(f"{prefix}:*"):
            client.delete(key)


@pytest.fixture
def by_road(settings, server):
    """Journeys by car and on foot have a road network, those by bicycle have none."""
    settings.TRAVEL_PROVIDER = ["osrm", "great-circle"]
    settings.OSRM_URL_CAR = settings.OSRM_URL_FOOT = server.url
    return server


@pytest.fixture
def team(organisation):
    return make.team(organisation)


def proposed(team):
    return make.proposed_plan(team)


def stored(plan, built):
    solution = solve(built.problem, SolveOptions(seconds=5), "greedy")
    return services.store_solution(plan=plan, built=built, solution=solution, by=make.SETUP)


def stops_of(plan):
    return RouteStop.objects.filter(assignment__plan=plan, visit__isnull=False)


def page_of(plan, client_as):
    return client_as("analyst").get(f"/plans/{plan.pk}/").content.decode()


def lines_of(plan, client_as):
    answer = client_as("analyst").get(f"/plans/{plan.pk}/routes.geojson")
    return [each for each in json.loads(answer.content)["features"] if each["geometry"]["type"] == "LineString"]


def test_times_and_ways_are_those_of_the_network(by_road, team, client_as):
    plan = proposed(team)
    assert not plan.is_travel_estimated
    assert plan.travel["provider"] == "osrm"
    assert by_road.version in plan.travel["data_version"]
    for stop in stops_of(plan):
        assert not stop.is_travel_estimated
        assert stop.path.coords[-1] == pytest.approx(stop.visit.point.coords, abs=2e-5)
        assert stop.travel_metres == pytest.approx(servers.metres(stop.path.coords[0], stop.path.coords[-1]), abs=5)
    assert not RouteAssignment.objects.filter(plan=plan, return_path=None).exists()
    (one, *_) = lines_of(plan, client_as)
    assert one["properties"]["is_straight_line"] is False
    assert "label_at" in one["properties"]


def test_the_page_says_whose_roads_they_are(by_road, team, client_as):
    page = page_of(proposed(team), client_as)
    assert "lines follow the roads" in page
    assert "© OpenStreetMap contributors, ODbL" in page
    assert "Travel times come from OSRM" in page
    # The words of every plan's page are explained at its foot, this one too.
    told = page.replace('glossary/#estimated-travel">estimated travel', "")
    assert "estimated" not in told.replace("Travel times estimated", "!")
    plan = team.plans.get()
    sheets = client_as("analyst").get(f"/plans/{plan.pk}/run-sheets/").content.decode()
    assert "© OpenStreetMap contributors, ODbL" in sheets


def test_the_network_that_is_away_is_named_and_the_plan_is_made(by_road, team, client_as):
    by_road.mood = "error"
    plan = proposed(team)
    assert plan.is_travel_estimated
    assert all(stop.is_travel_estimated and stop.path is None for stop in stops_of(plan))
    page = page_of(plan, client_as)
    assert "Travel times estimated" in page
    assert "OSRM could not be used" in page
    assert "OpenStreetMap" not in page
    assert all(line["properties"]["is_straight_line"] for line in lines_of(plan, client_as))


def test_a_network_that_goes_away_in_the_middle_is_named_and_what_it_did_not_say_is_marked(
    by_road, team, client_as, monkeypatch
):
    monkeypatch.setattr("routing.travel.osrm.OsrmSource.side", lambda self, profile: 3)
    by_road.fails_after = 4
    plan = proposed(team)
    assert plan.travel["provider"] == "osrm+great-circle" and plan.is_travel_estimated
    assert all(stop.path is None for stop in stops_of(plan)), "it was away when the ways were asked for"
    page = page_of(plan, client_as)
    assert "Some travel times estimated" in page
    assert "OSRM could not be used fully" in page
    assert "legs are estimated from straight lines" in page


def test_drives_to_where_no_road_leads_are_marked_one_by_one(by_road, team, client_as):
    plan = make.draft_plan(team, count=4)
    lost = plan.visits.order_by("reference").first()
    # The network knows no road there, but straight lines do.
    servers_sea = servers.at_sea
    servers.at_sea = lambda point: abs(point[0] - lost.point.x) < 1e-5 and abs(point[1] - lost.point.y) < 1e-5
    try:
        built = build_problem(plan)
        plan = stored(plan, built)
    finally:
        servers.at_sea = servers_sea
    stop = stops_of(plan).get(visit=lost)
    assert stop.is_travel_estimated
    assert stop.path is None
    others = [other for other in stops_of(plan) if other.assignment_id != stop.assignment_id]
    assert not any(other.is_travel_estimated for other in others)
    page = page_of(plan, client_as)
    assert "Some travel times estimated" in page
    assert "(estimated)</td>" in page
    kinds = {line["properties"]["is_straight_line"] for line in lines_of(plan, client_as)}
    assert kinds == {True, False}


def test_kept_times_by_road_without_the_way_are_told_apart_from_estimates(by_road, team, client_as):
    plan = make.draft_plan(team)
    built = build_problem(plan)
    by_road.mood = "error"
    plan = stored(plan, built)
    assert not plan.is_travel_estimated
    assert not stops_of(plan).filter(is_travel_estimated=True).exists()
    assert not stops_of(plan).exclude(path=None).exists()
    assert "dashed, since the ways are not known" in page_of(plan, client_as)
    properties = lines_of(plan, client_as)[0]["properties"]
    assert (properties["is_straight_line"], properties["is_estimated"]) == (True, False)


@pytest.fixture
def one_by_bicycle(team):
    """The first person of the team; the others go by car."""
    person = team.staff.order_by("reference").first()
    person.travel_profile = "bicycle"
    person.save()
    return person


def departure_of(plan):
    return servers.NOON.replace(year=plan.day.year, month=plan.day.month, day=plan.day.day)


def test_everybody_s_times_are_those_of_how_they_travel(by_road, team, one_by_bicycle):
    plan = make.draft_plan(team)
    built = build_problem(plan)
    assert set(built.travel.by_profile) == {Profile.BICYCLE, Profile.CAR}
    for person in built.problem.staff:
        way = Profile.BICYCLE if person.id == one_by_bicycle.reference else Profile.CAR
        alone = travel_times().matrix(built.points, departure_of(plan), way)
        assert (built.problem.duration_of(person) == alone.duration).all()
        assert (built.problem.distance_of(person) == alone.distance).all()
    cyclist, driver = (built.problem.duration_of(person) for person in built.problem.staff[:2])
    assert (cyclist != driver).any()


def test_the_stops_of_a_cyclist_have_a_cyclist_s_times_and_are_marked(by_road, team, one_by_bicycle, client_as):
    plan = make.draft_plan(team)
    built = build_problem(plan)
    plan = stored(plan, built)
    by_bicycle = [stop for stop in stops_of(plan) if stop.assignment.staff_id == one_by_bicycle.pk]
    by_car = [stop for stop in stops_of(plan) if stop.assignment.staff_id != one_by_bicycle.pk]
    assert by_bicycle and by_car
    assert all(stop.is_travel_estimated and stop.path is None for stop in by_bicycle), "no network for bicycles"
    assert not any(stop.is_travel_estimated or stop.path is None for stop in by_car)
    mine = built.travel.of("bicycle")
    first = min(by_bicycle, key=lambda stop: stop.sequence)
    person = built.problem.staff_by_id[one_by_bicycle.reference]
    leg = person.start, built.problem.visit_by_id[first.visit.reference].location
    assert (first.travel_seconds, first.travel_metres) == (mine.duration.item(leg), mine.distance.item(leg))
    page = page_of(plan, client_as)
    assert "People travel by bicycle and by car: each drive or walk has the time of the person who makes it." in page
    assert "By bicycle: " in page
    assert "By car: " not in page


def test_where_nobody_drives_the_network_for_cars_is_not_asked(by_road, team):
    team.staff.update(travel_profile="foot")
    built = build_problem(make.draft_plan(team))
    assert list(built.travel.by_profile) == [Profile.FOOT]
    assert built.problem.profiles == {}
    assert {person.profile for person in built.problem.staff} == {None}
    assert not any(note.startswith("People travel") for note in built.travel_summary["notes"])


def test_without_a_network_times_are_estimates(team, client_as):
    plan = proposed(team)
    assert plan.travel["provider"] == "great-circle"
    page = page_of(plan, client_as)
    assert "Travel times are estimates from straight lines." in page
    assert "straight between stops and dashed" in page


def test_a_drive_with_an_estimated_time_has_no_way(by_road, team):
    plan = proposed(team)
    stop = stops_of(plan).first()
    with pytest.raises(IntegrityError, match="stop_estimated_drive_has_no_path"), transaction.atomic():
        RouteStop.objects.filter(pk=stop.pk).update(is_travel_estimated=True)
    line = LineString(Point(0, 0), Point(1, 1), srid=4326)
    with pytest.raises(IntegrityError, match="assignment_estimated_return_has_no_path"), transaction.atomic():
        RouteAssignment.objects.filter(plan=plan).update(return_path=line, is_return_estimated=True)


def test_the_program_gets_the_same(by_road, team, api_client_as):
    plan = proposed(team)
    client = api_client_as("analyst")
    answer = client.get(f"/api/v1/route-plans/{plan.pk}/").json()
    assert answer["travel"]["attribution"] == "© OpenStreetMap contributors, ODbL"
