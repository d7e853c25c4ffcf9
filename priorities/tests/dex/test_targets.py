"""Target search: both paths give the same answers, the answers work, and nothing smaller does."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorities.dex.analyses import tree_search
from priorities.dex.analyses.preference import Relation
from priorities.dex.analyses.targets import Constraints, search, search_every_change
from priorities.dex.dxi import read_dxi
from priorities.dex.evaluate import evaluate
from priorities.dex.model import ScaleOrder
from priorities.tests.dex.models import attribute, default_model, dxi, function, models

DEFAULT = default_model()
QUIET = dict.fromkeys(DEFAULT.inputs, 0)
BETTER, WORSE = Relation.BETTER, Relation.WORSE


def number(name):
    return DEFAULT.find(name).index


def moves(result):
    return [{move.attribute: move.after for move in change.moves} for change in result.changes]


@st.composite
def searches(draw):
    model = draw(models().filter(lambda model: len(model.inputs) <= 6))
    inputs = {}
    for index in model.inputs:
        size = model.attributes[index].size
        inputs[index] = draw(
            st.one_of(st.integers(0, size - 1), st.none(), st.sets(st.integers(0, size - 1), min_size=1))
        )
    size = model.attributes[0].size
    wanted = draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=size))
    if model.attributes[0].scale.order is not ScaleOrder.UNORDERED and draw(st.booleans()):
        wanted = draw(st.sampled_from([BETTER, WORSE]))
    aggregates = [index for index in model.aggregates if index != 0]
    constraints = Constraints(
        maximum_steps=draw(st.sampled_from([None, 1, 2])),
        only_one=draw(st.booleans()),
        maximum_inputs=draw(st.sampled_from([None, 2])),
        unidirectional=isinstance(wanted, Relation) and draw(st.booleans()),
        constant=frozenset(draw(st.sets(st.sampled_from(model.inputs), max_size=2))),
        admissible={model.inputs[0]: draw(st.sets(st.integers(0, 3), max_size=3))} if draw(st.booleans()) else {},
        prune=frozenset(draw(st.sets(st.sampled_from(aggregates), max_size=1))) if aggregates else frozenset(),
        maximum_count=10**6,
    )
    return model, inputs, wanted, constraints


@given(searches())
@settings(max_examples=80, deadline=None)
def test_joining_the_tree_finds_what_trying_everything_finds(case):
    model, inputs, wanted, constraints = case
    quick = search(model, inputs, wanted=wanted, constraints=constraints)
    plain = search_every_change(model, inputs, wanted=wanted, constraints=constraints)
    assert quick == plain and plain.is_complete


@given(st.lists(st.integers(0, 2), min_size=12, max_size=12), st.sampled_from([BETTER, WORSE]))
@settings(max_examples=20, deadline=None)
def test_every_answer_works_and_no_part_of_it_does(row, wanted):
    inputs = dict(zip(DEFAULT.inputs, row, strict=True))
    now = next(iter(evaluate(DEFAULT, inputs)[0]))
    for change in search(DEFAULT, inputs, wanted=wanted, constraints=Constraints(maximum_count=30)).changes:
        ways = [
            [inputs[move.attribute], *range(min(move.before, move.after), max(move.before, move.after) + 1)]
            for move in change.moves
        ]
        for stops in itertools.product(*map(set, ways)):
            part = dict(zip((move.attribute for move in change.moves), stops, strict=True))
            reached = next(iter(evaluate(DEFAULT, inputs | part)[0]))
            is_whole = all(part[move.attribute] == move.after for move in change.moves)
            assert ((reached > now) if wanted is WORSE else (reached < now)) == is_whole


def test_core20_alone_is_one_smallest_way_out_of_routine():
    result = search(DEFAULT, QUIET, wanted={1, 2, 3})
    assert result.is_complete
    assert {number("DEPRIVATION"): 3} in moves(result)
    assert result.changes[0].steps == min(change.steps for change in result.changes if len(change.moves) == 1)


def test_limits_are_kept():
    every = search(DEFAULT, QUIET, wanted={2, 3})
    assert len(every.changes) > 50 and every.is_complete
    few = search(DEFAULT, QUIET, wanted={2, 3}, constraints=Constraints(maximum_count=5))
    pairs = search(DEFAULT, QUIET, wanted={2, 3}, constraints=Constraints(maximum_inputs=3))
    assert pairs.changes == tuple(change for change in every.changes if len(change.moves) <= 3)
    assert few.changes == every.changes[:5] and not few.is_complete
    late = search(DEFAULT, QUIET, wanted={3}, constraints=Constraints(maximum_seconds=-1))
    assert not late.is_complete
    assert not search_every_change(DEFAULT, QUIET, wanted={3}, constraints=Constraints(maximum_seconds=-1)).is_complete


@pytest.mark.parametrize("limit", ["LARGEST_FRONT", "LARGEST_JOIN"])
def test_a_search_that_grows_too_large_says_so_and_its_answers_still_work(monkeypatch, limit):
    monkeypatch.setattr(tree_search, limit, 20)
    result = search(DEFAULT, QUIET, wanted={2, 3})
    assert result.changes and not result.is_complete
    for change in moves(result):
        assert next(iter(evaluate(DEFAULT, QUIET | change)[0])) >= 2


def test_constraints_shape_the_answers():
    deprived = QUIET | {number("DEPRIVATION"): 3}
    one = search(DEFAULT, deprived, wanted=BETTER, constraints=Constraints(only_one=True))
    assert one.changes and all(len(change.moves) == 1 for change in one.changes)
    kept = Constraints(constant=frozenset([number("DEPRIVATION")]))
    assert all(
        number("DEPRIVATION") not in change
        for change in moves(search(DEFAULT, deprived, wanted=BETTER, constraints=kept))
    )
    short = search(DEFAULT, QUIET, wanted={2, 3}, constraints=Constraints(maximum_steps=1))
    assert short.changes and all(move.steps == 1 for change in short.changes for move in change.moves)
    up = search(DEFAULT, deprived, wanted=WORSE, constraints=Constraints(unidirectional=True))
    assert up.changes and all(move.after > move.before for change in up.changes for move in change.moves)
    only = Constraints(admissible={number("DEPRIVATION"): {1}})
    assert all(
        change.get(number("DEPRIVATION"), 1) == 1
        for change in moves(search(DEFAULT, deprived, wanted=BETTER, constraints=only))
    )


def test_pruned_components_move_as_a_whole():
    nodes = frozenset(number(name) for name in ("CLINICAL_NEED", "SOCIAL_VULNERABILITY", "ACCESS_BARRIERS"))
    result = search(DEFAULT, QUIET, wanted={3}, constraints=Constraints(prune=nodes))
    assert all(set(change) <= nodes for change in moves(result))
    assert {number("CLINICAL_NEED"): 3, number("SOCIAL_VULNERABILITY"): 3} in moves(result)


def test_linked_inputs_move_once():
    shared = attribute("S", classes=2)
    left = attribute("L", function("01"), shared, classes=2)
    right = attribute("Q", function("10"), shared, classes=2)
    model = read_dxi(dxi(attribute("R", function("0110"), left, right, classes=2), settings="<LINKING>1</LINKING>"))
    # L and Q always differ, so R is always class 1.
    assert search(model, {4: 0}, wanted={0}).changes == ()
    assert moves(search(model, {4: 0}, wanted={1})) == [{}]


@pytest.mark.parametrize(
    ("wanted", "constraints", "reason"),
    [
        ({7}, Constraints(), "outside the scale"),
        (Relation.EQUAL, Constraints(), "better or worse"),
        ({1}, Constraints(unidirectional=True), "direction"),
        ({1}, Constraints(constant=frozenset([99])), "does not exist"),
        ({1}, Constraints(prune=frozenset([DEFAULT.inputs[0]])), "not to be pruned"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(wanted, constraints, reason):
    with pytest.raises(ValueError, match=reason):
        search(DEFAULT, QUIET, wanted=wanted, constraints=constraints)
