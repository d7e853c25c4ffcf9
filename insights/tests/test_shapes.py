"""What an answer consists of, to JSON and back."""

import json

import pytest

from insights.assistant import Answer, AnswerTable, AnswerUnreadable, Fact, Link, Notice

WHOLE = Answer(
    question="Why?",
    intent="why_priority",
    paragraphs=("Its class is Urgent [f1].",),
    facts=(Fact("f1", 3, "Urgent", "", "Testham 001A", "2025", "Score run", "/areas/E01000001/priority/"),),
    table=AnswerTable("Inputs", ("Input", "Figure"), (("IMD decile", "1"),), ("/areas/E01000001/",)),
    links=(Link("Why", "/areas/E01000001/priority/"),),
    notices=(Notice("limits", "What this is not", ("No advice about a person.",)),),
    removed=("NHS number",),
    slots={"places": ["area:E01000001"], "period": None},
    suggestions=("And in Salford?",),
)


def test_to_json_and_back():
    assert Answer.from_json(json.loads(json.dumps(WHOLE.as_json()))) == WHOLE


@pytest.mark.parametrize("part", ["facts", "table", "links", "paragraphs"])
def test_a_kept_answer_without_a_part_is_refused(part):
    kept = WHOLE.as_json()
    del kept[part]
    with pytest.raises(AnswerUnreadable, match=part):
        Answer.from_json(kept)
