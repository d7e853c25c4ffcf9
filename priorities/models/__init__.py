from .overrides import VisitMinutesOverride
from .runs import ScoreRun
from .scores import PriorityClass, PriorityScore
from .versions import ModelVersion

__all__ = ["ModelVersion", "PriorityClass", "PriorityScore", "ScoreRun", "VisitMinutesOverride"]
