"""A stored plan changed by hand: what a change would do, judged before anybody keeps it. Knows no Django.

edits       what can be asked for
draft       the plan as it stands, and a change to it
timing      new times for the rounds that a change reaches; what was set by hand stays where it can
figures     what a change costs, in parts, and whom it affects
places      the best places for one visit
improving   another order for one person's day
"""

from .draft import Draft, Proposal
from .edits import Clear, Edit, EditError, Improve, Move, MoveBreak, PutIn, Reorder, SetStart, Swap, TakeOut
from .figures import Effect, Figures
from .places import Place, alternatives, best_places, nearest_start

__all__ = [
    "Clear",
    "Draft",
    "Edit",
    "EditError",
    "Effect",
    "Figures",
    "Improve",
    "Move",
    "MoveBreak",
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
