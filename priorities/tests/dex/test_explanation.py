"""Explanations: the rule that fired at every node, the factors, and what is not known."""

import numpy as np

from priorities.dex.explanation import InputFact, Outcome, explain
from priorities.dex.influence import relief
from priorities.dex.vectorised import evaluate_areas
from priorities.tests.dex.models import default_model

MODEL = default_model()


def explained(facts=None, **classes):
    inputs = {index: np.zeros(1, dtype=np.int8) for index in MODEL.inputs}
    for name, index in classes.items():
        inputs[MODEL.find(name).index] = np.array([index], dtype=np.int8)
    evaluation = evaluate_areas(MODEL, inputs)
    outcome = Outcome.of(evaluation, 0, relief=relief(MODEL, inputs, evaluation)[0])
    return explain(MODEL, facts or {}, outcome, labels={"NO_CAR": "Households without a car"})


def test_names_the_rule_at_every_node():
    explanation = explained(DEPRIVATION=3, NO_CAR=1)
    assert explanation.headline == "Priority: standard"
    assert [node.rule is not None for node in explanation.nodes] == [True] * 8
    top = explanation.nodes[0]
    assert top.sentence == (
        "Priority: standard, from clinical need (low), social vulnerability (high) and access barriers (low): "
        "rule 7 of 48."
    )


def test_names_the_decisive_factor_with_value_band_average_and_source():
    index = MODEL.find("DEPRIVATION").index
    fact = InputFact(value=2, unit="decile", decimals=0, band="under 3", source="IoD 2025", period="2025")
    explanation = explained({index: fact}, DEPRIVATION=3)
    factor = next(factor for factor in explanation.factors if factor.attribute == "DEPRIVATION")
    assert factor.is_decisive and factor.contributes and factor.group == "BAD"
    assert factor.sentence == (
        "Deprivation: decile 2, core20 (under 3); at its lowest level priority would fall by one step. "
        "Source: IoD 2025, 2025."
    )
    assert "Decided by: Deprivation." in explanation.summary


def test_says_what_is_missing_and_what_remains_possible():
    explanation = explained(LOW_ENGLISH=-1, DEPRIVATION=2, ETHNIC_MINORITY=2)
    factor = next(factor for factor in explanation.factors if factor.attribute == "LOW_ENGLISH")
    assert factor.is_missing and factor.value is None and factor.class_index is None
    plus = next(node for node in explanation.nodes if node.attribute == "PLUS_GROUPS")
    assert not plus.is_certain and plus.rule is None
    assert (plus.low_class, plus.high_class) == ("medium", "high")
    assert "most probably high, medium to high possible" in plus.sentence
    assert explanation.missing == ("Low english",)


def test_one_structure_serves_page_json_and_text():
    explanation = explained(DEPRIVATION=3)
    data = explanation.as_dict()
    text = explanation.as_text()
    assert data["headline"] in text and all(node["sentence"] in text for node in data["nodes"])
    assert all(factor["sentence"] in text for factor in data["factors"])
