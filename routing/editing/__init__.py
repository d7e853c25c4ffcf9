"""A stored plan changed by hand: what a change would do, judged before anybody keeps it. Knows no Django.

edits       what can be asked for
draft       the plan as it stands, and a change to it
timing      new times for the rounds that a change reaches; what was set by hand stays where it can
under_way   the same for a day under way: what has begun cannot be changed
figures     what a change costs, in parts, and whom it affects
places      the best places for one visit
improving   another order for one person's day
"""

from .draft import Draft, Proposal
from .edits import (
    Clear,
    Edit,
    EditError,
    Improve,
    Move,
    MoveBreak,
    NothingBetter,
    PutIn,
    Reorder,
    SetStart,
    Swap,
    TakeOut,
)
from .figures import Effect, Figures
from .places import Place, alternatives, best_places, nearest_start
from .under_way import DraftUnderWay, Frozen

__all__ = [
    "Clear",
    "Draft",
    "DraftUnderWay",
    "Edit",
    "EditError",
    "Effect",
    "Figures",
    "Frozen",
    "Improve",
    "Move",
    "MoveBreak",
    "NothingBetter",
    "Place",
    "Proposal",
    "PutIn",
    "Reorder",
    "SetStart",
    "Swap",
    "TakeOut",
    "alternatives",
    "best_places",
    "nearest_start",
]
