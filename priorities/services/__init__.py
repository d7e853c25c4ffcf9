"""Every write of this app, by what it writes about."""

from .default_versions import install_default_model, publish_default_model
from .drafts import (
    delete_draft,
    delete_scenario,
    import_model,
    new_draft,
    new_scenario,
    save_draft,
    to_national_draft,
)
from .new_data import mark_outdated
from .overrides import MinutesRefused, end_minutes, set_minutes
from .refusals import ConflictsNeedReason, DraftInvalid, ImportRefused, PublicationRefused, StaleDraft
from .scoring import (
    SCORE_KIND,
    SCORE_LOCK,
    NothingToScore,
    published_version,
    run_queued_scoring,
    score_areas,
    start_score_run,
)
from .thresholds import apply_thresholds, compute_thresholds, draft_with_thresholds
from .validation import VALIDATION_KIND, run_queued_validation, start_validation, validate_priorities
from .versions import note_refusal, propose_version, publish_version, restore_version, return_version

__all__ = [
    "SCORE_KIND",
    "SCORE_LOCK",
    "ConflictsNeedReason",
    "DraftInvalid",
    "ImportRefused",
    "MinutesRefused",
    "NothingToScore",
    "PublicationRefused",
    "StaleDraft",
    "VALIDATION_KIND",
    "apply_thresholds",
    "compute_thresholds",
    "delete_draft",
    "delete_scenario",
    "draft_with_thresholds",
    "end_minutes",
    "import_model",
    "install_default_model",
    "mark_outdated",
    "new_draft",
    "new_scenario",
    "note_refusal",
    "propose_version",
    "publish_default_model",
    "publish_version",
    "published_version",
    "restore_version",
    "return_version",
    "run_queued_scoring",
    "run_queued_validation",
    "save_draft",
    "score_areas",
    "set_minutes",
    "start_score_run",
    "start_validation",
    "to_national_draft",
    "validate_priorities",
]
