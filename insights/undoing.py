"""Taking the deletion of a conversation back (`accounts.undo`)."""

from accounts.permissions import Permission
from accounts.undo import register_kind

CONVERSATION = "conversation"


def register() -> None:
    register_kind(CONVERSATION, action="conversation.restored", permission=Permission.VIEW_AREAS)
