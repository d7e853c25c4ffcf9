"""Properties of the default model, proved over all 708,588 combinations of its inputs."""

import itertools

import numpy as np
import pytest

from priorities.dex.minutes import DEFAULT_POLICY, visit_minutes
from priorities.dex.model import ScaleOrder, Table
from priorities.dex.vectorised import evaluate_areas
from priorities.tests.dex.models import default_model

ROUTINE, STANDARD, ELEVATED, URGENT = range(4)
LOW, VERY_HIGH, CORE20 = 0, 3, 3


@pytest.fixture(scope="module")
def model():
    return default_model()


@pytest.fixture(scope="module")
def grid(model):
    """Every combination of input classes, as one axis per input."""
    axes = np.indices([model.attributes[index].size for index in model.inputs], dtype=np.int8)
    return dict(zip(model.inputs, axes.reshape(len(model.inputs), -1), strict=True))


@pytest.fixture(scope="module")
def outcome(model, grid):
    return evaluate_areas(model, grid)


def priority_by_input(model, outcome):
    return outcome.classes[:, 0].reshape([model.attributes[index].size for index in model.inputs])


def test_has_twelve_inputs_eight_tables_and_708588_combinations(model, outcome):
    assert len(model.inputs) == 12
    assert sum(isinstance(attribute.function, Table) for attribute in model.attributes) == 8
    assert len(outcome.classes) == 708_588
    assert all(attribute.scale.order is ScaleOrder.DESCENDING for attribute in model.attributes)


def test_every_table_is_fully_defined_and_consistent_under_dominance(model):
    for attribute in (model.attributes[index] for index in model.aggregates):
        assert attribute.function.is_crisp and all(attribute.function.entered)
        shape = [model.attributes[child].size for child in attribute.children]
        table = np.array([rule.memberships[0][0] for rule in attribute.function.rules]).reshape(shape)
        for axis in range(table.ndim):
            assert (np.diff(table, axis=axis) >= 0).all(), attribute.name


def test_priority_never_falls_when_any_single_need_rises(model, outcome):
    priorities = priority_by_input(model, outcome)
    for axis, index in enumerate(model.inputs):
        assert (np.diff(priorities, axis=axis) >= 0).all(), model.attributes[index].name


def test_every_input_matters_somewhere(model, outcome):
    priorities = priority_by_input(model, outcome)
    for axis, index in enumerate(model.inputs):
        assert np.diff(priorities, axis=axis).any(), f"{model.attributes[index].name} changes nothing"


def test_every_deprivation_band_matters(model, outcome):
    axis = model.inputs.index(model.find("DEPRIVATION").index)
    steps = np.diff(priority_by_input(model, outcome), axis=axis)
    assert steps.shape[axis] == 3
    for band in range(3):
        assert steps.take(band, axis=axis).any(), f"step {band} changes nothing"


def test_low_clinical_need_is_at_most_standard(model, outcome):
    clinical = outcome.classes[:, model.find("CLINICAL_NEED").index]
    assert outcome.classes[clinical == LOW, 0].max() == STANDARD


def test_very_high_clinical_need_is_at_least_elevated(model, outcome):
    clinical = outcome.classes[:, model.find("CLINICAL_NEED").index]
    assert outcome.classes[clinical == VERY_HIGH, 0].min() == ELEVATED


def test_core20_alone_gives_standard_and_never_urgent(model):
    alone = {index: np.zeros(1, dtype=np.int8) for index in model.inputs}
    alone[model.find("DEPRIVATION").index] = np.array([CORE20], dtype=np.int8)
    assert evaluate_areas(model, alone).classes[0, 0] == STANDARD


def test_high_access_barriers_raise_one_step_and_medium_leaves_the_class(model):
    table = np.array([rule.memberships[0][0] for rule in model.attributes[0].function.rules]).reshape(4, 4, 3)
    assert (table[:, :, 1] == table[:, :, 0]).all()
    raised = np.minimum(table[:, :, 0] + 1, URGENT)
    raised[LOW] = np.minimum(raised[LOW], STANDARD)
    assert (table[:, :, 2] == raised).all()


def test_published_base_table_of_clinical_need_by_social_vulnerability(model):
    table = np.array([rule.memberships[0][0] for rule in model.attributes[0].function.rules]).reshape(4, 4, 3)
    assert table[:, :, 0].tolist() == [
        [ROUTINE, ROUTINE, STANDARD, STANDARD],
        [ROUTINE, STANDARD, STANDARD, ELEVATED],
        [STANDARD, STANDARD, ELEVATED, ELEVATED],
        [ELEVATED, ELEVATED, ELEVATED, URGENT],
    ]


def test_every_class_and_every_rule_of_every_table_can_be_reached(model, outcome):
    for attribute in (model.attributes[index] for index in model.aggregates):
        fired = np.unique(outcome.rules[:, attribute.index])
        assert len(fired) == len(attribute.function.rules), attribute.name


def test_visit_minutes_cover_every_sum_of_base_and_additions_and_nothing_else(model, outcome):
    DEFAULT_POLICY.check(model)
    minutes, low, high = visit_minutes(model, outcome, DEFAULT_POLICY)
    expected = {base + sum(extra) for base in (20, 30, 45, 60) for extra in itertools.product((0, 15), (0, 10))}
    assert set(np.unique(minutes)) == expected and max(expected) == 85
    assert (low == minutes).all() and (high == minutes).all()
