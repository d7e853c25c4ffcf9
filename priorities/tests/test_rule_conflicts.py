"""Contradicting rules: every pair is found, and acceptance covers these pairs with these values only."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from priorities import default_model, rule_conflicts
from priorities.dex.dxi import read_dxi
from priorities.dex.model import Model
from priorities.dex.tables.editing import with_rules
from priorities.dex.values import single
from priorities.rule_conflicts import conflicts_of, unaccepted

MODEL = read_dxi(default_model.FILE.read_text())
# FRAILTY: two arguments of three classes, three classes of its own, all ordered alike.
RULES = st.lists(st.integers(0, 2), min_size=9, max_size=9)


def with_frailty(rules: list[int]) -> Model:
    frailty = MODEL.find("FRAILTY")
    table = with_rules(frailty.function, {index: single(value) for index, value in enumerate(rules)}).table
    attributes = tuple(
        replace(part, function=table) if part.index == frailty.index else part for part in MODEL.attributes
    )
    return replace(MODEL, attributes=attributes)


def contradictions(rules: list[int]) -> set[tuple[int, int]]:
    """The definition, pair by pair: at most as bad in both conditions, and worse in the answer."""
    return {
        tuple(sorted((better, worse)))
        for better in range(9)
        for worse in range(9)
        if better // 3 <= worse // 3 and better % 3 <= worse % 3 and rules[better] > rules[worse]
    }


def accept(model: Model) -> dict:
    return {
        name: conflict.accepted(reason="On purpose", by="1", at="2026-11-21")
        for name, conflict in conflicts_of(model).items()
    }


def test_the_default_model_contradicts_itself_nowhere():
    assert conflicts_of(MODEL) == {}


@given(RULES)
@settings(max_examples=200)
def test_every_pair_is_found(rules):
    found = conflicts_of(with_frailty(rules))
    expected = contradictions(rules)
    assert set(found) == ({"FRAILTY"} if expected else set())
    if expected:
        assert set(found["FRAILTY"].pairs) == expected and found["FRAILTY"].count == len(expected)


@given(RULES, RULES)
@settings(max_examples=200)
def test_acceptance_covers_what_was_accepted_and_nothing_more(before, after):
    accepted = accept(with_frailty(before))
    assert unaccepted(with_frailty(before), accepted) == {}
    was, now = contradictions(before), contradictions(after)
    same = all((before[i], before[j]) == (after[i], after[j]) for i, j in now)
    assert (unaccepted(with_frailty(after), accepted) == {}) == (now <= was and same)


def test_more_than_people_can_judge_cannot_be_accepted(monkeypatch):
    monkeypatch.setattr(rule_conflicts, "MOST_PAIRS", 3)
    model = with_frailty([2, 1, 0] * 3)
    (conflict,) = conflicts_of(model).values()
    assert conflict.is_too_contradictory and unaccepted(model, accept(model))
