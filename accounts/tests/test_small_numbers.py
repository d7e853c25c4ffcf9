"""The small-number rule: what is shown of counts, and that a slow, plain attacker finds out nothing more."""

import itertools
import json
from copy import copy

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from accounts.small_numbers import RULE, Rule, count_of, groups_to_hide, groups_to_hide_over_parts, published_share
from accounts.small_numbers.moving import Moves
from accounts.small_numbers.protection import _Table
from accounts.small_numbers.published import HIDDEN_MARK, REASON
from healthequiroute.testing.property_tests import examples

MANY, SOME, FEW = examples(200), examples(80), examples(40)


def test_one_to_seven_are_hidden_nothing_is_nothing_and_the_rest_is_rounded():
    assert [count_of(n).shown for n in range(15)] == [0, *[None] * 7, 10, 10, 10, 10, 10, 15, 15]
    assert count_of(40, hidden=True).shown is None
    assert count_of(0, hidden=True).shown == 0
    with pytest.raises(ValueError, match="at least 0"):
        count_of(-1)
    with pytest.raises(ValueError, match="must not be told"):
        RULE.rounded(3)


@given(st.integers(8, 10_000), st.sampled_from([Rule(), Rule(4, 5), Rule(9, 10), Rule(4, 1), Rule(5, 3)]))
def test_a_rounded_count_says_exactly_which_counts_it_may_be(count, rule):
    assume(not rule.is_small(count))
    low, high = rule.bounds(rule.rounded(count))
    assert low <= count <= high
    assert rule.smallest_shown <= low
    for other in (low, high):
        assert rule.rounded(other) == rule.rounded(count)
    assert rule.is_small(low - 1) or rule.rounded(low - 1) != rule.rounded(count)
    assert rule.rounded(high + 1) != rule.rounded(count)


@pytest.mark.parametrize("true", [3, 23])
def test_the_true_number_is_nowhere_in_a_count(true):
    count = count_of(true)
    texts = [str(count), repr(count), f"{count}", json.dumps(count.as_dict()), str(count.mark), repr(copy(count))]
    assert not any(str(true) in text for text in texts)
    assert not any(str(true) in str(getattr(count, name, "")) for name in (*count.__slots__, "__dict__"))
    for use in (int, float, round, bool, list, sum, "{:d}".format, "{:>5}".format):
        with pytest.raises((TypeError, ValueError)):
            use(count)
    for use in (lambda c: c + 1, lambda c: 1 - c, lambda c: c < 5, lambda c: sorted([c, count_of(50)]), json.dumps):
        with pytest.raises(TypeError):
            use(count)


def test_hidden_counts_look_alike_in_every_form():
    hidden = [count_of(n) for n in range(1, 8)] + [count_of(60, hidden=True)]
    assert len({str(count) for count in hidden}) == len({hash(count) for count in hidden}) == len(set(hidden)) == 1
    assert {count.mark for count in hidden} == {HIDDEN_MARK}
    assert hidden[0].as_dict() == {"count": None, "suppressed": REASON}
    assert count_of(23).as_dict() == {"count": 25, "suppressed": None}


def test_shares_of_few_or_of_all_but_few_are_not_told():
    assert published_share(3, 40) is None
    assert published_share(37, 40) is None
    assert published_share(2, 6) is None
    assert published_share(0, 0) is None
    assert published_share(20, 41) == 0.5
    assert published_share(0, 40) == 0.0
    assert published_share(40, 40) == 1.0


def drawn_groups(draw):
    """Cells of visits by area, district, fifth and PLUS membership: nested, overlapping, split."""
    sizes = draw(st.lists(st.integers(0, 14), min_size=2, max_size=6))
    plus = draw(st.lists(st.booleans(), min_size=len(sizes), max_size=len(sizes)))
    upper = draw(st.integers(1, len(sizes)))
    area = np.repeat(np.arange(len(sizes)), sizes)
    in_plus = np.repeat(np.array(plus), sizes)
    members = {("area", code): area == code for code in range(len(sizes))}
    members["district"], members["other district"] = area < upper, area >= upper
    members["plus"] = in_plus
    return members, len(area)


groups = st.composite(drawn_groups)()


def plain_interval(members, hidden, target, unpublished=()):
    """Every table that fits: the least and the most that the target may be. No cleverness, whole numbers only."""
    names = list(members)
    table = np.array([members[name] for name in names])
    cells, counts = np.unique(table, axis=1, return_counts=True)
    limits = [LinearConstraint(np.ones(len(counts))[None, :], counts.sum(), counts.sum())]
    for name, row in zip(names, cells, strict=True):
        if name in unpublished:
            continue
        true = row @ counts
        limits.append(LinearConstraint(row[None, :].astype(float), *((1, np.inf) if name in hidden else (true, true))))
    goal = cells[names.index(target)].astype(float)
    found = [
        milp(sign * goal, constraints=limits, bounds=Bounds(0, np.inf), integrality=np.ones(len(counts)))
        for sign in (1, -1)
    ]
    assert all(each.status == 0 for each in found)
    return round(found[0].fun), round(-found[1].fun)


@given(groups)
@MANY
def test_no_small_count_is_narrower_than_one_to_seven(drawn):
    members, number = drawn
    assume(number > 7)
    hidden = groups_to_hide(members)
    everything = frozenset(name for name, rows in members.items() if rows.any())
    for name, rows in members.items():
        size = int(rows.sum())
        assert not RULE.is_small(size) or name in hidden
        assert size or name not in hidden
        if RULE.is_small(size):
            low, high = plain_interval(members, hidden, name)
            least, most = plain_interval(members, everything, name)
            assert low <= max(1, least), f"{name} is at least {low}"
            assert high >= min(7, most), f"{name} is at most {high}"


@given(groups, st.data())
@SOME
def test_what_moving_visits_finds_possible_a_solver_finds_too(drawn, data):
    members, number = drawn
    assume(number > 7)
    table = _Table.of(members, RULE)
    hidden = data.draw(st.sets(st.sampled_from([name for name, size in table.sizes.items() if size])))
    moves = Moves.of(table.seen(hidden, ())[1], table.counts)
    for name, size in table.sizes.items():
        low, high = plain_interval(members, hidden, name)
        assert not moves.can_change(table.rows[name], high + 1 - size)
        assert not moves.can_change(table.rows[name], low - 1 - size)


def test_an_answer_that_is_kept_is_not_worked_out_again():
    kept = {}

    class Memory:
        get = staticmethod(kept.get)
        set = staticmethod(kept.__setitem__)

    at, day = np.repeat(np.arange(3), [3, 20, 30]), np.tile([0, 1], 27)[:53]
    members = {name: at == name for name in range(3)}
    once = groups_to_hide_over_parts(members, [day], memory=Memory)
    assert len(kept) == 3  # two days and the whole
    assert groups_to_hide_over_parts(members, [day], memory=Memory) == once
    assert len(kept) == 3


@given(groups, st.integers(0, 2**16))
@FEW
def test_visits_left_out_do_not_follow_from_visits_and_visits_made(drawn, seed):
    members, number = drawn
    assume(number > 7)
    made = np.random.default_rng(seed).random(number) < 0.8
    everything = dict(members)
    everything |= {("made", name): rows & made for name, rows in members.items()}
    everything |= {("left", name): rows & ~made for name, rows in members.items()}
    left = [("left", name) for name in members]
    falls = {name: [("made", name)] for name in members}
    hidden = groups_to_hide(everything, unpublished=left, falls_with=falls)
    assert not hidden.intersection(left)
    for name in members:
        assert name not in hidden or ("made", name) in hidden or not everything["made", name].any()
    all_hidden = {name for name, rows in everything.items() if rows.any() and name not in left}
    for name, rows in everything.items():
        if RULE.is_small(int(rows.sum())):
            low, high = plain_interval(everything, hidden, name, left)
            least, most = plain_interval(everything, all_hidden, name, left)
            assert low <= max(1, least) and high >= min(7, most), name


def compositions(total, parts):
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in compositions(total - first, parts - 1):
            yield (first, *rest)


@given(st.lists(st.integers(0, 9), min_size=2, max_size=4), st.booleans())
@SOME
def test_against_every_table_there_is(sizes, with_union):
    """The same held against a list of all tables, without any solver."""
    number = sum(sizes)
    assume(7 < number <= 24)
    at = np.repeat(np.arange(len(sizes)), sizes)
    members = {name: at == name for name in range(len(sizes))}
    if with_union:
        members["later"] = at >= 1
    hidden = groups_to_hide(members)
    reading = lambda table, name: sum(table[1:]) if name == "later" else table[name]  # noqa: E731

    def fits(table, unknown):
        known = ((name, int(rows.sum())) for name, rows in members.items())
        return all(reading(table, n) >= 1 if n in unknown else reading(table, n) == true for n, true in known)

    everything = {name for name, rows in members.items() if rows.any()}
    tables = list(compositions(number, len(sizes)))
    for name, rows in members.items():
        if RULE.is_small(int(rows.sum())):
            open_to = {reading(table, name) for table in tables if fits(table, hidden)}
            at_best = {reading(table, name) for table in tables if fits(table, everything)}
            assert open_to & set(range(1, 8)) == at_best & set(range(1, 8))


def test_nobody_is_shown_where_all_are_few():
    members = {"a": np.array([True] * 5 + [False]), "nobody": np.zeros(6, dtype=bool)}
    assert groups_to_hide(members) == {"a"}
    assert groups_to_hide({}) == frozenset()
    assert groups_to_hide({"a": np.zeros(0, dtype=bool)}) == frozenset()


def test_what_matters_less_is_hidden_first():
    at = np.repeat(np.arange(4), [3, 20, 30, 12])
    members = {name: at == name for name in range(4)}
    assert groups_to_hide(members) == {0, 3}
    assert groups_to_hide(members, importance={3: 2, 2: 1}) == {0, 1}


@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=4))
@SOME
def test_a_group_of_the_whole_less_its_parts_gives_no_small_count_away(sizes):
    """A week and its days, each published as an answer of its own: rounded counts and nothing else are known."""
    at = np.concatenate([np.repeat(np.arange(3), row) for row in sizes])
    day = np.concatenate([np.full(sum(row), number) for number, row in enumerate(sizes)])
    members = {name: at == name for name in range(3)}
    hidden = groups_to_hide_over_parts(members, [day])
    of_days = [
        groups_to_hide({name: rows[day == number] for name, rows in members.items()}) for number in range(len(sizes))
    ]
    for name in set(members) - hidden:
        unseen = [row[name] for row, inside in zip(sizes, of_days, strict=True) if name in inside]
        shown = [row[name] for row, inside in zip(sizes, of_days, strict=True) if name not in inside]
        seen = [RULE.bounds(RULE.rounded(count)) for count in shown]
        if RULE.is_small(sum(unseen)):
            least, most = RULE.bounds(RULE.rounded(sum(row[name] for row in sizes)))
            assert least - sum(high for _, high in seen) <= 1
            assert most - sum(low for low, _ in seen) >= 7


def test_answers_do_not_depend_on_the_order_of_groups():
    dice = np.random.default_rng(3)
    rows = {name: dice.random(60) < 0.3 for name in "abcdef"}
    answers = {
        groups_to_hide({name: rows[name] for name in order})
        for order in itertools.islice(itertools.permutations(rows), 12)
    }
    assert len(answers) == 1
