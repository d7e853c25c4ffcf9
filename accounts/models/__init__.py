"""Tables for people, organisations, roles, the audit trail and long-running jobs."""

from . import history  # noqa: F401
from .checks import AuditCheck, AuditCheckQuerySet
from .credentials import ApiKey, ApiKeyQuerySet, ApiKeyUsage, TokenFamily, TokenFamilyQuerySet
from .flags import FlagOverride
from .jobs import Job, JobQuerySet, JobState
from .notes import PersonNote
from .notifications import (
    EmailCadence,
    EmailDelivery,
    EmailState,
    Notification,
    NotificationDefaults,
    NotificationQuerySet,
    NotificationRule,
    NotificationSettings,
    RuleEvaluation,
    Weekday,
)
from .people import ROLE_CHOICES, Membership, MembershipQuerySet, Organisation, User, UserManager
from .preferences import Preferences, TextSize, Theme
from .privacy import LegalHold, LegalHoldQuerySet, SubjectKey
from .reviews import AccessConfirmation, AccessReview, AccessReviewQuerySet
from .sessions import Session, SessionQuerySet
from .trail import ActorPseudonym, AuditEvent, AuditEventQuerySet
from .unusual import UnusualBehaviour, UnusualRule, UnusualState, UnusualThreshold
from .webhooks import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent, WebhookState

__all__ = [
    "ROLE_CHOICES",
    "AccessConfirmation",
    "AccessReview",
    "AccessReviewQuerySet",
    "ActorPseudonym",
    "ApiKey",
    "ApiKeyQuerySet",
    "ApiKeyUsage",
    "AuditCheck",
    "AuditCheckQuerySet",
    "AuditEvent",
    "AuditEventQuerySet",
    "EmailCadence",
    "EmailDelivery",
    "EmailState",
    "FlagOverride",
    "Job",
    "JobQuerySet",
    "JobState",
    "LegalHold",
    "LegalHoldQuerySet",
    "Membership",
    "MembershipQuerySet",
    "Notification",
    "NotificationDefaults",
    "NotificationQuerySet",
    "NotificationRule",
    "NotificationSettings",
    "Organisation",
    "PersonNote",
    "Preferences",
    "RuleEvaluation",
    "Session",
    "SessionQuerySet",
    "SubjectKey",
    "TextSize",
    "Theme",
    "TokenFamily",
    "TokenFamilyQuerySet",
    "UnusualBehaviour",
    "UnusualRule",
    "UnusualState",
    "UnusualThreshold",
    "User",
    "UserManager",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
    "WebhookState",
    "Weekday",
]
