"""What the tables of priorities are called on pages."""

from accounts.field_words import describe

describe(
    "priorities.ModelVersion",
    "priority model version",
    {
        "name": "name",
        "number": "number",
        "organisation": "organisation",
        "based_on": "began with",
        "revision": "number of times saved",
        "state": "status",
        "definition": "rules and weights",
        "definition_sha256": "SHA-256 of the rules and weights",
        "inputs": "inputs",
        "thresholds": "thresholds",
        "minutes": "visit minutes",
        "proposed_by": "proposed by",
        "published_by": "published by",
        "restored_by": "brought back by",
        "reason": "reason for proposing it",
        "restored_because": "reason for bringing it back",
        "review_note": "reviewer’s note",
    },
)
describe(
    "priorities.VisitMinutesOverride",
    "visit minutes for an area",
    {
        "area": "area",
        "organisation": "organisation",
        "minutes": "minutes",
        "created_by": "set by",
        "ended_at": "ended on",
        "ended_by": "ended by",
        "ended_because": "reason for ending them",
        "reason": "reason",
    },
)
