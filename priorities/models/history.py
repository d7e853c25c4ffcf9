"""History of the models that decide priorities: their weights, tables and states, and who is named for each step."""

from accounts.trail.history import follow

from .overrides import VisitMinutesOverride
from .versions import ModelVersion

follow(
    ModelVersion,
    [
        *("name", "number", "organisation", "based_on", "revision", "state", "definition", "definition_sha256"),
        *("inputs", "thresholds", "minutes", "proposed_by", "published_by", "restored_by"),
    ],
)
follow(VisitMinutesOverride, ["area", "organisation", "minutes", "created_by", "ended_at", "ended_by"])
