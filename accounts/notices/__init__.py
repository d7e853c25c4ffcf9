"""Telling people and other systems what happened: kinds of notices, who gets them, e-mails, webhooks and rules.

What others use of it stands here; docs/notifications.md explains the whole.
"""

from .events import EventType, emit, register_event
from .kinds import Importance, Kind, register_kind
from .sending import notify_all, tell

__all__ = ["EventType", "Importance", "Kind", "emit", "notify_all", "register_event", "register_kind", "tell"]
