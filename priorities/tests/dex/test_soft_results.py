"""Confidence in the published class, and minutes expected from probabilities."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorities.dex.confidence import confidence, evaluate_softly
from priorities.dex.evaluate import evaluate, most_probable
from priorities.dex.minutes import DEFAULT_POLICY, Addition, MinutesPolicy, expected_minutes, visit_minutes
from priorities.dex.model import Scale, ScaleClass, ScaleOrder
from priorities.dex.thresholds import Thresholds
from priorities.dex.vectorised import evaluate_areas
from priorities.tests.dex.models import default_model

MODEL = default_model()
NODES = {name: MODEL.find(name).index for name in ("PRIORITY", "LOW_ENGLISH", "FRAILTY")}
FOUR = Scale(tuple(ScaleClass(name) for name in ("routine", "standard", "elevated", "urgent")), ScaleOrder.DESCENDING)


def chances(priority, english=(1.0, 0.0, 0.0), frailty=(1.0, 0.0, 0.0)):
    rows = dict(zip(NODES, (priority, english, frailty), strict=True))
    return {NODES[name]: np.array([row], dtype=float) for name, row in rows.items()}


def minutes(*rows, policy=DEFAULT_POLICY):
    found = expected_minutes(MODEL, chances(*rows), policy)
    return tuple(int(part[0]) for part in (found.minutes, found.low, found.high))


def test_certain_classes_give_their_minutes_and_no_range():
    assert minutes((0, 0, 1, 0)) == (45, 45, 45)
    assert minutes((0, 0, 0, 1), (0, 0, 1), (0, 0, 1)) == (85, 85, 85)


def test_expected_minutes_weigh_classes_and_additions_by_probability():
    # 0.5 x 30 + 0.5 x 45 + 0.4 x 15 = 43.5
    assert minutes((0, 0.5, 0.5, 0), (0, 0.6, 0.4)) == (45, 30, 60)
    exact = expected_minutes(MODEL, chances((0, 0.5, 0.5, 0), (0, 0.6, 0.4)), DEFAULT_POLICY).exact
    assert exact.tolist() == [43.5]


def test_a_class_below_a_tenth_is_not_in_the_range_and_a_tenth_is():
    assert minutes((0, 0.91, 0.09, 0)) == (30, 30, 30)
    assert minutes((0, 0.9, 0.1, 0)) == (30, 30, 45)


def test_an_addition_is_certain_once_its_absence_is_below_a_tenth():
    assert minutes((1, 0, 0, 0), (0.05, 0, 0.95)) == (35, 35, 35)
    assert minutes((1, 0, 0, 0), (0.1, 0, 0.9)) == (35, 20, 35)
    assert minutes((1, 0, 0, 0), (0.95, 0, 0.05)) == (20, 20, 20)


def test_the_range_holds_the_expected_minutes_that_unlikely_classes_draw_beyond_it():
    # 0.93 x 20 + 0.07 x 60 = 22.8, so 25, though urgent is too unlikely to be shown.
    assert minutes((0.93, 0, 0, 0.07)) == (25, 20, 25)


def test_minutes_are_rounded_and_kept_between_floor_and_ceiling():
    assert minutes((0, 0.5, 0.5, 0)) == (40, 30, 45)  # 37.5, halves up
    far = replace(DEFAULT_POLICY, base=(5, 30, 45, 95))
    assert minutes((1, 0, 0, 0), policy=far) == (15, 15, 15)
    assert minutes((0, 0, 0, 1), policy=far) == (90, 90, 90)


def test_probabilities_that_are_not_given_or_do_not_add_up_are_refused():
    whole = chances((1, 0, 0, 0))
    with pytest.raises(ValueError, match="FRAILTY: its probabilities are needed"):
        expected_minutes(MODEL, {k: v for k, v in whole.items() if k != NODES["FRAILTY"]}, DEFAULT_POLICY)
    with pytest.raises(ValueError, match="PRIORITY: the probabilities of an area do not sum to 1"):
        expected_minutes(MODEL, whole | {NODES["PRIORITY"]: np.full((1, 4), np.nan)}, DEFAULT_POLICY)
    with pytest.raises(ValueError, match="expected 4 classes"):
        expected_minutes(MODEL, whole | {NODES["PRIORITY"]: np.ones((1, 1))}, DEFAULT_POLICY)


@st.composite
def distributions(draw, size):
    parts = np.array([draw(st.integers(0, 20)) for _ in range(size)], dtype=float)
    parts[draw(st.integers(0, size - 1))] += 1
    return parts / parts.sum()


@given(distributions(4), distributions(3), distributions(3), st.integers(0, 30), st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_minutes_are_those_of_the_formula(priority, english, frailty, first, second):
    policy = MinutesPolicy(
        (20, 30, 45, 60), (1, 1, 1, 1), (Addition("LOW_ENGLISH", 2, first), Addition("FRAILTY", 1, second))
    )
    found, low, high = minutes(priority, english, frailty, policy=policy)
    exact = sum(p * m for p, m in zip(priority, policy.base, strict=True)) + english[2] * first + frailty[1] * second
    assert found % 5 == 0 and abs(found - min(max(exact, 15), 90)) <= 2.5 + 1e-6
    assert 15 <= low <= found <= high <= 90


@given(st.lists(st.lists(st.integers(0, 2), min_size=12, max_size=12), min_size=1, max_size=5))
@settings(max_examples=20, deadline=None)
def test_hard_memberships_give_the_minutes_and_classes_that_are_published(rows):
    inputs = dict(zip(MODEL.inputs, np.array(rows).T, strict=True))
    evaluation = evaluate_areas(MODEL, inputs)
    hard = {index: np.eye(MODEL.attributes[index].size)[classes] for index, classes in inputs.items()}
    soft = evaluate_softly(MODEL, hard, areas=len(rows))
    by_class = visit_minutes(MODEL, evaluation, DEFAULT_POLICY)
    by_chance = expected_minutes(MODEL, {index: soft.memberships(index) for index in NODES.values()}, DEFAULT_POLICY)
    softly = (by_chance.minutes, by_chance.low, by_chance.high)
    assert [part.tolist() for part in by_class] == [part.tolist() for part in softly]
    sure = confidence(MODEL.attributes[0].scale, evaluation.classes[:, 0], soft.memberships(0))
    assert (sure.probability == 1).all() and not sure.near_boundary.any()
    assert (sure.possible.sum(axis=1) == 1).all()


def test_confidence_names_the_boundary_and_the_classes_beside_it():
    sure = confidence(FOUR, [1, 1, 2, -1], [[0.3, 0.7, 0, 0], [0.05, 0.4, 0.55, 0], [0, 0.5, 0.5, 0], [0, 0, 0, 1]])
    assert sure.probability[:3].tolist() == [0.7, 0.4, 0.5] and np.isnan(sure.probability[3])
    assert sure.near_boundary.tolist() == [False, True, False, False]
    assert sure.most_probable.tolist() == [1, 2, 2, 3]
    assert sure.likely[1].tolist() == [False, True, True, False]
    assert sure.possible[1].tolist() == [True, True, True, False]


def test_the_most_probable_of_equals_is_the_more_urgent_one():
    rising = replace(FOUR, order=ScaleOrder.ASCENDING)
    even = [[0, 0.5, 0.5, 0]]
    assert confidence(FOUR, [1], even).most_probable[0] == 2 and confidence(rising, [1], even).most_probable[0] == 1
    assert not confidence(FOUR, [1], even).near_boundary[0]


@given(st.lists(distributions(4), min_size=1, max_size=6), st.data())
@settings(max_examples=30, deadline=None)
def test_confidence_agrees_with_the_plain_choice_of_a_class(rows, data):
    published = [data.draw(st.integers(-1, 3)) for _ in rows]
    sure = confidence(FOUR, published, rows)
    for number, (row, index) in enumerate(zip(rows, published, strict=True)):
        best = most_probable(FOUR, dict(enumerate(row)))
        assert sure.most_probable[number] == best
        assert bool(sure.near_boundary[number]) == (index >= 0 and row[index] < row[best] - 1e-9)


@pytest.mark.parametrize(
    ("published", "rows", "reason"),
    [([0], [[1, 0]], "expected"), ([4], [[1, 0, 0, 0]], "outside the scale"), ([0], [[0.5, 0, 0, 0]], "sum to 1")],
)
def test_confidence_refuses_what_does_not_fit(published, rows, reason):
    with pytest.raises(ValueError, match=reason):
        confidence(FOUR, published, rows)


@given(st.lists(st.floats(0, 30) | st.none(), min_size=12, max_size=12))
@settings(max_examples=20, deadline=None)
def test_soft_evaluation_of_figures_equals_the_plain_one_with_gaps(figures):
    limits = {index: Thresholds(tuple(8.0 + 4 * k for k in range(MODEL.attributes[index].size - 1)),
                                (1.0,) * (MODEL.attributes[index].size - 1)) for index in MODEL.inputs}  # fmt: skip
    columns, option = {}, {}
    for (index, limit), figure in zip(limits.items(), figures, strict=True):
        columns[index] = limit.memberships([np.nan if figure is None else figure])
        given_classes = limit.memberships_of(figure)
        option[index] = None if given_classes is None else dict(enumerate(given_classes))
    soft = evaluate_softly(MODEL, columns, areas=1)
    plain = evaluate(MODEL, option, method="prob", expand=True)
    for index, value in enumerate(plain):
        expected = [float(value.get(k, 0)) for k in range(MODEL.attributes[index].size)]
        assert soft.memberships(index)[0] == pytest.approx(expected, abs=1e-9)
