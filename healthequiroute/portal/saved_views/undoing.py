"""Taking the deletion of a saved view back (`accounts.undo`)."""

from accounts.permissions import Permission
from accounts.undo import register_kind

KIND = "saved_view"


def register() -> None:
    register_kind(KIND, action="view.restored", permission=Permission.VIEW_AREAS)
