"""Carrying figures from the areas of 2011 to those of 2021: the rules, as a function of arrays.

England had 32,844 areas in 2011 and has 33,755 since 2021. An area is unchanged (U), became several (S: split), several
became one (M: merged), or borders were drawn anew (X: irregular). `weight` is the share of a 2021 area's people who
come from a 2011 area (1 in sum for each 2021 area), `share` the share of a 2011 area's people who belong to a 2021 area
(1 in sum for each 2011 area).

* rates and scores: the mean of the parents by `weight`; so a part of a split area has the figure of the whole;
* counts: the sum of the parents' figures by `share`, which keeps totals;
* ranks and deciles: identical for unchanged areas, unavailable for all others, because they cannot be averaged;
* classes (such as rural or not): that of the parents where they agree, otherwise unavailable.

A parent without a figure makes a count missing, and a mean too, unless its weight is at most MISSING_TOLERATED: then
the mean of the others stands, under a method of its own. Pure: no Django, no database. `lsoa.loading.carry_over` does
the same for stored figures in SQL; a test holds the two against each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

# A merged area of which 5 % of the people lived where no figure is known still has that of the other 95 %.
MISSING_TOLERATED = 0.05
METHODS = {"U": "carried_unchanged", "S": "carried_split", "M": "carried_merged", "X": "carried_irregular"}
IN_PART = "carried_in_part"
BLANK, UNAVAILABLE = "blank", "unavailable"
KINDS = ("rate", "score", "count", "rank", "decile", "class")


@dataclass(frozen=True)
class Changes:
    """Pairs of a 2011 and a 2021 area, arrays of one length. `kind` is U, S, M or X, the same for all pairs of an area.

    Raises ValueError for unequal lengths, unknown kinds, and weights or shares that do not add up to 1.
    """

    code_2011: np.ndarray
    code_2021: np.ndarray
    kind: np.ndarray
    weight: np.ndarray
    share: np.ndarray

    def __post_init__(self):
        for name in ("code_2011", "code_2021", "kind"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=object))
        for name in ("weight", "share"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=float))
        lengths = {len(column) for column in vars(self).values()}
        if len(lengths) > 1:
            raise ValueError(f"columns of unequal length: {sorted(lengths)}")
        unknown = set(self.kind) - set(METHODS)
        if unknown:
            raise ValueError(f"unknown kinds of change: {sorted(unknown)}")
        for codes, parts, what in ((self.code_2021, self.weight, "weights"), (self.code_2011, self.share, "shares")):
            sums = pd.Series(parts).groupby(codes).sum()
            wrong = sums[(sums - 1).abs() > 1e-6]
            if len(wrong):
                raise ValueError(f"{what} of {wrong.index[0]} add up to {wrong.iloc[0]:.6f}, not to 1")


@dataclass(frozen=True)
class Carried:
    """Figures of 2021 areas, ordered by code. NaN is missing: `reason` says why ("" where there is a figure)."""

    code: np.ndarray
    value: np.ndarray
    reason: np.ndarray
    method: np.ndarray


def carry(
    codes: Sequence[str], values, changes: Changes, *, kind: str = "rate", reasons: Sequence[str] | None = None
) -> Carried:
    """Figures of 2011 areas as figures of the 2021 areas that came from them.

    `codes` are 2011 codes, each once; `values` (n,) floats, NaN where missing, for which `reasons` may say why; `kind`
    one of KINDS. A 2021 area none of whose parents is among `codes` is left out. Raises ValueError for a code twice, an
    unknown kind, and a code that `changes` does not know: it is not one of 2011.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}: one of {', '.join(KINDS)}")
    index, values = pd.Index(np.asarray(codes, dtype=object)), np.asarray(values, dtype=float)
    _check_codes(index, changes)
    parent = index.get_indexer(changes.code_2011)
    listed = parent >= 0
    known_reasons = np.full(len(index), BLANK, dtype=object) if reasons is None else np.asarray(reasons, dtype=object)
    figure = np.where(listed, values[parent] if len(values) else np.nan, np.nan)
    why = np.where(listed, known_reasons[parent] if len(index) else "", UNAVAILABLE)
    child_codes, child = np.unique(changes.code_2021.astype(str), return_inverse=True)
    group = _Group(child, len(child_codes))
    change = np.empty(len(child_codes), dtype=object)
    change[child] = changes.kind
    value, in_part = _value(group, figure, changes, kind, change)
    reason = _reasons(group, figure, why, changes.weight, value, kind, change)
    method = np.array([METHODS[letter] for letter in change], dtype=object)
    method[in_part & ~np.isnan(value)] = IN_PART
    kept = group.total(listed) > 0
    return Carried(child_codes[kept].astype(object), value[kept], reason[kept], method[kept])


@dataclass(frozen=True)
class _Group:
    child: np.ndarray
    size: int

    def total(self, column) -> np.ndarray:
        return np.bincount(self.child, weights=np.asarray(column, dtype=float), minlength=self.size)


def _check_codes(index, changes):
    if not index.is_unique:
        raise ValueError(f"{index[index.duplicated()][0]} is there twice")
    strange = index.difference(pd.Index(changes.code_2011))
    if len(strange):
        raise ValueError(f"{len(strange):,} codes are not of 2011, e.g. {', '.join(strange[:2])}")


def _value(group, figure, changes, kind, change):
    """(figure of each 2021 area or NaN, whether some of its parents have none)."""
    present = ~np.isnan(figure)
    filled = np.where(present, figure, 0.0)
    gaps = group.total(~present) > 0
    if kind == "count":
        return np.where(gaps, np.nan, group.total(changes.share * filled)), gaps
    known = group.total(changes.weight * present)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known > 0, group.total(changes.weight * filled) / known, np.nan)
    if kind in ("rank", "decile"):
        return np.where(change == "U", mean, np.nan), gaps
    if kind == "class":
        lowest, highest = np.full(group.size, np.inf), np.full(group.size, -np.inf)
        np.minimum.at(lowest, group.child, np.where(present, figure, np.inf))
        np.maximum.at(highest, group.child, np.where(present, figure, -np.inf))
        return np.where(~gaps & (lowest == highest), lowest, np.nan), gaps
    # No parent at all is no mean; a small one without a figure is passed over.
    return np.where(gaps & (1 - known > MISSING_TOLERATED + 1e-12), np.nan, mean), gaps


def _reasons(group, figure, why, weight, value, kind, change):
    """Why there is no figure: the reason of the heaviest parent without one, or that the areas have changed."""
    reason = np.full(group.size, UNAVAILABLE, dtype=object)
    order = np.lexsort((why.astype(str), -weight))[::-1]
    order = order[np.isnan(figure[order])]
    # The heaviest comes last and so stays.
    reason[group.child[order]] = why[order]
    if kind in ("rank", "decile"):
        reason[change != "U"] = UNAVAILABLE
    reason[~np.isnan(value)] = ""
    return reason
