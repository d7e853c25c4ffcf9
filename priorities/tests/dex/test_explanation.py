"""Explanations: the rule that fired at every node, the factors, and what is not known."""

from dataclasses import replace

import numpy as np

from priorities.dex.analyses.nearest import nearest_changes
from priorities.dex.dxi import read_dxi
from priorities.dex.explanation import ENGLISH, Catalogue, Evidence, InputFact, Outcome, SoftChances, Trials, explain
from priorities.dex.influence import relief
from priorities.dex.vectorised import evaluate_areas
from priorities.tests.dex.models import attribute, default_model, dxi, function

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


def with_evidence(facts=None, catalogue=ENGLISH, trials=None, flag=None, **classes):
    known = dict.fromkeys(MODEL.inputs, 0) | {MODEL.find(name).index: c for name, c in classes.items()}
    inputs = {index: np.array([c], dtype=np.int8) for index, c in known.items()}
    evaluation = evaluate_areas(MODEL, inputs)
    outcome = Outcome.of(evaluation, 0, relief=relief(MODEL, inputs, evaluation)[0])
    nearest = nearest_changes(MODEL, {index: None if c < 0 else c for index, c in known.items()})
    evidence = Evidence(nearest=nearest, trials=trials, unmet_need=flag, unmet_need_asked=True)
    return explain(MODEL, facts or {}, outcome, evidence=evidence, catalogue=catalogue)


def test_one_sentence_comes_first():
    explanation = explained(DEPRIVATION=3)
    assert explanation.lead == (
        "Priority is standard, because of clinical need (low), social vulnerability (high) and access barriers (low)."
    )
    assert explanation.summary.startswith(explanation.lead)
    open_one = explained(DEPRIVATION=-1)
    assert "most probably" in open_one.lead and "routine to standard possible" in open_one.lead


def test_says_what_would_change_the_class_and_how_far_a_figure_has_to_go():
    index = MODEL.find("DEPRIVATION").index
    bands = ("deciles 8 to 10", "deciles 5 to 7", "deciles 3 to 4", "deciles 1 to 2")
    explanation = with_evidence({index: InputFact(value=2, unit="decile", bands=bands)}, DEPRIVATION=3)
    sentences = explanation.section("changes").sentences
    assert "With ‘deprivation’ at deprived (deciles 3 to 4) instead of core20, priority would be routine." in sentences
    fall = explanation.changes[0]
    assert fall.moves == (("DEPRIVATION", 3, 2),) and fall.becomes == 0 and not fall.rises and fall.steps == 1
    assert sentences[-1].startswith("With ‘cardiometabolic’ at high instead of low and ‘respiratory’ at high instead")
    assert sentences[-1].endswith("priority would be elevated.")


def test_says_that_no_few_changes_are_enough():
    quiet = with_evidence()
    assert not any("less urgent" in sentence for sentence in quiet.section("changes").sentences)
    worst = with_evidence(**{MODEL.attributes[index].name: 2 for index in MODEL.inputs} | {"DEPRIVATION": 3})
    assert not any(change.rises for change in worst.changes)
    alone = replace(nearest_changes(MODEL, dict.fromkeys(MODEL.inputs, 1)), changes=(), searched_falls=3)
    evaluation = evaluate_areas(MODEL, {index: np.array([1]) for index in MODEL.inputs})
    explanation = explain(MODEL, {}, Outcome.of(evaluation, 0), evidence=Evidence(nearest=alone))
    assert explanation.section("changes").sentences == (
        "No change of up to 3 figures would make priority less urgent.",
        "No change of a single figure would make priority more urgent.",
    )


def test_says_how_sure_it_is():
    sure = with_evidence(trials=Trials(188, 200, "bounds move"), DEPRIVATION=3).section("sure").sentences
    assert sure == (
        "All figures are known, so the rules allow only this class.",
        "The class stays the same in 188 of 200 trials in which bounds move.",
    )
    index = MODEL.find("AGE75").index
    fact = InputFact(value=12.4, unit="%", near_bound=12.5)
    near = with_evidence({index: fact}, AGE75=1).section("sure").sentences[-1]
    assert near == "Close to where a class begins: age75 (12.4%; bound 12.5%)."
    assert "probability of" in with_evidence(DEPRIVATION=-1).section("sure").sentences[0]


def test_says_how_soft_bounds_would_judge():
    known = {index: np.array([0]) for index in MODEL.inputs}
    outcome = Outcome.of(evaluate_areas(MODEL, known), 0)
    for most, ending in ((0, "probability of 60%."), (1, "probability of 60%, and standard the largest with 40%.")):
        evidence = Evidence(soft=SoftChances((0.6, 0.4, 0.0, 0.0), most))
        assert explain(MODEL, {}, outcome, evidence=evidence).section("sure").sentences[1].endswith(ending)


def test_says_what_a_missing_figure_would_decide():
    (sentence,) = with_evidence(DEPRIVATION=-1).section("missing").sentences
    assert sentence == (
        "Deprivation: were it known, priority would be routine if it is least, middle or deprived, "
        "standard if it is core20."
    )
    (same,) = with_evidence(GP_TRAVEL=-1).section("missing").sentences
    assert same == "Gp travel: were it known, priority would stay routine whatever it is."


def test_unmet_need_is_said_with_its_limits_and_not_where_there_is_none():
    flagged = with_evidence(flag=True, DEPRIVATION=3)
    assert flagged.unmet_need is True
    (sentence,) = flagged.section("unmet_need").sentences
    assert "IMD deciles 1 to 2" in sentence and "7% or more" in sentence
    assert with_evidence(flag=False).section("unmet_need") is None
    assert "cannot be told" in with_evidence(flag=None).section("unmet_need").sentences[0]


def test_compares_with_nation_and_authority_and_names_the_dataset():
    index = MODEL.find("NO_CAR").index
    fact = InputFact(
        value=40.0, unit="%", average=23.54, average_of="England", local_average=31.0, local_place="Testshire",
        share_below=84.6, dataset="5f1c", source="Census", period="2021",
    )  # fmt: skip
    factor = next(f for f in explained({index: fact}, NO_CAR=2).factors if f.attribute == "NO_CAR")
    assert factor.comparison == "average of England 23.5%, average of Testshire 31.0%, higher than 85% of areas"
    assert factor.dataset == "5f1c" and factor.sentence.endswith("Source: Census, 2021.")


def test_every_sentence_goes_through_the_catalogue():
    marked = Catalogue(
        translate=lambda text: f"«{text}»",
        plural=lambda one, many, count: f"«{one if count == 1 else many}»",
    )
    explanation = with_evidence(
        catalogue=marked, trials=Trials(1, 2, "bounds move"), flag=True, DEPRIVATION=3, GP_TRAVEL=-1
    )
    for sentence in [explanation.headline, explanation.lead, *(node.sentence for node in explanation.nodes),
                     *(factor.sentence for factor in explanation.factors),
                     *(sentence for section in explanation.sections for sentence in section.sentences)]:  # fmt: skip
        # What is outside the marks comes from nowhere but the catalogue's places.
        depth, outside = 0, ""
        for letter in sentence:
            depth += (letter == "«") - (letter == "»")
            outside += letter if depth == 0 and letter not in "«»" else ""
        assert outside == "", sentence


def test_names_with_braces_are_names():
    model = read_dxi(dxi(attribute("R{x}", function("012"), attribute("{0}"))))
    evaluation = evaluate_areas(model, {1: np.array([1])})
    explanation = explain(model, {}, Outcome.of(evaluation, 0))
    assert explanation.headline == "R{x}: c1"
