"""The measures of the validation, held against small arrays worked out by hand."""

import numpy as np
import pytest

from priorities.validation import measures

NAN = np.nan
TEN = np.arange(10.0)


def test_shares_leave_out_areas_without_a_class():
    assert measures.class_shares([0, 0, 3, -1, 1], 4).tolist() == [0.5, 0.25, 0.0, 0.25]
    assert np.isnan(measures.class_shares([-1, -1], 4)).all()


def test_equal_classifications_agree_wholly():
    found = measures.agreement([0, 1, 2, 3], [0, 1, 2, 3], 4)
    assert (found.same, found.near, found.kappa, found.top_kept) == (1.0, 1.0, 1.0, 1.0)
    assert found.moves.tolist() == np.eye(4, dtype=int).tolist()


def test_agreement_counts_who_rose_and_fell_and_leaves_out_the_unknown():
    found = measures.agreement([0, 1, 3, 3, -1], [1, 0, 3, 1, 2], 4)
    assert found.areas == 4
    assert (found.same, found.near, found.rose, found.fell) == (0.25, 0.75, 0.25, 0.5)
    assert found.top_kept == 0.5 and found.moves[3].tolist() == [0, 1, 0, 1]


def test_kappa_with_quadratic_weights():
    # Observed 1 + 1, by chance (each of 4 moves between two classes) 2: kappa 0.
    assert measures.agreement([0, 0, 1, 1], [0, 1, 0, 1], 2).kappa == pytest.approx(0)
    assert measures.agreement([0, 0, 1, 1], [1, 1, 0, 0], 2).kappa == pytest.approx(-1)
    assert measures.agreement([1, 1], [1, 1], 2).kappa is None


def test_nothing_in_common_is_no_agreement():
    assert measures.agreement([-1, 0], [1, -1], 4) is None


def test_rank_correlation_with_ties_and_gaps():
    up = measures.rank_correlation(TEN, TEN**3)
    assert up == measures.Correlation(10, pytest.approx(1.0))
    down = measures.rank_correlation([*TEN, NAN], [*-TEN, 5.0])
    assert (down.areas, down.value) == (10, pytest.approx(-1.0))
    assert measures.ranks(np.array([5.0, 1.0, 5.0])).tolist() == [2.5, 1.0, 2.5]


@pytest.mark.parametrize("second", [np.ones(10), np.full(10, NAN)])
def test_no_rank_correlation_without_variation(second):
    assert measures.rank_correlation(TEN, second).value is None


def test_outcome_by_class_finds_the_worst_fifth():
    found = measures.outcome_by_class([0, 0, 0, 0, 1, 1, 1, 1, 3, 3, -1], [*TEN, 99.0], 4)
    assert found.areas.tolist() == [4, 4, 0, 2]
    assert found.mean[0] == 1.5 and found.mean[3] == 8.5 and np.isnan(found.mean[2])
    assert found.worst_fifth[[0, 1, 3]].tolist() == [0.0, 0.0, 1.0]


def test_a_perfect_order_gathers_most_need_first():
    need = np.zeros(10)
    need[9] = 100.0
    found = measures.concentration(TEN, need, np.ones(10))
    assert found.top == pytest.approx(1.0) and found.index == pytest.approx(0.9)
    assert found.people[[0, 2, -1]].tolist() == pytest.approx([0, 0.1, 1]) and found.need[2] == pytest.approx(1)


def test_the_reverse_order_gathers_it_last():
    need = np.zeros(10)
    need[0] = 1.0
    found = measures.concentration(TEN, need, np.ones(10))
    assert found.top == 0.0 and found.index == pytest.approx(-0.9)


def test_equal_scores_give_the_diagonal_whatever_the_order_of_areas():
    found = measures.concentration(np.ones(10), TEN, np.ones(10))
    assert found.top == pytest.approx(0.1) and found.index == pytest.approx(0)
    mixed = measures.concentration([2, 1, 1, 1, 1, 1, 1, 1, 1, 1], [9, *range(9)], np.ones(10))
    turned = measures.concentration([2, 1, 1, 1, 1, 1, 1, 1, 1, 1], [9, *reversed(range(9))], np.ones(10))
    assert mixed.top == turned.top and mixed.index == pytest.approx(turned.index)


def test_a_tenth_is_of_residents_not_of_areas():
    people = np.array([91.0, *np.ones(9)])
    found = measures.concentration(np.arange(10.0, 0, -1), people, people)
    assert found.top == pytest.approx(0.1)


def test_no_curve_without_need_or_areas_and_no_negative_amounts():
    assert measures.concentration(TEN, np.zeros(10), np.ones(10)) is None
    assert measures.concentration(TEN[:3], TEN[:3], np.ones(3)) is None
    assert measures.concentration([*TEN, NAN], np.ones(11), np.ones(11)).areas == 10
    with pytest.raises(ValueError, match="cannot be negative"):
        measures.concentration(TEN, -TEN, np.ones(10))


def test_split_counts_classes_by_group():
    found = measures.split([0, 3, 3, -1, 1], [0, 0, 1, 1, -1], ["North", "South"], 4)
    assert found.counts.tolist() == [[1, 0, 0, 1], [0, 0, 0, 1]]


def test_spread_is_the_middle_of_the_draws():
    assert measures.spread([*range(101), NAN]) == measures.Spread(50.0, 5.0, 95.0)
    assert measures.spread([NAN]) is None
