"""Wording: page, JSON and text say the same."""

import pytest
from django.template.loader import render_to_string

from accounts.audit import SystemActor
from priorities import services
from priorities.models import PriorityScore
from priorities.presenters import (
    explanation_json,
    explanation_panel,
    explanation_text,
    priority_tag,
    review_text,
    tag_for_class,
)
from priorities.tests.factories import GAP, QUIET, WORST, make_areas, make_dataset, publish, spread

SYSTEM = SystemActor("test:priorities")
pytestmark = pytest.mark.django_db


@pytest.fixture
def scores():
    areas = make_areas(QUIET, WORST, GAP, {}, *spread(), dataset=make_dataset(is_provisional=True))
    publish()
    services.score_areas(by=SYSTEM)
    found = {score.area_id: score for score in PriorityScore.objects.current().with_explanation()}
    return [found[area.pk] for area in areas]


def test_tags_say_class_and_range(scores):
    quiet, worst, _, empty = scores[:4]
    assert (priority_tag(quiet).label, priority_tag(worst).label) == ("Routine", "Urgent")
    assert priority_tag(worst).css == "nhsuk-tag--red" and not priority_tag(worst).range
    assert priority_tag(empty).is_provisional and priority_tag(empty).range == "Routine to urgent possible"
    assert tag_for_class(None).label == priority_tag(None).label == "No score"


def test_page_json_and_text_hold_the_same_sentences(scores):
    for score in scores[:4]:
        panel, data, text = explanation_panel(score), explanation_json(score), explanation_text(score)
        page = render_to_string("priorities/_explanation.html", {"explanation": panel})
        assert panel.headline == data["headline"]
        assert data["headline"] in text and (data["headline"] in page or not score.is_provisional)
        assert data["summary"] in text and data["summary"] in page and panel.summary == data["summary"]
        assert all(factor["sentence"] in text for factor in data["factors"])
        assert all(node["sentence"] in text for node in data["nodes"])
        assert data["visit_minutes"]["text"] in text and panel.minutes in page
        sentences = [sentence for section in data["sections"] for sentence in section["sentences"]]
        assert sentences and all(sentence in text and sentence in page for sentence in sentences)
        assert data["lead"] in text and data["lead"] in page


def test_what_would_change_the_class_is_told_with_the_bounds_to_reach(scores):
    sections = {section.kind: section.sentences for section in explanation_panel(scores[0]).sections}
    assert any(
        "With ‘deprivation’ at Core20 (deciles 1 to 2) instead of least deprived" in s for s in sections["changes"]
    )
    assert any("of 200 trials" in sentence for sentence in sections["sure"])
    assert any("near a bound" in sentence for sentence in sections["sure"])


def test_unmet_need_stands_beside_the_class():
    ill = QUIET | {"imd_decile": 1.0, "bad_health_share": 12.0}
    areas = make_areas(ill, QUIET, *spread(), dataset=make_dataset())
    publish()
    services.score_areas(by=SYSTEM)
    found = {score.area_id: score for score in PriorityScore.objects.current().with_explanation()}
    flagged, quiet = (explanation_json(found[area.pk]) for area in areas[:2])
    assert flagged["unmet_need"] is True and quiet["unmet_need"] is False
    assert any(section["kind"] == "unmet_need" for section in flagged["sections"])
    assert not any(section["kind"] == "unmet_need" for section in quiet["sections"])


def test_figures_are_compared_with_the_local_authority_and_traced_to_their_dataset():
    dataset = make_dataset()
    places = {"local_authority_code": "E09000099", "local_authority_name": "Testshire"}
    areas = make_areas(QUIET, WORST, dataset=dataset, **places)
    make_areas(*spread(), dataset=dataset)
    publish()
    services.score_areas(by=SYSTEM)
    score = PriorityScore.objects.current().with_explanation().get(area=areas[1])
    factors = {factor["attribute"]: factor for factor in explanation_json(score)["factors"]}
    assert factors["NO_CAR"]["local_average"] == 45.0
    assert "average of Testshire 45.0%" in factors["NO_CAR"]["sentence"]
    assert "higher than" in factors["NO_CAR"]["sentence"]
    assert factors["DEPRIVATION"]["local_average"] is None
    assert {factor["dataset"] for factor in factors.values()} == {str(dataset.pk)}


def test_page_shows_every_node_figure_and_source(scores):
    page = render_to_string("priorities/_explanation.html", {"explanation": explanation_panel(scores[1])})
    assert page.count("her-tree__node") == 20
    assert "90.0%" in page and "decile 1" in page
    assert "Made-up figures, 2025" in page and "an estimate" in page
    assert "rule 48 of 48" in page.lower()


def test_what_is_not_known_is_named_with_its_reason(scores):
    panel = explanation_panel(scores[2])
    page = render_to_string("priorities/_explanation.html", {"explanation": panel})
    assert "suppressed by the publisher" in page
    assert panel.explanation.missing == ("Little or no English",)
    assert "85 minutes (70 to 85 possible)" in page


def test_contributing_factors_name_value_and_source(scores):
    factors = scores[1].contributing_factors
    assert len(factors) == 12
    assert all(factor["source"] == "Made-up figures" and factor["dataset"] for factor in factors)
    assert scores[0].contributing_factors == []


@pytest.mark.parametrize(
    ("hours", "text"), [(48, "within 48 hours"), (336, "every 2 weeks"), (168, "every week"), (2016, "every 12 weeks")]
)
def test_review_intervals_in_words(hours, text):
    assert review_text(hours) == text
