"""Every write of this app, by what it writes about."""

from .new_data import mark_outdated
from .scoring import (
    SCORE_KIND,
    SCORE_LOCK,
    NothingToScore,
    published_version,
    run_queued_scoring,
    score_areas,
    start_score_run,
)
from .versions import (
    ImportRefused,
    PublicationRefused,
    compute_thresholds,
    import_model,
    install_default_model,
    propose_version,
    publish_default_model,
    publish_version,
    return_version,
)

__all__ = [
    "SCORE_KIND",
    "SCORE_LOCK",
    "ImportRefused",
    "NothingToScore",
    "PublicationRefused",
    "compute_thresholds",
    "import_model",
    "install_default_model",
    "mark_outdated",
    "propose_version",
    "publish_default_model",
    "publish_version",
    "published_version",
    "return_version",
    "run_queued_scoring",
    "score_areas",
    "start_score_run",
]
