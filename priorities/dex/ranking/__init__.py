"""Ranking inside a class: value = class + offset, offset in [-0.5, 0.5]; the class never changes.

``qq1`` takes the offsets from a regression plane, ``qq2`` from a quadratic programme (see the modules of these names).
Offsets of QQ1 point along class indices, those of QQ2 towards preference, as in the method's library; ``areas`` turns
both towards urgency. Inputs have offset 0 unless the caller says where inside their classes they lie (``positions``),
which is an extension of this project.
"""

from priorities.dex.ranking.areas import offsets_of_areas, positions_of_numbers, urgency
from priorities.dex.ranking.arrays import Offsets, offsets
from priorities.dex.ranking.plain import offsets_of_option

__all__ = ["Offsets", "offsets", "offsets_of_areas", "offsets_of_option", "positions_of_numbers", "urgency"]
