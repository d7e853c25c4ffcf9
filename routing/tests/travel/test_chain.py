"""Sources one after the other: what the cache holds is not asked for, what nobody knows is estimated and marked."""

import logging

import numpy as np
import pytest

from routing.travel import (
    CircuitBreaker,
    GreatCircleProvider,
    OsrmSource,
    Profile,
    RateLimit,
    RouteApiSource,
    TravelTimes,
    TravelUnavailable,
    ValhallaSource,
)

from .servers import NOON, metres

TOWN = np.array([(-1.9 + k % 5 / 100, 52.48 + k // 5 / 100) for k in range(20)])
ISLAND = (-1.9, 60.5)


@pytest.fixture
def osrm(client_of):
    return OsrmSource({profile: client_of() for profile in Profile}, side=8)


@pytest.fixture
def times(osrm, cache):
    return TravelTimes([osrm], cache=cache, estimates=GreatCircleProvider())


def tables(server):
    return [size for kind, size in server.asked if kind == "table"]


def assert_by_road(matrix, points):
    expected = np.array([[metres(start, end) for end in points] for start in points])
    assert np.abs(matrix.distance - expected).max() <= 1
    assert not matrix.estimated.any()


def test_a_matrix_by_road_names_source_data_and_attribution(times):
    matrix = times.matrix(TOWN, NOON)
    assert_by_road(matrix, TOWN)
    assert (matrix.provider, matrix.data_version) == ("osrm", "osrm made up 1")
    assert matrix.attribution == "© OpenStreetMap contributors, ODbL"
    assert matrix.notes == ()


def test_a_matrix_is_asked_for_in_blocks(times, server):
    times.matrix(TOWN, NOON)
    assert tables(server) == [(7, 7), (7, 7), (7, 6)] * 2 + [(6, 7), (6, 7), (6, 6)]


def test_a_known_matrix_is_not_asked_for_again(times, server):
    first = times.matrix(TOWN, NOON)
    server.asked.clear()
    again = times.matrix(TOWN[::-1], NOON)
    assert tables(server) == []
    assert (again.duration == first.duration[::-1, ::-1]).all()
    assert again.provider == "osrm"


def test_new_places_ask_for_their_rows_and_columns_only(client_of, cache, server):
    times = TravelTimes([OsrmSource({Profile.CAR: client_of()})], cache=cache)
    times.matrix(TOWN[:15], NOON)
    server.asked.clear()
    assert_by_road(times.matrix(TOWN, NOON), TOWN)
    assert tables(server) == [(5, 20), (15, 5)]


def test_legs_are_kept_apart_by_profile_and_by_data(times, server):
    times.matrix(TOWN, NOON, Profile.CAR)
    server.asked.clear()
    times.matrix(TOWN, NOON, Profile.FOOT)
    assert len(tables(server)) == 9
    server.asked.clear()
    server.version = "made up 2"
    times.sources[0]._versions.clear()
    assert times.matrix(TOWN, NOON).data_version == "osrm made up 2"
    assert len(tables(server)) == 9


def test_legs_are_kept_apart_by_hour_where_the_hour_matters(client_of, cache, server):
    times = TravelTimes([ValhallaSource(client_of(), traffic=True)], cache=cache)
    for hour, questions in ((12, 1), (12, 0), (17, 1)):
        server.asked.clear()
        times.matrix(TOWN[:4], NOON.replace(hour=hour))
        assert server.count("sources_to_targets") == questions


def test_two_visits_at_one_place_are_asked_for_once(times, server):
    points = np.concatenate([TOWN[:3], TOWN[:3], TOWN[:1] + 1e-7])
    assert_by_road(times.matrix(points, NOON), points)
    assert tables(server) == [(3, 3)]


def test_what_the_network_does_not_know_is_estimated_and_marked(times, server):
    points = np.array([*TOWN[:3], ISLAND])
    matrix = times.matrix(points, NOON)
    assert matrix.estimated.tolist() == [
        [False, False, False, True],
        [False, False, False, True],
        [False, False, False, True],
        [True, True, True, False],
    ]
    straight = GreatCircleProvider().matrix(points, NOON)
    assert matrix.duration[3, 0] == straight.duration[3, 0]
    assert matrix.provider == "osrm+great-circle"
    assert matrix.notes == ("6 of 12 legs are estimated from straight lines.",)
    server.asked.clear()
    assert (times.matrix(points, NOON).estimated == matrix.estimated).all()
    assert tables(server) == [], "that there is no way is known, too"


@pytest.mark.parametrize("mood", ["error", "garbage", "broken", "hangs_up"])
def test_a_server_that_fails_is_replaced_by_estimates_and_said_so(times, server, mood, caplog):
    server.mood = mood
    with caplog.at_level(logging.WARNING):
        matrix = times.matrix(TOWN, NOON)
    assert matrix.estimated[~np.eye(20, dtype=bool)].all()
    assert matrix.provider == "great-circle"
    assert matrix.attribution == ""
    assert matrix.notes[0].startswith("OSRM could not be used")
    assert matrix.notes[1] == "380 of 380 legs are estimated from straight lines."
    assert "travel_source_unavailable" in caplog.text
    assert not any(part in caplog.text for part in ("52.4", "-1.9", "/table", "/nearest"))


def test_a_server_that_fails_in_the_middle_keeps_what_came_before(times, server):
    server.fails_after = 4
    matrix = times.matrix(TOWN, NOON)
    assert 0 < matrix.estimated.sum() < 380
    assert matrix.provider == "osrm+great-circle"
    server.fails_after, server.mood = None, "ok"
    server.asked.clear()
    assert_by_road(times.matrix(TOWN, NOON), TOWN)
    assert sum(rows * columns for rows, columns in tables(server)) < 400, "three blocks were kept"


def test_kept_legs_serve_while_the_server_is_away(times, server, osrm, cache):
    times.matrix(TOWN[:6], NOON)
    server.mood = "error"
    osrm._versions.clear()
    matrix = times.matrix(TOWN[:7], NOON)
    assert matrix.estimated.sum() == 12, "only the new place"
    assert_by_road(times.matrix(TOWN[:6], NOON), TOWN[:6])


def test_the_next_source_answers_what_the_first_cannot(client_of, server, osrm):
    service = RouteApiSource(client_of(), RateLimit(1e9), most_legs=7, attribution="© Crown copyright")
    times = TravelTimes([OsrmSource({Profile.FOOT: client_of()}), service, osrm])
    matrix = times.matrix(TOWN[:4], NOON)
    assert_by_road(matrix, TOWN[:4])
    assert matrix.provider == "ordnance-survey+osrm"
    assert "Crown" in matrix.attribution
    assert "OpenStreetMap" in matrix.attribution
    assert "no server for journeys by car" in matrix.notes[0]


def test_without_estimates_nothing_is_invented(osrm, server):
    times = TravelTimes([osrm])
    with pytest.raises(TravelUnavailable, match="6 legs have no answer"):
        times.matrix([*TOWN[:3], ISLAND], NOON)
    server.mood = "error"
    with pytest.raises(TravelUnavailable, match="HTTP 503"):
        times.matrix(TOWN, NOON)
    with pytest.raises(TravelUnavailable, match="HTTP 503"):
        times.route(TOWN[:3], NOON)


def test_plans_in_a_row_do_not_storm_a_server_that_is_down(client_of, server):
    client = client_of(breaker=CircuitBreaker("osrm", failures=3, seconds=600))
    times = TravelTimes([OsrmSource({Profile.CAR: client})], estimates=GreatCircleProvider())
    server.mood = "error"
    for _ in range(20):
        matrix = times.matrix(TOWN, NOON)
    assert len(server.headers_seen) == 3
    assert "left alone" in matrix.notes[0]


def test_no_sources_are_estimates_alone():
    matrix = TravelTimes([], estimates=GreatCircleProvider()).matrix(TOWN, NOON)
    assert (matrix.provider, matrix.notes) == ("great-circle", ())
    assert matrix.data_version == "great-circle detour 1.3"
    assert TravelTimes([], estimates=GreatCircleProvider()).matrix(np.zeros((0, 2)), NOON).duration.shape == (0, 0)


def test_a_route_marks_the_legs_that_are_straight(times):
    route = times.route(np.array([TOWN[0], TOWN[7], ISLAND, TOWN[0]]), NOON)
    assert [leg.estimated for leg in route.legs] == [False, True, True]
    assert route.legs[0].line.shape == (3, 2)
    assert route.legs[1].line.tolist() == [TOWN[7].tolist(), list(ISLAND)]
    assert route.provider == "osrm+great-circle"
    assert "OpenStreetMap" in route.attribution


def test_bad_input_is_refused(times):
    with pytest.raises(ValueError, match="aware"):
        times.matrix(TOWN, NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="degrees"):
        times.matrix([(52.5, -190)], NOON)
    with pytest.raises(ValueError, match="degrees"):
        times.route([(float("nan"), 0), (0, 0)], NOON)
