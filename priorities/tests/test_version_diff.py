"""Differences between versions, said in sentences."""

from dataclasses import replace

import pytest

from accounts.tests.factories import PlatformAdministratorFactory
from healthequiroute.testing.shared import shared
from priorities import services
from priorities.dex.dxi import read_dxi
from priorities.dex.dxi_writer import write_dxi
from priorities.dex.tables.editing import with_weights
from priorities.models import ModelVersion
from priorities.tests.drafts import edited, opened
from priorities.tests.factories import WORST, make_areas, publish, spread
from priorities.version_diff import compare_versions, differences

pytestmark = pytest.mark.django_db
NEAR = {"no_car_share": 0.0, "gp_travel_minutes": 0.0}


@pytest.fixture
@shared
def published():
    make_areas(WORST | NEAR, *spread(20), is_synthetic=True)
    return publish()


@pytest.fixture
def change(published):
    """`change(definition=..., thresholds=...)`: a draft with these changes, saved as an editor saves it."""

    def make(**changes) -> ModelVersion:
        editor = PlatformAdministratorFactory()
        draft = services.new_draft(source=published, by=editor)
        return services.save_draft(version=draft, by=editor, revision=0, **changes)

    return make


def texts(diff) -> list[str]:
    return [line.text for line in diff.lines]


def test_copies_do_not_differ(published):
    draft = services.new_draft(source=published, by=PlatformAdministratorFactory(), title="Other title")
    diff = compare_versions(published, draft)
    assert diff.is_empty and diff.summary == "Nothing differs." and diff.moved is None


def test_weights_rules_and_areas(published, change):
    draft = change(definition=edited(published.definition, "PRIORITY", r45=2))
    diff = compare_versions(published, draft)
    weights = [line.text for line in diff.lines if line.kind == "weight"]
    assert weights and all(text.startswith("Weight of ") and " in Priority: " in text for text in weights)
    (rules,) = [line for line in diff.lines if line.kind == "rules"]
    assert rules.text == "1 rule of Priority changed." and rules.count == 1
    assert rules.details == (
        "clinical need (very high), social vulnerability (very high) and access barriers (low): urgent → elevated",
    )
    assert diff.moved == 1 and texts(diff)[-1] == "1 area would change class."
    assert diff.summary.startswith("Weight of ")
    assert diff.summary.endswith("; 1 rule changed; 1 area would change class.")
    assert differences(published, draft) == texts(diff)


def test_weights_are_those_that_the_rules_express(published, change):
    # Isolation as a matter of living alone only: 50/50 becomes 100/0.
    rules = {f"r{index}": index // 3 for index in range(9)}
    diff = compare_versions(published, change(definition=edited(published.definition, "ISOLATION", **rules)))
    weights = [line.text for line in diff.lines if line.kind == "weight"]
    assert weights == [
        "Weight of living alone aged 66 and over in Isolation: 50 → 100.",
        "Weight of 50 or more hours of unpaid care in Isolation: 50 → 0.",
    ]


def test_many_rules_are_counted(published, change):
    rules = {f"r{index}": index // 12 for index in range(48)}
    (line,) = [
        line
        for line in compare_versions(
            published, change(definition=edited(published.definition, "PRIORITY", **rules))
        ).lines
        if line.kind == "rules"
    ]
    assert line.count > 12 and len(line.details) == 13
    assert line.details[-1] == f"and {line.count - 12} more"


def test_opened_rules_and_weights_asked_for(published, change):
    model = read_dxi(opened(published.definition, "FRAILTY", 1, 2))
    frailty = model.find("FRAILTY")
    table = with_weights(frailty.function, (60, 40)).table
    attributes = tuple(
        replace(part, function=table) if part.index == frailty.index else part for part in model.attributes
    )
    diff = compare_versions(published, change(definition=write_dxi(replace(model, attributes=attributes))))
    assert texts(diff)[:2] == [
        "Weights asked for in Frailty: none → 60 and 40.",
        "In Frailty, rules set by hand: 0 more; left to be worked out: 2 more.",
    ]


def test_thresholds_and_indicators(published, change):
    draft = change(
        inputs={"AGE75": "lives_alone66_share"},
        thresholds={
            "AGE75": {"bounds": [9, 14], "half_widths": [1, 1]},
            "NO_CAR": {"bounds": [19, 35], "half_widths": [1, 1]},
            "UNPAID_CARE": {"percentiles": [40, 70]},
        },
    )
    diff = compare_versions(published, draft)
    lines = {line.attribute: line for line in diff.lines if line.kind == "threshold"}
    assert lines["AGE75"].text == "Bounds of Aged 75 and over: 8 and 12.5 → 9 and 14%."
    assert lines["AGE75"].details == ("Found as: set by hand.",)
    assert lines["NO_CAR"].text == "Soft zones beside the bounds of Households without a car: 2 and 2 → 1 and 1%."
    assert lines["UNPAID_CARE"].details == (
        "Found as: P40 and P70 of the loaded areas (21 areas of the fictional city).",
    )
    assert "Aged 75 and over is read from another indicator: age75_share → lives_alone66_share." in texts(diff)


def test_minutes(published, change):
    minutes = published.minutes | {
        "base": [20, 30, 45, 75],
        "review_hours": [2016, 1008, 168, 48],
        "first_visit": 20,
        "additions": [{"attribute": "LOW_ENGLISH", "class_index": 2, "minutes": 25, "reason": "interpreter"}],
    }
    diff = compare_versions(published, change(minutes=minutes))
    assert texts(diff) == [
        "Visits to areas of class urgent: 60 → 75 minutes.",
        "Review of areas of class elevated: every 2 weeks → every week.",
        "Minutes added where Little or no English is high: 15 → 25.",
        "Minutes added where Frailty is high: 10 → 0.",
        "Minutes added for a first visit: 15 → 20.",
        "No area would change class.",
    ]
    assert diff.summary == "5 settings of visit minutes differ; no area would change class."


def test_another_tree(published):
    model = read_dxi(published.definition)
    isolation = model.find("ISOLATION")
    attributes = tuple(
        replace(part, name="LONELINESS") if part.index == isolation.index else part for part in model.attributes
    )
    other = ModelVersion(
        definition=write_dxi(replace(model, attributes=attributes)),
        inputs=published.inputs,
        thresholds=published.thresholds,
        minutes=published.minutes,
    )
    found = texts(compare_versions(published, other))
    assert found[:2] == ["Loneliness is new.", "Isolation is left out."]
    assert "Rules of Social vulnerability rest on other conditions: 36 rules → 36 rules." in found


def test_an_unfinished_draft_cannot_say_how_many_areas_move(published):
    draft = services.import_model(
        definition=edited(published.definition, "FRAILTY", r1=1), by=PlatformAdministratorFactory()
    )
    diff = compare_versions(published, draft)
    assert diff.moved is None
    assert texts(diff)[-1] == "How many areas would change class can be said when both versions are finished."
    assert compare_versions(published, draft, areas=False).lines[-1].kind != "areas"
