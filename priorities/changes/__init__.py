"""Why classes changed: of one area between two scores, and of all areas between two runs."""

from .causes import Cause, causes_of_change, changed_inputs, known_nodes
from .runs import MovedInput, RunComparison, compare_runs
from .scores import ClassChange, InputChange, change_before, changes_over_time, why_changed

__all__ = [
    "Cause",
    "ClassChange",
    "InputChange",
    "MovedInput",
    "RunComparison",
    "causes_of_change",
    "change_before",
    "changed_inputs",
    "changes_over_time",
    "compare_runs",
    "known_nodes",
    "why_changed",
]
