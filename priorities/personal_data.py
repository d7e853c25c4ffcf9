"""What priorities keeps about people: the reasons that they wrote down. Scores are about areas."""

from accounts.privacy.inventory import NotPersonal, OnErasure, PersonalField, declare

from . import field_words  # noqa: F401

USER = "accounts.user"
DECISIONS = "8 years (NHS Records Management Code)"


def _words(model, field, path):
    why = "Why somebody decided so; the text may name people."
    return PersonalField(f"priorities.{model}", field, why, DECISIONS, OnErasure.REPLACED, about={USER: path})


declare(
    _words("VisitMinutesOverride", "reason", "created_by"),
    _words("VisitMinutesOverride", "ended_because", "ended_by"),
    _words("ModelVersion", "reason", "proposed_by"),
    _words("ModelVersion", "review_note", "published_by"),
    _words("ModelVersion", "restored_because", "restored_by"),
    NotPersonal(
        "priorities.ModelVersion",
        (
            *("name", "title", "definition", "definition_sha256", "inputs", "thresholds", "minutes"),
            *("accepted_conflicts", "outdated_because"),
        ),
        "A model: attributes, rules and weights.",
    ),
    *(
        NotPersonal(f"priorities.{model}", ("*",), "Reckoned from open data about areas.")
        for model in ("ScoreRun", "PriorityScore", "ValidationReport")
    ),
)
