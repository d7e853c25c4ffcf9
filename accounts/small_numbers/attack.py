"""What can be worked out of hidden counts: the smallest and the largest value that fits everything that is shown.

The attacker's problem of cell suppression: Fischetti and Salazar 2001, Solving the Cell Suppression Problem on Tabular
Data with Linear Constraints, Management Science 47(7); Hundepool et al. 2012, Statistical Disclosure Control, ch. 4.
The attacker here knows more than a reader: counts that are shown exactly (not rounded), which combinations of groups
occur at all, and that a hidden count is at least 1.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Knowledge:
    """`shown` (s, cells) of sums `sizes` (s,), that of all among them; `hidden` (h, cells): sums of at least 1. Sparse
    0/1 matrices over cells of alike visits whose numbers are not known.
    """

    shown: csr_array
    sizes: np.ndarray
    hidden: csr_array


def furthest(knowledge: Knowledge, goal: np.ndarray, upwards: bool) -> tuple[float, np.ndarray, np.ndarray]:
    """The most (`upwards`) or the least that the sum of the cells weighted by `goal` can be where parts of a visit
    count, cells that reach it, and which of the shown sums prove that it goes no further, a boolean each.
    """
    sign = -1.0 if upwards else 1.0
    found = linprog(
        sign * goal,
        A_eq=knowledge.shown,
        b_eq=knowledge.sizes,
        A_ub=-knowledge.hidden if knowledge.hidden.shape[0] else None,
        b_ub=-np.ones(knowledge.hidden.shape[0]) if knowledge.hidden.shape[0] else None,
        method="highs",
        options={"presolve": False},  # which costs more than it saves on tables of this size
    )
    if found.status != 0:
        raise RuntimeError(f"the counts that are shown fit no table: {found.message}")
    return sign * found.fun, found.x, np.abs(found.eqlin.marginals) > TOLERANCE


def in_whole_visits(knowledge: Knowledge, goal: np.ndarray, value: int, upwards: bool) -> np.ndarray | None:
    """Whole cells that fit and whose sum over `goal` is at least (`upwards`) or at most `value`; None without any."""
    limits = [LinearConstraint(goal[None, :], *((value, np.inf) if upwards else (-np.inf, value)))]
    limits.append(LinearConstraint(knowledge.shown, knowledge.sizes, knowledge.sizes))
    if knowledge.hidden.shape[0]:
        limits.append(LinearConstraint(knowledge.hidden, 1, np.inf))
    cells = len(goal)
    found = milp(np.zeros(cells), constraints=limits, bounds=Bounds(0, np.inf), integrality=np.ones(cells))
    return found.x if found.status == 0 else None


def are_whole(cells: np.ndarray) -> bool:
    return bool(np.abs(cells - cells.round()).max() < TOLERANCE)
