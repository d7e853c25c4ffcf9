"""Comparison by preference, deep comparison, weak and strong points; array paths equal the plain ones."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorities.dex.analyses.comparison import CODES, compare, compare_areas
from priorities.dex.analyses.preference import Relation, relation
from priorities.dex.analyses.selective import selective_areas, selective_explanation
from priorities.dex.dxi import read_dxi
from priorities.dex.evaluate import evaluate
from priorities.dex.model import Scale, ScaleClass, ScaleOrder
from priorities.dex.vectorised import evaluate_areas
from priorities.tests.dex.models import attribute, default_model, dxi, function, models

BETTER, WORSE, EQUAL, UNKNOWN = Relation.BETTER, Relation.WORSE, Relation.EQUAL, Relation.INCOMPARABLE
CLASSES = tuple(ScaleClass(f"c{index}") for index in range(4))


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ({2: 1}, {1: 1}, BETTER),
        ({1: 1}, {2: 1}, WORSE),
        ({1: 1}, {1: 1}, EQUAL),
        ({1: 1, 2: 1}, {1: 1}, BETTER),
        ({0: 1, 3: 1}, {1: 1, 2: 1}, UNKNOWN),
        ({0: 1, 3: 1}, {0: 1, 1: 1, 3: 1}, UNKNOWN),
        ({0: Fraction(1, 4), 2: Fraction(3, 4)}, {0: Fraction(1, 2), 2: Fraction(1, 2)}, BETTER),
        ({0: 0.5, 3: 0.5}, {1: 0.5, 2: 0.5}, UNKNOWN),
        ({1: 0.5, 2: 0.5}, {2: 1}, WORSE),
        (None, None, UNKNOWN),
        ({}, {1: 1}, UNKNOWN),
    ],
)
def test_values_are_compared_by_preference(first, second, wanted):
    assert relation(Scale(CLASSES), first, second) is wanted
    assert relation(Scale(CLASSES), second, first) is wanted.reverse
    assert relation(Scale(CLASSES, order=ScaleOrder.DESCENDING), first, second) is wanted.reverse
    unordered = Scale(CLASSES, order=ScaleOrder.UNORDERED)
    assert relation(unordered, first, second) is (EQUAL if wanted is EQUAL else UNKNOWN)


def test_numbers_are_compared_along_their_scale():
    assert relation(Scale(continuous=True), 2.5, 1.0) is BETTER
    assert relation(Scale(continuous=True, order=ScaleOrder.DESCENDING), 2.5, 1.0) is WORSE
    assert relation(Scale(continuous=True, order=ScaleOrder.UNORDERED), 2.5, 1.0) is UNKNOWN
    assert relation(Scale(continuous=True), 1.0, 1.0) is EQUAL


def test_deep_comparison_sees_who_is_ahead_below_an_equal_class():
    model = read_dxi(dxi(attribute("R", function("000111222"), attribute("A"), attribute("B"))))

    def compared(first, second, **options):
        values = [evaluate(model, dict(zip(model.inputs, row, strict=True))) for row in (first, second)]
        return compare(model, *values, **options)[0]

    assert compared((1, 2), (1, 0)) is Relation.AT_LEAST
    assert compared((1, 0), (1, 2)) is Relation.AT_MOST
    assert compared((1, 2), (1, 0), deep=False) is EQUAL
    assert compared((1, 2), (1, 2)) is EQUAL
    assert compared((2, 0), (1, 2)) is BETTER


def test_an_equal_class_from_mixed_arguments_stays_equal():
    model = read_dxi(
        dxi(attribute("R", function("0111"), attribute("A", classes=2), attribute("B", classes=2), classes=2))
    )
    first, second = (evaluate(model, dict(zip(model.inputs, row, strict=True))) for row in ((0, 1), (1, 0)))
    assert compare(model, first, second) == (EQUAL, WORSE, BETTER)


@st.composite
def pairs(draw):
    model = draw(models())
    rows = [[draw(st.integers(-1, model.attributes[i].size - 1)) for i in model.inputs] for _ in range(3)]
    columns = np.array(rows).reshape(3, len(model.inputs))
    return model, evaluate_areas(model, {i: columns[:, k] for k, i in enumerate(model.inputs)}, areas=3)


def intervals(model, evaluation, row):
    """What remains possible, read as everything between its ends."""
    return [dict.fromkeys(range(int(evaluation.low[row, k]), int(evaluation.high[row, k]) + 1), 1)
            if evaluation.low[row, k] >= 0 else None for k in range(len(model.attributes))]  # fmt: skip


@given(pairs(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_comparing_areas_equals_comparing_options(case, deep):
    model, evaluation = case
    first, second = np.array([0, 0, 1, 2]), np.array([1, 2, 2, 2])
    codes = compare_areas(model, evaluation, first, second, deep=deep)
    for row, (one, other) in enumerate(zip(first, second, strict=True)):
        plain = compare(model, intervals(model, evaluation, one), intervals(model, evaluation, other), deep=deep)
        assert codes[row].tolist() == [CODES[found] for found in plain]
    assert compare_areas(model, evaluation, 0, second, deep=deep).shape == (4, len(model.attributes))


GROUPS = "<SCALE><ORDER>DESC</ORDER>{}</SCALE>".format(
    "".join(
        f"<SCALEVALUE><NAME>{name}</NAME><GROUP>{group}</GROUP></SCALEVALUE>"
        for name, group in (("low", "GOOD"), ("middle", ""), ("high", "BAD"), ("very high", "BAD"))
    )
)


def test_weak_and_strong_points_come_in_tree_order():
    model = default_model()
    names = {model.find(name).index for name in ("CLINICAL_NEED", "LTC_BURDEN", "FRAILTY", "DEPRIVATION")}
    inputs = {index: 2 if model.attributes[index].parent in names else 0 for index in model.inputs}
    points = selective_explanation(model, evaluate(model, inputs))
    assert points.weak == tuple(sorted(points.weak)) and points.strong == tuple(sorted(points.strong))
    named = [model.attributes[index].name for index in points.weak]
    assert named == ["CLINICAL_NEED", "LTC_BURDEN", "CARDIOMETABOLIC", "RESPIRATORY", "MENTAL_COGNITIVE", "FRAILTY",
                     "AGE75", "BAD_HEALTH"]  # fmt: skip
    assert model.find("DEPRIVATION").index in points.strong


def test_an_open_value_is_weak_only_when_all_its_classes_are():
    model = read_dxi(dxi(attribute("R", function("0123"), attribute("A", scale=GROUPS), scale=GROUPS)))
    assert selective_explanation(model, evaluate(model, {1: {2, 3}})).weak == (0, 1)
    assert selective_explanation(model, evaluate(model, {1: {1, 3}})).weak == ()
    assert selective_explanation(model, evaluate(model, {1: 0})).strong == (0, 1)
    evaluation = evaluate_areas(model, {1: np.array([3, 2, 1, 0, -1])})
    assert selective_areas(model, evaluation).tolist() == [[-1, -1], [-1, -1], [0, 0], [1, 1], [0, 0]]


def test_numbers_are_weak_and_strong_beyond_their_marks():
    scale = "<SCALE>{}<CONTINUOUS><LOW>1</LOW><HIGH>3</HIGH></CONTINUOUS></SCALE>"
    discretise = "<DISCRETIZE><VALUE>0</VALUE><BOUND>2</BOUND><VALUE>2</VALUE></DISCRETIZE>"
    for order, weak, strong in (("", 0.5, 3.0), ("<ORDER>DESC</ORDER>", 4.0, 1.0)):
        model = read_dxi(dxi(attribute("R", discretise, attribute("N", scale=scale.format(order)))))
        assert selective_explanation(model, evaluate(model, {1: weak})).weak == (1,)
        assert selective_explanation(model, evaluate(model, {1: strong})).strong == (1,)
        assert selective_explanation(model, evaluate(model, {1: 2.0})) == selective_explanation(
            model, evaluate(model, {})
        )
