"""Every write of this app, one module a topic."""

from .demo_feeds import make_demo_feeds
from .feeds import Collected, change_feed, collect_feed, collect_feeds, create_feed, forget_old_readings, switch_feed
from .loading import DatabaseGone, load_file, load_paths, queue_load, refresh_profile, run_derivations
from .own_indicators import delete_own_indicator, read_upload, save_own_indicator, take_back_own_indicator
from .patches import PatchInvalid, create_patch
from .places import rebuild_places
from .quality import CheckOutcome, acknowledge_alert, queue_checks, run_checks
from .releases import ReleaseImpossible, RollbackImpossible, put_in_force, roll_back, unpin
from .uploads import (
    MOST_BYTES,
    MOST_FILES,
    UPLOAD_KIND,
    UploadRefused,
    discard_upload,
    load_upload,
    queue_upload,
    receive_files,
    remove_forgotten_uploads,
    stored_files,
)

__all__ = [
    "make_demo_feeds",
    "Collected",
    "change_feed",
    "collect_feed",
    "collect_feeds",
    "create_feed",
    "forget_old_readings",
    "switch_feed",
    "MOST_BYTES",
    "MOST_FILES",
    "UPLOAD_KIND",
    "CheckOutcome",
    "DatabaseGone",
    "PatchInvalid",
    "ReleaseImpossible",
    "RollbackImpossible",
    "UploadRefused",
    "acknowledge_alert",
    "create_patch",
    "delete_own_indicator",
    "discard_upload",
    "load_file",
    "load_paths",
    "load_upload",
    "put_in_force",
    "queue_checks",
    "queue_load",
    "queue_upload",
    "read_upload",
    "rebuild_places",
    "receive_files",
    "refresh_profile",
    "remove_forgotten_uploads",
    "roll_back",
    "run_checks",
    "run_derivations",
    "save_own_indicator",
    "stored_files",
    "take_back_own_indicator",
    "unpin",
]
