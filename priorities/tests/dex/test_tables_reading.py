"""Tables read as boxes and sentences, symmetry, fitting to examples, and editing."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorities.dex.dxi import read_dxi
from priorities.dex.dxi_writer import write_dxi
from priorities.dex.model import RequiredWeights, ScaleOrder, Table
from priorities.dex.tables.complex_rules import complex_rules
from priorities.dex.tables.consistency import is_consistent
from priorities.dex.tables.editing import (
    live,
    with_consistency,
    with_derived_entered,
    with_open_rules,
    with_rule,
    with_rules,
    with_weights,
)
from priorities.dex.tables.fitting import Example, fit
from priorities.dex.tables.grid import TableScales, running_maximum
from priorities.dex.tables.symmetry import asymmetric_pairs, enforce, is_symmetric, symmetric_arguments
from priorities.dex.tables.wording import TableWords
from priorities.dex.values import UNDEFINED, full, interval, single
from priorities.tests.dex.models import car_model, crisp_table, default_model, scale, tables

CAR = car_model()
ASC, DESC, NONE = ScaleOrder.ASCENDING, ScaleOrder.DESCENDING, ScaleOrder.UNORDERED
THREE_BY_THREE = TableScales((scale(3), scale(3)), scale(3))


def of_car(name):
    node = CAR.find(name)
    return node.function, TableScales.of(CAR, node)


def boxes(name, value):
    """As the reference library writes them: low corner, then high corner."""
    found = [box for box in complex_rules(*of_car(name)) if box.value == single(value)]
    return ["".join(map(str, (*box.low, *box.high))) for box in found]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("CAR", 0, ["0003", "0020"]),
        ("CAR", 1, ["1111"]),
        ("CAR", 2, ["1212", "2121"]),
        ("CAR", 3, ["1323", "2223"]),
        ("PRICE", 2, ["1222", "2122"]),
        ("COMFORT", 0, ["000032", "000202", "000230"]),
        ("COMFORT", 1, ["111112", "111131", "111211"]),
        ("COMFORT", 2, ["122232", "212232", "221232"]),
    ],
)
def test_boxes_of_the_published_example(name, value, expected):
    assert boxes(name, value) == expected


@given(tables(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_boxes_cover_exactly_and_cannot_grow(case, entered_only):
    table, scales = case
    found = complex_rules(table, scales, entered_only=entered_only)
    counted = {index for index in range(len(table.rules)) if table.entered[index] or not entered_only}
    covered = set()
    for box in found:
        inside = {index for index in range(len(table.rules)) if box.holds(scales.combination(index))}
        assert inside <= counted and len(inside) == box.rules
        assert all(table.rules[index].memberships == box.value.memberships for index in inside)
        covered |= inside
        assert not any(_fits(table, scales, larger, box, counted) for larger in _larger(box, scales))
    assert covered == counted


def _larger(box, scales):
    for axis, size in enumerate(scales.sizes):
        if box.low[axis] > 0:
            yield replace(box, low=(*box.low[:axis], box.low[axis] - 1, *box.low[axis + 1 :]))
        if box.high[axis] < size - 1:
            yield replace(box, high=(*box.high[:axis], box.high[axis] + 1, *box.high[axis + 1 :]))


def _fits(table, scales, larger, box, counted):
    inside = [index for index in range(len(table.rules)) if larger.holds(scales.combination(index))]
    return all(index in counted and table.rules[index].memberships == box.value.memberships for index in inside)


def test_no_box_of_a_cover_is_needless():
    for name in ("CAR", "PRICE", "TECH.CHAR.", "COMFORT"):
        table, scales = of_car(name)
        found = complex_rules(table, scales)
        for left_out in found:
            rest = [box for box in found if box != left_out]
            assert any(
                left_out.holds(scales.combination(index))
                and not any(box.holds(scales.combination(index)) for box in rest)
                for index in range(len(table.rules))
            )


def test_a_large_table_is_read_as_boxes_that_grow_greedily():
    scales = TableScales((scale(2),) * 12, scale(2))
    heights = np.indices((2,) * 12).sum(axis=0).ravel() >= 11
    table = crisp_table("".join("1" if height else "0" for height in heights))
    high = [box for box in complex_rules(table, scales) if box.value == single(1)]
    assert len(high) == 12 and all(box.rules == 2 for box in high)


def test_sentences_of_the_default_model():
    model = default_model()
    words = TableWords(model, model.find("PRIORITY"), {"ACCESS_BARRIERS": "Barriers to access"})
    sentences = words.sentences()
    assert "Priority: standard, from clinical need (low) and barriers to access (high)." in sentences
    assert "Priority: urgent, from clinical need (very high) and social vulnerability (very high)." in sentences
    assert any("clinical need (moderate to very high)" in sentence for sentence in sentences)
    plus = TableWords(model, model.find("PLUS_GROUPS"))
    assert "Plus groups: high, from low english (high)." in plus.sentences()


def test_values_in_words():
    model = default_model()
    words = TableWords(model, model.find("PRIORITY"))
    assert words.value(UNDEFINED) == "not defined" and words.value(full(4)) == "open (any class)"
    assert (
        words.value(interval(1, 2)) == "standard or elevated" and words.value(interval(0, 2)) == "routine to elevated"
    )


def test_one_value_everywhere_is_always():
    model = default_model()
    node = model.find("FRAILTY")
    attributes = list(model.attributes)
    attributes[node.index] = replace(node, function=crisp_table("111111111"))
    model = replace(model, attributes=tuple(attributes))
    assert TableWords(model, model.find("FRAILTY")).sentences() == ("Frailty: medium, always.",)


def test_a_conflict_says_which_rules_and_what_they_give():
    model = default_model()
    words = TableWords(model, model.find("FRAILTY"))
    assert words.conflict(0, 1) == (
        "Rule 1 gives low from age75 (low) and bad health (low), and rule 2 gives low from age75 (low) and bad health "
        "(medium): of these two, the one with the better conditions may not give the worse answer."
    )


def test_symmetry_of_the_published_example():
    names = ("CAR", "PRICE", "TECH.CHAR.", "COMFORT")
    assert [is_symmetric(*of_car(name)) for name in names] == [False, True, True, False]
    assert symmetric_arguments(*of_car("PRICE")) == ((0, 1),)
    # Persons and luggage count alike, doors do not.
    assert symmetric_arguments(*of_car("COMFORT")) == ((0, 2),)


def test_asymmetric_rules_are_listed_and_opposite_orders_never_change_places():
    assert asymmetric_pairs(crisp_table("001112222"), THREE_BY_THREE, (0, 1)) == [(1, 3), (2, 6)]
    opposite = TableScales((scale(3), scale(3, DESC)), scale(3))
    assert not is_symmetric(crisp_table("000000000"), opposite)
    with pytest.raises(ValueError, match="change places"):
        enforce(crisp_table("000000000"), opposite)


@given(tables(orders=(ASC,)))
@settings(max_examples=60, deadline=None)
def test_enforced_symmetry_is_symmetric_and_names_what_it_overruled(case):
    table, scales = case
    if len(set(scales.sizes)) > 1:
        return
    enforced = enforce(table, scales)
    assert is_symmetric(enforced.table, scales)
    assert enforce(enforced.table, scales).changed == ()
    for index, (old, new) in enumerate(zip(table.rules, enforced.table.rules, strict=True)):
        if index not in enforced.changed:
            assert old.memberships == new.memberships
        assert (index in enforced.overruled) == (table.entered[index] and old.memberships != new.memberships)
        assert enforced.table.entered[index] or not table.entered[index]


def test_symmetry_is_enforced_from_the_first_entered_rule():
    enforced = enforce(crisp_table("012122222", "+-++-++++"), THREE_BY_THREE)
    assert [rule.classes[0] for rule in enforced.table.rules] == [0, 1, 2, 1, 2, 2, 2, 2, 2]
    assert enforced.table.entered == (True, True, True, True, False, True, True, True, True)
    assert enforced.changed == (1,) and enforced.overruled == ()
    assert enforce(crisp_table("012022222"), THREE_BY_THREE).overruled == (3,)


@st.composite
def labelled(draw):
    orders = st.sampled_from((ASC, DESC, NONE))
    sizes = draw(st.sampled_from([(2,), (3,), (2, 2), (3, 2), (2, 3)]))
    arguments = tuple(scale(size, draw(orders)) for size in sizes)
    scales = TableScales(arguments, scale(3, draw(st.sampled_from((ASC, DESC)))))
    combination = st.tuples(*[st.integers(0, size - 1) for size in sizes])
    examples = st.builds(Example, combination, st.integers(0, 2), st.integers(1, 3))
    return scales, draw(st.lists(examples, max_size=8))


@given(labelled(), st.sampled_from(("steps", "count")), st.booleans())
@settings(max_examples=50, deadline=None)
def test_a_fitted_table_is_monotone_and_no_monotone_table_misfits_less(case, misfit, prefer_high):
    scales, examples = case
    found = fit(examples, scales, misfit=misfit, prefer_high=prefer_high)
    assert is_consistent(found.table, scales)
    answer = {scales.combination(index): rule for index, rule in enumerate(found.table.rules)}

    def cost(rule, example):
        return example.weight * (abs(rule - example.label) if misfit == "steps" else rule != example.label)

    assert found.misfit == sum(cost(answer[e.combination].classes[0], e) for e in examples)
    least = min(
        sum(cost(choice[scales.combinations.tolist().index(list(e.combination))], e) for e in examples)
        for choice in itertools.product(range(3), repeat=scales.rule_count)
        if (running_maximum(np.array(choice), scales) == choice).all()
    )
    assert found.misfit == least
    assert found.missed == tuple(i for i, e in enumerate(examples) if answer[e.combination] != single(e.label))


def test_fitting_gives_a_monotone_table_back_and_leaves_the_rest_open():
    table, scales = of_car("CAR")
    examples = [Example(scales.combination(index), rule.classes[0]) for index, rule in enumerate(table.rules)]
    assert fit(examples, scales).table.rules == table.rules
    half = fit(examples[::2], scales)
    assert half.misfit == 0 and half.table.entered == (True, False) * 6
    assert half.table.rules[5].classes == (0, 1, 2)


def test_equally_good_tables_are_read_low_or_high():
    one = TableScales((scale(2),), scale(2))
    examples = [Example((0,), 1), Example((1,), 0)]
    assert [rule.classes for rule in fit(examples, one).table.rules] == [(0,), (0,)]
    assert [rule.classes for rule in fit(examples, one, prefer_high=True).table.rules] == [(1,), (1,)]


def test_an_unordered_output_takes_the_most_frequent_label():
    scales = TableScales((scale(2),), scale(3, NONE))
    found = fit([Example((1,), 0), Example((1,), 2), Example((1,), 2)], scales)
    assert found.table.rules == (full(3), single(2))
    assert found.misfit == 1 and found.missed == (0,)


@pytest.mark.parametrize(
    ("example", "reason"),
    [
        (Example((0,), 0), "1 classes for 2 arguments"),
        (Example((0, 3), 0), "the arguments have"),
        (Example((0, 0), 3), "labelled 3; the scale has 3"),
        (Example((0, 0), 0, 0), "whole number from 1"),
        (Example((0, 0), 0, 0.5), "whole number from 1"),
        (Example((0, 0), 0, 2**30), "too large"),
    ],
)
def test_examples_outside_the_scales_are_refused(example, reason):
    with pytest.raises(ValueError, match=reason):
        fit([example], THREE_BY_THREE)


def test_editing_gives_new_tables_and_lists_what_changed():
    table = crisp_table("000012023")
    edit = with_rule(table, 4, single(2))
    assert table.rules[4] == single(1) and edit.table.rules[4] == single(2) and edit.changed == (4,)
    assert with_rule(table, 4, single(1)).changed == ()
    assert with_rules(table, {1: UNDEFINED, 2: single(1)}).changed == (1, 2)
    opened = with_open_rules(table, [3, 5])
    assert opened.changed == (3, 5) and [i for i, entered in enumerate(opened.table.entered) if not entered] == [3, 5]


def test_weights_worked_out_from_the_old_rules_do_not_outlive_them():
    table = replace(crisp_table("000012023"), cached=(("LOCWEIGHTS", "50;50"),))
    assert with_rule(table, 4, single(1)).table.cached == table.cached
    assert with_rule(table, 4, single(2)).table.cached == ()
    assert live(table, TableScales((scale(3), scale(3)), scale(4))).table is table


def test_an_edited_table_is_written_to_a_file_and_read_again():
    model = car_model()
    node = model.find("PRICE")
    edited = with_open_rules(with_rule(node.function, 4, UNDEFINED).table, [1]).table
    completed = live(with_weights(edited, (60, 40)).table, TableScales.of(model, node)).table
    attributes = list(model.attributes)
    attributes[node.index] = replace(node, function=completed)
    again = read_dxi(write_dxi(replace(model, attributes=tuple(attributes)))).attributes[node.index].function
    assert [rule.memberships for rule in again.rules] == [rule.memberships for rule in completed.rules]
    assert (again.entered, again.weights) == (completed.entered, completed.weights)


def test_a_rule_outside_the_table_is_refused():
    with pytest.raises(ValueError, match="no rule 9; the table has rules 0 to 8"):
        with_rule(crisp_table("000012023"), 9, single(0))


def test_live_completion_follows_the_settings_of_the_table():
    table = with_open_rules(crisp_table("000000002"), range(1, 8)).table
    assert live(table, THREE_BY_THREE).table.rules[4] == interval(0, 2)
    weighted = with_weights(table, (75, 25)).table
    assert [rule.classes for rule in live(weighted, THREE_BY_THREE).table.rules[1:4]] == [(0,), (1,), (1,)]
    free = with_consistency(table, False).table
    assert live(replace(free, rules=(single(0),) * 9), THREE_BY_THREE).changed == tuple(range(1, 8))
    assert live(with_consistency(weighted, False).table, THREE_BY_THREE).table.rules[4] == single(1)


def test_live_completion_goes_on_where_weights_cannot_be_used():
    unordered = TableScales((scale(3), scale(3, NONE)), scale(3))
    table = replace(crisp_table("0---1---2".replace("-", "0"), "+---+---+"), weights=RequiredWeights((50, 50)))
    completion = live(table, unordered)
    assert completion.table.weights == table.weights and "argument 2 has none" in completion.notes[0]
    assert completion.table.rules[1] == interval(0, 1)


def test_derived_rules_are_taken_over_when_they_are_down_to_one_class():
    table = live(crisp_table("000010000", "+-------+"), TableScales((scale(3), scale(3)), scale(2))).table
    assert with_derived_entered(table).changed == tuple(range(1, 8))
    assert with_derived_entered(table, [2]).changed == (2,)


@pytest.mark.parametrize(("percent", "rounding"), [((-1, 101), None), ((0, 0), None), ((50, 50), 2)])
def test_required_weights_are_checked(percent, rounding):
    with pytest.raises(ValueError, match=r"weights|ties"):
        with_weights(crisp_table("000012023"), percent, rounding=rounding)


def test_required_weights_can_be_taken_away():
    table = with_weights(crisp_table("000012023"), (60, 40), rounding=-1).table
    assert table.weights == RequiredWeights((60, 40), -1)
    assert with_weights(table, (50, 50)).table.weights.rounding == -1
    assert with_weights(table, None).table.weights is None


@given(tables())
@settings(max_examples=40, deadline=None)
def test_live_completion_never_fails(case):
    table, scales = case
    weighted = replace(table, weights=RequiredWeights(tuple(range(1, len(scales.sizes) + 1))))
    assert isinstance(live(weighted, scales).table, Table)
