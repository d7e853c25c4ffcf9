"""Kinds of notices about feedback."""

from accounts.notices import Kind, register_kind
from accounts.permissions import Permission

from .services import ANSWERED, SENT


def register() -> None:
    """Called once, when the app is ready."""
    register_kind(
        Kind(
            SENT,
            "Feedback was sent",
            "Somebody in the organisation said something about a page.",
            "The organisation",
            permission=Permission.MANAGE_ORGANISATION,
        )
    )
    register_kind(
        Kind(ANSWERED, "Your feedback was answered", "What you said about a page has an answer.", "Your account")
    )
