"""A matrix that is worked out when asked tells the same as one that is there."""

import pickle

import numpy as np
import pytest

from routing.planning import places
from routing.planning.check import check
from routing.planning.engines import SolveOptions, solve
from routing.planning.instances import home_visits
from routing.planning.io import parse_problem, problem_json
from routing.planning.matrix import EstimatedLegs
from routing.planning.places import MATRIX_MOST, PlaceTravel
from routing.planning.tiers import price_of_leaving_out


@pytest.fixture
def travel():
    points = np.random.default_rng(3).uniform((-3.1, 51.4), (-2.8, 51.7), (300, 2))
    return PlaceTravel(points, EstimatedLegs(detour=1.3, speed=9.0))


def test_every_way_of_asking_gives_the_legs_of_the_whole(travel):
    whole = np.asarray(travel)
    assert whole.dtype == np.int64
    assert whole.shape == travel.shape == (300, 300)
    some = np.array([5, 299, 5, 17])
    assert all(travel.item(i, j) == whole.item(i, j) for i in range(0, 300, 11) for j in range(300))
    for key in [
        np.ix_(some, [1, 2]),
        np.ix_([0], [0]),
        (slice(None), 3),
        (4, slice(2, 9)),
        7,
        some,
        (some, some),
        (1, 2),
    ]:
        found = travel[key]
        assert np.shape(found) == np.shape(whole[key])
        assert (found == whole[key]).all()
    assert (travel.max(axis=1) == whole.max(axis=1)).all()
    assert (travel.max(axis=0) == whole.max(axis=0)).all()
    assert (travel.max(), travel.min()) == (whole.max(), whole.min())
    assert travel.tolist() == whole.tolist()
    with pytest.raises(IndexError):
        travel[300, 0]


def test_a_matrix_travels_to_another_process_as_its_places(travel):
    sent = pickle.dumps(travel)
    assert len(sent) < 10_000
    assert (np.asarray(pickle.loads(sent)) == np.asarray(travel)).all()


def test_what_is_remembered_stays_bounded(travel, monkeypatch):
    monkeypatch.setattr(places, "REMEMBERED", 50)
    assert [travel.item(0, j) for j in range(200)] == travel[0, :200].tolist()
    assert len(travel._seen) <= 50


def test_problems_of_thousands_of_places_are_read_without_a_matrix():
    count = MATRIX_MOST
    data = {
        "staff": [{"id": "n1", "start": 0, "end": 0}],
        "visits": [{"id": f"v{i}", "location": i} for i in range(count)],
        "locations": [[-3 + i / count, 51.5] for i in range(count)],
        "speed_kmh": 36,
        "detour": 1.2,
    }
    problem = parse_problem(data)
    assert isinstance(problem.duration, PlaceTravel)
    small = parse_problem({**data, "visits": data["visits"][:50], "locations": data["locations"][:50]})
    assert (problem.duration[:50, :50] == small.duration).all()
    assert (problem.distance[:50, :50] == small.distance).all()


def test_a_plan_is_judged_and_priced_alike_on_both(monkeypatch):
    whole = home_visits(40, 4, seed=2, tiers=True)
    solution = solve(whole, SolveOptions(seconds=5), "greedy")
    monkeypatch.setattr(places, "MATRIX_MOST", 10)
    asked = home_visits(40, 4, seed=2, tiers=True)
    assert isinstance(asked.duration, PlaceTravel)
    assert check(asked, solution) == check(whole, solution)
    assert price_of_leaving_out(asked) == price_of_leaving_out(whole)
    assert problem_json(asked) == problem_json(whole)
