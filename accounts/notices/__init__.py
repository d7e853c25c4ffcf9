"""Telling people and other systems what happened: kinds of notices, who gets them, emails, webhooks and rules.

What others use of it stands here; docs/notifications.md explains the whole.
"""

from .events import EventType, emit, register_event
from .kinds import Importance, Kind, register_kind
from .sending import Message, notify_all, notify_each, tell, tell_everywhere

__all__ = [
    "EventType",
    "Importance",
    "Kind",
    "Message",
    "emit",
    "notify_all",
    "notify_each",
    "register_event",
    "register_kind",
    "tell",
    "tell_everywhere",
]
