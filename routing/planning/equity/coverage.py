"""Need-weighted coverage of groups, Core20 against everybody else, and the group that is worst off.

C_g = sum of w_i x_i / sum of w_i over the visits i of group g, where w_i > 0 is the need and x_i whether the visit is
planned; R = C of quintile 1 / C of quintiles 2 to 5; gap = C of quintile 1 - C of quintiles 2 to 5. Intervals: Wilson
1927 (score interval, 95 %) on the numbers of visits.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from accounts.small_numbers import groups_to_hide_over_parts

GREEN, AMBER = 1.0, 0.95
Z95 = 1.959963984540054
MADE, LEFT_OUT = "made", "left out"
# On pages where each visit stands beside the figures nothing is secret; fewer visits than these are no comparison.
FEWEST_COMPARED = 5


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage of a group; everything is None where the group is hidden, everything but `n` and `served` where it is
    empty, and everything but `n` where only the number of visits may be told.
    """

    n: int | None
    served: int | None
    coverage: float | None
    low: float | None
    high: float | None
    hidden: bool = False


HIDDEN = Coverage(None, None, None, None, None, hidden=True)
EMPTY = Coverage(0, 0, None, None, None)


def wilson(served: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The score interval of a proportion (Wilson 1927). Raises ValueError for n = 0."""
    if n <= 0 or not 0 <= served <= n:
        raise ValueError(f"{served} of {n} is not a proportion")
    share = served / n
    middle = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def coverage(weights, served) -> Coverage:
    """Coverage of one group, whatever its size. `weights` > 0 and `served` (yes or no), each (n,)."""
    weights, served = np.asarray(weights, dtype=float), np.asarray(served, dtype=bool)
    if not len(weights):
        return EMPTY
    if not (weights > 0).all():
        raise ValueError("the weight of a visit must be above 0")
    low, high = wilson(int(served.sum()), len(served))
    return Coverage(len(served), int(served.sum()), float(weights[served].sum() / weights.sum()), low, high)


def coverage_by_group(weights, served, groups: Mapping, *, leaves: bool = False, **question) -> dict:
    """Coverage of each group; nothing of those of few visits.

    `groups`: a boolean array (n,) by name; they may overlap (PLUS groups) or divide the visits (quintiles, areas).
    `leaves`: for figures that leave the pages on which their readers see each visit. The small-number rule holds for
    them (accounts.small_numbers): small numbers of visits, served and left out are hidden, what would give them away,
    and the coverage with them. `question`: `importance`, `parts`, `coarse`, `secret` and `memory` as
    groups_to_hide_over_parts takes them.
    """
    weights, served = np.asarray(weights, dtype=float), np.asarray(served, dtype=bool)
    groups = {name: np.asarray(rows, dtype=bool) for name, rows in groups.items()}
    if leaves:
        hidden = _hidden_outside(groups, served, **question)
    else:
        hidden = {name for name, rows in groups.items() if 0 < np.count_nonzero(rows) < FEWEST_COMPARED}
    return {name: _safe(weights[rows], served[rows], name, hidden) for name, rows in groups.items()}


def _hidden_outside(groups, served, *, parts=(), coarse=(), importance=None, **question):
    importance = importance or {}
    members = dict(groups)
    members |= {(MADE, name): rows & served for name, rows in groups.items()}
    members |= {(LEFT_OUT, name): rows & ~served for name, rows in groups.items()}
    return groups_to_hide_over_parts(
        members,
        parts,
        coarse=[*coarse, *((part, name) for name in coarse for part in (MADE, LEFT_OUT))],
        # The coverage of a group goes before its number.
        importance=importance | {(MADE, name): importance.get(name, 0) - 0.5 for name in groups},
        unpublished=[(LEFT_OUT, name) for name in groups],
        falls_with={name: [(MADE, name)] for name in groups},
        **question,
    )


def _safe(weights, served, name, hidden) -> Coverage:
    if name in hidden:
        return HIDDEN
    if (MADE, name) in hidden:
        return Coverage(len(served), None, None, None, None)
    return coverage(weights, served)


def core20_ratio(core20: Coverage, rest: Coverage) -> float | None:
    """R = C of Core20 / C of the others; None where either is not shown or nobody of the others is served."""
    if core20.coverage is None or not rest.coverage:
        return None
    return core20.coverage / rest.coverage


def gap_between(core20: Coverage, rest: Coverage) -> float | None:
    """C of Core20 - C of the others, a share; None where either is not shown."""
    if core20.coverage is None or rest.coverage is None:
        return None
    return core20.coverage - rest.coverage


def status_of(core20: Coverage, rest: Coverage) -> str:
    """green from R = 1 on, amber from 0.95 on, red below; unknown where the two cannot be compared."""
    ratio = core20_ratio(core20, rest)
    if ratio is None:
        both = core20.coverage is not None and rest.coverage is not None
        return "green" if both and core20.coverage > 0 else "unknown"
    return "green" if ratio >= GREEN else "amber" if ratio >= AMBER else "red"


def max_min_coverage(parts: Mapping, weights: Mapping | None = None, least_weight: float = 0) -> tuple | None:
    """(name, coverage) of the group that is covered least, the aim being to raise it; None without any.

    `parts`: Coverage by name; hidden and empty ones do not take part, nor those whose total need in `weights` is
    below `least_weight`. Of equals the first by name.
    """
    shown = [
        (part.coverage, str(name), name)
        for name, part in parts.items()
        if part.coverage is not None and (weights is None or weights[name] >= least_weight)
    ]
    if not shown:
        return None
    least, _, name = min(shown, key=lambda entry: entry[:2])
    return name, least
