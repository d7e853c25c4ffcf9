"""Wording, tag colours, and the shapes that templates, charts and the map read."""

from .creation import IntakePanel
from .map import route_features
from .plan import PlanPage
from .plans import SCENARIOS, plan_rows, state_choices, state_tag
from .progress import ProgressPanel
from .rounds import Round, rounds_of
from .teams import shift_days, staff_rows

__all__ = [
    "SCENARIOS",
    "IntakePanel",
    "PlanPage",
    "ProgressPanel",
    "Round",
    "plan_rows",
    "rounds_of",
    "route_features",
    "shift_days",
    "staff_rows",
    "state_choices",
    "state_tag",
]
