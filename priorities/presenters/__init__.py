"""Wording, tag colours and panel shapes: pages, JSON and text take them from here, so that all say the same."""

from .changes import CAUSE_LABELS, MoveRow, change_json, comparison_json, comparison_text, move_rows
from .explanation import (
    ExplanationPanel,
    ReasonRow,
    explanation_json,
    explanation_panel,
    explanation_text,
    override_json,
)
from .figures import BoundRow, FigureRow, bound_rows
from .tags import NO_SCORE_TAG, TAG_CLASSES, PriorityTag, priority_tag, tag_for_class
from .texts import minutes_text, outdated_text, override_text, review_text

__all__ = [
    "CAUSE_LABELS",
    "NO_SCORE_TAG",
    "TAG_CLASSES",
    "BoundRow",
    "ExplanationPanel",
    "FigureRow",
    "MoveRow",
    "PriorityTag",
    "ReasonRow",
    "bound_rows",
    "change_json",
    "comparison_json",
    "comparison_text",
    "explanation_json",
    "explanation_panel",
    "explanation_text",
    "minutes_text",
    "move_rows",
    "outdated_text",
    "override_json",
    "override_text",
    "priority_tag",
    "review_text",
    "tag_for_class",
]
