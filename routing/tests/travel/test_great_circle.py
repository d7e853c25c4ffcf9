from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from routing.travel import GreatCircleProvider, Profile, TravelMatrix
from routing.travel.great_circle import EARTH_RADIUS_M, great_circle_metres

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 3, 3, 12, tzinfo=LONDON)
BIRMINGHAM, SOLIHULL = (-1.8985, 52.4814), (-1.7780, 52.4118)


def test_distances_on_the_sphere():
    quarter = great_circle_metres([(0, 0), (90, 0), (0, 90), (180, 0)])
    assert quarter[0] == pytest.approx(
        [0, np.pi / 2 * EARTH_RADIUS_M, np.pi / 2 * EARTH_RADIUS_M, np.pi * EARTH_RADIUS_M]
    )
    # London to Paris, city centres: 343.5 km on the sphere.
    assert great_circle_metres([(-0.1278, 51.5074), (2.3522, 48.8566)])[0, 1] == pytest.approx(343_556, rel=1e-3)
    assert great_circle_metres([BIRMINGHAM], [SOLIHULL, BIRMINGHAM]).shape == (1, 2)


def test_every_leg_is_marked_as_estimated_and_names_its_source():
    matrix = GreatCircleProvider().matrix([BIRMINGHAM, SOLIHULL], NOON)
    assert matrix.duration.dtype == matrix.distance.dtype == np.int32
    assert matrix.estimated.all()
    assert (matrix.provider, matrix.data_version) == ("great-circle", "detour 1.3")
    assert (np.diag(matrix.duration) == 0).all()
    assert (matrix.duration == matrix.duration.T).all()
    straight = great_circle_metres([BIRMINGHAM, SOLIHULL])[0, 1]
    assert matrix.distance[0, 1] == pytest.approx(straight * 1.3, abs=1)


def test_profiles_and_rush_hours():
    def minutes(profile=Profile.CAR, when=NOON):
        return GreatCircleProvider().matrix([BIRMINGHAM, SOLIHULL], when, profile).duration[0, 1] / 60

    assert minutes() < minutes(Profile.BICYCLE) < minutes(Profile.FOOT)
    assert minutes(when=NOON.replace(hour=8)) > minutes()
    assert minutes(when=datetime(2026, 3, 7, 8, tzinfo=LONDON)) == minutes(), "a Saturday"
    assert minutes(Profile.FOOT, NOON.replace(hour=8)) == minutes(Profile.FOOT)
    # Eight in the morning in British Summer Time is seven in UTC.
    summer = datetime(2026, 7, 1, 7, 30, tzinfo=ZoneInfo("UTC"))
    assert minutes(when=summer) == minutes(when=datetime(2026, 7, 1, 8, 30, tzinfo=LONDON))


def test_short_legs_are_slower_per_kilometre_but_never_take_longer_than_long_ones():
    points = [(-1.9 + step / 200, 52.48) for step in range(40)]
    matrix = GreatCircleProvider().matrix(points, NOON)
    assert (np.diff(matrix.duration[0]) > 0).all()
    speeds = matrix.distance[0, 1:] / matrix.duration[0, 1:]
    assert (np.diff(speeds) > 0).all()


def test_empty_and_bad_input():
    assert GreatCircleProvider().matrix(np.zeros((0, 2)), NOON).duration.shape == (0, 0)
    with pytest.raises(ValueError, match="aware"):
        GreatCircleProvider().matrix([BIRMINGHAM], datetime(2026, 3, 3, 12))
    with pytest.raises(ValueError, match="degrees"):
        GreatCircleProvider().matrix([(52.48, -190)], NOON)
    with pytest.raises(ValueError, match="straight"):
        GreatCircleProvider(detour=0.9)
    with pytest.raises(ValueError, match="boat"):
        GreatCircleProvider().matrix([BIRMINGHAM], NOON, "boat")
    with pytest.raises(ValueError, match="square"):
        TravelMatrix(np.zeros((2, 2)), np.zeros((2, 3)), np.zeros((2, 2)), "x", "y")
