"""The portal's own tables, one module for each part of it."""

from .feedback import Feedback, FeedbackKind, FeedbackState
from .reports import Cadence, EditionState, Report, ReportEdition, ReportKind, ReportSpan, ReportWeekday
from .saved_views import DefaultView, SavedView, SeenMarker, ViewPage

__all__ = [
    "Cadence",
    "DefaultView",
    "EditionState",
    "Feedback",
    "FeedbackKind",
    "FeedbackState",
    "Report",
    "ReportEdition",
    "ReportKind",
    "ReportSpan",
    "ReportWeekday",
    "SavedView",
    "SeenMarker",
    "ViewPage",
]
