"""What OSRM, Valhalla and the route API answer, over real sockets: legs, lines, and every way of having none."""

import numpy as np
import pytest

from routing.travel import OsrmSource, Profile, RateLimit, RouteApiSource, TravelUnavailable, ValhallaSource
from routing.travel.provider import NO_ANSWER, NOT_ASKED

from .servers import NOON, metres

TOWN = np.array([(-1.90, 52.48), (-1.78, 52.41), (-1.85, 52.50)])
SEA, ISLAND = (-9.5, 52.0), (-1.9, 60.5)


@pytest.fixture
def osrm(client_of):
    return OsrmSource({Profile.CAR: client_of(), Profile.FOOT: client_of()})


@pytest.fixture
def valhalla(client_of):
    return ValhallaSource(client_of())


@pytest.fixture(params=["osrm", "valhalla"])
def source(request):
    return request.getfixturevalue(request.param)


def legs_of(source, origins, destinations=None, profile=Profile.CAR):
    origins = np.array(origins, dtype=float)
    return source.legs(origins, origins if destinations is None else np.array(destinations), NOON, profile)


def test_seconds_and_metres_of_a_rectangle(source):
    legs = legs_of(source, TOWN[:2], TOWN)
    assert legs.seconds.dtype == legs.metres.dtype == np.int32
    expected = np.array([[metres(start, end) for end in TOWN] for start in TOWN[:2]])
    assert np.abs(legs.metres - expected).max() <= 1
    assert np.abs(legs.seconds - expected / 10).max() <= 1


def test_a_leg_without_a_way_is_no_answer_and_spares_the_others(source):
    legs = legs_of(source, [*TOWN, ISLAND])
    assert (legs.seconds[3, :3] == NO_ANSWER).all()
    assert (legs.metres[:3, 3] == NO_ANSWER).all()
    assert (legs.seconds[:3, :3] >= 0).all()
    assert legs.seconds[3, 3] == 0


def test_a_point_without_a_road_is_no_answer_and_spares_the_others(source):
    legs = legs_of(source, [TOWN[0], SEA, TOWN[1], SEA])
    assert (legs.seconds[[1, 3]] == NO_ANSWER).all()
    assert (legs.seconds[:, [1, 3]] == NO_ANSWER).all()
    assert legs.seconds[0, 2] > 0


def test_nothing_but_sea(source):
    assert (legs_of(source, [SEA, (-9.6, 51)]).seconds == NO_ANSWER).all()


def test_a_table_above_the_limit_of_the_server_comes_in_halves(source, server):
    server.most = 3
    points = [(-1.9 + k / 100, 52.48) for k in range(10)]
    legs = legs_of(source, points)
    assert np.abs(legs.metres[0] - np.arange(10) * 1000).max() <= 1
    assert (legs.seconds >= 0).all()
    assert source.side(Profile.CAR) <= 3, "it is remembered for the next question"
    refused = len(server.asked)
    legs_of(source, points[:3])
    assert len(server.asked) == refused + 1


def test_a_server_that_allows_nothing_is_unavailable(source, server):
    server.most = 0
    with pytest.raises(TravelUnavailable):
        legs_of(source, TOWN)


def test_the_line_of_a_route_follows_the_corners(source):
    legs = source.route(TOWN, NOON, Profile.CAR)
    assert len(legs) == 2
    first = legs[0]
    assert first.line == pytest.approx(np.array([TOWN[0], (TOWN[1][0], TOWN[0][1]), TOWN[1]]), abs=1e-5)
    assert (first.metres, first.seconds) == (19_000, 1_900)
    assert not first.estimated


def test_a_route_with_an_impossible_leg_has_the_others(source):
    points = np.array([TOWN[0], TOWN[1], SEA, TOWN[2], TOWN[0], ISLAND])
    legs = source.route(points, NOON, Profile.CAR)
    assert [leg is None for leg in legs] == [False, True, True, False, True]


def test_a_route_between_two_visits_at_one_place(source):
    (leg,) = source.route(TOWN[[0, 0]], NOON, Profile.CAR)
    assert (leg.seconds, leg.metres) == (0, 0)
    assert leg.line.shape[0] >= 2


@pytest.mark.parametrize("mood", ["error", "garbage", "broken", "hangs_up"])
def test_whatever_the_server_does_it_is_unavailable_and_no_place_is_named(source, server, mood):
    server.mood = mood
    for ask in (lambda: legs_of(source, TOWN), lambda: source.route(TOWN, NOON, Profile.CAR)):
        with pytest.raises(TravelUnavailable) as refusal:
            ask()
        assert "52.4" not in str(refusal.value)
        assert refusal.value.__cause__ is None


def test_osrm_has_a_server_for_each_way_of_travelling(osrm):
    assert (legs_of(osrm, TOWN, profile=Profile.FOOT).seconds >= 0).all()
    with pytest.raises(TravelUnavailable, match="bicycle"):
        legs_of(osrm, TOWN, profile=Profile.BICYCLE)


def test_osrm_names_its_data(osrm, server, client_of):
    assert osrm.data_version(Profile.CAR, TOWN[0]) == "made up 1"
    assert osrm.data_version(Profile.CAR, TOWN[1]) == "made up 1"
    assert server.count("nearest") == 1
    server.version = "made up 2"
    legs_of(osrm, TOWN)
    assert osrm.data_version(Profile.CAR, TOWN[0]) == "made up 2", "every answer says it"
    server.version = ""
    legs_of(osrm, TOWN)
    assert osrm.data_version(Profile.CAR, TOWN[0]) == "unversioned"
    named = OsrmSource({Profile.CAR: client_of()}, data_version="spring")
    assert named.data_version(Profile.CAR, TOWN[0]) == "spring"


def test_slightly_less_than_nothing_is_nothing_and_much_less_is_nonsense(osrm, server):
    server.adds_metres = -0.8
    assert (np.diag(legs_of(osrm, TOWN).metres) == 0).all()
    server.adds_metres = -800
    with pytest.raises(TravelUnavailable, match="cannot be"):
        legs_of(osrm, TOWN)


def test_valhalla_leaves_single_cells_empty(valhalla, server):
    server.empty_cells = {(0, 2)}
    legs = legs_of(valhalla, TOWN)
    assert legs.seconds[0, 2] == NO_ANSWER
    assert (legs.seconds < 0).sum() == 1


def test_valhalla_is_told_the_hour_only_where_it_matters(server, client_of):
    legs_of(ValhallaSource(client_of()), TOWN)
    legs_of(ValhallaSource(client_of(), traffic=True), TOWN, profile=Profile.BICYCLE)
    without, with_traffic = (body for kind, body in server.asked if kind == "sources_to_targets")
    assert "date_time" not in without
    assert with_traffic["date_time"] == {"type": 1, "value": "2026-03-03T12:00"}
    assert with_traffic["costing"] == "bicycle"
    assert with_traffic["sources"][0]["search_cutoff"] == 1000


def test_valhalla_names_its_tiles(valhalla):
    assert valhalla.data_version(Profile.CAR, TOWN[0]) == "tiles 1700000000"


class TestRouteApi:
    @pytest.fixture
    def waits(self):
        return []

    @pytest.fixture
    def route_api(self, client_of, waits):
        limit = RateLimit(60, clock=lambda: 0.0, sleep=waits.append)
        return RouteApiSource(client_of(headers={"key": "secret"}), limit, most_legs=4)

    def test_asks_for_the_shortest_legs_first_and_says_which_it_left(self, route_api, server):
        legs = legs_of(route_api, [*TOWN, (-1.0, 53.0)])
        assert (legs.seconds == NOT_ASKED).sum() == 12 - 4
        assert legs.metres[0, 2] == pytest.approx(metres(TOWN[0], TOWN[2]), abs=1)
        assert (legs.seconds[3, :3] == NOT_ASKED).all(), "the far town"
        assert (np.diag(legs.seconds) == 0).all()
        assert server.count("route") == 4

    def test_sends_the_key_and_keeps_to_the_limit(self, route_api, server, waits):
        legs_of(route_api, TOWN)
        assert {headers["key"] for headers in server.headers_seen} == {"secret"}
        assert waits == [1.0, 2.0, 3.0], "one a second"

    def test_no_connection_is_no_answer(self, route_api):
        legs = legs_of(route_api, [TOWN[0], ISLAND])
        assert legs.seconds[0, 1] == legs.seconds[1, 0] == NO_ANSWER
        assert route_api.route(np.array([TOWN[0], ISLAND]), NOON, Profile.CAR) == [None]

    def test_keeps_what_came_before_the_service_gave_up(self, route_api, server):
        server.fails_after = 2
        legs = legs_of(route_api, TOWN)
        assert ((legs.seconds > 0).sum(), (legs.seconds == NOT_ASKED).sum()) == (2, 4)
        with pytest.raises(TravelUnavailable):
            legs_of(route_api, TOWN)

    def test_the_line_of_a_route(self, route_api):
        (leg,) = route_api.route(TOWN[:2], NOON, Profile.CAR)
        assert leg.line == pytest.approx(TOWN[:2], abs=1e-5)
        assert leg.metres == 19_000
