import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.travel.lines import decoded, joined, simplified

from .servers import encoded

# The example of Google's description of the format, 5 decimals, latitude first.
PUBLISHED = "_p~iF~ps|U_ulLnnqC_mqNvxq`@"


def test_the_published_example():
    assert decoded(PUBLISHED, precision=5).tolist() == [[-120.2, 38.5], [-120.95, 40.7], [-126.453, 43.252]]


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=20))
def test_what_is_encoded_comes_back(points):
    assert decoded(encoded(points)) == pytest.approx(np.array(points).reshape(-1, 2), abs=6e-7)


@pytest.mark.parametrize("text", ["_p~iF", "_", "\x1f", "ééé", "~~~~~~~~~~~~~~~~"])
def test_other_text_is_refused(text):
    with pytest.raises(ValueError, match="polyline"):
        decoded(text)


def test_parts_are_joined_without_repeated_points():
    line = joined([np.array([(0.0, 0.0), (1, 0)]), np.array([(1.0, 0.0), (1, 0), (1, 1)])])
    assert line.tolist() == [[0, 0], [1, 0], [1, 1]]
    assert joined([]).shape == (0, 2)


def test_a_simpler_line_keeps_its_ends_and_stays_near():
    wave = np.array([(-3 + k / 10_000, 51.5 + 0.00001 * (k % 2)) for k in range(200)])
    line = simplified(wave, metres=5)
    assert len(line) == 2
    assert line == pytest.approx(wave[[0, -1]])
    corner = np.array([(-3.0, 51.5), (-2.99, 51.5), (-2.99, 51.51)])
    assert simplified(corner, metres=5) == pytest.approx(corner)
    assert len(simplified(corner[:2], metres=5)) == 2
