"""Consistency, completeness and completion of tables; the array paths equal the rules read one by one."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorities.dex.model import RequiredWeights, ScaleOrder, Table
from priorities.dex.tables import plain
from priorities.dex.tables.completion import (
    AGAINST,
    NO_LINE,
    UNORDERED,
    WeightsError,
    complete,
    dominance_bounds,
    fit_line,
)
from priorities.dex.tables.consistency import completeness, conflicts, is_consistent
from priorities.dex.tables.grid import Ranges, TableScales
from priorities.dex.values import UNDEFINED, full, interval, single
from priorities.tests.dex.models import consistent_tables, crisp_table, default_model, scale, tables

ASC, DESC, NONE = ScaleOrder.ASCENDING, ScaleOrder.DESCENDING, ScaleOrder.UNORDERED
THREE_BY_THREE = TableScales((scale(3), scale(3)), scale(3))


def scales(output, *arguments, classes=3):
    return TableScales(tuple(scale(3, order) for order in arguments), scale(classes, output))


def values(table):
    return [rule.classes for rule in table.rules]


@given(tables())
@settings(max_examples=80, deadline=None)
def test_conflicts_and_bounds_equal_the_rules_read_one_by_one(case):
    table, its_scales = case
    assert list(conflicts(table, its_scales)) == plain.conflicting_pairs(table, its_scales)
    assert is_consistent(table, its_scales) is (not plain.conflicting_pairs(table, its_scales))
    if its_scales.is_ordered and is_consistent(table, its_scales):
        low, high = dominance_bounds(Ranges.of(table, its_scales), its_scales)
        for index, entered in enumerate(table.entered):
            if not entered:
                assert (low[index], high[index]) == plain.bounds(table, its_scales, index)


def test_conflicts_of_the_reference_example():
    """Rules 0, 1, 1, undefined, *, undefined, 1, 0, 2 over two ascending arguments of three classes."""
    rules = (single(0), single(1), single(1), UNDEFINED, full(3), UNDEFINED, single(1), single(0), single(2))
    table = Table(rules, (True,) * 9)
    assert list(conflicts(table, THREE_BY_THREE)) == [(1, 4), (1, 7), (4, 7), (6, 7)]
    assert not is_consistent(table, THREE_BY_THREE)


@pytest.mark.parametrize(
    ("output", "arguments", "low", "found"),
    [
        (ASC, (ASC, ASC), "012012222", []),
        (ASC, (ASC, ASC), "212012222", [(0, 1), (0, 3), (0, 4)]),
        (DESC, (DESC, DESC), "012012222", []),
        (DESC, (ASC, DESC), "222012012", []),
        (DESC, (ASC, ASC), "222210000", []),
        (ASC, (NONE, ASC), "222012001", []),
        (ASC, (NONE, ASC), "221012001", [(0, 2), (1, 2)]),
        (NONE, (ASC, ASC), "210012210", []),
    ],
)
def test_conflicts_follow_the_orders_of_the_scales(output, arguments, low, found):
    assert list(conflicts(crisp_table(low), scales(output, *arguments))) == found


def test_open_rules_are_no_evidence():
    assert list(conflicts(crisp_table("212012222", "-++++++++"), THREE_BY_THREE)) == []


def test_tables_of_thousands_of_rules_are_checked_at_once():
    large = TableScales((scale(10),) * 4, scale(10))
    heights = np.indices((10,) * 4).sum(axis=0).ravel() // 4
    rules = [single(int(height)) for height in heights]
    assert is_consistent(Table(tuple(rules), (True,) * 10_000), large)
    rules[5_000] = single(9)
    found = list(conflicts(Table(tuple(rules), (True,) * 10_000), large))
    assert found and all(5_000 in pair for pair in found)


def test_completeness_counts_entered_rules_and_the_width_of_the_others():
    table = Table((single(0), interval(1, 2), full(3), UNDEFINED), (True, False, False, True))
    measures = completeness(table, TableScales((scale(2), scale(2)), scale(3)))
    assert (measures.defined, measures.determined, measures.undefined) == (0.5, (1 + 0.5 + 0 + 1) / 4, 1)


def test_a_table_of_the_default_model_is_complete_and_consistent():
    model = default_model()
    for index in model.aggregates:
        attribute = model.attributes[index]
        its_scales = TableScales.of(model, attribute)
        measures = completeness(attribute.function, its_scales)
        assert (measures.defined, measures.determined) == (1, 1) and is_consistent(attribute.function, its_scales)


def ends(table):
    """Lowest and highest classes as in FUNCTION/LOW and HIGH."""
    return tuple("".join(str(rule.classes[end]) for rule in table.rules) for end in (0, -1))


def partly(text):
    """A table of which only some rules are entered: "0---1---2"."""
    return crisp_table(text.replace("-", "0"), "".join("-" if mark == "-" else "+" for mark in text))


@pytest.mark.parametrize(
    ("output", "arguments", "entered", "low", "high"),
    [
        (ASC, (ASC, ASC), "0---1---2", "000011012", "012112222"),
        (DESC, (DESC, DESC), "0---1---2", "000011012", "012112222"),
        (ASC, (DESC, DESC), "----1----", "110110000", "222211211"),
        (DESC, (ASC, ASC), "----1----", "110110000", "222211211"),
        (DESC, (NONE, ASC), "----1----", "000110000", "222211222"),
        (ASC, (ASC, ASC), "---------", "000000000", "222222222"),
    ],
)
def test_dominance_leaves_what_no_entered_rule_contradicts(output, arguments, entered, low, high):
    assert ends(complete(partly(entered), scales(output, *arguments)).table) == (low, high)


def test_without_order_of_the_output_dominance_fills_nothing_and_says_so():
    completion = complete(partly("0---1---2"), scales(NONE, ASC, ASC))
    assert ends(completion.table) == ("000010002", "022212222")
    assert completion.notes == (UNORDERED,)


def test_contradictions_switch_dominance_off_and_leave_the_weights():
    table = partly("2---1---0")
    completion = complete(table, THREE_BY_THREE)
    assert ends(completion.table) == ("200010000", "222212220") and "contradict" in completion.notes[0]
    both = complete(table, THREE_BY_THREE, mode="both", weights=(50, 50))
    assert ends(both.table) == ("221211110", "221211110") and "contradict" in both.notes[0]
    assert both.table.rules == complete(table, THREE_BY_THREE, mode="weights", weights=(50, 50)).table.rules


@given(tables(), st.sampled_from(("dominance", "weights", "both")))
@settings(max_examples=60, deadline=None)
def test_entered_rules_are_never_touched_and_changed_rules_are_listed(case, mode):
    table, its_scales = case
    try:
        completion = complete(table, its_scales, mode=mode, weights=[1] * len(its_scales.sizes))
    except WeightsError:
        return
    assert completion.table.entered == table.entered
    changed = [
        index
        for index, (old, new) in enumerate(zip(values(table), values(completion.table), strict=True))
        if old != new
    ]
    assert not any(table.entered[index] for index in changed)
    assert set(changed) <= set(completion.changed)


@given(tables())
@settings(max_examples=60, deadline=None)
def test_completion_from_dominance_never_breaks_consistency(case):
    table, its_scales = case
    if not is_consistent(table, its_scales):
        return
    completed = complete(table, its_scales).table
    assert is_consistent(replace(completed, entered=(True,) * len(completed.rules)), its_scales)


@given(consistent_tables(), st.lists(st.integers(0, 5), min_size=3, max_size=3))
@settings(max_examples=60, deadline=None)
def test_weights_only_refine_what_dominance_allows(case, weights):
    table, its_scales = case
    percent = weights[: len(its_scales.sizes)]
    allowed = complete(table, its_scales).table
    try:
        refined = complete(table, its_scales, mode="both", weights=percent)
    except WeightsError:
        return
    for wide, narrow in zip(values(allowed), values(refined.table), strict=True):
        assert set(narrow) <= set(wide)
        assert len(narrow) == 1 or NO_LINE in refined.notes


@given(consistent_tables(orders=(ASC,)), st.lists(st.integers(0, 5), min_size=3, max_size=3))
@settings(max_examples=60, deadline=None)
def test_completion_from_both_stays_consistent_where_the_line_does_not_fall(case, weights):
    table, its_scales = case
    percent = weights[: len(its_scales.sizes)]
    try:
        completed = complete(table, its_scales, mode="both", weights=percent).table
    except WeightsError:
        return
    line = fit_line(Ranges.of(table, its_scales), its_scales, percent)
    if line is None or line.slope >= 0:
        assert is_consistent(replace(completed, entered=(True,) * len(completed.rules)), its_scales)


@given(consistent_tables(most_rules=6, classes=3))
@settings(max_examples=30, deadline=None)
def test_intervals_hold_exactly_what_consistent_completions_use(case):
    """Brute force over every crisp way of filling the open rules of a small table."""
    table, its_scales = case
    opened = [index for index, entered in enumerate(table.entered) if not entered]
    reached = {index: set() for index in opened}
    for choice in itertools.product(range(its_scales.output.size), repeat=len(opened)):
        rules = list(table.rules)
        for index, part in zip(opened, choice, strict=True):
            rules[index] = single(part)
        if not plain.conflicting_pairs(Table(tuple(rules), (True,) * len(rules)), its_scales):
            for index, part in zip(opened, choice, strict=True):
                reached[index].add(part)
    completed = values(complete(table, its_scales).table)
    assert {index: set(completed[index]) for index in opened} == reached


def test_an_undefined_rule_is_neither_open_nor_evidence():
    table = Table((UNDEFINED, single(0), single(0), single(2)), (True, False, False, True))
    two = TableScales((scale(2), scale(2)), scale(3))
    completed = complete(table, two).table
    assert completed.rules[0] == UNDEFINED and values(completed)[1] == (0, 1, 2)
    assert values(complete(table, two, mode="weights", weights=(50, 50)).table)[1] == (0, 1, 2)


TIE = TableScales((scale(2), scale(2)), scale(2))


@pytest.mark.parametrize(("rounding", "filled"), [(-1, 0), (0, 1), (1, 1)])
def test_ties_go_where_rounding_says(rounding, filled):
    """From 0 at (0, 0) and 1 at (1, 1), equal weights put the other two rules exactly half way."""
    table = replace(crisp_table("0001", "+--+"), weights=RequiredWeights((50, 50), rounding))
    assert values(complete(table, TIE, mode="weights").table)[1:3] == [(filled,)] * 2
    assert values(complete(table, TIE, mode="both").table)[1:3] == [(filled,)] * 2


def test_thirds_tie_exactly():
    thirds = TableScales((scale(2), scale(2), scale(2)), scale(4))
    table = replace(crisp_table("00000003", "+------+"), weights=RequiredWeights((100 / 3,) * 3))
    assert ends(complete(table, thirds, mode="weights").table)[0] == "01121223"


@given(tables(orders=(ASC, DESC)), st.lists(st.integers(1, 60), min_size=3, max_size=3))
@settings(max_examples=40, deadline=None)
def test_the_line_is_the_regression_of_the_specification(case, weights):
    table, its_scales = case
    percent = weights[: len(its_scales.sizes)]
    ranges = Ranges.of(table, its_scales)
    s = (its_scales.combinations @ np.array(percent))[ranges.evidence].astype(float)
    y = ranges.middle[ranges.evidence]
    line = fit_line(ranges, its_scales, percent)
    if len(np.unique(s)) < 2:
        assert line is None
        return
    c = len(s)
    k = ((s * y).sum() - s.sum() * y.sum() / c) / ((s**2).sum() - s.sum() ** 2 / c)
    n = (y.sum() - k * s.sum()) / c
    assert float(line.slope) == pytest.approx(k, abs=1e-9) and float(line.constant) == pytest.approx(n, abs=1e-7)
    everywhere = its_scales.combinations @ np.array(percent) * k + n
    filled = line.rounded(np.ones(len(everywhere), dtype=bool), 0)
    assert (abs(filled - np.clip(everywhere, 0, its_scales.output.size - 1)) <= 0.5 + 1e-9).all()


@pytest.mark.parametrize("entered", ["---------", "--------2", "--0-0-0--"])
def test_weights_without_a_line_leave_the_rules_open_and_say_so(entered):
    completion = complete(partly(entered), THREE_BY_THREE, mode="weights", weights=(50, 50))
    assert completion.notes == (NO_LINE,) and values(completion.table)[1] == (0, 1, 2)


@pytest.mark.parametrize(
    ("its_scales", "weights", "reason"),
    [
        (THREE_BY_THREE, None, "the table has none"),
        (THREE_BY_THREE, (100,), "1 weights for 2 arguments"),
        (THREE_BY_THREE, (110, -10), "from 0 upwards"),
        (THREE_BY_THREE, (float("nan"), 50), "from 0 upwards"),
        (scales(NONE, ASC, ASC), (50, 50), "the output has none"),
        (scales(ASC, ASC, NONE), (50, 50), "argument 2 has none"),
        (TableScales((scale(9),), scale(3)), (100,), "at least two arguments"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(its_scales, weights, reason):
    with pytest.raises(WeightsError, match=reason):
        complete(partly("0---1---2"), its_scales, mode="weights", weights=weights)


def test_a_line_against_the_order_of_the_scales_is_noted():
    """Class indices are not reversed for weights: on opposite scales the sum runs across the preference."""
    across = scales(ASC, ASC, DESC)
    completion = complete(partly("0---1----"), across, mode="both", weights=(10, 90))
    assert ends(completion.table) == ("000111112", "000111112") and completion.notes == (AGAINST,)
    assert complete(partly("0---1---2"), THREE_BY_THREE, mode="both", weights=(10, 90)).notes == ()


def test_a_table_that_does_not_fit_its_scales_is_refused():
    with pytest.raises(ValueError, match="9 rules; its arguments make 4"):
        complete(partly("0---1---2"), TIE)
    with pytest.raises(ValueError, match="rule 3 holds class 2"):
        complete(crisp_table("0002"), TIE)
    with pytest.raises(ValueError, match="no way of completing"):
        complete(crisp_table("0001"), TIE, mode="magic")
