"""The flag of unmet need, area by area and as arrays; the few changes that are told to people."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorities.dex.analyses.nearest import nearest_changes
from priorities.dex.analyses.unmet_need import UNKNOWN, UnmetNeedLimits, unmet_need, unmet_need_of_areas
from priorities.dex.evaluate import evaluate
from priorities.tests.dex.models import default_model

LOW = (29.0, 8.9, 16.2)
DEFAULT = default_model()


@pytest.mark.parametrize(
    ("decile", "bad_health", "diagnosed", "wanted"),
    [
        (1, 9.0, (20.0, 8.0, 20.0), True),
        (2, 7.0, (20.0, 8.0, 20.0), True),
        (3, 9.0, (20.0, 8.0, 20.0), False),
        (1, 6.9, (20.0, 8.0, 20.0), False),
        (1, 9.0, (29.0, 8.0, 20.0), False),
        (1, 9.0, (None, 8.0, 20.0), None),
        (1, 9.0, (None, 8.0, 10.0), True),
        (None, 9.0, (20.0, 8.0, 10.0), None),
        (None, 5.0, (20.0, 8.0, 10.0), False),
        (1, float("nan"), (30.0, 9.0, None), False),
    ],
)
def test_flag_needs_deprivation_bad_health_and_few_diagnoses(decile, bad_health, diagnosed, wanted):
    assert unmet_need(decile, bad_health, diagnosed, LOW) is wanted


def figure(low, high):
    return st.one_of(st.none(), st.floats(low, high))


@given(st.lists(st.tuples(figure(1, 4), figure(5, 9), figure(20, 40), figure(5, 12), figure(10, 20)), min_size=1))
@settings(deadline=None)
def test_areas_are_flagged_as_each_one_is(rows):
    table = np.array(rows, dtype=np.float64)
    flags = unmet_need_of_areas(table[:, 0], table[:, 1], table[:, 2:], LOW)
    plain = [unmet_need(row[0], row[1], row[2:], LOW) for row in rows]
    assert flags.tolist() == [UNKNOWN if flag is None else int(flag) for flag in plain]


def test_limits_can_be_stated_otherwise():
    assert unmet_need(4, 6.0, (20.0, 9.0, 20.0), LOW, UnmetNeedLimits(4, 6.0, 1)) is True


@given(st.lists(st.integers(0, 2), min_size=12, max_size=12))
@settings(max_examples=25, deadline=None)
def test_told_changes_lead_where_they_say(row):
    classes = dict(zip(DEFAULT.inputs, row, strict=True))
    now = next(iter(evaluate(DEFAULT, classes)[0]))
    found = nearest_changes(DEFAULT, classes)
    for change in found.changes:
        moved = classes | {move.attribute: move.after for move in change.moves}
        assert evaluate(DEFAULT, moved)[0] == {change.becomes: 1}
        assert (change.becomes > now) is change.rises and change.becomes != now
    assert found.if_known == {}
    assert len(found.changes) <= 6


def test_a_missing_figure_is_told_by_what_it_could_make_of_the_class():
    classes = dict.fromkeys(DEFAULT.inputs, 0) | {DEFAULT.find("DEPRIVATION").index: None}
    found = nearest_changes(DEFAULT, classes)
    assert found.if_known == {DEFAULT.find("DEPRIVATION").index: {0: 0, 1: 0, 2: 0, 3: 1}}
