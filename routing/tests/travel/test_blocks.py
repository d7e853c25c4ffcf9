"""Every missing leg is asked for, in few rectangles, and not many legs more than are missing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.travel.blocks import cover, pieces


def asked(missing):
    asked = np.zeros_like(missing)
    for rows, columns in cover(missing):
        asked[np.ix_(rows, columns)] = True
    return asked


def test_everything_missing_is_one_rectangle():
    missing = ~np.eye(110, dtype=bool)
    ((rows, columns),) = cover(missing)
    assert (len(rows), len(columns)) == (110, 110)


@pytest.mark.parametrize("new", [1, 3, 20])
def test_new_places_are_a_rectangle_of_rows_and_one_of_columns(new):
    missing = np.zeros((110, 110), dtype=bool)
    missing[:new], missing[:, :new] = True, True
    np.fill_diagonal(missing, False)
    (rows, everywhere), (others, columns) = cover(missing)
    assert (len(rows), len(everywhere)) == (new, 109 if new == 1 else 110)
    assert (len(others), len(columns)) == (110 - new, new)


def test_nothing_missing_asks_for_nothing():
    assert cover(np.zeros((5, 5), dtype=bool)) == []
    assert cover(np.zeros((0, 0), dtype=bool)) == []


def test_one_leg():
    missing = np.zeros((5, 5), dtype=bool)
    missing[1, 3] = True
    ((rows, columns),) = cover(missing)
    assert (rows.tolist(), columns.tolist()) == ([1], [3])


@given(st.integers(1, 12), st.integers(0, 10_000), st.floats(0, 1))
def test_all_that_is_missing_is_covered_by_two_rectangles_at_most(size, seed, share):
    missing = np.random.default_rng(seed).random((size, size)) < share
    assert (asked(missing) >= missing).all()
    assert len(cover(missing)) <= 2


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 20))
def test_pieces_make_the_whole(rows, columns, side):
    seen = np.zeros((rows, columns), dtype=int)
    for part, other in pieces(np.arange(rows), np.arange(columns), side):
        assert 0 < len(part) <= side
        assert 0 < len(other) <= side
        seen[np.ix_(part, other)] += 1
    assert (seen == 1).all()
