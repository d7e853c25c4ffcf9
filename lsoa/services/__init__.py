"""Every write of this app, one module a topic."""

from .loading import load_file, load_paths, queue_load, refresh_profile
from .patches import PatchInvalid, create_patch
from .releases import RollbackImpossible, roll_back

__all__ = [
    "PatchInvalid",
    "RollbackImpossible",
    "create_patch",
    "load_file",
    "load_paths",
    "queue_load",
    "refresh_profile",
    "roll_back",
]
