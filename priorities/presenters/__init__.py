"""Wording, tag colours and panel shapes: pages, JSON and text take them from here, so that all say the same."""

from .explanation import ExplanationPanel, ReasonRow, explanation_json, explanation_panel, explanation_text
from .tags import NO_SCORE_TAG, TAG_CLASSES, PriorityTag, priority_tag, tag_for_class
from .texts import minutes_text, outdated_text, review_text

__all__ = [
    "NO_SCORE_TAG",
    "TAG_CLASSES",
    "ExplanationPanel",
    "PriorityTag",
    "ReasonRow",
    "explanation_json",
    "explanation_panel",
    "explanation_text",
    "minutes_text",
    "outdated_text",
    "priority_tag",
    "review_text",
    "tag_for_class",
]
