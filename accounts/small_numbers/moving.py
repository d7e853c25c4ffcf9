"""Other tables that fit, found by hand: visits are moved between cells that nothing that is shown tells apart.

Most small counts are shown to be safe so, at a thousandth of the cost of a linear program. What is found is true; what
is not found may still be there (attack.py looks for it).
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from .attack import Knowledge

# So many of the cells that a visit could go to are looked at for the one that shares most hidden groups with its own.
DESTINATIONS = 8


@dataclass(slots=True)
class Moves:
    """`class_of` (cells,): cells of one class lie in the same shown groups; `cells_of`: those of a class, the fullest
    first; `groups_of`: the hidden groups of a cell; `spare` (h,): how many visits a hidden group can lose, one stays.
    """

    counts: np.ndarray
    class_of: np.ndarray
    cells_of: list
    groups_of: list
    spare: np.ndarray

    @classmethod
    def of(cls, knowledge: Knowledge, counts: np.ndarray):
        _, class_of = np.unique(knowledge.shown.toarray(), axis=1, return_inverse=True)
        class_of = class_of.reshape(-1)
        fullest = np.argsort(-counts, kind="stable")
        cells_of = [[] for _ in range(int(class_of.max()) + 1)]
        for cell in fullest:
            cells_of[class_of[cell]].append(int(cell))
        by_cell = knowledge.hidden.tocsc()
        groups_of = [
            frozenset(by_cell.indices[by_cell.indptr[cell] : by_cell.indptr[cell + 1]].tolist())
            for cell in range(len(counts))
        ]
        return cls(counts, class_of, cells_of, groups_of, np.asarray(knowledge.hidden @ counts) - 1)

    def can_change(self, goal: np.ndarray, by: int) -> bool:
        """Whether `by` visits can come into the cells of `goal` (cells,), or go out of them where it is below 0."""
        inside = set(np.flatnonzero(goal).tolist())
        moved = _Moved(self)
        for cell in inside:
            others = (other for other in self.cells_of[self.class_of[cell]] if other not in inside)
            if by > 0:
                for other in others:
                    by -= moved.move(other, cell, by)
                    if not by:
                        return True
            elif by < 0:
                groups = self.groups_of[cell]
                nearest = max(
                    (other for other, _ in zip(others, range(DESTINATIONS), strict=False)),
                    key=lambda other: len(groups & self.groups_of[other]),
                    default=None,
                )
                if nearest is not None:
                    by += moved.move(cell, nearest, -by)
        return by == 0


class _Moved:
    """What has gone out of cells and hidden groups so far. What came in is not counted: it could only help."""

    def __init__(self, moves: Moves):
        self.moves, self.from_cells, self.from_groups = moves, Counter(), Counter()

    def move(self, source: int, to: int, wanted: int) -> int:
        """Moves up to `wanted` visits; how many could go."""
        moves = self.moves
        losing = moves.groups_of[source] - moves.groups_of[to]
        spare = min((moves.spare[group] - self.from_groups[group] for group in losing), default=wanted)
        number = int(max(0, min(wanted, moves.counts[source] - self.from_cells[source], spare)))
        if number:
            self.from_cells[source] += number
            for group in losing:
                self.from_groups[group] += number
        return number
