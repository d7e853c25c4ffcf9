from . import history  # noqa: F401
from .overrides import VisitMinutesOverride
from .runs import ScoreRun
from .scores import PriorityClass, PriorityScore
from .validation import ValidationReport
from .versions import ModelVersion

__all__ = ["ModelVersion", "PriorityClass", "PriorityScore", "ScoreRun", "ValidationReport", "VisitMinutesOverride"]
