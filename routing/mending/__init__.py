"""Something happened: what it means for a plan's day, and the plans that mend it.

happened   what was reported, as the planner takes it
answers    the mended plans: few people first, the best plan second
telling    mended plans as plain values, to be stored and shown
keeping    a mended plan held against the day as it is now
"""

from .answers import Budget, mended_plans
from .happened import DisruptionRefused, Happening, happening, moment_of_mending
from .keeping import DayMovedOn, Mended, mended

__all__ = [
    "Budget",
    "DayMovedOn",
    "DisruptionRefused",
    "Happening",
    "Mended",
    "happening",
    "mended",
    "mended_plans",
    "moment_of_mending",
]
